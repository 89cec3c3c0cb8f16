use super::*;
use crate::iam::{ConditionOperator, ContextKey, OperandKind};
use Truth::{False, True};

fn condition(operator: &str, operands: &[&str]) -> Condition {
    let operator = ConditionOperator::parse(operator).unwrap();
    let read = |text: &&str| Operand::parse(operator.comparison, text, OperandKind::String, true);
    Condition { operator, key: ContextKey::new("k"), operands: operands.iter().map(read).collect() }
}

fn variables<'r>(key: &str) -> Values<'r> {
    match key {
        "aws:username" => Values::One("alice"),
        "star" => Values::One("*"),
        "hidden" => Values::Unknown,
        _ => Values::Absent,
    }
}

fn ask(operator: &str, operands: &[&str], values: Values<'_>) -> Truth {
    holds(&condition(operator, operands), Effect::Allow, values, variables)
}

#[test]
fn every_comparison_matches_what_it_should() {
    let table: &[(&str, &str, &[&str], &[&str])] = &[
        ("StringEquals", "a*", &["a*"], &["ab", "A*", ""]),
        ("StringEquals", "${*}", &["*"], &["${*}", "x"]),
        ("StringEqualsIgnoreCase", "ÀbΣ", &["àbσ", "ÀBΣ"], &["abs", "a\u{300}bσ"]),
        ("StringEqualsIgnoreCase", "straße", &["STRAßE"], &["STRASSE"]),
        ("StringLike", "a*c?", &["acd", "a:/cé"], &["ac", "acdd"]),
        ("StringLike", "${aws:username}-*", &["alice-1"], &["bob-1"]),
        ("StringLike", "${star}x", &["*x"], &["ax"]),
        ("StringLike", "${gone, 'dflt'}", &["dflt"], &["gone", ""]),
        ("StringLike", "${gone}*", &[], &["", "x"]),
        ("StringEqualsIgnoreCase", "${AWS:UserName}", &["ALICE"], &["BOB"]),
        ("NumericEquals", "10", &["10", "10.0", "1e1"], &["11", "x", ""]),
        ("NumericLessThan", "10", &["9.99", "-3"], &["10", "x"]),
        ("NumericLessThanEquals", "10", &["10.0"], &["10.01"]),
        ("NumericGreaterThan", "10", &["10.5"], &["10", "ten"]),
        ("NumericGreaterThanEquals", "10", &["10"], &["9"]),
        ("DateEquals", "2026-01-01", &["2026-01-01T00:00Z", "1767225600"], &["2026-02", "x"]),
        ("DateLessThan", "2026-01-01", &["2025-12-31T23:59:59Z"], &["2026-01-01", "later"]),
        ("DateLessThanEquals", "1767225600", &["2026-01-01"], &["2026-01-02"]),
        ("DateGreaterThan", "2026-01-01", &["2026-01-01T00:00:01Z"], &["2026-01-01"]),
        ("DateGreaterThanEquals", "2026-01-01", &["2026-01-01"], &["2025"]),
        ("Bool", "true", &["true", "TRUE"], &["false", "1", ""]),
        ("Bool", "False", &["false"], &["true", "no"]),
        ("BinaryEquals", "QUI=", &["QUI="], &["QUJD", "AB", "!"]),
        ("IpAddress", "10.0.0.0/8", &["10.9.8.7"], &["11.0.0.0", "::1", "10.0.0.0/8", "x"]),
        ("IpAddress", "2001:db8::/32", &["2001:DB8:0::1"], &["2001:db9::1", "1.2.3.4"]),
        (
            "ArnEquals",
            "arn:aws:iam::*:role/a?/*",
            &["arn:aws:iam::1:role/ab/c:d"],
            &["arn:aws:iam::1:role/a/c", "role", "*"],
        ),
        ("ArnLike", "*", &["arn:aws:s3:::b"], &["b", "arn:aws:s3"]),
        (
            "ArnLike",
            "arn:aws:s3:::${aws:username}/*",
            &["arn:aws:s3:::alice/x"],
            &["arn:aws:s3:::bob/x"],
        ),
        ("ArnLike", "nonsense", &[], &["arn:aws:s3:::b", "nonsense"]),
    ];
    let negated = |operator: &str| match operator {
        "StringEquals" => Some("StringNotEquals"),
        "StringEqualsIgnoreCase" => Some("StringNotEqualsIgnoreCase"),
        "StringLike" => Some("StringNotLike"),
        "NumericEquals" => Some("NumericNotEquals"),
        "DateEquals" => Some("DateNotEquals"),
        "IpAddress" => Some("NotIpAddress"),
        "ArnEquals" => Some("ArnNotEquals"),
        "ArnLike" => Some("ArnNotLike"),
        _ => None,
    };
    for (operator, operand, yes, no) in table {
        for (values, expected) in [(yes, True), (no, False)] {
            for value in *values {
                let what = format!("{operator} {operand} {value}");
                for form in ["", "ForAllValues:", "ForAnyValue:"] {
                    for end in ["", "IfExists"] {
                        let operator = format!("{form}{operator}{end}");
                        assert_eq!(
                            ask(&operator, &[operand], Values::One(value)),
                            expected,
                            "{what}"
                        );
                    }
                }
                if let Some(not) = negated(operator) {
                    let found = ask(not, &[operand], Values::One(value));
                    assert_eq!(found, expected.negate(), "{not}: {what}");
                }
            }
        }
    }
}

