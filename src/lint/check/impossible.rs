//! `impossible-condition`, `deny-never-fires`

use super::Seen;
use crate::catalogue::ActionId;
use crate::exact::{RequestSet, includes};
use crate::iam::{Clause, Condition, Effect, Statement};
use crate::lint::allowed::BUDGET;
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;

pub(super) fn condition(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        if let Some((first, second)) = contradiction(subject, statement) {
            let key = key(statement, second);
            let message = format!("the statement grants nothing: no `{key}` meets both conditions");
            let one = Seen::new(Element::Condition(number, second), message);
            seen.push(one.also(Element::Condition(number, first), "excludes the other"));
        }
    }
    seen
}

pub(super) fn deny(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        if statement.effect != Effect::Deny {
            continue;
        }
        if let Some((first, second)) = contradiction(subject, statement) {
            let key = key(statement, second);
            let message = format!("the statement denies nothing: no `{key}` meets both conditions");
            let help = "all conditions of a statement have to hold; to deny where one of them holds, \
                        write a statement for each";
            let one = Seen::new(Element::Condition(number, second), message).help(help);
            seen.push(one.also(Element::Condition(number, first), "excludes the other"));
        } else if let Some(resources) = off_target(subject, number, statement) {
            let message = format!(
                "the statement denies nothing: none of its actions is ever on {}",
                quoted(&resources)
            );
            seen.push(Seen::new(Element::Resources(number), message));
        }
    }
    seen
}

fn key(statement: &Statement, condition: usize) -> &str {
    statement.conditions.get(condition).map_or("", |condition| condition.key.text())
}

/// Two conditions on one key that exclude each other, though each of them can hold.
fn contradiction(subject: &Subject<'_>, statement: &Statement) -> Option<(usize, usize)> {
    let conditions = &statement.conditions;
    for (second, condition) in conditions.iter().enumerate() {
        let before = conditions.iter().enumerate().take(second);
        for (first, other) in before.filter(|(_, other)| other.key == condition.key) {
            let empty = |conditions: &[&Condition]| is_empty(subject, statement, conditions);
            if empty(&[other, condition]) == Some(true)
                && empty(&[other]) == Some(false)
                && empty(&[condition]) == Some(false)
            {
                return Some((first, second));
            }
        }
    }
    None
}

/// Whether no request of the statement's action, on anything, meets some conditions.
fn is_empty(
    subject: &Subject<'_>,
    statement: &Statement,
    conditions: &[&Condition],
) -> Option<bool> {
    let layer = subject.policy.kind.layer();
    let conditions = conditions.iter().map(|condition| (*condition).clone()).collect();
    let one = Statement { conditions, ..statement.clone() };
    let set = |all| RequestSet::of_statements(subject.universe, layer, "document", all);
    if statement.effect == Effect::Allow {
        return includes(&subject.nothing(), &set(vec![one]), BUDGET);
    }
    let whole = Statement { effect: Effect::Allow, conditions: Vec::new(), ..statement.clone() };
    includes(&set(vec![whole.clone(), one]), &set(vec![whole]), BUDGET)
}

/// The resources of a statement, if none of its actions can act on any of them.
fn off_target<'a>(
    subject: &Subject<'_>,
    number: usize,
    statement: &'a Statement,
) -> Option<Vec<&'a str>> {
    let (Clause::Is(actions), Some(Clause::Is(resources))) =
        (&statement.action, &statement.resource)
    else {
        return None;
    };
    if actions.is_empty() || resources.is_empty() || resources.contains(&ArnPattern::Any) {
        return None;
    }
    let known: Vec<_> = (0..actions.len()).map(|at| subject.expansion(number, at)).collect();
    // What is not in the catalogue, and what acts on `*` alone, is another rule's.
    if known.iter().any(|ranges| ranges.is_empty()) {
        return None;
    }
    let catalogue = subject.catalogue();
    let mut reach = subject.universe.reach(resources);
    let mut ids = known.iter().flat_map(|ranges| ranges.iter().cloned().flatten()).map(ActionId);
    let none = ids.all(|id| {
        let acts = catalogue.resource_types(id).next().is_some();
        acts && !reach.includes(id) && !reach.may_include(id)
    });
    none.then(|| resources.iter().map(ArnPattern::text).collect())
}
