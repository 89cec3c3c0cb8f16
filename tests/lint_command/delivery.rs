//! What lies beside the code: hooks, the action, the example workflow. Their command lines are run.

use crate::support::leastwise_in;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

fn yaml(path: &str) -> (String, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(path).unwrap();
    let value = serde_saphyr::from_str(&text).unwrap();
    (text, value)
}

/// A folder with a policy that warns and a file that is no policy.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.json"), include_str!("../fixtures/lint/bad.json"))
        .unwrap();
    fs::write(folder.path().join("package.json"), r#"{"name": "x"}"#).unwrap();
    folder
}

#[test]
fn the_hook_runs_on_what_pre_commit_passes() {
    let (_, hooks) = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    assert_eq!(hook["id"], "leastwise-lint");
    assert_eq!(hook["pass_filenames"], true);
    let entry: Vec<&str> = hook["entry"].as_str().unwrap().split_whitespace().collect();
    assert_eq!(entry[0], "leastwise");
    let folder = folder();
    let run = |files: &[&str]| leastwise_in(folder.path(), &[&entry[1..], files].concat()).status;
    assert_eq!(run(&["policy.json", "package.json"]), 0, "warnings alone do not fail");
    assert_eq!(run(&["package.json"]), 0);
    fs::write(folder.path().join("broken.json"), r#"{"Statement": "#).unwrap();
    assert_eq!(run(&["broken.json"]), 2);
}

/// The names after `inputs.` in a text.
fn used(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let name = |rest: &str| rest.split(|c| !is_name(c)).next().unwrap().to_owned();
    text.split("inputs.").skip(1).map(name).collect()
}

#[test]
fn the_action_declares_what_it_uses_and_uses_what_it_declares() {
    let (text, action) = yaml("action.yml");
    let mut used = used(&text);
    used.sort();
    used.dedup();
    let declared: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    assert_eq!(used.iter().collect::<Vec<_>>(), declared);
    let steps = action["runs"]["steps"].as_array().unwrap();
    for step in steps.iter().filter(|step| step["uses"].is_string()) {
        let (_, version) = step["uses"].as_str().unwrap().split_once('@').unwrap();
        assert!(version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit()), "{version}");
    }
    // An expression in a script would let a name of a file be a command.
    assert!(steps.iter().all(|step| !step["run"].as_str().unwrap_or_default().contains("${{")));
    let (_, workflow) = yaml("examples/github/policies.yml");
    let step = &workflow["jobs"]["lint"]["steps"][1];
    for name in step["with"].as_object().unwrap().keys() {
        assert!(declared.contains(&name), "the example uses `{name}`");
    }
}

#[test]
#[cfg(unix)]
fn the_action_lints() {
    let (_, action) = yaml("action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == "lint").unwrap();
    let folder = folder();
    let binary = Path::new(env!("CARGO_BIN_EXE_leastwise")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let run = |inputs: &[(&str, &str)]| {
        let mut command = Command::new("bash");
        command.args([
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            step["run"].as_str().unwrap(),
        ]);
        command.current_dir(folder.path()).env("PATH", &path);
        for (variable, expression) in step["env"].as_object().unwrap() {
            let name = used(expression.as_str().unwrap()).remove(0);
            let default = action["inputs"][&name]["default"].as_str().unwrap();
            let given = inputs.iter().find(|(input, _)| *input == name).map(|(_, value)| *value);
            command.env(variable, given.unwrap_or(default));
        }
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, shown) = run(&[]);
    assert_eq!(status, 0, "{shown}");
    assert!(shown.starts_with("::warning file=policy.json,line=7,"), "{shown}");
    assert_eq!(run(&[("fail-on", "warning")]).0, 1);
    let inputs = [
        ("paths", "policy.json\n\n"),
        ("args", "--skip\nunknown-action\n--skip\nbucket-action-on-object\n"),
        ("fail-on", "warning"),
        ("upload-sarif", "true"),
        ("format", "text"),
    ];
    let (status, shown) = run(&inputs);
    assert_eq!(status, 0, "{shown}");
    let sarif = fs::read_to_string(folder.path().join("leastwise.sarif")).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&sarif).unwrap()["runs"][0]["results"],
        Value::Array(vec![])
    );
}
