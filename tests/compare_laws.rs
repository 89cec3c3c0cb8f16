//! Laws of `diff` and `check` over random documents: every row is proved again from its own words,
//! by the evaluator, and what is equal is called so.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use leastwise::account::loose;
use leastwise::compare::{
    AskedAccess, DiffQuestion, Direction, Expect, Grant, Holder, Question, Subject, Verdict,
    WitnessValue, check, diff,
};
use leastwise::exact::{Budget, Exactness, NamedPolicy, RequestSet, Universe};
use leastwise::iam::{
    Action, ActionPattern, Caller, Clause, ContextKey, ContextValue, PolicyKind, PrincipalPattern,
    Request, Resource,
};
use leastwise::pattern::ArnPattern;
use leastwise::source::Source;
use proptest::prelude::*;
use std::sync::Arc;

fn subject(kind: PolicyKind, statements: &[String]) -> Subject {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let source = Arc::new(Source::new("policy.json", text.clone()));
    let policy = loose::policy(&source, kind).unwrap_or_else(|e| panic!("{e:?} in {text}"));
    Subject { name: "policy.json".to_owned(), holder: Holder::Policies(kind, vec![policy]) }
}

/// The set of a subject of one document, without anything that reports do to it.
fn set(subject: &Subject) -> RequestSet<'_> {
    let Holder::Policies(kind, policies) = &subject.holder else { panic!("no policies") };
    let named = policies.iter().map(|p| NamedPolicy { name: p.name(), document: &p.document });
    RequestSet::new(Universe::embedded(), [(kind.layer(), named.collect())])
}

/// The request of a row, read back from what the report prints.
fn request(grant: &Grant) -> Request {
    let witness = &grant.witness;
    let value = |value: &WitnessValue| match value {
        WitnessValue::One(one) => ContextValue::Single(one.clone()),
        WitnessValue::Many(many) => ContextValue::Many(many.clone()),
    };
    let context = witness.request.context.iter();
    Request {
        caller: witness.principal.as_deref().map(|caller| Caller::parse(caller).unwrap()),
        action: Action::parse(&witness.request.action).unwrap(),
        resource: Resource::parse(&witness.request.resource).unwrap(),
        resource_account: None,
        context: context.map(|(key, v)| (ContextKey::new(key), value(v))).collect(),
    }
}

