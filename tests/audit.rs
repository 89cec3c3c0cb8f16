//! `leastwise audit` as a user runs it: the binary, its files, its output and its exit status.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the binary has failed")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const GOLDEN: [&str; 4] =
    ["-f", "tests/golden/leastwise.yaml", "--account-dump", "tests/golden/account.json"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn audit(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(root()).arg("audit").args(arguments).env("NO_COLOR", "1");
    command.output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/audit"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_documented_policies_against_what_the_systems_call() {
    let table = audit(&GOLDEN);
    assert_eq!(status(&table), 1, "{}", err(&table));
    assert!(out(&table).lines().all(|line| line.chars().count() <= 100));
    snapshot("golden.table", &out(&table));

    let machine = audit(&with(&GOLDEN, &["--format", "json"]));
    assert_eq!(status(&machine), 1);
    snapshot("golden.json", &out(&machine));
    let again = audit(&with(&GOLDEN, &["--format", "json"]));
    assert_eq!(out(&machine), out(&again));
}

#[test]
fn the_threshold_is_the_user_s() {
    let one = with(&GOLDEN, &["--only", "user/my-bucket-name-user", "--fail-on", "never"]);
    assert_eq!(status(&audit(&one)), 0);
    let one = with(&GOLDEN, &["--only", "argo-artifacts", "--fail-on", "error"]);
    assert_eq!(status(&audit(&one)), 0);
    let one = with(&GOLDEN, &["--only", "argo-artifacts", "--fail-on", "warning"]);
    assert_eq!(status(&audit(&one)), 1);
}

#[test]
fn the_number_agrees_with_the_rows() {
    let machine = json(&audit(&with(&GOLDEN, &["--format", "json", "--measure"])));
    let mut sum = 0.0;
    for principal in machine["principals"].as_array().unwrap() {
        let measure = &principal["measure"];
        let score = measure["score"].as_f64().unwrap();
        sum += score;
        assert_eq!(measure["exactness"], "exact");
        // What only a tolerated call uses is a note, and not too much.
        let rows = principal["excess"].as_array().unwrap();
        let rows = rows.iter().filter(|row| row["severity"] != "note");
        let levels: BTreeSet<&str> = rows.filter_map(|r| r["accessLevel"].as_str()).collect();
        let measured = measure["levels"].as_array().unwrap();
        let measured = measured.iter().filter_map(|level| level["accessLevel"].as_str()).collect();
        assert_eq!(levels, measured, "{}", principal["arn"]);
        assert_eq!(score > 0.0, !levels.is_empty());
    }
    assert!((machine["summary"]["score"].as_f64().unwrap() - sum).abs() < 0.01);
    // Nobody is measured who did not ask.
    let plain = json(&audit(&with(&GOLDEN, &["--format", "json"])));
    assert!(plain["principals"][0].get("measure").is_none());
    assert!(plain["summary"].get("score").is_none());
}

#[test]
fn the_number_is_explained_with_what_is_printed() {
    let document = fs::read_to_string(root().join("docs/measure.md")).unwrap();
    let shown = document.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let example = [
        "kubeflow-pipelines",
        "--bucket",
        "acme-kfp",
        "--component",
        "profile",
        "--for-profile",
        "team-1",
        "--policy",
        "examples/documented-profile-policy.json",
    ];
    let printed = out(&audit(&with(&example, &["--measure"])));
    assert!(printed.contains(shown), "{printed}");
    // More is more.
    let of = |name: &str, text: &str| {
        let folder = folder();
        let path = write(&folder, name, text);
        let path = path.to_str().unwrap();
        let policy = with(&example[..7], &["--policy", path, "--measure", "--format", "json"]);
        json(&audit(&policy))["summary"]["score"].as_f64().unwrap()
    };
    let allow = |actions: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{actions}","Resource":"*"}}}}"#
        )
    };
    let scores =
        ["s3:GetObject", "s3:Get*", "s3:*", "*"].map(|actions| of("p.json", &allow(actions)));
    assert!(scores.is_sorted() && scores[0] > 0.0, "{scores:?}");
}

/// A folder for one test's files, gone afterwards.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn who_is_not_in_the_dump_is_not_passed() {
    let folder = folder();
    let estate = fs::read_to_string(root().join("tests/golden/leastwise.yaml")).unwrap();
    let estate = estate.replace("name: argo-artifacts\n", "name: argo-artifact\n");
    let estate = write(&folder, "leastwise.yaml", &estate);
    let arguments = [
        "-f",
        estate.to_str().unwrap(),
        "--account-dump",
        "tests/golden/account.json",
        "--format",
        "json",
        "--fail-on",
        "never",
    ];
    let output = audit(&arguments);
    assert_eq!(status(&output), 4);
    let report = json(&output);
    let missing = &report["notAudited"][0];
    assert_eq!(missing["arn"], "arn:aws:iam::111122223333:role/argo-artifact");
    assert!(missing["why"].as_str().unwrap().contains("role not found"), "{missing}");
    assert_eq!(report["summary"]["notAudited"], 1);
    assert_eq!(report["summary"]["principals"], 10);
}

