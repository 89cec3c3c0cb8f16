//! A difference in words: what a statement allows beyond what is needed.
//!
//! Each row speaks of one statement in its own patterns: these actions, on this resource, *except*
//! what is needed, *when* the condition that is missing. No automaton and no complement is ever
//! shown.

mod actions;
mod found;
mod shape;
mod when;
mod who;

pub use when::When;

use super::budget::{Budget, Exactness, Limit};
use super::comparison::Comparison;
use super::difference::Leaf;
use super::set::{RequestSet, Rule, StatementRef};
use super::space::Space;
use crate::catalogue::{AccessLevel, ActionId};
use crate::iam::Request;
use found::Found;
use shape::{Shape, Shaped};
use std::collections::{BTreeMap, BTreeSet};

/// What a set allows beyond another, statement by statement.
#[derive(Clone, Debug)]
pub struct Residual {
    /// The gravest first, then the broadest.
    pub rows: Vec<Row>,
    /// Whether these are all.
    pub exactness: Exactness,
    /// Why not, if not.
    pub limits: Vec<Limit>,
}

/// What one statement allows beyond what is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The statement.
    pub statement: StatementRef,
    /// How far the actions reach; `None` for one that the catalogue does not know.
    pub access_level: Option<AccessLevel>,
    /// The actions of that level: names, or a pattern that stands for nothing else at that level.
    pub actions: Vec<String>,
    /// How many actions these are.
    pub count: usize,
    /// Of whom: the statement's own principals; none where it names nobody.
    pub principals: Vec<String>,
    /// But not of these.
    pub except_principals: Vec<String>,
    /// The statement's own pattern of resources, or a narrower one of the other set, where its
    /// condition, its denial or its callers make the difference.
    pub resource: String,
    /// What of it is needed, or denied.
    pub except: Vec<String>,
    /// Under which conditions; none where under all.
    pub when: Vec<When>,
    /// The statement of the other set that denies it, where one does.
    pub denied_by: Option<StatementRef>,
    /// A request that is allowed and not needed, confirmed by the evaluator.
    pub witness: Request,
}

/// What of `set` is beyond `needed`, in rows.
#[must_use]
pub fn residual<'a>(set: &RequestSet<'a>, needed: &RequestSet<'a>, budget: Budget) -> Residual {
    let mut comparison = Comparison::new(set, needed, budget);
    comparison.run(usize::MAX);
    let in_difference =
        |request: &Request| set.decide(request).is_true() && needed.decide(request).is_false();
    let mut shapes: BTreeMap<Shape, Found<'_, '_, '_>> = BTreeMap::new();
    for leaf in &comparison.leaves {
        for rule in blamed(&comparison.space, leaf) {
            for (principal, request) in
                who::askers(&comparison.space, rule.1, &leaf.witness, &in_difference)
            {
                let asks = (principal.as_deref(), &request);
                let shaped = Shaped::new(&comparison.space, leaf, rule, asks);
                let found =
                    shapes.entry(shaped.shape.clone()).or_insert_with(|| Found::new(shaped));
                found.push(leaf, principal, request);
            }
        }
    }
    drop_narrower(&mut shapes);
    let mut rows: Vec<(Row, u8)> = Vec::new();
    for (shape, found) in shapes {
        let Some(rule) = comparison.space.rules.get(shape.number) else { continue };
        let row = |access_level, actions, count, witness| Row {
            statement: rule.reference(),
            access_level,
            actions,
            count,
            principals: found.principals.iter().cloned().collect(),
            except_principals: shape.except_principals.clone(),
            resource: shape.resource.clone(),
            except: shape.except.clone(),
            when: shape.when.clone(),
            denied_by: shape.denied_by.clone(),
            witness,
        };
        let universe = comparison.space.universe;
        if shape.unknown.is_some()
            && let Some(witness) = found.witness(universe, &[], &in_difference)
        {
            rows.push((row(None, vec![witness.action.text().to_owned()], 1, witness), 0));
        }
        for level in actions::by_level(&comparison.space, rule, found.shaped.denying(), &found.ids)
        {
            if let Some(witness) = found.witness(universe, &level.ids, &in_difference) {
                let gravity = gravity(level.level);
                rows.push((row(Some(level.level), level.names, level.ids.len(), witness), gravity));
            }
        }
    }
    rows.sort_by(|(a, grave), (b, other)| {
        let breadth = |row: &Row| {
            let is_narrow = (row.resource != "*", !row.resource.contains(['*', '?']));
            (std::cmp::Reverse(row.count), is_narrow, row.when.len(), row.except.len())
        };
        other.cmp(grave).then_with(|| breadth(a).cmp(&breadth(b))).then_with(|| {
            let place = |row: &Row| {
                (
                    row.statement.clone(),
                    row.resource.clone(),
                    row.principals.clone(),
                    row.when.clone(),
                    row.actions.clone(),
                )
            };
            place(a).cmp(&place(b))
        })
    });
    let closed = comparison.close();
    Residual {
        rows: rows.into_iter().map(|(row, _)| row).collect(),
        exactness: closed.exactness,
        limits: closed.limits,
    }
}

/// How grave too much of an access level is.
const fn gravity(level: AccessLevel) -> u8 {
    match level {
        AccessLevel::Permissions => 5,
        AccessLevel::Write => 4,
        AccessLevel::Tagging => 3,
        AccessLevel::Read => 2,
        AccessLevel::List => 1,
    }
}

/// The statements that grant a leaf: without them it would not be there.
fn blamed<'s, 'a>(space: &Space<'s, 'a>, leaf: &Leaf) -> Vec<(usize, &'s Rule<'a>)> {
    space.numbered(&space.left.granting(&leaf.matching))
}

/// Forgets what holds under more conditions than another row of the same kind asks for.
fn drop_narrower(shapes: &mut BTreeMap<Shape, Found<'_, '_, '_>>) {
    let known: Vec<(Shape, BTreeSet<ActionId>, BTreeSet<String>)> = shapes
        .iter()
        .map(|(shape, found)| (shape.clone(), found.ids.clone(), found.principals.clone()))
        .collect();
    shapes.retain(|shape, found| {
        for (other, ids, principals) in &known {
            let wider = other.when.len() < shape.when.len()
                && other.when.iter().all(|when| shape.when.contains(when))
                && found.principals.is_subset(principals);
            let denied_by = shape.denied_by.clone();
            let alike = Shape { when: shape.when.clone(), denied_by, ..other.clone() } == *shape;
            if wider && alike {
                found.ids.retain(|id| !ids.contains(id));
                if found.ids.is_empty() {
                    return false;
                }
            }
        }
        true
    });
}
