//! `leastwise check`, driven as a user drives it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{leastwise, leastwise_with, snapshot};

fn at(name: &str) -> String {
    format!("tests/fixtures/compare/{name}")
}

fn check(arguments: &[&str]) -> support::Run {
    let all: Vec<&str> = std::iter::once("check").chain(arguments.iter().copied()).collect();
    leastwise(&all)
}

#[test]
fn access_that_is_granted() {
    let (old, new) = (at("old.json"), at("new.json"));
    let asked = [
        "--access-not-granted",
        "s3:Put*,arn:aws:s3:::acme/logs/2026/*",
        "--access-not-granted",
        "s3:GetObjectAcl",
    ];
    let run = check(&[&asked[..], &[&old, &new]].concat());
    snapshot("check", "granted", &run.shown());
    let run = check(&[&asked[..], &["--format", "json", &new]].concat());
    snapshot("check", "granted.json", &run.shown());
}

#[test]
fn access_that_is_not_granted() {
    for asked in [
        "iam:*",
        "s3:DeleteObject",
        "s3:PutObject,arn:aws:s3:::other/*",
        "s3:putobject,arn:aws:s3:::acme/artifact",
    ] {
        let run = check(&["--access-not-granted", asked, &at("old.json")]);
        assert_eq!(run.status, 0, "{asked}: {}", run.shown());
        assert!(run.stdout.starts_with("PASS "), "{}", run.stdout);
    }
}

