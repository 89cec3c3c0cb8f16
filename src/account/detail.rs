//! What IAM's API says of principals, groups and managed policies, documents still unread.
//! Both readers end here.

use super::{Place, PrincipalKind};
use crate::iam::PolicyKind;
use crate::source::{Position, Problem, Severity, Source, Span};
use crate::syntax::{Parsed, decode_document, parse_policy};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Why something cannot be read, and the remedy.
pub(super) type Failure = (String, Option<String>);

/// A policy document as it arrived.
#[derive(Clone)]
pub(super) struct DocumentText<'a> {
    text: Cow<'a, str>,
    pub(super) place: Place,
}

impl<'a> DocumentText<'a> {
    /// A JSON value inside a file: an object, or a string that holds the document.
    pub(super) fn from_json(raw: &'a RawValue, source: &'a Arc<Source>) -> Self {
        let span = span_of(source, raw.get());
        Self { text: raw.get().into(), place: Place::of_part(source, span) }
    }

    /// A whole file.
    pub(super) fn from_file(source: &'a Arc<Source>) -> Self {
        let text = source.text();
        let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
        let text = text.get(start..).unwrap_or_default();
        let span = Span::new(start, start + text.trim_end().len());
        Self { text: text.into(), place: Place::of_part(source, span) }
    }

    /// What the API answered.
    #[cfg(feature = "aws")]
    pub(super) fn from_api(text: String, permission: &'static str) -> Self {
        Self { text: text.into(), place: Place::Api(permission) }
    }

    /// The document's own JSON text.
    pub(super) fn decoded(&self) -> Result<Cow<'_, str>, Problem> {
        if !self.text.starts_with('"') {
            return Ok(decode_document(&self.text));
        }
        match serde_json::from_str::<String>(&self.text) {
            Ok(inner) => Ok(decode_document(&inner).into_owned().into()),
            Err(error) => Err(Problem::error(Span::default(), format!("not valid JSON: {error}"))),
        }
    }

    /// The decoded text of a document that stands at a place of a file.
    pub(super) fn text_at(place: &'a Place) -> Cow<'a, str> {
        let Place::File { source, span, .. } = place else { return Cow::default() };
        let text = source.text().get(span.start..span.end).unwrap_or_default();
        let document = DocumentText { text: text.into(), place: place.clone() };
        Cow::Owned(document.decoded().unwrap_or_default().into_owned())
    }

    pub(super) fn parse(&self, kind: PolicyKind) -> Result<Parsed, Vec<Problem>> {
        parse_policy(&self.decoded().map_err(|problem| vec![problem])?, kind)
    }

    /// Line and column of a span in the decoded document.
    pub(super) fn position(&self, span: Span) -> Position {
        let text = self.decoded().unwrap_or_default();
        Source::new("", text).position(span.start)
    }

    /// Whether two arrivals say the same.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let value =
            |text: &Self| serde_json::from_str::<serde_json::Value>(&text.decoded().ok()?).ok();
        self.text == other.text || value(self).is_some_and(|v| Some(v) == value(other))
    }

    /// The errors of a document in one line, each with its place.
    pub(super) fn explain(&self, problems: &[Problem]) -> String {
        const SHOWN: usize = 3;
        let errors: Vec<&Problem> =
            problems.iter().filter(|p| p.severity == Severity::Error).collect();
        let mut lines: Vec<String> = Vec::new();
        for problem in errors.iter().take(SHOWN) {
            let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            let inside = match &self.place {
                Place::File { .. } => String::new(),
                Place::Api(_) => {
                    format!(", at {} of the decoded document", self.position(problem.span))
                }
            };
            let place = self.place.inside(problem.span);
            lines.push(format!("{place}{inside}: {}{help}", problem.message));
        }
        if let Some(more) = errors.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            lines.push(format!("and {more} more"));
        }
        lines.join("; ")
    }
}

/// A role or user.
pub(super) struct PrincipalDetail<'a> {
    pub(super) arn: String,
    pub(super) kind: PrincipalKind,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) policies: AttachedPolicies<'a>,
    pub(super) groups: Vec<String>,
    pub(super) boundary: Option<String>,
    pub(super) trust: Option<DocumentText<'a>>,
    pub(super) tags: BTreeMap<String, String>,
    /// Whether the reading lists all its policies; `get-role` alone does not.
    pub(super) lists_policies: bool,
    /// Why it cannot be read whole.
    pub(super) failed: Option<Failure>,
    pub(super) place: Place,
}

/// A managed policy as far as it counts.
#[derive(Clone)]
pub(super) struct ManagedDetail<'a> {
    /// The version in force. Only a dump that is written names it.
    #[cfg_attr(not(feature = "aws"), allow(dead_code))]
    pub(super) version: Option<String>,
    /// How many users, groups and roles it is attached to.
    pub(super) attachments: Option<u32>,
    /// How many users and roles have it as their boundary.
    pub(super) boundaries: Option<u32>,
    /// What it says.
    pub(super) document: DocumentText<'a>,
}

/// Policies of a role, user or group.
#[derive(Clone, Default)]
pub(super) struct AttachedPolicies<'a> {
    /// Name and document.
    pub(super) inline: Vec<(String, DocumentText<'a>)>,
    /// ARNs.
    pub(super) managed: Vec<String>,
}

impl AttachedPolicies<'_> {
    /// Whether two lists hold the same policies in the same order.
    pub(super) fn say_the_same(&self, other: &Self) -> bool {
        self.managed == other.managed
            && self.inline.len() == other.inline.len()
            && self
                .inline
                .iter()
                .zip(&other.inline)
                .all(|((a, text), (b, other))| a == b && text.says_the_same(other))
    }
}

/// Everything that a reading found.
#[derive(Default)]
pub(super) struct Details<'a> {
    pub(super) principals: Vec<PrincipalDetail<'a>>,
    /// Their policies by name.
    pub(super) groups: BTreeMap<String, AttachedPolicies<'a>>,
    /// The default version of managed policies by ARN, or why it is not here.
    pub(super) managed: BTreeMap<String, Result<ManagedDetail<'a>, Failure>>,
    /// Every principal's ARN, also of those that were not selected.
    pub(super) names: BTreeSet<String>,
}

/// Where `part`, a slice of the source's text, stands in it.
pub(super) fn span_of(source: &Source, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(source.text().as_ptr() as usize);
    Span::new(start, start + part.len())
}
