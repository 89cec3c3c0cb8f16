//! `redundant-statement`, `shadowed-statement`
//!
//! A statement is said to change nothing only where the engine has proved it, for the actions that
//! there are and for those to come. Which other statements could cover it at all is found by cheap
//! signs first, since most statements have nothing in common.

use super::Seen;
use crate::exact::{RequestSet, difference, includes};
use crate::iam::{Clause, Effect, PrincipalPattern, Statement};
use crate::lint::Rule;
use crate::lint::allowed::BUDGET;
use crate::lint::policy::Subject;
use crate::pattern::ArnPattern;
use crate::syntax::Element;
use std::ops::Range;

pub(super) fn redundant(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let statements = &subject.policy.document.statements;
    let mut alive: Vec<bool> = vec![true; statements.len()];
    let mut seen = Vec::new();
    for (number, statement) in statements.iter().enumerate().rev() {
        let others = |other: usize, one: &Statement| {
            other != number
                && alive.get(other).copied().unwrap_or(false)
                && one.effect == statement.effect
                && names_them(one, statement)
        };
        let near = candidates(subject, number, statement, others);
        if near.is_empty() || !covers(subject, &near, statement) {
            continue;
        }
        let alone = near.iter().find(|one| covers(subject, &[**one], statement));
        let by: Vec<usize> = alone.map_or(near.clone(), |one| vec![*one]);
        if let Some(alive) = alive.get_mut(number) {
            *alive = false;
        }
        let does = if statement.effect == Effect::Allow { "allows" } else { "forbids" };
        let message = match by.as_slice() {
            [one] if statements.get(*one).is_some_and(|one| one.says_the_same(statement)) => {
                format!("{} says the same as {}", this(subject, number), name(subject, *one))
            }
            [one] => {
                format!("{} {does} all that {} does", name(subject, *one), this(subject, number))
            }
            _ => format!(
                "other statements together {} all that {} does",
                does.trim_end_matches('s'),
                this(subject, number)
            ),
        };
        let mut one = Seen::new(Element::Statement(number), message);
        for other in by {
            one = one.also(Element::Statement(other), format!("{does} it too"));
        }
        seen.push(one);
    }
    seen
}

pub(super) fn shadowed(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let forbids = |_: usize, one: &Statement| one.effect == Effect::Deny;
        let near = candidates(subject, number, statement, forbids);
        if near.is_empty() || is_empty(subject, vec![statement.clone()]) != Some(false) {
            continue;
        }
        let with = |denies: &[usize]| {
            let all = denies.iter().filter_map(|at| subject.statement(*at));
            is_empty(subject, std::iter::once(statement).chain(all).cloned().collect())
        };
        if with(&near) != Some(true) {
            continue;
        }
        let alone = near.iter().find(|one| with(&[**one]) == Some(true));
        let by: Vec<usize> = alone.map_or(near.clone(), |one| vec![*one]);
        let message = format!("{} grants nothing: all of it is denied", this(subject, number));
        let mut one = Seen::new(Element::Statement(number), message);
        for deny in by {
            one = one.also(Element::Statement(deny), "denies it");
        }
        seen.push(one);
    }
    seen
}

/// What a statement is called in a sentence.
fn name(subject: &Subject<'_>, number: usize) -> String {
    match subject.statement(number).and_then(|statement| statement.sid.as_deref()) {
        Some(sid) => format!("`{sid}`"),
        None => format!("statement {}", number + 1),
    }
}

fn this(subject: &Subject<'_>, number: usize) -> String {
    match subject.statement(number).and_then(|statement| statement.sid.as_deref()) {
        Some(sid) => format!("`{sid}`"),
        None => "this statement".to_owned(),
    }
}

/// Statements that may take part in covering one: they share its actions and resources and ask for
/// nothing that it does not ask for. None where they do not have all its actions.
fn candidates(
    subject: &Subject<'_>,
    number: usize,
    statement: &Statement,
    is_one: impl Fn(usize, &Statement) -> bool,
) -> Vec<usize> {
    let own = subject.actions(number);
    let mut near = Vec::new();
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for (other, one) in subject.statements().filter(|(other, one)| is_one(*other, one)) {
        let asks_more = one
            .conditions
            .iter()
            .any(|condition| !statement.conditions.iter().any(|own| own.key == condition.key));
        let theirs = subject.actions(other);
        if !asks_more && (overlap(own, theirs) || own.is_empty()) && may_meet(one, statement) {
            near.push(other);
            ranges.extend(theirs.iter().cloned());
        }
    }
    ranges.sort_unstable_by_key(|range| range.start);
    if includes_all(&ranges, own) { near } else { Vec::new() }
}

