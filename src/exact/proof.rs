//! The proof that a policy gives what is needed and nothing beyond what may be.

use super::budget::{Budget, Limit};
use super::difference::{Leaf, difference};
use super::gap::{Gap, gaps};
use super::request_box::RequestBox;
use super::set::RequestSet;

/// That every needed request is allowed, and that nothing else is than what may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How many boxes of needed requests are allowed in full.
    pub needed: usize,
}

/// Why there is no proof.
#[derive(Clone, Debug)]
pub enum Counterexample {
    /// A needed request that is not allowed, or not for every value of the open keys.
    Gap(Box<Gap>),
    /// An allowed request that may not be.
    Excess(Box<Leaf>),
    /// Neither was found, and that there is none could not be shown.
    Undecided(Vec<Limit>),
}

/// Proves that `policy` allows all of `needs`, and no more than `may`.
///
/// # Errors
/// A request that shows the contrary, or what stood in the way of a proof.
pub fn prove<'a>(
    needs: &[RequestBox],
    policy: &RequestSet<'a>,
    may: &RequestSet<'a>,
    budget: Budget,
) -> Result<Proof, Counterexample> {
    let lacking = gaps(needs, policy, budget);
    let proven = lacking.is_proven_empty();
    if let Some(gap) = lacking.gaps.into_iter().next() {
        return Err(Counterexample::Gap(Box::new(gap)));
    }
    if !proven {
        return Err(Counterexample::Undecided(lacking.limits));
    }
    let beyond = difference(policy, may, budget);
    let proven = beyond.is_proven_empty();
    if let Some(leaf) = beyond.leaves.into_iter().next() {
        return Err(Counterexample::Excess(Box::new(leaf)));
    }
    if !proven {
        return Err(Counterexample::Undecided(beyond.limits));
    }
    Ok(Proof { needed: needs.len() })
}
