//! `leastwise lint`: what it reads, what it prints, how it ends.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "lint_command/delivery.rs"]
mod delivery;
#[path = "lint_command/known.rs"]
mod known;
#[path = "lint_command/sarif.rs"]
mod sarif;
mod support;

use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{Run, leastwise, leastwise_with, snapshot};

const BAD: &str = "tests/fixtures/lint/bad.json";

/// Runs `leastwise lint` in a folder of its own.
fn lint_in(folder: &Path, arguments: &[&str]) -> Run {
    support::leastwise_in(folder, &[&["lint"], arguments].concat())
}

#[test]
fn people_see_the_lines() {
    snapshot("lint_command", "text", &leastwise(&["lint", BAD]).shown());
}

#[test]
fn a_minified_document_is_shown_around_its_findings() {
    let value: Value = serde_json::from_str(&fs::read_to_string(BAD).unwrap()).unwrap();
    let run = leastwise_with(&["lint", "-"], &value.to_string(), &[]);
    assert!(run.stdout.lines().all(|line| line.chars().count() < 200), "{}", run.stdout);
    snapshot("lint_command", "minified", &run.shown());
}

#[test]
fn scripts_get_places() {
    let run = leastwise(&["lint", "--format", "json", BAD]);
    assert_eq!(run.status, 0, "warnings alone do not fail: {}", run.stderr);
    snapshot("lint_command", "json", &run.shown());
    let text = fs::read_to_string(BAD).unwrap();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let finding = &report["findings"][0];
    let number = |key: &str| usize::try_from(finding[key].as_u64().unwrap()).unwrap();
    let line = text.lines().nth(number("line") - 1).unwrap();
    let part: String =
        line.chars().take(number("endColumn") - 1).skip(number("column") - 1).collect();
    assert!(finding["message"].as_str().unwrap().contains(part.trim_matches('"')), "{part}");
}

