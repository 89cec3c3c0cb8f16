//! `leastwise audit --fix-dir` as a user runs it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Run, leastwise};

const GOLDEN: [&str; 5] =
    ["audit", "-f", "tests/golden/leastwise.yaml", "--account-dump", "tests/golden/account.json"];

fn golden(folder: &Path, more: &[&str]) -> Run {
    let folder = ["--fix-dir", folder.to_str().unwrap()];
    leastwise(&[&GOLDEN[..], &folder, more].concat())
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn fixes_are_files_beside_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("fixes");
    let run = golden(&into, &["--format", "json"]);
    let without = leastwise(&[&GOLDEN[..], &["--format", "json"]].concat());
    assert_eq!(run.status, without.status, "{}", run.stderr);
    assert!(run.stderr.contains("11 principals: 11 fixed and proved"), "{}", run.stderr);

    let mut report: Value = serde_json::from_str(&run.stdout).unwrap();
    let index: Value =
        serde_json::from_str(&fs::read_to_string(into.join("fixes.json")).unwrap()).unwrap();
    assert_eq!(index["principals"].as_array().unwrap().len(), 11);
    let all = files(&into);
    for principal in report["principals"].as_array_mut().unwrap() {
        let fix = principal.as_object_mut().unwrap().remove("fix").unwrap();
        assert_eq!(fix["status"], "proved");
        for document in fix["documents"].as_array().unwrap() {
            assert!(all.contains(&document.as_str().unwrap().to_owned()), "{document}");
        }
    }
    // Nothing else of the report is different.
    assert_eq!(report, serde_json::from_str::<Value>(&without.stdout).unwrap());

    // Once more gives the same bytes, over the same files.
    let before: Vec<Vec<u8>> = all.iter().map(|name| fs::read(into.join(name)).unwrap()).collect();
    let table = golden(&into, &[]);
    assert!(table.stdout.contains("fixes: 11 proved, 0 in part, 0 not fixed"), "{}", table.stdout);
    assert!(table.stdout.lines().all(|line| line.chars().count() <= 100));
    assert_eq!(files(&into), all);
    let after: Vec<Vec<u8>> = all.iter().map(|name| fs::read(into.join(name)).unwrap()).collect();
    assert!(before == after);
}

#[test]
fn all_files_are_written_or_none() {
    let folder = tempfile::tempdir().unwrap();
    // A folder stands where the last file would go.
    fs::create_dir(folder.path().join("user-my-bucket-name-user.my-bucket-name-policy.json"))
        .unwrap();
    let run = golden(folder.path(), &[]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.is_empty() && run.stderr.contains("it is a folder"), "{}", run.stderr);
    assert_eq!(files(folder.path()).len(), 1);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let run = golden(&file, &["--fail-on", "never"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.is_empty() && run.stderr.contains("cannot write"), "{}", run.stderr);
}

#[test]
fn one_document_is_mended_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let kubeflow = [
        "audit",
        "kubeflow-pipelines",
        "--bucket",
        "acme-kfp",
        "--component",
        "profile",
        "--for-profile",
        "team-1",
        "--policy",
    ];
    let into = folder.path().to_str().unwrap();
    let documented = "examples/documented-profile-policy.json";
    let run = leastwise(&[&kubeflow[..], &[documented, "--fix-dir", into]].concat());
    assert_eq!(run.status, 1, "{}", run.stderr);
    // The README shows the step.
    let markdown = fs::read_to_string(folder.path().join("fixes.md")).unwrap();
    let readme = fs::read_to_string("README.md").unwrap();
    let shown = readme.split("```markdown\n").nth(1).and_then(|rest| rest.split("```").next());
    assert!(markdown.contains(shown.unwrap()), "{markdown}");

    let mended = files(folder.path())
        .into_iter()
        .find(|name| name.ends_with(".documented-profile-policy.json"));
    let mended = folder.path().join(mended.unwrap());
    let again =
        leastwise(&[&kubeflow[..], &[mended.to_str().unwrap(), "--fail-on", "note"]].concat());
    assert_eq!(again.status, 0, "{}", again.stdout);
}

/// What no policy of the role can change is said, and nothing is proposed.
#[test]
fn a_boundary_that_blocks_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, action: &str| {
        let path = folder.path().join(name);
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#
        );
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (all, cap) = (write("all.json", "*"), write("cap.json", "s3:Get*"));
    let into = folder.path().join("fixes");
    let run = leastwise(&[
        "audit",
        "argo-workflows",
        "--bucket",
        "acme-argo",
        "--component",
        "workflow-pod",
        "--policy",
        &all,
        "--permissions-boundary",
        &cap,
        "--fix-dir",
        into.to_str().unwrap(),
    ]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("fix: none"), "{}", run.stdout);
    assert!(run.stdout.contains("not fixed: `s3:"), "{}", run.stdout);
    assert_eq!(files(&into), ["fixes.json", "fixes.md"]);
    let markdown = fs::read_to_string(into.join("fixes.md")).unwrap();
    assert!(markdown.contains("**permissions**: NOT FIXED"), "{markdown}");
    assert!(markdown.contains("permissionsBoundary layer"), "{markdown}");
}
