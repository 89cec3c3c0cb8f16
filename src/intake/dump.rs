//! Documents of an account dump: of every role, user and group the inline ones, of every role its
//! trust policy, of every managed policy the version in force. Each stands here once, whoever uses it.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use super::Search;
use super::found::{Attachment, Holder};
use crate::iam::PolicyKind;
use crate::syntax::{Json, JsonValue};
use std::collections::BTreeSet;

/// Whether it is a page of `get-account-authorization-details`, or an answer about one role, user or
/// group.
pub(super) fn is_dump(value: &Json<'_>) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
    let is_holder = |key: &str| value.get(key).is_some_and(|holder| holder.get("Arn").is_some());
    has(&["UserDetailList", "RoleDetailList", "GroupDetailList"])
        || has(&["RoleName", "UserName", "GroupName"])
        || ["Role", "User", "Group"].iter().any(|key| is_holder(key))
        || value.get("Policies").is_some_and(|policies| {
            policies.items().iter().any(|policy| policy.get("PolicyVersionList").is_some())
        })
}

impl<'t> Search<'t> {
    /// A page, or an answer about one role or user.
    pub(super) fn dump(&mut self, value: &'t Json<'t>) {
        let uses = Uses::of(value);
        self.more_follows =
            matches!(value.get("IsTruncated"), Some(Json { value: JsonValue::Bool(true), .. }))
                || value.get("NextToken").is_some_and(|token| token.text().is_some());
        let lists = [
            ("UserDetailList", Some(Holder::User)),
            ("RoleDetailList", Some(Holder::Role)),
            ("GroupDetailList", Some(Holder::Group)),
            ("Policies", None),
        ];
        for (key, holder) in lists {
            for item in self.list(value, key, "") {
                match holder {
                    Some(holder) => self.holder(item, holder),
                    None => self.managed(item, &uses),
                }
            }
        }
        for (key, holder) in
            [("User", Holder::User), ("Role", Holder::Role), ("Group", Holder::Group)]
        {
            if let Some(item) = value.get(key) {
                self.holder(item, holder);
            }
        }
        for (key, holder) in
            [("UserName", Holder::User), ("RoleName", Holder::Role), ("GroupName", Holder::Group)]
        {
            if value.get(key).is_some() {
                self.holder(value, holder);
                break;
            }
        }
    }

    /// A role, user or group with its inline policies.
    fn holder(&mut self, item: &'t Json<'t>, holder: Holder) {
        let (name_key, policies_key) = match holder {
            Holder::User => ("UserName", "UserPolicyList"),
            Holder::Role => ("RoleName", "RolePolicyList"),
            Holder::Group => ("GroupName", "GroupPolicyList"),
        };
        let name = item.get(name_key).and_then(Json::text).unwrap_or("?");
        let owner = item.get("Arn").and_then(Json::text);
        let name = format!("{holder}/{name}");
        if let Some(trust) = item.get("AssumeRolePolicyDocument") {
            let candidate = self.document(trust, format!("{name} trust"));
            candidate.kind = Some(PolicyKind::Trust);
            candidate.owner = owner.map(str::to_owned);
        }
        let apart = std::slice::from_ref(item).iter().filter(|i| i.get("PolicyDocument").is_some());
        for policy in self.list(item, policies_key, &name).iter().chain(apart) {
            let inline = policy.get("PolicyName").and_then(Json::text).unwrap_or("?");
            let name = format!("{name} inline:{inline}");
            let Some(document) = policy.get("PolicyDocument") else {
                let why = "it has no `PolicyDocument`".to_owned();
                self.not_read(name, policy.span, why, None);
                continue;
            };
            let candidate = self.document(document, name);
            candidate.kind = Some(PolicyKind::Identity);
            candidate.owner = owner.map(str::to_owned);
            candidate.attachment = Some(Attachment::Inline(holder));
        }
    }

