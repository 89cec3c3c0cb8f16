//! Requests of the exact engine as the report writes them, and what its answers claim.

use super::TrustWitness;
use crate::compare::context;
use crate::exact::{Difference, Exactness, Limit};
use crate::iam::{Caller, Request};
use std::collections::BTreeSet;

/// How sure all answers about one principal are together.
#[derive(Debug, Default)]
pub(super) struct Claim {
    inexact: bool,
    limits: BTreeSet<String>,
}

impl Claim {
    /// Takes in how sure a difference is, and hands it on.
    pub(super) fn took(&mut self, difference: Difference) -> Difference {
        self.take(difference.exactness, &difference.limits);
        difference
    }

    /// Takes in how sure an answer is.
    pub(super) fn take(&mut self, exactness: Exactness, limits: &[Limit]) {
        self.inexact |= exactness != Exactness::Exact;
        self.limits.extend(limits.iter().map(ToString::to_string));
    }

    /// Says what was left out and may change the answer.
    pub(super) fn doubt(&mut self, limit: &str) {
        self.inexact = true;
        self.say(limit);
    }

    /// Whether nothing has stood in the way of a proof so far.
    pub(super) const fn is_exact(&self) -> bool {
        !self.inexact
    }

    /// Takes in what another claim says.
    pub(super) fn absorb(&mut self, other: Self) {
        self.inexact |= other.inexact;
        self.limits.extend(other.limits);
    }

    /// Says what was left out.
    pub(super) fn say(&mut self, limit: &str) {
        self.limits.insert(limit.to_owned());
    }

    /// What is claimed when so much was found: an answer that found nothing and proves nothing is
    /// no answer.
    pub(super) fn close(self, found_anything: bool) -> (Exactness, Vec<String>) {
        let exactness = match (self.inexact, found_anything) {
            (false, _) => Exactness::Exact,
            (true, true) => Exactness::WitnessOnly,
            (true, false) => Exactness::Unknown,
        };
        (exactness, self.limits.into_iter().collect())
    }
}

/// A request to assume a role.
pub(super) fn trust_witness(request: &Request) -> TrustWitness {
    TrustWitness {
        action: request.action.text().to_owned(),
        principal: request.caller.as_ref().map(Caller::text).unwrap_or_default().to_owned(),
        context: context(&request.context),
    }
}
