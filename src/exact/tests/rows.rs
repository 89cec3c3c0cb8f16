//! What people read of a difference.

use super::*;
use std::fmt::Write as _;

/// The rows of what the left document allows beyond the right one.
fn rows(left: &str, right: &str) -> String {
    rows_of(PolicyKind::Identity, left, right)
}

/// The same of any kind of policy.
fn rows_of(kind: PolicyKind, left: &str, right: &str) -> String {
    let (left, right) = (document(kind, left), document(kind, right));
    let set = |document| RequestSet::of_document(Universe::embedded(), kind.layer(), "p", document);
    let (left, right) = (set(&left), set(&right));
    let found = residual(&left, &right, Budget::default());
    let mut text = format!("{}\n", found.exactness);
    for row in &found.rows {
        let level = row.access_level.map_or("unknown", crate::catalogue::AccessLevel::word);
        let mut actions = row.actions.clone();
        let more = actions.len().saturating_sub(6);
        actions.truncate(6);
        if more > 0 {
            actions.push(format!("+{more} more"));
        }
        write!(text, "{level}: {} on {}", actions.join(", "), row.resource).unwrap();
        if !row.principals.is_empty() {
            write!(text, " to {}", row.principals.join(", ")).unwrap();
        }
        if !row.except_principals.is_empty() {
            write!(text, " but not {}", row.except_principals.join(", ")).unwrap();
        }
        if !row.except.is_empty() {
            write!(text, " except {}", row.except.join(", ")).unwrap();
        }
        for when in &row.when {
            write!(text, ", {} {}", when.key, when.is).unwrap();
        }
        if let Some(deny) = &row.denied_by {
            write!(text, "; denied by {deny}").unwrap();
        }
        let context: Vec<String> =
            row.witness.context.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
        writeln!(
            text,
            "\n    {}{} {} {}",
            row.witness.caller.as_ref().map_or(String::new(), |c| format!("{} ", c.text())),
            row.witness.action,
            row.witness.resource,
            context.join(" ")
        )
        .unwrap();
        // Every row is proved.
        assert!(left.decide(&row.witness).is_true() && right.decide(&row.witness).is_false());
    }
    for limit in &found.limits {
        writeln!(text, "limit: {limit}").unwrap();
    }
    text
}

macro_rules! snapshot {
    ($name:literal, $left:expr, $right:expr) => {
        insta::with_settings!({ snapshot_path => "../../../snapshots/exact", prepend_module_to_snapshot => false },
            { insta::assert_snapshot!($name, rows($left, $right)) });
    };
    ($name:literal, $kind:ident, $left:expr, $right:expr) => {
        insta::with_settings!({ snapshot_path => "../../../snapshots/exact", prepend_module_to_snapshot => false, omit_expression => true },
            { insta::assert_snapshot!($name, rows_of(PolicyKind::$kind, $left, $right)) });
    };
}

const NEEDED: &str = r#"
    {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],
     "Resource":"arn:aws:s3:::acme/artifacts/*"},
    {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
     "Condition":{"StringLike":{"s3:prefix":"artifacts/*"}}}"#;

#[test]
fn a_wildcard_role() {
    snapshot!(
        "wildcard",
        r#"{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::acme","arn:aws:s3:::acme/*"]}"#,
        NEEDED
    );
}

#[test]
fn an_administrator() {
    snapshot!("administrator", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#, NEEDED);
}

#[test]
fn a_few_actions_too_many() {
    snapshot!(
        "few",
        r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:PutObjectAcl"],
            "Resource":"arn:aws:s3:::acme/*"},
           {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"},
           {"Effect":"Allow","Action":"s3:HeadBucket","Resource":"arn:aws:s3:::acme"}"#,
        NEEDED
    );
}

#[test]
fn conditions_on_both_sides() {
    snapshot!(
        "conditions",
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::*",
            "Condition":{"StringLike":{"s3:prefix":["art*","logs/*"]},"Bool":{"aws:SecureTransport":"true"}}},
           {"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::acme/*",
            "Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}"#,
        NEEDED
    );
}

#[test]
fn a_statement_for_something_else() {
    snapshot!(
        "elsewhere",
        r#"{"Effect":"Allow","Action":["s3:*","kms:Decrypt"],
            "Resource":["arn:aws:s3:::other/*","arn:aws:kms:*:*:key/*"]}"#,
        NEEDED
    );
}

#[test]
fn nothing_in_excess() {
    snapshot!("nothing", NEEDED, NEEDED);
}

#[test]
fn denials_on_either_side() {
    snapshot!(
        "denials",
        Identity,
        r#"{"Effect":"Allow","Action":"s3:*Object","Resource":"arn:aws:s3:::acme/*"},
           {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::acme/secret/*"},
           {"Effect":"Deny","Action":"s3:PutObject","Resource":"*",
            "Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"},
           {"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"},
           {"Sid":"Tls","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::acme/tls/*",
            "Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#
    );
}

#[test]
fn all_but_some_on_either_side() {
    snapshot!(
        "all_but_some",
        Identity,
        r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}"#,
        r#"{"Effect":"Allow","NotAction":"iam:*","NotResource":["arn:aws:s3:::acme/*","arn:aws:s3:::acme"]},
           {"Effect":"Deny","Action":"kms:*","NotResource":"arn:aws:kms:eu-west-1:111122223333:key/*"}"#
    );
}

#[test]
fn a_trust_policy_that_was_opened() {
    snapshot!(
        "trust",
        Trust,
        r#"{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/ci","444455556666"],"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"},
           {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
            "Action":"sts:AssumeRoleWithWebIdentity",
            "Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},
                         "StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ci"},"Action":"sts:AssumeRole",
            "Condition":{"StringEquals":{"sts:ExternalId":"x-42"}}},
           {"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
            "Action":"sts:AssumeRoleWithWebIdentity",
            "Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com",
                         "token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"}}}"#
    );
}

#[test]
fn a_bucket_policy_that_was_opened() {
    snapshot!(
        "bucket",
        Resource,
        r#"{"Sid":"Open","Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme/*"},
           {"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/eve"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"},
           {"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/*",
            "Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1a2b3c4d5e"},"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}"#
    );
}

fn of(document: &PolicyDocument) -> RequestSet<'_> {
    RequestSet::of_document(Universe::embedded(), Layer::ResourcePolicy, "p", document)
}

#[test]
fn who_signs_nothing_carries_nothing_of_an_organization() {
    let open = |condition: &str| {
        let text = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::b/*","Condition":{{{condition}}}}}"#
        );
        document(PolicyKind::Resource, &text)
    };
    let nobody = document(PolicyKind::Resource, "");
    for (condition, caller) in [
        (
            r#""StringLike":{"aws:PrincipalOrgID":"o-*"}"#,
            "arn:aws:iam::999999999999:role/example-role",
        ),
        (
            r#""StringEquals":{"aws:PrincipalTag/team":"a"}"#,
            "arn:aws:iam::999999999999:role/example-role",
        ),
        (r#""StringEquals":{"aws:Referer":"a"}"#, "*"),
    ] {
        let own = open(condition);
        let rows = residual(&of(&own), &of(&nobody), Budget::default()).rows;
        let callers = rows.iter().filter_map(|row| row.witness.caller.as_ref());
        assert_eq!(callers.map(crate::iam::Caller::text).collect::<Vec<_>>(), [caller]);
    }
}
