//! One statement made to allow only what is needed: the ways to do it, the smallest change first.

use super::bounds::{Bounds, plain, statement_of};
use crate::compile::{Grant, identity_policy};
use crate::iam::{Action, ActionPattern, Clause, Condition, Effect, Statement};
use crate::pattern::ArnPattern;
use std::collections::BTreeSet;

/// What may stand in a statement's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    /// How many entries change.
    pub(super) cost: usize,
    /// None of them: the statement is deleted.
    pub(super) statements: Vec<Statement>,
    /// Which of them is the old one, edited.
    pub(super) successor: usize,
}

impl Alternative {
    fn one(old: &Statement, new: Statement) -> Self {
        Self { cost: distance(old, &new), statements: vec![new], successor: 0 }
    }

    fn nothing(cost: usize) -> Self {
        Self { cost, statements: Vec::new(), successor: 0 }
    }
}

/// The ways to take out of an allowing statement what is not needed. The last is the safest: it
/// loses nothing that is needed.
pub(super) fn alternatives(bounds: &Bounds<'_>, old: &Statement) -> Vec<Alternative> {
    let needed: Vec<&Grant> = bounds
        .grants
        .iter()
        .filter(|grant| statement_of(grant).is_some_and(|s| bounds.meet(old, &s)))
        .collect();
    let mut found = vec![Alternative::one(old, old.clone()), Alternative::nothing(1)];
    if needed.is_empty() {
        return found;
    }
    let in_place = Narrowing { bounds, old, needed: &needed }.in_place();
    let is_right = |new: &Statement| {
        bounds.are_within(std::slice::from_ref(new)) && bounds.keeps(std::slice::from_ref(new), old)
    };
    if let Some(new) = in_place.into_iter().find(is_right) {
        // Every entry may turn out to be harmless, where another layer stops what it allows.
        let partly =
            restored(old, &new).into_iter().filter(|partly| bounds.kills_none(partly, old));
        found.extend(partly.map(|partly| Alternative::one(old, partly)));
        found.push(Alternative::one(old, new));
    } else {
        let parts = split(bounds, old, &needed);
        if bounds.are_within(&parts) {
            // The one that is dearest to write anew and cheapest to make of the old statement.
            let near = |at: &usize| {
                let part = parts.get(*at)?;
                Some(distance(old, part) as isize - entries(part).len() as isize)
            };
            let successor = (0..parts.len()).min_by_key(near);
            let cost = parts.iter().map(|part| 1 + distance(old, part)).sum();
            found.push(Alternative { cost, statements: parts, successor: successor.unwrap_or(0) });
        }
    }
    found.sort_by_key(|alternative| alternative.cost);
    // The safest goes last: what is needed is in the one that is neither the old statement nor none.
    let is_safe = |a: &Alternative| {
        !a.statements.is_empty() && a.cost > 0 && bounds.are_within(&a.statements)
    };
    if let Some(at) = found.iter().rposition(is_safe) {
        let safest = found.remove(at);
        found.push(safest);
    }
    found
}

/// The ways to stop a denying statement from denying what is needed.
pub(super) fn denials(bounds: &Bounds<'_>, old: &Statement) -> Vec<Alternative> {
    let mut found = vec![Alternative::one(old, old.clone())];
    if let Clause::Is(entries) = &old.action {
        let is_needed = |entry: &&ActionPattern| {
            let named =
                |grant: &Grant| Some(grant.action.folded()) == entry.as_literal().as_deref();
            !bounds.grants.iter().any(named)
        };
        let left: Vec<ActionPattern> = entries.iter().filter(is_needed).cloned().collect();
        if !left.is_empty() && left.len() < entries.len() {
            let new = Statement { action: Clause::Is(left), ..old.clone() };
            found.push(Alternative::one(old, new));
        }
    }
    // A whole denial goes only where nothing less helps.
    let resources = old.resource.as_ref().map_or(0, |clause| clause.entries().len());
    found.push(Alternative::nothing(1 + old.action.entries().len() + resources));
    found
}

/// How many entries two statements do not share.
fn distance(old: &Statement, new: &Statement) -> usize {
    entries(old).symmetric_difference(&entries(new)).count()
}

