//! Names that AWS and Kubernetes accept, and the ARNs that stand for them.

use std::fmt;

use crate::iam::AccountId;

/// The partitions of AWS and the suffix of their endpoints.
// AWS: partitions and their DNS suffixes: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
const PARTITIONS: [(&str, &str); 8] = [
    ("aws", "amazonaws.com"),
    ("aws-cn", "amazonaws.com.cn"),
    ("aws-eusc", "amazonaws.eu"),
    ("aws-iso", "c2s.ic.gov"),
    ("aws-iso-b", "sc2s.sgov.gov"),
    ("aws-iso-e", "cloud.adc-e.uk"),
    ("aws-iso-f", "csp.hci.ic.gov"),
    ("aws-us-gov", "amazonaws.com"),
];

/// One of AWS's partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    name: &'static str,
    suffix: &'static str,
}

impl Partition {
    /// The partition of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, suffix) = PARTITIONS.into_iter().find(|(name, _)| *name == text)?;
        Some(Self { name, suffix })
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        PARTITIONS.into_iter().map(|(name, _)| name)
    }

    /// Its name in ARNs.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The suffix of its endpoints, `amazonaws.com`.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        self.suffix
    }
}

impl Default for Partition {
    fn default() -> Self {
        let (name, suffix) = PARTITIONS[0];
        Self { name, suffix }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What is wrong with a bucket's name, if anything.
// AWS: the rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
pub(super) fn bucket_problem(name: &str) -> Option<String> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inside = |c: char| edge(c) || c == '-' || c == '.';
    let address = || {
        let parts: Vec<&str> = name.split('.').collect();
        parts.len() == 4
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let problem = if name.starts_with("arn:") || name.contains("://") {
        "a bucket is given by its name, without `arn:aws:s3:::` or `s3://`"
    } else if !(3..=63).contains(&name.len()) {
        "a bucket's name has 3 to 63 characters"
    } else if !name.chars().all(inside) {
        "a bucket's name holds lower-case letters, digits, `-` and `.` only"
    } else if !name.starts_with(edge) || !name.ends_with(edge) {
        "a bucket's name begins and ends with a letter or a digit"
    } else if name.contains("..") {
        "a bucket's name has no two dots in a row"
    } else if address() {
        "a bucket's name is not written like an IP address"
    } else if let Some(prefix) =
        ["xn--", "sthree-", "amzn-s3-demo-"].iter().find(|p| name.starts_with(**p))
    {
        return Some(format!("a bucket's name does not begin with `{prefix}`"));
    } else if let Some(suffix) = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
        .iter()
        .find(|s| name.ends_with(**s))
    {
        return Some(format!("a general purpose bucket's name does not end with `{suffix}`"));
    } else {
        return None;
    };
    Some(problem.to_owned())
}

/// Whether `text` has the form of a region: `eu-west-1`, `us-gov-west-1`.
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, words)) => {
            words.len() >= 2
                && words.iter().all(word)
                && !number.is_empty()
                && number.len() <= 2
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        None => false,
    }
}

/// The partition that a region's name tells, where it does.
pub(super) fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("eusc") => "aws-eusc",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("us-isob-") => "aws-iso-b",
        _ if region.starts_with("us-isof-") => "aws-iso-f",
        _ if region.starts_with("us-iso-") => "aws-iso",
        _ if region.starts_with("eu-isoe-") => "aws-iso-e",
        _ => "aws",
    }
}

/// Whether `text` is a DNS label, as Kubernetes wants for a namespace.
pub(super) fn is_label(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&text.len())
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text.chars().all(|c| edge(c) || c == '-')
}

