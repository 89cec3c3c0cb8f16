//! Trust policies: too many, too few, and the elements that say who.

use super::account::{Dump, assert_fixes, estate};
use super::homes::policy;
use leastwise::audit::Audit;
use leastwise::consumer::Estate;
use serde_json::{Value, json};

const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
const CLUSTER: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";

fn kratix(trust: &str) -> Estate<'static> {
    estate(format!(
        "version: 1\naccount: \"111122223333\"\nclusters:\n  prod:\n    arn: {CLUSTER}\n    oidc-issuer: https://{ISSUER}\n\
         deployments:\n- consumer: kratix\n  bucket: bbb\n  path: p\n  roles:\n  - name: writer\n    components: [controller]\n\
         \x20   trust: {trust}\n"
    ))
}

/// The edits of the trust policy; whatever it may do is right already.
fn edits(trust: &str, live: &Value) -> Vec<String> {
    let estate = kratix(trust);
    let audit = Audit::of(&estate);
    let statements = json!([
        {"Effect": "Allow", "Resource": "arn:aws:s3:::bbb/p/*",
         "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bbb",
         "Condition": {"StringLike": {"s3:prefix": "p/*"}}}]);
    let mut dump = Dump::role("writer", &[("p", policy(&statements))]);
    dump.0["RoleDetailList"][0]["AssumeRolePolicyDocument"] = policy(live);
    let fixes = assert_fixes(&dump, &audit);
    let steps = &fixes[0].steps;
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert_eq!(steps[0].document.as_deref(), Some("writer.trust.json"));
    steps[0].edits.iter().map(|edit| edit.replace(ISSUER, "ISSUER")).collect()
}

fn irsa(conditions: &Value) -> Value {
    json!({"Sid": "Cluster", "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}")},
        "Condition": conditions})
}

const IRSA: &str =
    "{ irsa: { cluster: prod, service-accounts: [kratix/controller, kratix/second] } }";

#[test]
fn tokens_of_a_cluster() {
    let (sub, aud) = (format!("{ISSUER}:sub"), format!("{ISSUER}:aud"));
    let (first, second) =
        ("system:serviceaccount:kratix:controller", "system:serviceaccount:kratix:second");
    // The audience is missing, and nothing else.
    let live = irsa(&json!({"StringEquals": {&sub: [second, first]}}));
    assert_eq!(
        edits(IRSA, &live),
        ["statement 0 (Cluster): add the condition StringEquals ISSUER:aud `sts.amazonaws.com`"]
    );
    // One subject is missing, one is a stranger.
    let live = irsa(
        &json!({"StringEquals": {&aud: "sts.amazonaws.com", &sub: [second, "system:serviceaccount:x:y"]}}),
    );
    assert_eq!(
        edits(IRSA, &live),
        [
            "statement 0 (Cluster), Condition StringEquals ISSUER:sub: `system:serviceaccount:kratix:controller` \
          in place of `system:serviceaccount:x:y`"
        ]
    );
    // A pattern gives way to names; a network condition stays.
    let live = irsa(
        &json!({"StringEquals": {&aud: "sts.amazonaws.com"}, "StringLike": {&sub: "system:serviceaccount:kratix:*"}}),
    );
    let found = edits(IRSA, &live);
    assert_eq!(found.len(), 2, "{found:?}");
    // Another statement lets strangers in: it goes, and the right one is not touched.
    let right = irsa(&json!({"StringEquals": {&aud: "sts.amazonaws.com", &sub: [first, second]}}));
    let root = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}});
    assert_eq!(edits(IRSA, &json!([root, right])), ["delete statement 0"]);
    // Nobody is admitted at all.
    let found = edits(IRSA, &json!([]));
    assert!(found.len() == 1 && found[0].starts_with("add a statement"), "{found:?}");
    // A denial of what is wanted has to go with the rest.
    let denial = json!({"Effect": "Deny", "Action": "sts:*", "Principal": "*"});
    assert!(!edits(IRSA, &json!([right, denial])).is_empty());
}

#[test]
fn pods_accounts_and_instances() {
    let pods =
        "{ account: { principals: [\"arn:aws:iam::444455556666:role/ci\"], external-id: abc } }";
    let live = json!({"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": {"AWS": ["arn:aws:iam::444455556666:role/ci", "arn:aws:iam::444455556666:role/old"]}});
    let found = edits(pods, &live);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("take out `arn:aws:iam::444455556666:role/old`"), "{found:?}");
    assert!(found[1].contains("add the condition StringEquals sts:ExternalId `abc`"), "{found:?}");

    let live = json!({"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}});
    let found = edits("{ ec2: {} }", &live);
    assert!(found.iter().any(|edit| edit.contains("lambda.amazonaws.com")), "{found:?}");
}
