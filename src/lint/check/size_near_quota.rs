//! `size-near-quota`

use super::Seen;
use crate::compile::Quota;
use crate::iam::{Clause, PolicyDocument, PolicyKind, Statement};
use crate::lint::Rule;
use crate::lint::policy::{Policy, Storage, Subject};
use crate::lint::s3::S3Resource;
use crate::source::Severity;
use crate::syntax::{Element, quota_size};

/// AWS: the inline policies and tags of a session have 2,048 characters:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const SESSION: usize = 2_048;

/// White space counts too, if the policy is not saved by the console: the size is the least it is.
///
/// AWS: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>
const SERVICE_CONTROL: usize = 10_240;
const RESOURCE_CONTROL: usize = 5_120;

/// AWS: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
const BUCKET: usize = 20 * 1_024;

/// AWS: <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
const KEY: usize = 32 * 1_024;

/// So many hundredths of a quota are near it.
const NEAR: usize = 90;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let Policy { document, kind, storage, .. } = *subject.policy;
    let size = quota_size(document);
    let found = match kind {
        PolicyKind::Resource => {
            of_resource(document).and_then(|(quota, of)| within(size, quota, of))
        }
        _ => about(size, kind, storage),
    };
    found.into_iter().collect()
}

/// What the policy of a resource may have, where its actions tell what it is.
fn of_resource(document: &PolicyDocument) -> Option<(usize, &'static str)> {
    let statements = || document.statements.iter();
    let all_of = |service| {
        let mut entries = statements().flat_map(|statement| statement.action.entries());
        entries.all(|entry| entry.service() == Some(service))
    };
    let on_buckets = |statement: &Statement| {
        let resources = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
        resources.iter().all(|arn| S3Resource::of(arn).is_some())
    };
    if all_of("s3") && statements().all(on_buckets) {
        return Some((BUCKET, "the policy of a bucket"));
    }
    all_of("kms").then_some((KEY, "the policy of a key"))
}

fn about(size: usize, kind: PolicyKind, storage: Storage) -> Option<Seen> {
    let (quota, of): (usize, &str) = match (kind, storage) {
        (PolicyKind::Identity, Storage::Unknown) => return of_loose_file(size),
        (PolicyKind::Identity, Storage::RoleInline) => {
            (Quota::RoleInline.characters(), "the inline policies of a role together")
        }
        (PolicyKind::Identity, Storage::UserInline) => {
            (Quota::UserInline.characters(), "the inline policies of a user together")
        }
        (PolicyKind::Identity, Storage::GroupInline) => {
            (Quota::GroupInline.characters(), "the inline policies of a group together")
        }
        (PolicyKind::Identity, Storage::Managed) | (PolicyKind::PermissionsBoundary, _) => {
            (Quota::Managed.characters(), "a managed policy")
        }
        (PolicyKind::Trust, _) => return of_trust(size),
        (PolicyKind::Session, _) => (SESSION, "the policies of a session together"),
        (PolicyKind::Identity, Storage::AwsManaged) => return None,
        (PolicyKind::ServiceControl, _) => (SERVICE_CONTROL, "a service control policy"),
        (PolicyKind::ResourceControl, _) => (RESOURCE_CONTROL, "a resource control policy"),
        // It depends on the service.
        (PolicyKind::Resource, _) => return None,
    };
    within(size, quota, of)
}

/// Whether a size is near a quota or above it.
fn within(size: usize, quota: usize, of: &str) -> Option<Seen> {
    if size > quota {
        let message = format!("the policy has {size} characters; {of} may have {quota}");
        return Some(Seen::new(Element::Document, message).severity(Severity::Error));
    }
    is_near(size, quota).then(|| {
        let message = format!("the policy has {size} of the {quota} characters that {of} may have");
        Seen::new(Element::Document, message)
    })
}

const fn is_near(size: usize, quota: usize) -> bool {
    size * 100 >= quota * NEAR
}

/// It may become a managed policy or an inline one.
fn of_loose_file(size: usize) -> Option<Seen> {
    let (managed, inline) = (Quota::Managed.characters(), Quota::RoleInline.characters());
    let seen = |message| Seen::new(Element::Document, message);
    if size > inline {
        let message = format!(
            "the policy has {size} characters: neither a managed policy ({managed}) nor a role's inline \
             policies ({inline}) may have so many"
        );
        Some(seen(message).severity(Severity::Error))
    } else if size > managed {
        let message = format!(
            "the policy has {size} characters: too many for a managed policy ({managed}), so it must be \
             inline in a role ({inline})"
        );
        Some(seen(message).severity(Severity::Warning))
    } else {
        let message = format!(
            "the policy has {size} of the {managed} characters that a managed policy may have"
        );
        is_near(size, managed).then(|| seen(message))
    }
}

fn of_trust(size: usize) -> Option<Seen> {
    let (quota, largest) = (Quota::Trust.characters(), Quota::Trust.largest());
    let seen = |message| Seen::new(Element::Document, message);
    if size > largest {
        let message =
            format!("the trust policy has {size} characters; none may have more than {largest}");
        Some(seen(message).severity(Severity::Error))
    } else if size > quota {
        let message = format!(
            "the trust policy has {size} characters: it needs a raised quota, the default is {quota}"
        );
        Some(seen(message).severity(Severity::Warning))
    } else {
        let message =
            format!("the trust policy has {size} of the {quota} characters that one may have");
        is_near(size, quota).then(|| seen(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At nine tenths, at the quota, and above it.
    #[test]
    fn quotas_are_near_and_then_passed() {
        use PolicyKind as K;
        for (kind, storage, near, full) in [
            (K::Identity, Storage::Managed, 5_530, 6_144),
            (K::Identity, Storage::Unknown, 5_530, 6_144),
            (K::Identity, Storage::RoleInline, 9_216, 10_240),
            (K::Identity, Storage::UserInline, 1_844, 2_048),
            (K::Identity, Storage::GroupInline, 4_608, 5_120),
            (K::PermissionsBoundary, Storage::Unknown, 5_530, 6_144),
            (K::Session, Storage::Unknown, 1_844, 2_048),
            (K::Trust, Storage::Unknown, 1_844, 2_048),
            (K::ServiceControl, Storage::Unknown, 9_216, 10_240),
            (K::ResourceControl, Storage::Unknown, 4_608, 5_120),
        ] {
            let severity = |size| about(size, kind, storage).map(|seen| seen.severity);
            assert_eq!(severity(near - 1), None, "{kind} {storage:?}");
            assert_eq!(severity(near), Some(None), "{kind} {storage:?}");
            assert_eq!(severity(full), Some(None), "{kind} {storage:?}");
            assert!(severity(full + 1) >= Some(Some(Severity::Warning)), "{kind} {storage:?}");
            assert_eq!(severity(10_241), Some(Some(Severity::Error)), "{kind} {storage:?}");
        }
        assert!(about(1 << 20, K::Resource, Storage::Unknown).is_none());
    }
}
