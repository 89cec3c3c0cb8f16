//! What people read of a difference.

use super::*;
use std::fmt::Write as _;

/// The rows of what the left document allows beyond the right one.
fn rows(left: &str, right: &str) -> String {
    let (left, right) = (identity(left), identity(right));
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
        if !row.except.is_empty() {
            write!(text, " except {}", row.except.join(", ")).unwrap();
        }
        for when in &row.when {
            write!(text, ", {} {}", when.key, when.is).unwrap();
        }
        let context: Vec<String> =
            row.witness.context.iter().map(|(key, value)| format!("{key}={value:?}")).collect();
        writeln!(
            text,
            "\n    {} {} {}",
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
