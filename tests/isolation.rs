//! `leastwise audit --isolation`: tenants are proved apart, or there is a witness.

#![allow(clippy::unwrap_used, reason = "a test that cannot run the binary has failed")]

#[allow(unused, reason = "shared by test binaries that each use a part")]
mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use support::{Run, leastwise, snapshot};

const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

/// An estate of one Kubeflow with these profiles; `more` are lines of the deployment.
fn estate(profiles: &[String], more: &str) -> String {
    let profiles = profiles.join(", ");
    format!(
        r#"version: 1
account: "111122223333"
region: eu-west-1
clusters:
  prod:
    arn: arn:aws:eks:eu-west-1:111122223333:cluster/prod
    oidc-issuer: https://{ISSUER}
deployments:
  - consumer: kubeflow-pipelines
    bucket: acme-kfp
    profiles: [{profiles}]
{more}    roles:
      - name: "kfp-{{profile}}"
        components: [profile]
        trust: {{ irsa: {{ cluster: prod, service-accounts: ["{{profile}}/default-editor"] }} }}
"#
    )
}

fn allow(actions: &[&str], resources: &[&str], condition: Value) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

/// What a profile needs and no more.
fn tight(profile: &str) -> Vec<Value> {
    let prefixes = [format!("artifacts/{profile}/*"), format!("v2/artifacts/{profile}/*")];
    let objects = prefixes.iter().map(|prefix| format!("arn:aws:s3:::acme-kfp/{prefix}"));
    let objects: Vec<String> = objects.collect();
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    vec![
        allow(
            &["s3:ListBucket"],
            &["arn:aws:s3:::acme-kfp"],
            json!({ "StringLike": { "s3:prefix": prefixes } }),
        ),
        allow(&["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], &objects, Value::Null),
    ]
}

fn trust(operator: &str, subject: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Federated": format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}") },
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": { format!("{ISSUER}:aud"): "sts.amazonaws.com" },
            operator: { format!("{ISSUER}:sub"): subject },
        },
    }]})
}

fn own_trust(profile: &str) -> Value {
    trust("StringEquals", &format!("system:serviceaccount:{profile}:default-editor"))
}

fn role(name: &str, statements: &[Value], trust: &Value) -> Value {
    json!({
        "Path": "/", "RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase().replace('-', "")),
        "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
        "CreateDate": "2026-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{ "PolicyName": "objects", "PolicyDocument":
            { "Version": "2012-10-17", "Statement": statements } }],
        "AttachedManagedPolicies": [], "InstanceProfileList": [], "Tags": [],
    })
}

fn dump(roles: &[Value]) -> String {
    json!({ "UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": roles })
        .to_string()
}

fn audit(estate: &str, dump: &str, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (estate, dump) = (write("leastwise.yaml", estate), write("gaad.json", dump));
    let first = ["audit", "-f", &estate, "--account-dump", &dump, "--isolation"];
    leastwise(&[&first, more].concat())
}

fn isolation(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["isolation"].clone()
}

fn pair() -> Vec<String> {
    ["team-1", "team-1-prod"].map(str::to_owned).to_vec()
}

/// What breaks isolation where `team-1` has these statements besides, and this trust.
fn leaks(more: &[Value], trust: &Value, lines: &str) -> Value {
    let statements = [&tight("team-1")[..], more].concat();
    let roles = [
        role("kfp-team-1", &statements, trust),
        role("kfp-team-1-prod", &tight("team-1-prod"), &own_trust("team-1-prod")),
    ];
    isolation(&audit(&estate(&pair(), lines), &dump(&roles), &["--format", "json"]))
}

