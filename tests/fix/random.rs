//! Random policies around a requirement: each is fixed and then clean, or is refused with a reason.

use super::account::{Dump, assert_closed, assert_fixes};
use super::homes::{argo, policy};
use leastwise::audit::Audit;
use leastwise::fix::Verdict;
use proptest::prelude::*;
use serde_json::{Value, json};

fn actions() -> impl Strategy<Value = Value> {
    let names = vec![
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListBucket",
        "s3:*",
        "*",
        "s3:Get*",
        "s3:*Object",
        "s3:DeleteObject",
        "s3:PutObjectAcl",
        "s3:List*",
        "s3:HeadBucket",
        "sqs:SendMessage",
        "s3:ListMultipartUploadParts",
        "s3:GetObject*",
    ];
    prop::collection::vec(prop::sample::select(names), 1..4).prop_map(|names| json!(names))
}

fn resources() -> impl Strategy<Value = Value> {
    let names = vec![
        "*",
        "arn:aws:s3:::bbb",
        "arn:aws:s3:::bbb/*",
        "arn:aws:s3:::bbb/a/*",
        "arn:aws:s3:::bbb*",
        "arn:aws:s3:::bbb/a/x",
        "arn:aws:s3:::bbb/*/x",
        "arn:aws:s3:::ccc/*",
        "arn:aws:s3:::bbb/a*",
        "arn:aws:s3:::???/a/*",
    ];
    prop::collection::vec(prop::sample::select(names), 1..3).prop_map(|names| json!(names))
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        6 => Just(None),
        1 => Just(Some(json!({"StringLike": {"s3:prefix": "a/*"}}))),
        1 => Just(Some(json!({"StringLike": {"s3:prefix": ["*"]}}))),
        1 => Just(Some(json!({"StringEquals": {"s3:prefix": "a/b"}}))),
        1 => Just(Some(json!({"Bool": {"aws:SecureTransport": "true"}}))),
        1 => Just(Some(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))),
        1 => Just(Some(json!({"Null": {"s3:prefix": "false"}}))),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let kinds = (prop::bool::weighted(0.15), prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    (kinds, actions(), resources(), condition()).prop_map(
        |((denies, not_action, not_resource), actions, resources, condition)| {
            let mut statement = json!({"Effect": if denies { "Deny" } else { "Allow" }});
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4).prop_map(|statements| policy(&json!(statements)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Without other layers there is always a fix: in the worst case, the compiled policy.
    #[test]
    fn every_policy_can_be_fixed(one in document(), other in document()) {
        let estate = argo();
        let audit = Audit::of(&estate);
        let dump = Dump::role("pods", &[("one", one), ("other", other)]);
        assert_fixes(&dump, &audit);
    }

    /// With a boundary there may be none; then nothing is written, and the reason is said.
    #[test]
    fn a_boundary_is_respected(one in document(), cap in document()) {
        let estate = argo();
        let audit = Audit::of(&estate);
        let mut dump = Dump::role("pods", &[("one", one)]);
        let arn = "arn:aws:iam::111122223333:policy/cap";
        dump.0["RoleDetailList"][0]["PermissionsBoundary"] = json!({
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn});
        dump.add_policy(arn, 0, &cap);
        let found = dump.fixes(&audit);
        match &found[0].permissions {
            Verdict::NotFixed { why } => {
                prop_assert!(!why.is_empty() && found[0].steps.is_empty() && found[0].files.is_empty());
            }
            Verdict::Proved { .. } => assert_closed(&dump.fixed(&found).report(&audit)),
            Verdict::Clean => assert_closed(&dump.report(&audit)),
        }
    }
}
