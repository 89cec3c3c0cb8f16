//! `redundant-entry`

use super::Seen;
use crate::iam::{ActionPattern, Clause, Statement};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::pattern::ArnPattern;
use crate::syntax::Element;
use std::collections::BTreeMap;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        actions(number, statement, &mut seen);
        resources(number, statement, &mut seen);
    }
    seen
}

fn actions(number: usize, statement: &Statement, seen: &mut Vec<Seen>) {
    let entries = statement.action.entries();
    let place = |at| Element::Action(number, at);
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let wide: Vec<(usize, &ActionPattern)> =
        entries.iter().enumerate().filter(|(_, entry)| !entry.is_literal()).collect();
    for (at, entry) in entries.iter().enumerate() {
        let text = entry.text().to_ascii_lowercase();
        if let Some(first) = known.get(&text) {
            seen.push(twice(place(at), entry.text(), place(*first)));
            continue;
        }
        known.insert(text, at);
        let by = wide.iter().find(|(other, wide)| *other != at && covers(wide, entry));
        if let Some((other, wide)) = by {
            seen.push(covered(place(at), entry.text(), place(*other), wide.text()));
        }
    }
}

/// Whether a wildcard takes in all that another entry names, and more.
fn covers(wide: &ActionPattern, entry: &ActionPattern) -> bool {
    let same_service = wide.is_any() || wide.service() == entry.service();
    same_service
        && (wide.is_any() != entry.is_any() || wide.name() != entry.name())
        && (wide.is_any() || wide.name().plainly_covers(entry.name()))
}

fn resources(number: usize, statement: &Statement, seen: &mut Vec<Seen>) {
    let entries = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
    let place = |at| Element::Resource(number, at);
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let is_wide = |entry: &ArnPattern| entry.text().contains('*');
    let wide: Vec<(usize, &ArnPattern)> =
        entries.iter().enumerate().filter(|(_, entry)| is_wide(entry)).collect();
    for (at, entry) in entries.iter().enumerate() {
        if let Some(first) = known.get(entry.text()) {
            seen.push(twice(place(at), entry.text(), place(*first)));
            continue;
        }
        known.insert(entry.text(), at);
        let by = wide.iter().find(|(other, wide)| {
            *other != at && wide.text() != entry.text() && wide.plainly_covers(entry)
        });
        if let Some((other, wide)) = by {
            seen.push(covered(place(at), entry.text(), place(*other), wide.text()));
        }
    }
}

fn twice(at: Element, text: &str, first: Element) -> Seen {
    Seen::new(at, format!("`{text}` stands in the list twice")).also(first, "the first time")
}

fn covered(at: Element, text: &str, by: Element, wide: &str) -> Seen {
    Seen::new(at, format!("`{wide}` takes in `{text}`")).also(by, "takes it in")
}
