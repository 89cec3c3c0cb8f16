//! Policy variables: what is claimed for every value against every value of a small world.

use super::*;
use crate::iam::{self, Action, ContextKey, ContextValue, RequestContext, Resource};
use crate::pattern::{ArnPattern, Pattern};
use proptest::prelude::*;

/// A statement on keys of the bucket `b`, with or without a condition on a text.
fn statement() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ab/]",
        3 => Just("*".to_owned()),
        1 => Just("?".to_owned()),
        4 => Just("${t:v}".to_owned()),
        1 => Just("${t:v, 'a'}".to_owned()),
        1 => Just("${t:w}".to_owned()),
    ];
    let pattern = || prop::collection::vec(piece.clone(), 1..4).prop_map(|parts| parts.concat());
    let text = (
        prop::sample::select(vec![
            "StringLike",
            "StringNotLike",
            "StringEquals",
            "StringLikeIfExists",
            "StringEqualsIgnoreCase",
        ]),
        pattern(),
    )
        .prop_map(|(operator, text)| format!(r#"{{"{operator}":{{"t:text":"{text}"}}}}"#));
    let two = (pattern(), pattern()).prop_map(|(a, b)| {
        format!(r#"{{"StringLike":{{"t:text":"{a}"}},"StringNotLike":{{"t:text":"{b}"}}}}"#)
    });
    let own = (
        prop::sample::select(vec!["StringEquals", "StringLike", "StringNotEquals", "Null"]),
        prop::sample::select(vec!["a", "b", "*", "a*"]),
    )
        .prop_map(|(operator, text)| {
            let text = if operator == "Null" { "true" } else { text };
            format!(r#"{{"{operator}":{{"t:v":"{text}"}}}}"#)
        });
    let condition = prop_oneof![
        6 => Just("{}".to_owned()),
        3 => text,
        1 => two,
        2 => own,
    ];
    (
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.15),
        prop::collection::vec(pattern(), 1..3),
        condition,
    )
        .prop_map(|(allow, not, patterns, condition)| {
            let resources: Vec<String> =
                patterns.iter().map(|p| format!("\"arn:aws:s3:::b/{p}\"")).collect();
            format!(
                r#"{{"Effect":"{}","Action":"s3:GetObject","{}":[{}],"Condition":{condition}}}"#,
                if allow { "Allow" } else { "Deny" },
                if not { "NotResource" } else { "Resource" },
                resources.join(",")
            )
        })
}

/// Documents by layer, each as its statements.
type Layers = Vec<String>;

fn read(layers: &Layers) -> Vec<PolicyDocument> {
    layers.iter().map(|statements| identity(statements)).collect()
}

fn layers() -> impl Strategy<Value = Layers> {
    let layer = || prop::collection::vec(statement(), 1..3).prop_map(|s| s.join(","));
    prop_oneof![
        3 => layer().prop_map(|layer| vec![layer]),
        1 => (layer(), layer()).prop_map(|(a, b)| vec![a, b]),
    ]
}

fn sets(layers: &[PolicyDocument]) -> RequestSet<'_> {
    let kinds = [Layer::Identity, Layer::PermissionsBoundary];
    let layers = layers.iter().zip(kinds);
    let layers = layers.map(|(document, kind)| (kind, vec![NamedPolicy { name: "p", document }]));
    RequestSet::new(Universe::embedded(), layers)
}

const TEXTS: &[&str] = &["", "a", "b", "A", "/", "aa", "ab", "ba", "a/", "a/b", "b/a", "abc", "x"];
const VALUES: &[Option<&str>] =
    &[None, Some(""), Some("a"), Some("b"), Some("ab"), Some("a/b"), Some("xyz")];

fn request(key: &str, context: &[(&str, Option<&str>)]) -> iam::Request {
    let context = context
        .iter()
        .filter_map(|(k, v)| Some((ContextKey::new(k), ContextValue::Single((*v)?.to_owned()))));
    iam::Request {
        caller: None,
        action: Action::parse("s3:GetObject").unwrap(),
        resource: Resource::parse(&format!("arn:aws:s3:::b/{key}")).unwrap(),
        resource_account: None,
        context: context.collect::<RequestContext>(),
    }
}

/// Every request of a small world.
fn world() -> impl Iterator<Item = iam::Request> {
    let keys = TEXTS.iter().filter(|key| !key.is_empty()).chain(&["xyz", "xyz/a", "a/b/a", "axyz"]);
    keys.flat_map(|key| {
        VALUES.iter().flat_map(move |v| {
            [None, Some("a"), Some("b/")].into_iter().flat_map(move |w| {
                std::iter::once(None)
                    .chain(TEXTS.iter().map(|t| Some(*t)))
                    .map(move |text| request(key, &[("t:v", *v), ("t:w", w), ("t:text", text)]))
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_claimed_of_variables_holds_for_every_value(left in layers(), right in layers()) {
        let (left, right) = (read(&left), read(&right));
        let (l, r) = (sets(&left), sets(&right));
        let found = difference(&l, &r, Budget::default());
        for leaf in &found.leaves {
            prop_assert!(l.decide(&leaf.witness).is_true() && r.decide(&leaf.witness).is_false());
        }
        prop_assert_eq!(found.exactness == Exactness::Exact, found.limits.is_empty());
        if found.exactness == Exactness::Unknown {
            prop_assert!(!found.limits.is_empty());
        }
        if found.is_proven_empty() {
            for request in world() {
                let differs = l.decide(&request).is_true() && r.decide(&request).is_false();
                prop_assert!(!differs, "{:?}", request);
            }
        }
    }

    #[test]
    fn a_set_with_variables_is_equal_to_itself(left in layers()) {
        let left = read(&left);
        let found = difference(&sets(&left), &sets(&left), Budget::default());
        prop_assert!(found.is_proven_empty(), "{:?}", found);
    }

    #[test]
    fn gaps_hold_for_every_value(
        layers in layers(),
        pattern in "[ab/*]{1,2}|(a|)\\$\\{t:v\\}/\\*|\\$\\{t:v\\}",
        text in prop::option::of("[ab*]{1,2}|\\$\\{t:v\\}/\\*"),
    ) {
        let layers = read(&layers);
        let set = sets(&layers);
        let arn = ArnPattern::parse(&format!("arn:aws:s3:::b/{pattern}"), true).unwrap();
        let fixed = text.iter().map(|text| {
            let pattern = Pattern::parse(text, crate::pattern::Syntax::GlobWithVariables);
            (ContextKey::new("t:text"), Fixed::Like(pattern))
        });
        let needed = RequestBox {
            fixed: fixed.collect(),
            ..RequestBox::new(Action::parse("s3:GetObject").unwrap(), arn)
        };
        let needed = [needed];
        let found = gaps(&needed, &set, Budget::default());
        let wanted = RequestSet::of_boxes(Universe::embedded(), "needed", &needed);
        for request in world().filter(|request| wanted.decide(request).is_true()) {
            let fate = set.decide(&request);
            prop_assert!(fate.is_true() || !found.is_proven_empty(), "{:?}", request);
        }
        for gap in found.gaps.iter().filter(|gap| gap.depends_on.is_empty()) {
            prop_assert!(set.decide(&gap.witness).is_false(), "{:?}", gap);
        }
    }
}
