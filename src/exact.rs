//! Sets of requests: difference, inclusion and equivalence, each answer with a concrete request.
//!
//! A decision depends on a request only through *which statements match it*. So the space of all
//! requests falls into cells, one for each set of statements that can match together, and two
//! sets of requests are compared cell by cell. Every dimension of a request (action, principal,
//! resource, one for each condition key) gives its own cells with a witness each; a sweep over
//! the dimensions combines them. There is no solver: strings are compared by automata, everything
//! else by representative values, and what a value means is decided by `evaluate` alone.

mod bits;
mod budget;
mod caller;
mod comparison;
mod context;
mod difference;
mod domain;
mod entries;
mod future;
mod gap;
mod language;
mod layers;
mod link;
mod measure;
mod proof;
mod ranges;
mod reach;
mod representative;
mod request_box;
mod residual;
mod resource;
mod search;
mod set;
mod side;
mod space;
mod universe;
mod variable;
mod witness;

pub(crate) use bits::Bits;
pub use budget::{Budget, Exactness, Limit};
pub use context::Fixed;
pub use difference::{Difference, Leaf, difference, equivalent, includes};
pub use future::{Future, FutureGrant, future};
pub use gap::{Block, BlockKind, Dependence, Gap, Gaps, gaps};
pub use layers::{Layers, ResourcePolicy};
pub use measure::{ActionMeasure, Beyond, LONGEST, Measure, measure};
pub use proof::{Counterexample, Proof, prove};
pub use reach::Reach;
pub use request_box::RequestBox;
pub use residual::{Residual, Row, When, residual};
pub use set::{NamedPolicy, RequestSet, StatementRef};
pub use space::Actions;
pub use universe::Universe;
pub use variable::{SPECIAL_VALUES, SpecialValue, generic_difference, special_values};

#[cfg(test)]
mod tests;
