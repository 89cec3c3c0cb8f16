//! All principals of an audit.

use super::outcome::PrincipalFix;
use super::proposal::{Proposal, proposal};
use super::steps::{Taken, written};
use crate::account::IamPrincipal;
use crate::audit::Audit;
use crate::consumer::Requirement;
use crate::parallel;
use std::collections::BTreeMap;

/// The fixes of principals, sorted by ARN; each is proved, or says why there is none.
///
/// `holders` says how many users, groups and roles have a managed policy
/// ([`Account::holders`](crate::account::Account::holders)): what others have is not edited.
#[must_use]
pub fn fixes<'p>(
    audit: &Audit<'_>,
    principals: impl IntoIterator<Item = (&'p Requirement, &'p IamPrincipal)>,
    holders: &BTreeMap<String, u32>,
) -> Vec<PrincipalFix> {
    let mut principals: Vec<(&Requirement, &IamPrincipal)> = principals.into_iter().collect();
    principals.sort_by(|a, b| a.1.arn.cmp(&b.1.arn));
    let proposals: Vec<Proposal<'p>> = parallel::each(&principals, 1, |(requirement, one)| {
        proposal(audit, requirement, one, holders)
    });
    let mut taken = Taken::new();
    proposals.iter().map(|proposal| written(proposal, &mut taken)).collect()
}