fn kinds(isolation: &Value) -> BTreeSet<String> {
    let leaks = isolation["leaks"].as_array().unwrap().iter();
    leaks.map(|leak| leak["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn profiles_with_what_they_need_are_proved_apart() {
    let found = leaks(&[], &own_trust("team-1"), "");
    assert_eq!(found["leaks"], json!([]));
    assert_eq!((&found["pairs"], &found["proven"]), (&json!(2), &json!(2)));
    assert_eq!((&found["exactness"], &found["undecided"]), (&json!("exact"), &json!([])));
}

/// Each statement, added to a role that is isolated, and what it breaks.
#[test]
fn every_way_to_break_it() {
    const BUCKET: &str = "arn:aws:s3:::acme-kfp";
    const OTHERS: &str = "arn:aws:s3:::acme-kfp/artifacts/team-1-prod/*";
    const SIBLINGS: &str = "arn:aws:s3:::acme-kfp/artifacts/team-1*";
    let prefix = |value: &str| json!({ "StringLike": { "s3:prefix": value } });
    let folders =
        json!({ "StringEquals": { "s3:prefix": ["", "artifacts/"], "s3:delimiter": "/" } });
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("a sibling prefix", allow(&["s3:GetObject"], &[SIBLINGS], Value::Null), &["read"]),
        (
            "the own prefix",
            allow(&["s3:*"], &["arn:aws:s3:::acme-kfp/artifacts/team-1/*"], Value::Null),
            &[],
        ),
        (
            "a prefix of nobody",
            allow(&["s3:*"], &["arn:aws:s3:::acme-kfp/scratch/*"], Value::Null),
            &[],
        ),
        (
            "one key of another",
            allow(
                &["s3:GetObject"],
                &["arn:aws:s3:::acme-kfp/artifacts/team-1-prod/a"],
                Value::Null,
            ),
            &["read"],
        ),
        (
            "some keys of all",
            allow(&["s3:GetObject"], &["arn:aws:s3:::acme-kfp/artifacts/*/public/*"], Value::Null),
            &["read"],
        ),
        (
            "another bucket",
            allow(
                &["s3:*"],
                &["arn:aws:s3:::acme-other", "arn:aws:s3:::acme-other/*"],
                Value::Null,
            ),
            &[],
        ),
        (
            "list with no prefix",
            allow(&["s3:ListBucket"], &[BUCKET], json!({ "Null": { "s3:prefix": "true" } })),
            &["list"],
        ),
        (
            "list with an empty prefix",
            allow(&["s3:ListBucket"], &[BUCKET], json!({ "StringEquals": { "s3:prefix": "" } })),
            &["list"],
        ),
        (
            "list with a shorter prefix",
            allow(&["s3:ListBucket"], &[BUCKET], prefix("artifacts/")),
            &["list"],
        ),
        (
            "list with a sibling prefix",
            allow(&["s3:ListBucket"], &[BUCKET], prefix("artifacts/team-1")),
            &["list"],
        ),
        (
            "list of siblings",
            allow(&["s3:ListBucket"], &[BUCKET], prefix("artifacts/team-1*")),
            &["list"],
        ),
        (
            "list deep in another's",
            allow(&["s3:ListBucket"], &[BUCKET], prefix("artifacts/team-1-prod/x/*")),
            &["list"],
        ),
        (
            "list of what is nobody's",
            allow(&["s3:ListBucket"], &[BUCKET], prefix("scratch/*")),
            &[],
        ),
        ("a list of folders", allow(&["s3:ListBucket"], &[BUCKET], folders), &["names"]),
        ("versions of all", allow(&["s3:ListBucketVersions"], &[BUCKET], Value::Null), &["list"]),
        ("uploads", allow(&["s3:ListBucketMultipartUploads"], &[BUCKET], Value::Null), &["list"]),
        (
            "uploads under a prefix, which is never sent: that allows nothing",
            allow(&["s3:ListBucketMultipartUploads"], &[BUCKET], prefix("artifacts/team-1/*")),
            &[],
        ),
        ("parts", allow(&["s3:ListMultipartUploadParts"], &[OTHERS], Value::Null), &["read"]),
        ("a version", allow(&["s3:GetObjectVersion"], &[OTHERS], Value::Null), &["read"]),
        (
            "tags are read",
            allow(&["s3:GetObjectTagging", "s3:GetObjectVersionTagging"], &[OTHERS], Value::Null),
            &["read"],
        ),
        ("tags are written", allow(&["s3:PutObjectTagging"], &[OTHERS], Value::Null), &["tagging"]),
        ("an ACL is read", allow(&["s3:GetObjectAcl"], &[OTHERS], Value::Null), &["read"]),
        (
            "an ACL is written",
            allow(&["s3:PutObjectVersionAcl"], &[OTHERS], Value::Null),
            &["permissions"],
        ),
        (
            "a copy to another",
            allow(
                &["s3:PutObject"],
                &[OTHERS],
                json!({ "Null": { "s3:x-amz-copy-source": "false" } }),
            ),
            &["write"],
        ),
        ("a deletion", allow(&["s3:DeleteObjectVersion"], &[OTHERS], Value::Null), &["delete"]),
        (
            "everything",
            allow(&["s3:*"], &["*"], Value::Null),
            &["delete", "list", "names", "permissions", "power", "read", "tagging", "write"],
        ),
        ("the bucket's policy", allow(&["s3:PutBucketPolicy"], &[BUCKET], Value::Null), &["power"]),
        (
            "its lifecycle",
            allow(&["s3:PutLifecycleConfiguration"], &[BUCKET], Value::Null),
            &["power"],
        ),
        ("its location", allow(&["s3:GetBucketLocation"], &[BUCKET], Value::Null), &[]),
        (
            "all but the other's",
            json!({ "Effect": "Allow", "Action": "s3:GetObject", "NotResource": OTHERS }),
            &["read"],
        ),
        (
            "all but what is in the bucket",
            json!({ "Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::acme-kfp/*" }),
            &[],
        ),
        (
            "all lists but the other's",
            allow(
                &["s3:ListBucket"],
                &[BUCKET],
                json!({ "StringNotLike": { "s3:prefix": "artifacts/*" } }),
            ),
            &["list"],
        ),
    ];
    for (name, statement, expected) in cases {
        let found = leaks(std::slice::from_ref(&statement), &own_trust("team-1"), "");
        let mut expected: BTreeSet<String> = expected.iter().map(|&kind| kind.to_owned()).collect();
        // Whose keys are listed need not be told that their folder is seen.
        if expected.contains("list") {
            expected.remove("names");
        }
        assert_eq!(kinds(&found), expected, "{name}: {found:#}");
        assert_eq!(found["exactness"], "exact", "{name}");
        assert_eq!(found["proven"], if expected.is_empty() { 2 } else { 1 }, "{name}");
        for leak in found["leaks"].as_array().unwrap() {
            assert_eq!(leak["from"], json!(["team-1"]), "{name}");
            assert_eq!(leak["to"], json!(["team-1-prod"]), "{name}");
            assert_eq!(leak["statement"]["index"], 2, "{name}");
            allowed(leak, &statement);
        }
    }
}

/// What a leak shows is decided again, by `simulate` and the statement to blame alone.
fn allowed(leak: &Value, statement: &Value) {
    let witness = &leak["witness"];
    let question = json!({
        "id": "1", "action": witness["action"], "resource": witness["resource"],
        "context": witness["context"],
        "identityPolicies": [{ "Version": "2012-10-17", "Statement": [statement] }],
    });
    let answer =
        support::leastwise_with(&["simulate", "--batch", "-"], &format!("{question}\n"), &[]);
    let answer: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(answer["decision"], "allowed", "{leak:#}");
}

#[test]
fn who_may_assume_another_s_role() {
    let any = |subject: &str| trust("StringLike", subject);
    for (trust, expected) in [
        (own_trust("team-1"), false),
        (any("system:serviceaccount:team-1:*"), false),
        (any("system:serviceaccount:team-1*:default-editor"), true),
        (any("system:serviceaccount:*:default-editor"), true),
        (any("system:serviceaccount:kubeflow:*"), false),
        (own_trust("team-1-prod"), true),
        (
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                "Principal": { "Service": "pods.eks.amazonaws.com" },
                "Action": ["sts:AssumeRole", "sts:TagSession"] }]}),
            true,
        ),
        (
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                "Principal": { "Service": "pods.eks.amazonaws.com" },
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": { "StringEquals": { "aws:RequestTag/kubernetes-namespace": "team-1" } } }]}),
            false,
        ),
        (
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::111122223333:role/kfp-team-1-prod" },
                "Action": "sts:AssumeRole" }]}),
            true,
        ),
        (
            json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                "Principal": { "AWS": "111122223333" }, "Action": "sts:AssumeRole" }]}),
            false,
        ),
    ] {
        let found = leaks(&[], &trust, "");
        let assume: &[&str] = if expected { &["assume"] } else { &[] };
        let assume: BTreeSet<String> = assume.iter().map(|&kind| kind.to_owned()).collect();
        assert_eq!(kinds(&found), assume, "{trust:#}");
        if let Some(leak) = found["leaks"].get(0) {
            assert_eq!(leak["from"], json!(["team-1-prod"]));
            assert_eq!(leak["to"], json!(["team-1"]));
        }
    }
}

