//! The comparison of two sets: group by group, cell by cell.

use super::bits::Bits;
use super::budget::{Account, Budget};
use super::difference::{Difference, Leaf};
use super::language::Language;
use super::resource::{ResourceCell, resource_cells};
use super::search::{End, Search, Step, caller_steps, key_steps};
use super::set::{RequestSet, ResourceEntry, Rule, StatementRef};
use super::space::{Group, Space};
use super::universe::Resources;
use super::witness;
use crate::iam::{Action, Caller, Clause, ContextValue, Request, RequestContext, Resource};
use crate::pattern::ArnPattern;
use rustc_hash::FxHashSet;

/// Up to so many entries of resources, all ways in which they may match are tried.
const MOST_ENTRIES: usize = 4;

/// A comparison under way.
pub(crate) struct Comparison<'s, 'a> {
    left: &'s RequestSet<'a>,
    right: &'s RequestSet<'a>,
    pub(crate) space: Space<'s, 'a>,
    pub(crate) leaves: Vec<Leaf>,
    unconfirmed: usize,
    /// Sets of statements among which there is no difference, whatever the context.
    settled: FxHashSet<Bits>,
}

impl<'s, 'a> Comparison<'s, 'a> {
    pub(crate) fn new(left: &'s RequestSet<'a>, right: &'s RequestSet<'a>, budget: Budget) -> Self {
        let space = Space::new(left, Some(right), Account::new(budget));
        Self {
            left,
            right,
            space,
            leaves: Vec::new(),
            unconfirmed: 0,
            settled: FxHashSet::default(),
        }
    }

    /// Looks for differences until there are `enough`.
    pub(crate) fn run(&mut self, enough: usize) {
        for group in self.space.groups() {
            if self.is_hopeless(&group) {
                continue;
            }
            for cell in self.cells(&group) {
                self.compare(&group, &cell);
                if self.leaves.len() >= enough {
                    return;
                }
                if self.leaves.len() + self.unconfirmed >= self.space.account.budget.leaves {
                    self.space.account.overrun(None, "there are more findings than the budget has");
                    return;
                }
                if !self.space.account.spend(1) {
                    return;
                }
            }
        }
    }

    pub(crate) fn close(self) -> Difference {
        let (exactness, limits) = self.space.account.close(self.leaves.len(), self.unconfirmed);
        Difference { leaves: self.leaves, exactness, limits }
    }

    /// The cells of a group's resources in which there may be a difference.
    fn cells(&mut self, group: &Group) -> Vec<ResourceCell> {
        let rules = self.space.numbered(&group.rules);
        let tells = rules.iter().any(|(_, rule)| !rule.resources.is_empty());
        let Some(resources) = group.resources.as_ref().filter(|_| tells) else {
            let always = rules.iter().filter(|(_, rule)| rule.on_star).map(|(n, _)| *n).collect();
            return vec![ResourceCell { rules: always, resource: String::new(), assumed: false }];
        };
        if resources.star {
            self.note_other_reading(&rules);
        }
        let on_star = resources.star.then(|| self.space.on_star(&rules, &group.actions));
        let Space { left, right, unconditional, account, .. } = &mut self.space;
        resource_cells(&rules, resources, None, on_star, account, &|possible, certain| {
            let certain = certain.intersection(unconditional);
            !left.may_allow(possible)
                || left.denies(&certain)
                || right.surely_allows(possible, &certain)
        })
    }

