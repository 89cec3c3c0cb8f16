//! Where a policy lives decides how it may be changed.

use crate::account::{IamPrincipal, NamedPolicy, PolicyHome, PrincipalKind};
use std::collections::BTreeMap;

/// How an identity policy may be changed, by where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Home<'p> {
    /// In the principal itself: it is edited in place.
    Inline {
        /// Its name.
        name: &'p str,
    },
    /// A managed policy that nobody else has: it gets a new version.
    Managed {
        /// Its ARN.
        arn: &'p str,
    },
    /// A managed policy that others have, that may be another's, or that is AWS's own.
    Shared {
        /// Its ARN.
        arn: &'p str,
        /// Why it is not edited, as the end of a sentence.
        why: String,
    },
    /// Of a group of the user: other members have it too.
    Group {
        /// The group.
        group: &'p str,
        /// The ARN, where it is a managed policy.
        arn: Option<&'p str>,
        /// Its name.
        name: &'p str,
    },
    /// A file.
    File {
        /// Its name.
        name: &'p str,
    },
}

impl<'p> Home<'p> {
    /// How one of a principal's identity policies may be changed; `holders` says how many users,
    /// groups and roles have a managed policy.
    pub(super) fn of(policy: &'p NamedPolicy, holders: &BTreeMap<String, u32>) -> Self {
        match policy.home() {
            PolicyHome::Inline { name, group: None } => Self::Inline { name },
            PolicyHome::Inline { name, group: Some(group) } => {
                Self::Group { group, arn: None, name }
            }
            PolicyHome::Managed { arn, group: Some(group) } => {
                Self::Group { group, arn: Some(arn), name: last_part(arn) }
            }
            PolicyHome::Managed { arn, group: None } => {
                let why = match holders.get(arn) {
                    _ if policy.home().is_aws_managed() => "AWS keeps it".to_owned(),
                    Some(1) => return Self::Managed { arn },
                    Some(count) => format!("{count} principals have it"),
                    None => "others may have it".to_owned(),
                };
                Self::Shared { arn, why }
            }
            // The latter two are no identity policies.
            PolicyHome::File { .. }
            | PolicyHome::PermissionsBoundary { .. }
            | PolicyHome::Trust => Self::File { name: policy.name() },
        }
    }

    /// Whether edits stay with this principal.
    pub(super) const fn is_own(&self) -> bool {
        matches!(self, Self::Inline { .. } | Self::Managed { .. } | Self::File { .. })
    }

    /// The name that an inline policy in its place, or a file of it, would have.
    pub(super) fn short_name(&self) -> &'p str {
        match self {
            Self::Inline { name } | Self::Group { name, .. } => name,
            Self::Managed { arn } | Self::Shared { arn, .. } => last_part(arn),
            Self::File { name } => {
                let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
                name.strip_suffix(".json").unwrap_or(name)
            }
        }
    }
}

/// The name in an ARN.
fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Why nobody can edit a principal's policies, as a sentence; `None` where its owner can.
pub(super) fn out_of_reach(principal: &IamPrincipal) -> Option<String> {
    // AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    if principal.is_service_linked() {
        return Some("it is a service-linked role: only its service changes it".to_owned());
    }
    // AWS: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
    if principal.kind == PrincipalKind::Role && principal.path.starts_with("/aws-reserved/") {
        return Some(
            "IAM Identity Center keeps the role: change the permission set that it is made from"
                .to_owned(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Home;
    use crate::account::{NamedPolicy, PolicyHome, loose};
    use crate::iam::PolicyKind;
    use crate::source::Source;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn kept_in(home: PolicyHome) -> NamedPolicy {
        let source = Source::new("", r#"{"Version":"2012-10-17","Statement":[]}"#);
        loose::policy(&Arc::new(source), PolicyKind::Identity).unwrap().kept_in(home)
    }

    #[test]
    fn where_policies_live() {
        let own = "arn:aws:iam::111122223333:policy/team/own";
        let shared = "arn:aws:iam::111122223333:policy/shared";
        let holders = BTreeMap::from([(own.to_owned(), 1), (shared.to_owned(), 3)]);
        let unknown = "arn:aws:iam::111122223333:policy/unknown";
        let aws = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
        let inline = |group: Option<&str>| PolicyHome::Inline {
            name: "x".to_owned(),
            group: group.map(str::to_owned),
        };
        let managed = |arn: &str, group: Option<&str>| PolicyHome::Managed {
            arn: arn.to_owned(),
            group: group.map(str::to_owned),
        };
        let file = |name: &str| PolicyHome::File { name: name.to_owned() };
        let others = |arn, why: &str| Home::Shared { arn, why: why.to_owned() };
        for (kept, home, short, is_own) in [
            (inline(None), Home::Inline { name: "x" }, "x", true),
            (managed(own, None), Home::Managed { arn: own }, "own", true),
            (managed(shared, None), others(shared, "3 principals have it"), "shared", false),
            (managed(unknown, None), others(unknown, "others may have it"), "unknown", false),
            (managed(aws, None), others(aws, "AWS keeps it"), "AmazonS3FullAccess", false),
            (
                managed(own, Some("devs")),
                Home::Group { group: "devs", arn: Some(own), name: "own" },
                "own",
                false,
            ),
            (inline(Some("devs")), Home::Group { group: "devs", arn: None, name: "x" }, "x", false),
            (file("policies/a.json"), Home::File { name: "policies/a.json" }, "a", true),
            // A file's name says nothing about where a policy is kept.
            (file("inline:x"), Home::File { name: "inline:x" }, "inline:x", true),
        ] {
            let policy = kept_in(kept);
            let found = Home::of(&policy, &holders);
            assert_eq!(found, home);
            assert_eq!((found.short_name(), found.is_own()), (short, is_own), "{home:?}");
        }
    }
}
