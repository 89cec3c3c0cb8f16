//! Identity providers that serve everyone, and what ties their tokens to one of their customers.

use super::without;
use crate::iam::{Condition, Operand, OperandValue};
use crate::pattern::Part;

/// An OIDC provider that statements name.
pub(super) struct Provider {
    /// As the statements name it.
    pub(super) name: Box<str>,
    /// Whether anyone can get a token from it.
    pub(super) is_shared: bool,
    /// What the token of an outsider does not say.
    pub(super) conditions: Vec<Condition>,
}

/// Providers that many customers share, each with the claims of which one has to be evaluated so
/// that only one's own tokens pass.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>;
/// of login providers, the application's id:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html>
const SHARED: [(&str, &[&str]); 18] = [
    ("accounts.google.com", &["aud", "oaud", "sub", "email"]),
    ("agent.buildkite.com", &["sub"]),
    ("api.pulumi.com/oidc", &["aud"]),
    ("app.terraform.io", &["sub"]),
    ("cognito-identity.amazonaws.com", &["aud"]),
    ("gitlab.com", &["sub"]),
    ("graph.facebook.com", &["app_id", "id"]),
    ("oidc-configuration.audit-log.githubusercontent.com", &["sub"]),
    ("oidc.codefresh.io", &["sub"]),
    ("oidc.vercel.com", &["aud", "sub"]),
    ("proidc.upbound.io", &["sub"]),
    ("sandboxes.cloud", &["aud"]),
    ("scalr.io", &["sub"]),
    ("studio.datachain.ai/api", &["sub"]),
    (
        "token.actions.githubusercontent.com",
        &[
            "sub",
            "repository",
            "repository_id",
            "repository_owner_id",
            "job_workflow_ref",
            "enterprise_id",
        ],
    ),
    ("tokens.cloud.shisho.dev", &["sub"]),
    ("vstoken.actions.githubusercontent.com", &["sub"]),
    ("www.amazon.com", &["app_id", "user_id"]),
];

impl Provider {
    /// The provider of a principal, where it is one of OIDC; `conditions` are all that ask anything
    /// of its tokens.
    pub(super) fn of<'c>(
        name: &str,
        conditions: impl Iterator<Item = &'c Condition>,
    ) -> Option<Self> {
        let issuer = issuer(name)?;
        let shared = tenant_claims(&issuer);
        let claims = shared.unwrap_or(&["sub"]);
        let is_shared = shared.is_some();
        let is_tie = |key: &str, operand: &Operand| {
            let rest = key.strip_prefix(&*issuer).unwrap_or_default();
            let claim = rest.trim_start_matches('/').strip_prefix(':');
            let names = if is_shared { names_a_tenant } else { names_something };
            claim.is_some_and(|claim| claims.contains(&claim)) && names(operand)
        };
        let conditions = without(conditions, is_tie);
        Some(Self { name: name.into(), is_shared, conditions })
    }
}

/// The issuer of a principal's tokens, in lower case and without `https://`; `None` where it is no
/// provider of OIDC.
pub(in crate::lint) fn issuer(name: &str) -> Option<String> {
    if name.contains(":saml-provider/") {
        return None;
    }
    let issuer = name.split_once(":oidc-provider/").map_or(name, |(_, issuer)| issuer);
    Some(issuer.trim_end_matches('/').to_ascii_lowercase())
}

/// The claims that tie a token of a shared provider to one of its customers; `None` where the
/// provider is nobody else's.
pub(in crate::lint) fn tenant_claims(issuer: &str) -> Option<&'static [&'static str]> {
    SHARED.iter().find(|(known, _)| *known == issuer).map(|(_, claims)| *claims)
}

/// Whether the text before the first wildcard says whose token it is: `repo:acme/`, and neither
/// `repo:` nor `repo:acme`, which `acme-evil` begins with too.
pub(in crate::lint) fn names_a_tenant(operand: &Operand) -> bool {
    let OperandValue::Text(pattern) = &operand.value else { return false };
    if pattern.has_variables() {
        return false;
    }
    if pattern.as_literal().is_some() {
        return true;
    }
    let Some(Part::Literal(head)) = pattern.parts().first() else { return false };
    let name = head.split_once(':').map_or(&**head, |(_, name)| name);
    name.find(['/', ':']).is_some_and(|end| end > 0)
}

/// Whether an operand is more than a bare wildcard.
pub(in crate::lint) fn names_something(operand: &Operand) -> bool {
    match &operand.value {
        OperandValue::Text(pattern) => {
            let literals = pattern.parts().iter().filter_map(|part| match part {
                Part::Literal(text) => Some(&**text),
                _ => None,
            });
            let text: String = literals.collect();
            !text.is_empty() && !"system:serviceaccount::".starts_with(&text)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{names_a_tenant, names_something};
    use crate::iam::{Comparison, Operand, OperandKind};

    fn like(text: &str) -> Operand {
        Operand::parse(Comparison::StringLike, text, OperandKind::String, true)
    }

    #[test]
    fn a_tenant_is_named_up_to_its_end() {
        for (text, names) in [
            ("repo:acme/app:ref:refs/heads/main", true),
            ("repo:acme/*", true),
            ("repo:acme*", false),
            ("repo:*", false),
            ("repo:*/app:*", false),
            ("*", false),
            ("organization:acme:project:*", true),
            ("organization:*", false),
            ("acme/app/.github/workflows/*", true),
            ("repo:${aws:username}/*", false),
        ] {
            assert_eq!(names_a_tenant(&like(text)), names, "{text}");
        }
    }

    #[test]
    fn a_service_account_is_named_by_more_than_wildcards() {
        for (text, names) in [
            ("system:serviceaccount:argo:default", true),
            ("system:serviceaccount:argo:*", true),
            ("system:serviceaccount:*:*", false),
            ("system:serviceaccount:*", false),
            ("system:*", false),
            ("*", false),
        ] {
            assert_eq!(names_something(&like(text)), names, "{text}");
        }
    }
}
