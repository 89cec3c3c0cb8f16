//! What the context makes of a set of statements, and whose the resources are.

use super::Comparison;
use crate::exact::bits::Bits;
use crate::exact::context::Fixed;
use crate::exact::search::{Search, Steps, key_steps};
use crate::exact::side::Side;
use crate::iam::AccountId;
use std::rc::Rc;

impl Comparison<'_, '_> {
    /// What contexts make of these statements, whoever asks. Asked again, it is not made again.
    pub(super) fn contexts(&mut self, rules: &Bits, assumed: bool) -> Rc<Search> {
        let at = (rules.clone(), assumed);
        if let Some(known) = self.searches.get(&at) {
            return Rc::clone(known);
        }
        let search = Rc::new(self.sweep(Search::new(rules, assumed), rules));
        self.searches.insert(at, Rc::clone(&search));
        search
    }

    /// Goes on with all condition keys. The statements `in_cell` match the resource.
    pub(super) fn sweep(&mut self, mut search: Search, in_cell: &Bits) -> Search {
        for key in 0..self.space.keys.len() {
            let alive = search.alive();
            if self.space.keys.get(key).is_some_and(|key| key.on.intersects(&alive)) {
                let fixed = self.fixed(key, in_cell);
                let (on, steps) = key_steps(&mut self.space, key, &alive, fixed.as_ref());
                self.step(&mut search, &on, &steps, key + 1);
            }
        }
        search
    }

    /// What is known of a key beforehand: from the actions, from the caller and from whose the resource
    /// is.
    fn fixed(&self, key: usize, in_cell: &Bits) -> Option<Fixed> {
        if self.absent.contains(key) {
            return Some(Fixed::Absent);
        }
        let key = self.space.keys.get(key)?.key.folded();
        if let Some(value) = self.left.principal().and_then(|own| own.fact(key)) {
            return Some(Fixed::Equals(value.to_owned()));
        }
        let is_owner = matches!(key, "aws:resourceaccount" | "s3:resourceaccount");
        let owner = is_owner.then(|| self.owner(in_cell)).flatten()?;
        Some(Fixed::Equals(owner.to_string()))
    }

    /// The account that owns the resources which these statements match, where a set knows it.
    pub(super) fn owner(&self, in_cell: &Bits) -> Option<AccountId> {
        let left = self.left.owner(self.space.left.governing(in_cell));
        left.or_else(|| self.right.owner(self.space.right.governing(in_cell)))
    }

    /// Goes on by one dimension; after it the keys from `next` on are open.
    pub(super) fn step(&mut self, search: &mut Search, on: &Bits, steps: &Steps, next: usize) {
        let most = self.space.account.budget.combinations;
        let space = &self.space;
        let is_open = |rules: &Bits| {
            !is_decided(&space.left, &space.right, rules, &space.certain(rules, next))
        };
        if !search.step(on, steps, most, &is_open) {
            self.space
                .account
                .overrun(None, "there are more combinations of statements than the budget has");
        }
        self.space.account.spend(steps.len());
    }
}

/// Whether it is settled that there is no difference, where these statements may match, and of them
/// these certainly do.
pub(super) fn is_decided(left: &Side, right: &Side, possible: &Bits, certain: &Bits) -> bool {
    !left.may_allow(possible) || left.denies(certain) || right.surely_allows(possible, certain)
}
