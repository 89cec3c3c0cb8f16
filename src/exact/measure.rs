//! How much too much: the difference of two sets as a number.
//!
//! For each action the resources are counted that the measured set reaches beyond what is needed,
//! and those that are needed: texts of at most [`LONGEST`] printable characters in the formats of
//! the catalogue. A resource is reached if some context lets a request for it through; so a
//! condition that is missing adds at most as many resources as are needed, which is one bit. What
//! is counted only grows with the measured set, and so do all numbers here; with what is needed
//! they only shrink.

mod reach;

use super::budget::{Account, Budget, Exactness, Limit};
use super::context::Fixed;
use super::search::{Search, Steps, caller_steps, key_steps};
use super::set::RequestSet;
use super::space::{Actions, Group, Space};
use super::universe::Resources;
use super::variable::open_sets;
use super::{bits::Bits, witness};
use crate::catalogue::{AccessLevel, ActionId};
use crate::iam::{Request, RequestContext, Resource};
pub use reach::LONGEST;
use reach::Reach;
use rustc_hash::FxHashMap;

/// How much a set of requests allows beyond what is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// The actions with more than is needed, by id. Actions that the catalogue does not know are
    /// not measured.
    pub actions: Vec<ActionMeasure>,
    /// Whether the numbers are right. If not, they are what could be counted, and resources that
    /// depend on policy variables count as if each variable could take any value.
    pub exactness: Exactness,
    /// Why not, if not.
    pub limits: Vec<Limit>,
}

/// How much too much one action reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActionMeasure {
    /// The action.
    pub action: ActionId,
    /// How far it reaches by its kind.
    pub access_level: AccessLevel,
    /// In what it goes beyond.
    pub beyond: Beyond,
    /// `log2(1 + beyond / needed)`, where `beyond` are the resources that are reached and not
    /// needed, or not in each context, and `needed`, at least 1, those that are needed. One bit
    /// is as much again as is needed.
    pub bits: f64,
}

/// In what an action goes beyond what is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beyond {
    /// No request for it is needed.
    Action,
    /// It is needed, and not on all resources that it reaches.
    Resource,
    /// It is needed on all resources that it reaches, and not in every context: a condition is
    /// missing.
    Context,
}

impl ActionMeasure {
    /// What it adds to the score: the weight of its level, by how far it goes. One bit counts
    /// half, ten bits nearly whole.
    #[must_use]
    pub fn score(&self) -> f64 {
        f64::from(weight(self.access_level)) * self.bits / (1.0 + self.bits)
    }
}

/// How much an action of a level counts.
const fn weight(level: AccessLevel) -> u8 {
    match level {
        AccessLevel::List => 1,
        AccessLevel::Read => 2,
        AccessLevel::Tagging => 3,
        AccessLevel::Write => 4,
        AccessLevel::Permissions => 5,
    }
}

impl Measure {
    /// One number for all: the actions with more than is needed, each weighed by its access level
    /// (list 1, read 2, tagging 3, write 4, permissions 5) and by how far it goes beyond.
    #[must_use]
    pub fn score(&self) -> f64 {
        self.actions.iter().map(ActionMeasure::score).fold(0.0, |all, one| all + one)
    }

    /// The actions of a level that reach more than is needed, and their bits together.
    #[must_use]
    pub fn of_level(&self, level: AccessLevel) -> (usize, f64) {
        let own = self.actions.iter().filter(|one| one.access_level == level);
        own.fold((0, 0.0), |(count, bits), one| (count + 1, bits + one.bits))
    }
}

/// How much `set` allows beyond `needed`.
#[must_use]
pub fn measure<'a>(set: &RequestSet<'a>, needed: &RequestSet<'a>, budget: Budget) -> Measure {
    let mut account = Account::new(budget);
    let (set, needed, reading) = open_sets(set, needed, &mut account);
    let mut space = Space::new(&set, Some(&needed), account);
    space.reading = reading;
    let (verdicts, absent) = (FxHashMap::default(), Bits::EMPTY);
    let mut counting = Counting { set: &set, space, verdicts, absent, assumed: 0 };
    let mut actions = Vec::new();
    for group in counting.space.groups() {
        if group.absent != counting.absent {
            counting.absent.clone_from(&group.absent);
            counting.verdicts.clear();
        }
        actions.extend(counting.group(&group));
        if !counting.space.account.spend(1) {
            break;
        }
    }
    actions.sort_by_key(|one| one.action);
    let confirmed = actions.len().saturating_sub(counting.assumed);
    let (exactness, limits) = counting.space.account.close(confirmed, counting.assumed);
    Measure { actions, exactness, limits }
}

/// What there is among requests that the same statements match in all but the context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Verdict {
    /// Some context is allowed and not needed.
    beyond: bool,
    /// That is so only if what could not be decided is taken to be so.
    assumed: bool,
    /// Some context is needed.
    needed: bool,
}

impl Verdict {
    fn or(self, other: Self) -> Self {
        let surely = |one: Self| one.beyond && !one.assumed;
        Self {
            beyond: self.beyond || other.beyond,
            assumed: !(surely(self) || surely(other)),
            needed: self.needed || other.needed,
        }
    }
}

/// A count under way.
struct Counting<'s, 'a> {
    set: &'s RequestSet<'a>,
    space: Space<'s, 'a>,
    verdicts: FxHashMap<(Bits, bool), Verdict>,
    /// The keys, by number, that requests for the actions under look never carry: the verdicts are
    /// so under them.
    absent: Bits,
    /// The actions of which all that is beyond is assumed.
    assumed: usize,
}

