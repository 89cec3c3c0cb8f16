//! What is known beforehand of every request, as a policy.

use crate::account::{IamPrincipal, PrincipalKind};
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect, Operand,
    OperandKind, PolicyDocument, Quantifier, Statement, Version,
};
use crate::pattern::ArnPattern;

/// What every request of a principal carries because it is its own.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(super) fn of_principal(principal: &IamPrincipal) -> Vec<(ContextKey, String)> {
    let mut facts = Vec::new();
    if principal.caller().is_some() {
        facts.push((ContextKey::new("aws:PrincipalArn"), principal.arn.clone()));
        facts.push((ContextKey::new("aws:PrincipalIsAWSService"), "false".to_owned()));
        facts.push((
            ContextKey::new("aws:PrincipalType"),
            match principal.kind {
                PrincipalKind::Role => "AssumedRole".to_owned(),
                PrincipalKind::User => "User".to_owned(),
            },
        ));
    }
    if let Some(account) = principal.account() {
        facts.push((ContextKey::new("aws:PrincipalAccount"), account.to_string()));
    }
    facts
}

/// Lets only requests with these facts through.
pub(super) fn only_with(facts: &[(ContextKey, String)]) -> PolicyDocument {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(ActionPattern::parse("*").into_iter().collect()),
        resource: Some(Clause::Is(vec![ArnPattern::Any])),
        conditions: facts.iter().map(|(key, value)| is(key, value)).collect(),
    };
    PolicyDocument { version: Version::V2012, id: None, statements: vec![statement] }
}

/// The key has this value, letter by letter.
fn is(key: &ContextKey, value: &str) -> Condition {
    let comparison = Comparison::StringEquals;
    let text = value.replace('$', "${$}");
    Condition {
        operator: ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false },
        key: key.clone(),
        operands: vec![Operand::parse(comparison, &text, OperandKind::String, true)],
    }
}
