//! The proof of isolation against brute force: what a role can reach in a small world is reported,
//! and what is proved apart is not reached.

#![allow(clippy::unwrap_used, reason = "a test that cannot build its world has failed")]

use leastwise::account::IamPrincipal;
use leastwise::account::loose::{self, Documents};
use leastwise::audit::{Actor, Audit, Exactness};
use leastwise::consumer::{Consumers, Estate};
use leastwise::exact::{RequestSet, Universe};
use leastwise::iam::{Action, ContextKey, ContextValue, Layer, Request, RequestContext, Resource};
use leastwise::source::Source;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const ESTATE: &str = "version: 1\ndeployments:\n  - consumer: kubeflow-pipelines\n    bucket: acme-kfp\n    \
    profiles: [ab, ab-c, b]\n    roles: [{ name: \"kfp-{profile}\", components: [profile] }]\n";
const PROFILES: [&str; 3] = ["ab", "ab-c", "b"];
const BUCKET: &str = "arn:aws:s3:::acme-kfp";

fn key_pattern() -> impl Strategy<Value = String> {
    let piece =
        prop::sample::select(vec!["artifacts/", "v2/", "ab", "-c", "b", "/", "*", "?", "x"]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn statement() -> impl Strategy<Value = String> {
    let effect = prop::sample::select(vec!["Allow", "Allow", "Allow", "Deny"]);
    let action = prop::sample::select(vec![
        "s3:*",
        "s3:Get*",
        "s3:ListBucket",
        "s3:List*",
        "s3:DeleteObject",
        "s3:PutBucketPolicy",
    ]);
    let resource = prop_oneof![
        1 => Just("\"*\"".to_owned()),
        2 => Just(format!("\"{BUCKET}\"")),
        1 => Just(format!("\"{BUCKET}*\"")),
        4 => key_pattern().prop_map(|keys| format!("\"{BUCKET}/{keys}\"")),
    ];
    let element = prop::sample::select(vec!["Resource", "Resource", "Resource", "NotResource"]);
    let condition = prop_oneof![
        3 => Just(String::new()),
        4 => (
            prop::sample::select(vec![
                "StringLike", "StringLike", "StringEquals", "StringNotLike", "StringLikeIfExists",
                "StringEqualsIgnoreCase", "StringNotEquals",
            ]),
            prop::collection::vec(key_pattern(), 1..3),
        ).prop_map(|(operator, values)| {
            let values: Vec<String> = values.iter().map(|v| format!("\"{v}\"")).collect();
            format!(r#","Condition":{{"{operator}":{{"s3:prefix":[{}]}}}}"#, values.join(","))
        }),
        1 => Just(r#","Condition":{"Null":{"s3:prefix":"true"}}"#.to_owned()),
        1 => Just(r#","Condition":{"StringEquals":{"s3:delimiter":"/"}}"#.to_owned()),
    ];
    (effect, action, element, resource, condition).prop_map(
        |(effect, action, element, resource, condition)| {
            format!(
                r#"{{"Effect":"{effect}","Action":"{action}","{element}":{resource}{condition}}}"#
            )
        },
    )
}

fn principal(statements: &[String]) -> IamPrincipal {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let policies = vec![Arc::new(Source::new("policy.json", text))];
    let documents = Documents { arn: None, policies, trust: None, permissions_boundary: None };
    loose::principal(&documents).unwrap()
}

/// What a list shows: the keys of `profile`, its folder only, or nothing.
fn shows(profile: &str, prefix: Option<&str>, delimiter: bool) -> bool {
    let starts = [format!("artifacts/{profile}/"), format!("v2/artifacts/{profile}/")];
    let prefix = prefix.unwrap_or_default();
    starts.iter().any(|start| {
        prefix.starts_with(start.as_str())
            || (start.starts_with(prefix) && (!delimiter || named(start, prefix)))
    })
}

/// Whether the first folder after the prefix names the profile.
fn named(start: &str, prefix: &str) -> bool {
    let rest = start.get(prefix.len()..).unwrap_or_default();
    let end = prefix.len() + rest.find('/').unwrap_or_default() + 1;
    let folder = start.get(..end).unwrap_or_default();
    !["artifacts/ab/", "v2/artifacts/ab/"].iter().any(|own| own.starts_with(folder))
}

fn request(action: &str, resource: &str, context: &[(&str, &str)]) -> Request {
    let mut held = RequestContext::default();
    for (key, value) in context {
        held.insert(ContextKey::new(key), ContextValue::Single((*value).to_owned()));
    }
    Request {
        caller: None,
        action: Action::parse(action).unwrap(),
        resource: Resource::parse(resource).unwrap(),
        resource_account: None,
        context: held,
    }
}

/// Requests about others, each with the profile it reaches.
fn world() -> Vec<(&'static str, Request)> {
    let mut all = Vec::new();
    for profile in &PROFILES[1..] {
        for folder in ["artifacts", "v2/artifacts"] {
            for key in ["x", "ab", "ab/x", "-c", "x/b/*", "b/x/-c"] {
                let object = format!("{BUCKET}/{folder}/{profile}/{key}");
                for action in [
                    "s3:GetObject",
                    "s3:PutObjectAcl",
                    "s3:DeleteObject",
                    "s3:ListMultipartUploadParts",
                ] {
                    all.push((*profile, request(action, &object, &[])));
                }
            }
        }
        let mut prefixes: Vec<Option<String>> = vec![None];
        for start in [format!("artifacts/{profile}/"), format!("v2/artifacts/{profile}/")] {
            prefixes.extend((0..=start.len()).map(|end| Some(start[..end].to_owned())));
            prefixes
                .extend(["x", "ab", "b/x", "-cx", "X"].map(|rest| Some(format!("{start}{rest}"))));
        }
        for prefix in prefixes {
            for delimiter in [None, Some("/"), Some("x")] {
                if !shows(profile, prefix.as_deref(), delimiter == Some("/")) {
                    continue;
                }
                let prefix = prefix.iter().map(|value| ("s3:prefix", value.as_str()));
                let context: Vec<_> =
                    prefix.chain(delimiter.map(|value| ("s3:delimiter", value))).collect();
                for action in ["s3:ListBucket", "s3:ListBucketVersions"] {
                    all.push((*profile, request(action, BUCKET, &context)));
                }
            }
        }
        for action in ["s3:ListBucketMultipartUploads", "s3:PutBucketPolicy", "s3:DeleteBucket"] {
            all.push((*profile, request(action, BUCKET, &[])));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_reached_is_reported(statements in prop::collection::vec(statement(), 1..5)) {
        let estate =
            Estate::read(&Source::new("leastwise.yaml", ESTATE), Consumers::embedded()).unwrap();
        let audit = Audit::of(&estate);
        let principal = principal(&statements);
        let role = &audit.requirements.iter().find(|r| r.role.name == "kfp-ab").unwrap().role;
        let found = audit.isolation(&[Actor { roles: vec![role], principal: Some(&principal) }]);
        let leaking: BTreeSet<&str> =
            found.leaks.iter().flat_map(|leak| leak.to.iter().map(String::as_str)).collect();
        let undecided: BTreeSet<&str> =
            found.undecided.iter().flat_map(|one| one.to.iter().map(String::as_str)).collect();

        let name = principal.identity[0].name();
        let document = &principal.identity[0].document;
        let allowed = RequestSet::of_document(Universe::embedded(), Layer::Identity, name, document);
        for (profile, request) in world() {
            if allowed.decide(&request).is_true() {
                prop_assert!(leaking.contains(profile) || undecided.contains(profile),
                    "{} reaches {profile}: {found:#?}", request.resource.text());
            }
        }
        prop_assert_eq!(found.pairs, 2);
        prop_assert_eq!(found.proven + leaking.len() + undecided.difference(&leaking).count(), 2);
        prop_assert!(undecided.is_empty() == (found.exactness == Exactness::Exact));
    }
}