fn actions() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""Action":"s3:*""#),
        Just(r#""Action":"s3:Get*""#),
        Just(r#""Action":["s3:GetObject","s3:PutObject"]"#),
        Just(r#""Action":["s3:ListBucket","s3:PutObjectAcl"]"#),
        Just(r#""Action":["kms:Decrypt","s3:DeleteObject"]"#),
        Just(r#""NotAction":["s3:Put*","iam:*"]"#),
    ]
    .prop_map(str::to_owned)
}

fn resources() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(r#""Resource":"*""#),
        Just(r#""Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#),
        Just(r#""Resource":"arn:aws:s3:::b/team-1/*""#),
        Just(r#""Resource":["arn:aws:s3:::b/team-1*","arn:aws:s3:::c/*"]"#),
        Just(r#""NotResource":"arn:aws:s3:::b/team-1/*""#),
    ]
    .prop_map(str::to_owned)
}

fn conditions() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(""),
        1 => Just(r#","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#),
        1 => Just(r#","Condition":{"StringLike":{"s3:prefix":["team-1/*","team-2/*"]}}"#),
        1 => Just(r#","Condition":{"StringNotEqualsIfExists":{"s3:prefix":"team-1/"}}"#),
        1 => Just(r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"Null":{"s3:prefix":"true"}}"#),
        1 => Just(r#","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}"#),
    ]
    .prop_map(str::to_owned)
}

fn effects() -> impl Strategy<Value = &'static str> {
    prop_oneof![3 => Just("Allow"), 1 => Just("Deny")]
}

fn identity() -> impl Strategy<Value = Vec<String>> {
    let statement = (effects(), actions(), resources(), conditions())
        .prop_map(|(e, a, r, c)| format!(r#"{{"Effect":"{e}",{a},{r}{c}}}"#));
    proptest::collection::vec(statement, 1..4)
}

fn resource() -> impl Strategy<Value = Vec<String>> {
    let principals = prop_oneof![
        Just(r#""Principal":"*""#),
        Just(r#""Principal":{"AWS":["111122223333","arn:aws:iam::444455556666:role/app"]}"#),
        Just(
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/eve","Service":"sns.amazonaws.com"}"#
        ),
        Just(r#""Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#),
    ];
    let statement = (effects(), principals, actions(), resources(), conditions())
        .prop_map(|(e, p, a, r, c)| format!(r#"{{"Effect":"{e}",{p},{a},{r}{c}}}"#));
    proptest::collection::vec(statement, 1..4)
}

fn any() -> impl Strategy<Value = (PolicyKind, Vec<String>, Vec<String>)> {
    prop_oneof![
        (identity(), identity()).prop_map(|(a, b)| (PolicyKind::Identity, a, b)),
        (resource(), resource()).prop_map(|(a, b)| (PolicyKind::Resource, a, b)),
    ]
}

fn allows(statements: &[String]) -> bool {
    statements.iter().any(|statement| statement.contains("\"Allow\""))
}

/// Each row of one direction is a request that `own` allows and `other` does not.
fn proved(direction: &Direction, own: &Subject, other: &Subject) {
    for grant in &direction.grants {
        let request = request(grant);
        assert!(set(own).decide(&request).is_true(), "{grant:?}");
        assert!(set(other).decide(&request).is_false(), "{grant:?}");
        let statement = grant.statement.as_ref().unwrap();
        let Holder::Policies(_, policies) = &own.holder else { panic!("no policies") };
        let blamed = &policies[0].document.statements[statement.index];
        assert!(leastwise::evaluate::matches(blamed, &request).is_true(), "{grant:?}");
    }
}

/// Each row is a request that both sides allow, and `own` by more than the name of an account.
fn proved_by_themselves(direction: &Direction, own: &Subject, other: &Subject) {
    for grant in &direction.grants {
        let request = request(grant);
        assert!(set(own).decide(&request).is_true(), "{grant:?}");
        assert!(set(other).decide(&request).is_true(), "{grant:?}");
        let statement = grant.statement.as_ref().unwrap();
        let Holder::Policies(_, policies) = &own.holder else { panic!("no policies") };
        let mut blamed = policies[0].document.statements[statement.index].clone();
        let Some(Clause::Is(principals)) = &mut blamed.principal else { panic!("{blamed:?}") };
        principals.retain(|one| !matches!(one, PrincipalPattern::Account { .. }));
        assert!(leastwise::evaluate::matches(&blamed, &request).is_true(), "{grant:?}");
    }
}

fn expecting(expect: Expect) -> DiffQuestion {
    DiffQuestion { expect, ..DiffQuestion::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_row_is_proved((kind, old, new) in any()) {
        prop_assume!(allows(&old) || allows(&new));
        let (old, new) = (subject(kind, &old), subject(kind, &new));
        let universe = Universe::embedded();
        let report = diff(universe, &old, &new, &expecting(Expect::Equivalent)).unwrap();
        let [comparison, rest @ ..] = report.comparisons.as_slice() else { panic!("no layer") };
        proved(&comparison.added, &new, &old);
        proved(&comparison.removed, &old, &new);
        for one in rest {
            proved_by_themselves(&one.added, &new, &old);
            proved_by_themselves(&one.removed, &old, &new);
        }
        // Back is the mirror image.
        let back = diff(universe, &new, &old, &expecting(Expect::Equivalent)).unwrap();
        prop_assert_eq!(&back.result, &report.result);
        let requests = |grants: &[Grant]| -> Vec<_> {
            grants.iter().map(|grant| (grant.actions.clone(), grant.witness.clone())).collect()
        };
        prop_assert_eq!(
            requests(&back.comparisons[0].removed.grants),
            requests(&comparison.added.grants)
        );
    }

    #[test]
    fn equal_documents_are_equivalent((kind, old, _) in any(), turn in 0..4_usize) {
        let one = subject(kind, &old);
        let mut turned = old.clone();
        turned.rotate_left(turn % old.len());
        let report = diff(Universe::embedded(), &one, &subject(kind, &turned), &expecting(Expect::Equivalent));
        prop_assert_eq!(report.unwrap().result, Verdict::Pass);
    }

    #[test]
    fn a_statement_more_adds_and_a_denial_takes_away((kind, old, more) in any()) {
        let old_subject = subject(kind, &old);
        for statement in &more {
            let mut new = old.clone();
            new.push(statement.clone());
            let new = subject(kind, &new);
            let is_denial = statement.contains("\"Deny\"");
            let (less, more) = if is_denial { (&new, &old_subject) } else { (&old_subject, &new) };
            let report = diff(Universe::embedded(), more, less, &expecting(Expect::NoNewAccess));
            prop_assert_eq!(report.unwrap().result, Verdict::Pass, "{}", statement);
        }
    }

    #[test]
    fn what_is_said_to_be_granted_is((kind, statements, _) in any(), which in 0..4_usize) {
        let asked = [
            ("s3:Put*", Some("arn:aws:s3:::b/team-1/*")),
            ("s3:ListBucket", None),
            ("kms:*", Some("*")),
            ("s3:GetObject", Some("arn:aws:s3:::c/secret")),
        ][which];
        let access = AskedAccess {
            action: ActionPattern::parse(asked.0).unwrap(),
            resource: asked.1.map(|text| ArnPattern::parse(text, false).unwrap()),
        };
        let one = subject(kind, &statements);
        let question = Question::AccessNotGranted(vec![access.clone()]);
        let report =
            check(Universe::embedded(), &question, std::slice::from_ref(&one), Budget::default());
        let report = report.unwrap();
        let checked = &report.policies[0];
        for grant in &checked.grants {
            let request = request(grant);
            prop_assert!(set(&one).decide(&request).is_true(), "{:?}", grant);
            prop_assert!(access.action.matches(&request.action));
            let resource = request.resource.text();
            prop_assert!(access.resource.as_ref().is_none_or(|r| r.matches(resource)));
        }
        prop_assert_eq!(checked.exactness, Exactness::Exact);
        // One request that is granted and was asked about is enough to fail.
        let tried = ["arn:aws:s3:::b/team-1/x", "arn:aws:s3:::b", "arn:aws:s3:::c/secret"];
        for (action, resource) in ["s3:PutObject", "s3:ListBucket", "s3:GetObject"].iter().zip(tried) {
            let request = Request {
                caller: None,
                action: Action::parse(action).unwrap(),
                resource: Resource::parse(resource).unwrap(),
                resource_account: None,
                context: leastwise::iam::RequestContext::default(),
            };
            let is_asked = access.action.matches(&request.action)
                && access.resource.as_ref().is_none_or(|r| r.matches(resource));
            if is_asked && set(&one).decide(&request).is_true() {
                prop_assert_eq!(checked.result, Verdict::Fail);
            }
        }
    }
}
