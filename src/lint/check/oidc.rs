//! `oidc-missing-sub`, `oidc-missing-aud`, `oidc-wildcard-sub`, `oidc-other-issuer`
//!
//! AWS: who may assume a role with a token is what the conditions on the token's claims leave, and
//! each provider has the claims that have to be asked:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>

use super::Seen;
use crate::iam::{
    Clause, Comparison, Condition, Effect, Operand, OperandValue, PrincipalPattern, Quantifier,
    Statement,
};
use crate::lint::outsider::{issuer, names_a_tenant, names_something, strangers_of, tenant_claims};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::source::Severity;
use crate::syntax::Element;

/// A provider of OIDC in a statement that lets its tokens in.
struct Login<'a> {
    number: usize,
    entry: usize,
    statement: &'a Statement,
    /// As the statement names it.
    provider: &'a str,
    /// In lower case.
    issuer: String,
}

fn logins<'a>(subject: &Subject<'a>) -> Vec<Login<'a>> {
    let Some(web) = subject.id("sts:AssumeRoleWithWebIdentity") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (number, statement) in subject.grants() {
        let Some(Clause::Is(entries)) = &statement.principal else { continue };
        for (entry, principal) in entries.iter().enumerate() {
            let PrincipalPattern::Federated(provider) = principal else { continue };
            let Some(issuer) = issuer(provider) else { continue };
            if subject.names(number, web.0) {
                found.push(Login { number, entry, statement, provider, issuer });
            }
        }
    }
    found
}

/// The issuer and the claim that a condition key asks about, both in lower case.
fn claim(condition: &Condition) -> Option<(&str, &str)> {
    let (issuer, claim) = condition.key.folded().rsplit_once(':')?;
    let issuer = issuer.trim_end_matches('/');
    // `aws`, `sts`, `saml`, `s3` are no hosts.
    issuer.contains('.').then_some((issuer, claim))
}

/// Whether a condition holds only where the key is there and matches.
fn insists(condition: &Condition) -> bool {
    let operator = condition.operator;
    !operator.if_exists
        && !operator.comparison.is_negated()
        && operator.comparison != Comparison::Null
        && operator.quantifier != Quantifier::ForAllValues
}

impl Login<'_> {
    /// Its conditions on some claims of its own provider, by their numbers.
    fn conditions<'s>(
        &'s self,
        claims: &'s [&str],
    ) -> impl Iterator<Item = (usize, &'s Condition)> {
        self.statement.conditions.iter().enumerate().filter(move |(_, condition)| {
            claim(condition)
                .is_some_and(|(own, claim)| own == self.issuer && claims.contains(&claim))
        })
    }

    /// A condition that asks for a claim of another provider, which no token of this one has.
    fn of_another(&self) -> Option<(usize, &Condition)> {
        self.statement.conditions.iter().enumerate().find(|(_, condition)| {
            insists(condition) && claim(condition).is_some_and(|(other, _)| other != self.issuer)
        })
    }

    /// Whether a token gets in whose claims are none of those that `is_named` accepts.
    fn admits_strangers(
        &self,
        subject: &Subject<'_>,
        claims: &[&str],
        is_named: impl Fn(&Operand) -> bool,
    ) -> bool {
        let is_tie = |key: &str, operand: &Operand| {
            let rest = key.strip_prefix(&*self.issuer).unwrap_or_default();
            let claim = rest.trim_start_matches('/').strip_prefix(':');
            claim.is_some_and(|claim| claims.contains(&claim)) && is_named(operand)
        };
        let statements = &subject.policy.document.statements;
        let looked_at = statements
            .iter()
            .filter(|one| std::ptr::eq(*one, self.statement) || one.effect == Effect::Deny);
        let strangers = strangers_of(self.provider, &looked_at, is_tie);
        subject.allowed(&[self.number], vec![strangers]).first().is_some()
    }

    fn place(&self) -> Element {
        Element::Principal(self.number, self.entry)
    }

    fn is_eks(&self) -> bool {
        self.issuer.starts_with("oidc.eks.") && self.issuer.contains(".amazonaws.com")
    }

    fn is_cognito(&self) -> bool {
        self.issuer == "cognito-identity.amazonaws.com"
    }

    /// The claims that tell whose token it is: of a provider of one's own, the subject.
    fn identity_claims(&self) -> &'static [&'static str] {
        tenant_claims(&self.issuer).unwrap_or(&["sub"])
    }

    /// The claims that tell for whom the token was made.
    ///
    /// AWS: the key of Google's audience is `oaud` where a token has `azp`; of Amazon and Facebook
    /// the application's id is asked:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    fn audience_claims(&self) -> &'static [&'static str] {
        match &*self.issuer {
            "accounts.google.com" => &["aud", "oaud"],
            "www.amazon.com" | "graph.facebook.com" => &["app_id"],
            _ => &["aud"],
        }
    }

    /// Whether it is the audience that tells whose token it is.
    fn is_told_by_audience(&self) -> bool {
        !self.identity_claims().contains(&"sub")
    }

    /// Who gets in where nothing is asked about the subject.
    fn everyone(&self) -> String {
        let issuer = &self.issuer;
        match tenant_claims(issuer) {
            Some(_) if issuer.contains("githubusercontent.com") => {
                "the workflows of every repository on GitHub".to_owned()
            }
            Some(_) => format!("every customer of `{issuer}`"),
            None if self.is_eks() => "every service account of the cluster".to_owned(),
            None => format!("everyone for whom `{issuer}` vouches"),
        }
    }

    /// Who gets in by a pattern that does not end a customer's name.
    fn those_of(&self, operand: &Operand) -> String {
        let head = operand.text.split(['*', '?']).next().unwrap_or_default();
        let name = head.split_once(':').map_or("", |(_, name)| name);
        if name.is_empty() || tenant_claims(&self.issuer).is_none() {
            return self.everyone();
        }
        format!("everyone at `{}` whose name begins with `{name}`", self.issuer)
    }

    /// A condition on the subject that names a workload.
    fn example(&self) -> String {
        let issuer = self.written();
        let value = match &*self.issuer {
            _ if self.is_eks() => "system:serviceaccount:NAMESPACE:NAME",
            "token.actions.githubusercontent.com" => {
                "repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main"
            }
            "gitlab.com" => "project_path:GROUP/PROJECT:ref_type:branch:ref:main",
            "app.terraform.io" => {
                return format!(
                    "`\"StringLike\": {{\"{issuer}:sub\": \
                     \"organization:ORGANIZATION:project:PROJECT:workspace:WORKSPACE:run_phase:*\"}}`"
                );
            }
            _ => "SUBJECT",
        };
        format!("`\"StringEquals\": {{\"{issuer}:sub\": \"{value}\"}}`")
    }

    /// The issuer as the statement writes it; the `/` at the end is part of the name where the
    /// provider's address has one, as with Microsoft Entra ID.
    fn written(&self) -> &str {
        self.provider.split_once(":oidc-provider/").map_or(self.provider, |(_, issuer)| issuer)
    }

    fn severity(&self) -> Severity {
        let is_known = tenant_claims(&self.issuer).is_some() || self.is_eks();
        if is_known { Severity::Error } else { Severity::Warning }
    }
}

