use super::{document, rules, wired};
use crate::account::{Selection, dump};
use crate::audit::{Audit, AuditReport};
use crate::consumer::{Consumers, Estate};
use crate::source::Source;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// An example's file, or the one that all examples share.
fn read(rule: &str, file: &str, shared: &str) -> Arc<Source> {
    let own = folder("tests/rules").join(rule).join(file);
    let path = if own.exists() { own } else { folder("tests/rules").join(shared) };
    Arc::new(Source::new(path.display().to_string(), fs::read_to_string(&path).unwrap()))
}

/// The audit of an example, `bad` or `ok`.
fn example(rule: &str, which: &str) -> AuditReport {
    let estate = read(rule, &format!("{which}.yaml"), "leastwise.yaml");
    let estate = Estate::read(&estate, Consumers::embedded()).unwrap();
    let account = read(rule, &format!("{which}.json"), "account.json");
    let account = dump::read(&[account], &Selection::All).unwrap();
    let audit = Audit::of(&estate);
    audit.report(audit.requirements.iter().map(|requirement| {
        let found = account.find(&requirement.role.arn().unwrap());
        (requirement, found)
    }))
}

fn found(report: &AuditReport) -> BTreeSet<&str> {
    assert_eq!(report.not_audited, []);
    let findings = report.principals.iter().flat_map(|principal| &principal.findings);
    findings.map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn each_rule_is_a_file_that_is_wired_and_has_examples() {
    let files: BTreeSet<String> = fs::read_dir(folder("rules/audit"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let own: BTreeSet<String> = wired().iter().map(|(rule, _)| rule.id.clone()).collect();
    assert_eq!(files, own);
    let all: BTreeSet<String> = rules().map(|rule| rule.id.clone()).collect();
    assert_eq!(
        all.len(),
        own.len() + document::CHOSEN.len(),
        "a rule of the linter has another name"
    );
    assert!(own.is_subset(&examples()), "a rule has no bad example of its own");
    assert!(examples().is_subset(&all), "an example is of no rule");
}

/// The rules that have a bad example of their own.
fn examples() -> BTreeSet<String> {
    let folders = fs::read_dir(folder("tests/rules")).unwrap().map(|entry| entry.unwrap().path());
    let has_bad =
        |path: &PathBuf| ["bad.json", "bad.yaml"].iter().any(|file| path.join(file).exists());
    let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    folders.filter(|path| path.is_dir()).filter(has_bad).map(name).collect()
}

#[test]
fn each_rule_finds_its_bad_example_and_leaves_the_good_one_alone() {
    for rule in &examples() {
        let bad = example(rule, "bad");
        assert!(found(&bad).contains(rule.as_str()), "`{rule}` finds nothing");
        let ok = example(rule, "ok");
        assert!(!found(&ok).contains(rule.as_str()), "`{rule}` finds what is fine");
    }
}

#[test]
fn the_shared_example_is_clean() {
    let report = example("no-rule", "ok");
    let one = &report.principals[0];
    assert_eq!(one.severities().count(), 0, "{one:?}");
}

/// What the rules say about their bad examples, for people to read.
#[test]
fn findings_read_well() {
    let mut text = String::new();
    for rule in &examples() {
        let report = example(rule, "bad");
        for finding in report.principals.iter().flat_map(|principal| &principal.findings) {
            if finding.rule == *rule {
                let place =
                    finding.statement.as_ref().map(|s| format!(" [{s}]")).unwrap_or_default();
                text.push_str(&format!("{}: {}{place}\n", finding.rule, finding.message));
                text.push_str(&format!("  {}\n", finding.help.as_deref().unwrap_or_default()));
            }
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder("snapshots/audit"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("findings", text));
}