    /// Says where AWS's pages let a statement allow more than it is taken to.
    fn note_other_reading(&mut self, rules: &[(usize, &Rule<'_>)]) {
        for (_, rule) in rules.iter().filter(|(_, rule)| rule.allows_buckets_by_arn()) {
            self.space.account.note(
                Some(rule.reference()),
                "AWS's pages disagree on whether `arn:aws:s3:::*` lets `s3:ListAllMyBuckets` \
                 through, which acts on no ARN; it is taken not to",
            );
        }
    }

    /// Whether no resource at all can make a difference. Each entry may match or not, whatever the
    /// others do: that is more than real resources can, so an answer of yes is certain, and the
    /// automaton has nothing to look for.
    fn is_hopeless(&mut self, group: &Group) -> bool {
        let star = group.resources.as_ref().is_some_and(|resources| resources.star);
        if star || group.rules.intersects(&self.space.on_caller) {
            return false;
        }
        let rules = self.space.numbered(&group.rules);
        let mut entries: Vec<&Language> = Vec::new();
        for entry in rules.iter().flat_map(|(_, rule)| &rule.resources) {
            if entry.has_variables {
                return false;
            }
            if !entries.contains(&&entry.language) {
                entries.push(&entry.language);
            }
        }
        if entries.len() > MOST_ENTRIES {
            return false;
        }
        (0..1_usize << entries.len()).all(|way| {
            let matches = |entry: &ResourceEntry| {
                let place = entries.iter().position(|language| **language == entry.language);
                place.is_some_and(|place| way >> place & 1 == 1)
            };
            let is_about = |rule: &Rule<'_>| match rule.resources.as_slice() {
                [] => rule.on_star,
                some => some.iter().any(matches) != rule.excludes_resources(),
            };
            let about = rules.iter().filter(|(_, rule)| is_about(rule)).map(|(n, _)| *n).collect();
            self.is_settled(&about)
        })
    }

    /// Whether there is no difference among requests that these statements match in all but the
    /// context.
    fn is_settled(&mut self, rules: &Bits) -> bool {
        if self.is_plain(rules) || self.settled.contains(rules) {
            return true;
        }
        let search = self.sweep(Search::new(rules, false));
        let settled = !search.ends().any(|end| self.differs(&end));
        if settled {
            self.settled.insert(rules.clone());
        }
        settled
    }

    /// Whether the statements without conditions decide that there is no difference.
    fn is_plain(&self, rules: &Bits) -> bool {
        let certain = rules.intersection(&self.space.unconditional);
        !self.space.left.may_allow(rules)
            || self.space.left.denies(&certain)
            || self.space.right.surely_allows(rules, &certain)
    }

    fn differs(&self, end: &End<'_>) -> bool {
        self.space.left.allows(end.rules) && !self.space.right.allows(end.rules)
    }

    /// Looks for differences among the requests on one cell of resources.
    fn compare(&mut self, group: &Group, cell: &ResourceCell) {
        if self.is_plain(&cell.rules) || self.settled.contains(&cell.rules) {
            return;
        }
        let mut search = Search::new(&cell.rules, cell.assumed);
        if cell.rules.intersects(&self.space.on_caller) {
            let Some(probe) = self.request(group, cell, None, RequestContext::default()) else {
                self.space.account.overrun(None, "an action or a resource has no readable form");
                return;
            };
            let steps = caller_steps(&self.space, &cell.rules, group.askers, None, &probe);
            let on = self.space.on_caller.clone();
            self.step(&mut search, &on, &steps);
        }
        let search = self.sweep(search);
        for end in search.ends() {
            if self.differs(&end) {
                self.found(group, cell, &end);
            }
        }
    }

    /// Goes on with all condition keys.
    fn sweep(&mut self, mut search: Search) -> Search {
        for key in 0..self.space.keys.len() {
            let alive = search.alive();
            if self.space.keys.get(key).is_some_and(|key| key.on.intersects(&alive)) {
                let (on, steps) = key_steps(&mut self.space, key, &alive, None);
                self.step(&mut search, &on, &steps);
            }
        }
        search
    }

    fn step(&mut self, search: &mut Search, on: &Bits, steps: &[Step]) {
        let most = self.space.account.budget.combinations;
        let left = &self.space.left;
        if !search.step(on, steps, most, &|rules| left.may_allow(rules)) {
            self.space
                .account
                .overrun(None, "there are more combinations of statements than the budget has");
        }
        self.space.account.spend(steps.len());
    }

    /// Takes a difference in, if the evaluator confirms it.
    fn found(&mut self, group: &Group, cell: &ResourceCell, end: &End<'_>) {
        let allowing = end.rules.intersection(&self.space.left.all_allowing());
        let allowed_by: Vec<StatementRef> =
            self.space.numbered(&allowing).iter().map(|(_, rule)| rule.reference()).collect();
        let witness = self.witness(group, cell, end).map(|witness| self.with_own_arn(witness));
        let truths = witness.as_ref().map(|w| (self.left.decide(w), self.right.decide(w)));
        debug_assert!(
            end.assumed
                || self.has_linked_keys()
                || truths.is_some_and(|(left, right)| !left.is_false() && !right.is_true()),
            "the evaluator contradicts {witness:?} for {allowed_by:?}"
        );
        let confirmed = truths.is_some_and(|(left, right)| left.is_true() && right.is_false());
        let confirmed = witness.filter(|_| confirmed);
        match confirmed {
            Some(witness) => self.leaves.push(Leaf {
                actions: group.actions.clone(),
                witness,
                allowed_by,
                in_cell: cell.rules.clone(),
                matching: end.rules.clone(),
                named: group.rules.clone(),
                any_resource: cell.resource.is_empty(),
            }),
            None => {
                self.unconfirmed += 1;
                let statement = allowed_by.into_iter().next();
                self.space
                    .account
                    .note(statement, "it may allow more, but no request was found that proves it");
            }
        }
    }

    /// Whether some condition key's value may follow from the caller or the resource, which are
    /// taken for independent here.
    fn has_linked_keys(&self) -> bool {
        let is_linked = |key: &str| key.starts_with("aws:") || key == "s3:resourceaccount";
        self.space.keys.iter().any(|key| is_linked(key.key.folded()))
    }

    /// The same request with the caller whose ARN its context gives, if that one fares alike.
    fn with_own_arn(&self, request: Request) -> Request {
        const KEY: &str = "aws:principalarn";
        let named = match (&request.caller, request.context.get(KEY)) {
            (Some(_), Some(ContextValue::Single(arn))) => Caller::parse(arn).ok(),
            _ => None,
        };
        let Some(caller) = named else { return request };
        let others = request.context.iter().filter(|(key, _)| key.folded() != KEY);
        let context = others.map(|(key, value)| (key.clone(), value.clone())).collect();
        let own = Request { caller: Some(caller), context, ..request.clone() };
        let alike = self.left.decide(&own).is_true() && self.right.decide(&own).is_false();
        if alike { own } else { request }
    }

    fn witness(&self, group: &Group, cell: &ResourceCell, end: &End<'_>) -> Option<Request> {
        let (caller, context) = end.request();
        self.request(group, cell, caller, context)
    }

    fn request(
        &self,
        group: &Group,
        cell: &ResourceCell,
        caller: Option<Caller>,
        context: RequestContext,
    ) -> Option<Request> {
        let action = witness::action(&self.space, &group.actions)?;
        let resource = self.resource(group, cell, &action)?;
        Some(Request { caller, action, resource, resource_account: None, context })
    }

    /// A readable resource of the cell.
    fn resource(&self, group: &Group, cell: &ResourceCell, action: &Action) -> Option<Resource> {
        let universe = self.space.universe;
        if cell.resource.is_empty() {
            let text = match universe.catalogue().find(action.folded()) {
                Some(id) => witness::any_resource(&universe.resources(id)),
                None => witness::any_resource(&Resources::unknown()),
            };
            return Resource::parse(&text).ok();
        }
        let rules = self.space.numbered(&group.rules);
        let entries: Vec<&ArnPattern> = rules
            .iter()
            .filter_map(|(_, rule)| rule.statement.resource.as_ref())
            .flat_map(Clause::entries)
            .collect();
        match &group.resources {
            Some(resources) => witness::readable(&cell.resource, resources, &entries),
            None => Resource::parse(&cell.resource).ok(),
        }
    }
}
