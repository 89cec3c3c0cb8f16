use super::*;

fn batch(input: &str) -> (Vec<String>, BatchSummary) {
    let mut out = Vec::new();
    let summary = run_batch(input.as_bytes(), &mut out).unwrap();
    (String::from_utf8(out).unwrap().lines().map(str::to_owned).collect(), summary)
}

const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

fn line(id: &str, more: &str) -> String {
    format!(r#"{{"id":{id},"action":"s3:GetObject","resource":"arn:aws:s3:::b/k"{more}}}"#)
}

#[test]
fn each_line_is_answered_in_order() {
    let boundary = READ.replace("s3:GetObject", "s3:PutObject");
    let typo = READ.replace(r#""Effect""#, r#""Condition":{"StringEqualss":{"a":"b"}},"Effect""#);
    let input = [
        line("\"1\"", &format!(r#","identityPolicies":[{READ}]"#)),
        line("2", &format!(r#","identityPolicies":{READ},"permissionsBoundary":{boundary}"#)),
        String::new(),
        line("\"3\"", &format!(r#","identityPolicies":[{READ},{typo}]"#)),
        line("\"4\"", r#","identityPolicy":{}"#),
        "{".to_owned(),
        line("null", ""),
    ]
    .join("\n");
    let (answers, summary) = batch(&input);
    assert_eq!(summary, BatchSummary { lines: 6, errors: 3 });
    let expected = [
        r#"{"id":"1","decision":"allowed","matchedStatements":[{"layer":"identity","policy":0,"statement":0,"sid":"Read","effect":"Allow"}]}"#,
        r#"{"id":2,"decision":"implicitDeny","blockedBy":"permissionsBoundary"}"#,
        r#"{"id":"3","error":"`Statement[0].Condition.StringEqualss`: unknown condition operator","policy":"identityPolicies[1]","line":4}"#,
    ];
    assert_eq!(answers[..3], expected);
    assert!(
        answers[3].starts_with(r#"{"id":"4","error":"unknown field `identityPolicy`"#),
        "{}",
        answers[3]
    );
    assert!(answers[4].starts_with(r#"{"error":"not valid JSON at column 1"#), "{}", answers[4]);
    assert!(answers[4].ends_with(r#","line":6}"#), "{}", answers[4]);
    assert_eq!(answers[5], r#"{"decision":"implicitDeny","blockedBy":"identity"}"#);
}

#[test]
fn documents_may_be_strings_percent_encoded_or_plain() {
    let encoded: String = READ
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }
        })
        .collect();
    let plain = serde_json::to_string(READ).unwrap();
    let (answers, _) = batch(
        &[
            line("1", &format!(r#","identityPolicies":["{encoded}"]"#)),
            line("2", &format!(r#","identityPolicies":[{plain}]"#)),
        ]
        .join("\n"),
    );
    assert!(answers.iter().all(|answer| answer.contains("\"allowed\"")), "{answers:?}");
}

#[test]
fn values_keep_their_text_and_lists_are_sets() {
    let policy = |operator: &str, value: &str| {
        READ.replace(
            r#""Effect""#,
            &format!(r#""Condition":{{"{operator}":{{"k":{value}}}}},"Effect""#),
        )
    };
    for (operator, operand, value, expected) in [
        ("StringEquals", "\"1.0\"", "1.0", "allowed"),
        ("StringEquals", "\"1\"", "1.0", "implicitDeny"),
        ("Bool", "\"true\"", "true", "allowed"),
        ("StringEquals", "\"a\"", "[\"a\"]", "implicitDeny"),
        ("ForAnyValue:StringEquals", "\"a\"", "[\"b\",\"a\"]", "allowed"),
        ("Null", "\"true\"", "null", "allowed"),
    ] {
        let question = format!(
            r#","context":{{"K":{value}}},"identityPolicies":[{}]"#,
            policy(operator, operand)
        );
        let (answers, _) = batch(&line("1", &question));
        assert!(answers[0].contains(expected), "{operator} {operand} {value}: {}", answers[0]);
    }
    for bad in
        [r#""context":{"k":{}}"#, r#""context":{"k":[[]]}"#, r#""context":{"k":"a","K":"b"}"#]
    {
        let (answers, _) = batch(&line("1", &format!(",{bad}")));
        assert!(answers[0].contains("`context."), "{}", answers[0]);
    }
}

#[test]
fn what_is_not_known_is_said() {
    let policy = READ.replace(r#""Effect""#, r#""Condition":{"StringEquals":{"k":"v"}},"Effect""#);
    let question = format!(r#","unknownContext":["k"],"identityPolicies":[{policy}]"#);
    let (answers, summary) = batch(&line("1", &question));
    assert_eq!(
        answers[0],
        r#"{"id":1,"decision":"unknown","unknown":["identity policy 0 statement 0 `Read`, `StringEquals` of `k`: its value is not known"]}"#
    );
    assert_eq!(summary.errors, 0);
}

#[test]
fn what_is_wrong_with_a_line_is_named_by_its_field() {
    for (line, error) in [
        (r#"{"action":5,"resource":"*"}"#, "`action` is a string, this is a number"),
        (r#"{"action":null}"#, "missing field `resource`; `action` is a string, this is null"),
        (
            r#"{"action":"s3:GetObject","resource":"*","context":[]}"#,
            "`context` is an object of condition keys and their values, this is a list",
        ),
        (
            r#"{"action":"s3:GetObject","resource":"*","unknownContext":"k"}"#,
            "`unknownContext` is a list of condition keys, this is a string",
        ),
        (
            r#"{"action":"s3:GetObject","resource":"*","identityPolicy":{},"principal":[]}"#,
            "unknown field `identityPolicy`: did you mean `identityPolicies`?; `principal` is a string, this is a list",
        ),
        (
            r#"{"action":"s3:GetObject","resource":"*","context":{"K":1},"unknownContext":["k"]}"#,
            "`k` has a value in `context` and stands in `unknownContext` too",
        ),
        (
            r#"["1",null,"s3:GetObject","*",null,null,null,null,null,null,null,null,null,null,null]"#,
            "a line is one JSON object, this is a list",
        ),
        (r#""x""#, "a line is one JSON object, this is a string"),
    ] {
        let (answers, _) = batch(line);
        assert_eq!(
            answers[0],
            serde_json::json!({"error": error, "line": 1}).to_string(),
            "{line}"
        );
    }
}

#[test]
fn marks_and_ends_of_lines_of_other_systems_are_taken() {
    let input = format!("\u{feff}{}\r\n\r\n{}", line("1", ""), line("2", ""));
    let (answers, summary) = batch(&input);
    assert_eq!(summary, BatchSummary { lines: 2, errors: 0 }, "{answers:?}");
}

#[test]
fn a_line_that_is_too_long_or_no_text_is_an_error_of_its_own() {
    let mut input = vec![b'x'; LONGEST_LINE + 10];
    input.extend_from_slice(b"\n\xff\n");
    input.extend_from_slice(line("1", "").as_bytes());
    let mut out = Vec::new();
    let summary = run_batch(&*input, &mut out).unwrap();
    assert_eq!(summary, BatchSummary { lines: 3, errors: 2 });
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].contains("more than 16777216 bytes"), "{}", lines[0]);
    assert!(lines[1].contains("not UTF-8 after byte 0"), "{}", lines[1]);
    assert!(lines[2].contains("implicitDeny"), "{}", lines[2]);
}

proptest::proptest! {
    /// Whatever a line holds, it is answered with one JSON object.
    #[test]
    fn no_input_breaks_a_batch(at in 0_usize..420, byte: u8, cut in proptest::option::of(0_usize..420)) {
        let layers = format!(
            r#","principal":"arn:aws:iam::111122223333:user/a","context":{{"k":["v",1]}},"identityPolicies":[{READ}]"#
        );
        let mut bytes = line("7", &layers).into_bytes();
        if let Some(broken) = bytes.get_mut(at) {
            *broken = byte;
        }
        bytes.truncate(cut.unwrap_or(bytes.len()));
        let asked = bytes.split(|b| *b == b'\n').filter(|l| !l.iter().all(u8::is_ascii_whitespace)).count();
        let mut out = Vec::new();
        let summary = run_batch(&*bytes, &mut out).unwrap();
        let answers: Vec<serde_json::Value> =
            std::str::from_utf8(&out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        proptest::prop_assert_eq!(answers.len(), asked);
        proptest::prop_assert_eq!(summary.lines, asked as u64);
        let one_of = |answer: &serde_json::Value| answer.get("error").is_some() != answer.get("decision").is_some();
        proptest::prop_assert!(answers.iter().all(one_of));
    }
}