#[test]
fn each_ending_has_its_status() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let status = |arguments: &[&str]| lint_in(folder.path(), arguments).status;
    let policy = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::b/x"}}}}"#
        )
    };
    write("good.json", &policy("s3:GetObject"));
    write("warns.json", &policy("s3:HeadBucket"));
    write("broken.json", r#"{"Version": "2012-10-17", "Statement": ["#);
    write("other.json", r#"{"name": "a package"}"#);
    assert_eq!(status(&["good.json"]), 0);
    assert_eq!(status(&["warns.json"]), 0);
    assert_eq!(status(&["--fail-on", "warning", "warns.json"]), 1);
    assert_eq!(status(&["--fail-on", "never", "warns.json"]), 0);
    assert_eq!(status(&["--fail-on", "warning", "--skip", "unknown-action", "warns.json"]), 0);
    assert_eq!(status(&["--only", "unknown-actoin", "warns.json"]), 2);
    assert_eq!(status(&["--fail-on", "fatal", "warns.json"]), 2);
    assert_eq!(status(&["good.json", "missing.json"]), 2);
    assert_eq!(status(&["other.json"]), 2, "what is named is meant to be a policy");
    assert_eq!(status(&["-", "-"]), 2);
    assert_eq!(status(&[]), 2);
    fs::create_dir(folder.path().join("others")).unwrap();
    write("others/package.json", r#"{"name": "a package"}"#);
    assert_eq!(status(&["others"]), 3);
    let all = lint_in(folder.path(), &["."]);
    assert_eq!(all.status, 2, "{}", all.stdout);
    // What can be read is looked at all the same, in the order of the files.
    let places = ["broken.json:1:", "warns.json:1:"].map(|place| all.stdout.find(place).unwrap());
    assert!(places[0] < places[1], "{}", all.stdout);
}

#[test]
fn a_rule_that_is_asked_for_runs() {
    let run = |arguments: &[&str]| leastwise(&[&["lint", BAD], arguments].concat());
    let both = run(&["--only", "unknown-action,duplicate-sid"]);
    let apart = run(&["--only", "unknown-action", "--only", "duplicate-sid"]);
    assert_eq!((both.status, &both.stdout), (0, &apart.stdout));
    for left_out in ["--quick", "--skip=privilege-escalation"] {
        let run = run(&["--only", "privilege-escalation", left_out]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{left_out}");
        assert!(run.stderr.contains("--only asks for `privilege-escalation`"), "{}", run.stderr);
    }
    let late = run(&["--only", "wildcard-drift", "--since", "2999-01-01"]);
    let note =
        "note: --since 2999-01-01 is after the catalogue of 2026-09-26: it knows nothing newer\n";
    assert_eq!((late.status, late.stderr.as_str()), (0, note));
    let part = run(&["--only", "wildcard"]);
    assert!(part.stderr.contains("`wildcard-action` or `wildcard-drift`"), "{}", part.stderr);
}

#[test]
fn what_is_no_text_is_said_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("latin.json", b"{\"a\":\n \"caf\xe9\"}");
    write("powershell.json", b"\xff\xfe{\x00}\x00");
    write("main.tf", b"resource \"aws_iam_role\" \"x\" {}");
    let files = ["latin.json", "powershell.json", "main.tf", "nowhere.json"];
    for format in ["text", "github"] {
        let run = lint_in(folder.path(), &[&["--format", format], files.as_slice()].concat());
        assert_eq!(run.status, 2);
        snapshot("lint_command", &format!("no_text_{format}"), &run.shown());
    }
    // What is only there need not be a policy, unless it looks like one.
    fs::create_dir(folder.path().join("others")).unwrap();
    write("others/package.json", b"{\"name\": \"caf\xe9\"}");
    write("others/resource.json", b"\xff\xfe{\x00}\x00");
    assert_eq!(lint_in(folder.path(), &["--if-any", "others", "latin.json"]).status, 0);
    let utf16 = "\u{feff}{\"Statement\": []}".encode_utf16();
    for encoded in [
        b"{\"Statement\": \"\xe9\"}".to_vec(),
        utf16.clone().flat_map(u16::to_le_bytes).collect(),
        utf16.flat_map(u16::to_be_bytes).collect(),
    ] {
        write("others/policy.json", &encoded);
        let run = lint_in(folder.path(), &["others"]);
        assert!(run.status == 2 && run.stdout.contains("policy.json"), "{}", run.stdout);
    }
    write("leastwise-ignore.yaml", b"# \xff");
    let run = lint_in(folder.path(), &["latin.json"]);
    assert_eq!(
        run.stderr,
        "error: cannot read `leastwise-ignore.yaml`: it is not UTF-8 text: byte 0xff at 1:3\n  help: save it as UTF-8\n"
    );
}

#[test]
fn what_a_template_leaves_open_is_said_and_is_no_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let template = "\
Resources:
  Bucket:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {AWS: !Ref Who}, Action: s3:GetObject, Resource: !Sub 'arn:aws:s3:::${B}/*'}
  Other:
    Type: AWS::S3::BucketPolicy
    Properties: {Bucket: c, PolicyDocument: !Ref Document}
";
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    let run = lint_in(folder.path(), &["--fail-on", "note", "template.yaml"]);
    snapshot("lint_command", "open_template", &run.shown());
    assert_eq!(run.status, 0);
}

#[test]
fn what_is_wrong_whether_a_condition_holds_or_not_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let template = "\
Conditions: {Prod: !Equals [!Ref 'AWS::Region', us-east-1]}
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: [s3:HeadObject, !If [Prod, 's3:PutObject', 's3:HeadBucket']]
            Resource: arn:aws:s3:::b/x
";
    let lint = |text: &str, arguments: &[&str]| {
        fs::write(folder.path().join("template.yaml"), text).unwrap();
        let all = ["--fail-on", "warning", "--only", "unknown-action", "template.yaml"];
        lint_in(folder.path(), &[&all, arguments].concat())
    };
    snapshot("lint_command", "variants", &lint(template, &[]).shown());
    // A suppression of both is of both: it ends when either grants something else.
    let written = lint(template, &["--write-ignore", "--reason", "known"]);
    assert_eq!((written.status, lint(template, &[]).status), (0, 0), "{}", written.stdout);
    for (old, new) in [("s3:PutObject", "s3:*"), ("s3:HeadBucket", "s3:*")] {
        assert_eq!(lint(&template.replace(old, new), &[]).status, 1, "{old} to {new}");
    }
    // One that cannot be read in either is said once too.
    let broken =
        lint(&template.replace("Effect: Allow", "Effect: Alow"), &["--only", "invalid-policy"]);
    assert_eq!(broken.stdout.matches("Alow").count(), 2, "{}", broken.stdout);
}

