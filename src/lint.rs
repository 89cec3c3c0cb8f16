//! What is wrong with a policy document, whoever it is for.
//!
//! A rule is a file in `rules/lint/`: what it looks for, why, and what to do. Its check is a
//! function in `lint/check/`; rules with the same shape of question share one. A check sees a parsed
//! document, the catalogue and the exact engine, and speaks of [`Element`](crate::syntax::Element)s;
//! what is shown to people is then [located](Linter::located) in the text.

mod allowed;
pub mod baseline;
mod check;
mod finding;
mod fingerprint;
mod memory;
mod narrow;
pub(crate) mod outsider;
mod policy;
mod rule;
mod s3;
pub mod suppress;
mod survey;
mod words;

pub use check::{Linter, Settings, UnknownRule, rules};
pub use finding::{At, Finding, Located};
pub use fingerprint::fingerprint;
pub use policy::{Policy, Storage};
pub use rule::{About, Confidence, Key, Path, Rule, RuleError};
pub use survey::{Placed, sort};
pub(crate) use words::quoted;

#[cfg(test)]
mod tests;