/// Actions, resources, conditions and their operands, each as a text of its own.
fn entries(statement: &Statement) -> BTreeSet<String> {
    let not = |negated: bool| if negated { "not " } else { "" };
    let action = &statement.action;
    let negated = not(action.is_negated());
    let mut all: BTreeSet<String> =
        action.entries().iter().map(|entry| format!("action {negated}{entry}")).collect();
    if let Some(resource) = &statement.resource {
        let negated = not(resource.is_negated());
        all.extend(resource.entries().iter().map(|entry| format!("resource {negated}{entry}")));
    }
    for Condition { operator, key, operands } in &statement.conditions {
        let place = format!("condition {operator} {}", key.folded());
        all.extend(operands.iter().map(|operand| format!("{place} {}", operand.text)));
        all.insert(place);
    }
    all
}

/// The new statement with some of what the old one lost: a whole element, or one entry.
fn restored(old: &Statement, new: &Statement) -> Vec<Statement> {
    /// Of more entries none is tried alone: each costs an audit.
    const MOST: usize = 64;
    let mut found = vec![
        Statement { action: old.action.clone(), ..new.clone() },
        Statement { resource: old.resource.clone(), ..new.clone() },
        Statement { conditions: old.conditions.clone(), ..new.clone() },
    ];
    if entries(old).len() > MOST {
        found.retain(|statement| statement != new && statement != old);
        return found;
    }
    for entry in old.action.entries().iter().filter(|entry| !names(&new.action, entry)) {
        let stays = |e: &&ActionPattern| *e == entry || names(&new.action, e);
        let mut entries: Vec<ActionPattern> =
            old.action.entries().iter().filter(stays).cloned().collect();
        let come = new.action.entries().iter().filter(|e| !names(&old.action, e));
        entries.extend(come.cloned());
        found.push(Statement { action: Clause::Is(entries), ..new.clone() });
    }
    if let (Some(old), Some(kept)) = (&old.resource, &new.resource) {
        for entry in old.entries().iter().filter(|entry| !kept.entries().contains(entry)) {
            let mut entries = kept.entries().to_vec();
            entries.push(entry.clone());
            found.push(Statement { resource: Some(Clause::Is(entries)), ..new.clone() });
        }
    }
    found.retain(|statement| statement != new && statement != old);
    found
}

fn names(clause: &Clause<ActionPattern>, entry: &ActionPattern) -> bool {
    clause.entries().iter().any(|own| own.text().eq_ignore_ascii_case(entry.text()))
}

/// A statement and the grants that it has a part in.
struct Narrowing<'n, 'a> {
    bounds: &'n Bounds<'a>,
    old: &'n Statement,
    needed: &'n [&'n Grant],
}

impl Narrowing<'_, '_> {
    /// The statement with narrower entries, without and with a further condition.
    fn in_place(&self) -> Vec<Statement> {
        let (Clause::Is(actions), Some(Clause::Is(resources))) =
            (&self.old.action, &self.old.resource)
        else {
            return Vec::new();
        };
        let actions = self.actions(actions);
        let mut new = Statement { action: Clause::Is(actions.clone()), ..self.old.clone() };
        let of_these: Vec<&Grant> = self
            .needed
            .iter()
            .copied()
            .filter(|grant| actions.iter().any(|entry| entry.matches(&grant.action)))
            .collect();
        new.resource = Some(Clause::Is(self.resources(&new, resources, &of_these)));
        let grants: Vec<Grant> = of_these.into_iter().cloned().collect();
        let mut found = vec![new.clone()];
        if let Some(conditions) = common_conditions(&grants) {
            let conditioned = Statement { conditions: joined(&new.conditions, &conditions), ..new };
            // A condition alone may be enough: it leaves the entries as they are.
            let only = Statement { conditions: conditioned.conditions.clone(), ..self.old.clone() };
            found.extend([only, conditioned]);
        }
        found.retain(|s| {
            self.bounds.kills_none(s, self.old)
                && !s.action.entries().is_empty()
                && s.resource.as_ref().is_some_and(|clause| !clause.entries().is_empty())
        });
        found
    }

    /// Entries that are harmless, or needed names in their place.
    fn actions(&self, entries: &[ActionPattern]) -> Vec<ActionPattern> {
        let mut new: Vec<ActionPattern> = Vec::new();
        let taken = |new: &[ActionPattern], action: &Action| {
            new.iter().chain(entries).any(|e| e.as_literal().as_deref() == Some(action.folded()))
        };
        for entry in entries {
            let only = Statement { action: Clause::Is(vec![entry.clone()]), ..self.old.clone() };
            let named = self.needed.iter().filter(|grant| entry.matches(&grant.action));
            let named: BTreeSet<&Action> = named.map(|grant| &grant.action).collect();
            let is_name = entry.as_literal().is_some();
            if self.bounds.are_within(std::slice::from_ref(&only)) || (is_name && !named.is_empty())
            {
                new.push(entry.clone());
            } else if !is_name {
                for action in named {
                    if !taken(&new, action) {
                        new.extend(ActionPattern::parse(action.text()));
                    }
                }
            }
        }
        new
    }