#[test]
fn what_is_shared_on_purpose_is_no_leak() {
    let read = allow(
        &["s3:GetObject"],
        &["arn:aws:s3:::acme-kfp/artifacts/team-1-prod/public/*"],
        Value::Null,
    );
    let list = allow(
        &["s3:ListBucket"],
        &["arn:aws:s3:::acme-kfp"],
        json!({ "StringLike": { "s3:prefix": "artifacts/team-1-prod/public/*" } }),
    );
    let write = allow(
        &["s3:PutObject"],
        &["arn:aws:s3:::acme-kfp/artifacts/team-1-prod/public/*"],
        Value::Null,
    );
    let shared = "    shared: [{ prefix: artifacts/team-1-prod/public/, access: read }]\n";
    let all = [read, list, write];
    let own = own_trust("team-1");
    let names = |found: &Value| kinds(found).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names(&leaks(&all, &own, "")), "list read write");
    assert_eq!(names(&leaks(&all, &own, shared)), "write");
    let shared = shared.replace("access: read", "access: [read, write]");
    assert_eq!(names(&leaks(&all, &own, &shared)), "");
}

#[test]
fn key_formats_that_keep_nobody_apart() {
    let found =
        leaks(&[], &own_trust("team-1"), "    key-format: \"artifacts/{{workflow.name}}\"\n");
    assert_eq!(kinds(&found), BTreeSet::from(["overlap".to_owned()]));
    assert_eq!(found["proven"], 0);
    let lines = "    also: [{ prefix: common/, access: [read] }]\n";
    let found = leaks(&[], &own_trust("team-1"), lines);
    assert_eq!(kinds(&found), BTreeSet::from(["overlap".to_owned()]));
    let lines = format!("{lines}    shared: [{{ prefix: common/, access: read }}]\n");
    assert_eq!(kinds(&leaks(&[], &own_trust("team-1"), &lines)), BTreeSet::new());
}

