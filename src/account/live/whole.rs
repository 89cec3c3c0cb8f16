//! A whole account: `GetAccountAuthorizationDetails`.

use super::LiveError;
use super::connect::Aws;
use super::named::{arns, boundary};
use super::policies::{Fetched, Page, all_pages, incomplete};
use super::trouble::Trouble;
use crate::account::detail::{
    AttachedPolicies, Details, DocumentText, ManagedDetail, PrincipalDetail,
};
use crate::account::{Place, PrincipalKind};
use aws_sdk_iam::types;

const CALL: &str = "iam:GetAccountAuthorizationDetails";

pub(super) async fn read(aws: &Aws) -> Result<Fetched, LiveError> {
    let pages = all_pages(CALL, async |marker| {
        let request = aws.iam.get_account_authorization_details().max_items(1000);
        let page = request.set_marker(marker).send().await.map_err(|e| Trouble::of(&e, CALL))?;
        let (truncated, marker) = (page.is_truncated, page.marker.clone());
        Ok(Page { items: vec![page], truncated, marker })
    });
    let pages = pages.await.map_err(|trouble| trouble.fatal(&aws.endpoint))?;
    let mut found = Details::default();
    let take = || -> Result<(), Trouble> {
        for page in pages {
            for role in page.role_detail_list.into_iter().flatten() {
                push(&mut found, role_detail(role)?);
            }
            for user in page.user_detail_list.into_iter().flatten() {
                push(&mut found, user_detail(user)?);
            }
            for group in page.group_detail_list.into_iter().flatten() {
                let name = group.group_name.ok_or_else(|| incomplete(CALL, "GroupName"))?;
                let policies = attached(group.group_policy_list, group.attached_managed_policies);
                found.groups.insert(name, policies?);
            }
            for policy in page.policies.into_iter().flatten() {
                let arn = policy.arn.ok_or_else(|| incomplete(CALL, "Arn"))?;
                let default = policy.default_version_id;
                let versions = policy.policy_version_list.into_iter().flatten();
                let in_force = versions.into_iter().find(|version| match &default {
                    Some(id) => version.version_id.as_ref() == Some(id),
                    None => version.is_default_version,
                });
                // Without its document, the policy is fetched like those that the answer lacks.
                let Some(version) = in_force else { continue };
                if let Some(document) = version.document {
                    let document = DocumentText::from_api(document, CALL);
                    let count = |count: Option<i32>| u32::try_from(count?).ok();
                    let managed = ManagedDetail {
                        version: version.version_id,
                        attachments: count(policy.attachment_count),
                        boundaries: count(policy.permissions_boundary_usage_count),
                        document,
                    };
                    found.managed.insert(arn, Ok(managed));
                }
            }
        }
        Ok(())
    };
    take().map_err(|trouble| trouble.fatal(&aws.endpoint))?;
    Ok(Fetched { found, refused: Vec::new() })
}

fn push(found: &mut Details<'static>, detail: PrincipalDetail<'static>) {
    if found.names.insert(detail.arn.clone()) {
        found.principals.push(detail);
    }
}

fn role_detail(role: types::RoleDetail) -> Result<PrincipalDetail<'static>, Trouble> {
    Ok(PrincipalDetail {
        arn: role.arn.ok_or_else(|| incomplete(CALL, "Arn"))?,
        kind: PrincipalKind::Role,
        path: role.path.unwrap_or_else(|| "/".to_owned()),
        name: role.role_name.ok_or_else(|| incomplete(CALL, "RoleName"))?,
        id: role.role_id,
        policies: attached(role.role_policy_list, role.attached_managed_policies)?,
        groups: Vec::new(),
        boundary: boundary(role.permissions_boundary, CALL)?,
        trust: role
            .assume_role_policy_document
            .map(|document| DocumentText::from_api(document, CALL)),
        tags: super::named::tags(role.tags),
        lists_policies: true,
        failed: None,
        place: Place::Api(CALL),
    })
}

fn user_detail(user: types::UserDetail) -> Result<PrincipalDetail<'static>, Trouble> {
    Ok(PrincipalDetail {
        arn: user.arn.ok_or_else(|| incomplete(CALL, "Arn"))?,
        kind: PrincipalKind::User,
        path: user.path.unwrap_or_else(|| "/".to_owned()),
        name: user.user_name.ok_or_else(|| incomplete(CALL, "UserName"))?,
        id: user.user_id,
        policies: attached(user.user_policy_list, user.attached_managed_policies)?,
        groups: user.group_list.unwrap_or_default(),
        boundary: boundary(user.permissions_boundary, CALL)?,
        trust: None,
        tags: super::named::tags(user.tags),
        lists_policies: true,
        failed: None,
        place: Place::Api(CALL),
    })
}

fn attached(
    inline: Option<Vec<types::PolicyDetail>>,
    managed: Option<Vec<types::AttachedPolicy>>,
) -> Result<AttachedPolicies<'static>, Trouble> {
    let mut policies = AttachedPolicies::default();
    for policy in inline.into_iter().flatten() {
        let name = policy.policy_name.ok_or_else(|| incomplete(CALL, "PolicyName"))?;
        let document = policy.policy_document.ok_or_else(|| incomplete(CALL, "PolicyDocument"))?;
        policies.inline.push((name, DocumentText::from_api(document, CALL)));
    }
    policies.managed = arns(managed.into_iter().flatten(), CALL)?;
    Ok(policies)
}