    fn managed(&mut self, item: &'t Json<'t>, uses: &Uses<'_>) {
        let arn = item.get("Arn").and_then(Json::text);
        let name = arn.or_else(|| item.get("PolicyName")?.text()).unwrap_or("?");
        let name = format!("managed:{name}");
        let document = match version_in_force(item) {
            Ok(document) => document,
            Err(why) => {
                let help = "dump again with `aws iam get-account-authorization-details`";
                self.not_read(name, item.span, why, Some(help.to_owned()));
                return;
            }
        };
        let kind = uses.kind(item, arn);
        let candidate = self.document(document, name);
        candidate.kind = Some(kind);
        candidate.owner = arn.map(str::to_owned);
        let is_aws = arn.and_then(|arn| arn.split(':').nth(4)) == Some("aws");
        candidate.attachment =
            Some(if is_aws { Attachment::AwsManaged } else { Attachment::CustomerManaged });
    }

    /// The items of a list that may be missing; anything else in its place is said.
    fn list(&mut self, value: &'t Json<'t>, key: &str, name: &str) -> &'t [Json<'t>] {
        match value.get(key) {
            None | Some(Json { value: JsonValue::Null, .. }) => &[],
            Some(Json { value: JsonValue::Array(items), .. }) => items,
            Some(other) => {
                let why = format!("`{key}` is a list, this is {}", other.value.kind());
                let name = if name.is_empty() { key } else { name };
                self.not_read(name.to_owned(), other.span, why, None);
                &[]
            }
        }
    }
}

/// The document of a managed policy's default version.
fn version_in_force<'t>(policy: &'t Json<'t>) -> Result<&'t Json<'t>, String> {
    let versions = policy.get("PolicyVersionList").map(Json::items).unwrap_or_default();
    let default = policy.get("DefaultVersionId").and_then(Json::text);
    let in_force = |version: &&Json<'t>| match default {
        Some(id) => version.get("VersionId").and_then(Json::text) == Some(id),
        None => matches!(
            version.get("IsDefaultVersion"),
            Some(Json { value: JsonValue::Bool(true), .. })
        ),
    };
    match (versions.iter().find(in_force), default) {
        (Some(version), _) => version
            .get("Document")
            .ok_or_else(|| "its default version has no `Document`".to_owned()),
        (None, Some(id)) => Err(format!("its default version `{id}` is not in the file")),
        (None, None) => Err("none of its versions is the default".to_owned()),
    }
}

/// Which managed policies are attached, and which are boundaries.
#[derive(Default)]
struct Uses<'t> {
    attached: BTreeSet<&'t str>,
    boundaries: BTreeSet<&'t str>,
}

impl<'t> Uses<'t> {
    fn of(page: &'t Json<'t>) -> Self {
        let mut uses = Self::default();
        for list in ["UserDetailList", "RoleDetailList", "GroupDetailList"] {
            for holder in page.get(list).map(Json::items).unwrap_or_default() {
                let attached = holder.get("AttachedManagedPolicies").map(Json::items);
                let arns = attached.unwrap_or_default().iter();
                uses.attached.extend(arns.filter_map(|policy| policy.get("PolicyArn")?.text()));
                let boundary = holder.get("PermissionsBoundary");
                let arn = boundary.and_then(|b| b.get("PermissionsBoundaryArn")?.text());
                uses.boundaries.extend(arn);
            }
        }
        uses
    }

    /// A policy that is nothing but a boundary is one; every other is an identity policy. Its counts say
    /// so for the whole account, the page only for itself.
    fn kind(&self, policy: &Json<'_>, arn: Option<&str>) -> PolicyKind {
        let count = |key: &str| match policy.get(key)?.value {
            JsonValue::Number(count) => count.parse::<u32>().ok(),
            _ => None,
        };
        let counts = (count("AttachmentCount"), count("PermissionsBoundaryUsageCount"));
        let only_boundary = match (counts, arn) {
            ((Some(attached), Some(boundary)), _) => attached == 0 && boundary > 0,
            (_, Some(arn)) => self.boundaries.contains(arn) && !self.attached.contains(arn),
            _ => false,
        };
        if only_boundary { PolicyKind::PermissionsBoundary } else { PolicyKind::Identity }
    }
}
