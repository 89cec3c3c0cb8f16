//! A line that answers.

use crate::evaluate::{Decision, MatchedStatement, Outcome};
use crate::iam::Layer;
use serde::Serialize;
use serde_json::value::RawValue;

/// A decision as one JSON object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<'a> {
    /// The question's own `id`, as it stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a RawValue>,
    /// `allowed`, `explicitDeny`, `implicitDeny` or `unknown`.
    pub decision: &'static str,
    /// The statements that made the decision.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub matched_statements: &'a [MatchedStatement<'a>],
    /// The layer that blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<Layer>,
    /// Why it cannot be decided.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub unknown: &'a [String],
}

impl<'a> Answer<'a> {
    /// The answer to the question with this `id`.
    #[must_use]
    pub fn new(id: Option<&'a RawValue>, decision: &'a Decision<'a>) -> Self {
        let unknown: &[String] = match &decision.outcome {
            Outcome::Unknown(reasons) => reasons,
            _ => &[],
        };
        Self {
            id,
            decision: decision.outcome.name(),
            matched_statements: &decision.matched,
            blocked_by: decision.blocked_by,
            unknown,
        }
    }
}

/// What is wrong with a line, as one JSON object.
#[derive(Debug, Serialize)]
pub(super) struct Refusal<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a RawValue>,
    pub(super) error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<&'a str>,
    /// From one.
    pub(super) line: u64,
}
