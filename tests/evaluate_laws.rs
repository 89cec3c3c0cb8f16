//! Laws of decisions, on random requests and policies.

#![allow(clippy::unwrap_used, reason = "a test that cannot write its own policies has failed")]

use leastwise::evaluate::{Outcome, Policies, decide};
use leastwise::iam::{ContextKey, ContextValue, Effect, PolicyDocument, PolicyKind, Request};
use leastwise::simulate::{PolicyCache, Question};
use leastwise::syntax::parse_policy;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::sync::Arc;

const CALLERS: [&str; 7] = [
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/s",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:role/app",
    "ec2.amazonaws.com",
    "*",
];
const ACTIONS: [&str; 3] = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"];
const RESOURCES: [&str; 3] = ["arn:aws:s3:::b/alice/k", "arn:aws:s3:::b/x", "arn:aws:s3:::b"];

fn one_of(values: &[&str]) -> impl Strategy<Value = Value> + use<> {
    let values: Vec<Value> = values.iter().map(|value| json!(value)).collect();
    select(values)
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    let operator = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLikeIfExists",
        "StringEqualsIfExists",
        "Null",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "ForAnyValue:StringEqualsIfExists",
        "ForAnyValue:StringNotEquals",
    ]);
    let one = (operator, one_of(&["k", "l"]), one_of(&["a", "a*", "true", "${k}", "${l, 'a'}"]));
    proptest::option::of(
        one.prop_map(
            |(operator, key, operand)| json!({operator: {key.as_str().unwrap(): if operator == "Null" { json!(operand == "true") } else { operand }}}),
        ),
    )
}

fn statement(principals: bool) -> impl Strategy<Value = Value> {
    let principal = one_of(&["*", "111122223333", CALLERS[0], CALLERS[1], CALLERS[2], CALLERS[4]]);
    let action = (any::<bool>(), one_of(&["*", "s3:*", "s3:Get*", "s3:ListBucket", "iam:*"]));
    let resource = (
        prop::bool::weighted(0.2),
        one_of(&[
            "*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b",
            "arn:aws:s3:::b/${k}/*",
            "arn:aws:s3:::b*",
        ]),
    );
    let parts =
        (prop::bool::weighted(0.6), principal, any::<bool>(), action, resource, condition());
    parts.prop_map(move |(allow, principal, not_principal, action, resource, condition)| {
        let mut statement = json!({"Effect": if allow { "Allow" } else { "Deny" }});
        if principals {
            let everyone = principal == json!("*");
            let element = if not_principal && !everyone { "NotPrincipal" } else { "Principal" };
            statement[element] = if everyone { principal } else { json!({"AWS": principal}) };
        }
        statement[if action.0 { "Action" } else { "NotAction" }] = action.1;
        statement[if resource.0 { "NotResource" } else { "Resource" }] = resource.1;
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn document(principals: bool) -> impl Strategy<Value = Value> {
    proptest::collection::vec(statement(principals), 0..4)
        .prop_map(|statements| json!({"Version": "2012-10-17", "Statement": statements}))
}

fn context_value() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!("a"),
        json!("ab"),
        json!("alice"),
        json!(""),
        json!([]),
        json!(["a"]),
        json!(["a", "b"]),
    ])
}

prop_compose! {
    fn question()(
        caller in select(CALLERS.to_vec()), action in select(ACTIONS.to_vec()), resource in select(RESOURCES.to_vec()),
        owner in proptest::option::of(select(vec!["111122223333", "444455556666"])),
        k in context_value(), l in context_value(),
        identity in proptest::collection::vec(document(false), 0..3),
        boundary in proptest::option::weighted(0.3, document(false)),
        session in proptest::option::weighted(0.2, document(false)),
        bucket in proptest::option::weighted(0.6, document(true)),
        scps in proptest::collection::vec(proptest::collection::vec(document(false), 1..3), 0..2),
    ) -> (Request, Policies) {
        let line = json!({
            "principal": caller, "action": action, "resource": resource, "resourceAccount": owner,
            "context": {"k": k, "l": l}, "identityPolicies": identity, "permissionsBoundary": boundary,
            "sessionPolicy": session, "resourcePolicy": bucket, "serviceControlPolicies": scps,
        });
        let question = Question::parse(&line.to_string(), &mut PolicyCache::default()).unwrap();
        (question.request, question.policies)
    }
}

/// Denied, undecided, allowed.
fn rank(request: &Request, policies: &Policies) -> u8 {
    match decide(request, policies).outcome {
        Outcome::ExplicitDeny | Outcome::ImplicitDeny => 0,
        Outcome::Unknown(_) => 1,
        Outcome::Allowed => 2,
    }
}

fn with_statement(document: &Arc<PolicyDocument>, more: &PolicyDocument) -> Arc<PolicyDocument> {
    let mut document = (**document).clone();
    document.statements.extend(more.statements.iter().cloned());
    Arc::new(document)
}

fn parsed(statement: &Value, effect: &str, kind: PolicyKind) -> PolicyDocument {
    let mut statement = statement.clone();
    statement["Effect"] = json!(effect);
    let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    parse_policy(&text, kind).unwrap().document
}

