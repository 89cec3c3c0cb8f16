//! `misleading-wildcard`

use super::unknown_action::calls_like;
use super::{Seen, Subject, quoted};
use crate::catalogue::{ApiTable, Dialect};
use crate::iam::{Action, ActionPattern, Clause, Effect};

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (place, statement) in subject.statements() {
        let Clause::Is(entries) = &statement.action else { continue };
        if statement.effect != Effect::Allow {
            continue;
        }
        for entry in entries.iter().filter(|entry| permits_none_of_its_calls(entry)) {
            let matched = subject.names(&subject.catalogue().expand(entry));
            if matched.is_empty() {
                continue;
            }
            let date = subject.catalogue().date();
            let message =
                format!("`{entry}` matches only {} in the catalogue of {date}", quoted(&matched));
            let help = calls_like(entry).unwrap_or_default();
            seen.push(Seen::new(message).help(help).at(place.clone()));
        }
    }
    seen
}

/// Whether API calls have names that the wildcard matches, and all of them need something else.
fn permits_none_of_its_calls(entry: &ActionPattern) -> bool {
    if entry.as_literal().is_some() || entry.is_any() {
        return false;
    }
    let mut calls = ApiTable::embedded()
        .calls()
        .filter(|call| call.api.split('.').next() == entry.service())
        .filter(|call| entry.name().matches(&call.operation().to_ascii_lowercase()))
        .peekable();
    let permits = |action: &str| Action::parse(action).is_ok_and(|action| entry.matches(&action));
    calls.peek().is_some()
        && calls.all(|call| !call.always(Dialect::Aws).any(|need| permits(&need.action)))
}