/// A Kubernetes service account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl ServiceAccount {
    /// Reads `namespace/name`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (namespace, name) = text.split_once('/')?;
        let named = name.len() <= 253 && name.split('.').all(is_label);
        (is_label(namespace) && named)
            .then(|| Self { namespace: namespace.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What kind of principal a role of the estate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleKind {
    /// A role, which somebody assumes.
    Role,
    /// A user with static keys.
    User,
}

/// A role or a user, by name; the account may be unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleRef {
    /// Role or user.
    pub kind: RoleKind,
    /// The name, without path.
    pub name: String,
    /// The path: `/` or `/team/`.
    pub path: String,
    /// The account it lives in, where it is known.
    pub account: Option<AccountId>,
    /// The partition it lives in.
    pub partition: Partition,
}

impl RoleRef {
    /// Reads a name, `user/NAME` or an ARN; a name lives in the estate's account and partition.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(
        text: &str,
        account: Option<AccountId>,
        partition: Partition,
    ) -> Result<Self, String> {
        let mut found = Self {
            kind: RoleKind::Role,
            name: String::new(),
            path: "/".to_owned(),
            account,
            partition,
        };
        let mut rest = text;
        if text.starts_with("arn:") {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            let [_, partition, "iam", "", account, resource] = parts.as_slice() else {
                return Err("is not the ARN of a role or a user".to_owned());
            };
            found.partition = Partition::parse(partition).ok_or("has an unknown partition")?;
            found.account = Some(AccountId::parse(account).map_err(|e| e.to_string())?);
            rest = resource
                .strip_prefix("role/")
                .or_else(|| resource.strip_prefix("user/"))
                .unwrap_or_default();
            if resource.starts_with("user/") {
                found.kind = RoleKind::User;
            }
        } else if let Some(user) = text.strip_prefix("user/") {
            found.kind = RoleKind::User;
            rest = user;
        }
        if let Some((path, name)) = rest.rsplit_once('/') {
            found.path = format!("/{path}/");
            rest = name;
        }
        // AWS: names and paths: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        let named = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        if rest.is_empty() || rest.len() > 64 || !rest.chars().all(named) {
            return Err("is not a name: 1 to 64 letters, digits and `+=,.@_-`".to_owned());
        }
        let path_ok = found.path.chars().all(|c| c.is_ascii_graphic()) && found.path.len() <= 512;
        if !path_ok || found.path.contains("//") {
            return Err("has a path that IAM does not accept".to_owned());
        }
        found.name = rest.to_owned();
        Ok(found)
    }

    /// Its ARN, where the account is known.
    #[must_use]
    pub fn arn(&self) -> Option<String> {
        let kind = if self.kind == RoleKind::User { "user" } else { "role" };
        let account = self.account?;
        Some(format!("arn:{}:iam::{account}:{kind}{}{}", self.partition, self.path, self.name))
    }
}

impl fmt::Display for RoleRef {
    /// The name, with `user/` before a user's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == RoleKind::User {
            f.write_str("user/")?;
        }
        f.write_str(&self.name)
    }
}

/// The issuer of a web identity as IAM writes it, without `https://`; `None` where it is none.
pub(super) fn issuer(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split('/').next().unwrap_or_default();
    let fine = |c: char| c.is_ascii_alphanumeric() || "-._~/:".contains(c);
    let valid =
        host.contains('.') && rest.chars().all(fine) && !rest.ends_with('/') && rest.len() <= 255;
    valid.then(|| rest.to_owned())
}

/// Partition and account of an EKS cluster's ARN.
pub(super) fn cluster_arn(arn: &str) -> Option<(Partition, AccountId)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "eks", region, account, resource] = parts.as_slice() else {
        return None;
    };
    let name = resource.strip_prefix("cluster/")?;
    let named = name.len() <= 100 && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let known = is_region(region)
        && named
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    Some((Partition::parse(partition)?, AccountId::parse(account).ok()?)).filter(|_| known)
}

/// A KMS key by its ARN. A policy cannot name a key by its alias.
// AWS: an alias cannot stand in Resource: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsKey {
    /// Its ARN.
    pub arn: String,
    /// Its region, which is the region of every bucket it encrypts.
    pub region: String,
    /// Its account.
    pub account: AccountId,
}

impl KmsKey {
    /// Reads the ARN of a key.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, "kms", region, account, resource] = parts.as_slice() else {
            return Err("is not the ARN of a KMS key".to_owned());
        };
        if resource.starts_with("alias/") || *resource == "alias" {
            return Err(
                "is an alias, which a policy cannot name; give the ARN of the key".to_owned()
            );
        }
        let id = resource.strip_prefix("key/").unwrap_or_default();
        let named = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if Partition::parse(partition).is_none() || !is_region(region) || !named {
            return Err("is not the ARN of a KMS key".to_owned());
        }
        let account = AccountId::parse(account).map_err(|e| e.to_string())?;
        Ok(Self { arn: text.to_owned(), region: (*region).to_owned(), account })
    }
}

#[cfg(test)]
mod tests;
