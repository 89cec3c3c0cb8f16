//! How long a process takes from its creation to its end, with next to nothing to do; `nothing` is
//! what the system alone needs for one.

use divan::Bencher;
use std::io::Write;
use std::process::{Command, Stdio};

fn main() {
    divan::main();
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow",
    "Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-kfp/team-1/*"}}"#;
const QUERY: &str =
    r#"{"consumer":"kubeflow-pipelines","bucket":"acme-kfp","components":"api-server"}"#;

/// Runs a program to its end, which has to be a good one.
fn run(bencher: Bencher<'_, '_>, program: &str, arguments: &[&str], input: &str) {
    bencher.bench_local(|| {
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let ended = child.and_then(|mut child| {
            if let Some(mut stdin) = child.stdin.take() {
                // Who does not read may be gone by now.
                let _ = stdin.write_all(input.as_bytes());
            }
            child.wait()
        });
        assert!(ended.is_ok_and(|status| status.success()), "{program} {arguments:?}");
    });
}

fn leastwise(bencher: Bencher<'_, '_>, arguments: &[&str], input: &str) {
    run(bencher, env!("CARGO_BIN_EXE_leastwise"), arguments, input);
}

#[divan::bench]
fn nothing(bencher: Bencher<'_, '_>) {
    run(bencher, "true", &[], "");
}

#[divan::bench]
fn version(bencher: Bencher<'_, '_>) {
    leastwise(bencher, &["--version"], "");
}

#[divan::bench]
fn show_an_action(bencher: Bencher<'_, '_>) {
    leastwise(bencher, &["catalogue", "show", "s3:GetObject"], "");
}

#[divan::bench]
fn lint_one_policy(bencher: Bencher<'_, '_>) {
    leastwise(bencher, &["lint", "-"], POLICY);
}

#[divan::bench]
fn terraform_external(bencher: Bencher<'_, '_>) {
    leastwise(bencher, &["terraform-external"], QUERY);
}
