//! How a row speaks of its requests, but for the actions.

use super::{When, when, who};
use crate::evaluate::{matches, names};
use crate::exact::difference::Leaf;
use crate::exact::language::{covers, overlaps};
use crate::exact::set::{Rule, StatementRef};
use crate::exact::space::Space;
use crate::iam::{Clause, OperandValue, Request};
use crate::pattern::{ArnPattern, Pattern};

/// How a row speaks of its requests, but for the actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub(super) number: usize,
    /// Actions that the catalogue does not know get a row each.
    pub(super) unknown: Option<String>,
    pub(super) except_principals: Vec<String>,
    pub(super) resource: String,
    pub(super) except: Vec<String>,
    pub(super) when: Vec<When>,
    pub(super) denied_by: Option<StatementRef>,
}

/// A shape, and the statements that its conditions come from.
pub(super) struct Shaped<'s, 'a> {
    pub(super) shape: Shape,
    reasons: Reasons<'s, 'a>,
}

/// Why the left set allows a request and the right one does not.
struct Reasons<'s, 'a> {
    /// The statement that allows it, and one of the right set that denies it.
    hold: Vec<&'s Rule<'a>>,
    /// Statements that would need it, or forbid it, but for their conditions.
    fail: Vec<&'s Rule<'a>>,
}

impl<'s, 'a> Shaped<'s, 'a> {
    /// How `rule`, which allows the requests of `leaf`, speaks of them where `principal` of its
    /// asks; `witness` is such a request.
    pub(super) fn new(
        space: &Space<'s, 'a>,
        leaf: &Leaf,
        (number, rule): (usize, &'s Rule<'a>),
        (principal, witness): (Option<&str>, &Request),
    ) -> Self {
        let own = own_pattern(rule, witness);
        let (hold, mut fail);
        let (mut resource, mut except);
        let mut others: Vec<&Rule<'_>> = Vec::new();
        let stops = space.right.blocking(&leaf.matching).first().copied();
        let (needing, denying) = stops
            .map(|layer| {
                let denying = space.right.denying(layer, &leaf.matching);
                (space.right.allowing(layer), denying.unwrap_or_default())
            })
            .unwrap_or_default();
        let refusing = space.numbered(&leaf.matching.intersection(&denying));
        let denied_by = refusing.first().map(|(_, deny)| *deny);
        if let Some(deny) = denied_by {
            let denied = own_pattern(deny, witness);
            resource = narrower(own, denied);
            except = match &deny.statement.resource {
                Some(Clause::Not(entries)) => patterns_near(own, entries.iter()),
                _ => Vec::new(),
            };
            hold = vec![rule, deny];
            fail = Vec::new();
        } else {
            let near = space.numbered(&leaf.in_cell.intersection(&needing));
            let asks =
                |(_, other): &(usize, &Rule<'_>)| !names(&other.statement, witness).is_false();
            let (same, strange): (Vec<_>, Vec<_>) = near.iter().copied().partition(asks);
            others = strange.into_iter().map(|(_, rule)| rule).collect();
            if near.is_empty() {
                let beyond = space.numbered(&leaf.named.intersection(&needing));
                let beyond: Vec<&Rule<'_>> = beyond.into_iter().map(|(_, rule)| rule).collect();
                // What a statement leaves out says best what is beyond it.
                let left_out = beyond.iter().find_map(|rule| left_out(rule, witness));
                resource = narrower(own, left_out);
                except = patterns_near(own, beyond.iter().copied().flat_map(named));
            } else {
                // The resource is needed, and only the context or the caller is not.
                let needed = near.iter().find_map(|(_, rule)| own_pattern(rule, witness));
                resource = narrower(own, needed);
                except = Vec::new();
            }
            hold = vec![rule];
            fail = same.into_iter().map(|(_, rule)| rule).collect();
        }
        if let Some(Clause::Not(entries)) = &rule.statement.resource {
            except.extend(patterns_near(None, entries.iter()));
        }
        // The set's own denials take something away as well.
        let own_denials = space.numbered(&leaf.named.intersection(&space.left.all_denying()));
        for (number, deny) in own_denials {
            if leaf.in_cell.contains(number) {
                if !names(&deny.statement, witness).is_false() {
                    fail.push(deny);
                }
            } else {
                except.extend(patterns_near(own, named(deny).iter()));
            }
        }
        let except = widest(except, &mut resource, own);
        let unknown = leaf.actions.ids().next().is_none();
        let unknown = unknown.then(|| witness.action.folded().to_owned());
        let except_principals = who::others(rule, principal, &others);
        let shape = Shape {
            number,
            unknown,
            except_principals,
            resource: resource.map_or("*", ArnPattern::text).to_owned(),
            except,
            when: when::conditions(space.universe, &hold, &fail),
            denied_by: denied_by.map(Rule::reference),
        };
        Self { shape, reasons: Reasons { hold, fail } }
    }

    /// The statement of the right set that denies the requests.
    pub(super) fn denying(&self) -> Option<&'s Rule<'a>> {
        self.reasons.hold.get(1).copied()
    }

    /// What a value of a key may look like, by the conditions that hold.
    pub(super) fn patterns_of<'r>(&'r self, key: &'r str) -> impl Iterator<Item = &'r Pattern> {
        let conditions = self.reasons.hold.iter().flat_map(|rule| &rule.statement.conditions);
        let on_key = conditions.filter(move |condition| condition.key.folded() == key);
        on_key.flat_map(|condition| &condition.operands).filter_map(|operand| {
            match &operand.value {
                OperandValue::Text(pattern) => Some(pattern),
                _ => None,
            }
        })
    }

    /// Whether another request of the difference is one of which the shape speaks.
    pub(super) fn speaks_of(&self, request: &Request) -> bool {
        let is = |rule: &&Rule<'_>| matches(&rule.statement, request);
        self.reasons.hold.iter().all(|rule| is(rule).is_true())
            && self.reasons.fail.iter().all(|rule| is(rule).is_false())
    }
}

/// The entry of a statement's resources that a request is about; none where the statement is about
/// all resources, or all but some.
fn own_pattern<'r>(rule: &'r Rule<'_>, request: &Request) -> Option<&'r ArnPattern> {
    let Some(Clause::Is(entries)) = &rule.statement.resource else { return None };
    entry_of(entries, request)
        .or_else(|| entries.iter().find(|entry| entry.has_variables()))
        .filter(|entry| **entry != ArnPattern::Any)
}

/// The resources that a statement names.
fn named<'r>(rule: &'r Rule<'_>) -> &'r [ArnPattern] {
    match &rule.statement.resource {
        Some(Clause::Is(entries)) => entries,
        _ => &[],
    }
}

/// The entry that a statement leaves out and that a request is about.
fn left_out<'r>(rule: &'r Rule<'_>, request: &Request) -> Option<&'r ArnPattern> {
    match &rule.statement.resource {
        Some(Clause::Not(entries)) => entry_of(entries, request),
        _ => None,
    }
}

fn entry_of<'r>(entries: &'r [ArnPattern], request: &Request) -> Option<&'r ArnPattern> {
    entries.iter().find(|entry| entry.matches(request.resource.text()))
}

