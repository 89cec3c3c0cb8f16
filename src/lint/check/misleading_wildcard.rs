//! `misleading-wildcard`

use super::Seen;
use super::unknown_action::calls_like;
use crate::catalogue::{ActionId, ApiCall, ApiTable, Dialect};
use crate::iam::{Action, Clause};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let Clause::Is(entries) = &statement.action else { continue };
        for (at, entry) in entries.iter().enumerate() {
            if !is_misleading(subject, number, at) {
                continue;
            }
            let matched: Vec<&str> = subject
                .expansion(number, at)
                .iter()
                .flat_map(Clone::clone)
                .map(|id| subject.catalogue().name(ActionId(id)))
                .collect();
            let date = subject.catalogue().date();
            let message =
                format!("`{entry}` matches only {} in the catalogue of {date}", quoted(&matched));
            let found = Seen::new(Element::Action(number, at), message);
            seen.push(match calls_like(entry) {
                Some(help) => found.help(help),
                None => found,
            });
        }
    }
    seen
}

/// Whether API calls have names that the wildcard matches, all of them need something else, and
/// they are not fewer than the actions that it does match.
pub(super) fn is_misleading(subject: &Subject<'_>, number: usize, at: usize) -> bool {
    let statement = subject.policy.document.statements.get(number);
    let Some(entry) = statement.and_then(|statement| statement.action.entries().get(at)) else {
        return false;
    };
    if entry.is_literal() || entry.is_any() {
        return false;
    }
    let matched: usize = subject.expansion(number, at).iter().map(ExactSizeIterator::len).sum();
    // `s3:ListBucket*` is named after an action.
    let start = entry.text().trim_end_matches('*');
    if matched == 0 || subject.id(start).is_some() {
        return false;
    }
    let calls: Vec<&ApiCall> = ApiTable::embedded()
        .calls()
        .filter(|call| call.api.split('.').next() == entry.service())
        .filter(|call| entry.name().matches(&call.operation().to_ascii_lowercase()))
        .collect();
    let permits = |action: &str| Action::parse(action).is_ok_and(|action| entry.matches(&action));
    calls.len() >= matched
        && calls.iter().all(|call| !call.always(Dialect::Aws).any(|need| permits(&need.action)))
}