#[test]
fn an_absent_key_is_read_as_the_operator_says() {
    for comparison in Comparison::ALL.iter().filter(|c| **c != Comparison::Null) {
        let name = comparison.name();
        let operand = ["x"];
        for absent in [Values::Absent, Values::Many(&[])] {
            let ask = |form: String| ask(&form, &operand, absent);
            assert_eq!(ask(name.into()), comparison.is_negated().into(), "{name}");
            assert_eq!(ask(format!("{name}IfExists")), True, "{name}");
            assert_eq!(ask(format!("ForAllValues:{name}")), True, "{name}");
            assert_eq!(ask(format!("ForAllValues:{name}IfExists")), True, "{name}");
            assert_eq!(ask(format!("ForAnyValue:{name}")), False, "{name}");
            let both = format!("ForAnyValue:{name}IfExists");
            assert_eq!(ask(both.clone()), Truth::Unknown(Why::ForAnyValueIfExists), "{name}");
            let deny = holds(&condition(&both, &operand), Effect::Deny, absent, variables);
            assert_eq!(deny, True, "{name}");
        }
        let unknown = Truth::Unknown(Why::ValueUnknown);
        assert_eq!(ask(name, &operand, Values::Unknown), unknown, "{name}");
    }
}

#[test]
fn null_asks_whether_the_key_is_there() {
    let set = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (empty, blank, full) = (set(&[]), set(&["", ""]), set(&["", "x"]));
    for (values, absent) in [
        (Values::Absent, true),
        (Values::One(""), true),
        (Values::Many(&empty), true),
        (Values::Many(&blank), true),
        (Values::One("x"), false),
        (Values::Many(&full), false),
    ] {
        assert_eq!(ask("Null", &["true"], values), absent.into(), "{values:?}");
        assert_eq!(ask("Null", &["FALSE"], values), (!absent).into(), "{values:?}");
        assert_eq!(ask("Null", &["true", "false"], values), True);
        assert_eq!(ask("Null", &[], values), False);
        assert_eq!(ask("Null", &["maybe"], values), False);
    }
    assert_eq!(ask("Null", &["true"], Values::Unknown), Truth::Unknown(Why::ValueUnknown));
}

#[test]
fn sets_are_read_value_by_value() {
    let set = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    // operator, operands, request values, expected
    let table: &[(&str, &[&str], &[&str], Truth)] = &[
        ("ForAllValues:StringEquals", &["a", "b"], &["a", "b", "a"], True),
        ("ForAllValues:StringEquals", &["a", "b"], &["a", "c"], False),
        ("ForAllValues:StringEquals", &["a"], &[""], False),
        ("ForAllValues:StringNotEquals", &["a", "b"], &["c", "d"], True),
        ("ForAllValues:StringNotEquals", &["a", "b"], &["c", "a"], False),
        ("ForAllValues:StringEquals", &[], &["a"], False),
        ("ForAllValues:StringNotEquals", &[], &["a"], True),
        ("ForAnyValue:StringEquals", &["a", "b"], &["c", "b"], True),
        ("ForAnyValue:StringEquals", &["a", "b"], &["c"], False),
        ("ForAnyValue:StringNotEquals", &["a", "b"], &["a", "c"], True),
        ("ForAnyValue:StringNotEquals", &["a", "b"], &["a", "b"], False),
        ("ForAnyValue:StringLike", &["x*"], &["a", "xy"], True),
        ("StringEquals", &["a"], &["a"], False),
        ("StringNotEquals", &["a"], &["b"], False),
        ("StringEqualsIfExists", &["a"], &["a"], False),
    ];
    for (operator, operands, values, expected) in table {
        let values = set(values);
        let found = ask(operator, operands, Values::Many(&values));
        assert_eq!(found, *expected, "{operator} {operands:?} {values:?}");
    }
}

#[test]
fn a_condition_without_operands_matches_nothing() {
    assert_eq!(ask("StringEquals", &[], Values::One("a")), False);
    assert_eq!(ask("StringNotEquals", &[], Values::One("a")), True);
}

#[test]
fn what_is_not_known_stays_so_only_where_it_matters() {
    let unknown = Truth::Unknown(Why::VariableUnknown);
    let text = ["home/${hidden}/*"];
    assert_eq!(ask("StringLike", &text, Values::One("home/x/y")), unknown);
    assert_eq!(ask("StringNotLike", &text, Values::One("home/x/y")), unknown);
    assert_eq!(ask("StringLike", &text, Values::One("tmp/x/y")), False);
    assert_eq!(ask("StringNotLike", &text, Values::One("tmp/x/y")), True);
    assert_eq!(ask("StringLike", &["home/${hidden}/*", "*"], Values::One("home/x/y")), True);
    // A variable without a value decides alone, whatever the other one is.
    assert_eq!(ask("StringLike", &["${gone}${hidden}"], Values::One("x")), False);

    let arn = "arn:aws:sqs:us-east-1:9:1:b";
    let readings = Truth::Unknown(Why::ArnReadings);
    assert_eq!(ask("ArnLike", &["arn:aws:sqs:*:b"], Values::One(arn)), False);
    assert_eq!(ask("ArnLike", &["arn:aws:sqs:us*:1:b"], Values::One(arn)), readings);
    assert_eq!(ask("ArnNotLike", &["arn:aws:sqs:us*:1:b"], Values::One(arn)), readings);
    assert_eq!(ask("ArnLike", &["arn:aws:sqs:us*:1:b", "arn:aws:*:*:*:*"], Values::One(arn)), True);
}