/// Logins whose conditions are all about their own provider.
fn coherent<'a>(subject: &Subject<'a>) -> impl Iterator<Item = Login<'a>> {
    logins(subject).into_iter().filter(|login| login.of_another().is_none())
}

pub(super) fn missing_sub(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for login in coherent(subject) {
        if login.is_cognito() {
            seen.extend(guests(subject, &login));
            continue;
        }
        let claims = login.identity_claims();
        if login.is_told_by_audience() || login.conditions(claims).any(|(_, one)| insists(one)) {
            continue;
        }
        let is_named = |operand: &Operand| is_tie(&login, operand);
        if !login.admits_strangers(subject, claims, is_named) {
            continue;
        }
        let weak: Vec<(usize, &Condition)> = login.conditions(claims).collect();
        let issuer = login.written();
        let mut severity = login.severity();
        let message = match weak.first() {
            Some((_, one)) if one.operator.comparison.is_negated() => format!(
                "`{}` of `{}` does not insist on a subject: {} may assume the role",
                one.operator,
                one.key,
                login.everyone()
            ),
            // Tokens of OIDC have a subject; the hole is there all the same.
            Some((_, one)) => {
                severity = Severity::Warning;
                format!(
                    "`{}` of `{}` does not insist on a subject: a token without it is let in",
                    one.operator, one.key
                )
            }
            None => format!(
                "nothing is asked about `{issuer}:sub`: {} may assume the role",
                login.everyone()
            ),
        };
        let help = format!("name the workload in the statement's `Condition`: {}", login.example());
        let mut one = Seen::new(login.place(), message).help(help).severity(severity);
        for (at, condition) in weak {
            let how = match condition.operator {
                operator if operator.comparison.is_negated() => {
                    "holds for every subject but these".to_owned()
                }
                operator => format!("`{operator}` also holds for a token without the claim"),
            };
            one = one.also(Element::Condition(login.number, at), how);
        }
        seen.push(one);
    }
    seen
}

/// What ties an identity to a customer, or at least to less than everyone.
fn is_tie(login: &Login<'_>, operand: &Operand) -> bool {
    match tenant_claims(&login.issuer) {
        Some(_) => names_a_tenant(operand),
        None => names_something(operand),
    }
}

/// Guests of a Cognito identity pool.
///
/// AWS: `amr` tells `authenticated` from `unauthenticated`:
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html>
fn guests(subject: &Subject<'_>, login: &Login<'_>) -> Option<Seen> {
    const CLAIMS: &[&str] = &["amr", "sub"];
    let asks = login.conditions(CLAIMS).any(|(_, one)| insists(one));
    if asks || !login.admits_strangers(subject, CLAIMS, |operand| !is_anything(operand)) {
        return None;
    }
    let key = format!("{}:amr", login.written());
    let message = format!(
        "nothing is asked about `{key}`: guests of the identity pool, who have not \
                           signed in, may assume the role"
    );
    let help = format!(
        "say which identities are meant: `\"ForAnyValue:StringLike\": {{\"{key}\": \"authenticated\"}}`"
    );
    Some(Seen::new(login.place(), message).help(help).severity(Severity::Warning))
}

