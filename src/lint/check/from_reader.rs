//! What the document's reader remarked: each remark is a case of one rule.

use super::{ANY_OTHER, Seen};
use crate::lint::policy::Subject;
use crate::lint::{At, Rule};

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let of_rule = subject.policy.notes.iter().filter(|note| match note.rule {
        Some(id) => id == rule.id,
        None => rule.id == ANY_OTHER,
    });
    of_rule
        .map(|note| Seen {
            message: note.message.clone(),
            help: note.help.clone(),
            at: At::Span(note.span),
            also: Vec::new(),
            severity: Some(note.severity),
        })
        .collect()
}
