//! A role as the pods of one profile have it: the tags of their sessions are known.

use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary};
use crate::consumer::NAMESPACE_TAG;
use crate::iam::{Clause, Condition, Operand, OperandValue, PolicyDocument, Statement};
use crate::pattern::{ArnPattern, Pattern};
use std::sync::Arc;

/// The principal with `profile` in place of the variable that holds a session's namespace.
pub(super) fn of_profile(principal: &IamPrincipal, profile: &str) -> IamPrincipal {
    let policy = |policy: &NamedPolicy| {
        let mut bound = policy.clone();
        bound.document = Arc::new(bound_document(&policy.document, profile));
        bound
    };
    let boundary = match &principal.permissions_boundary {
        PermissionsBoundary::Policy(own) => PermissionsBoundary::Policy(policy(own)),
        other => other.clone(),
    };
    IamPrincipal {
        identity: principal.identity.iter().map(policy).collect(),
        permissions_boundary: boundary,
        ..principal.clone()
    }
}

fn bound_document(document: &PolicyDocument, profile: &str) -> PolicyDocument {
    let statement = |statement: &Statement| {
        let bound = |entries: &[ArnPattern]| {
            entries
                .iter()
                .map(|entry| arn(entry, profile).unwrap_or_else(|| entry.clone()))
                .collect()
        };
        Statement {
            resource: statement.resource.as_ref().map(|clause| match clause {
                Clause::Is(entries) => Clause::Is(bound(entries)),
                Clause::Not(entries) => Clause::Not(bound(entries)),
            }),
            conditions: statement.conditions.iter().map(|c| condition(c, profile)).collect(),
            ..statement.clone()
        }
    };
    let statements = document.statements.iter().map(statement).collect();
    PolicyDocument { statements, ..document.clone() }
}

fn condition(condition: &Condition, profile: &str) -> Condition {
    let operand = |operand: &Operand| {
        let value = match &operand.value {
            OperandValue::Text(pattern) => text(pattern, profile).map(OperandValue::Text),
            OperandValue::Arn(pattern) => arn(pattern, profile).map(OperandValue::Arn),
            _ => None,
        };
        Operand { value: value.unwrap_or_else(|| operand.value.clone()), ..operand.clone() }
    };
    Condition { operands: condition.operands.iter().map(operand).collect(), ..condition.clone() }
}

/// Whether the tag is the only variable: what others hold is not known.
fn is_only(pattern: &Pattern) -> bool {
    pattern.variables().all(|variable| variable.key.eq_ignore_ascii_case(NAMESPACE_TAG))
}

fn text(pattern: &Pattern, profile: &str) -> Option<Pattern> {
    let bound = is_only(pattern).then(|| pattern.bind(|_| Some(profile)))??;
    Some(bound.into_owned())
}

fn arn(pattern: &ArnPattern, profile: &str) -> Option<ArnPattern> {
    let ArnPattern::Arn(parts) = pattern else { return None };
    let only = parts.head.iter().chain([&parts.resource]).all(is_only);
    Some(only.then(|| pattern.bind(|_| Some(profile)))??.into_owned())
}
