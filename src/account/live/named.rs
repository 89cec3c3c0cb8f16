//! A few principals, one by one, with what each of them needs and nothing else.

use super::LiveError;
use super::connect::Aws;
use super::policies::{Fetched, Page, all_pages, incomplete};
use super::trouble::Trouble;
use crate::account::detail::{AttachedPolicies, DocumentText, PrincipalDetail};
use crate::account::lookup::Wanted;
use crate::account::{NotRead, Place, PrincipalKind};
use aws_sdk_iam::types;
use std::collections::BTreeMap;

/// Asks for a page of a list and takes it apart.
macro_rules! list {
    ($call:literal, $request:expr, |$page:ident| $items:expr) => {
        all_pages($call, async |marker| {
            let $page = $request.set_marker(marker).send().await;
            let $page = $page.map_err(|e| Trouble::of(&e, $call))?;
            let (truncated, marker) = ($page.is_truncated, $page.marker);
            Ok(Page { items: $items, truncated, marker })
        })
        .await
    };
}

/// Asks for an inline policy.
macro_rules! inline {
    ($call:literal, $request:expr) => {{
        let answer = $request.send().await.map_err(|e| Trouble::of(&e, $call))?;
        DocumentText::from_api(answer.policy_document, $call)
    }};
}

pub(super) async fn read(aws: &Aws, names: &[String]) -> Result<Fetched, LiveError> {
    let mut fetched = Fetched::default();
    for name in names {
        let wanted = Wanted::parse(name);
        let short = wanted.name.rsplit('/').next().unwrap_or_default();
        let found = match wanted.kind {
            PrincipalKind::Role => role(aws, short).await,
            PrincipalKind::User => user(aws, short).await,
        };
        let mut detail = match found {
            Ok(detail) => detail,
            // Not among the names then, which is said in one place for every reader.
            Err(Trouble::Missing) => continue,
            Err(trouble) if trouble.is_fatal() => return Err(trouble.fatal(&aws.endpoint)),
            Err(trouble) => {
                let why = trouble.why(&aws.caller);
                fetched.refused.push(NotRead { arn: name.clone(), why, help: trouble.help() });
                continue;
            }
        };
        if !fetched.found.names.insert(detail.arn.clone()) {
            continue;
        }
        let policies = match wanted.kind {
            PrincipalKind::Role => role_policies(aws, short).await,
            PrincipalKind::User => user_policies(aws, short, &mut detail, &mut fetched).await,
        };
        match policies {
            Ok(policies) => detail.policies = policies,
            Err(trouble) if trouble.is_fatal() => return Err(trouble.fatal(&aws.endpoint)),
            Err(trouble) => detail.failed = Some((trouble.why(&aws.caller), trouble.help())),
        }
        fetched.found.principals.push(detail);
    }
    Ok(fetched)
}

async fn role(aws: &Aws, name: &str) -> Result<PrincipalDetail<'static>, Trouble> {
    const CALL: &str = "iam:GetRole";
    let answer = aws.iam.get_role().role_name(name).send().await;
    let role = answer.map_err(|e| Trouble::of(&e, CALL))?.role;
    let role = role.ok_or_else(|| incomplete(CALL, "Role"))?;
    Ok(PrincipalDetail {
        arn: role.arn,
        kind: PrincipalKind::Role,
        path: role.path,
        name: role.role_name,
        id: Some(role.role_id),
        policies: AttachedPolicies::default(),
        groups: Vec::new(),
        boundary: boundary(role.permissions_boundary, CALL)?,
        trust: role
            .assume_role_policy_document
            .map(|document| DocumentText::from_api(document, CALL)),
        tags: tags(role.tags),
        lists_policies: true,
        failed: None,
        place: Place::Api(CALL),
    })
}

async fn role_policies(aws: &Aws, role: &str) -> Result<AttachedPolicies<'static>, Trouble> {
    let iam = &aws.iam;
    let mut policies = AttachedPolicies::default();
    for name in
        list!("iam:ListRolePolicies", iam.list_role_policies().role_name(role), |page| page
            .policy_names)?
    {
        let request = iam.get_role_policy().role_name(role).policy_name(&name);
        policies.inline.push((name, inline!("iam:GetRolePolicy", request)));
    }
    policies.managed = arns(
        list!(
            "iam:ListAttachedRolePolicies",
            iam.list_attached_role_policies().role_name(role),
            |page| page.attached_policies.unwrap_or_default()
        )?,
        "iam:ListAttachedRolePolicies",
    )?;
    Ok(policies)
}

