//! The reader beside `serde_json`, and the places it gives.

use super::{Json, JsonValue, read_json, read_json_file};
use proptest::prelude::*;
use serde_json::Value;

/// The tree as `serde_json` would have it: of entries with one name the last counts.
fn plain(json: &Json<'_>) -> Value {
    match &json.value {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(value) => Value::Bool(*value),
        JsonValue::Number(text) => serde_json::from_str(text).unwrap(),
        JsonValue::String(text) => Value::String(text.to_string()),
        JsonValue::Array(items) => items.iter().map(plain).collect(),
        JsonValue::Object(entries) => {
            entries.iter().map(|(key, value)| (key.name.to_string(), plain(value))).collect()
        }
    }
}

/// Every value read again from its own bytes is the same value, and every key its name.
fn places_hold(text: &str, json: &Json<'_>) {
    let part = &text[json.span.start..json.span.end];
    assert_eq!(plain(&read_json_file(part).unwrap()[0]), plain(json), "{part}");
    match &json.value {
        JsonValue::Array(items) => items.iter().for_each(|item| places_hold(text, item)),
        JsonValue::Object(entries) => {
            for (key, value) in entries {
                let written = &text[key.span.start..key.span.end];
                assert_eq!(serde_json::from_str::<String>(written).unwrap(), key.name);
                places_hold(text, value);
            }
        }
        JsonValue::Number(written) => assert_eq!(*written, part),
        _ => {}
    }
}

fn agree(text: &str) {
    match (read_json(text), serde_json::from_str::<Value>(text)) {
        (Ok(json), Ok(value)) => {
            assert_eq!(plain(&json), value, "{text}");
            places_hold(text, &json);
        }
        (Err(problem), Err(_)) => {
            assert!(problem.span.end <= text.len(), "{text}");
            assert!(text.get(problem.span.start..problem.span.end).is_some(), "{text}");
        }
        // A number is kept as written, however large.
        (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
        (ours, theirs) => panic!("`{text}`: {ours:?} but {theirs:?}"),
    }
}

#[test]
fn the_grammar_is_that_of_the_rfc() {
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "true",
        " false ",
        "tru e",
        "\"",
        "\"a",
        "\"a\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\\ud83d\"",
        "\"\t\"",
        "\"\u{7f}\u{80}\"",
        "\"\\u0000\\b\\f\\n\\r\\t\\/\\\\\\\"\"",
        "'a'",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.5e",
        "1.5e+",
        "1.5E-3",
        "1e9",
        "0.0",
        "1a",
        "0x10",
        "Infinity",
        "NaN",
        "[",
        "]",
        "[]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1,2",
        "[[]",
        "{",
        "}",
        "{}",
        "{,}",
        "{1:2}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":[1,{\"c\":null}]}}",
        "1 2",
        "[1] x",
        "// x\n1",
        "\u{feff}1",
        "\u{a0}1",
        "é",
        "\"é\u{1f600}\"",
        "\u{c}1",
        "1e999",
        "123456789012345678901234567890",
    ] {
        if text.starts_with('\u{feff}') {
            assert!(read_json(text).is_ok());
        } else {
            agree(text);
        }
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read_json(&nested(33)).is_ok());
    assert!(read_json(&nested(34)).unwrap_err().message.contains("nested more than 32 deep"));
    assert!(read_json_file(&nested(128)).is_ok());
    assert!(read_json_file(&nested(129)).is_err());
    assert!(read_json_file(&nested(1_000_000)).is_err());
}

#[test]
fn a_file_holds_several_values() {
    let values = read_json_file(" {} [1]\n\"x\" ").unwrap();
    assert_eq!(values.iter().map(|v| v.span.start).collect::<Vec<_>>(), [1, 4, 8]);
    assert_eq!(read_json_file("\u{feff} \n").unwrap(), []);
    assert_eq!(read_json_file("{} {").unwrap_err().span.start, 3);
}

/// JSON and what is nearly JSON.
fn texts() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f32>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::from),
        "[\\PC\"\\\\\n\t\u{0}]{0,6}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec(("[a-c\"\\\\é]{0,2}", inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    });
    let edit =
        (any::<prop::sample::Index>(), "[\\[\\]{},:\"\\\\ue0-9 .\\-tn\u{1}é]{0,2}", 0..2_usize);
    (value, any::<bool>(), prop::collection::vec(edit, 0..3)).prop_map(|(value, pretty, edits)| {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        };
        let mut chars: Vec<char> = text.unwrap().chars().collect();
        for (at, put, taken) in edits {
            let at = at.index(chars.len() + 1);
            chars.splice(at..(at + taken).min(chars.len()), put.chars());
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_reads_what_serde_json_reads(text in texts()) {
        agree(&text);
    }

    #[test]
    fn and_refuses_what_it_refuses(text in "[\\[\\]{},:\"\\\\ue01 .\\-tn\u{1}é]{0,8}") {
        agree(&text);
    }
}
