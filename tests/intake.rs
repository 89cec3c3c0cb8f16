//! Policy documents where people keep them: what is found in each shape of file, and where.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use leastwise::iam::PolicyKind;
use leastwise::intake::{Found, Intake, Shape, read, read_as_policy};
use leastwise::source::{Source, Span};
use proptest::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

fn file(name: &str) -> Arc<Source> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let short = name.rsplit('/').next().unwrap();
    Arc::new(Source::new(short, std::fs::read_to_string(path).unwrap()))
}

fn text(text: &str) -> Arc<Source> {
    Arc::new(Source::new("f", text))
}

/// What was found, as a list; every word of every document is found in the file on the way.
fn shown(source: &Arc<Source>, intake: &Intake) -> String {
    let mut out = format!("# {} is {:?}\n", source.name(), intake.shape);
    for found in &intake.documents {
        words_are_found(source, found);
        let at = found.place.position().unwrap();
        write!(out, "{} at {at}: {}", found.name, found.kind).unwrap();
        if let Some(attachment) = found.attachment {
            write!(out, ", {attachment:?}").unwrap();
        }
        if let Some(service) = found.service {
            write!(out, ", of {service}").unwrap();
        }
        if let Some(owner) = &found.owner {
            write!(out, ", of {owner}").unwrap();
        }
        out.push('\n');
        let problems = match &found.document {
            Ok(parsed) => {
                writeln!(out, "  {}", leastwise::syntax::to_compact(&parsed.document)).unwrap();
                &parsed.notes
            }
            Err(problems) => problems,
        };
        for problem in problems {
            let place = found.place.inside(problem.span);
            writeln!(out, "  {place}: {}: {}", problem.severity, problem.message).unwrap();
        }
        for open in &found.open {
            let span = found.place.inside(*open).span();
            let written = &source.text()[span.start..span.end];
            writeln!(out, "  open: {} from {written}", &found.text()[open.start..open.end])
                .unwrap();
        }
    }
    for not_read in &intake.not_read {
        let (name, why) = (&not_read.name, &not_read.why);
        writeln!(out, "not read: {name} at {}: {why}", not_read.place).unwrap();
    }
    if intake.more_follows {
        writeln!(out, "more follows").unwrap();
    }
    out
}

/// Every word of a document stands at its place in the file, but where a function made it.
fn words_are_found(source: &Source, found: &Found) {
    let text = found.text();
    let mut start = 0;
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let span = Span::new(start, start + word.len());
        start = span.end + 1;
        while !text.is_char_boundary(start.min(text.len())) {
            start += 1;
        }
        // The letter of an escape is no word.
        if word.is_empty() || text[..span.start].ends_with('\\') {
            continue;
        }
        let place = found.place.inside(span).span();
        let written = &source.text()[place.start..place.end];
        let is_made = written.contains(['$', '!', ':', '.', '{']) || written.starts_with("Fn");
        assert!(written == word || is_made, "{}: `{word}` at `{written}`", found.name);
    }
}

fn snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/intake"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

fn all(files: &[&str]) -> String {
    let show = |name: &&str| {
        let source = file(name);
        match read(&source, None) {
            Ok(intake) => shown(&source, &intake),
            Err(problems) => format!("# {} is bad\n{problems:?}\n", source.name()),
        }
    };
    files.iter().map(show).collect::<Vec<_>>().join("\n")
}

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

/// Reads a text that is a file, and says what was found in one line for each document.
fn found(content: &str, kind: Option<PolicyKind>) -> Vec<(String, PolicyKind, bool)> {
    let source = text(content);
    let intake = read(&source, kind).unwrap();
    intake.documents.iter().for_each(|found| words_are_found(&source, found));
    let each = |found: &Found| (found.name.clone(), found.kind, found.document.is_ok());
    intake.documents.iter().map(each).collect()
}

#[test]
fn dumps_and_answers() {
    snapshot(
        "dumps",
        &all(&[
            "account/whole.json",
            "account/pages/1.json",
            "account/malformed.json",
            "account/cut-off.json",
            "account/get-policy-version.json",
            "account/role/get-role.json",
            "account/role/get-role-policy.json",
            "account/role/role-detail.json",
        ]),
    );
}

#[test]
fn terraform_plans_and_states() {
    snapshot("terraform", &all(&["intake/plan.json", "intake/terraform.tfstate.json"]));
}

