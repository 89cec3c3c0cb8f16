//! Sets of requests: difference, inclusion and equivalence, each answer with a concrete request.
//!
//! A decision depends on a request only through *which statements match it*. So the space of all
//! requests falls into cells, one for each set of statements that can match together, and two
//! sets of requests are compared cell by cell. Every dimension of a request (action, principal,
//! resource, one for each condition key) gives its own cells with a witness each; a sweep over
//! the dimensions combines them. There is no solver: strings are compared by automata, everything
//! else by representative values, and what a value means is decided by `evaluate` alone.

#[cfg_attr(not(test), expect(dead_code))]
mod bits;
#[expect(dead_code, unused_imports)]
mod language;
