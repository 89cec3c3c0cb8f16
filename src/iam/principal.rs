//! Principals: the patterns that policies name, and the callers of requests.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::fmt;

/// A 12-digit account id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId([u8; 12]);

/// Why a text is no account id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an AWS account id is 12 digits")]
pub struct AccountIdError;

impl AccountId {
    /// Reads 12 digits.
    ///
    /// # Errors
    /// Where the text is anything else.
    pub fn parse(text: &str) -> Result<Self, AccountIdError> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| AccountIdError)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(AccountIdError) }
    }

    /// The digits.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// One entry of a `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalPattern {
    /// `"*"` or `{"AWS": "*"}`: everyone, also anonymous callers.
    Anyone,
    /// An account: its id, or the ARN of its root.
    Account {
        /// Whose.
        account: AccountId,
        /// As written, to be written back.
        text: Box<str>,
    },
    /// A user, role, role session or federated user, by its exact ARN.
    Arn(Box<str>),
    /// The unique id that IAM leaves in place of a deleted user or role: it matches nobody.
    Deleted(Box<str>),
    /// An AWS service: `ec2.amazonaws.com`.
    Service(Box<str>),
    /// An identity provider: an OIDC or SAML provider's ARN, or a well-known host.
    Federated(Box<str>),
    /// An S3 canonical user id.
    CanonicalUser(Box<str>),
}

impl PrincipalPattern {
    /// Reads an entry under the key `AWS`.
    ///
    /// # Errors
    /// Says what is wrong: a partial wildcard, a group, or no principal at all.
    pub fn parse_aws(text: &str) -> Result<Self, &'static str> {
        if text == "*" {
            return Ok(Self::Anyone);
        }
        if let Ok(account) = AccountId::parse(text) {
            return Ok(Self::Account { account, text: text.into() });
        }
        if text.contains(['*', '?']) {
            return Err("a principal holds no wildcard; only `*` alone stands for everyone");
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        match fields.as_slice() {
            ["arn", _, "iam", "", account, "root"] => match AccountId::parse(account) {
                Ok(account) => Ok(Self::Account { account, text: text.into() }),
                Err(_) => Err("the account of a principal is 12 digits"),
            },
            ["arn", _, "iam", "", _, name] if name.starts_with("group/") => {
                Err("a group cannot be a principal; name its users or roles")
            }
            ["arn", _, "iam" | "sts", "", _, name] if name.contains('/') => {
                Ok(Self::Arn(text.into()))
            }
            [id] if is_unique_id(id) => Ok(Self::Deleted(text.into())),
            _ => Err(
                "a principal is an account id, the ARN of an account's root, user, role or session, or `*`",
            ),
        }
    }

    /// The key that the entry stands under; `None` for everyone.
    #[must_use]
    pub const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Anyone => None,
            Self::Account { .. } | Self::Arn(_) | Self::Deleted(_) => Some("AWS"),
            Self::Service(_) => Some("Service"),
            Self::Federated(_) => Some("Federated"),
            Self::CanonicalUser(_) => Some("CanonicalUser"),
        }
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Anyone => "*",
            Self::Account { text, .. }
            | Self::Arn(text)
            | Self::Deleted(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text) => text,
        }
    }
}

