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

/// What is left of a comparison whatever the values of the variables.
fn claim(left: &str, right: &str) -> (Exactness, Vec<String>) {
    let (exactness, mut found) = witnesses(left, right);
    found.truncate(1);
    (exactness, found)
}

fn objects(pattern: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/{pattern}"}}"#
    )
}

const NOTHING: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;

#[test]
fn what_holds_for_every_value_of_a_variable_is_proved() {
    let proved = (Exactness::Exact, vec![]);
    for (narrow, wide) in [
        ("${aws:username}/*", "*"),
        ("home/${aws:username}/*", "home/*"),
        ("home/${aws:username}/*", "home/${aws:username}/*"),
        ("${aws:username}/a*", "${aws:username}/*"),
        ("${aws:username}/${aws:username}/*", "${aws:username}/*"),
        ("${aws:username}/${aws:PrincipalTag/team}/*", "${aws:username}/*"),
        ("${aws:PrincipalTag/team, 'all'}/x", "${aws:PrincipalTag/team, 'all'}/*"),
        // A value may be empty, but no object's key is.
        ("${aws:username}", "?*"),
    ] {
        assert_eq!(claim(&objects(narrow), &objects(wide)), proved, "{narrow} {wide}");
    }
}

#[test]
fn what_does_not_hold_has_a_value_that_shows_it() {
    for (left, right, shown) in [
        (
            "${aws:username}/*",
            "none/*",
            "arn:aws:s3:::acme/example-user/example-key aws:username=Single(\"example-user\")",
        ),
        (
            "${aws:username}/*",
            "${aws:username}/a*",
            "arn:aws:s3:::acme/example-user/example-key aws:username=Single(\"example-user\")",
        ),
        // The default stands in where the key is absent.
        (
            "${aws:PrincipalTag/team, 'all'}/x",
            "${aws:PrincipalTag/team}/*",
            "arn:aws:s3:::acme/all/x",
        ),
    ] {
        let (exactness, found) = claim(&objects(left), &objects(right));
        assert_eq!(exactness, Exactness::Exact, "{left} {right}");
        assert_eq!(found, [format!("s3:GetObject {shown}")], "{left} {right}");
    }
}

#[test]
fn what_holds_for_most_values_alone_is_not_claimed() {
    // Another statement takes away what the value may be.
    let home = objects("${aws:username}/*");
    let but_a = format!(
        r#"{},{{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::acme/a*"}}"#,
        objects("*")
    );
    let (_, found) = claim(&home, &but_a);
    assert_eq!(
        found,
        ["s3:GetObject arn:aws:s3:::acme/a/b/example-key aws:username=Single(\"a/b\")"]
    );
    let (left, right) = (identity(&home), identity(&but_a));
    assert_eq!(includes(&set(&right), &set(&left), Budget::default()), Some(false));
    // For values that meet nothing by chance it holds.
    let generic = generic_difference(&set(&left), &set(&right), Budget::default());
    assert!(generic.is_proven_empty());
    let special = special_values(
        &set(&left),
        &set(&right),
        &crate::iam::ContextKey::new("aws:username"),
        &["argo"],
        Budget::default(),
    );
    let values: Vec<&str> = special.iter().map(|special| special.value.as_str()).collect();
    assert_eq!(values, ["a/b", "a/", "argo", "argo/x"]);
}

#[test]
fn a_variable_whose_key_is_told_takes_its_values() {
    let own = r#"{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::acme/${aws:PrincipalTag/team}/*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]}}}"#;
    let listed = r#"{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":["arn:aws:s3:::acme/red/*","arn:aws:s3:::acme/blue/*"],
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":["red","blue"]}}}"#;
    assert_eq!(claim(own, listed), (Exactness::Exact, vec![]));
    // Red may not read what is blue's.
    assert_eq!(claim(listed, own).1.len(), 1);
    let each = ["red", "blue"].map(|team| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/{team}/*",
            "Condition":{{"StringEquals":{{"aws:PrincipalTag/team":"{team}"}}}}}}"#
        )
    });
    let each = each.join(",");
    assert_eq!(claim(own, &each), (Exactness::Exact, vec![]));
    assert_eq!(claim(&each, own), (Exactness::Exact, vec![]));
}

#[test]
fn variables_before_the_fifth_colon_of_a_resource() {
    let keys = |part: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":["kms:*","s3:*"],"Resource":"arn:aws:{part}:key/*"}}"#
        )
    };
    let (own, any) = (keys("kms:*:${aws:PrincipalAccount}"), keys("kms:*:*"));
    // Also the service, by which actions that no resource of it can mean are left out.
    let (some, none) = (keys("${aws:PrincipalTag/service}:*:*"), keys("none:*:*"));
    assert_eq!(claim(&own, &any), (Exactness::Exact, vec![]));
    assert_eq!(claim(&own, &own), (Exactness::Exact, vec![]));
    assert!(!claim(&any, &own).1.is_empty());
    assert!(!claim(&own, &none).1.is_empty());
    assert_ne!(claim(&some, &none), (Exactness::Exact, vec![]));
}

#[test]
fn variables_before_the_fifth_colon_of_an_operand() {
    let asked = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{condition}}}"#
        )
    };
    let own =
        asked(r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sqs:*:${aws:PrincipalAccount}:queue"}}"#);
    let any = asked(r#"{"ArnLike":{"aws:SourceArn":"*"}}"#);
    assert_eq!(claim(&own, &any), (Exactness::Exact, vec![]));
    assert_eq!(claim(&own, &own), (Exactness::Exact, vec![]));
    assert!(!claim(&any, &own).1.is_empty());
    assert!(!claim(&own, NOTHING).1.is_empty());
}

#[test]
fn a_variable_in_a_condition_is_the_same_in_the_resource() {
    let with = |prefix: &str| {
        format!(
            r#"{},{{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
            "Condition":{{"StringLike":{{"s3:prefix":"{prefix}"}}}}}}"#,
            objects("artifacts/${aws:PrincipalTag/kubernetes-namespace}/*")
        )
    };
    let own = with("artifacts/${aws:PrincipalTag/kubernetes-namespace}/*");
    assert_eq!(claim(&own, &own), (Exactness::Exact, vec![]));
    assert_eq!(claim(&own, &with("artifacts/*")), (Exactness::Exact, vec![]));
    let (exactness, found) = claim(&with("artifacts/*"), &own);
    assert_eq!(exactness, Exactness::Exact);
    assert!(found.first().is_some_and(|line| line.contains("s3:prefix=")), "{found:?}");
}
