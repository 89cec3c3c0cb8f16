use super::*;
use crate::source::Source;
use proptest::prelude::*;

/// Problems as an editor would list them.
fn problems(text: &str, kind: PolicyKind) -> String {
    let source = Source::new("policy.json", text);
    let show = |problem: &Problem| {
        let help =
            problem.help.as_ref().map(|help| format!("\n    help: {help}")).unwrap_or_default();
        format!(
            "{} {}: {}{help}",
            source.position(problem.span.start),
            problem.severity,
            problem.message
        )
    };
    let found = match parse_policy(text, kind) {
        Ok(parsed) => parsed.notes,
        Err(problems) => problems,
    };
    found.iter().map(show).collect::<Vec<_>>().join("\n")
}

fn snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/syntax"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

#[test]
fn all_problems_of_a_document_are_collected() {
    let text = r#"{
  "Version": "2012-10-18",
  "Statment": [],
  "Statement": [
    { "Sid": "A b", "Effect": "allow", "Action": "s3:Get Object", "Resource": "bucket/*" },
    { "Sid": "Same", "Effect": "Allow", "Action": ["s3:GetObject", "s*:x", 7], "NotAction": "*", "Resource": "*" },
    { "Sid": "Same", "Effect": "Deny", "Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "arn:aws:sqs" },
    { "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b",
      "Condition": { "StringEqualss": { "a": "b" }, "bool": { "aws:SecureTransport": "yes" }, "Null": { "k": "maybe" },
                     "StringLike": { "s3:prefix": [null], "S3:Prefix": [] } } },
    "statement"
  ]
}"#;
    snapshot("all_problems_at_once", &problems(text, PolicyKind::Identity));
}

#[test]
fn each_kind_holds_what_it_may() {
    let statement = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":["111122223333","AROACLKWSDQRAOEXAMPLE","arn:aws:iam::1:role/*"]},"Action":"sts:AssumeRole","Resource":"*"}}"#;
    let not_principal = r#"{"Statement":{"Effect":"Deny","NotPrincipal":{"Service":"ec2.amazonaws.com"},"Action":"*"}}"#;
    let mut shown = String::new();
    for kind in PolicyKind::ALL {
        shown += &format!(
            "# {kind}\n{}\n{}\n",
            problems(statement, kind),
            problems(not_principal, kind)
        );
    }
    snapshot("each_kind_holds_what_it_may", &shown);
}

#[test]
fn broken_json_has_a_place() {
    let deep = "[".repeat(100_000);
    let cases = [
        "",
        "{",
        "{\"Version\": \"2012-10-17\",\n  \"Statement\": [ {,} ]}",
        "[1, 2",
        "{\"a\": \"é\n\"}",
        "nope",
        "{} {}",
        &deep,
    ];
    let shown: Vec<String> = cases
        .iter()
        .map(|text| {
            let start: String = text.chars().take(40).collect();
            format!("{start:?}\n  {}", problems(text, PolicyKind::Identity))
        })
        .collect();
    snapshot("broken_json", &shown.join("\n"));
}

#[test]
fn a_huge_text_is_refused_before_it_is_read() {
    let text = " ".repeat(50 << 20);
    assert!(problems(&text, PolicyKind::Identity).contains("no policy is that large"));
}

#[test]
fn percent_encoded_documents_are_decoded_and_plus_stays() {
    assert_eq!(decode_document("%7B%22Sid%22%3A%22a+b%22%7D"), r#"{"Sid":"a+b"}"#);
    assert_eq!(decode_document(r#"{"Sid":"100%25"}"#), r#"{"Sid":"100%25"}"#);
}

#[test]
fn what_is_written_is_what_was_read() {
    let text = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"One","Effect":"Deny","NotPrincipal":{"AWS":["111122223333","arn:aws:iam::111122223333:role/r"],"Service":"ec2.amazonaws.com"},"NotAction":["s3:Get*","s3:PutObject"],"NotResource":"arn:aws:s3:::b/${aws:username}/*","Condition":{"NumericLessThan":{"s3:max-keys":1.0},"Bool":{"aws:SecureTransport":false},"ForAllValues:StringLikeIfExists":{"aws:TagKeys":["a*","b"]},"Null":{"aws:TokenIssueTime":"true"}}}]}"#;
    let parsed = parse_policy(text, PolicyKind::Resource).unwrap();
    assert_eq!(to_compact(&parsed.document), text);
    let place = parsed.places[0];
    assert!(
        text[place.start..place.end].starts_with("{\"Sid\"")
            && text[place.start..place.end].ends_with('}')
    );
    assert_eq!(
        parse_policy(&to_pretty(&parsed.document), PolicyKind::Resource).unwrap().document,
        parsed.document
    );
    assert_eq!(quota_size(&parsed.document), text.len());
}

proptest! {
    /// Whatever the bytes, reading ends in a document or in problems.
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\":,a-zA-Z0-9*? \\\\é]{0,80}") {
        let _ = parse_policy(&text, PolicyKind::Resource);
        let wrapped = format!(r#"{{"Statement":[{{"Effect":"Allow","Action":{text},"Resource":"*"}}]}}"#);
        let _ = parse_policy(&wrapped, PolicyKind::Identity);
    }

    /// Every document that is read is written and read back as itself.
    #[test]
    fn documents_survive_a_round_trip(
        actions in prop::collection::vec("[a-z0-9]{1,4}:[A-Za-z*?]{1,6}", 1..3),
        resources in prop::collection::vec("arn:aws:s3:::[a-z*?$]{1,6}(/\\$\\{aws:username\\})?", 1..3),
        values in prop::collection::vec("[ -~]{0,8}", 0..3),
        key in "[a-z]{1,3}:[A-Za-z/]{1,6}",
        operator in prop::sample::select(crate::iam::Comparison::ALL.iter().filter(|c| c.name() != "Null").collect::<Vec<_>>()),
    ) {
        let json = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions,
            "Resource": resources, "Condition": {operator.name(): {key: values}}}]});
        let parsed = parse_policy(&json.to_string(), PolicyKind::Identity).unwrap().document;
        let again = parse_policy(&to_pretty(&parsed), PolicyKind::Identity).unwrap().document;
        prop_assert_eq!(&again, &parsed);
        prop_assert_eq!(to_compact(&again), to_compact(&parsed));
    }
}
