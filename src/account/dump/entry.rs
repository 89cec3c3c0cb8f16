//! One entry of a dump: a role, user, group or managed policy.

use super::Reader;
use super::shape::{Entry, Inline, Version};
use crate::account::detail::{
    AttachedPolicies, DocumentText, ManagedDetail, PrincipalDetail, span_of,
};
use crate::account::{Place, PrincipalKind};
use crate::iam::Caller;
use crate::source::{Problem, Source};
use serde_json::value::RawValue;
use std::sync::Arc;

impl<'a> Reader<'a> {
    /// A role or user. `listed` where the entry stems from a detail list: a list that is not there
    /// is then an empty one. `get-role` and `get-user` never list policies.
    pub(super) fn principal(
        &mut self,
        raw: &'a RawValue,
        source: &'a Arc<Source>,
        kind: PrincipalKind,
        listed: bool,
    ) {
        let span = span_of(source, raw.get());
        let Some(entry) = self.parse::<Entry<'a>>(raw, source) else { return };
        let (name, id, inline, name_key) = match kind {
            PrincipalKind::Role => {
                (entry.role_name, entry.role_id, entry.role_policy_list, "RoleName")
            }
            PrincipalKind::User => {
                (entry.user_name, entry.user_id, entry.user_policy_list, "UserName")
            }
        };
        let (Some(arn), Some(name)) = (entry.arn, name) else {
            let message = format!("a {kind} without `Arn` or `{name_key}`");
            self.problem(source, Problem::error(span, message).help(super::DUMP_AGAIN));
            return;
        };
        let fits = match Caller::parse(&arn) {
            Ok(Caller::Role(_)) => kind == PrincipalKind::Role,
            Ok(Caller::User(_)) => kind == PrincipalKind::User,
            _ => false,
        };
        if !fits {
            let problem = Problem::error(span, format!("`{arn}` is not the ARN of a {kind}"));
            self.problem(source, problem);
            return;
        }
        let lists_policies =
            listed || inline.is_some() || entry.attached_managed_policies.is_some();
        let detail = PrincipalDetail {
            kind,
            path: entry.path.unwrap_or_else(|| path_of(&arn, &name)),
            name,
            id,
            policies: attached(inline, entry.attached_managed_policies, source),
            groups: entry.group_list.unwrap_or_default(),
            boundary: entry.permissions_boundary.map(|b| b.permissions_boundary_arn),
            trust: entry
                .assume_role_policy_document
                .map(|document| DocumentText::from_json(document, source)),
            tags: entry.tags.into_iter().flatten().map(|tag| (tag.key, tag.value)).collect(),
            lists_policies,
            failed: None,
            place: Place::of_part(source, span),
            arn: arn.clone(),
        };
        match self.seen.get(&arn) {
            None => {
                self.seen.insert(arn.clone(), (self.details.principals.len(), raw.get()));
                self.details.names.insert(arn);
                self.details.principals.push(detail);
            }
            Some((at, before)) => {
                let Some(held) = self.details.principals.get_mut(*at) else { return };
                // `get-role` next to a dump adds nothing; a dump after `get-role` adds the rest.
                if !held.lists_policies && lists_policies {
                    *held = detail;
                } else if lists_policies && !same_json(before, raw.get()) {
                    let message = format!("`{arn}` stands in the files twice, with differences");
                    let problem = Problem::error(span, message).help("keep the newer of the two");
                    self.problem(source, problem);
                }
            }
        }
    }

    pub(super) fn group(&mut self, raw: &'a RawValue, source: &'a Arc<Source>) {
        let Some(entry) = self.parse::<Entry<'a>>(raw, source) else { return };
        let Some(name) = entry.group_name else {
            let span = span_of(source, raw.get());
            let problem = Problem::error(span, "a group without `GroupName`");
            self.problem(source, problem.help(super::DUMP_AGAIN));
            return;
        };
        let policies = attached(entry.group_policy_list, entry.attached_managed_policies, source);
        match self.details.groups.get(&name) {
            None => _ = self.details.groups.insert(name, policies),
            Some(held) if held.say_the_same(&policies) => {}
            Some(_) => {
                let span = span_of(source, raw.get());
                let message =
                    format!("the group `{name}` stands in the files twice, with differences");
                let problem = Problem::error(span, message).help("keep the newer of the two");
                self.problem(source, problem);
            }
        }
    }

