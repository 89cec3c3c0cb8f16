//! What one role may do to tenants that it does not serve.

use super::outcome::LeakKind;
use super::power;
use super::probe::{LISTS, Looks, Probe, Reach, allow, equals, text};
use super::space::{Members, Space, prefix_of};
use crate::audit::live::Layers;
use crate::audit::request::Claim;
use crate::catalogue::{AccessLevel, ActionId};
use crate::consumer::{Access, NAMESPACE_TAG, Tenants};
use crate::exact::{Budget, Leaf, RequestSet, StatementRef, Universe, difference};
use crate::iam::{
    Action, Comparison, ContextValue, Layer, PolicyDocument, Request, Statement, Version,
};
use crate::pattern::ArnPattern;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What some requests of a role show.
pub(super) struct Found {
    pub kind: LeakKind,
    pub to: Members,
    pub actions: BTreeSet<ActionId>,
    pub gives: Option<&'static str>,
    pub witness: Request,
    pub statement: Option<StatementRef>,
}

impl Found {
    /// Takes a witness that says more: a list of somebody's keys before one of everything.
    fn prefer(&mut self, other: Request) {
        let prefix = |request: &Request| match request.context.get("s3:prefix") {
            Some(ContextValue::Single(prefix)) => Some(prefix.len()),
            _ => None,
        };
        if other.action == self.witness.action && prefix(&other) > prefix(&self.witness) {
            self.witness = other;
        }
    }
}

/// One role as it runs for some tenants.
pub(super) struct Session<'s> {
    pub universe: &'s Universe<'s>,
    pub tenants: &'s Tenants<'s>,
    pub space: &'s Space<'s>,
    pub layers: &'s Layers<'s>,
    /// The namespace that tags its sessions, where that says whom it serves.
    pub tag: Option<&'s str>,
    /// Whom it serves.
    pub own: &'s Members,
}

/// So many ways of reaching others are looked at together: each is a statement to the engine.
const TOGETHER: usize = 24;

const PROBES: &str = "keys of other tenants";

