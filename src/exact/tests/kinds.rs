//! One key compared as several kinds of value, against every value of a small world.

use super::*;
use crate::iam::{self, Action, ContextKey, ContextValue, RequestContext, Resource};
use proptest::prelude::*;

/// Operators and operands of one kind, and whether the engine reads them beside a list of texts.
#[derive(Clone, Copy, Debug)]
struct Kind {
    operators: &'static [&'static str],
    operands: &'static [&'static str],
    values: &'static [&'static str],
}

const TEXTS: Kind = Kind {
    operators: &["StringEquals", "StringNotEquals", "StringEqualsIfExists"],
    operands: &["1", "1.0", "2", "x", "", "2026", "10.0.0.1", "::1", "true"],
    values: &["", "x", "y", "01"],
};
const KINDS: &[Kind] = &[
    Kind {
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEqualsIfExists",
        ],
        operands: &["1", "1.5", "2", "-0.5", "1e1"],
        values: &[
            "-1", "-0.5", "0", "1", "1.0", "1.00", "1.2", "1.5", "1.7", "2", "2.0", "5", "10", "11",
        ],
    },
    Kind {
        operators: &["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
        operands: &["2026", "2026-01-01T00:00:00.5Z", "1767225600", "2027-02", "1"],
        values: &[
            "2026",
            "2026-01",
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00+01:00",
            "1767225600",
            "1767225600.5",
            "1767225601",
            "2025",
            "2027-02-01",
            "2030",
            "1",
            "1.0",
            "0",
            "2",
        ],
    },
    Kind {
        operators: &["IpAddress", "NotIpAddress", "IpAddressIfExists"],
        operands: &[
            "10.0.0.0/31",
            "10.0.0.1",
            "10.0.0.0/8",
            "::1",
            "::/127",
            "::ffff:10.0.0.1",
            "0.0.0.0/0",
        ],
        values: &[
            "10.0.0.0",
            "10.0.0.1",
            "10.0.0.2",
            "11.0.0.0",
            "::",
            "::1",
            "::2",
            "0:0:0:0:0:0:0:1",
            "::ffff:10.0.0.1",
            "::ffff:a00:1",
            "255.255.255.255",
        ],
    },
    Kind {
        operators: &["BinaryEquals"],
        operands: &["AQ==", "eA=="],
        values: &["AQ==", "eA==", "eA"],
    },
    Kind { operators: &["Null"], operands: &["true", "false"], values: &[] },
    Kind {
        operators: &["Bool", "BoolIfExists"],
        operands: &["true", "false"],
        values: &["true", "TRUE", "false", "truth"],
    },
    Kind {
        operators: &["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
        operands: &["k", "å", "straße", "Ω", "i"],
        values: &[
            "k", "K", "\u{212a}", "å", "Å", "\u{212b}", "straße", "STRAẞE", "strasse", "ω", "Ω",
            "\u{2126}", "İ", "i", "I",
        ],
    },
];

type Conditions = Vec<(String, String)>;

fn of(kind: Kind) -> impl Strategy<Value = (String, String)> {
    let sets = prop_oneof![3 => Just(""), 1 => Just("ForAllValues:"), 1 => Just("ForAnyValue:")];
    (
        sets,
        prop::sample::select(kind.operators),
        prop::collection::vec(prop::sample::select(kind.operands), 1..3),
    )
        .prop_map(|(set, operator, operands)| {
            // Nobody knows what `ForAnyValue:...IfExists` is where the key is absent.
            let set = if operator == "Null" || operator.ends_with("IfExists") { "" } else { set };
            let operands = if operator == "Null" { operands[..1].to_vec() } else { operands };
            (format!("{set}{operator}"), format!("[\"{}\"]", operands.join("\",\"")))
        })
}

fn statements(kind: Kind, texts: bool) -> impl Strategy<Value = String> {
    let condition = if texts { prop_oneof![of(kind), of(TEXTS)].boxed() } else { of(kind).boxed() };
    let one = (prop::bool::weighted(0.8), prop::collection::vec(condition, 1..3));
    prop::collection::vec(one, 1..3).prop_map(|statements| {
        let text = |(allow, mut conditions): (bool, Conditions)| {
            conditions.sort();
            conditions.dedup_by(|a, b| a.0 == b.0);
            let conditions: Vec<String> =
                conditions.iter().map(|(o, v)| format!(r#""{o}":{{"t:k":{v}}}"#)).collect();
            format!(
                r#"{{"Effect":"{}","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{{{}}}}}"#,
                if allow { "Allow" } else { "Deny" },
                conditions.join(",")
            )
        };
        statements.into_iter().map(text).collect::<Vec<_>>().join(",")
    })
}

fn request(value: Option<ContextValue>) -> iam::Request {
    iam::Request {
        caller: None,
        action: Action::parse("s3:GetObject").unwrap(),
        resource: Resource::parse("arn:aws:s3:::b/k").unwrap(),
        resource_account: None,
        context: value.into_iter().map(|v| (ContextKey::new("t:k"), v)).collect::<RequestContext>(),
    }
}

/// No value, each value alone, and sets of up to two.
fn values(kind: Kind) -> Vec<Option<ContextValue>> {
    let all: Vec<&str> = kind
        .values
        .iter()
        .chain(kind.operands)
        .chain(TEXTS.values)
        .chain(TEXTS.operands)
        .copied()
        .collect();
    let mut values = vec![None, Some(ContextValue::Many(vec![]))];
    values.extend(all.iter().map(|v| Some(ContextValue::Single((*v).to_owned()))));
    for a in &all {
        for b in &all {
            values.push(Some(ContextValue::Many(vec![(*a).to_owned(), (*b).to_owned()])));
        }
    }
    values
}

/// What is claimed of a kind, alone or beside a list of texts, holds for every value.
fn holds_for_every_value(
    kind: Kind,
    left: &str,
    right: &str,
    exact: bool,
) -> Result<(), TestCaseError> {
    let (l, r) = (identity(left), identity(right));
    let (l, r) = (set(&l), set(&r));
    let found = difference(&l, &r, Budget::default());
    prop_assert!(!exact || found.exactness == Exactness::Exact, "{:?}", found.limits);
    for leaf in &found.leaves {
        prop_assert!(l.decide(&leaf.witness).is_true() && r.decide(&leaf.witness).is_false());
    }
    // A key that no set operator looks at has one value.
    let sets = [left, right].iter().any(|text| text.contains("Values:"));
    let is_set = |value: &Option<ContextValue>| matches!(value, Some(ContextValue::Many(_)));
    for value in values(kind).into_iter().filter(|value| sets || !is_set(value)) {
        let request = request(value);
        let differs = l.decide(&request).is_true() && r.decide(&request).is_false();
        prop_assert!(!differs || !found.is_proven_empty(), "{:?}", request.context);
        if differs && found.exactness == Exactness::Exact {
            prop_assert!(!found.leaves.is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn each_kind_alone((kind, left, right) in prop::sample::select(KINDS).prop_flat_map(
        |kind| (Just(kind), statements(kind, false), statements(kind, false)))) {
        holds_for_every_value(kind, &left, &right, true)?;
    }

    #[test]
    fn each_kind_beside_a_list_of_texts((kind, left, right) in prop::sample::select(KINDS).prop_flat_map(
        |kind| (Just(kind), statements(kind, true), statements(kind, true)))) {
        holds_for_every_value(kind, &left, &right, true)?;
    }

    /// What is not told apart is said, and nothing is claimed.
    #[test]
    fn all_kinds_together(
        left in (0..KINDS.len(), 0..KINDS.len()).prop_flat_map(|(a, b)| (statements(KINDS[a], true), statements(KINDS[b], true))),
        right in (0..KINDS.len(), 0..KINDS.len()).prop_flat_map(|(a, b)| (statements(KINDS[a], true), statements(KINDS[b], true))),
    ) {
        let (left, right) = (format!("{},{}", left.0, left.1), format!("{},{}", right.0, right.1));
        for kind in KINDS {
            holds_for_every_value(*kind, &left, &right, false)?;
        }
    }
}