    /// A managed policy, and the answer of `get-policy-version` where it came along.
    pub(super) fn managed(
        &mut self,
        raw: &'a RawValue,
        version: Option<&'a RawValue>,
        source: &'a Arc<Source>,
    ) {
        let span = span_of(source, raw.get());
        let Some(entry) = self.parse::<Entry<'a>>(raw, source) else { return };
        let Some(arn) = entry.arn else {
            let problem = Problem::error(span, "a managed policy without `Arn`");
            self.problem(source, problem.help(super::DUMP_AGAIN));
            return;
        };
        let attachments = entry.attachment_count;
        let boundaries = entry.permissions_boundary_usage_count;
        let mut versions = entry.policy_version_list.unwrap_or_default();
        if let Some(version) = version {
            let Some(version) = self.parse::<Version<'a>>(version, source) else { return };
            versions.push(version);
        }
        let found = default_version(entry.default_version_id.as_deref(), &versions)
            .map(|(version, document)| ManagedDetail {
                version: version.map(str::to_owned),
                attachments,
                boundaries,
                document: DocumentText::from_json(document, source),
            })
            .map_err(|why| (why, None));
        match self.details.managed.get(&arn) {
            Some(Ok(held)) => {
                if let Ok(found) = &found
                    && !held.document.says_the_same(&found.document)
                {
                    let message =
                        format!("the policy `{arn}` stands in the files twice, with differences");
                    let problem = Problem::error(span, message).help("keep the newer of the two");
                    self.problem(source, problem);
                }
            }
            Some(Err(_)) | None => _ = self.details.managed.insert(arn, found),
        }
    }
}

/// The version in force, and its document.
fn default_version<'v, 'a>(
    default: Option<&str>,
    versions: &'v [Version<'a>],
) -> Result<(Option<&'v str>, &'a RawValue), String> {
    let is_default = |version: &&Version<'a>| match default {
        Some(id) => version.version_id.as_deref() == Some(id),
        None => version.is_default_version,
    };
    let mut found = versions.iter().filter(is_default);
    match (found.next(), found.next()) {
        (Some(version), None) => match version.document {
            Some(document) => Ok((version.version_id.as_deref(), document)),
            None => Err("its default version has no `Document`".to_owned()),
        },
        (Some(_), Some(_)) => Err("two of its versions are the default".to_owned()),
        (None, _) => match default {
            Some(id) => Err(format!("its default version `{id}` is not in the files")),
            None => Err("none of its versions is the default".to_owned()),
        },
    }
}

fn attached<'a>(
    inline: Option<Vec<Inline<'a>>>,
    managed: Option<Vec<super::shape::Attached>>,
    source: &'a Arc<Source>,
) -> AttachedPolicies<'a> {
    let document = |policy: Inline<'a>| {
        (policy.policy_name, DocumentText::from_json(policy.policy_document, source))
    };
    AttachedPolicies {
        inline: inline.into_iter().flatten().map(document).collect(),
        managed: managed.into_iter().flatten().map(|policy| policy.policy_arn).collect(),
    }
}

/// The path inside an ARN: `/service/` of `...:role/service/app`.
fn path_of(arn: &str, name: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let from_path = resource.find('/').and_then(|at| resource.get(at..)).unwrap_or("/");
    from_path.strip_suffix(name).unwrap_or("/").to_owned()
}

fn same_json(one: &str, other: &str) -> bool {
    let value = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || value(one).is_some_and(|one| Some(one) == value(other))
}
