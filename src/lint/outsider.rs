//! Who is everyone: callers without any tie to what a policy names, with whatever context they can
//! choose.
//!
//! AWS: a bucket policy is public unless it grants access to fixed values only of principals or of
//! some condition keys, where a fixed value holds no wildcard and no variable:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
//!
//! Put as a set: an outsider is none of the fixed principals and carries none of the fixed values;
//! all else is the outsider's to choose. A policy is public if it allows an outsider anything.

mod provider;

use crate::iam::{
    AccountId, ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect,
    Operand, OperandValue, PolicyKind, Presence, PrincipalPattern, Quantifier, Statement,
};
use crate::pattern::ArnPattern;
use provider::Provider;
pub(super) use provider::{issuer, names_a_tenant, names_something, tenant_claims};

/// The keys whose fixed values an outsider cannot carry: those of the page above, and those that
/// tell the same of a principal, a source or a network of one's own.
const FIXED: [&str; 18] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
];

/// A key whose value may hold a wildcard as long as the account in it is fixed.
const ACCESS_POINT: &str = "s3:dataaccesspointarn";

/// Makes principals that are fixed, but whose callers nobody can name, match nobody.
pub(crate) fn settle(statement: &mut Statement) {
    let Some(Clause::Is(entries) | Clause::Not(entries)) = &mut statement.principal else {
        return;
    };
    for entry in entries {
        if let PrincipalPattern::CanonicalUser(id) = entry {
            *entry = PrincipalPattern::Deleted(id.clone());
        }
    }
}

/// Everyone without a tie to what some statements name.
pub(crate) struct Outsiders {
    /// Whom the statements name: accounts, services and identity providers.
    known: Vec<PrincipalPattern>,
    /// What an outsider does not carry.
    conditions: Vec<Condition>,
    providers: Vec<Provider>,
}

impl Outsiders {
    pub(crate) fn of<'s>(statements: impl Iterator<Item = &'s Statement>) -> Self {
        let statements: Vec<&Statement> = statements.collect();
        let mut known: Vec<PrincipalPattern> = Vec::new();
        for entry in
            statements.iter().filter_map(|s| s.principal.as_ref()).flat_map(Clause::entries)
        {
            let entry = match entry {
                PrincipalPattern::Arn(arn) => account_of(arn),
                PrincipalPattern::Account { account, .. } => Some(whole_account(*account)),
                PrincipalPattern::Service(_) | PrincipalPattern::Federated(_) => {
                    Some(entry.clone())
                }
                _ => None,
            };
            known.extend(entry.filter(|entry| !known.contains(entry)));
        }
        let all = || statements.iter().flat_map(|statement| &statement.conditions);
        let conditions = without(all(), is_fixed);
        let federated = known.iter().filter_map(|entry| match entry {
            PrincipalPattern::Federated(name) => Some(name),
            _ => None,
        });
        let providers = federated.filter_map(|name| Provider::of(name, all())).collect();
        Self { known, conditions, providers }
    }

    /// The statements that allow an outsider everything.
    pub(crate) fn statements(&self, kind: PolicyKind) -> Vec<Statement> {
        let shared = self.providers.iter().filter(|provider| provider.is_shared);
        let tenants = shared.map(|provider| self.of_provider(provider, kind));
        std::iter::once(self.unrelated(kind)).chain(tenants).collect()
    }

    /// The statement that allows everything to whoever is nobody that the statements name.
    pub(crate) fn unrelated(&self, kind: PolicyKind) -> Statement {
        let principal = if self.known.is_empty() {
            Clause::Is(vec![PrincipalPattern::Anyone])
        } else {
            Clause::Not(self.known.clone())
        };
        allow(principal, self.conditions.clone(), kind)
    }

    /// The identity providers that are nobody else's, each with the statement that allows every
    /// identity that no condition names everything.
    pub(crate) fn own_providers(
        &self,
        kind: PolicyKind,
    ) -> impl Iterator<Item = (&str, Statement)> {
        let own = self.providers.iter().filter(|provider| !provider.is_shared);
        own.map(move |provider| (&*provider.name, self.of_provider(provider, kind)))
    }

    fn of_provider(&self, provider: &Provider, kind: PolicyKind) -> Statement {
        let entry = PrincipalPattern::Federated(provider.name.clone());
        let conditions = self.conditions.iter().chain(&provider.conditions).cloned().collect();
        allow(Clause::Is(vec![entry]), conditions, kind)
    }
}

/// The statement that allows everything to identities of a provider who carry none of the fixed
/// values of `statements`, nor what `is_tie` tells of a key and an operand.
pub(crate) fn strangers_of<'s>(
    provider: &str,
    statements: &(impl Iterator<Item = &'s Statement> + Clone),
    is_tie: impl Fn(&str, &Operand) -> bool,
) -> Statement {
    let all = || statements.clone().flat_map(|statement| &statement.conditions);
    let mut conditions = without(all(), is_fixed);
    conditions.extend(without(all(), is_tie));
    let principal = Clause::Is(vec![PrincipalPattern::Federated(provider.into())]);
    allow(principal, conditions, PolicyKind::Trust)
}

