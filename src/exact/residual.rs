//! A difference in words: what a statement allows beyond what is needed.
//!
//! Each row speaks of one statement in its own patterns: these actions, on this resource, *except*
//! what is needed, *when* the condition that is missing. No automaton and no complement is ever
//! shown.

mod actions;
mod when;

pub use when::When;

use super::budget::{Budget, Exactness, Limit};
use super::comparison::Comparison;
use super::difference::Leaf;
use super::language::{covers, overlaps};
use super::set::{RequestSet, Rule, StatementRef};
use super::space::Space;
use super::universe::Universe;
use super::witness;
use crate::catalogue::{AccessLevel, ActionId};
use crate::iam::{Action, Clause, Request, Resource};
use crate::pattern::ArnPattern;
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
    /// The statement's own pattern of resources, or the needed one where a condition is missing.
    pub resource: String,
    /// What of it is needed.
    pub except: Vec<String>,
    /// Under which conditions; none where under all.
    pub when: Vec<When>,
    /// A request that is allowed and not needed, confirmed by the evaluator.
    pub witness: Request,
}

/// What of `set` is beyond `needed`, in rows.
#[must_use]
pub fn residual<'a>(set: &RequestSet<'a>, needed: &RequestSet<'a>, budget: Budget) -> Residual {
    let mut comparison = Comparison::new(set, needed, budget);
    comparison.run(usize::MAX);
    let mut shapes: BTreeMap<Shape, Found<'_>> = BTreeMap::new();
    for leaf in &comparison.leaves {
        for (number, rule) in blamed(&comparison.space, leaf) {
            let shape = Shape::new(&comparison.space, leaf, number, rule);
            let found = shapes.entry(shape).or_insert_with(|| Found::new(leaf));
            found.ids.extend(leaf.actions.ids());
            found.leaves.push(leaf);
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
            resource: shape.resource.clone(),
            except: shape.except.clone(),
            when: shape.when.clone(),
            witness,
        };
        if shape.unknown.is_some() {
            let witness = found.first.witness.clone();
            rows.push((row(None, vec![witness.action.text().to_owned()], 1, witness), 0));
        }
        for level in actions::by_level(&comparison.space, rule, &found.ids) {
            let witness = found.witness(comparison.space.universe, &level.ids, set, needed);
            let gravity = gravity(level.level);
            rows.push((row(Some(level.level), level.names, level.ids.len(), witness), gravity));
        }
    }
    rows.sort_by(|(a, grave), (b, other)| {
        let breadth = |row: &Row| (std::cmp::Reverse(row.count), row.when.len(), row.except.len());
        other.cmp(grave).then_with(|| breadth(a).cmp(&breadth(b))).then_with(|| {
            (&a.statement, &a.resource, &a.when, &a.actions).cmp(&(
                &b.statement,
                &b.resource,
                &b.when,
                &b.actions,
            ))
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

/// The statements of the first layer that allow a leaf: without them it would not be there.
fn blamed<'s, 'a>(space: &Space<'s, 'a>, leaf: &Leaf) -> Vec<(usize, &'s Rule<'a>)> {
    space.numbered(&leaf.matching.intersection(&space.left.allowing(0)))
}

/// How a row speaks of its requests, but for the actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    number: usize,
    /// Actions that the catalogue does not know get a row each.
    unknown: Option<String>,
    resource: String,
    except: Vec<String>,
    when: Vec<When>,
}

impl Shape {
    fn new(space: &Space<'_, '_>, leaf: &Leaf, number: usize, rule: &Rule<'_>) -> Self {
        let needing = space.right.all_allowing();
        let near = space.numbered(&leaf.in_cell.intersection(&needing));
        let own = own_pattern(rule, &leaf.witness);
        let own_text = own.map_or("*", ArnPattern::text).to_owned();
        let (resource, except) = if near.is_empty() {
            let others = space.numbered(&leaf.named.intersection(&needing));
            (own_text, exceptions(rule, own, &others))
        } else {
            // The resource is needed, and only the context is not: the narrower pattern says it.
            let needed = near.iter().find_map(|(_, rule)| own_pattern(rule, &leaf.witness));
            let narrower = needed.filter(|needed| own.is_none_or(|own| covers(own, needed)));
            (narrower.map_or(own_text, |needed| needed.text().to_owned()), Vec::new())
        };
        let missed: Vec<&Rule<'_>> = near.iter().map(|(_, rule)| *rule).collect();
        let when = when::conditions(rule, &missed, &leaf.witness);
        let unknown = leaf.actions.ids().next().is_none();
        let unknown = unknown.then(|| leaf.witness.action.folded().to_owned());
        Self { number, unknown, resource, except, when }
    }
}

/// The entry of a statement's resources that a request is about; none where the statement is about
/// all resources, or all but some.
fn own_pattern<'r>(rule: &'r Rule<'_>, request: &Request) -> Option<&'r ArnPattern> {
    let Some(Clause::Is(entries)) = &rule.statement.resource else { return None };
    let matches = |entry: &&ArnPattern| entry.matches(request.resource.text());
    entries.iter().find(matches).or_else(|| entries.iter().find(|entry| entry.has_variables()))
}

/// What other statements need of the resources of `rule`, each pattern that no other covers.
fn exceptions(
    rule: &Rule<'_>,
    own: Option<&ArnPattern>,
    others: &[(usize, &Rule<'_>)],
) -> Vec<String> {
    let mut needed: Vec<&ArnPattern> = Vec::new();
    for (_, other) in others {
        if let Some(Clause::Is(entries)) = &other.statement.resource {
            let near = |entry: &&ArnPattern| own.is_none_or(|own| overlaps(own, entry));
            needed.extend(entries.iter().filter(near));
        }
    }
    if let Some(Clause::Not(entries)) = &rule.statement.resource {
        needed.extend(entries);
    }
    needed.sort_unstable();
    needed.dedup();
    let all = needed.clone();
    needed.retain(|entry| !all.iter().any(|other| other != entry && covers(other, entry)));
    needed.into_iter().map(|entry| entry.text().to_owned()).collect()
}

/// Forgets what holds under more conditions than another row of the same kind asks for.
fn drop_narrower(shapes: &mut BTreeMap<Shape, Found<'_>>) {
    let known: Vec<(Shape, BTreeSet<ActionId>)> =
        shapes.iter().map(|(shape, found)| (shape.clone(), found.ids.clone())).collect();
    shapes.retain(|shape, found| {
        for (other, ids) in &known {
            let wider = other.when.len() < shape.when.len()
                && other.when.iter().all(|when| shape.when.contains(when));
            let alike = (other.number, &other.unknown, &other.resource, &other.except)
                == (shape.number, &shape.unknown, &shape.resource, &shape.except);
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

/// What was found of one shape.
struct Found<'l> {
    first: &'l Leaf,
    ids: BTreeSet<ActionId>,
    leaves: Vec<&'l Leaf>,
}

impl<'l> Found<'l> {
    const fn new(first: &'l Leaf) -> Self {
        Self { first, ids: BTreeSet::new(), leaves: Vec::new() }
    }

    /// A request for one of `ids`.
    fn witness(
        &self,
        universe: &Universe<'_>,
        ids: &[ActionId],
        set: &RequestSet<'_>,
        needed: &RequestSet<'_>,
    ) -> Request {
        let of = |id: &ActionId| {
            let leaf = self.leaves.iter().find(|leaf| leaf.actions.ids().any(|own| own == *id))?;
            let action = Action::parse(universe.catalogue().name(*id)).ok()?;
            let mut request = Request { action, ..leaf.witness.clone() };
            if leaf.any_resource {
                let text = witness::any_resource(&universe.resources(*id));
                request.resource = Resource::parse(&text).ok()?;
            }
            let confirmed = set.decide(&request).is_true() && needed.decide(&request).is_false();
            confirmed.then_some(request)
        };
        ids.iter().take(8).find_map(of).unwrap_or_else(|| self.first.witness.clone())
    }
}
