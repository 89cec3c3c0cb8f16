//! A fixed document as it is stored: its text, the patch that leads to it, and what it says when
//! it is read back.

use super::judge::parsed;
use super::patch::{Line, Operation, apply, operations};
use super::plan::with_lines;
use super::value::Value;
use super::words;
use crate::account::{NamedPolicy, PolicyHome};
use crate::iam::{PolicyDocument, PolicyKind};

/// A document with its edits.
pub(super) struct Rendered {
    pub(super) text: String,
    /// None of a new document.
    pub(super) patch: Option<Vec<Operation>>,
    pub(super) edits: Vec<String>,
    /// Read back from `text`.
    pub(super) policy: NamedPolicy,
}

/// The text of a policy after its edits; `None` where it could not be read back.
pub(super) fn edited(live: &NamedPolicy, after: &[Line], kind: PolicyKind) -> Option<Rendered> {
    let before = &live.document;
    let source = Value::parse(&live.text()).unwrap_or_else(|| Value::of(&**before));
    let patch = operations(&source, before, after);
    let text = apply(&patch, &source)?.pretty();
    let policy = parsed(live.home().clone(), &text, kind)?;
    // What is written must be what was proved; the proof is repeated on it all the same.
    let is_same = in_order(&policy.document) == in_order(&with_lines(Some(before), after));
    let edits = words::edits(before, after);
    is_same.then_some(Rendered { text, patch: Some(patch), edits, policy })
}

/// The document with the conditions of each statement in an order of their own: JSON groups them.
fn in_order(document: &PolicyDocument) -> PolicyDocument {
    let mut document = document.clone();
    for statement in &mut document.statements {
        statement.conditions.sort_by(|a, b| (a.operator, &a.key).cmp(&(b.operator, &b.key)));
    }
    document
}

/// The text of a new inline policy.
pub(super) fn fresh(name: &str, lines: &[Line]) -> Option<Rendered> {
    let document = with_lines(None, lines);
    let text = Value::of(&document).pretty();
    let policy = parsed(PolicyHome::inline(name), &text, PolicyKind::Identity)?;
    let empty = PolicyDocument { statements: Vec::new(), ..document };
    Some(Rendered { text, patch: None, edits: words::edits(&empty, lines), policy })
}