/// What could not be read or decided is never isolated.
#[test]
fn the_undecided_is_not_isolated() {
    let roles = [role("kfp-team-1", &tight("team-1"), &own_trust("team-1"))];
    let run = audit(&estate(&pair(), ""), &dump(&roles), &["--format", "json"]);
    assert_eq!(run.status, 4);
    let found = isolation(&run);
    assert_eq!((&found["pairs"], &found["proven"]), (&json!(2), &json!(1)));
    assert_eq!(found["undecided"][0]["from"], "team-1-prod");
    assert_eq!(found["exactness"], "unknown");

    let run = leastwise(&[
        "audit",
        "kratix",
        "--bucket",
        "acme-kratix",
        "--policy",
        "examples/documented-profile-policy.json",
        "--isolation",
    ]);
    assert_eq!(run.status, 3, "{}", run.stderr);
}

#[test]
fn people_read_it() {
    let estate = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/leastwise.yaml"),
    );
    let account = include_str!("golden/account.json");
    let run = audit(&estate.unwrap(), account, &[]);
    assert_eq!(run.status, 1);
    let (_, table) = run.stdout.split_once("\nisolation of ").unwrap();
    assert!(table.lines().all(|line| line.chars().count() <= 100));
    snapshot("audit", "isolation.table", table);
    let everything = allow(&["s3:*"], &["*"], Value::Null);
    let found = leaks(&[everything], &trust("StringLike", "system:serviceaccount:*:*"), "");
    snapshot("audit", "isolation.json", &serde_json::to_string_pretty(&found).unwrap());
}

