//! `leastwise audit` with every layer that decides: boundary, session, organization, bucket and key.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot run the binary has failed"
)]

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a policy and gives its path below the folder, where the binary runs.
    fn policy(&self, name: &str, statements: &Value) -> String {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        fs::write(self.0.path().join(name), text).unwrap();
        name.to_owned()
    }

    fn audit(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
        let fixed = [
            "audit",
            "argo-workflows",
            "--bucket",
            "acme-argo",
            "--component",
            "workflow-pod",
            "--account",
            "111122223333",
            "--role",
            "argo",
        ];
        command.current_dir(self.0.path()).args(fixed).args(arguments).env("NO_COLOR", "1");
        command.output().unwrap()
    }

    fn report(&self, arguments: &[&str]) -> Value {
        let output = self.audit(&[arguments, &["--format", "json"]].concat());
        let err = String::from_utf8(output.stderr).unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{err}"))
    }
}

const ROLE: &str = "arn:aws:iam::111122223333:role/argo";

fn allow(action: &Value, resource: &Value) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn needed() -> Value {
    let keys = json!(["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]);
    json!([
        allow(&keys, &json!("arn:aws:s3:::acme-argo/*")),
        allow(&json!("s3:ListBucket"), &json!("arn:aws:s3:::acme-argo")),
    ])
}

fn everything() -> Value {
    allow(&json!("*"), &json!("*"))
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/audit"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn boundary_scp_and_bucket_policy_together() {
    let files = Files::new();
    let own = files.policy("policy.json", &needed());
    let boundary = files.policy(
        "dev-boundary.json",
        &json!([
            everything(),
            {"Sid": "NoUploads", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"},
        ]),
    );
    let root = files.policy("root.json", &json!([everything()]));
    let unit = files.policy(
        "unit.json",
        &json!([allow(
            &json!(["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"]),
            &json!("*")
        )]),
    );
    let bucket = files.policy(
        "bucket.json",
        &json!([
            {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Sid": "Extra", "Effect": "Allow", "Principal": {"AWS": ROLE},
             "Action": ["s3:DeleteObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-argo/*"},
        ]),
    );
    let bucket = format!("acme-argo={bucket}");
    let arguments = [
        "--policy",
        &own,
        "--permissions-boundary",
        &boundary,
        "--scp",
        &root,
        &unit,
        "--resource-policy",
        &bucket,
    ];
    let table = files.audit(&arguments);
    assert_eq!(table.status.code(), Some(1), "{}", String::from_utf8_lossy(&table.stderr));
    snapshot("layers.table", &String::from_utf8(table.stdout).unwrap());
    let machine = files.audit(&[&arguments[..], &["--format", "json"]].concat());
    snapshot("layers.json", &String::from_utf8(machine.stdout).unwrap());
}

fn of<'r>(report: &'r Value, what: &str) -> &'r Vec<Value> {
    report["principals"][0][what].as_array().unwrap()
}

#[test]
fn another_account_s_bucket_needs_both_sides_once_its_policy_is_known() {
    let files = Files::new();
    let own = files.policy("policy.json", &needed());
    let silent = files.policy("silent.json", &json!([
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:*", "Resource": "*"},
    ]));
    let open = files.policy("open.json", &json!([
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"},
    ]));
    let other = ["--policy", &own, "--set", "bucket-account=444455556666"];
    let of_bucket = |policy: &str| format!("arn:aws:s3:::acme-argo={policy}");
    let report = files.report(&other);
    assert!(of(&report, "gaps").is_empty());
    assert!(of(&report, "notSeen").contains(&json!("resourcePolicy")));

    let report = files.report(&[&other[..], &["--resource-policy", &of_bucket(&silent)]].concat());
    assert!(!of(&report, "gaps").is_empty());
    for gap in of(&report, "gaps") {
        assert_eq!(gap["blockedBy"]["layer"], "resourcePolicy", "{gap}");
        assert_eq!(gap["blockedBy"]["allowedBy"], json!(["identity"]));
    }
    assert!(!of(&report, "notSeen").contains(&json!("resourcePolicy")));

    let report = files.report(&[&other[..], &["--resource-policy", &of_bucket(&open)]].concat());
    assert!(of(&report, "gaps").is_empty() && of(&report, "excess").is_empty(), "{report}");
    assert_eq!(report["principals"][0]["exactness"], "exact");
    // The same policy in the own account: it grants nothing by itself.
    let own = ["--policy", &own, "--resource-policy", &of_bucket(&open)];
    let report = files.report(&own);
    assert!(of(&report, "gaps").is_empty() && of(&report, "excess").is_empty(), "{report}");
}

#[test]
fn organization_session_and_key_policies_leave_what_is_not_seen() {
    let files = Files::new();
    let own = files.policy("policy.json", &json!([everything()]));
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let rcp = files.policy("rcp.json", &json!([
        {"Sid": "OnlyUs", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
    ]));
    let session =
        files.policy("session.json", &json!([allow(&json!(["s3:*", "kms:*"]), &json!("*"))]));
    let closed = files.policy("key.json", &json!([
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/other"}, "Action": "kms:*", "Resource": "*"},
    ]));
    let closed = format!("{key}={closed}");
    let report = files.report(&[
        "--policy",
        &own,
        "--kms-key",
        key,
        "--rcp",
        &rcp,
        "--session-policy",
        &session,
        "--key-policy",
        &closed,
    ]);
    let blocked: Vec<(&str, &Value)> = of(&report, "gaps")
        .iter()
        .map(|gap| (gap["actions"][0].as_str().unwrap(), &gap["blockedBy"]))
        .collect();
    let get = blocked.iter().find(|(action, _)| *action == "s3:GetObject").unwrap().1;
    assert_eq!(get["layer"], "resourceControlPolicy");
    assert_eq!((&get["level"], &get["statement"]["sid"]), (&json!(0), &json!("OnlyUs")));
    let decrypt = blocked.iter().find(|(action, _)| *action == "kms:Decrypt").unwrap().1;
    assert_eq!((&decrypt["layer"], &decrypt["policy"]), (&json!("keyPolicy"), &json!("key.json")));
    let actions: Vec<&str> =
        of(&report, "excess").iter().filter_map(|e| e["witness"]["action"].as_str()).collect();
    assert!(
        actions.iter().all(|action| action.starts_with("s3:") || action.starts_with("kms:")),
        "{actions:?}"
    );
    for layer in ["sessionPolicy", "resourceControlPolicy", "keyPolicy"] {
        assert!(!of(&report, "notSeen").contains(&json!(layer)), "{layer}");
    }
}

#[test]
fn whose_policy_it_is_has_to_be_said() {
    let files = Files::new();
    let own = files.policy("policy.json", &needed());
    for (flag, given, expected) in [
        ("--resource-policy", "policy.json", "whose policy"),
        ("--resource-policy", "acme-*=policy.json", "without wildcards"),
        ("--resource-policy", "acme-argo=missing.json", "missing.json"),
        ("--resource-policy", "arn:aws:s3:::acme/x=policy.json", "objects"),
        ("--key-policy", "acme-argo=policy.json", "not the ARN of a KMS key"),
        (
            "--resource-policy",
            "arn:aws:kms:eu-west-1:111122223333:key/k=policy.json",
            "--key-policy",
        ),
    ] {
        let output = files.audit(&["--policy", &own, flag, given]);
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(err.contains(expected), "{err}");
    }
}