#[test]
fn templates_and_yaml() {
    snapshot(
        "templates",
        &all(&[
            "intake/template.yaml",
            "intake/template.json",
            "intake/sam.yaml",
            "intake/policy.yaml",
        ]),
    );
}

#[test]
fn what_is_open_can_be_asked() {
    let intake = read(&file("intake/template.yaml"), None).unwrap();
    let found = intake.documents.iter().find(|found| found.name.contains("Policies[0]")).unwrap();
    let span = |part: &str| {
        let start = found.text().find(part).unwrap();
        Span::new(start, start + part.len())
    };
    assert!(found.is_open(span("arn:aws:s3:::bucketname/*")));
    assert!(found.is_open(Span::new(0, found.text().len())));
    assert!(!found.is_open(span("s3:GetObject")));
    assert!(!found.is_open(span("\"Deny\"")));
}

/// Names made of names made of names, and what repeats itself, come to an end.
#[test]
fn no_template_is_worked_out_without_end() {
    let mut template =
        "Resources:\n  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: x}}\n".to_owned();
    for at in 1..30 {
        let name = format!("${{B{}}}", at - 1).repeat(20);
        template += &format!(
            "  B{at}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '{name}'}}}}\n"
        );
    }
    template += "  Self: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Self}}\n";
    template += "  P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Statement: {Effect: Allow, Action: 's3:GetObject', Resource: [!GetAtt B29.Arn, !GetAtt Self.Arn]}}}}\n";
    let source = text(&template);
    let intake = read(&source, None).unwrap();
    assert_eq!(intake.documents.len(), 1);
    assert!(intake.documents[0].document.is_ok());
    assert_eq!(intake.documents[0].open.len(), 2);
}

#[test]
fn a_document_is_found_however_it_is_wrapped() {
    use PolicyKind::{Identity, Resource, ResourceControl, ServiceControl, Trust};
    let string = serde_json::to_string(ALLOW).unwrap();
    let encoded = ALLOW.replace('{', "%7B").replace('"', "%22");
    let bucket =
        r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
    let bucket_string = serde_json::to_string(bucket).unwrap();
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    for (content, name, kind) in [
        (ALLOW.to_owned(), "f", Identity),
        (format!("\u{feff}\n {ALLOW}\n"), "f", Identity),
        (string.clone(), "f", Identity),
        (encoded.clone(), "f", Identity),
        (format!("\"{encoded}\""), "f", Identity),
        (bucket.to_owned(), "f", Resource),
        (trust.to_owned(), "f", Trust),
        (format!("{{\"PolicyDocument\":{ALLOW}}}"), "f PolicyDocument", Identity),
        (
            format!("{{\"PolicyName\":\"p\",\"RoleName\":\"r\",\"PolicyDocument\":{ALLOW}}}"),
            "f role/r inline:p",
            Identity,
        ),
        (
            format!("{{\"PolicyVersion\":{{\"Document\":{ALLOW},\"VersionId\":\"v1\"}}}}"),
            "f PolicyVersion.Document",
            Identity,
        ),
        (
            format!(
                "{{\"Role\":{{\"Arn\":\"a\",\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":{trust}}}}}"
            ),
            "f role/r trust",
            Trust,
        ),
        (format!("{{\"Policy\":{bucket_string}}}"), "f Policy", Resource),
        (
            format!("{{\"Attributes\":{{\"Policy\":{bucket_string},\"QueueArn\":\"q\"}}}}"),
            "f Attributes.Policy",
            Resource,
        ),
        (
            format!("{{\"repositoryName\":\"r\",\"policyText\":{bucket_string}}}"),
            "f policyText",
            Resource,
        ),
        (format!("{{\"ResourcePolicy\":{bucket_string}}}"), "f ResourcePolicy", Resource),
        (
            format!("{{\"VpcEndpoints\":[{{\"PolicyDocument\":{bucket_string}}}]}}"),
            "f VpcEndpoints[0].PolicyDocument",
            Resource,
        ),
        (
            format!(
                "{{\"Policy\":{{\"PolicySummary\":{{\"Type\":\"SERVICE_CONTROL_POLICY\"}},\"Content\":{string}}}}}"
            ),
            "f Policy.Content",
            ServiceControl,
        ),
        (
            format!(
                "{{\"Policy\":{{\"PolicySummary\":{{\"Type\":\"RESOURCE_CONTROL_POLICY\"}},\"Content\":{bucket_string}}}}}"
            ),
            "f Policy.Content",
            ResourceControl,
        ),
        (format!("[{ALLOW}]"), "f [0]", Identity),
        (format!("{{\"policies\":{{\"reader\":{ALLOW}}}}}"), "f policies.reader", Identity),
        // YAML, as Kubernetes and Crossplane have it.
        (format!("data:\n  policy.json: |\n    {ALLOW}\n"), "f data.policy.json", Identity),
        (format!("spec:\n  document: '{bucket}'\n"), "f spec.document", Resource),
    ] {
        assert_eq!(found(&content, None), [(name.to_owned(), kind, true)], "{content}");
    }
    assert_eq!(found(&format!("{ALLOW} {ALLOW}"), None).len(), 2);
}

