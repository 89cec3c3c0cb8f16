//! What policies hold is shown, never obeyed: no report for people moves the cursor.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use support::leastwise;

const CONSUMER: [&str; 5] =
    ["argo-workflows", "--bucket", "acme-argo", "--component", "controller"];

/// A policy with characters of both kinds that terminals obey, some of them in its file's name.
const WIDE: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],
     "Resource":["arn:aws:s3:::acme-argo/\u001b[31mf*","arn:aws:s3:::acme-argo/\u202ex*"],
     "Condition":{"StringLike":{"aws:PrincipalTag/\u001b[2J":"\u009bA*"}}}]}"#;

#[test]
fn no_report_moves_the_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let wide = write("a\u{1b}[1mb.json", WIDE);
    let none = write(
        "none.json",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
    );
    let fixes = folder.path().join("fixes");
    let fixes = fixes.to_str().unwrap();
    let runs = [
        vec!["diff", &none, &wide],
        vec!["diff", "--measure", &wide, &none],
        vec!["check", "--access-not-granted", "s3:PutObject", &wide],
        [&["audit"], &CONSUMER[..], &["--policy", &wide, "--measure", "--fix-dir", fixes]].concat(),
    ];
    let obeyed = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
    for arguments in runs {
        let run = leastwise(&arguments);
        assert_eq!(run.status, 1, "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.contains("\u{241b}[31mf"), "{arguments:?}: {}", run.stdout);
        let all = run.stdout + &run.stderr;
        assert!(!all.contains(obeyed), "{arguments:?}: {all:?}");
    }
    let index = fs::read_to_string(format!("{fixes}/fixes.md")).unwrap();
    assert!(!index.contains(obeyed), "{index:?}");
}
