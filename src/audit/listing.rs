//! Which part of a bucket's keys is a role's own to list.

use super::Witness;
use crate::consumer::{Fixed, Requirement};
use crate::pattern::{ArnPattern, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// For each bucket that a role needs a part of only: the prefixes that it lists, by the bucket's ARN.
pub(super) type Parts<'r> = BTreeMap<&'r str, BTreeSet<&'r Pattern>>;

/// What a role lists by need.
pub(super) struct Listing<'r> {
    parts: Parts<'r>,
}

impl<'r> Listing<'r> {
    /// The buckets of which the role's calls reach a part.
    pub(super) fn of(requirement: &'r Requirement) -> Self {
        let mut parts: Parts<'r> = BTreeMap::new();
        let mut whole: BTreeSet<&str> = BTreeSet::new();
        for call in requirement.granted() {
            let ArnPattern::Arn(arn) = &call.resource else { continue };
            if call.action.service() != "s3" {
                continue;
            }
            let bucket = bucket_of(call.resource.text());
            if arn.resource.text().contains('/') {
                let every_key = arn.resource.text().ends_with("/*")
                    && arn.resource.text().matches('/').count() == 1;
                if every_key {
                    whole.insert(bucket);
                } else {
                    parts.entry(bucket).or_default();
                }
            } else if is_list(call.action.folded()) {
                let prefix = call.fixed.iter().find(|(key, _)| key.folded() == "s3:prefix");
                match prefix {
                    Some((_, Fixed::Like(pattern))) if !pattern.is_any() => {
                        parts.entry(bucket).or_default().insert(pattern);
                    }
                    _ => {
                        whole.insert(bucket);
                    }
                }
            }
        }
        parts.retain(|bucket, _| !whole.contains(bucket));
        Self { parts }
    }

    /// The prefixes that a role lists in a bucket; `None` where all of the bucket is its own.
    pub(super) fn prefixes(&self, bucket: &str) -> Option<&BTreeSet<&'r Pattern>> {
        self.parts.get(bucket)
    }
}

/// Whether a request that nothing needs lists keys of others.
pub(super) fn crosses(listing: &Listing<'_>, witness: &Witness) -> bool {
    is_list(&witness.action.to_ascii_lowercase()) && listing.prefixes(&witness.resource).is_some()
}

/// Whether an action shows keys of a whole bucket.
pub(super) fn is_list(folded: &str) -> bool {
    matches!(folded, "s3:listbucket" | "s3:listbucketversions" | "s3:listbucketmultipartuploads")
}

/// Whether a request for an action may carry `s3:prefix`.
// AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
pub(super) fn takes_prefix(folded: &str) -> bool {
    matches!(folded, "s3:listbucket" | "s3:listbucketversions")
}

/// The prefixes other than `*` with which a role lists a bucket.
pub(super) fn prefixes<'r>(
    requirement: &'r Requirement,
    bucket: &'r str,
) -> impl Iterator<Item = &'r Pattern> {
    let calls = requirement.granted().filter(move |call| call.resource.text() == bucket);
    calls.flat_map(|call| &call.fixed).filter_map(|(key, fixed)| match fixed {
        Fixed::Like(pattern) if key.folded() == "s3:prefix" && !pattern.is_any() => Some(pattern),
        _ => None,
    })
}

/// The ARN of the bucket that an object's ARN begins with.
fn bucket_of(arn: &str) -> &str {
    arn.split_once('/').map_or(arn, |(bucket, _)| bucket)
}