/// `AROA...`, `AIDA...` and their like.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
fn is_unique_id(text: &str) -> bool {
    text.len() >= 16
        && text.starts_with('A')
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Caller {
    /// The root user of an account, by ARN.
    Root(Box<str>),
    /// An IAM user, by ARN.
    User(Box<str>),
    /// A role as such, by ARN: some session of it.
    Role(Box<str>),
    /// One session of a role: `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`.
    Session(Box<str>),
    /// A user's federated session: `arn:aws:sts::ACCOUNT:federated-user/NAME`.
    FederatedUser(Box<str>),
    /// Someone whom an identity provider vouches for, before a role is assumed.
    WebIdentity(Box<str>),
    /// An AWS service.
    Service(Box<str>),
    /// Nobody signed the request.
    Anonymous,
}

impl Caller {
    /// Reads an ARN, a service's host name, an identity provider's ARN or host, or `*` for an
    /// anonymous caller.
    ///
    /// # Errors
    /// Where the text is none of these.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if matches!(text, "*" | "anonymous") {
            return Ok(Self::Anonymous);
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        if let ["arn", partition, "iam" | "sts", _, account, name] = fields.as_slice() {
            if partition.is_empty() || AccountId::parse(account).is_err() {
                return Err("the ARN of a caller has a partition and an account of 12 digits");
            }
            let is_session = name.starts_with("assumed-role/");
            let parts: Vec<&str> = name.split('/').collect();
            if parts.contains(&"") || (is_session && parts.len() != 3) {
                return Err("the ARN names nobody: `role/NAME`, `assumed-role/ROLE/SESSION`");
            }
        }
        match fields.as_slice() {
            ["arn", _, "iam", "", _, "root"] => Ok(Self::Root(text.into())),
            ["arn", _, "iam", "", _, name] if name.starts_with("user/") => {
                Ok(Self::User(text.into()))
            }
            ["arn", _, "iam", "", _, name] if name.starts_with("role/") => {
                Ok(Self::Role(text.into()))
            }
            ["arn", _, "sts", "", _, name] if name.starts_with("assumed-role/") => {
                Ok(Self::Session(text.into()))
            }
            ["arn", _, "sts", "", _, name] if name.starts_with("federated-user/") => {
                Ok(Self::FederatedUser(text.into()))
            }
            ["arn", _, "iam", "", _, name]
                if name.starts_with("oidc-provider/") || name.starts_with("saml-provider/") =>
            {
                Ok(Self::WebIdentity(text.into()))
            }
            [
                "accounts.google.com"
                | "www.amazon.com"
                | "graph.facebook.com"
                | "cognito-identity.amazonaws.com",
            ] => Ok(Self::WebIdentity(text.into())),
            [host] if host.contains(".amazonaws.com") => Ok(Self::Service(text.into())),
            _ => Err(
                "a caller is the ARN of a root, user, role, session or identity provider, a service such as \
                 `pods.eks.amazonaws.com`, or `*` for an anonymous one",
            ),
        }
    }

    /// As a policy or a report would write it.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Root(text)
            | Self::User(text)
            | Self::Role(text)
            | Self::Session(text)
            | Self::FederatedUser(text)
            | Self::WebIdentity(text)
            | Self::Service(text) => text,
            Self::Anonymous => "*",
        }
    }

    /// The caller's account; services, web identities and anonymous callers have none.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root(arn)
            | Self::User(arn)
            | Self::Role(arn)
            | Self::Session(arn)
            | Self::FederatedUser(arn) => AccountId::parse(arn.split(':').nth(4)?).ok(),
            Self::WebIdentity(_) | Self::Service(_) | Self::Anonymous => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_principals_are_told_apart() {
        let kind = |text| match PrincipalPattern::parse_aws(text) {
            Ok(PrincipalPattern::Anyone) => "anyone",
            Ok(PrincipalPattern::Account { .. }) => "account",
            Ok(PrincipalPattern::Arn(_)) => "arn",
            Ok(PrincipalPattern::Deleted(_)) => "deleted",
            Ok(_) => "other",
            Err(_) => "error",
        };
        for (text, expected) in [
            ("*", "anyone"),
            ("111122223333", "account"),
            ("arn:aws:iam::111122223333:root", "account"),
            ("arn:aws-cn:iam::111122223333:role/path/x", "arn"),
            ("arn:aws:sts::111122223333:assumed-role/x/session", "arn"),
            ("AROACLKWSDQRAOEXAMPLE", "deleted"),
            ("arn:aws:iam::111122223333:role/*", "error"),
            ("arn:aws:iam::111122223333:group/g", "error"),
            ("11112222333", "error"),
            ("arn:aws:iam::1:root", "error"),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn callers_know_their_account() {
        let account = |text| Caller::parse(text).unwrap().account().map(|a| a.to_string());
        assert_eq!(account("arn:aws:iam::111122223333:root").as_deref(), Some("111122223333"));
        assert_eq!(
            account("arn:aws:sts::111122223333:assumed-role/r/s").as_deref(),
            Some("111122223333")
        );
        assert_eq!(account("pods.eks.amazonaws.com"), None);
        for text in [
            "bob",
            "arn:aws:iam::123:role/x",
            "arn::iam::111122223333:role/x",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:sts::111122223333:assumed-role/app",
            "arn:aws:iam::111122223333:group/g",
        ] {
            assert!(Caller::parse(text).is_err(), "{text}");
        }
    }
}