impl Counting<'_, '_> {
    /// The actions of a group, where they reach beyond what is needed.
    fn group(&mut self, group: &Group) -> Vec<ActionMeasure> {
        let Actions::Known(_) = group.actions else { return Vec::new() };
        let rules = self.space.numbered(&group.rules);
        let tells = rules.iter().any(|(_, rule)| !rule.resources.is_empty());
        let universe = self.space.universe;
        let measured = |action: ActionId, reach: &Reach| {
            let access_level = universe.catalogue().access_level(action);
            ActionMeasure { action, access_level, beyond: reach.kind(), bits: reach.bits() }
        };
        if let Some(resources) = group.resources.as_ref().filter(|_| tells) {
            let reach = self.reach(group, resources);
            if !reach.is_beyond() {
                return Vec::new();
            }
            let measures: Vec<ActionMeasure> =
                group.actions.ids().map(|action| measured(action, &reach)).collect();
            if reach.is_assumed() {
                self.count_assumed(group, measures.len());
            }
            return measures;
        }
        // All resources or none.
        let always = rules.iter().filter(|(_, rule)| rule.on_star).map(|(n, _)| *n).collect();
        let verdict = self.verdict(group, &always, false);
        if !verdict.beyond {
            return Vec::new();
        }
        let reach = |action: ActionId| {
            let mut reach = Reach::default();
            reach.add(verdict, universe.resources(action).size());
            reach
        };
        let measures: Vec<ActionMeasure> =
            group.actions.ids().map(|action| measured(action, &reach(action))).collect();
        if verdict.assumed {
            self.count_assumed(group, measures.len());
        }
        measures
    }

    fn count_assumed(&mut self, group: &Group, actions: usize) {
        self.assumed += actions;
        let rules = self.space.numbered(&group.rules);
        let allows = rules.iter().find(|(_, rule)| rule.allows()).map(|(_, rule)| rule.reference());
        self.space.account.note(allows, "how far it reaches depends on what could not be decided");
    }

    /// Counts the resources of a group, cell by cell.
    fn reach(&mut self, group: &Group, resources: &Resources) -> Reach {
        let rules = self.space.numbered(&group.rules);
        let mut reach = Reach::default();
        if resources.star {
            let on_star = self.space.on_star(&rules, &group.actions);
            reach.add(self.verdict(group, &on_star, false), 1.0);
        }
        for (ways, size) in reach::cells(&rules, resources, &mut self.space) {
            let verdict = ways.iter().fold(Verdict::default(), |all, (rules, assumed)| {
                all.or(self.verdict(group, rules, *assumed))
            });
            reach.add(verdict, size);
        }
        reach
    }

    /// What there is among requests that these statements match in all but the context.
    fn verdict(&mut self, group: &Group, rules: &Bits, assumed: bool) -> Verdict {
        let looks_at_caller = rules.intersects(&self.space.on_caller);
        let known = (rules.clone(), assumed);
        if !looks_at_caller && let Some(verdict) = self.verdicts.get(&known) {
            return *verdict;
        }
        let mut search = Search::new(rules, assumed);
        if looks_at_caller {
            match self.probe(group) {
                Some(probe) => {
                    let steps =
                        caller_steps(&self.space, rules, group.askers, self.set.caller(), &probe);
                    let on = self.space.on_caller.clone();
                    self.step(&mut search, &on, &steps);
                }
                None => self.space.account.overrun(None, "an action has no readable form"),
            }
        }
        for key in 0..self.space.keys.len() {
            let alive = search.alive();
            if self.space.keys.get(key).is_some_and(|key| key.on.intersects(&alive)) {
                let fixed = self.fixed(key);
                let (on, steps) = key_steps(&mut self.space, key, &alive, fixed.as_ref());
                self.step(&mut search, &on, &steps);
            }
        }
        let Space { left, right, .. } = &self.space;
        let verdict = search.ends().fold(Verdict::default(), |all, end| {
            let needed = right.allows(end.rules);
            let beyond = !needed && left.perhaps_allows(end.rules);
            let assumed = end.assumed || !left.allows(end.rules);
            all.or(Verdict { beyond, assumed, needed })
        });
        if !looks_at_caller {
            self.verdicts.insert(known, verdict);
        }
        verdict
    }

    fn step(&mut self, search: &mut Search, on: &Bits, steps: &Steps) {
        let most = self.space.account.budget.combinations;
        let Space { left, right, .. } = &self.space;
        let keep = |rules: &Bits| left.may_allow(rules) || right.may_allow(rules);
        if !search.step(on, steps, most, &keep) {
            self.space
                .account
                .overrun(None, "there are more combinations of statements than the budget has");
        }
        self.space.account.spend(steps.len());
    }

    /// What is known of a key beforehand, from the actions and from who asks.
    fn fixed(&self, key: usize) -> Option<Fixed> {
        if self.absent.contains(key) {
            return Some(Fixed::Absent);
        }
        let key = self.space.keys.get(key)?.key.folded();
        let known = self.set.principal().and_then(|own| own.fact(key))?;
        Some(Fixed::Equals(known.to_owned()))
    }

    /// Some request of a group's.
    fn probe(&self, group: &Group) -> Option<Request> {
        let action = witness::action(&self.space, &group.actions)?;
        let resources = self.space.universe.resources(group.actions.ids().next()?);
        let resource = Resource::parse(&witness::any_resource(&resources)).ok()?;
        let context = RequestContext::default();
        let caller = self.set.caller().cloned();
        Some(Request { caller, action, resource, resource_account: None, context })
    }
}