const ARGO: [&str; 5] = ["argo-workflows", "--bucket", "acme-argo", "--component", "workflow-pod"];

#[test]
fn one_policy_against_one_consumer() {
    let folder = folder();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:AbortMultipartUpload"],"Resource":"arn:aws:s3:::acme-argo/*"},
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-argo"}]}"#;
    let good = write(&folder, "good.json", policy);
    let good = audit(&with(&ARGO, &["--policy", good.to_str().unwrap(), "--fail-on", "note"]));
    assert_eq!(status(&good), 0, "{}{}", out(&good), err(&good));

    let bad = write(&folder, "bad.json", &policy.replace("\"s3:GetObject\",", ""));
    let arguments = with(&ARGO, &["--policy", bad.to_str().unwrap(), "--format", "json"]);
    let bad = audit(&arguments);
    assert_eq!(status(&bad), 1);
    let gap = json(&bad)["principals"][0]["gaps"][0].clone();
    assert_eq!(gap["actions"], serde_json::json!(["s3:GetObject"]));
    assert_eq!(gap["severity"], "error");
    assert_eq!(gap["blockedBy"]["kind"], "implicitDeny");
}

#[test]
fn what_depends_on_the_network_is_no_gap_and_tls_is_nothing_at_all() {
    let folder = folder();
    let with_condition = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:AbortMultipartUpload"],"Resource":"arn:aws:s3:::acme-argo/*"}},
            {{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-argo"}},
            {{"Sid":"Network","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{condition}}}]}}"#
        )
    };
    let tls = with_condition(r#"{"Bool":{"aws:SecureTransport":"false"}}"#);
    let tls = write(&folder, "tls.json", &tls);
    let tls = audit(&with(&ARGO, &["--policy", tls.to_str().unwrap(), "--fail-on", "note"]));
    assert_eq!(status(&tls), 0, "{}", out(&tls));

    let vpc = with_condition(r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}"#);
    let vpc = write(&folder, "vpc.json", &vpc);
    let vpc = audit(&with(&ARGO, &["--policy", vpc.to_str().unwrap(), "--format", "json"]));
    assert_eq!(status(&vpc), 0, "{}", out(&vpc));
    let report = json(&vpc);
    let gaps = report["principals"][0]["gaps"].as_array().unwrap();
    assert!(!gaps.is_empty());
    for gap in gaps {
        assert_eq!(gap["severity"], "warning", "{gap}");
        assert_eq!(gap["dependsOn"], serde_json::json!(["aws:SourceVpce"]));
        assert_eq!(gap["blockedBy"]["statement"]["sid"], "Network");
    }
}

#[test]
fn a_boundary_and_an_scp_can_block() {
    let folder = folder();
    let all =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let cap = all.replace("\"Action\":\"*\"", "\"Action\":\"s3:Get*\"");
    let (all, cap) = (write(&folder, "all.json", all), write(&folder, "cap.json", &cap));
    let (all, cap) = (all.to_str().unwrap(), cap.to_str().unwrap());
    for (more, layer) in [
        (&["--permissions-boundary", cap][..], "permissionsBoundary"),
        (&["--scp", all, "--scp", cap][..], "serviceControlPolicy"),
    ] {
        let more = with(&["--policy", all, "--format", "json"], more);
        let report = json(&audit(&with(&ARGO, &more)));
        let gaps = report["principals"][0]["gaps"].as_array().unwrap();
        assert!(!gaps.is_empty());
        assert!(gaps.iter().all(|gap| gap["blockedBy"]["layer"] == layer), "{gaps:?}");
        let not_seen = report["principals"][0]["notSeen"].as_array().unwrap();
        assert!(!not_seen.contains(&Value::from(layer)));
    }
}

#[test]
fn bad_input_is_said_with_its_place() {
    let folder = folder();
    let broken = write(&folder, "broken.json", "{\"Version\": \"2012-10-17\", \"Statement\": [");
    let broken = broken.to_str().unwrap();
    for (arguments, expected) in [
        (with(&ARGO, &["--policy", broken]), "broken.json"),
        (vec!["-f", "tests/golden/leastwise.yaml", "--account-dump", broken], "broken.json"),
        (vec!["-f", "tests/golden/leastwise.yaml"], "--account-dump"),
        (vec!["-f", "missing.yaml", "--account-dump", broken], "missing.yaml"),
        (with(&GOLDEN, &["--only", "nobody"]), "nobody"),
        (with(&GOLDEN, &["--fail-on", "sometimes"]), "sometimes"),
        (with(&GOLDEN, &["--policy", broken]), "cannot be used with"),
    ] {
        let output = audit(&arguments);
        assert_eq!(status(&output), 2, "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_only_a_tolerated_call_uses_is_a_note() {
    let folder = folder();
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:AbortMultipartUpload","s3:DeleteObject","s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-kratix/clusters/*"},
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-kratix"}]}"#;
    let policy = write(&folder, "policy.json", policy);
    let kratix =
        ["kratix", "--bucket", "acme-kratix", "--set", "path=clusters", "--format", "json"];
    let output = audit(&with(&kratix, &["--policy", policy.to_str().unwrap()]));
    assert_eq!(status(&output), 0, "{}{}", out(&output), err(&output));
    let report = json(&output);
    let excess = report["principals"][0]["excess"].as_array().unwrap();
    assert_eq!(excess.len(), 1, "{excess:?}");
    assert_eq!(excess[0]["severity"], "note");
    assert_eq!(excess[0]["actions"], serde_json::json!(["s3:ListBucket"]));
    assert_eq!(report["principals"][0]["findings"], serde_json::json!([]));
}

#[test]
fn an_estate_without_roles_is_nothing_to_check() {
    let folder = folder();
    let estate = "version: 1\ndeployments:\n  - { consumer: kratix, bucket: acme-kratix }\n";
    let estate = write(&folder, "leastwise.yaml", estate);
    let dump = "tests/golden/account.json";
    let output = audit(&["-f", estate.to_str().unwrap(), "--account-dump", dump]);
    assert_eq!(status(&output), 3, "{}", err(&output));
    assert!(output.stdout.is_empty());
}

/// A trust policy alone is compared alone; without one given, trust is not seen.
#[test]
fn a_trust_policy_by_itself() {
    let folder = folder();
    let issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[
        {{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::111122223333:oidc-provider/{issuer}"}},
          "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringLike":{{"{issuer}:sub":"system:serviceaccount:argo:*"}}}}}},
        {{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::444455556666:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let trust = write(&folder, "trust.json", &trust);
    let issuer = format!("https://{issuer}");
    let more = [
        "--account",
        "111122223333",
        "--role",
        "argo",
        "--irsa-issuer",
        &issuer,
        "--service-account",
        "argo/default",
        "--trust-policy",
        trust.to_str().unwrap(),
        "--format",
        "json",
    ];
    let output = audit(&with(&ARGO, &more));
    assert_eq!(status(&output), 1, "{}", err(&output));
    let report = json(&output);
    let one = &report["principals"][0];
    assert_eq!(
        (one["gaps"].clone(), one["excess"].clone()),
        (Value::from(vec![0; 0]), Value::from(vec![0; 0]))
    );
    assert!(one["notSeen"].as_array().unwrap().contains(&Value::from("identity")));
    assert_eq!(one["exactness"], "witness-only");
    assert_eq!(one["trust"]["gaps"], serde_json::json!([]));
    let subjects: Vec<&str> = one["trust"]["excess"]
        .as_array()
        .unwrap()
        .iter()
        .map(|excess| excess["subject"].as_str().unwrap())
        .collect();
    assert_eq!(
        subjects,
        [
            "any service account of the namespace `argo`, with a token for any audience",
            "every principal of account 444455556666 that may call `sts:AssumeRole`"
        ]
    );
}

#[test]
fn a_key_policy_that_was_not_read_is_no_gap() {
    let folder = folder();
    let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let argo = with(&ARGO, &["--kms-key", key, "--bucket-region", "eu-west-1", "--format", "json"]);
    let objects = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:AbortMultipartUpload"],"Resource":"arn:aws:s3:::acme-argo/*"},
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-argo"}]}"#;
    let silent = write(&folder, "silent.json", objects);
    let silent = json(&audit(&with(&argo, &["--policy", silent.to_str().unwrap()])));
    let one = &silent["principals"][0];
    assert_eq!(one["gaps"], serde_json::json!([]), "{one}");
    assert!(one["notSeen"].as_array().unwrap().contains(&Value::from("keyPolicy")));

    // No key policy helps against a denial.
    let denial = r#"{"Sid":"NoKeys","Effect":"Deny","Action":"kms:*","Resource":"*"},"#;
    let denied = objects.replace("\"Statement\":[", &format!("\"Statement\":[{denial}"));
    let denied = write(&folder, "denied.json", &denied);
    let denied = json(&audit(&with(&argo, &["--policy", denied.to_str().unwrap()])));
    let gaps = denied["principals"][0]["gaps"].as_array().unwrap();
    assert!(!gaps.is_empty());
    assert!(gaps.iter().all(|gap| gap["blockedBy"]["statement"]["sid"] == "NoKeys"), "{gaps:?}");
}

#[test]
fn pod_identity_is_held_to_its_service_account() {
    let folder = folder();
    let trust = |conditions: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},
            "Action":["sts:AssumeRole","sts:TagSession"]{conditions}}}}}"#
        )
    };
    let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
    let exact = format!(
        r#","Condition":{{"StringEquals":{{"aws:SourceAccount":"111122223333","aws:SourceArn":"{cluster}",
        "aws:RequestTag/kubernetes-namespace":"argo","aws:RequestTag/kubernetes-service-account":"default"}}}}"#
    );
    let other = exact.replace("\"default\"", "\"other\"");
    let anyone = "any pod identity association of the account, in any cluster";
    let (own, stranger) =
        ("system:serviceaccount:argo:default", "system:serviceaccount:argo:other");
    for (conditions, gaps, excess) in
        [("", &[][..], &[anyone][..]), (&exact, &[], &[]), (&other, &[own], &[stranger])]
    {
        let trust = write(&folder, "trust.json", &trust(conditions));
        let more = [
            "--consumer-version",
            "3.7.0",
            "--account",
            "111122223333",
            "--role",
            "argo",
            "--pod-identity-cluster",
            cluster,
            "--service-account",
            "argo/default",
            "--trust-policy",
            trust.to_str().unwrap(),
            "--format",
            "json",
        ];
        let output = audit(&with(&ARGO, &more));
        let report = json(&output);
        let subjects = |kind: &str| -> Vec<String> {
            let found = report["principals"][0]["trust"][kind].as_array().unwrap();
            found.iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(subjects("gaps"), gaps, "{conditions} {}", out(&output));
        assert_eq!(subjects("excess"), excess, "{conditions} {}", out(&output));
    }
}

/// Single answers of IAM do not say whether a role has more policies: it neither lacks nor passes.
#[test]
fn a_role_that_was_read_in_part_does_not_pass() {
    let folder = folder();
    let role = r#"{"Role":{"Path":"/","RoleName":"argo","RoleId":"AROAEXAMPLE0000000001",
        "Arn":"arn:aws:iam::111122223333:role/argo","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]}}}"#;
    let policy = r#"{"RoleName":"argo","PolicyName":"list","PolicyDocument":{"Version":"2012-10-17",
        "Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-argo"}}}"#;
    let (role, policy) = (write(&folder, "role.json", role), write(&folder, "policy.json", policy));
    let more = [
        "--account",
        "111122223333",
        "--role",
        "argo",
        "--account-dump",
        role.to_str().unwrap(),
        policy.to_str().unwrap(),
        "--format",
        "json",
    ];
    let output = audit(&with(&ARGO, &more));
    assert_eq!(status(&output), 4, "{}", err(&output));
    let one = json(&output)["principals"][0].clone();
    assert_eq!(
        (one["gaps"].clone(), one["exactness"].clone()),
        (serde_json::json!([]), "unknown".into())
    );
}

/// A key that no request for the action carries is absent, whatever a model leaves open.
#[test]
fn a_condition_that_never_holds_is_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
        "Action":["s3:ListBucket","s3:GetObject","s3:PutObject","s3:AbortMultipartUpload"],
        "Resource":["arn:aws:s3:::acme-argo","arn:aws:s3:::acme-argo/*"],
        "Condition":{"StringLike":{"s3:prefix":"*"}}}}"#;
    fs::write(&policy, text).unwrap();
    let arguments = [
        "argo-workflows",
        "--bucket",
        "acme-argo",
        "--component",
        "workflow-pod",
        "--policy",
        policy.to_str().unwrap(),
        "--format",
        "json",
    ];
    let run = audit(&arguments);
    assert_eq!(status(&run), 1, "{}", err(&run));
    let report = json(&run);
    let gaps = report["principals"][0]["gaps"].as_array().unwrap();
    let refused: BTreeSet<&str> = gaps
        .iter()
        .filter(|gap| gap["severity"] == "error")
        .map(|gap| gap["actions"][0].as_str().unwrap())
        .collect();
    assert_eq!(refused, BTreeSet::from(["s3:GetObject", "s3:PutObject"]), "{gaps:#?}");
}
