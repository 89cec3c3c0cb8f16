//! What one set of requests allows and another does not.

use super::bits::Bits;
use super::budget::{Budget, Exactness, Limit};
use super::comparison::Comparison;
use super::set::{RequestSet, StatementRef};
use super::space::Actions;
use crate::iam::Request;

/// What the left set allows and the right one does not.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The cells of the difference; each is proved by its witness.
    pub leaves: Vec<Leaf>,
    /// Whether these are all.
    pub exactness: Exactness,
    /// Why not, if not.
    pub limits: Vec<Limit>,
}

impl Difference {
    /// Whether it is proven that there is no difference among the actions that there are; of those
    /// that are yet to come [`future`](super::future) speaks.
    #[must_use]
    pub fn is_proven_empty(&self) -> bool {
        self.leaves.is_empty() && self.exactness == Exactness::Exact
    }
}

/// Requests that the same statements match: the left set allows all of them, the right one none.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The actions.
    pub actions: Actions,
    /// One of the requests. The evaluator has confirmed it against both sets.
    pub witness: Request,
    /// The statements of the left set that allow it.
    pub allowed_by: Vec<StatementRef>,
    /// The statements that match the action and the resource, whatever the context.
    pub(crate) in_cell: Bits,
    /// The statements that match.
    pub(crate) matching: Bits,
    /// The statements that match the actions.
    pub(crate) named: Bits,
    /// Whether the resource makes no difference.
    pub(crate) any_resource: bool,
}

/// The requests that `left` allows and `right` does not.
#[must_use]
pub fn difference<'a>(left: &RequestSet<'a>, right: &RequestSet<'a>, budget: Budget) -> Difference {
    let mut comparison = Comparison::new(left, right, budget);
    comparison.run(usize::MAX);
    comparison.close()
}

/// Whether `outer` allows every request that `inner` allows, also for actions that AWS has yet to
/// add: `Some(true)` and `Some(false)` are proven; `None` could not be decided within the budget or
/// for want of facts.
#[must_use]
pub fn includes<'a>(
    outer: &RequestSet<'a>,
    inner: &RequestSet<'a>,
    budget: Budget,
) -> Option<bool> {
    let first = |mut comparison: Comparison<'_, 'a>| {
        comparison.run(1);
        let found = comparison.close();
        match (found.leaves.is_empty(), found.exactness) {
            (false, _) => Some(false),
            (true, Exactness::Exact) => Some(true),
            (true, _) => None,
        }
    };
    match first(Comparison::new(inner, outer, budget)) {
        Some(true) => first(Comparison::new(inner, outer, budget).of_the_future()),
        other => other,
    }
}

/// Whether both sets allow the same requests, also for actions that AWS has yet to add; `None` where
/// that could not be decided.
#[must_use]
pub fn equivalent<'a>(a: &RequestSet<'a>, b: &RequestSet<'a>, budget: Budget) -> Option<bool> {
    match (includes(a, b, budget), includes(b, a, budget)) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
