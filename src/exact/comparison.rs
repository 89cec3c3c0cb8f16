//! The comparison of two sets: group by group, cell by cell.

mod contexts;

use super::bits::Bits;
use super::budget::{Account, Budget};
use super::caller::{agreeing, candidates};
use super::difference::{Difference, Leaf};
use super::link::consistent;
use super::resource::{ResourceCell, Slots, resource_cells};
use super::search::{End, Search, caller_steps};
use super::set::{RequestSet, Rule, StatementRef};
use super::space::{Group, Space};
use super::universe::Resources;
use super::variable::{
    Case, Given, Reading, SPECIAL_VALUES, bound_set, cases, keys_of, primary, texts,
};
use super::witness;
use crate::evaluate::{Askers, Truth};
use crate::iam::{Caller, Request, RequestContext, Resource};
use contexts::is_decided;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

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
    /// What contexts make of the statements of a cell, for those that were asked about.
    searches: FxHashMap<(Bits, bool), Rc<Search>>,
    /// The keys, by number, that requests for the actions under look never carry. What is settled,
    /// and what contexts make of statements, is so under them.
    absent: Bits,
    /// What the keys of policy variables hold.
    case: Case,
    /// Values of such keys that are known beforehand.
    given: Given,
    /// Whether only values that meet nothing by chance are looked at.
    generic: bool,
    /// Whether it is about actions that are yet to come, and no others.
    future: bool,
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
            searches: FxHashMap::default(),
            absent: Bits::EMPTY,
            case: Case::default(),
            given: Given::default(),
            generic: false,
            future: false,
        }
    }

    /// The same for actions that are yet to come.
    pub(crate) fn of_the_future(mut self) -> Self {
        self.future = true;
        self
    }

    /// The same where a variable's key, in lower case, has this value, or none.
    pub(crate) fn given(mut self, key: &str, value: Option<&str>) -> Self {
        self.given.values.insert(key.into(), value.map(str::to_owned));
        self
    }

    /// The same for values of the variables' keys that meet nothing by chance.
    pub(crate) fn generic(mut self) -> Self {
        self.generic = true;
        self
    }

    /// Looks for differences until there are `enough`.
    pub(crate) fn run(&mut self, enough: usize) {
        let mut keys = keys_of([self.left, self.right].into_iter());
        keys.extend(self.given.values.keys().cloned());
        if keys.is_empty() {
            return self.run_case(enough);
        }
        for key in &keys {
            if let Some(value) = self.left.principal().and_then(|own| own.fact(key)) {
                self.given.values.entry(key.clone()).or_insert_with(|| Some(value.to_owned()));
            }
        }
        let sets = [self.left, self.right];
        let cases = cases(&keys, &sets, &[], &self.given, &mut self.space.account);
        let primary = primary(self.left);
        for case in cases {
            let value_of = |key: &str| case.value_of(key);
            let (left, right) = (bound_set(self.left, &value_of), bound_set(self.right, &value_of));
            let mut reading = case.reading(primary.clone());
            reading.loose &= !self.generic;
            self.run_bound(&left, &right, &case, reading, enough);
            if self.leaves.len() >= enough {
                return;
            }
        }
    }

    /// Goes on with the sets of one case.
    fn run_bound(
        &mut self,
        left: &RequestSet<'a>,
        right: &RequestSet<'a>,
        case: &Case,
        reading: Reading,
        enough: usize,
    ) {
        let budget = self.space.account.budget;
        let account = std::mem::replace(&mut self.space.account, Account::new(budget));
        let mut space = Space::new(left, Some(right), account);
        space.reading = reading;
        let mut inner = Comparison {
            left: self.left,
            right: self.right,
            space,
            leaves: std::mem::take(&mut self.leaves),
            unconfirmed: self.unconfirmed,
            settled: FxHashSet::default(),
            searches: FxHashMap::default(),
            absent: Bits::EMPTY,
            case: case.clone(),
            given: Given::default(),
            generic: self.generic,
            future: self.future,
        };
        inner.run_case(enough);
        self.leaves = inner.leaves;
        self.unconfirmed = inner.unconfirmed;
        self.space.account = inner.space.account;
    }

    fn run_case(&mut self, enough: usize) {
        let groups = if self.future { self.space.future_groups() } else { self.space.groups() };
        for group in groups {
            if group.absent != self.absent {
                self.absent.clone_from(&group.absent);
                self.settled.clear();
                self.searches.clear();
            }
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
        if resources.star && !self.future {
            self.note_other_reading(&rules);
        }
        let on_star = resources.star.then(|| self.space.on_star(&rules, &group.actions));
        let Space { left, right, unconditional, account, reading, entries, .. } = &mut self.space;
        let slots = Slots::new(&rules, resources, None, reading, entries);
        resource_cells(&slots, on_star, account, &|possible, certain| {
            is_decided(left, right, possible, &certain.intersection(unconditional))
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
        let mut entries = Bits::EMPTY;
        for place in rules.iter().flat_map(|(number, _)| self.space.entries.of(*number)) {
            entries.insert(*place);
        }
        if entries.len() > MOST_ENTRIES {
            return false;
        }
        let entries: Vec<usize> = entries.iter().collect();
        (0..1_usize << entries.len()).all(|way| {
            let matches = |entry: &usize| {
                let place = entries.iter().position(|place| place == entry);
                place.is_some_and(|place| way >> place & 1 == 1)
            };
            let is_about =
                |(number, rule): &&(usize, &Rule<'_>)| match self.space.entries.of(*number) {
                    [] => rule.on_star,
                    some => some.iter().any(matches) != rule.excludes_resources(),
                };
            let about = rules.iter().filter(is_about).map(|(n, _)| *n).collect();
            self.is_settled(&about)
        })
    }

    /// Whether there is no difference among requests that these statements match in all but the
    /// context.
    fn is_settled(&mut self, rules: &Bits) -> bool {
        if self.is_plain(rules) || self.settled.contains(rules) {
            return true;
        }
        let search = self.contexts(rules, false);
        let settled = !search.ends().any(|end| self.differs(&end));
        if settled {
            self.settled.insert(rules.clone());
        }
        settled
    }

    /// Whether the statements without conditions decide that there is no difference.
    fn is_plain(&self, rules: &Bits) -> bool {
        let certain = rules.intersection(&self.space.unconditional);
        is_decided(&self.space.left, &self.space.right, rules, &certain)
    }

    fn differs(&self, end: &End<'_>) -> bool {
        self.space.left.perhaps_allows(end.rules) && !self.space.right.allows(end.rules)
    }

    /// Looks for differences among the requests on one cell of resources.
    fn compare(&mut self, group: &Group, cell: &ResourceCell) {
        if self.is_plain(&cell.rules) || self.settled.contains(&cell.rules) {
            return;
        }
        let on_caller = self.space.on_caller.clone();
        let search = if cell.rules.intersects(&on_caller) {
            let Some(probe) = self.request(group, cell) else {
                self.space.account.overrun(None, "an action or a resource has no readable form");
                return;
            };
            let caller = self.left.caller();
            let steps = caller_steps(&self.space, &cell.rules, group.askers, caller, &probe);
            let mut search = Search::new(&cell.rules, cell.assumed);
            self.step(&mut search, &on_caller, &steps, 0);
            Rc::new(self.sweep(search, &cell.rules))
        } else {
            self.contexts(&cell.rules, cell.assumed)
        };
        let differing: Vec<End<'_>> = search.ends().filter(|end| self.differs(end)).collect();
        if !differing.is_empty() {
            let request = self.request(group, cell);
            differing.iter().for_each(|end| self.found(group, cell, end, request.as_ref()));
        }
    }

    /// Takes a difference in, if the evaluator confirms it.
    fn found(
        &mut self,
        group: &Group,
        cell: &ResourceCell,
        end: &End<'_>,
        request: Option<&Request>,
    ) {
        let is_known = |leaf: &Leaf| leaf.matching == *end.rules && leaf.actions == group.actions;
        if !self.case.is_empty() && self.leaves.iter().any(is_known) {
            return;
        }
        let allowing = end.rules.intersection(&self.space.left.all_allowing());
        let allowed_by: Vec<StatementRef> =
            self.space.numbered(&allowing).iter().map(|(_, rule)| rule.reference()).collect();
        let witness = request.map(|request| {
            let (caller, context) = end.request();
            let caller = caller.or_else(|| request.caller.clone());
            Request { caller, context, ..request.clone() }
        });
        let confirmed = witness.as_ref().and_then(|witness| self.confirmed(witness, group.askers));
        debug_assert!(
            confirmed.is_some()
                || end.assumed
                || self.has_linked_keys()
                || !self.case.is_empty()
                || self.space.doubtful(end.rules).is_some()
                || witness.as_ref().is_some_and(|w| {
                    !self.left.decide(w).is_false() && !self.right.decide(w).is_true()
                }),
            "the evaluator contradicts {witness:?} for {allowed_by:?}"
        );
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
                let (statement, reason) = self.doubt(end, witness.as_ref());
                let statement = statement.or_else(|| allowed_by.into_iter().next());
                self.space.account.note(statement, &reason);
            }
        }
    }

    /// A request like `witness` that the evaluator finds in the left set and not in the right one.
    fn confirmed(&self, witness: &Request, askers: Askers) -> Option<Request> {
        let mut others: Option<Vec<Caller>> = None;
        let differs =
            |w: &Request| self.left.decide(w).is_true() && self.right.decide(w).is_false();
        let mut by_one_who_can = |witness: Request| {
            if self.left.caller().is_some() || witness.caller.is_none() {
                return Some(witness).filter(differs);
            }
            let others = others.get_or_insert_with(|| candidates(self.space.rules.iter().copied()));
            let able = |w: &Request| w.caller.as_ref().is_some_and(|caller| askers.include(caller));
            agreeing(&witness, others).into_iter().filter(able).find(differs)
        };
        let mut differing = |witness| consistent(witness).find_map(&mut by_one_who_can);
        if self.case.is_empty() {
            return differing(witness.clone());
        }
        let usual = self.case.concrete(witness, SPECIAL_VALUES).find_map(&mut differing);
        usual.or_else(|| {
            let texts = texts(self.space.rules.iter().copied(), witness);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            self.case.concrete(witness, &texts).find_map(&mut differing)
        })
    }

    /// Why a difference could not be confirmed, and which statement is the reason if one is.
    fn doubt(&self, end: &End<'_>, witness: Option<&Request>) -> (Option<StatementRef>, String) {
        const REASON: &str = "it may allow more, but no request was found that proves it";
        let keys: Vec<String> = self.case.open_keys().map(|key| format!("`${{{key}}}`")).collect();
        if !keys.is_empty() {
            return (None, format!("whether it allows more depends on {}", keys.join(", ")));
        }
        match witness.map(|w| (self.left.decide(w), self.right.decide(w))) {
            Some((Truth::Unknown(why), _) | (_, Truth::Unknown(why))) => {
                (self.space.doubtful(end.rules), format!("{REASON}: {why}"))
            }
            _ => (None, REASON.to_owned()),
        }
    }

    /// Whether some condition key's value may follow from the caller or the resource, which are
    /// taken for independent here.
    fn has_linked_keys(&self) -> bool {
        let is_linked = |key: &str| key.starts_with("aws:") || key == "s3:resourceaccount";
        self.space.keys.iter().any(|key| is_linked(key.key.folded()))
    }

    /// A request for one of the group's actions on a resource of the cell, with an empty context.
    fn request(&self, group: &Group, cell: &ResourceCell) -> Option<Request> {
        let action = witness::action(&self.space, &group.actions)?;
        let resource = self.resource(group, cell)?;
        let caller = self.left.caller().cloned();
        let resource_account = self.owner(&cell.rules);
        let context = RequestContext::default();
        Some(Request { caller, action, resource, resource_account, context })
    }

    /// A readable resource of the cell.
    fn resource(&self, group: &Group, cell: &ResourceCell) -> Option<Resource> {
        let universe = self.space.universe;
        if cell.resource.is_empty() {
            let text = match witness::gravest(&self.space, &group.actions) {
                Some(id) => witness::any_resource(&universe.resources(id)),
                None => witness::any_resource(&Resources::unknown()),
            };
            return Resource::parse(&text).ok();
        }
        match &group.resources {
            Some(resources) => {
                let entries = self.space.entries.patterns(&group.rules);
                witness::readable(&cell.resource, resources, &entries)
            }
            None => Resource::parse(&cell.resource).ok(),
        }
    }
}
