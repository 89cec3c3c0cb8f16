//! One request against all layers of policy: the decision, and why.
//!
//! Everything is three-valued: where a fact that matters is not known, or where AWS's own pages
//! can be read in two ways, the answer is [`Truth::Unknown`] with its [`Why`], never a guess.
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

pub mod condition;
mod truth;

pub use condition::Values;
pub use truth::{Truth, Why};
