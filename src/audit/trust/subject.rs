//! Who a statement of a trust policy admits.

use crate::iam::{AccountId, Clause, Condition, PrincipalPattern, Quantifier, Statement};
use std::fmt;

/// The prefix of a service account's name in a Kubernetes token.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// Who a statement of a trust policy admits. Its text is what reports say; nothing reads that back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrustSubject {
    /// Who.
    pub who: Trusted,
    /// What the statement does not ask of them.
    pub unasked: Option<Unasked>,
}

/// Who is trusted, by what a statement says of its one principal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trusted {
    /// The statement is not about one principal.
    SeveralPrincipals,
    /// Everyone.
    Anyone,
    /// Everyone whose requests have what the conditions ask for.
    AnyoneWithConditions,
    /// All principals of an account that its own policies allow it.
    Account(AccountId),
    /// A user, role or session, by its ARN.
    Principal(Box<str>),
    /// A user or role that is no more, by its unique id.
    Deleted(Box<str>),
    /// An AWS service, by its name.
    Service(Box<str>),
    /// An S3 canonical user, by its id.
    CanonicalUser(Box<str>),
    /// Kubernetes service accounts, by a token's `sub` or the tags of a session of EKS Pod Identity.
    /// Without either every one of the cluster.
    ServiceAccount {
        /// The namespace; `None`: any.
        namespace: Option<String>,
        /// The name; `None`: any.
        name: Option<String>,
    },
    /// Every pod of the account that has an association of EKS Pod Identity with the role.
    AnyPodIdentityAssociation,
    /// Everyone to whom an identity provider gives a token, by the provider's name.
    AnyIdentity(String),
    /// The one identity whose token has this `sub`.
    Identity(String),
    /// Identities whose `sub` is like this pattern.
    IdentitiesLike(String),
}

/// What a statement should ask for and does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unasked {
    /// What the token is for (`aud`).
    Audience,
    /// The cluster that the pod is in (`aws:SourceArn`).
    Cluster,
}

impl fmt::Display for TrustSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.who.fmt(f)?;
        match self.unasked {
            None => Ok(()),
            Some(Unasked::Audience) => f.write_str(", with a token for any audience"),
            Some(Unasked::Cluster) => f.write_str(", in any cluster"),
        }
    }
}

impl fmt::Display for Trusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralPrincipals => f.write_str("several principals"),
            Self::Anyone => f.write_str("anyone"),
            Self::AnyoneWithConditions => {
                f.write_str("anyone who meets the statement's conditions")
            }
            Self::Account(account) => {
                write!(f, "every principal of account {account} that may call `sts:AssumeRole`")
            }
            Self::Principal(arn) => f.write_str(arn),
            Self::Deleted(id) => write!(f, "the deleted principal `{id}`"),
            Self::Service(name) => write!(f, "the service `{name}`"),
            Self::CanonicalUser(id) => write!(f, "the canonical user `{id}`"),
            Self::ServiceAccount { namespace: Some(namespace), name: Some(name) } => {
                write!(f, "{SERVICE_ACCOUNT}{namespace}:{name}")
            }
            Self::ServiceAccount { namespace: Some(namespace), name: None } => {
                write!(f, "any service account of the namespace `{namespace}`")
            }
            Self::ServiceAccount { namespace: None, name: Some(name) } => {
                write!(f, "the service account `{name}` of any namespace")
            }
            Self::ServiceAccount { namespace: None, name: None } => {
                f.write_str("any service account of the cluster")
            }
            Self::AnyPodIdentityAssociation => {
                f.write_str("any pod identity association of the account")
            }
            Self::AnyIdentity(issuer) => write!(f, "any identity of `{issuer}`"),
            Self::Identity(sub) => f.write_str(sub),
            Self::IdentitiesLike(sub) => write!(f, "any subject like `{sub}`"),
        }
    }
}

