//! What requests can carry under a key, by AWS's pages.

use super::*;
use crate::catalogue::Catalogue;
use crate::iam::{Action, ContextKey, ContextValue, Request, Resource};
use proptest::prelude::*;

fn same(left: &str, right: &str) -> Option<bool> {
    let (left, right) = (identity(left), identity(right));
    equivalent(&set(&left), &set(&right), Budget::default())
}

fn on(effect: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*","Condition":{{{condition}}}}}"#
    )
}

#[test]
fn a_single_valued_key_has_one_value() {
    for (key, action) in [
        ("s3:x-amz-acl", "s3:PutObject"),
        ("aws:RequestTag/team", "ec2:CreateVolume"),
        ("token.actions.githubusercontent.com:sub", "sts:AssumeRoleWithWebIdentity"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:aud", "sts:AssumeRoleWithWebIdentity"),
    ] {
        let with =
            |operator: &str| on("Allow", action, &format!(r#""{operator}":{{"{key}":"a"}}"#));
        assert_eq!(
            same(&with("ForAnyValue:StringEquals"), &with("StringEquals")),
            Some(true),
            "{key}"
        );
        assert_eq!(
            same(&with("ForAllValues:StringEquals"), &with("StringEqualsIfExists")),
            Some(true),
            "{key}"
        );
        assert_eq!(same(&with("ForAllValues:StringEquals"), &with("StringEquals")), Some(false));
    }
    // Several values, or nobody knows how many.
    for (key, action) in [
        ("aws:TagKeys", "ec2:CreateVolume"),
        ("kms:EncryptionContextKeys", "kms:Decrypt"),
        ("oidc.example.com:groups", "sts:AssumeRoleWithWebIdentity"),
    ] {
        let with =
            |operator: &str| on("Allow", action, &format!(r#""{operator}":{{"{key}":"a"}}"#));
        let (any, one) = (with("ForAnyValue:StringEquals"), with("StringEquals"));
        assert_eq!(same(&any, &one), Some(false), "{key}");
    }
}

#[test]
fn some_keys_are_always_there() {
    let tls = |operator: &str| {
        on("Allow", "s3:*", &format!(r#""{operator}":{{"aws:SecureTransport":"true"}}"#))
    };
    assert_eq!(same(&tls("Bool"), &tls("BoolIfExists")), Some(true));
    let all = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    let without = |condition: &str| format!("{all},{}", on("Deny", "*", condition));
    assert_eq!(
        same(&tls("Bool"), &without(r#""Bool":{"aws:SecureTransport":"false"}"#)),
        Some(true)
    );
    assert_eq!(same(&tls("Bool"), all), Some(false));
    for key in [
        "CurrentTime",
        "EpochTime",
        "RequestedRegion",
        "SecureTransport",
        "UserAgent",
        "ViaAWSService",
    ] {
        let absent = without(&format!(r#""Null":{{"aws:{key}":"true"}}"#));
        let is_text = matches!(key, "RequestedRegion" | "UserAgent");
        // An empty text counts as none for `Null`.
        assert_eq!(same(&absent, all), Some(!is_text), "{key}");
    }
    let hours = |operator: &str| {
        on(
            "Allow",
            "s3:*",
            &format!(r#""{operator}":{{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#),
        )
    };
    assert_eq!(same(&hours("DateLessThan"), &hours("DateLessThanIfExists")), Some(true));
    let late = without(r#""DateGreaterThanEquals":{"aws:CurrentTime":"2030-01-01"}"#);
    assert_eq!(same(&hours("DateLessThan"), &late), Some(true));
    // Another key may be missing.
    let vpce = |operator: &str| {
        on("Allow", "s3:*", &format!(r#""{operator}":{{"aws:SourceVpce":"vpce-1"}}"#))
    };
    assert_eq!(same(&vpce("StringEquals"), &vpce("StringEqualsIfExists")), Some(false));
}

#[test]
fn values_are_of_the_type_of_their_key() {
    let keys = |operator: &str, effect: &str| {
        on(effect, "s3:ListBucket", &format!(r#""{operator}":{{"s3:max-keys":"100"}}"#))
    };
    let present = on("Allow", "s3:ListBucket", r#""Null":{"s3:max-keys":"false"}"#);
    let few = keys("NumericLessThanEquals", "Allow");
    let not_many = format!("{present},{}", keys("NumericGreaterThan", "Deny"));
    assert_eq!(same(&few, &not_many), Some(true));
    assert_eq!(same(&few, &present), Some(false));
    let ip = |operator: &str, effect: &str| {
        on(effect, "s3:*", &format!(r#""{operator}":{{"aws:SourceIp":"10.0.0.0/8"}}"#))
    };
    let known = on("Allow", "s3:*", r#""Null":{"aws:SourceIp":"false"}"#);
    let inside = format!("{known},{}", ip("NotIpAddress", "Deny"));
    assert_eq!(same(&ip("IpAddress", "Allow"), &inside), Some(true));
    // Compared as text, too, a number is any text.
    let text = on("Allow", "s3:ListBucket", r#""StringLike":{"s3:max-keys":"*"}"#);
    assert_ne!(same(&text, &present), Some(true));
}

/// AWS: `s3:prefix` is a key of `ListBucket` and `ListBucketVersions`.
#[test]
fn keys_that_an_action_never_carries_are_absent() {
    let prefix = r#""StringLike":{"s3:prefix":"a/*"}"#;
    let all = on("Allow", "s3:*", prefix);
    let lists = format!(
        "{},{}",
        on("Allow", "s3:ListBucket", prefix),
        on("Allow", "s3:ListBucketVersions", prefix)
    );
    assert_eq!(same(&lists, &format!("{lists},{lists}")), Some(true));
    let (every, two) = (identity(&all), identity(&lists));
    assert!(difference(&set(&every), &set(&two), Budget::default()).is_proven_empty());
    assert!(difference(&set(&two), &set(&every), Budget::default()).is_proven_empty());
    let get = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    assert_eq!(same(&format!("{get},{}", on("Deny", "s3:*", prefix)), get), Some(true));
    // A negated comparison holds where the key is absent.
    let others = on("Deny", "s3:*", r#""StringNotLike":{"s3:prefix":"a/*"}"#);
    let nothing = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    assert_eq!(same(&format!("{get},{others}"), nothing), Some(true));
    let both = on(
        "Allow",
        "s3:GetObject",
        r#""StringNotLike":{"s3:prefix":"a/*"},"StringEquals":{"aws:SourceVpce":"v"}"#,
    );
    let one = on("Allow", "s3:GetObject", r#""StringEquals":{"aws:SourceVpce":"v"}"#);
    assert_eq!(same(&both, &one), Some(true));
    // A call that tags asks for two actions, in one request.
    let external = on("Allow", "sts:TagSession", r#""StringEquals":{"sts:ExternalId":"e"}"#);
    assert_eq!(same(&external, nothing), Some(false));
    // So of the actions that are measured.
    let (all, nothing) = (identity(&all), identity(nothing));
    let measured = measure(&set(&all), &set(&nothing), Budget::default());
    let names = measured.actions.iter().map(|one| Catalogue::embedded().name(one.action));
    assert_eq!(names.collect::<Vec<_>>(), ["s3:ListBucket", "s3:ListBucketVersions"]);
}

/// What the pages of other services do not say is not taken to be so: AWS's own policies have such keys.
#[test]
fn silence_is_no_proof() {
    let nothing = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    for (action, condition) in [
        // No action lists these keys.
        (
            "ec2-instance-connect:OpenTunnel",
            r#""NumericEquals":{"ec2-instance-connect:remotePort":"22"}"#,
        ),
        ("states:InvokeHTTPEndpoint", r#""StringEquals":{"states:HTTPMethod":"GET"}"#),
        // Other actions list these.
        ("ram:GetResourceShares", r#""StringLike":{"ram:ResourceShareName":"LakeFormation*"}"#),
        (
            "sts:AssumeRole",
            r#""StringEquals":{"sts:RequestContext/identitycenter:InstanceArn":"a"}"#,
        ),
        ("sts:TagSession", r#""StringEquals":{"sts:ExternalId":"e"}"#),
        // Policies of AWS's have these tags.
        ("acm:RequestCertificate", r#""StringEquals":{"aws:ResourceTag/owner":"a"}"#),
        ("kms:DescribeKey", r#""ForAnyValue:StringEquals":{"aws:TagKeys":"owner"}"#),
    ] {
        assert_eq!(
            same(&on("Allow", action, condition), nothing),
            Some(false),
            "{action} {condition}"
        );
    }
    // The page has one value where requests have several.
    let types = |operator: &str| {
        on(
            "Allow",
            "cloudformation:CreateChangeSet",
            &format!(r#""{operator}":{{"cloudformation:ImportResourceTypes":"AWS::S3::Bucket"}}"#),
        )
    };
    assert_eq!(same(&types("ForAnyValue:StringEquals"), &types("StringEquals")), Some(false));
}

/// A truth value may equal the text of a variable.
#[test]
fn truth_values_and_variables() {
    let nothing = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    for condition in [
        r#""StringEquals":{"aws:MultiFactorAuthPresent":"${aws:PrincipalTag/mfa}"}"#,
        r#""StringLike":{"aws:SecureTransport":"*${aws:PrincipalTag/tls}"}"#,
        r#""StringEquals":{"aws:SecureTransport":"${aws:ViaAWSService}"}"#,
    ] {
        assert_ne!(
            same(&on("Allow", "s3:GetObject", condition), nothing),
            Some(true),
            "{condition}"
        );
    }
    // One that is a variable itself is known beforehand, and may meet another one's text all the same.
    for condition in [
        r#""StringEquals":{"aws:ViaAWSService":"${aws:PrincipalTag/t}"}"#,
        r#""StringLike":{"aws:ViaAWSService":"${aws:PrincipalTag/t}*"}"#,
        r#""StringEqualsIgnoreCase":{"aws:ViaAWSService":["never","${aws:PrincipalTag/t}"]}"#,
        r#""ForAnyValue:StringEquals":{"aws:ViaAWSService":"${aws:PrincipalTag/t}"}"#,
    ] {
        let by_both = format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${{aws:ViaAWSService}}","Condition":{{{condition}}}}}"#
        );
        assert_ne!(same(&by_both, nothing), Some(true), "{condition}");
    }
    // As a variable it is one of two texts.
    let by_tls = |value: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{value}"}}"#
        )
    };
    let either = format!("{},{}", by_tls("true"), by_tls("false"));
    let of_tls = by_tls("${aws:SecureTransport}");
    let (of_tls, either) = (identity(&of_tls), identity(&either));
    assert_eq!(includes(&set(&either), &set(&of_tls), Budget::default()), Some(true));
}

/// The time of a request has two names, and is written in two ways.
#[test]
fn one_moment_and_two_texts() {
    let get = |object: &str, condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/{object}","Condition":{{{condition}}}}}"#
        )
    };
    let date = |operator: &str, key: &str, value: &str| {
        format!(r#""{operator}":{{"aws:{key}":"{value}"}}"#)
    };
    let before = |key: &str| date("DateLessThan", key, "2030-01-01");
    let since = date("DateGreaterThanEquals", "EpochTime", "1893456000");
    assert_eq!(
        same(&get("*", &before("CurrentTime")), &get("*", &before("EpochTime"))),
        Some(true)
    );
    let never = format!("{},{since}", before("CurrentTime"));
    assert_eq!(
        same(&get("*", &never), r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#),
        Some(true)
    );
    // As texts, a day and a number of seconds may stand side by side.
    let nothing = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    for condition in [
        format!(
            "{},{}",
            date("StringLike", "CurrentTime", "2027-*"),
            date("StringEquals", "EpochTime", "1800000000")
        ),
        format!(
            "{},{}",
            date("StringEquals", "CurrentTime", "2027-01-15T08:00:00Z"),
            date("NumericGreaterThan", "EpochTime", "1")
        ),
    ] {
        assert_ne!(same(&get("*", &condition), nothing), Some(true), "{condition}");
    }
    let text = |key: &str| get("*", &date("StringEquals", key, "1800000000"));
    assert_ne!(same(&text("EpochTime"), &text("CurrentTime")), Some(true));
    // In a variable, too, it is one.
    let since = date("DateGreaterThan", "EpochTime", "1700000000");
    let old = get("${aws:EpochTime}", &since);
    let new = get(
        "${aws:EpochTime}",
        &format!("{since},{}", date("DateLessThan", "CurrentTime", "1800000000")),
    );
    assert_ne!(same(&old, &new), Some(true));
}

/// All sets of these texts but the empty one.
fn sets() -> Vec<Option<ContextValue>> {
    let texts = ["", "a", "b", "c"];
    let set = |n: usize| {
        (0..texts.len()).filter(move |at| n >> at & 1 == 1).map(|at| texts[at].to_owned())
    };
    (1..1 << texts.len()).map(|n| Some(ContextValue::Many(set(n).collect()))).collect()
}

/// Of some keys all values that tell anything, as AWS's pages have them.
fn contexts(action: &str) -> Vec<Vec<(&'static str, Option<ContextValue>)>> {
    let one = |text: &&str| Some(ContextValue::Single((*text).to_owned()));
    let flags: Vec<_> = ["true", "false"].iter().map(one).collect();
    let (mut prefixes, mut sizes, mut acls, mut tags) =
        (vec![None], vec![None], vec![None], vec![None]);
    match action {
        "s3:ListBucket" => {
            prefixes.extend(["", "a", "b", "ab"].iter().map(one));
            sizes.extend(["0", "1", "2", "3", "1.5"].iter().map(one));
        }
        // Which actions besides those that AWS's pages name take tags is not known.
        "s3:PutObject" => {
            acls.extend(["private", "public-read"].iter().map(one));
            tags.extend(sets());
        }
        "ec2:CreateVolume" => tags.extend(sets()),
        _ => {}
    }
    let mut all = vec![Vec::new()];
    for (key, values) in [
        ("aws:SecureTransport", flags),
        ("s3:prefix", prefixes),
        ("s3:max-keys", sizes),
        ("s3:x-amz-acl", acls),
        ("aws:TagKeys", tags),
    ] {
        all = all
            .iter()
            .flat_map(|before: &Vec<_>| {
                values.iter().map(move |value| [&before[..], &[(key, value.clone())]].concat())
            })
            .collect();
    }
    all
}

fn every_request() -> Vec<Request> {
    let mut all = Vec::new();
    for (action, resource) in [
        ("s3:ListBucket", "arn:aws:s3:::b"),
        ("s3:PutObject", "arn:aws:s3:::b/k"),
        ("s3:GetObject", "arn:aws:s3:::b/k"),
        ("ec2:CreateVolume", "arn:aws:ec2:eu-west-1:123456789012:volume/v"),
    ] {
        for context in contexts(action) {
            let carried =
                context.into_iter().filter_map(|(key, value)| Some((ContextKey::new(key), value?)));
            all.push(Request {
                caller: None,
                action: Action::parse(action).unwrap(),
                resource: Resource::parse(resource).unwrap(),
                resource_account: None,
                context: carried.collect(),
            });
        }
    }
    all
}

fn statements() -> impl Strategy<Value = String> {
    let condition = prop::sample::select(
        &[
            r#""Bool":{"aws:SecureTransport":"true"}"#,
            r#""BoolIfExists":{"aws:SecureTransport":"false"}"#,
            r#""Null":{"aws:SecureTransport":"true"}"#,
            r#""StringEquals":{"s3:prefix":"a"}"#,
            r#""StringNotEquals":{"s3:prefix":["a",""]}"#,
            r#""StringEqualsIfExists":{"s3:prefix":"a"}"#,
            r#""ForAllValues:StringEquals":{"s3:prefix":["a","b"]}"#,
            r#""ForAnyValue:StringLike":{"s3:prefix":"a*"}"#,
            r#""Null":{"s3:prefix":"false"}"#,
            r#""NumericLessThan":{"s3:max-keys":"2"}"#,
            r#""NumericNotEquals":{"s3:max-keys":"1"}"#,
            r#""NumericGreaterThanEqualsIfExists":{"s3:max-keys":"2"}"#,
            r#""Null":{"s3:max-keys":"true"}"#,
            r#""ForAnyValue:StringEquals":{"s3:x-amz-acl":"private"}"#,
            r#""StringNotEquals":{"s3:x-amz-acl":"private"}"#,
            r#""ForAllValues:StringEquals":{"s3:x-amz-acl":"private"}"#,
            r#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#,
            r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"}"#,
            r#""ForAnyValue:StringNotEquals":{"aws:TagKeys":"b"}"#,
            r#""Null":{"aws:TagKeys":"true"}"#,
        ][..],
    );
    let actions = prop::sample::select(
        &["*", "s3:*", "s3:ListBucket", "s3:PutObject", "s3:GetObject", "ec2:CreateVolume"][..],
    );
    let one = (prop::bool::weighted(0.7), actions, prop::collection::vec(condition, 0..3))
        .prop_map(|(allow, action, mut conditions)| {
            conditions.sort_unstable();
            conditions.dedup_by_key(|text| text.split(':').next());
            on(if allow { "Allow" } else { "Deny" }, action, &conditions.join(","))
        });
    prop::collection::vec(one, 1..4).prop_map(|all| all.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Of the requests that there are, no difference is missed; and each that is found is among them.
    #[test]
    fn as_brute_force_over_what_there_is(left in statements(), right in statements()) {
        let (l, r) = (identity(&left), identity(&right));
        let (l, r) = (set(&l), set(&r));
        let found = difference(&l, &r, Budget::default());
        prop_assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
        for action in ["s3:ListBucket", "s3:PutObject", "s3:GetObject", "ec2:CreateVolume"] {
            let id = Catalogue::embedded().find(&action.to_ascii_lowercase()).unwrap();
            let told = found.leaves.iter().any(|leaf| leaf.actions.ids().any(|own| own == id));
            let there = every_request().iter().filter(|request| request.action.text() == action).any(|request| {
                l.decide(request).is_true() && r.decide(request).is_false()
            });
            prop_assert_eq!(told, there, "{}", action);
        }
    }
}
