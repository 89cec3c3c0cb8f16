//! Random policies in every layer, for every kind of caller and owner.

use super::world::{
    BUCKET, Documents, KEY, OTHER, OTHER_KEY, OTHER_TARGET, OWN, ROLE, SESSION, TARGET, Texts,
    USER, requests,
};
use super::*;
use crate::evaluate::{Truth, matches};
use crate::exact::bits::Bits;
use crate::exact::budget::Account;
use crate::exact::space::Space;
use crate::iam::{Action, Request};
use crate::pattern::ArnPattern;
use proptest::prelude::*;

fn pick(items: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(items)
}

/// A statement but for its effect, its principal and, where `on` is false, its resource.
fn statement(
    allow: f64,
    principals: &'static [&'static str],
    on: bool,
) -> impl Strategy<Value = String> {
    let actions = pick(&[
        r#""Action":"s3:GetObject""#,
        r#""Action":"s3:Get*""#,
        r#""Action":"s3:*""#,
        r#""Action":"*""#,
        r#""Action":"*""#,
        r#""Action":["kms:*","s3:List*"]"#,
        r#""Action":["sts:AssumeRole","kms:Decrypt"]"#,
        r#""Action":"sts:*""#,
        r#""NotAction":"s3:Get*""#,
    ]);
    let trust = pick(&[r#""Action":"sts:AssumeRole""#, r#""Action":"sts:*""#]);
    let resources = pick(&[
        r#""Resource":"*""#,
        r#""Resource":"*""#,
        r#""Resource":["arn:aws:s3:::ab","arn:aws:s3:::ab/*"]"#,
        r#""Resource":["arn:aws:s3:::*/a","arn:aws:kms:*:*:key/*"]"#,
        r#""Resource":["arn:aws:s3:::ab/b*","arn:aws:iam::*:role/*","arn:aws:kms:*:111111111111:key/k"]"#,
        r#""NotResource":"arn:aws:s3:::x*""#,
    ]);
    let conditions = prop_oneof![
        4 => Just(""),
        3 => pick(&[
            r#","Condition":{"StringEquals":{"t:k":"a"}}"#,
            r#","Condition":{"StringNotEquals":{"t:k":"a"}}"#,
            r#","Condition":{"StringEqualsIfExists":{"t:k":["a","b"]}}"#,
        ]),
        2 => pick(&[
            r#","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/app"}}"#,
            r#","Condition":{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#,
            r#","Condition":{"StringEquals":{"aws:PrincipalAccount":"111111111111"}}"#,
            r#","Condition":{"StringEqualsIfExists":{"aws:PrincipalType":"User"}}"#,
            r#","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111111111111","t:k":"b"}}"#,
        ]),
    ];
    let action = if on { actions.boxed() } else { trust.boxed() };
    (prop::bool::weighted(allow), pick(principals), action, resources, conditions).prop_map(
        move |(allow, principal, action, resource, condition)| {
            let effect = if allow { "Allow" } else { "Deny" };
            let principal =
                if principal.is_empty() { String::new() } else { format!("{principal},") };
            let resource = if on { format!(",{resource}") } else { String::new() };
            format!(r#"{{"Effect":"{effect}",{principal}{action}{resource}{condition}}}"#)
        },
    )
}

const NOBODY: &[&str] = &[""];
const EVERYONE: &[&str] = &[r#""Principal":"*""#];
const NAMED: &[&str] = &[
    r#""Principal":"*""#,
    r#""Principal":{"AWS":"111111111111"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111111111111:role/app"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111111111111:role/app"}"#,
    r#""Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/app/one"}"#,
    r#""Principal":{"AWS":["arn:aws:iam::111111111111:user/ann","arn:aws:iam::222222222222:root"]}"#,
    r#""Principal":{"Service":"logging.s3.amazonaws.com"}"#,
];
const NAMED_OR_NOT: &[&str] = &[
    r#""Principal":"*""#,
    r#""Principal":{"AWS":"111111111111"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111111111111:role/app"}"#,
    r#""Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/app/one"}"#,
    r#""Principal":{"AWS":"arn:aws:iam::111111111111:user/ann"}"#,
    r#""NotPrincipal":{"AWS":["111111111111","arn:aws:iam::111111111111:role/app"]}"#,
    r#""NotPrincipal":{"AWS":["111111111111","arn:aws:iam::111111111111:user/ann"]}"#,
];

fn some(
    allow: f64,
    principals: &'static [&'static str],
    on: bool,
) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(statement(allow, principals, on), 1..4)
}

fn wide() -> impl Strategy<Value = Vec<String>> {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.to_owned();
    some(0.6, NOBODY, true).prop_map(move |mut statements| {
        statements.push(all.clone());
        statements
    })
}

fn callers() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        6 => pick(&[ROLE, USER, SESSION]).prop_map(Some),
        3 => pick(&[
            "arn:aws:iam::111111111111:root",
            "arn:aws:iam::111111111111:role/aws-service-role/x/AWSServiceRoleForX",
            "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/one",
            "arn:aws:sts::111111111111:federated-user/bob",
            "logging.s3.amazonaws.com",
            "*",
        ]).prop_map(Some),
        1 => Just(None),
    ]
}