impl Session<'_> {
    /// All that it may do to others.
    pub(super) fn leaks(&self, claim: &mut Claim) -> Vec<Found> {
        let is_own = |members: &Members| members.intersects(self.own);
        let own = self.space.keys.iter().filter(|(_, members)| is_own(members));
        let own: Vec<&ArnPattern> = own.map(|(keys, _)| *keys).collect();
        let exempt = self.exempt(&own);
        let known = own.into_iter().chain(self.tenants.shared.iter().map(|(keys, _)| keys));
        let looks = Looks::at(self.layers.statements(), known.collect());
        let mut probes = looks.probes(self.space, self.own);
        let mut found = Vec::new();
        while !probes.is_empty() {
            let rest = probes.split_off(probes.len().min(TOGETHER));
            found.extend(self.compare(&probes, &exempt, claim));
            probes = rest;
        }
        let mut lists = Members::EMPTY;
        found
            .iter()
            .filter(|f: &&Found| f.kind == LeakKind::List)
            .for_each(|f| lists.union_with(&f.to));
        // Whose keys are listed need not be told that their folder is seen too.
        for one in found.iter_mut().filter(|f| f.kind == LeakKind::Names) {
            one.to = one.to.without(&lists);
        }
        found.retain(|one| !one.to.is_empty());
        merged(found)
    }

    /// A request on the keys of those that the role serves, if it may make any.
    pub(super) fn any_use(&self, claim: &mut Claim) -> Option<Found> {
        let own = self.space.keys.iter().filter(|(_, m)| m.intersects(self.own));
        let statement = |keys: &ArnPattern| allow(["s3:*"].into_iter(), keys.clone(), Vec::new());
        let probes = own.map(|(keys, _)| Probe {
            reach: Reach::Objects,
            statement: statement(keys),
            to: self.own.clone(),
        });
        let probes: Vec<Probe> = probes.take(TOGETHER).collect();
        let found = self.compare(&probes, &document(Vec::new()), claim).into_iter();
        let shared = |found: Found| Found { kind: LeakKind::SharedRole, ..found };
        found.map(shared).next()
    }

    /// Requests by which it writes its own policies, and so reaches all that others have. `arn` is its
    /// own; where that is not known, any of its kind may be.
    ///
    /// AWS: it "adds or updates an inline policy document that is embedded in the specified IAM role":
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
    pub(super) fn grants_to_itself(&self, arn: &str, claim: &mut Claim) -> Vec<Found> {
        const WRITES: [&str; 4] = [
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:PutUserPolicy",
            "iam:AttachUserPolicy",
        ];
        let mut to = Members::EMPTY;
        self.space.keys.values().for_each(|members| to.union_with(members));
        let to = to.without(self.own);
        let own = if arn.starts_with("arn:") { arn } else { "arn:*:iam::*:*" };
        let Ok(own) = ArnPattern::parse(own, false) else { return Vec::new() };
        if to.is_empty() {
            return Vec::new();
        }
        let statement = allow(WRITES.into_iter(), own, Vec::new());
        let probe = Probe { reach: Reach::Itself, statement, to };
        self.compare(&[probe], &document(Vec::new()), claim)
    }

    fn compare(&self, probes: &[Probe], exempt: &PolicyDocument, claim: &mut Claim) -> Vec<Found> {
        let tag = self.tag.map(|tag| equals(NAMESPACE_TAG, tag));
        let reaching = probes.iter().map(|probe| {
            let mut statement = probe.statement.clone();
            statement.conditions.extend(tag.clone());
            statement
        });
        let reaching = document(reaching.collect());
        let extra = Some((Layer::SessionPolicy, PROBES, &reaching));
        let left = self.layers.set(self.universe, extra);
        let right = RequestSet::of_document(self.universe, Layer::Identity, "exempt", exempt);
        let between = claim.took(difference(&left, &right, Budget::default()));
        let mut found = Vec::new();
        for leaf in &between.leaves {
            let reached = leaf.allowed_by.iter().filter(|by| by.policy == PROBES);
            let reached = reached.filter_map(|by| probes.get(by.index));
            let is_own = |by: &&StatementRef| by.layer == Layer::Identity;
            let is_other = |by: &&StatementRef| by.layer == Layer::ResourcePolicy;
            let by = &leaf.allowed_by;
            let statement = by.iter().find(is_own).or_else(|| by.iter().find(is_other));
            for probe in reached {
                for ((kind, gives), actions) in self.by_kind(probe.reach, leaf) {
                    let confirmed = |request: &Request| {
                        left.decide(request).is_true() && right.decide(request).is_false()
                    };
                    found.push(Found {
                        kind,
                        gives,
                        to: probe.to.clone(),
                        witness: self.witness(leaf, &actions, &confirmed),
                        actions,
                        statement: statement.cloned(),
                    });
                }
            }
        }
        found
    }

    /// The leaf's request for the gravest of these actions.
    fn witness(
        &self,
        leaf: &Leaf,
        actions: &BTreeSet<ActionId>,
        confirmed: &dyn Fn(&Request) -> bool,
    ) -> Request {
        let catalogue = self.universe.catalogue();
        let plain = |id: &&ActionId| catalogue.name(**id).len();
        let mut ids: Vec<&ActionId> = actions.iter().collect();
        ids.sort_by_key(plain);
        let of = |id: &&ActionId| {
            let action = Action::parse(catalogue.name(**id)).ok()?;
            Some(Request { action, ..leaf.witness.clone() }).filter(|request| confirmed(request))
        };
        ids.iter().take(4).find_map(of).unwrap_or_else(|| leaf.witness.clone())
    }

    /// The actions of a leaf, by what they do.
    fn by_kind(
        &self,
        reach: Reach,
        leaf: &Leaf,
    ) -> BTreeMap<(LeakKind, Option<&'static str>), BTreeSet<ActionId>> {
        let catalogue = self.universe.catalogue();
        let mut kinds: BTreeMap<_, BTreeSet<ActionId>> = BTreeMap::new();
        for id in leaf.actions.ids() {
            let kind = match reach {
                Reach::Lists => (LeakKind::List, None),
                Reach::Names => (LeakKind::Names, None),
                Reach::Powers => (LeakKind::Power, power::gives(catalogue.name(id))),
                Reach::Itself => (LeakKind::Power, Some("grants itself any access")),
                Reach::Objects => (kind_of(self.universe, id), None),
            };
            kinds.entry(kind).or_default().insert(id);
        }
        kinds
    }

    /// What is no leak: its own keys, and what all share.
    fn exempt(&self, own: &[&ArnPattern]) -> PolicyDocument {
        let mut statements = Vec::new();
        for keys in own {
            statements.push(allow(["s3:*"].into_iter(), (*keys).clone(), Vec::new()));
            statements.extend(list_of(keys));
        }
        let catalogue = self.universe.catalogue();
        for (keys, access) in &self.tenants.shared {
            let is_shared = |id: &ActionId| {
                access.iter().any(|access| match kind_of(self.universe, *id) {
                    LeakKind::Read => *access == Access::Read,
                    LeakKind::Write | LeakKind::Tagging => *access == Access::Write,
                    LeakKind::Delete => *access == Access::Delete,
                    _ => false,
                })
            };
            let ids = catalogue.service_range("s3").map(ActionId).filter(is_shared);
            let actions = ids.map(|id| catalogue.name(id));
            statements.push(allow(actions, keys.clone(), Vec::new()));
            if access.contains(&Access::Read) {
                statements.extend(list_of(keys));
            }
        }
        document(statements)
    }
}

