//! Details to a dump: the same shape that `get-account-authorization-details` has, with decoded
//! documents, so that other tools read it too.

use crate::account::PrincipalKind;
use crate::account::detail::{AttachedPolicies, Details, DocumentText, PrincipalDetail};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The dump as JSON, ending in a line break.
pub(in crate::account) fn write(details: &Details<'_>) -> String {
    let of_kind = |kind| details.principals.iter().filter(move |p| p.kind == kind);
    let groups = details.groups.iter().map(|(name, policies)| Group {
        group_name: name,
        group_policy_list: inline(policies),
        attached_managed_policies: attached(policies),
    });
    let managed = details.managed.iter().filter_map(|(arn, read)| {
        let managed = read.as_ref().ok()?;
        let version_id = managed.version.as_deref().unwrap_or("v1");
        Some(Managed {
            policy_name: last_part(arn),
            arn,
            default_version_id: version_id,
            attachment_count: managed.attachments,
            permissions_boundary_usage_count: managed.boundaries,
            policy_version_list: [Version {
                document: Document(&managed.document),
                version_id,
                is_default_version: true,
            }],
        })
    });
    let dump = Dump {
        user_detail_list: of_kind(PrincipalKind::User).map(user).collect(),
        group_detail_list: groups.collect(),
        role_detail_list: of_kind(PrincipalKind::Role).map(role).collect(),
        policies: managed.collect(),
        is_truncated: false,
    };
    // Writing to memory what has string keys only cannot fail.
    let mut text = serde_json::to_string_pretty(&dump).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dump<'a> {
    user_detail_list: Vec<User<'a>>,
    group_detail_list: Vec<Group<'a>>,
    role_detail_list: Vec<Role<'a>>,
    policies: Vec<Managed<'a>>,
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct User<'a> {
    path: &'a str,
    user_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    arn: &'a str,
    user_policy_list: Vec<Inline<'a>>,
    group_list: &'a [String],
    attached_managed_policies: Vec<Attached<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<Boundary<'a>>,
    tags: Vec<Tag<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Role<'a> {
    path: &'a str,
    role_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_id: Option<&'a str>,
    arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    assume_role_policy_document: Option<Document<'a>>,
    role_policy_list: Vec<Inline<'a>>,
    attached_managed_policies: Vec<Attached<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary: Option<Boundary<'a>>,
    tags: Vec<Tag<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Group<'a> {
    group_name: &'a str,
    group_policy_list: Vec<Inline<'a>>,
    attached_managed_policies: Vec<Attached<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Managed<'a> {
    policy_name: &'a str,
    arn: &'a str,
    default_version_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions_boundary_usage_count: Option<u32>,
    policy_version_list: [Version<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Version<'a> {
    document: Document<'a>,
    version_id: &'a str,
    is_default_version: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inline<'a> {
    policy_name: &'a str,
    policy_document: Document<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attached<'a> {
    policy_name: &'a str,
    policy_arn: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary<'a> {
    permissions_boundary_type: &'a str,
    permissions_boundary_arn: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag<'a> {
    key: &'a str,
    value: &'a str,
}

/// A document as it was, not as we read it: JSON where it is JSON, a string where it is not.
struct Document<'a>(&'a DocumentText<'a>);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.decoded().unwrap_or_default().into_owned();
        match RawValue::from_string(text.clone()) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => text.serialize(serializer),
        }
    }
}

fn user<'a>(detail: &'a PrincipalDetail<'_>) -> User<'a> {
    User {
        path: &detail.path,
        user_name: &detail.name,
        user_id: detail.id.as_deref(),
        arn: &detail.arn,
        user_policy_list: inline(&detail.policies),
        group_list: &detail.groups,
        attached_managed_policies: attached(&detail.policies),
        permissions_boundary: boundary(detail),
        tags: tags(detail),
    }
}

fn role<'a>(detail: &'a PrincipalDetail<'_>) -> Role<'a> {
    Role {
        path: &detail.path,
        role_name: &detail.name,
        role_id: detail.id.as_deref(),
        arn: &detail.arn,
        assume_role_policy_document: detail.trust.as_ref().map(Document),
        role_policy_list: inline(&detail.policies),
        attached_managed_policies: attached(&detail.policies),
        permissions_boundary: boundary(detail),
        tags: tags(detail),
    }
}

fn inline<'a>(policies: &'a AttachedPolicies<'_>) -> Vec<Inline<'a>> {
    let inline = policies.inline.iter();
    inline
        .map(|(name, text)| Inline { policy_name: name, policy_document: Document(text) })
        .collect()
}

fn attached<'a>(policies: &'a AttachedPolicies<'_>) -> Vec<Attached<'a>> {
    let managed = policies.managed.iter();
    managed.map(|arn| Attached { policy_name: last_part(arn), policy_arn: arn }).collect()
}

fn boundary<'a>(detail: &'a PrincipalDetail<'_>) -> Option<Boundary<'a>> {
    detail.boundary.as_ref().map(|arn| Boundary {
        permissions_boundary_type: "PermissionsBoundaryPolicy",
        permissions_boundary_arn: arn,
    })
}

fn tags<'a>(detail: &'a PrincipalDetail<'_>) -> Vec<Tag<'a>> {
    detail.tags.iter().map(|(key, value)| Tag { key, value }).collect()
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