fn texts() -> impl Strategy<Value = Texts> {
    let owner = || prop::sample::select(vec![Some(OWN), Some(OTHER), None]);
    let bucket = (owner(), some(0.7, NAMED_OR_NOT, true))
        .prop_map(|(owner, policy)| (BUCKET.to_owned(), owner, policy));
    let key = (pick(&[KEY, OTHER_KEY]), some(0.8, NAMED, true))
        .prop_map(|(key, policy)| (key.to_owned(), None, policy));
    let role = (pick(&[TARGET, OTHER_TARGET]), some(0.8, NAMED, false))
        .prop_map(|(role, policy)| (role.to_owned(), None, policy));
    let maybe = |of: BoxedStrategy<(String, Option<&'static str>, Vec<String>)>, chance| {
        prop::option::weighted(chance, of)
    };
    (
        some(0.85, NOBODY, true),
        prop::option::weighted(0.4, wide()),
        prop::option::weighted(0.3, wide()),
        (maybe(bucket.boxed(), 0.8), maybe(key.boxed(), 0.5), maybe(role.boxed(), 0.5)),
        prop::collection::vec(wide(), 0..3),
        prop::collection::vec(some(0.0, EVERYONE, true), 0..2),
    )
        .prop_map(
            |(identity, boundary, session, resource, service_control, resource_control)| {
                let (bucket, key, role) = resource;
                Texts {
                    caller: None,
                    identity,
                    boundary,
                    session,
                    resource: [bucket, key, role].into_iter().flatten().collect(),
                    service_control,
                    resource_control,
                }
            },
        )
}

/// Whether the oracle says anything about a request: nothing is said of a key or role whose policy
/// is not known where nobody knows who asks.
fn is_asked(documents: &Documents, request: &Request, caller: Option<&str>) -> bool {
    let has_own_policy = matches!(request.action.service(), "kms" | "sts");
    caller.is_some() || !has_own_policy || documents.governs(request)
}

/// The statements that match a request, by number.
fn matching(space: &Space<'_, '_>, request: &Request) -> Bits {
    let named = space.group_of(&request.action).rules;
    let numbered = space.numbered(&named);
    numbered
        .iter()
        .filter(|(_, r)| matches(&r.statement, request).is_true())
        .map(|(n, _)| *n)
        .collect()
}

