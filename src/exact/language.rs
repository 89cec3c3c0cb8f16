//! Languages of wildcard patterns, and the cells into which several of them cut all strings.

mod automaton;
mod count;
mod meet;
mod partition;
mod relation;
mod token;

pub(crate) use count::count;
pub(crate) use meet::meets;
pub(crate) use partition::partition;
pub(crate) use relation::{covers, overlaps};
pub(crate) use token::{Language, is_opaque};

#[cfg(test)]
mod tests;
