//! Managed policies, and answers that come in pages.

use super::LiveError;
use super::connect::Aws;
use super::trouble::Trouble;
use crate::account::NotRead;
use crate::account::detail::{Details, DocumentText, ManagedDetail};
use std::collections::BTreeSet;

/// What the API told.
#[derive(Default)]
pub(super) struct Fetched {
    pub(super) found: Details<'static>,
    /// Principals of which not even the ARN could be read.
    pub(super) refused: Vec<NotRead>,
}

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) truncated: bool,
    pub(super) marker: Option<String>,
}

/// All items of a list, page by page. A list that says it goes on but not where is an error: half
/// of the policies is worse than none.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/iam-quotas.html>, `IsTruncated` and
/// `Marker` of every list operation.
pub(super) async fn all_pages<T>(
    call: &'static str,
    mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let mut all = Vec::new();
    let mut markers = BTreeSet::new();
    let mut marker = None;
    loop {
        let next = page(marker).await?;
        all.extend(next.items);
        if !next.truncated {
            return Ok(all);
        }
        match next.marker {
            Some(next) if markers.insert(next.clone()) => marker = Some(next),
            _ => {
                return Err(Trouble::Refused {
                    call,
                    code: "IsTruncated".to_owned(),
                    message: "the answer says that more follows, but not where".to_owned(),
                });
            }
        }
    }
}

/// Fetches the managed policies that principals and groups name and no answer held: boundaries
/// above all, which `GetAccountAuthorizationDetails` leaves out.
pub(super) async fn fetch_missing(
    aws: &Aws,
    details: &mut Details<'static>,
) -> Result<(), LiveError> {
    let mut wanted: BTreeSet<&String> = details.groups.values().flat_map(|g| &g.managed).collect();
    for principal in &details.principals {
        wanted.extend(&principal.policies.managed);
        wanted.extend(&principal.boundary);
    }
    let missing: Vec<String> =
        wanted.into_iter().filter(|arn| !details.managed.contains_key(*arn)).cloned().collect();
    for arn in missing {
        let read = match managed(aws, &arn).await {
            Ok(managed) => Ok(managed),
            Err(trouble) if trouble.is_fatal() => return Err(trouble.fatal(&aws.endpoint)),
            Err(trouble) => Err((trouble.why(&aws.caller), trouble.help())),
        };
        details.managed.insert(arn, read);
    }
    Ok(())
}

/// The version in force of a managed policy.
async fn managed(aws: &Aws, arn: &str) -> Result<ManagedDetail<'static>, Trouble> {
    let policy = aws.iam.get_policy().policy_arn(arn).send().await;
    let policy = policy.map_err(|e| Trouble::of(&e, "iam:GetPolicy"))?;
    let version = policy.policy().and_then(|policy| policy.default_version_id());
    let version = version.ok_or_else(|| incomplete("iam:GetPolicy", "DefaultVersionId"))?;
    let call = "iam:GetPolicyVersion";
    let answer = aws.iam.get_policy_version().policy_arn(arn).version_id(version).send().await;
    let answer = answer.map_err(|e| Trouble::of(&e, call))?;
    let document = answer.policy_version().and_then(|version| version.document());
    let document = document.ok_or_else(|| incomplete(call, "Document"))?;
    let count = |count: Option<i32>| u32::try_from(count?).ok();
    Ok(ManagedDetail {
        version: Some(version.to_owned()),
        attachments: policy.policy().and_then(|policy| count(policy.attachment_count)),
        boundaries: policy
            .policy()
            .and_then(|policy| count(policy.permissions_boundary_usage_count)),
        document: DocumentText::from_api(document.to_owned(), call),
    })
}

/// An answer without something that it always has.
pub(super) fn incomplete(call: &'static str, what: &str) -> Trouble {
    Trouble::Refused {
        call,
        code: "incomplete answer".to_owned(),
        message: format!("it has no `{what}`"),
    }
}
