//! The house checks itself: floors, file sizes, and what the documents name.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own repository has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The floors from the ground up. A file uses its own floor and those before it.
const FLOORS: [&str; 19] = [
    "parallel",
    "source",
    "pattern",
    "iam",
    "syntax",
    "catalogue",
    "evaluate",
    "exact",
    "consumer",
    "compile",
    "account",
    "intake",
    "lint",
    "compare",
    "audit",
    "fix",
    "report",
    "simulate",
    "cli",
];

/// A source file longer than this has more than one purpose.
const LONGEST_FILE: usize = 600;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files_below(&root().join("src"), "rs", &mut found);
    found.sort();
    assert!(found.len() > 20, "the sources were not found");
    found
}

fn floor_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn no_floor_uses_one_above_it() {
    let mut wrong = Vec::new();
    for path in sources() {
        let floor = floor_of(&path);
        let Some(own) = FLOORS.iter().position(|f| *f == floor) else {
            assert!(
                matches!(floor.as_str(), "lib" | "main"),
                "`{floor}` is no floor: add it to the list"
            );
            continue;
        };
        // Tests may look upwards: the evaluator and the engine check each other.
        if path.file_stem().is_some_and(|stem| stem == "tests") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in
            code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for used in line.split("crate::").skip(1) {
                let name: String =
                    used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if FLOORS.iter().position(|f| *f == name).is_some_and(|at| at > own) {
                    wrong.push(format!(
                        "{}:{}: `{floor}` uses `{name}`",
                        path.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_of_a_size_to_be_read() {
    let long: Vec<String> = sources()
        .iter()
        .map(|path| (fs::read_to_string(path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{} {lines}", path.display()))
        .collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines:\n{}", long.join("\n"));
}

/// A path in backticks in a document, such as `src/pattern.rs`, is there.
#[test]
fn documents_name_files_that_exist() {
    let mut missing = Vec::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let Ok(text) = fs::read_to_string(root().join(document)) else {
            missing.push(document.to_owned());
            continue;
        };
        for quoted in text.split('`').skip(1).step_by(2) {
            let looks_like_a_path = [
                "src/",
                "tests/",
                "policies/",
                "rules/",
                "docs/",
                "benches/",
                "examples/",
                "snapshots/",
            ]
            .iter()
            .any(|start| quoted.starts_with(start));
            if looks_like_a_path
                && !quoted.contains(['*', '<', '{', ' ', 'N'])
                && !root().join(quoted).exists()
            {
                missing.push(format!("{document} names `{quoted}`"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
