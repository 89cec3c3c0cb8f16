//! Where a policy is kept, which decides what it is called and how it may be changed.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>

use std::fmt;

/// Where a policy is kept. Its text is what reports call the policy; nothing reads that back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyHome {
    /// An inline policy: `inline:NAME`, `group:GROUP inline:NAME`.
    Inline {
        /// Its name.
        name: String,
        /// The user's group that it is embedded in; `None`: the role or user itself.
        group: Option<String>,
    },
    /// A managed policy that is attached: `managed:ARN`, `group:GROUP managed:ARN`.
    Managed {
        /// Its ARN.
        arn: String,
        /// The user's group that it is attached to; `None`: the role or user itself.
        group: Option<String>,
    },
    /// A managed policy that is the boundary of a role or user: `boundary:ARN`.
    PermissionsBoundary {
        /// Its ARN.
        arn: String,
    },
    /// The trust policy of a role: `trust`.
    Trust,
    /// A document of its own, by the name of its file.
    File {
        /// The file.
        name: String,
    },
}

impl PolicyHome {
    /// An inline policy of the role or user itself.
    #[must_use]
    pub fn inline(name: &str) -> Self {
        Self::Inline { name: name.to_owned(), group: None }
    }

    /// Whether it is a managed policy of AWS's, which nobody else can change.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        match self {
            // AWS: the policies that AWS manages have the account `aws`:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
            Self::Managed { arn, .. } | Self::PermissionsBoundary { arn } => {
                arn.split(':').nth(4) == Some("aws")
            }
            Self::Inline { .. } | Self::Trust | Self::File { .. } => false,
        }
    }
}

impl fmt::Display for PolicyHome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Inline { group: Some(group), .. } | Self::Managed { group: Some(group), .. } =
            self
        {
            write!(f, "group:{group} ")?;
        }
        match self {
            Self::Inline { name, .. } => write!(f, "inline:{name}"),
            Self::Managed { arn, .. } => write!(f, "managed:{arn}"),
            Self::PermissionsBoundary { arn } => write!(f, "boundary:{arn}"),
            Self::Trust => f.write_str("trust"),
            Self::File { name } => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PolicyHome;

    #[test]
    fn what_reports_call_a_policy() {
        let arn = || "arn:aws:iam::111122223333:policy/team/own".to_owned();
        let group = || Some("devs".to_owned());
        for (home, text) in [
            (PolicyHome::inline("x"), "inline:x"),
            (PolicyHome::Inline { name: "x".to_owned(), group: group() }, "group:devs inline:x"),
            (
                PolicyHome::Managed { arn: arn(), group: None },
                "managed:arn:aws:iam::111122223333:policy/team/own",
            ),
            (
                PolicyHome::Managed { arn: arn(), group: group() },
                "group:devs managed:arn:aws:iam::111122223333:policy/team/own",
            ),
            (
                PolicyHome::PermissionsBoundary { arn: arn() },
                "boundary:arn:aws:iam::111122223333:policy/team/own",
            ),
            (PolicyHome::Trust, "trust"),
            (PolicyHome::File { name: "policies/a.json".to_owned() }, "policies/a.json"),
        ] {
            assert_eq!(home.to_string(), text);
        }
    }

    #[test]
    fn what_aws_manages() {
        let managed = |arn: &str| PolicyHome::Managed { arn: arn.to_owned(), group: None };
        assert!(managed("arn:aws-cn:iam::aws:policy/AmazonS3FullAccess").is_aws_managed());
        assert!(!managed("arn:aws:iam::111122223333:policy/aws").is_aws_managed());
        let boundary = "arn:aws:iam::aws:policy/PowerUserAccess".to_owned();
        assert!(PolicyHome::PermissionsBoundary { arn: boundary.clone() }.is_aws_managed());
        assert!(!PolicyHome::File { name: boundary }.is_aws_managed());
    }
}
