//! What a principal may do and does not need.

use super::listing::{self, Listing};
use super::live::{Apart, Layers};
use super::request::Claim;
use super::{Excess, Witness, sample};
use crate::catalogue::{AccessLevel, ActionId};
use crate::compile::{granted_policy, may};
use crate::consumer::Requirement;
use crate::exact::{Budget, Limit, RequestSet, Row, Universe, includes, residual};
use crate::iam::{ActionPattern, ContextKey, ContextValue, Effect, Layer, PolicyDocument, Request};
use crate::pattern::Pattern;
use crate::source::Severity;
use std::cmp::Reverse;
use std::collections::BTreeSet;

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
        let granted = granted_policy(self.requirement);
        if self.is_granted(&granted) {
            return Vec::new();
        }
        let may = may(self.requirement);
        let apart = self.layers.apart();
        let live = apart.set(self.universe, None);
        let mut found = self.rows(&apart, &live, &may, None, claim);
        if self.requirement.may().any(|call| !call.is_granted()) {
            // What a tolerated call uses and no other.
            let tolerated = Some((Layer::SessionPolicy, TOLERATED, &may));
            let live = apart.set(self.universe, tolerated);
            found.extend(self.rows(&apart, &live, &granted, Some(Severity::Note), claim));
        }
        // Within these the broadest come first, as the engine gave them.
        found.sort_by_key(|one| (Reverse(one.severity), Reverse(one.access_level)));
        found
    }

    /// Whether it is proven that the principal may do no more than it is granted: then there is
    /// nothing to tell apart.
    fn is_granted(&self, granted: &PolicyDocument) -> bool {
        let mut allowing = self.layers.identity().filter(|own| own.effect == Effect::Allow);
        // Most roles have, word for word, what they are granted.
        let alone = !self.layers.has_resource_policies();
        if alone && allowing.all(|own| granted.statements.iter().any(|one| one.says_the_same(own)))
        {
            return true;
        }
        let granted = RequestSet::of_document(self.universe, Layer::Identity, "granted", granted);
        let live = self.layers.set(self.universe, None);
        includes(&granted, &live, Budget::default()) == Some(true)
    }

    /// What `live` allows and `needed` does not. What the catalogue does not know grants nothing.
    fn rows(
        &self,
        apart: &Apart<'_>,
        live: &RequestSet<'_>,
        needed: &PolicyDocument,
        severity: Option<Severity>,
        claim: &mut Claim,
    ) -> Vec<Excess> {
        let needed = RequestSet::of_document(self.universe, Layer::Identity, "needed", needed);
        let found = residual(live, &needed, Budget::default());
        let in_whole = |limit: &Limit| Limit {
            statement: limit.statement.as_ref().map(|part| apart.whole(part)),
            ..limit.clone()
        };
        let limits: Vec<Limit> = found.limits.iter().map(in_whole).collect();
        claim.take(found.exactness, &limits);
        let listing = Listing::of(self.requirement);
        let excess = |row: Row| {
            let level = row.access_level.filter(|_| !row.statement.is_of_aws())?;
            let witness = self.shown(&self.of_another(&row.witness, live, &needed));
            let crosses = listing::crosses(&listing, &witness);
            Some(Excess {
                severity: severity.unwrap_or_else(|| severity_of(level, crosses)),
                access_level: level,
                actions: self.names(&row, level),
                resource: row.resource,
                except: row.except,
                when: row.when,
                witness,
                statement: apart.place(&row.statement),
            })
        };
        found.rows.into_iter().filter_map(excess).collect()
    }

    /// The actions of a row, by name where they are few: a wildcard of which one level is meant
    /// does not say which actions these are.
    fn names(&self, row: &Row, level: AccessLevel) -> Vec<String> {
        const FEW: usize = 20;
        let catalogue = self.universe.catalogue();
        let patterns = row.actions.iter().filter_map(|action| ActionPattern::parse(action).ok());
        let ids = patterns.flat_map(|pattern| catalogue.expand(&pattern)).flatten().map(ActionId);
        let of_level = ids.filter(|id| catalogue.access_level(*id) == level);
        let names: BTreeSet<String> = of_level.map(|id| catalogue.name(id).to_owned()).collect();
        if row.count <= FEW && names.len() == row.count {
            names.into_iter().collect()
        } else {
            row.actions.clone()
        }
    }

    /// A request to list what belongs to another, where that proves the same: whose keys are shown
    /// says more than that some are.
    fn of_another(
        &self,
        request: &Request,
        live: &RequestSet<'_>,
        needed: &RequestSet<'_>,
    ) -> Request {
        if !listing::takes_prefix(request.action.folded()) {
            return request.clone();
        }
        // Another profile's keys say most; the keys of a neighbour of one's own stand in for them.
        let own = &self.requirement.profiles;
        let is_other = |r: &&Requirement| {
            r.role != self.requirement.role && !r.profiles.iter().any(|p| own.contains(p))
        };
        let of = |requirement: &'_ Requirement, name: fn(&Pattern) -> Option<String>| {
            listing::prefixes(requirement, request.resource.text()).filter_map(name).collect()
        };
        let theirs = |r: &Requirement| -> Vec<String> { of(r, |p| Some(sample::of(p))) };
        let others = |with_profiles: bool| {
            let wanted = move |r: &&Requirement| r.profiles.is_empty() != with_profiles;
            self.others.iter().filter(is_other).filter(wanted).flat_map(theirs).take(TRIED)
        };
        let neighbours: Vec<String> = of(self.requirement, sample::neighbour);
        for prefix in others(true).chain(others(false)).chain(neighbours) {
            let mut other = request.clone();
            other.context.insert(ContextKey::new("s3:prefix"), ContextValue::Single(prefix));
            if live.decide(&other).is_true() && needed.decide(&other).is_false() {
                return other;
            }
        }
        request.clone()
    }

    /// The request as a reader needs it, without what every request of the principal carries.
    fn shown(&self, request: &Request) -> Witness {
        let mut shown = Witness::of(request);
        let is_fact = |key: &str| self.facts.iter().any(|(fact, _)| fact.text() == key);
        shown.context.retain(|key, _| !is_fact(key));
        shown
    }
}

/// Of so many others it is tried whether their keys make a witness.
const TRIED: usize = 16;

/// What the engine calls the layer of all that some call may use.
const TOLERATED: &str = "what enabled features call";

const fn severity_of(level: AccessLevel, crosses: bool) -> Severity {
    match level {
        AccessLevel::Permissions | AccessLevel::Write => Severity::Error,
        AccessLevel::List if crosses => Severity::Error,
        AccessLevel::List | AccessLevel::Read | AccessLevel::Tagging => Severity::Warning,
    }
}
