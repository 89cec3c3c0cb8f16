//! Where a policy lives decides how it may be changed.

use crate::account::{IamPrincipal, NamedPolicy, PrincipalKind};
use std::collections::BTreeMap;

/// Where an identity policy is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// In the principal itself: it is edited in place.
    Inline {
        /// Its name.
        name: String,
    },
    /// A managed policy that nobody else has: it gets a new version.
    Managed {
        /// Its ARN.
        arn: String,
    },
    /// A managed policy that others have, that may be another's, or that is AWS's own.
    Shared {
        /// Its ARN.
        arn: String,
        /// Why it is not edited, as the end of a sentence.
        why: String,
    },
    /// Of a group of the user: other members have it too.
    Group {
        /// The group.
        group: String,
        /// The ARN, where it is a managed policy.
        arn: Option<String>,
        /// Its name.
        name: String,
    },
    /// A file.
    File {
        /// Its name.
        name: String,
    },
}

impl Home {
    /// Where one of a principal's identity policies is kept; `holders` says how many users, groups
    /// and roles have a managed policy.
    pub(super) fn of(policy: &NamedPolicy, holders: &BTreeMap<String, u32>) -> Self {
        let name = policy.name.as_str();
        if let Some(rest) = name.strip_prefix("group:") {
            let (group, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let arn = rest.strip_prefix("managed:").map(str::to_owned);
            let name = rest.strip_prefix("inline:").unwrap_or_else(|| last_part(rest)).to_owned();
            return Self::Group { group: group.to_owned(), arn, name };
        }
        if let Some(name) = name.strip_prefix("inline:") {
            return Self::Inline { name: name.to_owned() };
        }
        let Some(arn) = name.strip_prefix("managed:") else {
            return Self::File { name: name.to_owned() };
        };
        let arn = arn.to_owned();
        // AWS: the policies that AWS manages have the account `aws`:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
        if arn.split(':').nth(4) == Some("aws") {
            return Self::Shared { arn, why: "AWS keeps it".to_owned() };
        }
        match holders.get(&arn) {
            Some(1) => Self::Managed { arn },
            Some(count) => Self::Shared { arn, why: format!("{count} principals have it") },
            None => Self::Shared { arn, why: "others may have it".to_owned() },
        }
    }

    /// Whether edits stay with this principal.
    pub(super) const fn is_own(&self) -> bool {
        matches!(self, Self::Inline { .. } | Self::Managed { .. } | Self::File { .. })
    }

    /// The name that an inline policy in its place, or a file of it, would have.
    pub(super) fn short_name(&self) -> &str {
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
    use crate::account::loose;
    use crate::iam::PolicyKind;
    use crate::source::Source;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    #[test]
    fn where_policies_live() {
        let own = "arn:aws:iam::111122223333:policy/team/own";
        let shared = "arn:aws:iam::111122223333:policy/shared";
        let holders = BTreeMap::from([(own.to_owned(), 1), (shared.to_owned(), 3)]);
        let home = |name: String| {
            let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
            let source = Arc::new(Source::new(name, text));
            Home::of(&loose::policy(&source, PolicyKind::Identity).unwrap(), &holders)
        };
        assert_eq!(home("inline:x".to_owned()), Home::Inline { name: "x".to_owned() });
        assert_eq!(home(format!("managed:{own}")), Home::Managed { arn: own.to_owned() });
        for (arn, why) in [
            (shared, "3 principals have it"),
            ("arn:aws:iam::111122223333:policy/unknown", "others may have it"),
            ("arn:aws:iam::aws:policy/AmazonS3FullAccess", "AWS keeps it"),
        ] {
            let home = home(format!("managed:{arn}"));
            assert_eq!(home, Home::Shared { arn: arn.to_owned(), why: why.to_owned() });
            assert!(!home.is_own());
        }
        let group = home(format!("group:devs managed:{own}"));
        assert_eq!(group.short_name(), "own");
        assert_eq!(home("group:devs inline:x".to_owned()).short_name(), "x");
        assert_eq!(home("policies/a.json".to_owned()).short_name(), "a");
    }
}