#[test]
fn a_role_is_asked_with_its_boundary() {
    let role = format!("{}#role/app", at("account-old.json"));
    let run = check(&["--access-not-granted", "s3:DeleteObject", &role]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let role = format!("{}#role/app", at("account-new.json"));
    let run = check(&["--access-not-granted", "s3:DeleteObject", &role]);
    assert_eq!(run.status, 1, "{}", run.shown());
    let role = format!("{}#role/app", at("account-without-boundary.json"));
    // What a boundary that was not read can only take away is not granted with it either.
    let run = check(&["--access-not-granted", "iam:PassRole", &role]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let run = check(&["--access-not-granted", "s3:DeleteObject", &role]);
    assert_eq!(run.status, 1, "{}", run.shown());
    assert!(run.stdout.contains("was not read"), "{}", run.stdout);
}

#[test]
fn public_access() {
    let (bucket, trust) = (at("bucket.json"), at("trust-new.json"));
    snapshot("check", "public", &check(&["--no-public-access", &bucket, &trust]).shown());
    let run = check(&["--no-public-access", &at("trust-old.json")]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let role = format!("{}#role/app", at("account-old.json"));
    let run = check(&["--no-public-access", &role]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

/// What a bucket policy of one statement is, by AWS's page on the meaning of "public".
#[test]
fn what_is_public() {
    let statement = |effect: &str, principal: &str, condition: &str| {
        format!(
            r#"{{"Effect":"{effect}","Principal":{principal},"Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::acme/*"{condition}}}"#
        )
    };
    let when = |operator: &str, key: &str, value: &str| {
        format!(r#","Condition":{{"{operator}":{{"{key}":{value}}}}}"#)
    };
    let everyone = |condition: &str| statement("Allow", "\"*\"", condition);
    for (is_public, document) in [
        (true, everyone("")),
        (true, statement("Allow", r#"{"AWS":"*"}"#, "")),
        (false, statement("Allow", r#"{"AWS":"111122223333"}"#, "")),
        (false, statement("Allow", r#"{"AWS":"arn:aws:iam::111122223333:role/app"}"#, "")),
        (false, statement("Allow", r#"{"Service":"cloudtrail.amazonaws.com"}"#, "")),
        (false, statement("Allow", r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbaced"}"#, "")),
        (true, statement("Allow", r#"{"AWS":["111122223333","*"]}"#, "")),
        // Fixed values of the page's keys.
        (false, everyone(&when("StringEquals", "aws:SourceVpc", "\"vpc-91237329\""))),
        (false, everyone(&when("StringEquals", "aws:SourceVpce", "[\"vpce-1\",\"vpce-2\"]"))),
        (false, everyone(&when("StringEquals", "aws:PrincipalOrgID", "\"o-1a2b3c4d5e\""))),
        (false, everyone(&when("StringLike", "aws:SourceAccount", "\"111122223333\""))),
        (
            false,
            everyone(&when("ArnLike", "aws:SourceArn", "\"arn:aws:sns:eu-west-1:111122223333:t\"")),
        ),
        (false, everyone(&when("StringEquals", "aws:userid", "\"AIDAEXAMPLEID\""))),
        (false, everyone(&when("StringEquals", "s3:DataAccessPointAccount", "\"111122223333\""))),
        (
            false,
            everyone(&when(
                "ArnLike",
                "s3:DataAccessPointArn",
                "\"arn:aws:s3:us-west-2:123456789012:accesspoint/*\"",
            )),
        ),
        (
            true,
            everyone(&when(
                "ArnLike",
                "s3:DataAccessPointArn",
                "\"arn:aws:s3:us-west-2:*:accesspoint/*\"",
            )),
        ),
        (
            false,
            everyone(&when("ArnLike", "aws:PrincipalArn", "\"arn:aws:iam::111122223333:role/*\"")),
        ),
        (true, everyone(&when("ArnLike", "aws:PrincipalArn", "\"arn:aws:iam::*:role/deploy\""))),
        // Wildcards and variables fix nothing.
        (true, everyone(&when("StringLike", "aws:SourceVpc", "\"vpc-*\""))),
        (true, everyone(&when("ArnLike", "aws:SourceArn", "\"arn:aws:sns:*:111122223333:*\""))),
        // Nor does a condition that an absent key satisfies, or one that excludes.
        (true, everyone(&when("StringEqualsIfExists", "aws:PrincipalOrgID", "\"o-1a2b3c4d5e\""))),
        (
            true,
            everyone(&when("ForAllValues:StringEquals", "aws:PrincipalOrgID", "\"o-1a2b3c4d5e\"")),
        ),
        (true, everyone(&when("StringNotEquals", "aws:SourceVpc", "\"vpc-91237329\""))),
        (true, everyone(&when("Null", "aws:PrincipalOrgID", "\"false\""))),
        // Nor what an outsider chooses.
        (true, everyone(&when("StringEquals", "aws:Referer", "\"https://example.com\""))),
        (true, everyone(&when("Bool", "aws:SecureTransport", "\"true\""))),
        (true, everyone(&when("StringEquals", "aws:userid", "\"AROAEXAMPLEID:session\""))),
        // Addresses, up to /8 and /32.
        (
            false,
            everyone(&when("IpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"2001:db8::/32\"]")),
        ),
        (false, everyone(&when("IpAddress", "aws:SourceIp", "\"11.0.0.0/8\""))),
        (true, everyone(&when("IpAddress", "aws:SourceIp", "\"0.0.0.0/1\""))),
        (true, everyone(&when("IpAddress", "aws:SourceIp", "\"2001::/16\""))),
        (true, everyone(&when("NotIpAddress", "aws:SourceIp", "\"203.0.113.0/24\""))),
        // Denials take back.
        (
            false,
            format!(
                "{},{}",
                everyone(""),
                statement(
                    "Deny",
                    "\"*\"",
                    &when("StringNotEquals", "aws:PrincipalOrgID", "\"o-1a2b3c4d5e\"")
                )
            ),
        ),
        (
            true,
            format!(
                "{},{}",
                everyone(""),
                statement("Deny", "\"*\"", &when("Bool", "aws:SecureTransport", "\"false\""))
            ),
        ),
        (false, format!("{},{}", everyone(""), statement("Deny", "\"*\"", ""))),
    ] {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{document}]}}"#);
        let arguments = ["check", "--kind", "resource", "--no-public-access", "-"];
        let run = leastwise_with(&arguments, &text, &[]);
        assert_eq!(run.status, i32::from(is_public), "{document}\n{}", run.shown());
    }
}

/// Who may assume a role, by what the identity provider's tokens have to say.
#[test]
fn which_trust_is_public() {
    let trust = |provider: &str, conditions: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
                "Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity"{conditions}}}}}"#
        )
    };
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let sub = |value: &str| {
        format!(
            r#","Condition":{{"StringLike":{{"token.actions.githubusercontent.com:sub":"{value}"}}}}"#
        )
    };
    let eks = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EX";
    let cognito = "cognito-identity.amazonaws.com";
    let pool = r#","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-west-1:12345678-aaaa"}}"#;
    for (status, document, noted) in [
        (1, trust(github, ""), false),
        (1, trust(github, &sub("repo:*")), false),
        (1, trust(github, &sub("repo:acme*")), false),
        (0, trust(github, &sub("repo:acme/*")), false),
        (0, trust(github, &sub("repo:acme/app:ref:refs/heads/main")), false),
        (1, trust(cognito, ""), false),
        (0, trust(cognito, pool), false),
        (0, trust("arn:aws:iam::111122223333:saml-provider/adfs", ""), false),
        // Everyone in the cluster is not everyone, and worth a word.
        (0, trust(eks, ""), true),
    ] {
        let run = leastwise_with(&["check", "--no-public-access", "-"], &document, &[]);
        assert_eq!(run.status, status, "{document}\n{}", run.shown());
        assert_eq!(run.stdout.contains("  note: "), noted, "{document}\n{}", run.shown());
    }
    let anyone = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},
        "Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x-42"}}}}"#;
    let run = leastwise_with(&["check", "--no-public-access", "-"], anyone, &[]);
    assert_eq!(run.status, 1, "an external id is no secret: {}", run.shown());
}

#[test]
fn mistakes_are_said_at_once() {
    let old = at("old.json");
    let runs = [
        check(&[
            "--access-not-granted",
            "s3:CopyObject",
            "--access-not-granted",
            "s3:GetObject,nope",
            &old,
        ]),
        check(&["--access-not-granted", "GetObject", &old]),
        check(&["--no-public-access", &old]),
        check(&["--no-public-access", &at("missing.json"), &at("broken.json")]),
        check(&[&old]),
        check(&["--no-public-access", "--access-not-granted", "s3:*", &old]),
        check(&["--no-public-access"]),
    ];
    for run in &runs {
        assert_eq!((run.status, &*run.stdout), (2, ""), "{}", run.shown());
    }
    let shown: Vec<String> = runs.iter().map(|run| run.stderr.clone()).collect();
    snapshot("check", "mistakes", &shown.join("\n=====\n"));
}

/// That nobody grants what cannot be would say nothing.
#[test]
fn what_an_action_is_never_on_is_not_asked_about() {
    let new = at("new.json");
    for (asked, help) in [
        ("s3:GetObject,arn:aws:s3:::acme", "help: it acts on `arn:${Partition}:s3:::"),
        ("s3:PutBucketPolicy,arn:aws:s3:::acme/*", "help: it acts on `arn:${Partition}:s3:::"),
        ("s3:ListAllMyBuckets,arn:aws:s3:::acme", "help: leave the resource away"),
    ] {
        let run = check(&["--access-not-granted", asked, &new]);
        assert_eq!(run.status, 2, "{asked}: {}", run.shown());
        assert!(run.stderr.contains("is never on"), "{}", run.stderr);
        assert!(run.stderr.contains(help), "{}", run.stderr);
    }
    // Of several actions one is enough.
    let run = check(&["--access-not-granted", "s3:*,arn:aws:s3:::acme", &new]);
    assert!(run.status < 2, "{}", run.shown());
}