pub(super) fn missing_aud(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for login in coherent(subject) {
        let claims = login.audience_claims();
        let own: Vec<(usize, &Condition)> = login.conditions(claims).collect();
        if !login.admits_strangers(subject, claims, |operand| !is_anything(operand)) {
            continue;
        }
        let first = claims.first().copied().unwrap_or("aud");
        let key = format!("{}:{first}", login.written());
        // With Google the subject may do instead.
        if login.is_told_by_audience()
            && !login.admits_strangers(subject, login.identity_claims(), |o| !is_anything(o))
        {
            continue;
        }
        let (severity, consequence) = if login.is_told_by_audience() {
            (Severity::Error, format!("{} may assume the role", login.everyone()))
        } else {
            let consequence = "tokens that were made for other applications are taken too, where the \
                               provider lists their ids";
            (Severity::Warning, consequence.to_owned())
        };
        let message = match own.first() {
            Some((_, one)) => {
                format!("`{}` of `{}` takes any audience: {consequence}", one.operator, one.key)
            }
            None => format!("nothing is asked about `{key}`: {consequence}"),
        };
        let value = match &*login.issuer {
            "cognito-identity.amazonaws.com" => "IDENTITY-POOL-ID",
            "accounts.google.com" | "www.amazon.com" | "graph.facebook.com" => "APPLICATION-ID",
            "app.terraform.io" => "aws.workload.identity",
            "gitlab.com" => "https://gitlab.com",
            _ => "sts.amazonaws.com",
        };
        let help = format!(
            "add the audience to the statement's `Condition`: \
             `\"StringEquals\": {{\"{key}\": \"{value}\"}}`"
        );
        let mut one = Seen::new(login.place(), message).help(help).severity(severity);
        for (at, _) in own {
            one = one.also(Element::Condition(login.number, at), "asks for no audience");
        }
        seen.push(one);
    }
    seen
}

/// Whether an operand is a bare wildcard.
fn is_anything(operand: &Operand) -> bool {
    match &operand.value {
        OperandValue::Text(pattern) => {
            pattern.as_literal().is_none() && pattern.text().bytes().all(|b| b"*?".contains(&b))
        }
        _ => false,
    }
}

pub(super) fn wildcard_sub(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for login in coherent(subject) {
        let claims = login.identity_claims();
        let asked: Vec<_> = login.conditions(claims).filter(|(_, one)| insists(one)).collect();
        if asked.is_empty() {
            continue;
        }
        let open = login.admits_strangers(subject, claims, |operand| is_tie(&login, operand));
        for (at, condition) in asked {
            for (value, operand) in condition.operands.iter().enumerate() {
                let who = if open && !is_tie(&login, operand) && !is_literal(operand) {
                    Some((login.severity(), login.those_of(operand)))
                } else {
                    any_namespace(&login, operand)
                };
                let Some((severity, who)) = who else { continue };
                let message = format!("`{}` takes in {who}", operand.text);
                let help = format!("name the workload: {}", login.example());
                let place = Element::Operand(login.number, at, value);
                seen.push(Seen::new(place, message).help(help).severity(severity));
            }
        }
    }
    seen
}

fn is_literal(operand: &Operand) -> bool {
    matches!(&operand.value, OperandValue::Text(pattern) if pattern.as_literal().is_some())
}

/// A service account of some name in whatever namespace: the pattern leaves the namespace open.
fn any_namespace(login: &Login<'_>, operand: &Operand) -> Option<(Severity, String)> {
    const ACCOUNTS: &str = "system:serviceaccount:";
    let head = operand.text.split(['*', '?']).next().unwrap_or_default();
    let is_any = ACCOUNTS.starts_with(head) && !is_literal(operand) && login.is_eks();
    is_any.then(|| {
        let name = operand.text.rsplit([':', '*']).next().unwrap_or_default();
        let named = if name.is_empty() { String::new() } else { format!(" {}", quoted(&[name])) };
        (Severity::Warning, format!("service accounts{named} of any namespace of the cluster"))
    })
}

pub(super) fn other_issuer(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for login in logins(subject) {
        let Some((at, condition)) = login.of_another() else { continue };
        let issuer = login.written();
        let message = format!(
            "tokens of `{issuer}` never have `{}`: nobody can assume the role by this provider",
            condition.key
        );
        let claim = condition.key.text().rsplit(':').next().unwrap_or_default();
        let help = format!(
            "write the key of the provider that the statement names, `{issuer}:{claim}`; another \
             provider needs a statement of its own"
        );
        let one = Seen::new(login.place(), message).help(help);
        seen.push(
            one.also(Element::Condition(login.number, at), "asks for a claim of another issuer"),
        );
    }
    seen
}