fn check_difference(
    left: &Texts,
    right: &Texts,
    caller: Option<&'static str>,
) -> Result<(), TestCaseError> {
    let (l, r) = (left.parsed(), right.parsed());
    let (ls, rs) = (l.set(), r.set());
    let found = difference(&ls, &rs, Budget { leaves: usize::MAX, ..Budget::default() });
    let included = includes(&rs, &ls, Budget::default());
    let space = Space::new(&ls, Some(&rs), Account::new(Budget::default()));
    let asked =
        |leaf: &&Leaf| is_asked(&l, &leaf.witness, caller) && is_asked(&r, &leaf.witness, caller);
    for leaf in found.leaves.iter().filter(asked) {
        prop_assert_eq!(l.decide(&leaf.witness), Some(true), "{:?}", leaf.witness);
        prop_assert_eq!(r.decide(&leaf.witness), Some(false), "{:?}", leaf.witness);
    }
    for request in requests(caller) {
        if !is_asked(&l, &request, caller) || !is_asked(&r, &request, caller) {
            continue;
        }
        let (in_left, in_right) = (l.decide(&request), r.decide(&request));
        let said = |set: &RequestSet<'_>| match set.decide(&request) {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown(_) => None,
        };
        prop_assert_eq!(said(&ls), in_left, "{:?}", request);
        prop_assert_eq!(said(&rs), in_right, "{:?}", request);
        match (in_left, in_right) {
            (Some(false), _) | (_, Some(true)) => {}
            (Some(true), Some(false)) => {
                prop_assert_ne!(included, Some(true), "{:?}", request);
                let matching = matching(&space, &request);
                let covered = found.leaves.iter().any(|leaf| leaf.matching == matching);
                prop_assert!(
                    covered || found.exactness != Exactness::Exact,
                    "no leaf for {:?} in {:?}",
                    request,
                    found
                );
            }
            // Which role such a session is of is not told, and its requests do not say: the engine
            // speaks of those that do.
            _ if caller.is_some_and(|who| who.contains("assumed-role/AWSServiceRoleFor")) => {}
            _ => prop_assert_ne!(found.exactness, Exactness::Exact, "{:?} {:?}", request, found),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_difference_of_principals_is_true_and_whole(
        caller in callers(), left in texts(), right in texts(), alike in any::<bool>(), session in any::<bool>(),
    ) {
        let mut left = Texts { caller, ..left };
        let mut right = Texts { caller, ..right };
        if alike {
            // Two versions of one principal: only the identity policies differ, or the bucket's.
            let identity = right.identity.clone();
            right = Texts { identity, ..left.clone() };
        } else if !session {
            left.session = None;
            right.session = None;
        }
        // Both sides know the same owners.
        for (resource, owner, _) in &mut right.resource {
            let known = left.resource.iter().find(|(known, _, _)| known == resource);
            *owner = known.map_or(*owner, |(_, owner, _)| *owner);
        }
        check_difference(&left, &right, caller)?;
        check_difference(&right, &left, caller)?;
    }

    #[test]
    fn a_gap_of_a_principal_is_true_and_none_is_missed(caller in callers(), texts in texts()) {
        let texts = Texts { caller, ..texts };
        let documents = texts.parsed();
        let set = documents.set();
        let boxes: Vec<RequestBox> = [
            ("s3:GetObject", "arn:aws:s3:::ab/*"), ("s3:ListBucket", BUCKET),
            ("s3:GetObject", "arn:aws:s3:::x/a"), ("kms:Decrypt", KEY), ("sts:AssumeRole", TARGET),
        ].into_iter().map(|(action, on)| {
            RequestBox::new(Action::parse(action).unwrap(), ArnPattern::parse(on, false).unwrap())
        }).collect();
        let found = gaps(&boxes, &set, Budget::default());
        for gap in found.gaps.iter().filter(|gap| is_asked(&documents, &gap.witness, caller)) {
            prop_assert_eq!(documents.decide(&gap.witness), Some(false), "{:?}", gap);
        }
        for (number, needed) in boxes.iter().enumerate() {
            for request in requests(caller) {
                let is_needed = request.action == needed.action
                    && needed.resource.matches(request.resource.text())
                    && is_asked(&documents, &request, caller);
                if !is_needed {
                    continue;
                }
                match documents.decide(&request) {
                    Some(true) => {}
                    Some(false) => prop_assert!(
                        found.gaps.iter().any(|gap| gap.needed == number)
                            || found.exactness != Exactness::Exact,
                        "no gap for {:?} in {:?}", request, found
                    ),
                    None => prop_assert!(
                        found.gaps.iter().any(|gap| gap.needed == number)
                            || found.exactness != Exactness::Exact,
                        "{:?} in {:?}", request, found
                    ),
                }
            }
        }
    }
}
