//! Tenants that have keys in common by the estate's own words.

use super::probe::allow;
use super::reach::document;
use super::relation::head;
use super::space::{Members, Space};
use crate::audit::request::Claim;
use crate::exact::{Budget, NamedPolicy, RequestSet, Universe, difference};
use crate::iam::{Layer, PolicyDocument, Request};
use crate::pattern::ArnPattern;

/// Keys that belong to several tenants.
pub(super) struct Common {
    pub members: Members,
    /// A request on one of them.
    pub witness: Request,
}

/// All keys that two tenants have and do not share on purpose.
pub(super) fn overlaps(
    universe: &Universe<'_>,
    space: &Space<'_>,
    shared: &[&ArnPattern],
    claim: &mut Claim,
) -> Vec<Common> {
    let reads = |keys: &ArnPattern| {
        document(vec![allow(["s3:GetObject"].into_iter(), keys.clone(), Vec::new())])
    };
    let exempt = document(
        shared.iter().map(|k| allow(["s3:*"].into_iter(), (*k).clone(), Vec::new())).collect(),
    );
    let mut witness = |one: &PolicyDocument, other: &PolicyDocument| {
        let layer = |document| (Layer::Identity, vec![NamedPolicy { name: "keys", document }]);
        let both = RequestSet::new(universe, [layer(one), layer(other)]);
        let exempt = RequestSet::of_document(universe, Layer::Identity, "shared", &exempt);
        let found = claim.took(difference(&both, &exempt, Budget::default()));
        found.leaves.into_iter().next().map(|leaf| leaf.witness)
    };
    let keys: Vec<(&ArnPattern, &Members)> = space.keys.iter().map(|(k, m)| (*k, m)).collect();
    let mut found = Vec::new();
    for (at, (keys_of_one, members)) in keys.iter().enumerate() {
        if members.len() > 1
            && let Some(witness) = witness(&reads(keys_of_one), &reads(keys_of_one))
        {
            found.push(Common { members: (*members).clone(), witness });
        }
        for (keys_of_other, others) in keys.iter().skip(at + 1) {
            if !may_meet(keys_of_one, keys_of_other) {
                continue;
            }
            let between: Members = members.union(others);
            let one_tenant = between.len() == 1;
            // Any other profile is any but those that are listed: only where all keys are the same
            // for all profiles are its keys those of one that is.
            if !one_tenant
                && !between.iter().any(|at| space.is_open(at))
                && let Some(witness) = witness(&reads(keys_of_one), &reads(keys_of_other))
            {
                found.push(Common { members: between, witness });
            }
        }
    }
    found
}

/// Whether what both begin with lets them have a text in common.
fn may_meet(one: &ArnPattern, other: &ArnPattern) -> bool {
    match (one, other) {
        (ArnPattern::Arn(one), ArnPattern::Arn(other)) => {
            let (one, other) = (head(&one.resource), head(&other.resource));
            one.starts_with(other) || other.starts_with(one)
        }
        _ => true,
    }
}
