//! Errors that other encodings of IAM have made, and patterns made to be hard.

use super::*;

fn included(inner: &str, outer: &str) -> Option<bool> {
    let (inner, outer) = (identity(inner), identity(outer));
    includes(&set(&outer), &set(&inner), Budget::default())
}

fn read(rest: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"s3:GetObject",{rest}}}"#)
}

#[test]
fn not_resource_excludes_each_of_its_entries() {
    let neither = read(r#""NotResource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]"#);
    let not_a = read(r#""NotResource":"arn:aws:s3:::a/*""#);
    let b = read(r#""Resource":"arn:aws:s3:::b/*""#);
    assert_eq!(included(&neither, &not_a), Some(true));
    assert_eq!(included(&not_a, &neither), Some(false));
    assert_eq!(included(&b, &neither), Some(false));
    assert_eq!(included(&b, &not_a), Some(true));
}

#[test]
fn negated_operators_hold_for_absent_keys() {
    let all = r#""Resource":"arn:aws:s3:::a/*""#;
    let not_equals =
        read(&format!(r#"{all},"Condition":{{"StringNotEquals":{{"aws:PrincipalOrgID":"o-1"}}}}"#));
    let absent = read(&format!(r#"{all},"Condition":{{"Null":{{"aws:PrincipalOrgID":"true"}}}}"#));
    let if_exists = read(&format!(
        r#"{all},"Condition":{{"StringEqualsIfExists":{{"aws:PrincipalOrgID":"o-1"}}}}"#
    ));
    assert_eq!(included(&absent, &not_equals), Some(true));
    // An empty value is null for `Null`, and there for `IfExists`.
    assert_eq!(included(&absent, &if_exists), Some(false));
    assert_eq!(included(&not_equals, &absent), Some(false));
    // Both together let everything through.
    let both = format!("{not_equals},{if_exists}");
    assert_eq!(included(&read(all), &both), Some(true));
}

#[test]
fn set_operators_are_not_skipped() {
    let with = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"iam:TagRole","Resource":"arn:aws:iam::*:role/a","Condition":{{{condition}}}}}"#
        )
    };
    let all = with(r#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#);
    let any = with(r#""ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}"#);
    let present = with(
        r#""Null":{"aws:TagKeys":"false"},"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#,
    );
    // The empty set: all of no values, but none of them.
    assert_eq!(included(&all, &any), Some(false));
    assert_eq!(included(&any, &all), Some(false));
    assert_eq!(included(&present, &all), Some(true));
    assert_eq!(included(&present, &any), Some(true));
    let fewer = with(r#""ForAllValues:StringEquals":{"aws:TagKeys":["a"]}"#);
    assert_eq!(included(&fewer, &all), Some(true));
    assert_eq!(included(&all, &fewer), Some(false));
}

#[test]
fn resources_are_told_apart_by_case() {
    let lower = read(r#""Resource":"arn:aws:s3:::a/key""#);
    let upper = read(r#""Resource":"arn:aws:s3:::a/KEY""#);
    assert_eq!(included(&lower, &upper), Some(false));
    assert_eq!(included(&upper, &lower), Some(false));
    // Actions are not.
    let shouted = r#"{"Effect":"Allow","Action":"S3:GETOBJECT","Resource":"arn:aws:s3:::a/key"}"#;
    assert_eq!(included(&lower, shouted), Some(true));
}

#[test]
fn policy_variables_are_no_text() {
    let own = read(r#""Resource":"arn:aws:s3:::a/${aws:username}/*""#);
    let all = read(r#""Resource":"arn:aws:s3:::a/*""#);
    assert_eq!(included(&own, &own), Some(true));
    assert_eq!(included(&own, &all), Some(true));
    assert_eq!(included(&all, &own), Some(false));
    // One user's keys are not another's, and escaped wildcards are no wildcards.
    let bob = read(r#""Resource":"arn:aws:s3:::a/bob/*""#);
    assert_ne!(included(&own, &bob), Some(true));
    assert_ne!(included(&bob, &own), Some(true));
    let star = read(r#""Resource":"arn:aws:s3:::a/${*}/*""#);
    assert_eq!(included(&star, &all), Some(true));
    assert_eq!(included(&bob, &star), Some(false));
}

#[test]
fn unions_cover_what_no_part_covers() {
    let inner = read(r#""Resource":"arn:aws:s3:::a/x*""#);
    let outer = read(r#""Resource":["arn:aws:s3:::a/x","arn:aws:s3:::a/x?*"]"#);
    assert_eq!(included(&inner, &outer), Some(true));
    let listed = r#"{"Effect":"Allow","Action":["s3:GetObject*"],"Resource":"arn:aws:s3:::a/*"}"#;
    let split = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"},
        {"Effect":"Allow","Action":"s3:GetObject?*","Resource":"*"}"#;
    assert_eq!(included(listed, split), Some(true));
}

#[test]
fn numbers_dates_and_addresses_are_compared_by_value() {
    let with = |condition: &str| {
        read(&format!(r#""Resource":"arn:aws:s3:::a/*","Condition":{{{condition}}}"#))
    };
    let pairs = [
        (r#""NumericLessThan":{"t:n":"5"}"#, r#""NumericLessThanEquals":{"t:n":"5.0"}"#),
        (
            r#""DateLessThan":{"aws:CurrentTime":"2026-01-01"}"#,
            r#""DateLessThan":{"aws:CurrentTime":"1800000000"}"#,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#,
            r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
        ),
        (
            r#""IpAddress":{"aws:SourceIp":"2001:db8:1::/48"}"#,
            r#""NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#,
        ),
    ];
    for (narrow, wide) in pairs {
        assert_eq!(included(&with(narrow), &with(wide)), Some(true), "{narrow}");
        assert_eq!(included(&with(wide), &with(narrow)), Some(false), "{narrow}");
    }
    let halves = format!(
        "{},{}",
        with(r#""IpAddress":{"aws:SourceIp":"10.0.0.0/9"}"#),
        with(r#""IpAddress":{"aws:SourceIp":"10.128.0.0/9"}"#),
    );
    let whole = with(r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#);
    assert_eq!(included(&whole, &halves), Some(true));
    assert_eq!(included(&halves, &whole), Some(true));
}

#[test]
fn keys_compared_in_two_ways_prove_nothing() {
    let with = |condition: &str| {
        read(&format!(r#""Resource":"arn:aws:s3:::a/*","Condition":{{{condition}}}"#))
    };
    let text = with(r#""StringLike":{"t:k":"1*"}"#);
    let number = with(r#""NumericLessThan":{"t:k":"20"}"#);
    let both = with(r#""StringLike":{"t:k":"1*"},"NumericLessThan":{"t:k":"20"}"#);
    assert_ne!(included(&text, &number), Some(true));
    assert_ne!(included(&both, &text), Some(false));
    assert_ne!(included(&both, &number), Some(false));
}

#[test]
fn hard_patterns_end_within_the_budget() {
    let keys = |text: &str| format!("\"arn:aws:s3:::a/{text}\"");
    let many = |letter: char| {
        read(&format!(r#""Resource":{}"#, keys(&format!("*{letter}{}", "?".repeat(40)))))
    };
    let (left, right) = (identity(&many('a')), identity(&many('b')));
    let found = difference(&set(&left), &set(&right), Budget::default());
    assert_ne!(found.exactness, Exactness::Exact);
    assert!(found.limits.iter().any(|limit| limit.statement.is_some()), "{:?}", found.limits);
    assert_ne!(includes(&set(&right), &set(&left), Budget::default()), Some(true));
    // Many stars multiply, and still are few.
    let stars: Vec<String> = "abcdefgh".chars().map(|c| keys(&format!("*{c}*{c}{c}*"))).collect();
    let stars = read(&format!(r#""Resource":[{}]"#, stars.join(",")));
    let all = read(r#""Resource":"arn:aws:s3:::a/*""#);
    assert_eq!(included(&stars, &all), Some(true));
    assert_eq!(included(&all, &stars), Some(false));
}

#[test]
fn hundreds_of_statements_are_no_limit() {
    let one = |i: usize| read(&format!(r#""Resource":"arn:aws:s3:::team-{i}/*""#));
    let all: Vec<String> = (0..200).map(one).collect();
    let most: Vec<String> = (0..199).map(one).collect();
    assert_eq!(included(&most.join(","), &all.join(",")), Some(true));
    assert_eq!(included(&all.join(","), &most.join(",")), Some(false));
}

#[test]
fn keys_that_repeat_the_arn_agree_with_it() {
    let send = |condition: &str, resource: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:{resource}","Condition":{{{condition}}}}}"#
        )
    };
    let own = r#""StringEquals":{"aws:ResourceAccount":"111122223333"}"#;
    let other = r#""StringEquals":{"aws:ResourceAccount":"444455556666"}"#;
    let nobody = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    // A queue of one account is never one of another: no request is found, and none is claimed.
    let strange = send(other, "eu-west-1:111122223333:jobs");
    assert_eq!(included(&strange, nobody), None);
    let region = r#""StringEquals":{"aws:RequestedRegion":"us-east-1"}"#;
    assert_eq!(included(&send(region, "eu-west-1:111122223333:jobs"), nobody), None);
    // Where the account is open, the witness lies in the one that the condition names.
    for (condition, at, said) in [(own, 4, "111122223333"), (region, 3, "us-east-1")] {
        let (left, right) = (identity(&send(condition, "*:*:jobs")), identity(nobody));
        let difference = difference(&set(&left), &set(&right), Budget::default());
        assert_eq!(difference.exactness, Exactness::Exact, "{condition}");
        let witness = &difference.leaves[0].witness;
        assert_eq!(witness.resource.text().split(':').nth(at), Some(said), "{witness:?}");
    }
}