/// Two hundred profiles, of which each third one lists all and each seventh reads its siblings.
#[test]
fn two_hundred_profiles() {
    let profiles: Vec<String> = (0..200).map(|n| format!("team-{n}")).collect();
    let role = |(n, profile): (usize, &String)| {
        let mut statements = tight(profile);
        if n % 3 == 0 {
            let list = allow(&["s3:ListBucket"], &["arn:aws:s3:::acme-kfp"], Value::Null);
            statements.push(list);
        }
        if n % 7 == 0 {
            let siblings = format!("arn:aws:s3:::acme-kfp/artifacts/{profile}*");
            statements.push(allow(&["s3:GetObject"], &[&siblings], Value::Null));
        }
        role(&format!("kfp-{profile}"), &statements, &own_trust(profile))
    };
    let roles: Vec<Value> = profiles.iter().enumerate().map(role).collect();
    let run = audit(&estate(&profiles, ""), &dump(&roles), &["--format", "json"]);
    let found = isolation(&run);
    assert_eq!(found["pairs"], 200 * 199);
    assert_eq!(found["exactness"], "exact");
    let leaks = found["leaks"].as_array().unwrap();
    let mut reached: BTreeSet<(String, String)> = BTreeSet::new();
    for leak in leaks {
        let from = leak["from"][0].as_str().unwrap();
        for to in leak["to"].as_array().unwrap() {
            reached.insert((from.to_owned(), to.as_str().unwrap().to_owned()));
        }
    }
    let mut expected: BTreeSet<(String, String)> = BTreeSet::new();
    for (n, from) in profiles.iter().enumerate() {
        for to in profiles.iter().filter(|to| *to != from) {
            if n % 3 == 0 || (n % 7 == 0 && to.starts_with(from.as_str())) {
                expected.insert((from.clone(), to.clone()));
            }
        }
    }
    assert_eq!(reached, expected);
    assert_eq!(found["proven"], 200 * 199 - expected.len());
}

/// An estate with one role for all profiles.
fn abac_estate() -> String {
    let estate = estate(&pair(), "");
    let (head, _) = estate.split_once("    roles:").unwrap();
    format!(
        r#"{head}    roles:
      - name: kfp-profiles
        abac: true
        components: [profile]
        trust: {{ pod-identity: {{ cluster: prod, service-accounts: ["{{profile}}/default-editor"] }} }}
"#
    )
}

const TAG: &str = "${aws:PrincipalTag/kubernetes-namespace}";

fn pods(condition: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "pods.eks.amazonaws.com" },
        "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": { "StringEquals": condition },
    }]})
}

