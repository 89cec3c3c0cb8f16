//! What a principal may do and does not need.

use super::listing::{self, Listing};
use super::live::{Apart, Layers};
use super::request::{Claim, witness};
use super::{Excess, StatementPlace, When, Witness, fact, sample};
use crate::catalogue::{AccessLevel, Catalogue};
use crate::compile::{granted_policy, may};
use crate::consumer::{Fixed, Requirement};
use crate::evaluate::reaches;
use crate::exact::{Actions, Budget, NamedPolicy, RequestSet, Universe, difference};
use crate::iam::{
    Action, Clause, ContextKey, ContextValue, Layer, PolicyDocument, Request, Statement,
};
use crate::pattern::ArnPattern;
use crate::source::Severity;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What the search looks at.
pub(super) struct Search<'s> {
    pub universe: &'s Universe<'s>,
    pub requirement: &'s Requirement,
    /// Other roles of the estate: what they list is what this one should not.
    pub others: &'s [Requirement],
    pub layers: &'s Layers<'s>,
    pub facts: &'s [(ContextKey, String)],
}

impl Search<'_> {
    /// All excess, the gravest first.
    pub(super) fn run(&self, claim: &mut Claim) -> Vec<Excess> {
        let keys = self.layers.keys();
        let facts: Vec<(ContextKey, String)> =
            self.facts.iter().filter(|(key, _)| keys.contains(key.folded())).cloned().collect();
        let own = fact::only_with(&facts);
        let facts = (!facts.is_empty())
            .then(|| (Layer::SessionPolicy, vec![NamedPolicy { name: FACTS, document: &own }]));
        let may = may(self.requirement);
        let granted = granted_policy(self.requirement);
        let apart = self.layers.apart();
        let live = apart.set(self.universe, facts.clone());
        let mut found = self.rows(&apart, &live, &may, None, claim);
        if self.requirement.may().any(|call| !call.is_granted()) {
            // What a tolerated call uses and no other.
            let tolerated =
                (Layer::SessionPolicy, vec![NamedPolicy { name: FACTS, document: &may }]);
            let live = apart.set(self.universe, facts.into_iter().chain([tolerated]));
            found.extend(self.rows(&apart, &live, &granted, Some(Severity::Note), claim));
        }
        found.sort_by(|a, b| order(a).cmp(&order(b)));
        found
    }

    /// What `live` allows and `needed` does not, one row for each statement, level and condition.
    fn rows(
        &self,
        apart: &Apart<'_>,
        live: &RequestSet<'_>,
        needed: &PolicyDocument,
        severity: Option<Severity>,
        claim: &mut Claim,
    ) -> Vec<Excess> {
        let needed_set = RequestSet::of_document(self.universe, Layer::Identity, "needed", needed);
        let more = claim.took(difference(live, &needed_set, Budget::default()));
        let listing = Listing::of(self.requirement);
        let mut rows: BTreeMap<Row, Excess> = BTreeMap::new();
        for leaf in &more.leaves {
            let blamed = leaf.allowed_by.iter().find(|s| s.layer == Layer::Identity);
            let Some((place, statement)) = blamed.and_then(|found| apart.statement(found)) else {
                continue;
            };
            let request = self.of_others(&leaf.witness, live, &needed_set);
            for (level, actions) in by_level(self.universe.catalogue(), &leaf.actions) {
                for action in actions {
                    let request = Request { action, ..request.clone() };
                    let shown = self.shown(&request);
                    let crosses = listing::crosses(&listing, &shown);
                    let residue = Residue::of(&request, statement, needed);
                    let row = Row { place: place.clone(), level, crosses, residue };
                    let excess = rows.entry(row).or_insert_with_key(|row| Excess {
                        severity: severity.unwrap_or_else(|| severity_of(level, crosses)),
                        access_level: level,
                        actions: Vec::new(),
                        resource: row.residue.resource.clone(),
                        except: row.residue.except.clone(),
                        when: row.residue.when.clone(),
                        witness: shown,
                        statement: row.place.clone(),
                    });
                    excess.actions.push(request.action.text().to_owned());
                }
            }
        }
        let mut rows: Vec<Excess> = rows.into_values().collect();
        for row in &mut rows {
            row.actions.sort();
            row.actions.dedup();
        }
        rows
    }

    /// A request to list what another role of the estate lists, where that proves the same: whose
    /// keys are shown says more than that some are.
    fn of_others(
        &self,
        request: &Request,
        live: &RequestSet<'_>,
        needed: &RequestSet<'_>,
    ) -> Request {
        if !listing::is_list(request.action.folded()) {
            return request.clone();
        }
        // Another profile's keys say most.
        let own = &self.requirement.profiles;
        let is_other = |r: &&Requirement| {
            r.role != self.requirement.role && !r.profiles.iter().any(|p| own.contains(p))
        };
        let mut others: Vec<&Requirement> = self.others.iter().filter(is_other).collect();
        others.sort_by_key(|requirement| requirement.profiles.is_empty());
        let calls = others.into_iter().flat_map(Requirement::granted);
        let theirs = calls
            .filter(|call| call.resource.matches(request.resource.text()))
            .flat_map(|call| &call.fixed)
            .filter_map(|(key, fixed)| match fixed {
                Fixed::Like(pattern) if key.folded() == "s3:prefix" && !pattern.is_any() => {
                    Some((key, sample::of(pattern)))
                }
                _ => None,
            });
        for (key, prefix) in theirs {
            let mut other = request.clone();
            other.context.insert(key.clone(), ContextValue::Single(prefix));
            if live.decide(&other).is_true() && needed.decide(&other).is_false() {
                return other;
            }
        }
        request.clone()
    }

    /// The request as a reader needs it, without what every request of the principal carries.
    fn shown(&self, request: &Request) -> Witness {
        let mut shown = witness(request);
        let is_fact = |key: &str| self.facts.iter().any(|(fact, _)| fact.text() == key);
        shown.context.retain(|key, _| !is_fact(key));
        shown
    }
}

