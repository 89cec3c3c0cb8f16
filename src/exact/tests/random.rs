//! Random pairs of sets against the plain reading and against the evaluator.

use super::gaps::contexts;
use super::model::{self, Value, request, statement};
use super::*;
use crate::iam::{self, Action, ContextKey, ContextValue, Resource};
use crate::pattern::{ArnPattern, Pattern};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(super) fn request_of(request: &model::Request) -> iam::Request {
    let value = |(key, value): &(String, Value)| {
        let value = match value {
            Value::Absent => return None,
            Value::One(text) => ContextValue::Single(text.clone()),
            Value::Many(all) => ContextValue::Many(all.clone()),
        };
        Some((ContextKey::new(key), value))
    };
    iam::Request {
        caller: None,
        action: Action::parse(&request.action).unwrap(),
        resource: Resource::parse(&request.resource).unwrap(),
        resource_account: None,
        context: request.context.iter().filter_map(value).collect(),
    }
}

pub(super) fn model_of(request: &iam::Request) -> model::Request {
    let value = |value: &ContextValue| match value {
        ContextValue::Single(text) => Value::One(text.clone()),
        ContextValue::Many(all) => Value::Many(all.clone()),
        ContextValue::Unknown => panic!("a witness knows its values"),
    };
    model::Request {
        action: request.action.text().to_owned(),
        resource: request.resource.text().to_owned(),
        context: request.context.iter().map(|(k, v)| (k.text().to_owned(), value(v))).collect(),
    }
}

pub(super) type Layers = Vec<Vec<model::Statement>>;

pub(super) fn documents(layers: &Layers) -> Vec<PolicyDocument> {
    let json = |layer: &Vec<model::Statement>| {
        layer.iter().map(model::Statement::json).collect::<Vec<_>>().join(",")
    };
    layers.iter().map(|layer| identity(&json(layer))).collect()
}

pub(super) fn set_of(documents: &[PolicyDocument]) -> RequestSet<'_> {
    let kinds = [Layer::Identity, Layer::PermissionsBoundary, Layer::ServiceControlPolicy];
    RequestSet::new(
        Universe::embedded(),
        documents
            .iter()
            .zip(kinds)
            .map(|(d, kind)| (kind, vec![NamedPolicy { name: "p", document: d }])),
    )
}

pub(super) fn layers() -> impl Strategy<Value = Layers> {
    let layer = || prop::collection::vec(statement(), 1..4);
    prop_oneof![
        3 => layer().prop_map(|layer| vec![layer]),
        1 => (layer(), layer()).prop_map(|(a, b)| vec![a, b]),
    ]
}