/// One role with the session's namespace in its resources serves all, and keeps them apart.
#[test]
fn one_role_for_all_profiles() {
    let condition = json!({
        "aws:SourceAccount": "111122223333",
        "aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
        "aws:RequestTag/kubernetes-service-account": "default-editor",
    });
    let trust = pods(&condition);
    let json = ["--format", "json"];
    let correct = role("kfp-profiles", &tight(TAG), &trust);
    let run = audit(&abac_estate(), &dump(&[correct]), &json);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["principals"][0]["gaps"], json!([]));
    assert_eq!(report["principals"][0]["excess"], json!([]));
    assert_eq!(report["principals"][0]["trust"], json!({ "gaps": [], "excess": [] }));
    assert_eq!(report["principals"][0]["exactness"], "exact");
    let found = isolation(&run);
    assert_eq!((&found["pairs"], &found["proven"]), (&json!(2), &json!(2)), "{found:#}");
    assert_eq!(found["exactness"], "exact");

    // A star behind the tag reaches siblings: `team-1*` is also `team-1-prod`.
    let sibling = allow(
        &["s3:GetObject"],
        &[&format!("arn:aws:s3:::acme-kfp/artifacts/{TAG}*")],
        Value::Null,
    );
    let loose = role("kfp-profiles", &[&tight(TAG)[..], &[sibling]].concat(), &trust);
    let run = audit(&abac_estate(), &dump(&[loose]), &json);
    assert_eq!(run.status, 1);
    let found = isolation(&run);
    assert_eq!(kinds(&found), BTreeSet::from(["read".to_owned()]));
    assert_eq!(found["leaks"][0]["from"], json!(["team-1"]));
    assert_eq!(found["leaks"][0]["to"], json!(["team-1-prod"]));
    assert_eq!(found["proven"], 1);

    // A role of which one profile only has what it needs.
    let one = role("kfp-profiles", &tight("team-1"), &trust);
    let run = audit(&abac_estate(), &dump(&[one]), &json);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let gaps = report["principals"][0]["gaps"].to_string();
    assert!(gaps.contains("team-1-prod/"), "{gaps}");

    // Somebody else who may set the tag.
    let mut forged = trust;
    forged["Statement"].as_array_mut().unwrap().push(json!({
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/ci" },
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }));
    let run = audit(&abac_estate(), &dump(&[role("kfp-profiles", &tight(TAG), &forged)]), &json);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let excess = &report["principals"][0]["trust"]["excess"][0];
    assert_eq!(excess["subject"], "arn:aws:iam::111122223333:role/ci");
    let rules = report["principals"][0]["findings"].as_array().unwrap().iter();
    assert!(rules.into_iter().any(|finding| finding["rule"] == "forged-session-tag"), "{report:#}");
}

#[test]
fn who_writes_its_own_policies_is_kept_from_nothing() {
    let profiles = ["team-a".to_owned(), "team-b".to_owned()];
    let estate = estate(&profiles, "");
    let judged = |resource: &str, bounded: bool| {
        let more = allow(&["iam:PutRolePolicy"], &[resource], Value::Null);
        let mut first = tight("team-a");
        first.push(more);
        let mut first = role("kfp-team-a", &first, &own_trust("team-a"));
        if bounded {
            first["PermissionsBoundary"] = json!({
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            });
        }
        let second = role("kfp-team-b", &tight("team-b"), &own_trust("team-b"));
        let run = audit(&estate, &dump(&[first, second]), &["--format", "json"]);
        assert!(run.status != 0, "{}", run.stdout);
        isolation(&run)
    };
    for resource in ["*", "arn:aws:iam::111122223333:role/kfp-*"] {
        let found = judged(resource, false);
        assert_eq!(found["proven"], 1, "{found}");
        let leak = &found["leaks"][0];
        assert_eq!((&leak["kind"], &leak["from"][0]), (&json!("power"), &json!("team-a")));
        assert_eq!(leak["actions"], json!(["iam:PutRolePolicy"]));
        assert_eq!(leak["gives"], "grants itself any access");
        assert_eq!(leak["witness"]["resource"], "arn:aws:iam::111122223333:role/kfp-team-a");
    }
    // Another's role of no tenant, and what a boundary caps.
    assert_eq!(judged("arn:aws:iam::111122223333:role/other", false)["proven"], 2);
    let capped = judged("*", true);
    assert_eq!((&capped["proven"], &capped["leaks"]), (&json!(1), &json!([])), "{capped}");
}