/// What an action does to an object.
fn kind_of(universe: &Universe<'_>, id: ActionId) -> LeakKind {
    let catalogue = universe.catalogue();
    match catalogue.access_level(id) {
        AccessLevel::List | AccessLevel::Read => LeakKind::Read,
        AccessLevel::Tagging => LeakKind::Tagging,
        AccessLevel::Permissions => LeakKind::Permissions,
        AccessLevel::Write if catalogue.name(id).contains("Delete") => LeakKind::Delete,
        AccessLevel::Write => LeakKind::Write,
    }
}

/// Lists of some keys, and of what lies below them.
fn list_of(keys: &ArnPattern) -> Option<Statement> {
    let (bucket, _) = keys.text().split_once('/')?;
    let like = text(Comparison::StringLike, "s3:prefix", prefix_of(keys)?);
    Some(allow(LISTS.into_iter(), ArnPattern::parse(bucket, false).ok()?, vec![like]))
}

pub(super) fn document(statements: Vec<Statement>) -> PolicyDocument {
    PolicyDocument { version: Version::V2012, id: None, statements }
}

/// What one statement allows in one way: first the actions on the same tenants together, then the
/// tenants with whom the same actions are possible.
fn merged(found: Vec<Found>) -> Vec<Found> {
    let by_tenants = grouped(
        found,
        |one| one.to.iter().collect::<Vec<_>>(),
        |known, one| {
            known.actions.extend(one.actions);
        },
    );
    grouped(by_tenants, |one| one.actions.clone(), |known, one| known.to.union_with(&one.to))
}

/// What is alike in its way, its statement and `key`, as one; `join` takes the second into the first.
fn grouped<K: Ord>(
    found: Vec<Found>,
    key: impl Fn(&Found) -> K,
    join: impl Fn(&mut Found, Found),
) -> Vec<Found> {
    let mut groups: BTreeMap<_, Found> = BTreeMap::new();
    for one in found {
        let key = (one.kind, one.statement.clone(), one.gives, key(&one));
        match groups.entry(key) {
            Entry::Vacant(entry) => _ = entry.insert(one),
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.prefer(one.witness.clone());
                join(known, one);
            }
        }
    }
    groups.into_values().collect()
}
