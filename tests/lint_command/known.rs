//! Suppressions and baselines.

use super::lint_in;
use crate::support::{Run, snapshot};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn policy(statements: &[&str]) -> String {
    format!("{{\"Version\": \"2012-10-17\", \"Statement\": [\n{}\n]}}\n", statements.join(",\n"))
}

const HEAD: &str = r#"{"Sid": "Head", "Effect": "Allow", "Action": "s3:HeadBucket", "Resource": "arn:aws:s3:::b"}"#;
const PUT: &str = r#"{"Sid": "Put", "Effect": "Allow", "Action": "s3:HeadObject", "Resource": "arn:aws:s3:::b/*"}"#;
const FINE: &str = r#"{"Sid": "Fine", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x"}"#;

/// A folder with a policy that has one unknown action.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.json"), policy(&[HEAD])).unwrap();
    folder
}

/// Runs with nothing but rules that these tests are about, on a day that does not move.
fn lint(folder: &Path, arguments: &[&str]) -> Run {
    let rules = ["unknown-action", "unused-suppression", "expired-suppression"];
    let mut all = vec!["--fail-on", "warning", "--today", "2026-11-21"];
    for rule in rules {
        all.extend(["--only", rule]);
    }
    lint_in(folder, &[all.as_slice(), arguments].concat())
}

