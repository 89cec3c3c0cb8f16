//! One request against all layers of policy: the decision, and why.
//!
//! Everything is three-valued: where a fact that matters is not known, or where AWS's own pages
//! can be read in two ways, the answer is [`Truth::Unknown`] with its [`Why`], never a guess.
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod alone;
mod askers;
mod combine;
pub mod condition;
mod decision;
mod explain;
mod layers;
mod policies;
mod principal;
mod scan;
mod statement;
mod subject;
mod truth;

pub(crate) use alone::naming;
pub use alone::{matches, names, reaches};
pub(crate) use askers::Askers;
pub use combine::decide;
pub(crate) use combine::{ALWAYS_ALLOWED, allows, allows_where_left_to_account};
pub use condition::Values;
pub use decision::{Decision, MatchedStatement, Outcome};
pub use explain::{
    ElementExplanation, Explanation, LayerExplanation, PolicyExplanation, StatementExplanation,
    explain,
};
pub use layers::resource_layer;
pub(crate) use layers::{Own, Reach, cannot_assume};
pub use policies::Policies;
pub use principal::Naming;
pub(crate) use principal::session_is_of;
pub use subject::Subject;
pub(crate) use subject::field;
pub use truth::{Truth, Why};
