//! The limits of what reads the reports.

use super::{LintReport, write_lint_sarif};
use crate::compare::CatalogueStamp;
use crate::exact::Universe;
use crate::intake;
use crate::lint::suppress::Suppressed;
use crate::lint::{Linter, Settings};
use crate::source::{Severity, Source};
use serde_json::Value;
use std::sync::Arc;

#[test]
fn a_log_that_is_too_long_for_code_scanning_says_what_is_left_out() {
    const MOST: usize = 25_000;
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:HeadBucket","s3:HeadObject"],"Resource":"*"}}"#;
    let source = Arc::new(Source::new("policy.json", text));
    let intake = intake::read(&source, None).unwrap();
    let settings = Settings { only: vec!["unknown-action".to_owned()], ..Settings::default() };
    let linter = Linter::new(Universe::embedded(), settings).unwrap();
    let found = linter.survey(&intake.documents.iter().collect::<Vec<_>>());
    let [warning, error] = found.as_slice() else { panic!("{found:?}") };
    let mut suppressed = warning.clone();
    suppressed.suppressed = Some(Suppressed::Baseline);
    let mut error = error.clone();
    error.finding.severity = Severity::Error;
    let mut findings = vec![warning.clone(); MOST];
    findings.insert(7, suppressed);
    findings.push(error);
    let report = LintReport {
        catalogue: CatalogueStamp::of(Universe::embedded().catalogue()),
        findings,
        not_read: Vec::new(),
        gone: Vec::new(),
        min_severity: Severity::Note,
        files: 1,
        without_policy: 0,
        documents: 1,
        aws_managed: 0,
    };
    let mut out = Vec::new();
    assert_eq!(write_lint_sarif(&report, &mut out).unwrap(), 2);
    let log: Value = serde_json::from_slice(&out).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), MOST);
    // What is suppressed goes first, then what is least severe; the order stays.
    assert!(results.iter().all(|one| one["suppressions"].is_null()));
    assert_eq!(results[MOST - 1]["level"], "error");
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(said.unwrap().starts_with("2 results are left out"), "{said:?}");
}
