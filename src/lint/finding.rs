//! What a rule found.

use super::Rule;
use crate::source::{Severity, Span};
use crate::syntax::Element;

/// What a rule found in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is here.
    pub severity: Severity,
    /// What was seen, with the names.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where.
    pub at: At,
    /// What else takes part in it, and how.
    pub also: Vec<(Element, String)>,
}

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// An element of the parsed document.
    Element(Element),
    /// A part of its text, as its reader named it.
    Span(Span),
}

/// A finding at its place in the document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The finding.
    pub finding: Finding,
    /// Where it stands.
    pub span: Span,
    /// The number of the statement, from 0, and where it stands.
    pub statement: Option<(usize, Span)>,
    /// Where what else takes part in it stands, and how it does.
    pub also: Vec<(Span, String)>,
}
