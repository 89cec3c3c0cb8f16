//! Small documents with known differences.

use super::*;

/// The witnesses of what the left document allows and the right one does not.
fn witnesses(left: &str, right: &str) -> (Exactness, Vec<String>) {
    let (left, right) = (identity(left), identity(right));
    let found = difference(&set(&left), &set(&right), Budget::default());
    let line = |leaf: &Leaf| {
        let w = &leaf.witness;
        let context: Vec<String> = w.context.iter().map(|(k, v)| format!(" {k}={v:?}")).collect();
        format!("{} {}{}", w.action, w.resource, context.concat())
    };
    (found.exactness, found.leaves.iter().map(line).collect())
}

#[test]
fn what_a_wider_pattern_adds() {
    let (exactness, found) = witnesses(
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme/*"}"#,
        r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],
            "Resource":"arn:aws:s3:::acme/artifacts/*"}"#,
    );
    assert_eq!(exactness, Exactness::Exact);
    assert!(found.contains(&"s3:PutObject arn:aws:s3:::acme/example-key".to_owned()), "{found:?}");
    assert!(found.iter().all(|line| line.contains(" arn:aws:s3:::acme/")), "{found:?}");
}

#[test]
fn a_condition_that_is_missing() {
    let (exactness, found) = witnesses(
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"}"#,
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
            "Condition":{"StringLike":{"s3:prefix":"a/*"}}}"#,
    );
    assert_eq!(exactness, Exactness::Exact);
    assert_eq!(found, ["s3:ListBucket arn:aws:s3:::acme"]);
}

#[test]
fn a_pattern_that_no_real_resource_has_grants_nothing() {
    // ListBucket acts on buckets, and a bucket's ARN holds no slash.
    let (exactness, found) = witnesses(
        r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme/*"}"#,
        r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
    );
    assert_eq!((exactness, found), (Exactness::Exact, vec![]));
}

#[test]
fn variables_are_never_guessed() {
    let narrow = r#"{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::acme/${aws:username}/*"}"#;
    let wide = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}"#;
    let none = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    assert_eq!(witnesses(narrow, wide), (Exactness::Exact, vec![]));
    assert_eq!(witnesses(narrow, narrow), (Exactness::Exact, vec![]));
    assert_eq!(witnesses(wide, narrow).0, Exactness::Exact);
    assert!(!witnesses(wide, narrow).1.is_empty());
    // Whether the user's own keys hold what is asked for depends on who asks.
    assert_eq!(witnesses(narrow, none), (Exactness::Unknown, vec![]));
}

#[test]
fn a_variable_before_the_fifth_colon_of_a_resource_is_never_guessed() {
    let keys = |part: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":["kms:*","s3:*"],"Resource":"arn:aws:{part}:key/*"}}"#
        )
    };
    let (own, any) = (keys("kms:*:${aws:PrincipalAccount}"), keys("kms:*:*"));
    // Also the service, by which actions that no resource of it can mean are left out.
    let (some, none) = (keys("${aws:PrincipalTag/service}:*:*"), keys("none:*:*"));
    assert_eq!(witnesses(&own, &any), (Exactness::Exact, vec![]));
    assert!(!witnesses(&any, &own).1.is_empty());
    assert_eq!(witnesses(&own, &none), (Exactness::Unknown, vec![]));
    assert_eq!(witnesses(&some, &none), (Exactness::Unknown, vec![]));
}

#[test]
fn a_variable_before_the_fifth_colon_of_an_operand_is_never_guessed() {
    let asked = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{condition}}}"#
        )
    };
    let own =
        asked(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sqs:*:${aws:PrincipalAccount}:queue"}}"#);
    let any = asked(r#"{"ArnLike":{"aws:SourceArn":"*"}}"#);
    assert_eq!(witnesses(&own, &any), (Exactness::Exact, vec![]));
    assert_eq!(witnesses(&own, &own), (Exactness::Exact, vec![]));
    // What is no queue of any account is let through by the wide one alone.
    assert_ne!(witnesses(&any, &own), (Exactness::Exact, vec![]));
    let none = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    assert_eq!(witnesses(&own, none), (Exactness::Unknown, vec![]));
}
