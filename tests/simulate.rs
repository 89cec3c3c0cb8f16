//! `leastwise simulate`, as its users run it.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the program has failed")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

macro_rules! snapshot {
    ($name:literal, $value:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/simulate"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!($name, $value) });
    };
}

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

fn leastwise(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/simulate"));
    command.arg("simulate").args(arguments);
    command
}

fn get_object(more: &[&str]) -> Output {
    let request = [
        "--principal",
        ALICE,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::acme/alice/x",
    ];
    leastwise(&[&request[..], more].concat()).output().unwrap()
}

/// Exit status and all that was printed.
fn shown(output: &Output) -> String {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("exit {}\n{out}{err}", output.status.code().unwrap())
}

#[test]
fn a_decision_is_explained_layer_by_layer() {
    let layers = [
        "--identity-policy",
        "identity.json",
        "--permissions-boundary",
        "boundary.json",
        "--resource-policy",
        "bucket.json",
        "--resource-account",
        "111122223333",
        "--scp",
        "boundary.json,identity.json",
        "--context",
        "aws:SecureTransport=true",
    ];
    let text = get_object(&[&layers[..], &["--explain"]].concat());
    snapshot!("allowed", shown(&text));
    let json = get_object(&[&layers[..], &["--explain", "--format", "json"]].concat());
    snapshot!("allowed-json", shown(&json));
}

#[test]
fn what_is_not_known_exits_with_4() {
    let layers = ["--identity-policy", "identity.json", "--resource-policy", "bucket.json"];
    let unknown = ["--resource-account", "111122223333", "--unknown", "aws:SecureTransport"];
    let all = [&layers[..], &unknown].concat();
    snapshot!("unknown", shown(&get_object(&[&all[..], &["--explain"]].concat())));
    let expected = get_object(&[&all[..], &["--expect", "unknown"]].concat());
    assert_eq!(expected.status.code(), Some(0));
}

#[test]
fn an_expectation_that_is_missed_exits_with_1() {
    let denied = ["--identity-policy", "identity.json", "--context", "aws:username=bob"];
    for (expected, status) in
        [("allowed", 1), ("denied", 0), ("implicitDeny", 0), ("explicitDeny", 1), ("unknown", 1)]
    {
        let output = get_object(&[&denied[..], &["--expect", expected]].concat());
        assert_eq!(output.status.code(), Some(status), "{expected}");
        assert_eq!(output.stdout, b"implicitDeny, blocked by identity\n");
    }
}

#[test]
fn a_wildcard_in_a_variables_value_is_pointed_out() {
    let star = ["--identity-policy", "identity.json", "--context", "aws:username=*"];
    let output = get_object(&[&star[..], &["--explain"]].concat());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains(
            "note: the value `*` of the variable `aws:username` is taken letter by letter"
        ),
        "{text}"
    );
}

#[test]
fn all_mistakes_are_shown_at_once() {
    let output = get_object(&[
        "--identity-policy",
        "misspelt.json",
        "--identity-policy",
        "none.json",
        "--context",
        "s3:prefix",
        "--resource-policy",
        "identity.json",
    ]);
    snapshot!("mistakes", shown(&output));
}

#[test]
fn every_odd_argument_is_named() {
    let output = leastwise(&[
        "--principal",
        "bob",
        "--action",
        "s3:Get*",
        "--resource",
        "acme/x",
        "--resource-account",
        "1",
        "--context",
        "k",
    ]);
    snapshot!("arguments", shown(&{ output }.output().unwrap()));
    let trust = get_object(&["--trust-policy", "trust.json"]);
    assert_eq!(trust.status.code(), Some(2));
    let err = String::from_utf8_lossy(&trust.stderr).into_owned();
    assert!(err.contains("`--trust-policy` has no say about `s3:GetObject`"), "{err}");
}

/// As `aws s3api get-bucket-policy --query Policy` prints it.
#[test]
fn a_policy_may_be_a_json_string() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    let policy =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    std::fs::write(&path, serde_json::to_string(policy).unwrap()).unwrap();
    let output = get_object(&["--identity-policy", path.to_str().unwrap(), "--expect", "allowed"]);
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
}

#[test]
fn a_batch_is_answered_while_it_is_asked() {
    let mut child =
        leastwise(&["--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let policy =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    for id in 0..3 {
        writeln!(
            stdin,
            r#"{{"id":{id},"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","identityPolicies":[{policy}]}}"#
        )
        .unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.starts_with(&format!(r#"{{"id":{id},"decision":"allowed""#)), "{answer}");
    }
    writeln!(stdin, r#"{{"id":9,"action":"s3:GetObject"}}"#).unwrap();
    drop(stdin);
    let answer = answers.next().unwrap().unwrap();
    assert_eq!(answer, r#"{"id":9,"error":"missing field `resource`","line":4}"#);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_batch_that_cannot_be_read_or_is_empty_says_so() {
    let missing = leastwise(&["--batch", "none.ndjson"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot read `none.ndjson`"));
    let folder = leastwise(&["--batch", "."]).output().unwrap();
    assert_eq!(folder.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&folder.stderr).contains("cannot read `.`: is a directory"));
    let empty = leastwise(&["--batch", "-"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(empty.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&empty.stderr).contains("`-` holds no request"));
}