fn reversed(document: &Arc<PolicyDocument>) -> Arc<PolicyDocument> {
    let mut document = (**document).clone();
    document.statements.reverse();
    Arc::new(document)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_never_adds_permission((request, before) in question(), s in statement(false), b in statement(true)) {
        let deny = parsed(&s, "Deny", PolicyKind::Identity);
        let mut after = before.clone();
        after.identity.push(Arc::new(deny.clone()));
        prop_assert!(rank(&request, &after) <= rank(&request, &before));
        let mut after = before.clone();
        after.service_control.iter_mut().flatten().for_each(|scp| *scp = with_statement(scp, &deny));
        prop_assert!(rank(&request, &after) <= rank(&request, &before));
        let deny = parsed(&b, "Deny", PolicyKind::Resource);
        let mut after = before.clone();
        after.resource = after.resource.map(|bucket| with_statement(&bucket, &deny));
        prop_assert!(rank(&request, &after) <= rank(&request, &before));
    }

    #[test]
    fn an_allow_never_takes_permission_away((request, before) in question(), s in statement(false), b in statement(true)) {
        let allow = parsed(&s, "Allow", PolicyKind::Identity);
        let mut after = before.clone();
        after.identity.push(Arc::new(allow.clone()));
        prop_assert!(rank(&request, &after) >= rank(&request, &before));
        let mut after = before.clone();
        after.permissions_boundary = after.permissions_boundary.map(|d| with_statement(&d, &allow));
        prop_assert!(rank(&request, &after) >= rank(&request, &before));
        let allow = parsed(&b, "Allow", PolicyKind::Resource);
        let mut after = before.clone();
        after.resource = after.resource.map(|bucket| with_statement(&bucket, &allow));
        prop_assert!(rank(&request, &after) >= rank(&request, &before));
    }

    #[test]
    fn a_boundary_a_session_policy_or_an_scp_never_adds_permission((request, before) in question(), more in document(false)) {
        let text = more.to_string();
        let document = |kind| Arc::new(parse_policy(&text, kind).unwrap().document);
        if before.permissions_boundary.is_none() {
            let boundary = Some(document(PolicyKind::PermissionsBoundary));
            let after = Policies { permissions_boundary: boundary, ..before.clone() };
            prop_assert!(rank(&request, &after) <= rank(&request, &before));
        }
        if before.session.is_empty() {
            let after = Policies { session: vec![document(PolicyKind::Session)], ..before.clone() };
            prop_assert!(rank(&request, &after) <= rank(&request, &before));
        }
        let mut after = before.clone();
        after.service_control.push(vec![document(PolicyKind::ServiceControl)]);
        prop_assert!(rank(&request, &after) <= rank(&request, &before));
    }

    #[test]
    fn the_order_of_statements_and_policies_does_not_matter((request, before) in question()) {
        let mut after = before.clone();
        after.identity = after.identity.iter().rev().map(reversed).collect();
        after.resource = after.resource.as_ref().map(reversed);
        after.permissions_boundary = after.permissions_boundary.as_ref().map(reversed);
        for level in &mut after.service_control {
            *level = level.iter().rev().map(reversed).collect();
        }
        let (before, after) = (decide(&request, &before), decide(&request, &after));
        prop_assert_eq!(before.outcome.name(), after.outcome.name());
        prop_assert_eq!(before.blocked_by, after.blocked_by);
        prop_assert_eq!(before.matched.len(), after.matched.len());
    }

    /// What is decided without knowing a key is decided so whatever its value.
    #[test]
    fn unknown_never_lies((mut request, policies) in question()) {
        request.context.insert(ContextKey::new("k"), ContextValue::Unknown);
        let blind = rank(&request, &policies);
        if blind != 1 {
            let many = |values: &[&str]| ContextValue::Many(values.iter().map(ToString::to_string).collect());
            for value in [
                ContextValue::Single("a".into()), ContextValue::Single("alice".into()), ContextValue::Single(String::new()),
                many(&[]), many(&["a"]), many(&["b", "a"]),
            ] {
                request.context.insert(ContextKey::new("k"), value.clone());
                let seen = rank(&request, &policies);
                prop_assert!(seen == blind || seen == 1, "{value:?}: {seen}, not {blind}");
            }
        }
    }

    #[test]
    fn matched_statements_tell_the_decision((request, policies) in question()) {
        let decision = decide(&request, &policies);
        let effect = match decision.outcome {
            Outcome::ExplicitDeny => Some(Effect::Deny),
            _ => Some(Effect::Allow),
        };
        prop_assert!(decision.matched.iter().all(|statement| Some(statement.effect) == effect));
        prop_assert_eq!(decision.outcome == Outcome::ExplicitDeny, effect == Some(Effect::Deny) && !decision.matched.is_empty());
        if let Outcome::Unknown(reasons) = &decision.outcome {
            prop_assert!(!reasons.is_empty());
        }
        let denied = matches!(decision.outcome, Outcome::ExplicitDeny | Outcome::ImplicitDeny);
        prop_assert_eq!(denied, decision.blocked_by.is_some());
    }
}