/// The other pattern where `own` covers it, else `own`.
fn narrower<'r>(
    own: Option<&'r ArnPattern>,
    other: Option<&'r ArnPattern>,
) -> Option<&'r ArnPattern> {
    match (own, other) {
        (Some(own), Some(other)) if !covers(own, other) => Some(own),
        (own, other) => other.or(own),
    }
}

/// The patterns that some resource of `own` matches.
fn patterns_near<'r>(
    own: Option<&ArnPattern>,
    entries: impl Iterator<Item = &'r ArnPattern>,
) -> Vec<&'r ArnPattern> {
    entries.filter(|entry| own.is_none_or(|own| overlaps(own, entry))).collect()
}

/// Each exception that meets what the row is about and that no other covers.
fn widest(
    mut all: Vec<&ArnPattern>,
    resource: &mut Option<&ArnPattern>,
    own: Option<&ArnPattern>,
) -> Vec<String> {
    all.sort_unstable();
    all.dedup();
    let about = resource.or(own);
    let stays = |entry: &&&ArnPattern| {
        let other = |other: &&&ArnPattern| *other != *entry && covers(other, entry);
        about.is_none_or(|about| overlaps(about, entry)) && !all.iter().any(|o| other(&o))
    };
    all.iter().filter(stays).map(|entry| entry.text().to_owned()).collect()
}
