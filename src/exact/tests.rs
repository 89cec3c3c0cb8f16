//! The engine against brute force, against the evaluator, and against the laws of sets.

mod documents;
mod domains;
mod future;
mod gaps;
mod hard;
mod kinds;
mod known_errors;
mod laws;
mod layers;
mod measure;
mod model;
mod random;
mod rows;
mod trust;
mod variables;

use super::*;
use crate::iam::{Layer, PolicyDocument, PolicyKind};
use crate::syntax::parse_policy;

/// A document of `statements`, JSON objects without their braces' neighbours.
fn document(kind: PolicyKind, statements: &str) -> PolicyDocument {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    parse_policy(&text, kind).unwrap_or_else(|problems| panic!("{problems:?} in {text}")).document
}

fn identity(statements: &str) -> PolicyDocument {
    document(PolicyKind::Identity, statements)
}

fn set(document: &PolicyDocument) -> RequestSet<'_> {
    RequestSet::of_document(Universe::embedded(), Layer::Identity, "p", document)
}
