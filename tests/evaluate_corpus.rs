//! The evaluator against a table of decisions with their sources. Each case of
//! `tests/corpus/evaluate` is a line of a batch and the decision that AWS makes of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its table has failed"
)]

use leastwise::evaluate::{Decision, Outcome, decide, explain};
use leastwise::simulate::{PolicyCache, Question};
use serde_json::{Value, json};
use std::path::Path;

fn cases(topic: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/evaluate").join(topic);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(decision: &Decision<'_>) -> String {
    let reasons = match &decision.outcome {
        Outcome::Unknown(reasons) => format!(" {reasons:?}"),
        _ => String::new(),
    };
    let layer = decision.blocked_by.map(|layer| format!(" by {layer}")).unwrap_or_default();
    format!("{}{layer}{reasons}", decision.outcome)
}

/// What differs from the table, one line each.
fn check(
    topic: &str,
    question_of: impl Fn(&Value) -> Value,
    expected_of: impl Fn(&Value) -> String,
) {
    let mut wrong = Vec::new();
    let mut cache = PolicyCache::default();
    let cases = cases(topic);
    assert!(cases.len() > 10);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        assert!(case["source"].as_str().unwrap().starts_with("https://"), "{name}: no source");
        let line = question_of(case).to_string();
        let question =
            Question::parse(&line, &mut cache).unwrap_or_else(|e| panic!("{name}: {e}: {line}"));
        let decision = decide(&question.request, &question.policies);
        let (found, expected) = (text(&decision), expected_of(case));
        let same = match decision.outcome {
            Outcome::Unknown(ref reasons) => expected == "unknown" && !reasons.is_empty(),
            _ => found == expected,
        };
        if !same {
            let tree = explain(&question.request, &question.policies);
            wrong.push(format!("{name}: expected {expected}, found {found}\n{tree}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn check_questions(topic: &str) {
    check(
        topic,
        |case| case["question"].clone(),
        |case| {
            let expect = &case["expect"];
            let layer = expect["blockedBy"].as_str().map(|layer| format!(" by {layer}"));
            format!("{}{}", expect["decision"].as_str().unwrap(), layer.unwrap_or_default())
        },
    );
}

#[test]
fn conditions() {
    check(
        "conditions.json",
        |case| {
            let mut policy = json!({
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": case["condition"]}],
            });
            match case.get("version") {
                Some(Value::Null) => drop(policy.as_object_mut().unwrap().remove("Version")),
                Some(version) => policy["Version"] = version.clone(),
                None => {}
            }
            json!({
                "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                "context": case["context"],
                "unknownContext": case.get("unknown"),
                "identityPolicies": [policy],
            })
        },
        |case| match &case["holds"] {
            Value::Bool(true) => "allowed".into(),
            Value::Bool(false) => "implicitDeny by identity".into(),
            other => other.as_str().unwrap().into(),
        },
    );
}

#[test]
fn elements() {
    check_questions("elements.json");
}

#[test]
fn layers() {
    check_questions("layers.json");
}

#[test]
fn resource_policies() {
    check_questions("resource-policies.json");
}

#[test]
fn kms() {
    check_questions("kms.json");
}

#[test]
fn trust() {
    check_questions("trust.json");
}