#[test]
fn nothing_that_a_policy_says_moves_the_cursor() {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"a\u001b]0;x\u0007","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/\u001b[31mf*"},
        {"Effect":"Allow","Action":["s3:Get\u001b[2JObjct","s3:\u009bx"],"Resource":"*"},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/\u001b[31mf*"}]}"#;
    let sound =
        policy.replace(r"a\u001b]0;x\u0007", "A").replace(r"\u001b[2J", "").replace(r"\u009b", "");
    let ignore = format!("{{\"p\\u001b[1m\": {sound}}}");
    let raw = sound.replace(":::b/", ":::b/\u{9b}");
    for text in [policy, &sound, &ignore, &raw] {
        for format in ["text", "github"] {
            let run = leastwise_with(&["lint", "--format", format, "-"], text, &[]);
            let all = run.stdout + &run.stderr;
            assert!(all.contains("invalid-policy"), "{all}");
            let obeyed = |c: char| c.is_control() && c != '\n';
            assert!(!all.contains(obeyed), "{all:?}");
        }
    }
}

#[test]
fn the_output_may_be_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json");
    let path = path.to_str().unwrap();
    let run = leastwise(&["lint", "--format", "json", "-o", path, BAD]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let shown = leastwise(&["lint", "--format", "json", BAD]);
    assert_eq!(fs::read_to_string(path).unwrap(), shown.stdout);
    assert_eq!(leastwise(&["lint", "--format", "json", "-o", "-", BAD]).stdout, shown.stdout);
}

#[test]
fn rules_are_listed_and_explained() {
    let list = leastwise(&["rules", "list"]);
    assert!(list.stdout.contains("lint   warning  unknown-action "), "{}", list.stdout);
    assert!(list.stdout.contains("audit  warning  shared-role "), "{}", list.stdout);
    let json: Value =
        serde_json::from_str(&leastwise(&["rules", "list", "--format", "json"]).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), list.stdout.lines().count());
    snapshot("lint_command", "explain", &leastwise(&["rules", "explain", "duplicate-sid"]).shown());
    let unknown = leastwise(&["rules", "explain", "duplicate-sids"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("did you mean `duplicate-sid`?"), "{}", unknown.stderr);
}

#[test]
fn the_page_of_rules_is_up_to_date() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md"));
    let run = leastwise(&["rules", "list", "--format", "markdown"]);
    // No diff: the page is long, and nobody mends it by hand.
    assert!(
        page.unwrap_or_default() == run.stdout,
        "docs/rules.md is not what rules/ says: run `just docs`"
    );
}

/// AWS's own policies have no quota that anybody else sees.
#[test]
fn a_policy_that_aws_keeps_is_never_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let actions: Vec<String> =
        (0..400).map(|n| format!(r#""s3:GetObject{n}ThatIsLong""#)).collect();
    let dump = |account: &str| {
        format!(
            r#"{{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[{{
                "PolicyName":"P","PolicyId":"ANPAEXAMPLE","Arn":"arn:aws:iam::{account}:policy/P",
                "Path":"/","DefaultVersionId":"v1","AttachmentCount":1,"IsAttachable":true,
                "PolicyVersionList":[{{"VersionId":"v1","IsDefaultVersion":true,"Document":{{
                    "Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":[{}],
                    "Resource":"arn:aws:s3:::b/*"}}}}}}]}}]}}"#,
            actions.join(",")
        )
    };
    for (account, status) in [("aws", 0), ("111122223333", 1)] {
        fs::write(folder.path().join("dump.json"), dump(account)).unwrap();
        let only = ["--only", "size-near-quota", "--include-aws-managed", "dump.json"];
        let run = lint_in(folder.path(), &only);
        assert_eq!(run.status, status, "{account}: {}", run.shown());
        assert!(run.stdout.contains("in 1 policy"), "{account}: {}", run.shown());
    }
}