fn json(folder: &Path) -> Value {
    let run = lint(folder, &["--format", "json", "policy.json"]);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_suppression_lasts_until_its_statement_changes() {
    let folder = folder();
    let path = folder.path();
    let write =
        |statements: &[&str]| fs::write(path.join("policy.json"), policy(statements)).unwrap();
    assert_eq!(lint(path, &["policy.json"]).status, 1);
    fs::write(path.join("leastwise-ignore.yaml"), "# kept as it is\n").unwrap();
    let run =
        lint(path, &["--write-ignore", "--reason", "the \"vendor\": needs it", "policy.json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let ignore = fs::read_to_string(path.join("leastwise-ignore.yaml")).unwrap();
    snapshot("lint_command", "written_suppression", &ignore);

    let report = json(path);
    assert_eq!(report["findings"][0]["suppressed"]["reason"], "the \"vendor\": needs it");
    assert_eq!(
        (&report["summary"]["warnings"], &report["summary"]["suppressed"]),
        (&0.into(), &1.into())
    );

    // Lines, other statements and the order of lists may move.
    write(&[FINE, &HEAD.replace(", ", ",\n   ")]);
    assert_eq!(lint(path, &["policy.json"]).status, 0);
    // What the statement says may not.
    for widened in [
        HEAD.replace("arn:aws:s3:::b", "*"),
        HEAD.replace("\"s3:HeadBucket\"", "[\"s3:HeadBucket\", \"s3:*\"]"),
    ] {
        write(&[&widened]);
        let run = lint(path, &["policy.json"]);
        assert_eq!(run.status, 1, "{widened}\n{}", run.stdout);
        assert!(run.stdout.contains("leastwise-ignore.yaml:2"), "{}", run.stdout);
        assert!(run.stdout.contains("has changed since"), "{}", run.stdout);
        assert!(json(path)["findings"][0]["reopened"].is_string());
    }
    // Mended: the entry is no more use.
    write(&[FINE]);
    let run = lint(path, &["policy.json"]);
    assert_eq!(run.status, 1);
    snapshot("lint_command", "unused_suppression", &run.shown());
    // Of a file that was not looked at nothing is known.
    fs::write(path.join("other.json"), policy(&[FINE])).unwrap();
    assert_eq!(lint(path, &["other.json"]).status, 0);
    // But it is, where the file is gone.
    fs::remove_file(path.join("policy.json")).unwrap();
    assert_eq!(lint(path, &["other.json"]).status, 1);
}

#[test]
fn a_suppression_may_be_for_a_time() {
    let folder = folder();
    let path = folder.path();
    fs::write(
        path.join("i.yaml"),
        "- rule: unknown-action\n  sid: Head\n  reason: soon\n  expires: 2026-11-21\n",
    )
    .unwrap();
    let run = |today: &str| {
        let all =
            ["--fail-on", "warning", "--ignore-file", "i.yaml", "--today", today, "policy.json"];
        lint_in(path, &all)
    };
    assert_eq!(run("2026-11-21").status, 0);
    let late = run("2026-11-22");
    assert_eq!(late.status, 1);
    assert!(late.stdout.contains("warning[expired-suppression]"), "{}", late.stdout);
    assert!(late.stdout.contains("i.yaml:1:3"), "{}", late.stdout);
    assert!(late.stdout.contains("warning[unknown-action]"), "{}", late.stdout);
}

#[test]
fn a_suppression_without_a_reason_is_not_written() {
    let folder = folder();
    let run = lint(folder.path(), &["--write-ignore", "--reason", " ", "policy.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("say why the findings are accepted"), "{}", run.stderr);
    assert!(!folder.path().join("leastwise-ignore.yaml").exists());
}

#[test]
#[cfg(unix)]
fn a_link_to_the_suppressions_stays_one() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("shared.yaml"), "# shared\n").unwrap();
    std::os::unix::fs::symlink("shared.yaml", path.join("leastwise-ignore.yaml")).unwrap();
    assert_eq!(lint(path, &["--write-ignore", "--reason", "r", "policy.json"]).status, 0);
    assert!(path.join("leastwise-ignore.yaml").is_symlink());
    let shared = fs::read_to_string(path.join("shared.yaml")).unwrap();
    assert!(shared.starts_with("# shared\n- rule: unknown-action\n"), "{shared}");
}

#[test]
fn a_list_in_brackets_takes_no_more_entries() {
    let folder = folder();
    let text = "[{rule: wildcard-action, reason: known}]\n";
    fs::write(folder.path().join("leastwise-ignore.yaml"), text).unwrap();
    let run = lint(folder.path(), &["--write-ignore", "--reason", "r", "policy.json"]);
    let said = "error: no entry can be appended to `leastwise-ignore.yaml`\n";
    assert!(run.status == 2 && run.stderr.starts_with(said), "{}", run.stderr);
    let left = fs::read_to_string(folder.path().join("leastwise-ignore.yaml")).unwrap();
    assert_eq!(left, text);
}

#[test]
fn a_suppression_that_is_not_pinned_says_how_to_pin_it() {
    let folder = folder();
    let path = folder.path();
    let run = |entry: &str| {
        let text = format!("- rule: unknown-action\n  reason: r\n{entry}");
        fs::write(path.join("leastwise-ignore.yaml"), text).unwrap();
        lint_in(
            path,
            &["--only", "unknown-action,unpinned-suppression", "--fail-on", "note", "policy.json"],
        )
    };
    let unpinned = run("");
    snapshot("lint_command", "unpinned_suppression", &unpinned.shown());
    let (_, content) = unpinned.stdout.split_once("by `content: ").unwrap();
    let content = content.split('`').next().unwrap();
    assert_eq!(run(&format!("  content: {content}\n")).status, 0);
    assert_eq!(run("  content: any\n").status, 0);
    // Of several each needs its own.
    fs::write(path.join("policy.json"), policy(&[HEAD, PUT])).unwrap();
    assert!(run("").stdout.contains("an entry of its own: `content: "), "{}", run("").stdout);
    assert_eq!(run(&format!("  content: {content}\n")).status, 1);
    assert_eq!(run("  content: any\n").status, 0);
}

#[test]
fn entries_narrow_down() {
    let folder = folder();
    let path = folder.path();
    fs::write(path.join("policy.json"), policy(&[HEAD, PUT])).unwrap();
    for (entry, suppressed) in [
        ("", 2),
        ("file: policy.json", 2),
        ("file: 'pol*'", 2),
        ("file: other.json", 0),
        ("sid: Put", 1),
        ("statement: 0", 1),
        ("action: S3:headbucket", 1),
        ("resource: arn:aws:s3:::b/*", 1),
        ("resource: arn:aws:s3:::*", 0),
        ("principal: '*'", 0),
        ("policy: role/x", 0),
    ] {
        let text = format!("- rule: unknown-action\n  reason: r\n  {entry}\n");
        fs::write(path.join("leastwise-ignore.yaml"), text).unwrap();
        assert_eq!(json(path)["summary"]["suppressed"], suppressed, "{entry}");
    }
}

#[test]
fn a_pattern_of_files_is_unused_where_all_of_them_were_looked_for() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("old")).unwrap();
    fs::write(path.join("old/fine.json"), policy(&[FINE])).unwrap();
    for (file, arguments, is_unused) in [
        ("gone/*.json", ["."].as_slice(), true),
        ("gone/*.json", &["old"], false),
        ("old/x-*.json", &["old"], true),
        ("old/x-*.json", &["old/fine.json"], false),
        ("ol*", &["old"], true),
        ("other*", &["old"], false),
        ("../*.json", &["."], false),
        ("policy.json", &["old"], false),
    ] {
        let text = format!("- {{rule: unknown-action, reason: r, file: '{file}', content: any}}\n");
        fs::write(path.join("leastwise-ignore.yaml"), text).unwrap();
        let run = lint(path, arguments);
        let shown = run.stdout.contains("[unused-suppression]");
        assert_eq!(shown, is_unused, "{file} in {arguments:?}\n{}", run.stdout);
    }
}

#[test]
fn mistakes_in_suppressions_are_shown_at_once() {
    let folder = folder();
    let text = "\
- rule: unknown-actoin
  reson: because
- rule: unknown-action
  reason: ' '
  expires: 2026-13-01
  statement: first
- unknown-action
";
    fs::write(folder.path().join("leastwise-ignore.yaml"), text).unwrap();
    let run = lint(folder.path(), &["policy.json"]);
    assert_eq!(run.status, 2);
    snapshot("lint_command", "mistakes_in_suppressions", &run.shown());
    fs::write(folder.path().join("leastwise-ignore.yaml"), "rule: unknown-action\n").unwrap();
    assert_eq!(lint(folder.path(), &["policy.json"]).status, 2);
    assert_eq!(lint(folder.path(), &["--ignore-file", "missing.yaml", "policy.json"]).status, 2);
}

#[test]
fn only_what_is_not_in_the_baseline_counts() {
    let folder = folder();
    let path = folder.path();
    let run = lint(path, &["--write-baseline", "base.json", "policy.json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    let with = |files: &[&str]| lint(path, &[&["--baseline", "base.json"], files].concat());
    assert_eq!(with(&["policy.json"]).status, 0);
    // Another finding is new, and only that is shown.
    fs::write(path.join("policy.json"), policy(&[FINE, HEAD, PUT])).unwrap();
    let run = with(&["policy.json"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("HeadObject") && !run.stdout.contains("`s3:HeadBucket` is no"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("1 warning in 1 policy of 1 file; 1 in the baseline"),
        "{}",
        run.stdout
    );
    // A file that was renamed brings nothing new; a copy of it does.
    fs::write(path.join("policy.json"), policy(&[HEAD])).unwrap();
    fs::copy(path.join("policy.json"), path.join("a-copy.json")).unwrap();
    assert_eq!(with(&["a-copy.json"]).status, 0);
    let run = with(&["."]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("--> a-copy.json:2:"), "the copy is what is new: {}", run.stdout);
    // What is mended is said, so that the file shrinks.
    fs::remove_file(path.join("a-copy.json")).unwrap();
    fs::write(path.join("policy.json"), policy(&[FINE])).unwrap();
    let run = with(&["policy.json"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("1 finding of the baseline occurs no more"), "{}", run.stdout);
    lint(path, &["--write-baseline", "base.json", "policy.json"]);
    let base: Value =
        serde_json::from_str(&fs::read_to_string(path.join("base.json")).unwrap()).unwrap();
    assert_eq!(base["findings"], Value::Array(Vec::new()));
    // One that is written anew has all that is there, the old one's findings too.
    fs::write(path.join("policy.json"), policy(&[HEAD])).unwrap();
    lint(path, &["--write-baseline", "base.json", "policy.json"]);
    fs::write(path.join("policy.json"), policy(&[HEAD, PUT])).unwrap();
    let run = with(&["--write-baseline", "base.json", "policy.json"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr, "note: 2 findings written to `base.json`\n");
    assert!(
        run.stdout.starts_with("no findings in 1 policy of 1 file; 2 in the baseline\n"),
        "{}",
        run.stdout
    );
    fs::write(path.join("base.json"), "{\"schemaVersion\": \"9\", \"findings\": []}").unwrap();
    assert_eq!(with(&["policy.json"]).status, 2);
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/leastwise-ignore.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let folder = folder();
    for (text, is_right) in [
        ("- {rule: unknown-action, reason: r}", true),
        ("- {rule: unknown-action, reason: r, expires: 2026-12-31, statement: 3, owner: me}", true),
        (
            "- {rule: unknown-action, reason: r, file: a, policy: b, sid: c, action: d, resource: e, principal: f, content: 0a}",
            true,
        ),
        ("# nothing yet", true),
        ("- {rule: unknown-action}", false),
        ("- {reason: r}", false),
        ("- {rule: unknown-action, reason: r, files: a}", false),
        ("- {rule: unknown-action, reason: ' '}", false),
        ("- {rule: unknown-action, reason: r, expires: 2026-13-01}", false),
        ("- {rule: unknown-action, reason: r, statement: -1}", false),
        ("- {rule: unknown-action, reason: r, sid: [a]}", false),
        ("rule: unknown-action", false),
    ] {
        let value: Value = serde_saphyr::from_str(text).unwrap();
        assert_eq!(schema.is_valid(&value), is_right, "the schema on {text}");
        fs::write(folder.path().join("leastwise-ignore.yaml"), text).unwrap();
        let run = lint(folder.path(), &["policy.json"]);
        assert_eq!(run.status != 2, is_right, "the reader on {text}: {}", run.stderr);
    }
}
