//! What the README shows is what the program prints.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use std::path::Path;
use support::leastwise;

/// The commands of the README's `console` blocks whose output is shown, with that output.
fn shown_runs(readme: &str) -> Vec<(String, String)> {
    let blocks = readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut runs = Vec::new();
    for block in blocks {
        for run in block.split("$ ").skip(1) {
            let (command, output) = run.split_once('\n').unwrap();
            if !output.trim().is_empty() {
                runs.push((command.to_owned(), output.to_owned()));
            }
        }
    }
    runs
}

#[test]
fn examples_print_what_is_shown() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let runs = shown_runs(&readme);
    assert!(runs.len() >= 3, "the README shows {} runs", runs.len());
    for (command, output) in runs {
        let arguments = command
            .rsplit_once(" -- ")
            .map(|(_, rest)| rest)
            .or(command.strip_prefix("leastwise "))
            .unwrap();
        let run = leastwise(&arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!(run.stdout.trim_end(), output.trim_end(), "{command}\n{}", run.stderr);
    }
}