fn overlap(a: &[Range<u32>], b: &[Range<u32>]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        if x.start < y.end && y.start < x.end {
            return true;
        }
        if x.end <= y.end {
            a.next()
        } else {
            b.next()
        };
    }
    false
}

/// Whether sorted ranges, which may overlap, hold all of some others.
fn includes_all(wide: &[Range<u32>], narrow: &[Range<u32>]) -> bool {
    narrow.iter().all(|range| {
        let mut from = range.start;
        for one in wide {
            if one.start > from || from >= range.end {
                break;
            }
            from = from.max(one.end);
        }
        from >= range.end
    })
}

/// Whether a statement is about an example of each resource of another; true where that is not
/// clear at once.
fn may_meet(wide: &Statement, narrow: &Statement) -> bool {
    let (Some(Clause::Is(wide)), Some(Clause::Is(narrow))) = (&wide.resource, &narrow.resource)
    else {
        return true;
    };
    let unclear = |entry: &ArnPattern| *entry == ArnPattern::Any || entry.has_variables();
    wide.iter().any(unclear)
        || narrow.iter().any(|entry| {
            let example = entry.text().replace('*', "zqz").replace('?', "z");
            unclear(entry)
                || wide.iter().any(|one| one.matches(&example) || one.spills_over(&example))
        })
}

/// Whether a statement names all whom another names, in the same words: an account that is named
/// delegates to its policies, and a role that is named needs none. What everyone is denied, nobody is
/// allowed.
fn names_them(wide: &Statement, narrow: &Statement) -> bool {
    let is_same = |a: &PrincipalPattern, b: &PrincipalPattern| match (a, b) {
        (
            PrincipalPattern::Account { account: a, .. },
            PrincipalPattern::Account { account: b, .. },
        ) => a == b,
        _ => a == b,
    };
    match (&wide.principal, &narrow.principal) {
        (Some(Clause::Is(wide)), Some(_))
            if narrow.effect == Effect::Deny && wide.contains(&PrincipalPattern::Anyone) =>
        {
            true
        }
        (Some(Clause::Is(wide)), Some(Clause::Is(narrow))) => {
            narrow.iter().all(|entry| wide.iter().any(|one| is_same(one, entry)))
        }
        (wide, narrow) => wide == narrow,
    }
}

/// Whether it is proved that `others` do all that a statement does, and that it does something.
fn covers(subject: &Subject<'_>, others: &[usize], statement: &Statement) -> bool {
    let others = others.iter().filter_map(|at| subject.statement(*at)).cloned();
    if statement.effect == Effect::Allow {
        let (outer, inner) =
            (set(subject, others.collect()), set(subject, vec![statement.clone()]));
        return includes(&outer, &inner, BUDGET) == Some(true)
            && is_empty(subject, vec![statement.clone()]) == Some(false);
    }
    // Of all that it could forbid, they leave nothing that it would.
    let whole = Statement { effect: Effect::Allow, conditions: Vec::new(), ..statement.clone() };
    let left = set(subject, std::iter::once(whole.clone()).chain(others).collect());
    let without = set(subject, vec![whole.clone(), statement.clone()]);
    let whole = set(subject, vec![whole]);
    includes(&without, &left, BUDGET) == Some(true)
        && !difference(&whole, &without, BUDGET).leaves.is_empty()
}

/// Whether statements allow nothing; `None` where that is not certain.
fn is_empty(subject: &Subject<'_>, statements: Vec<Statement>) -> Option<bool> {
    includes(&subject.nothing(), &set(subject, statements), BUDGET)
}

fn set<'a>(subject: &Subject<'a>, statements: Vec<Statement>) -> RequestSet<'a> {
    RequestSet::of_statements(subject.universe, subject.policy.kind.layer(), "document", statements)
}
