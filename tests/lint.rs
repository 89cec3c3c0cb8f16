//! Every rule on every fixture: `tests/corpus/rules/RULE/{bad,ok}_WHAT.json`.
//!
//! A `bad` fixture has a finding of its rule and an `ok` one has none; what all other rules say is
//! kept in the rule's snapshot, so that a stray finding elsewhere shows. The kind of a policy is
//! told from its text, or by its file's name: `bad_x.scp.json`, `.rcp.json`, `.boundary.json`,
//! `.session.json`, `.identity.json`, `.resource.json`, `.trust.json`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use leastwise::account::{Content, content};
use leastwise::exact::Universe;
use leastwise::iam::PolicyKind;
use leastwise::lint::{Linter, Located, Policy, Settings, Storage, rules};
use leastwise::source::Source;
use leastwise::syntax::parse_policy;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/rules");

fn entries(folder: impl AsRef<Path>) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn kind(path: &Path, source: &Source) -> PolicyKind {
    let stem = path.file_stem().unwrap().to_str().unwrap();
    match stem.rsplit_once('.').map(|(_, kind)| kind) {
        Some("scp") => PolicyKind::ServiceControl,
        Some("rcp") => PolicyKind::ResourceControl,
        Some("boundary") => PolicyKind::PermissionsBoundary,
        Some("session") => PolicyKind::Session,
        Some("identity") => PolicyKind::Identity,
        Some("resource") => PolicyKind::Resource,
        Some("trust") => PolicyKind::Trust,
        Some(other) => panic!("{}: `{other}` is no kind", path.display()),
        None => match content(source) {
            Content::Policy(kind) => kind.unwrap_or(PolicyKind::Identity),
            Content::Principals => panic!("{}: not one policy", path.display()),
        },
    }
}

fn findings(linter: &Linter<'_>, path: &Path) -> (Source, PolicyKind, Vec<Located>) {
    let source = Source::new("policy.json", fs::read_to_string(path).unwrap());
    let kind = kind(path, &source);
    let found = match parse_policy(source.text(), kind) {
        Ok(parsed) => linter.findings(&Policy {
            document: &parsed.document,
            kind,
            notes: &parsed.notes,
            storage: Storage::Unknown,
        }),
        Err(problems) => linter.unreadable(&problems),
    };
    let located = Linter::located(found, source.text());
    (source, kind, located)
}

#[test]
fn every_rule_on_every_fixture() {
    let linter = Linter::new(Universe::embedded(), Settings::default()).unwrap();
    let ids: Vec<&str> = rules().map(|rule| &*rule.id).collect();
    for folder in entries(CORPUS) {
        let rule = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(ids.contains(&&*rule), "{}: there is no rule of this name", folder.display());
        let mut text = String::new();
        for path in entries(&folder) {
            let name = path.file_name().unwrap().to_str().unwrap();
            let (source, kind, located) = findings(&linter, &path);
            let is_found = located.iter().any(|one| one.finding.rule.id == rule);
            let expected = match name.split('_').next() {
                Some("bad") => true,
                Some("ok") => false,
                _ => panic!("{}: a fixture is `bad_` or `ok_`", path.display()),
            };
            assert_eq!(is_found, expected, "{}: {located:#?}", path.display());
            writeln!(text, "{name} ({kind})").unwrap();
            for one in &located {
                let finding = &one.finding;
                let at = source.position(one.span.start);
                writeln!(
                    text,
                    "  {at} {} {}: {}",
                    finding.severity, finding.rule.id, finding.message
                )
                .unwrap();
                writeln!(text, "      {}", finding.help).unwrap();
                for (span, how) in &one.also {
                    writeln!(text, "      {} {how}", source.position(span.start)).unwrap();
                }
            }
        }
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/lint"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(rule.clone(), text));
    }
}
