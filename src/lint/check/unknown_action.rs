//! `unknown-action`

use super::Seen;
use crate::catalogue::{ApiTable, Dialect};
use crate::iam::ActionPattern;
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, entry) in statement.action.entries().iter().enumerate() {
            if subject.expansion(number, at).is_empty() {
                seen.push(about(subject, entry, Element::Action(number, at)));
            }
        }
    }
    seen
}

fn about(subject: &Subject<'_>, entry: &ActionPattern, at: Element) -> Seen {
    let date = subject.catalogue().date();
    match entry.as_literal() {
        Some(_) => Seen::new(at, format!("`{entry}` is no action in the catalogue of {date}"))
            .help(subject.catalogue().suggest(entry.text()).to_string()),
        None => {
            let message = format!("`{entry}` matches no action in the catalogue of {date}");
            let seen = Seen::new(at, message);
            match calls_like(entry) {
                Some(help) => seen.help(help),
                None => seen,
            }
        }
    }
}

/// What the API calls need whose names the wildcard matches.
pub(super) fn calls_like(entry: &ActionPattern) -> Option<String> {
    let table = ApiTable::embedded();
    let calls: Vec<_> = table
        .calls()
        .filter(|call| call.api.split('.').next() == entry.service())
        .filter(|call| entry.name().matches(&call.operation().to_ascii_lowercase()))
        .collect();
    let mut needs: Vec<&str> = calls
        .iter()
        .flat_map(|call| call.always(Dialect::Aws))
        .map(|evaluation| evaluation.action.as_str())
        .collect();
    needs.sort_unstable();
    needs.dedup();
    let names: Vec<&str> = calls.iter().map(|call| call.operation()).collect();
    if needs.is_empty() {
        return None;
    }
    Some(format!("the API calls {} need {}", quoted(&names), quoted(&needs)))
}
