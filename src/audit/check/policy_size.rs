//! `policy-size`

use super::{Seen, Subject};
use crate::account::{NamedPolicy, PolicyHome, PrincipalKind};
use crate::compile::Quota;
use crate::syntax::quota_size;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let quota = match subject.principal.kind {
        PrincipalKind::Role => Quota::RoleInline,
        PrincipalKind::User => Quota::UserInline,
    };
    // AWS: the quota of inline policies is for all of a principal's together:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    let is_own =
        |policy: &&NamedPolicy| matches!(policy.home(), PolicyHome::Inline { group: None, .. });
    let own = subject.principal.identity.iter().filter(is_own);
    let together: usize = own.map(|policy| quota_size(&policy.document)).sum();
    let most = quota.characters();
    if together <= most {
        return Vec::new();
    }
    let message = format!(
        "its inline policies together have {together} characters; the quota ({quota}) is {most}"
    );
    vec![Seen::new(message)]
}