    /// Entries that are harmless, or needed resources in their place.
    fn resources(
        &self,
        new: &Statement,
        entries: &[ArnPattern],
        grants: &[&Grant],
    ) -> Vec<ArnPattern> {
        let mut found: Vec<ArnPattern> = Vec::new();
        for entry in entries {
            let only = Statement { resource: Some(Clause::Is(vec![entry.clone()])), ..new.clone() };
            if self.bounds.are_within(std::slice::from_ref(&only)) {
                found.push(entry.clone());
                continue;
            }
            for grant in grants {
                if statement_of(grant).is_some_and(|s| self.bounds.meet(&only, &s)) {
                    found.push(clipped(self.bounds, entry, grant));
                }
            }
        }
        let mut distinct: Vec<ArnPattern> = Vec::new();
        for entry in found {
            if !distinct.contains(&entry) {
                distinct.push(entry);
            }
        }
        let actions: Vec<Action> = grants.iter().map(|grant| grant.action.clone()).collect();
        let covered = |entry: &ArnPattern| {
            distinct.iter().any(|other| {
                let wide = plain(&actions, other);
                other != entry
                    && !entries.contains(entry)
                    && self.bounds.covers(&[wide], &[plain(&actions, entry)])
            })
        };
        distinct.iter().filter(|entry| !covered(entry)).cloned().collect()
    }
}

/// What an entry and a grant have in common, as one of both says it.
fn clipped(bounds: &Bounds<'_>, entry: &ArnPattern, grant: &Grant) -> ArnPattern {
    let actions = std::slice::from_ref(&grant.action);
    let (own, needed) = (plain(actions, entry), plain(actions, &grant.resource));
    // Of two that only overlap the needed one is right as well: it is needed.
    if bounds.covers(&[needed], &[own]) { entry.clone() } else { grant.resource.clone() }
}

/// The condition that all of some grants ask for, if they ask for one of the same kind.
fn common_conditions(grants: &[Grant]) -> Option<Vec<Condition>> {
    let mut common: Option<Vec<Condition>> = None;
    for statement in identity_policy(grants).statements {
        let conditions = statement.conditions;
        match &mut common {
            _ if conditions.is_empty() => return None,
            None => common = Some(conditions),
            Some(known) => {
                for condition in conditions {
                    let same = known
                        .iter_mut()
                        .find(|k| k.key == condition.key && k.operator == condition.operator)?;
                    for operand in condition.operands {
                        if !same.operands.contains(&operand) {
                            same.operands.push(operand);
                        }
                    }
                }
            }
        }
    }
    common
}

/// Both sets of conditions; where they have one in common, the second's operands.
fn joined(own: &[Condition], more: &[Condition]) -> Vec<Condition> {
    let mut all = own.to_vec();
    for condition in more {
        let same = |c: &&mut Condition| c.key == condition.key && c.operator == condition.operator;
        match all.iter_mut().find(same) {
            Some(known) => known.operands.clone_from(&condition.operands),
            None => all.push(condition.clone()),
        }
    }
    all
}

/// A statement for each set of actions that are needed on the same resources under the same
/// condition, all under the old statement's conditions.
fn split(bounds: &Bounds<'_>, old: &Statement, needed: &[&Grant]) -> Vec<Statement> {
    let mut clipped_grants: Vec<Grant> = Vec::new();
    for grant in needed {
        let entries = match &old.resource {
            Some(Clause::Is(entries)) => entries.as_slice(),
            _ => &[],
        };
        let Some(own) = statement_of(grant) else { continue };
        let mut parts: Vec<Grant> = Vec::new();
        for entry in entries {
            let only = Statement {
                resource: Some(Clause::Is(vec![entry.clone()])),
                effect: Effect::Allow,
                ..old.clone()
            };
            if bounds.meet(&only, &own) {
                let resource = clipped(bounds, entry, grant);
                parts.push(Grant { resource, ..(*grant).clone() });
            }
        }
        if entries.is_empty() {
            parts.push((*grant).clone());
        }
        clipped_grants.extend(parts);
    }
    let mut statements = identity_policy(&clipped_grants).statements;
    for statement in &mut statements {
        statement.conditions = joined(&old.conditions, &statement.conditions);
        if old.sid.is_none() {
            statement.sid = None;
        }
    }
    statements
}