/// What the engine calls the layer of what is known beforehand.
const FACTS: &str = "known of every request";

/// What makes one row of a report.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    place: StatementPlace,
    level: AccessLevel,
    crosses: bool,
    residue: Residue,
}

/// Which part of a statement is too much.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Residue {
    resource: String,
    except: Vec<String>,
    when: Vec<When>,
}

impl Residue {
    /// Describes it with the statement's own words and the needed ones.
    fn of(request: &Request, statement: &Statement, needed: &PolicyDocument) -> Self {
        let entries = statement.resource.as_ref();
        let entry = entries.filter(|clause| !clause.is_negated()).and_then(|clause| {
            clause.entries().iter().find(|entry| entry.matches(request.resource.text()))
        });
        let resource = entry.map_or("*", ArnPattern::text).to_owned();
        let about: Vec<&Statement> = needed
            .statements
            .iter()
            .filter(|s| s.action.entries().iter().any(|a| a.matches(&request.action)))
            .collect();
        let (here, elsewhere): (Vec<&Statement>, Vec<&Statement>) =
            about.into_iter().partition(|s| reaches(s, request).is_true());
        let inside = |pattern: &&ArnPattern| {
            entry.is_none_or(|entry| entry.matches(&sample::of_arn(pattern)))
        };
        let mut except: Vec<String> = elsewhere
            .iter()
            .filter_map(|s| s.resource.as_ref())
            .flat_map(Clause::entries)
            .filter(inside)
            .map(|pattern| pattern.text().to_owned())
            .collect();
        except.sort();
        except.dedup();
        Self { resource, except, when: conditions(&here, statement) }
    }
}

/// In which requests: those that the statement lets through and the needed ones do not.
fn conditions(needed: &[&Statement], statement: &Statement) -> Vec<When> {
    let mut by_key: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for condition in needed.iter().flat_map(|s| &s.conditions) {
        let values = by_key.entry(condition.key.text()).or_default();
        values.extend(condition.operands.iter().map(|operand| operand.text.as_str()));
    }
    let mut when: Vec<When> = by_key
        .into_iter()
        .map(|(key, values)| When {
            key: key.to_owned(),
            is: format!("absent or not like {}", quoted(values)),
        })
        .collect();
    when.extend(statement.conditions.iter().map(|condition| {
        let operands = condition.operands.iter().map(|operand| operand.text.as_str());
        let is = format!("{} {}", condition.operator, quoted(operands));
        When { key: condition.key.text().to_owned(), is }
    }));
    when
}

fn quoted<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| format!("`{value}`")).collect();
    values.join(" or ")
}

/// The actions by level, each with AWS's spelling. What the catalogue does not know grants nothing.
fn by_level(catalogue: &Catalogue, actions: &Actions) -> BTreeMap<AccessLevel, Vec<Action>> {
    let mut levels: BTreeMap<AccessLevel, Vec<Action>> = BTreeMap::new();
    for id in actions.ids() {
        if let Ok(action) = Action::parse(catalogue.name(id)) {
            levels.entry(catalogue.access_level(id)).or_default().push(action);
        }
    }
    levels
}

const fn severity_of(level: AccessLevel, crosses: bool) -> Severity {
    match level {
        AccessLevel::Permissions | AccessLevel::Write => Severity::Error,
        AccessLevel::List if crosses => Severity::Error,
        AccessLevel::List | AccessLevel::Read | AccessLevel::Tagging => Severity::Warning,
    }
}

/// The gravest first, then by place.
fn order(excess: &Excess) -> impl Ord + '_ {
    let Excess { severity, access_level, statement, actions, witness, .. } = excess;
    (Reverse(*severity), Reverse(*access_level), statement, actions, witness)
}
