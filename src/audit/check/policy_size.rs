//! `policy-size`

use super::{Seen, Subject};
use crate::account::{NamedPolicy, PrincipalKind};
use crate::compile::{Fit, Quota};
use crate::source::Severity;
use crate::syntax::quota_size;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (policy, _) in subject.policies().filter(|(policy, _)| is_managed(policy)) {
        seen.extend(judge(&policy.name, Quota::Managed, Quota::Managed.fit(&policy.document)));
    }
    if let Some(trust) = &subject.principal.trust {
        seen.extend(judge(&trust.name, Quota::Trust, Quota::Trust.fit(&trust.document)));
    }
    let quota = match subject.principal.kind {
        PrincipalKind::Role => Quota::RoleInline,
        PrincipalKind::User => Quota::UserInline,
    };
    // AWS: the quota of inline policies is for all of a principal's together:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    let own = subject.principal.identity.iter().filter(|policy| policy.name.starts_with("inline:"));
    let together: usize = own.map(|policy| quota_size(&policy.document)).sum();
    if together > quota.characters() {
        seen.extend(judge("its inline policies together", quota, Fit::TooLarge(together)));
    }
    seen
}

/// A managed policy of the account itself: AWS's own may be larger.
fn is_managed(policy: &NamedPolicy) -> bool {
    let arn = policy.name.split_once("managed:").or_else(|| policy.name.split_once("boundary:"));
    arn.is_some_and(|(_, arn)| !arn.contains(":iam::aws:policy/"))
}

fn judge(name: &str, quota: Quota, fit: Fit) -> Option<Seen> {
    let most = quota.characters();
    match fit {
        Fit::Fits(_) => None,
        Fit::NeedsIncrease(size) => Some(Seen {
            severity: Some(Severity::Note),
            ..Seen::new(format!(
                "`{name}` has {size} characters: it needs a raised quota, the default is {most}"
            ))
        }),
        Fit::TooLarge(size) => Some(Seen::new(format!(
            "`{name}` has {size} characters; the quota ({quota}) is {}",
            quota.largest()
        ))),
    }
}