fn allow(
    principal: Clause<PrincipalPattern>,
    conditions: Vec<Condition>,
    kind: PolicyKind,
) -> Statement {
    let has_resource = kind.resource() != Presence::Forbidden;
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: Some(principal),
        action: Clause::Is(ActionPattern::parse("*").into_iter().collect()),
        resource: has_resource.then(|| Clause::Is(vec![ArnPattern::Any])),
        conditions,
    }
}

fn account_of(arn: &str) -> Option<PrincipalPattern> {
    AccountId::parse(arn.split(':').nth(4)?).ok().map(whole_account)
}

fn whole_account(account: AccountId) -> PrincipalPattern {
    PrincipalPattern::Account { account, text: account.text().into() }
}

/// Conditions that hold where a request carries none of the fixed operands of `conditions`.
fn without<'c>(
    conditions: impl Iterator<Item = &'c Condition>,
    is_fixed: impl Fn(&str, &Operand) -> bool,
) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for condition in conditions {
        let Some(operator) = negated(condition.operator) else { continue };
        let fixed = condition.operands.iter().filter(|one| is_fixed(condition.key.folded(), one));
        for operand in fixed {
            let alike =
                |known: &&mut Condition| known.key == condition.key && known.operator == operator;
            match found.iter_mut().find(alike) {
                Some(known) if known.operands.contains(operand) => {}
                Some(known) => known.operands.push(operand.clone()),
                None => found.push(Condition {
                    operator,
                    key: ContextKey::new(condition.key.text()),
                    operands: vec![operand.clone()],
                }),
            }
        }
    }
    found
}

/// The operator that holds where none of the values matches, also where there is none.
fn negated(operator: ConditionOperator) -> Option<ConditionOperator> {
    use Comparison as C;
    let comparison = match operator.comparison {
        C::StringEquals | C::StringNotEquals => C::StringNotEquals,
        C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => C::StringNotEqualsIgnoreCase,
        C::StringLike | C::StringNotLike => C::StringNotLike,
        C::ArnEquals | C::ArnNotEquals => C::ArnNotEquals,
        C::ArnLike | C::ArnNotLike => C::ArnNotLike,
        C::IpAddress | C::NotIpAddress => C::NotIpAddress,
        _ => return None,
    };
    let quantifier = match operator.quantifier {
        Quantifier::One => Quantifier::One,
        Quantifier::ForAllValues | Quantifier::ForAnyValue => Quantifier::ForAllValues,
    };
    Some(ConditionOperator { quantifier, comparison, if_exists: false })
}

/// Whether an outsider cannot carry what an operand asks for.
fn is_fixed(key: &str, operand: &Operand) -> bool {
    // AWS: ranges broader than /8 of IPv4 and /32 of IPv6 are public: the page above.
    if let OperandValue::Block(block) = &operand.value {
        let (address, bits) = block.parts();
        return key == "aws:sourceip" && bits >= if address.is_ipv4() { 8 } else { 32 };
    }
    if has_variables(operand) {
        return false;
    }
    match key {
        // AWS: a wildcard for the access point's name is fixed if the account is: the page above.
        ACCESS_POINT => has_account(&operand.text),
        // Nobody has an ARN of an account, or a place in an organization, that is not theirs.
        "aws:principalarn" => is_literal(operand) || has_account(&operand.text),
        "aws:principalorgpaths" | "aws:sourceorgpaths" => {
            let organization = operand.text.split('/').next().unwrap_or_default();
            organization.starts_with("o-") && !organization.contains(['*', '?'])
        }
        // AWS: fixed only "outside the pattern AROLEID:*": the page above.
        "aws:userid" => is_literal(operand) && !is_session_of_a_role(&operand.text),
        _ => FIXED.contains(&key) && is_literal(operand),
    }
}

fn has_variables(operand: &Operand) -> bool {
    match &operand.value {
        OperandValue::Text(pattern) => pattern.has_variables(),
        OperandValue::Arn(pattern) => pattern.has_variables(),
        OperandValue::ArnText(_) => true,
        _ => false,
    }
}

/// Whether one value alone matches.
fn is_literal(operand: &Operand) -> bool {
    match &operand.value {
        OperandValue::Text(pattern) => pattern.as_literal().is_some(),
        OperandValue::Arn(_) => !operand.text.contains(['*', '?']),
        _ => false,
    }
}

/// Whether the account of an ARN pattern is given in full.
fn has_account(text: &str) -> bool {
    text.split(':').nth(4).is_some_and(|account| AccountId::parse(account).is_ok())
}

/// `AROA...:session`.
fn is_session_of_a_role(text: &str) -> bool {
    text.starts_with("ARO") && text.contains(':')
}
