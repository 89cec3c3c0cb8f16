//! Drives the binary as a user would, in an environment that holds nothing of the machine's.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by test binaries that each use a part; a test may fail"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run left behind.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Status, stdout and stderr, for snapshots.
    pub fn shown(&self) -> String {
        format!("status {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

/// Runs `leastwise` with these arguments in the repository's folder.
pub fn leastwise(arguments: &[&str]) -> Run {
    leastwise_with(arguments, "", &[])
}

/// The same, with standard input and variables.
pub fn leastwise_with(arguments: &[&str], stdin: &str, variables: &[(&str, &str)]) -> Run {
    run(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, stdin, variables)
}

/// Runs `leastwise` with these arguments in a folder.
pub fn leastwise_in(folder: &Path, arguments: &[&str]) -> Run {
    run(folder, arguments, "", &[])
}

fn run(folder: &Path, arguments: &[&str], stdin: &str, variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("NO_COLOR", "1").env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.envs(variables.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Compares with `snapshots/AREA/NAME.snap`.
pub fn snapshot(area: &str, name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(area));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}