impl TrustSubject {
    /// Who a statement about one principal admits.
    pub(super) fn of(statement: &Statement) -> Self {
        let entries = statement.principal.as_ref().map(Clause::entries).unwrap_or_default();
        let who = match entries {
            [PrincipalPattern::Federated(provider)] => return identity(statement, provider),
            [PrincipalPattern::Service(name)] if name.starts_with("pods.eks.") => {
                return pod(statement);
            }
            [PrincipalPattern::Service(name)] => Trusted::Service(name.clone()),
            [PrincipalPattern::Anyone] if statement.conditions.is_empty() => Trusted::Anyone,
            [PrincipalPattern::Anyone] => Trusted::AnyoneWithConditions,
            [PrincipalPattern::Account { account, .. }] => Trusted::Account(*account),
            [PrincipalPattern::Arn(arn)] => Trusted::Principal(arn.clone()),
            [PrincipalPattern::Deleted(id)] => Trusted::Deleted(id.clone()),
            [PrincipalPattern::CanonicalUser(id)] => Trusted::CanonicalUser(id.clone()),
            [] | [_, _, ..] => Trusted::SeveralPrincipals,
        };
        Self { who, unasked: None }
    }

    /// Whether it is another subject, or that one with a token for any audience.
    pub(super) fn is_or_widens(&self, other: &Self) -> bool {
        let widens = self.unasked == Some(Unasked::Audience) && other.unasked.is_none();
        self.who == other.who && (self.unasked == other.unasked || widens)
    }
}

/// Who comes with a token of an identity provider.
fn identity(statement: &Statement, provider: &str) -> TrustSubject {
    let issuer = provider.split_once("oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let issuer = issuer.to_lowercase();
    let audience = only_value(statement, &format!("{issuer}:aud"));
    let who = match only_value(statement, &format!("{issuer}:sub")) {
        Some(sub) => of_sub(sub),
        None if issuer.starts_with("oidc.eks.") => ANY_SERVICE_ACCOUNT,
        None => Trusted::AnyIdentity(issuer),
    };
    TrustSubject { who, unasked: audience.is_none().then_some(Unasked::Audience) }
}

const ANY_SERVICE_ACCOUNT: Trusted = Trusted::ServiceAccount { namespace: None, name: None };

/// What a `sub` or a pattern of it stands for.
fn of_sub(sub: &str) -> Trusted {
    let Some(account) = sub.strip_prefix(SERVICE_ACCOUNT) else {
        // `*`, `system:*` and their like reach every service account.
        return if sub.contains('*') && SERVICE_ACCOUNT.starts_with(sub.trim_end_matches('*')) {
            ANY_SERVICE_ACCOUNT
        } else if sub.contains(['*', '?']) {
            Trusted::IdentitiesLike(sub.to_owned())
        } else {
            Trusted::Identity(sub.to_owned())
        };
    };
    match account.split_once(':') {
        _ if account == "*" => ANY_SERVICE_ACCOUNT,
        Some((namespace, name)) => service_account(Some(namespace), Some(name)),
        None => Trusted::IdentitiesLike(sub.to_owned()),
    }
}

/// A pod of EKS Pod Identity, by the tags of its session.
fn pod(statement: &Statement) -> TrustSubject {
    let namespace = only_value(statement, "aws:requesttag/kubernetes-namespace");
    let name = only_value(statement, "aws:requesttag/kubernetes-service-account");
    let who = match service_account(namespace, name) {
        ANY_SERVICE_ACCOUNT => Trusted::AnyPodIdentityAssociation,
        who => who,
    };
    let cluster = only_value(statement, "aws:sourcearn");
    TrustSubject { who, unasked: cluster.is_none().then_some(Unasked::Cluster) }
}

/// Service accounts by namespace and name; `*` and nothing are everything.
fn service_account(namespace: Option<&str>, name: Option<&str>) -> Trusted {
    let given = |value: Option<&str>| value.filter(|value| *value != "*").map(str::to_owned);
    let is_pattern = |text: &str| text.contains(['*', '?']);
    match (given(namespace), given(name)) {
        (Some(namespace), Some(name)) if is_pattern(&namespace) || is_pattern(&name) => {
            Trusted::IdentitiesLike(format!("{SERVICE_ACCOUNT}{namespace}:{name}"))
        }
        (namespace, name) => Trusted::ServiceAccount { namespace, name },
    }
}

/// The one value that a key must have, as its condition writes it.
fn only_value<'s>(statement: &'s Statement, key: &str) -> Option<&'s str> {
    let demands = |condition: &&Condition| {
        let operator = condition.operator;
        let name = operator.comparison.name();
        condition.key.folded() == key
            && !operator.if_exists
            && operator.quantifier != Quantifier::ForAllValues
            && !operator.comparison.is_negated()
            && (name.starts_with("String") || name.starts_with("Arn"))
    };
    let condition = statement.conditions.iter().find(demands)?;
    condition.operands.first().map(|operand| operand.text.as_str())
}

#[cfg(test)]
mod tests;
