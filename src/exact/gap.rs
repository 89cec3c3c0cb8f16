//! What is needed and not allowed.
//!
//! A needed request fixes part of its context and leaves the rest open. It is a gap if no value of
//! the open keys lets it through; if some do, it depends on them.

mod block;
mod given;
mod search;

pub use block::{Block, BlockKind};

use super::budget::{Account, Budget, Exactness, Limit};
use super::context::Fixed;
use super::request_box::RequestBox;
use super::set::RequestSet;
use super::variable::{Given, bound_box, bound_set, cases, keys_of, keys_of_box};
use crate::iam::{ContextKey, ContextValue, Request};
use std::collections::{BTreeMap, BTreeSet};

/// What of the needed requests is not allowed.
#[derive(Clone, Debug)]
pub struct Gaps {
    /// In the order of the needed requests.
    pub gaps: Vec<Gap>,
    /// Whether these are all.
    pub exactness: Exactness,
    /// Why not, if not.
    pub limits: Vec<Limit>,
}

impl Gaps {
    /// Whether it is proven that every needed request is allowed, whatever its open keys hold.
    #[must_use]
    pub fn is_proven_empty(&self) -> bool {
        self.gaps.is_empty() && self.exactness == Exactness::Exact
    }
}

/// Needed requests that are stopped in the same way.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Which of the needed boxes, from 0.
    pub needed: usize,
    /// One of the requests. The evaluator has confirmed that it is not allowed, unless that
    /// depends on a policy variable.
    pub witness: Request,
    /// What stops it.
    pub blocked_by: Block,
    /// The open keys on which it depends; none where no value of any key lets it through.
    pub depends_on: Vec<Dependence>,
}

/// A condition key whose value decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependence {
    /// The key.
    pub key: ContextKey,
    /// A value that, with those of the other keys, lets the request through: `None` where the key
    /// must be absent.
    pub through: Option<ContextValue>,
    /// Whether the key is that of a policy variable, and which value it takes is not worked out.
    pub is_variable: bool,
}

/// What of `needed` the `set` does not allow. A policy variable in a box is a value that the
/// request's context has, whichever it is: each value has to be let through.
#[must_use]
pub fn gaps<'a>(needed: &[RequestBox], set: &RequestSet<'a>, budget: Budget) -> Gaps {
    let mut account = Account::new(budget);
    let of_set = keys_of(std::iter::once(set));
    let mut alike: BTreeMap<(BTreeSet<Box<str>>, Given), Vec<usize>> = BTreeMap::new();
    for (number, needed) in needed.iter().enumerate() {
        let of_box = keys_of_box(needed);
        let mut given = Given::default();
        for key in of_set.union(&of_box) {
            let fact = set.principal().and_then(|own| own.fact(key));
            let fact = fact.map(|value| Fixed::Equals(value.to_owned()));
            match fact.or_else(|| search::fixed_key(needed, &ContextKey::new(key))) {
                Some(Fixed::Equals(value)) => drop(given.values.insert(key.clone(), Some(value))),
                Some(Fixed::Absent) => drop(given.values.insert(key.clone(), None)),
                Some(Fixed::Like(_)) | None if !of_box.contains(key) => {
                    given.open.insert(key.clone());
                }
                Some(Fixed::Like(_)) | None => {}
            }
        }
        alike.entry((of_set.union(&of_box).cloned().collect(), given)).or_default().push(number);
    }
    let mut found = Found::default();
    for ((keys, given), numbers) in alike {
        let boxes: Vec<&RequestBox> = numbers.iter().filter_map(|n| needed.get(*n)).collect();
        for case in cases(&keys, &[set], &boxes, &given, &mut account) {
            let value_of = |key: &str| case.value_of(key);
            let bound = bound_set(set, &value_of);
            let mut work = search::Work::new(set, &bound, &case, account);
            for number in &numbers {
                let in_case = needed.get(*number).and_then(|needed| bound_box(needed, &value_of));
                if let Some(mut needed) = in_case {
                    for (key, fixed) in case.fixed() {
                        if needed.fixed(&key).is_none() {
                            needed.fixed.push((key, fixed));
                        }
                    }
                    work.look(*number, &needed);
                }
            }
            account = work.close(&mut found);
        }
    }
    let Found { mut gaps, unconfirmed } = found;
    gaps.sort_by_key(|gap| gap.needed);
    let (exactness, limits) = account.close(gaps.len(), unconfirmed);
    Gaps { gaps, exactness, limits }
}

/// What the search has brought so far.
#[derive(Debug, Default)]
struct Found {
    gaps: Vec<Gap>,
    unconfirmed: usize,
}
