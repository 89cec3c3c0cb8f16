//! Rules against their own examples.

use super::suppress::Suppressions;
use super::{About, Linter, Policy, Rule, Settings, Storage, rules};
use crate::exact::Universe;
use crate::iam::PolicyKind;
use crate::intake;
use crate::source::Source;
use crate::syntax::parse_policy;
use std::sync::Arc;

/// What is found in a text, as `rule: message`.
fn found(text: &str, kind: PolicyKind) -> Vec<String> {
    let linter = Linter::new(Universe::embedded(), Settings::default()).unwrap();
    let findings = match parse_policy(text, kind) {
        Ok(parsed) => linter.findings(&Policy {
            document: &parsed.document,
            kind,
            notes: &parsed.notes,
            storage: Storage::Unknown,
        }),
        Err(problems) => linter.unreadable(&problems),
    };
    let located = Linter::located(findings, text);
    located.iter().map(|one| format!("{}: {}", one.finding.rule.id, one.finding.message)).collect()
}

fn kind_of(rule: &Rule) -> PolicyKind {
    rule.kinds.first().copied().unwrap_or(PolicyKind::Identity)
}

#[test]
fn every_rule_is_in_its_place() {
    let ids: Vec<&str> = rules().map(|rule| &*rule.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(ids.len(), super::check::CHECKS.len(), "a rule does not parse");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/lint");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ids.iter().map(|id| format!("{id}.yaml")).collect::<Vec<_>>());
}

/// What is wrong with suppressions, of a run that found an unknown action.
fn of_suppressions(text: &str) -> Vec<String> {
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:HeadBucket","Resource":"*"}}"#;
    let linter = Linter::new(Universe::embedded(), Settings::default()).unwrap();
    let source = Arc::new(Source::new("policy.json", policy));
    let intake = intake::read(&source, None).unwrap();
    let documents: Vec<_> = intake.documents.iter().collect();
    let mut findings = linter.survey(&documents);
    let suppressions = Arc::new(Source::new("leastwise-ignore.yaml", text));
    let suppressions = Suppressions::read(suppressions).unwrap();
    suppressions.apply(&mut findings, "2026-11-21", &linter, |_| true);
    let own = findings.iter().map(|one| &one.finding);
    own.map(|finding| format!("{}: {}", finding.rule.id, finding.message)).collect()
}

#[test]
fn a_rule_finds_its_bad_example_and_not_its_good_one() {
    for rule in rules() {
        let (bad, good) = (rule.bad.as_deref().unwrap(), rule.good.as_deref().unwrap());
        let says = |text| {
            let found = match rule.about {
                About::Policies => found(text, kind_of(rule)),
                About::Suppressions => of_suppressions(text),
            };
            (found.iter().any(|line| line.starts_with(&format!("{}: ", rule.id))), found)
        };
        assert!(says(bad).0, "{}: nothing in its bad example: {:?}", rule.id, says(bad).1);
        assert!(!says(good).0, "{}: in its good example: {:?}", rule.id, says(good).1);
    }
}
