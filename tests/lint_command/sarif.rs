//! SARIF, as code scanning takes it.

use super::lint_in;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

/// A folder with all that a log may say: findings of several files, one with wide characters, one
/// that is broken, and a suppression that is used and one that is not.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("bad policy.json", include_str!("../fixtures/lint/bad.json"));
    write("broken.json", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Permit"}]}"#);
    write("text.json", r#"{"Version": "2012-10-17", "Statement": ["#);
    write(
        "wide.json",
        "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Resource\": \"arn:aws:s3:::é/😀\", \"Action\": \"s3:HeadObject\"}}",
    );
    write(
        "leastwise-ignore.yaml",
        "- {rule: unknown-action, file: wide.json, reason: known}\n- {rule: unknown-action, sid: Gone, reason: known}\n",
    );
    folder
}

fn log(folder: &TempDir) -> Value {
    let run = lint_in(folder.path(), &["--format", "sarif", "."]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_log_is_valid() {
    let mut schema: Value =
        serde_json::from_str(include_str!("../fixtures/sarif/sarif-schema-2.1.0.json")).unwrap();
    // A bracket too many: only a lenient reader of regular expressions takes it. We name no language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        assert!(language.as_object_mut().unwrap().remove("pattern").is_some());
    }
    let schema = jsonschema::validator_for(&schema).unwrap();
    let folder = folder();
    let log = log(&folder);
    let wrong: Vec<String> = schema
        .iter_errors(&log)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        !schema.is_valid(&serde_json::json!({"version": "2.1.0"})),
        "the schema refuses something"
    );
    let empty = lint_in(
        folder.path(),
        &["--format", "sarif", "--only", "dead-principal", "bad policy.json"],
    );
    assert!(schema.is_valid(&serde_json::from_str(&empty.stdout).unwrap()));
}

#[test]
fn results_point_at_their_text_and_their_rule() {
    let folder = folder();
    let log = log(&folder);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 5, "{results:#?}");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["partialFingerprints"]["leastwise/v1"].as_str().unwrap().len(), 32);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap().replace("%20", " ");
        assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
        let text = fs::read_to_string(folder.path().join(&uri)).unwrap();
        let number = |key: &str| usize::try_from(place["region"][key].as_u64().unwrap()).unwrap();
        let bytes = number("byteOffset")..number("byteOffset") + number("byteLength");
        let marked = &text[bytes];
        if number("startLine") == number("endLine") {
            let line: Vec<u16> = text
                .lines()
                .nth(number("startLine") - 1)
                .unwrap_or_default()
                .encode_utf16()
                .collect();
            let part = &line[number("startColumn") - 1..number("endColumn") - 1];
            assert_eq!(String::from_utf16(part).unwrap(), marked, "{uri}");
        }
        let is_known = uri == "wide.json" && result["ruleId"] == "unknown-action";
        assert_eq!(result["suppressions"].is_array(), is_known, "{result:#}");
    }
    let known = results.iter().find(|one| one["suppressions"].is_array()).unwrap();
    assert_eq!(known["suppressions"][0]["justification"], "known (leastwise-ignore.yaml:1)");
    assert!(results.iter().any(|one| one["ruleId"] == "unused-suppression"));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 2);
}
