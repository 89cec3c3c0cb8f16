//! What is needed and not allowed.
//!
//! A needed request fixes part of its context and leaves the rest open. It is a gap if no value of
//! the open keys lets it through; if some do, it depends on them.

mod block;
mod search;

pub use block::{Block, BlockKind};

use super::budget::{Account, Budget, Exactness, Limit};
use super::request_box::RequestBox;
use super::set::RequestSet;
use crate::iam::{ContextKey, ContextValue, Request};

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

/// What of `needed` the `set` does not allow.
#[must_use]
pub fn gaps<'a>(needed: &[RequestBox], set: &RequestSet<'a>, budget: Budget) -> Gaps {
    let mut work = search::Work::new(set, Account::new(budget));
    for (number, needed) in needed.iter().enumerate() {
        work.look(number, needed);
    }
    work.close()
}
