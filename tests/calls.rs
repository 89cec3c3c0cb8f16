//! Names of API calls, wherever a user may name one.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{Run, leastwise, snapshot};

const POLICY: &str = "tests/fixtures/simulate/identity.json";

fn simulate(action: &str, resource: &str) -> Run {
    let principal = "arn:aws:iam::111122223333:user/alice";
    let request = ["--principal", principal, "--action", action, "--resource", resource];
    let more = ["--identity-policy", POLICY, "--context", "s3:prefix=logs/x"];
    leastwise(&[&["simulate"][..], &request, &more].concat())
}

#[test]
fn one_request_of_a_call() {
    let head = simulate("s3.HeadBucket", "arn:aws:s3:::acme");
    assert_eq!(head.stdout, simulate("s3:ListBucket", "arn:aws:s3:::acme").stdout);
    assert_eq!(
        head.stderr,
        "note: `HeadBucket` is an API call; AWS evaluates `s3:ListBucket` on the bucket\n"
    );
    for spelling in ["s3:HeadBucket", "aws s3api head-bucket", "s3.head_bucket"] {
        assert_eq!(simulate(spelling, "arn:aws:s3:::acme").shown(), head.shown(), "{spelling}");
    }
    // Most calls have the name of their action, and no row.
    let start = simulate("aws stepfunctions start-execution", "arn:aws:s3:::acme");
    assert_eq!(
        start.stderr,
        "note: `aws stepfunctions start-execution` is an API call; its action is `states:StartExecution`\n"
    );
    // What is an action is no call, and needs no note.
    let get = simulate("s3:GetObject", "arn:aws:s3:::acme/alice/x");
    assert_eq!((get.status, &*get.stderr), (0, ""));
    snapshot("calls", "simulate", &simulate("s3.GetObject", "arn:aws:s3:::acme/alice/x").shown());
}

#[test]
fn several_actions_are_not_one() {
    let shown: Vec<String> = ["s3:CopyObject", "dynamodb:ExecuteStatement"]
        .map(|call| simulate(call, "arn:aws:s3:::acme/x").shown())
        .into();
    snapshot("calls", "several", &shown.join("\n"));
    let check = leastwise(&["check", "--access-not-granted", "s3.CopyObject", POLICY]);
    assert_eq!((check.status, &*check.stdout), (2, ""), "{}", check.stderr);
}

#[test]
fn a_batch_takes_actions_only() {
    let line = r#"{"id":"1","action":"s3:HeadBucket","resource":"arn:aws:s3:::acme",
        "identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow",
        "Action":"s3:ListBucket","Resource":"*"}}]}"#;
    let run = support::leastwise_with(
        &["simulate", "--batch", "-"],
        &line.replace("\n        ", ""),
        &[],
    );
    assert!(run.stdout.contains("implicitDeny"), "{}", run.shown());
}

#[test]
fn access_that_a_call_needs() {
    let run = leastwise(&["check", "--access-not-granted", "s3.HeadBucket", POLICY]);
    assert_eq!(run.status, 1, "{}", run.shown());
    assert!(run.stdout.contains("s3:ListBucket"), "{}", run.stdout);
    assert!(run.stderr.starts_with("note: `HeadBucket` is an API call"), "{}", run.stderr);
    let asked = "s3.HeadObject,arn:aws:s3:::other/*";
    let run = leastwise(&["check", "--access-not-granted", asked, POLICY]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

#[test]
fn what_the_catalogue_says_of_calls() {
    let shown: Vec<String> = [
        &["show", "s3.HeadObject"][..],
        &["show", "aws s3api head-bucket"],
        &["show", "s3:ListBucket"],
        &["show", "sts.AssumeRoleWithWebIdentity"],
        &["show", "stepfunctions.StartExecution"],
        &["expand", "s3:CopyObject"],
        &["expand", "s3:HeadBucket"],
        &["calls", "dynamodb"],
        &["calls", "bedrock"],
        &["calls", "moon"],
    ]
    .map(|words| {
        let run = leastwise(&[&["catalogue"], words].concat());
        format!("$ catalogue {}\n{}", words.join(" "), run.shown())
    })
    .into();
    snapshot("calls", "catalogue", &shown.join("\n"));
    let all = leastwise(&["catalogue", "calls"]);
    assert!(all.stdout.lines().count() > 237 && all.status == 0);
    assert!(all.stdout.lines().all(|line| line.contains('.')));
}

#[test]
fn calls_that_a_consumer_makes_or_not() {
    let explain = |asked: &str| leastwise(&["consumers", "explain", "argo-workflows", asked]);
    let list = explain("s3:ListBucket");
    let head = explain("s3.HeadBucket");
    assert_eq!((head.status, &head.stdout), (0, &list.stdout));
    assert_eq!(
        head.stderr,
        "note: no component of argo-workflows calls HeadBucket; HeadBucket needs `s3:ListBucket` \
         on the bucket, and so do these calls:\n"
    );
    assert_eq!(explain("head_object").stdout, explain("s3.HeadObject").stdout);
    assert_eq!(explain("s3.PutBucketPolicy").status, 3);
}
