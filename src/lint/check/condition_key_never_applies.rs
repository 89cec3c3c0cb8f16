//! `condition-key-never-applies`

use super::Seen;
use super::absent::{consequence, holds_where_absent};
use crate::catalogue::{ActionId, KeyUse};
use crate::evaluate::Truth;
use crate::iam::{ActionPattern, Clause, Condition, Effect};
use crate::lint::policy::Subject;
use crate::lint::words::plural;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        let Clause::Is(actions) = &statement.action else { continue };
        // Of what the catalogue does not know nothing is known.
        let known = |at: usize| !subject.expansion(number, at).is_empty();
        if !(0..actions.len()).all(known) || actions.iter().any(ActionPattern::is_any) {
            continue;
        }
        for (at, condition) in statement.conditions.iter().enumerate() {
            let never: Vec<usize> =
                (0..actions.len()).filter(|entry| is_never(subject, number, *entry, at)).collect();
            let found = if never.is_empty() {
                None
            } else if never.len() == actions.len() {
                Some(about_all(number, at, actions, condition, statement.effect))
            } else {
                about_some((number, at), actions, &never, condition, statement.effect)
            };
            seen.extend(found);
        }
    }
    seen
}

/// Whether no request for what an entry names carries the key.
fn is_never(subject: &Subject<'_>, number: usize, entry: usize, condition: usize) -> bool {
    let Some(fact) = subject.key(number, condition) else { return false };
    let ids = subject.expansion(number, entry).iter().flat_map(Clone::clone).map(ActionId);
    subject.catalogue().fact_applies_to(ids, fact) == KeyUse::NeverApplies
}

fn texts<'a>(actions: &'a [ActionPattern], at: &[usize]) -> Vec<&'a str> {
    at.iter().filter_map(|at| actions.get(*at)).map(ActionPattern::text).collect()
}

fn about_all(
    number: usize,
    at: usize,
    actions: &[ActionPattern],
    condition: &Condition,
    effect: Effect,
) -> Seen {
    let key = &condition.key;
    let names: Vec<&str> = actions.iter().map(ActionPattern::text).collect();
    let (so, _) = consequence(condition, effect);
    let message = format!("no request for {} carries `{key}`: {so}", quoted(&names));
    Seen::new(Element::Condition(number, at), message)
}

/// The key is about some of the statement's actions. It is said where these are never granted, or
/// always denied.
fn about_some(
    (number, at): (usize, usize),
    actions: &[ActionPattern],
    never: &[usize],
    condition: &Condition,
    effect: Effect,
) -> Option<Seen> {
    let is = plural(never.len(), "is", "are");
    let so = match (holds_where_absent(condition, effect), effect) {
        (Truth::False, Effect::Allow) => format!("{is} never granted by this statement"),
        (Truth::True, Effect::Deny) if !condition.operator.if_exists => {
            format!("{is} denied by this statement whatever is sent")
        }
        _ => return None,
    };
    let key = &condition.key;
    let names = texts(actions, never);
    let first = *never.first()?;
    let message = format!(
        "{} {so}: no request for {} carries `{key}`",
        quoted(&names),
        plural(never.len(), "it", "them")
    );
    let others: Vec<usize> = (0..actions.len()).filter(|entry| !never.contains(entry)).collect();
    let about = texts(actions, &others);
    let help = format!(
        "put {} in a statement without this condition; `{key}` is about {}",
        plural(never.len(), "it", "them"),
        quoted(&about)
    );
    Some(
        Seen::new(Element::Action(number, first), message)
            .help(help)
            .also(Element::Condition(number, at), "the condition"),
    )
}