#[test]
fn the_kind_is_given_where_the_place_does_not_tell() {
    use PolicyKind::{ServiceControl, Trust};
    assert_eq!(found(ALLOW, Some(ServiceControl))[0].1, ServiceControl);
    let role = format!("{{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":{ALLOW}}}");
    assert_eq!(found(&role, Some(ServiceControl))[0].1, Trust);
    let scp = Arc::new(Source::new("scps/deny.json", ALLOW));
    assert_eq!(read(&scp, None).unwrap().documents[0].kind, ServiceControl);
}

#[test]
fn a_broken_document_stands_among_the_others() {
    let content = format!(
        r#"{{"RoleDetailList":[
  {{"RoleName":"a","Arn":"arn:aws:iam::111122223333:role/a","AssumeRolePolicyDocument":"%7B%22Statement%22:[{{]%7D",
    "RolePolicyList":[{{"PolicyName":"x","PolicyDocument":{{"Statement":[{{"Effect":"allow","Action":"s3:*","Resource":"*"}}]}}}},
                      {{"PolicyName":"y","PolicyDocument":null}}, {{"PolicyName":"z"}}, 7]}},
  {{"RoleName":"b","RolePolicyList":"none","AssumeRolePolicyDocument":{ALLOW}}}, 3],
 "Policies":[{{"Arn":"arn:aws:iam::111122223333:policy/p","DefaultVersionId":"v2","PolicyVersionList":[{{"VersionId":"v1","Document":{ALLOW}}}]}}],
 "IsTruncated":true}}"#
    );
    let source = text(&content);
    snapshot("broken_among_others", &shown(&source, &read(&source, None).unwrap()));
}

#[test]
fn a_managed_policy_is_a_boundary_only_where_it_is_nothing_else() {
    let policy = |counts: &str| {
        format!(
            r#"{{"Arn":"arn:aws:iam::111122223333:policy/p"{counts},"DefaultVersionId":"v1","PolicyVersionList":[{{"VersionId":"v1","Document":{ALLOW}}}]}}"#
        )
    };
    let page = |role: &str, counts: &str| {
        format!("{{\"RoleDetailList\":[{role}],\"Policies\":[{}]}}", policy(counts))
    };
    let boundary = r#"{"PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/p"}}"#;
    let both = r#"{"AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::111122223333:policy/p"}],"PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/p"}}"#;
    let kind = |content: &str| found(content, None)[0].1;
    assert_eq!(kind(&page("", "")), PolicyKind::Identity);
    assert_eq!(kind(&page(boundary, "")), PolicyKind::PermissionsBoundary);
    assert_eq!(kind(&page(both, "")), PolicyKind::Identity);
    let counts = r#","AttachmentCount":0,"PermissionsBoundaryUsageCount":2"#;
    assert_eq!(kind(&page("", counts)), PolicyKind::PermissionsBoundary);
    let counts = r#","AttachmentCount":1,"PermissionsBoundaryUsageCount":2"#;
    assert_eq!(kind(&page(boundary, counts)), PolicyKind::Identity);
}

