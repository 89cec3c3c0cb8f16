//! All principals of an audit.

use super::outcome::PrincipalFix;
use super::proposal::{Proposal, proposal};
use super::steps::{Taken, written};
use crate::account::IamPrincipal;
use crate::audit::Audit;
use crate::consumer::Requirement;
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
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = principals.len().div_ceil(cores).max(1);
    let look = |share: &[(&'p Requirement, &'p IamPrincipal)]| -> Vec<Proposal<'p>> {
        share.iter().map(|(requirement, one)| proposal(audit, requirement, one, holders)).collect()
    };
    let proposals: Vec<Proposal<'p>> = std::thread::scope(|scope| {
        let shares: Vec<_> =
            principals.chunks(share).map(|share| scope.spawn(move || look(share))).collect();
        let joined = shares.into_iter().flat_map(|share| match share.join() {
            Ok(proposals) => proposals,
            // A fix that is lost in silence would look like a role that needs none.
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.collect()
    });
    let mut taken = Taken::new();
    proposals.iter().map(|proposal| written(proposal, &mut taken)).collect()
}