/// The numbers of the statements that match, first those of the left set.
fn matching(left: &Layers, right: &Layers, request: &model::Request) -> Vec<usize> {
    let all = left.iter().chain(right).flatten().enumerate();
    all.filter(|(_, s)| s.matches(request)).map(|(n, _)| n).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_difference_is_true_and_whole(
        left in layers(),
        right in layers(),
        requests in prop::collection::vec(request(), 150),
    ) {
        let (l, r) = (documents(&left), documents(&right));
        let (l, r) = (set_of(&l), set_of(&r));
        let found = difference(&l, &r, Budget { leaves: usize::MAX, ..Budget::default() });
        prop_assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
        for leaf in &found.leaves {
            let witness = model_of(&leaf.witness);
            prop_assert!(model::allows(&left, &witness), "{:?}", witness);
            prop_assert!(!model::allows(&right, &witness), "{:?}", witness);
            let numbers: Vec<usize> = leaf.matching.iter().collect();
            prop_assert_eq!(numbers, matching(&left, &right, &witness));
        }
        for request in &requests {
            let (in_left, in_right) = (model::allows(&left, request), model::allows(&right, request));
            // The evaluator reads each statement as the model does.
            prop_assert_eq!(l.decide(&request_of(request)).is_true(), in_left, "{:?}", request);
            prop_assert_eq!(r.decide(&request_of(request)).is_true(), in_right, "{:?}", request);
            if in_left && !in_right {
                let numbers = matching(&left, &right, request);
                let known = found.leaves.iter().any(|l| l.matching.iter().collect::<Vec<_>>() == numbers);
                prop_assert!(known, "no leaf for {:?}", request);
            }
        }
    }

    #[test]
    fn sets_keep_their_laws(left in layers(), more in statement(), at in 0..4_usize) {
        let none = |a: &Layers, b: &Layers| {
            let (a, b) = (documents(a), documents(b));
            includes(&set_of(&b), &set_of(&a), Budget::default())
        };
        // Nothing is more than itself.
        prop_assert_eq!(none(&left, &left), Some(true));
        let place = at % left.len();
        let mut changed = left.clone();
        changed[place].push(model::Statement { allow: true, ..more.clone() });
        prop_assert_eq!(none(&left, &changed), Some(true));
        let mut changed = left.clone();
        changed[place].push(model::Statement { allow: false, ..more.clone() });
        prop_assert_eq!(none(&changed, &left), Some(true));
        // One more layer never allows more.
        let mut changed = left.clone();
        changed.push(vec![more]);
        prop_assert_eq!(none(&changed, &left), Some(true));
    }

    #[test]
    fn splitting_statements_changes_nothing(left in layers()) {
        let split = |s: &model::Statement| -> Vec<model::Statement> {
            let mut parts = vec![s.clone()];
            if !s.not_action {
                parts = parts.iter().flat_map(|s| s.actions.iter().map(|a|
                    model::Statement { actions: vec![a.clone()], ..s.clone() }).collect::<Vec<_>>()).collect();
            }
            if !s.not_resource {
                parts = parts.iter().flat_map(|s| s.resources.iter().map(|r|
                    model::Statement { resources: vec![r.clone()], ..s.clone() }).collect::<Vec<_>>()).collect();
            }
            parts
        };
        let parts: Layers = left.iter().map(|l| l.iter().flat_map(split).collect()).collect();
        let (a, b) = (documents(&left), documents(&parts));
        prop_assert_eq!(equivalent(&set_of(&a), &set_of(&b), Budget::default()), Some(true));
    }

    #[test]
    fn a_small_budget_never_claims_too_much(
        left in layers(), right in layers(),
        states in 1..30_usize, combinations in 1..4_usize, total in 1..60_usize,
    ) {
        let (l, r) = (documents(&left), documents(&right));
        let (l, r) = (set_of(&l), set_of(&r));
        let whole = difference(&l, &r, Budget::default());
        let small = Budget { states, combinations, leaves: 2, total };
        let found = difference(&l, &r, small);
        if found.exactness == Exactness::Exact {
            prop_assert_eq!(found.leaves.len(), whole.leaves.len());
        } else {
            prop_assert!(!found.limits.is_empty());
        }
        prop_assert!(!found.is_proven_empty() || whole.leaves.is_empty());
        for leaf in &found.leaves {
            prop_assert!(model::allows(&left, &model_of(&leaf.witness)));
            prop_assert!(!model::allows(&right, &model_of(&leaf.witness)));
        }
        prop_assert!(includes(&r, &l, small) != Some(true) || whole.leaves.is_empty());
        prop_assert!(includes(&r, &l, small) != Some(false) || !whole.leaves.is_empty());
    }

    #[test]
    fn what_is_needed_is_allowed_or_differs(
        left in layers(),
        boxes in prop::collection::vec(
            ("s3:(GetObject|PutObject)", "arn:aws:s3:::[ab*]/[ab*]{1,2}",
             prop::option::of(prop::option::of("[ab*]{0,2}"))),
            1..4),
    ) {
        let needed: Vec<RequestBox> = boxes.iter().map(|(action, resource, text)| {
            let fixed = text.iter().map(|text| (ContextKey::new("t:text"), match text {
                None => Fixed::Absent,
                Some(text) => Fixed::Like(Pattern::glob(text)),
            }));
            let arn = ArnPattern::parse(resource, false).unwrap();
            RequestBox { fixed: fixed.collect(), ..RequestBox::new(Action::parse(action).unwrap(), arn) }
        }).collect();
        let documents = documents(&left);
        let set = set_of(&documents);
        let as_set = RequestSet::of_boxes(Universe::embedded(), "needed", &needed);
        let lacking = gaps(&needed, &set, Budget::default());
        let beyond = difference(&as_set, &set, Budget { leaves: usize::MAX, ..Budget::default() });
        prop_assert_eq!((lacking.exactness, beyond.exactness), (Exactness::Exact, Exactness::Exact));
        prop_assert_eq!(lacking.is_proven_empty(), beyond.is_proven_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Every request of a small world, not a sample.
    #[test]
    fn no_request_of_a_small_world_is_missed(left in layers(), right in layers()) {
        let (l, r) = (documents(&left), documents(&right));
        let found = difference(&set_of(&l), &set_of(&r), Budget { leaves: usize::MAX, ..Budget::default() });
        prop_assert_eq!(found.exactness, Exactness::Exact);
        let known: BTreeSet<Vec<usize>> =
            found.leaves.iter().map(|leaf| leaf.matching.iter().collect()).collect();
        let both: Layers = left.iter().chain(&right).cloned().collect();
        let mut contexts = contexts(&both, "");
        // What is left of a world that grew too large is a sample again.
        contexts.truncate(2_000);
        let names = ["a", "b", "ab", "x"];
        let objects = names.iter().flat_map(|b| names.iter().map(move |k| format!("arn:aws:s3:::{b}/{k}")));
        let objects: Vec<(&str, String)> = objects.map(|object| ("s3:GetObject", object)).collect();
        let buckets = names.iter().map(|b| ("s3:ListBucket", format!("arn:aws:s3:::{b}")));
        let star = ("s3:ListAllMyBuckets", "*".to_owned());
        for (action, resource) in objects.into_iter().chain(buckets).chain([star]) {
            for context in &contexts {
                let (action, resource) = (action.to_owned(), resource.clone());
                let request = model::Request { action, resource, context: context.clone() };
                if model::allows(&left, &request) && !model::allows(&right, &request) {
                    prop_assert!(known.contains(&matching(&left, &right, &request)), "{:?}", request);
                }
            }
        }
    }
}