#[test]
fn other_files_hold_no_document() {
    for content in [
        "{}",
        "[]",
        "",
        "3",
        "\"text\"",
        "{\"name\":\"leastwise\",\"Statement\":\"none\"}",
        "{\"Statement2\":[]}",
    ] {
        let source = text(content);
        let intake = read(&source, None).unwrap();
        if !content.contains("Statement\"") {
            assert_eq!((intake.shape, intake.documents.len()), (Shape::Other, 0), "{content}");
        }
    }
    let misspelt = text(r#"{"Statment":[]}"#);
    assert_eq!(read(&misspelt, None).unwrap().shape, Shape::Other);
    let intake = read_as_policy(&misspelt, None).unwrap();
    assert!(intake.documents[0].document.is_err());
}

#[test]
fn text_that_is_no_json_is_bad_input() {
    for content in ["{", "{\"Statement\":[}", "[1,", "\"a", "{\"a\":1}}"] {
        assert!(read(&text(content), None).is_err(), "{content}");
    }
    assert!(read(&text(&"[".repeat(1 << 20)), None).is_err());
}

/// A policy with words in every place, written in one of many ways.
fn written(words: &[String], form: usize) -> (String, &'static str) {
    let [action, resource, key, value] = words else { panic!() };
    let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": [format!("s3:{action}")], "Resource": format!("arn:aws:s3:::{resource}/*"),
         "Condition": {"StringLike": {format!("aws:{key}"): ["é \"x\" '\\ \n", value]}}}
    ]});
    let compact = policy.to_string();
    let pretty = serde_json::to_string_pretty(&policy).unwrap();
    let percent = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let block = format!(
        "Version: '2012-10-17'\nStatement:\n- Effect: Allow\n  Action: [\"s3:{action}\"]\n  Resource: >-\n    arn:aws:s3:::{resource}/*\n  Condition:\n    StringLike:\n      aws:{key}:\n      - \"é \\\"x\\\" '\\\\ \\n\"\n      - '{value}'\n"
    );
    let indented = |text: &str, by: &str| text.replace('\n', &format!("\n{by}"));
    let resource = |document: &str| {
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {document}\n"
        )
    };
    match form {
        0 => (compact, "f.json"),
        1 => (pretty, "f.json"),
        2 => (serde_json::to_string(&pretty).unwrap(), "f.json"),
        3 => (percent(&compact), "f"),
        4 => (format!("\"{}\"", percent(&pretty)), "f"),
        5 => (format!("{{\"Policy\": {}}}", serde_json::to_string(&compact).unwrap()), "f"),
        6 => (block, "f.yaml"),
        7 => (resource(&indented(&format!("\n{block}"), "        ")), "f.yaml"),
        8 => (resource(&format!("!Sub |\n        {}", indented(&pretty, "        "))), "f.yaml"),
        9 => (resource(&compact), "f.yaml"),
        _ => (
            serde_json::json!({"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}}})
                .to_string(),
            "f.template",
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_word_of_a_document_is_found_in_the_file(
        words in prop::collection::vec("[A-Z][a-z0-9]{3,8}", 4), form in 0..11_usize,
    ) {
        let (content, name) = written(&words, form);
        let source = Arc::new(Source::new(name, content));
        let intake = read(&source, None).unwrap();
        let [found] = intake.documents.as_slice() else { panic!("{}", source.text()) };
        prop_assert!(found.document.is_ok(), "{:?} of {}", found.document, source.text());
        words_are_found(&source, found);
        for word in &words {
            let start = found.text().find(word.as_str()).unwrap();
            let span = found.place.inside(Span::new(start, start + word.len())).span();
            prop_assert_eq!(&source.text()[span.start..span.end], word);
        }
    }

    /// Files that are cut off or damaged are read, or said to be bad, and never lost.
    #[test]
    fn damage_is_said(which in 0..6_usize, at in any::<prop::sample::Index>(), put in "[\\[\\]{}\":,&*!| \n\\-a%]{0,3}", cut in any::<bool>()) {
        let name = ["intake/plan.json", "intake/template.yaml", "intake/template.json", "intake/sam.yaml", "intake/policy.yaml", "account/whole.json"][which];
        let whole = file(name);
        let mut at = at.index(whole.text().len());
        while !whole.text().is_char_boundary(at) {
            at -= 1;
        }
        let end = if cut { "" } else { &whole.text()[at..] };
        let damaged = Arc::new(Source::new(whole.name(), format!("{}{put}{end}", &whole.text()[..at])));
        if let Ok(intake) = read(&damaged, None) {
            let _ = shown_places(&damaged, &intake);
        }
    }
}

/// Every place that an intake gives is one of the file.
fn shown_places(source: &Source, intake: &Intake) -> usize {
    let mut count = 0;
    for found in &intake.documents {
        let problems = match &found.document {
            Ok(parsed) => &parsed.notes,
            Err(problems) => problems,
        };
        for problem in problems {
            let span = found.place.inside(problem.span).span();
            assert!(source.text().get(span.start..span.end).is_some(), "{}", source.text());
            count += 1;
        }
    }
    count
}
