//! Languages of wildcard patterns, and the cells into which several of them cut all strings.

mod partition;
mod token;

pub(crate) use partition::partition;
pub(crate) use token::Language;

#[cfg(test)]
mod tests;