async fn user(aws: &Aws, name: &str) -> Result<PrincipalDetail<'static>, Trouble> {
    const CALL: &str = "iam:GetUser";
    let answer = aws.iam.get_user().user_name(name).send().await;
    let user = answer.map_err(|e| Trouble::of(&e, CALL))?.user;
    let user = user.ok_or_else(|| incomplete(CALL, "User"))?;
    Ok(PrincipalDetail {
        arn: user.arn,
        kind: PrincipalKind::User,
        path: user.path,
        name: user.user_name,
        id: Some(user.user_id),
        policies: AttachedPolicies::default(),
        groups: Vec::new(),
        boundary: boundary(user.permissions_boundary, CALL)?,
        trust: None,
        tags: tags(user.tags),
        lists_policies: true,
        failed: None,
        place: Place::Api(CALL),
    })
}

async fn user_policies(
    aws: &Aws,
    user: &str,
    detail: &mut PrincipalDetail<'static>,
    fetched: &mut Fetched,
) -> Result<AttachedPolicies<'static>, Trouble> {
    let iam = &aws.iam;
    let mut policies = AttachedPolicies::default();
    for name in
        list!("iam:ListUserPolicies", iam.list_user_policies().user_name(user), |page| page
            .policy_names)?
    {
        let request = iam.get_user_policy().user_name(user).policy_name(&name);
        policies.inline.push((name, inline!("iam:GetUserPolicy", request)));
    }
    policies.managed = arns(
        list!(
            "iam:ListAttachedUserPolicies",
            iam.list_attached_user_policies().user_name(user),
            |page| page.attached_policies.unwrap_or_default()
        )?,
        "iam:ListAttachedUserPolicies",
    )?;
    let groups =
        list!("iam:ListGroupsForUser", iam.list_groups_for_user().user_name(user), |page| page
            .groups)?;
    for group in groups {
        let name = group.group_name;
        if !fetched.found.groups.contains_key(&name) {
            let policies = group_policies(aws, &name).await?;
            fetched.found.groups.insert(name.clone(), policies);
        }
        detail.groups.push(name);
    }
    Ok(policies)
}

async fn group_policies(aws: &Aws, group: &str) -> Result<AttachedPolicies<'static>, Trouble> {
    let iam = &aws.iam;
    let mut policies = AttachedPolicies::default();
    for name in
        list!("iam:ListGroupPolicies", iam.list_group_policies().group_name(group), |page| page
            .policy_names)?
    {
        let request = iam.get_group_policy().group_name(group).policy_name(&name);
        policies.inline.push((name, inline!("iam:GetGroupPolicy", request)));
    }
    policies.managed = arns(
        list!(
            "iam:ListAttachedGroupPolicies",
            iam.list_attached_group_policies().group_name(group),
            |page| page.attached_policies.unwrap_or_default()
        )?,
        "iam:ListAttachedGroupPolicies",
    )?;
    Ok(policies)
}

/// The ARNs of attached policies: one that has none would be left out in silence.
pub(super) fn arns(
    policies: impl IntoIterator<Item = types::AttachedPolicy>,
    call: &'static str,
) -> Result<Vec<String>, Trouble> {
    let arn = |policy: types::AttachedPolicy| policy.policy_arn;
    policies
        .into_iter()
        .map(|policy| arn(policy).ok_or_else(|| incomplete(call, "PolicyArn")))
        .collect()
}

/// The ARN of a permissions boundary, if there is one.
pub(super) fn boundary(
    boundary: Option<types::AttachedPermissionsBoundary>,
    call: &'static str,
) -> Result<Option<String>, Trouble> {
    let arn = |one: types::AttachedPermissionsBoundary| one.permissions_boundary_arn;
    boundary
        .map(|one| arn(one).ok_or_else(|| incomplete(call, "PermissionsBoundaryArn")))
        .transpose()
}

pub(super) fn tags(tags: Option<Vec<types::Tag>>) -> BTreeMap<String, String> {
    tags.into_iter().flatten().map(|tag| (tag.key, tag.value)).collect()
}
