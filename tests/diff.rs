//! `leastwise diff`, driven as a user drives it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use support::{leastwise, leastwise_with, snapshot};

/// The fixture of this name.
fn at(name: &str) -> String {
    format!("tests/fixtures/compare/{name}")
}

fn diff(arguments: &[&str]) -> support::Run {
    let all: Vec<&str> = std::iter::once("diff").chain(arguments.iter().copied()).collect();
    leastwise(&all)
}

#[test]
fn two_documents() {
    let (old, new) = (at("old.json"), at("new.json"));
    snapshot("diff", "documents", &diff(&[&old, &new]).shown());
    snapshot("diff", "documents.json", &diff(&[&old, &new, "--format", "json"]).shown());
}

#[test]
fn how_much_wider_each_version_is() {
    let (old, new) = (at("old.json"), at("new.json"));
    let run = diff(&[&old, &new, "--measure"]);
    snapshot("diff", "measure", &run.shown());
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
    let json = |arguments: &[&str]| -> serde_json::Value {
        let shown = diff(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&shown.stdout).unwrap()
    };
    let there = json(&[&old, &new, "--measure"]);
    let back = json(&[&new, &old, "--measure"]);
    let measure = |report: &serde_json::Value, side: &str| {
        let measure = report["comparisons"][0][side]["measure"].clone();
        assert_eq!(measure["exactness"], "exact", "{measure}");
        assert!(measure["score"].as_f64().unwrap() > 0.0, "{measure}");
        measure
    };
    assert_eq!(measure(&there, "added"), measure(&back, "removed"));
    assert_eq!(measure(&there, "removed"), measure(&back, "added"));
    let same = json(&[&old, &old, "--measure"]);
    assert_eq!(same["comparisons"][0]["added"]["measure"]["score"], 0.0);
    let silent = json(&[&old, &new]);
    assert!(silent["comparisons"][0]["added"].get("measure").is_none());
}

#[test]
fn the_order_of_statements_and_files_is_nothing() {
    let (old, set) = (at("old.json"), at("attached-old"));
    let run = diff(&[&old, &set]);
    assert_eq!(run.status, 0, "{}", run.shown());
    assert!(run.stdout.contains("\nequivalent: 0 grants added, 0 removed\n"), "{}", run.stdout);
    let (list, objects) = (at("attached-old/list.json"), at("attached-old/objects.json"));
    let run = diff(&["--old", &objects, &list, "--new", &old]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let run = diff(&[&old, &old]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

#[test]
fn less_access_is_no_new_access() {
    let (old, part) = (at("old.json"), at("attached-old/list.json"));
    // Without its denial of plain HTTP the part grants something new.
    let run = diff(&["--expect", "no-new-access", &old, &part]);
    assert_eq!(run.status, 1, "{}", run.shown());
    assert!(run.stdout.contains("denied by tests/fixtures/compare/old.json statement 2 (Tls)"));
    let nothing = at("nothing.json");
    let run = diff(&["--expect", "no-new-access", &at("attached-old"), &old]);
    assert_eq!(run.status, 0, "{}", run.shown());
    assert!(run.stdout.contains("\nno new access: 0 grants added, 0 removed\n"), "{}", run.stdout);
    let run = diff(&["--expect", "no-new-access", &old, &nothing]);
    assert_eq!(run.status, 1, "{}", run.shown());
}

#[test]
fn trust_policies_say_who() {
    let run = diff(&[&at("trust-old.json"), &at("trust-new.json")]);
    snapshot("diff", "trust", &run.shown());
}

/// Whether naming a user beside its account grants something follows from whose the role is.
#[test]
fn the_owner_of_a_resource_tells_who_needs_a_policy_of_its_own() {
    let (old, new) = (at("trust-account.json"), at("trust-account-and-user.json"));
    let open = diff(&["--expect", "no-new-access", &old, &new]);
    assert_eq!(open.status, 1, "{}", open.shown());
    assert!(open.stdout.contains("--resource-account"), "{}", open.stdout);
    let of = |account: &str| {
        diff(&["--expect", "no-new-access", "--resource-account", account, &old, &new])
    };
    let own = of("111122223333");
    assert_eq!(own.status, 1, "{}", own.shown());
    assert!(!own.stdout.contains("note:") && own.stdout.contains("user/ann"), "{}", own.stdout);
    // Of another account both need a policy of their own.
    let other = of("444455556666");
    assert_eq!(other.status, 0, "{}", other.shown());
    let run = diff(&["--resource-account", "1111", &old, &new]);
    assert_eq!(run.status, 2, "{}", run.shown());
    let (old, new) = (at("old.json"), at("new.json"));
    let run = diff(&["--resource-account", "111122223333", &old, &new]);
    assert_eq!(run.status, 2, "{}", run.shown());
    assert!(run.stderr.contains("is of policies of resources"), "{}", run.stderr);
}

#[test]
fn policies_that_only_deny_are_compared_by_what_they_leave() {
    let run = diff(&["--kind", "scp", &at("scp-old.json"), &at("scp-new.json")]);
    snapshot("diff", "scp", &run.shown());
}

#[test]
fn two_versions_of_a_role() {
    let old = format!("{}#role/app", at("account-old.json"));
    let new = format!("{}#role/app", at("account-new.json"));
    snapshot("diff", "role", &diff(&[&old, &new]).shown());
    let quiet = |name: &str| format!("{}#role/quiet", at(name));
    let run = diff(&[&quiet("account-old.json"), &quiet("account-new.json")]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

#[test]
fn what_could_not_be_read_is_never_equivalent() {
    let role = format!("{}#role/app", at("account-without-boundary.json"));
    let run = diff(&[&role, &role]);
    assert_eq!(run.status, 4, "{}", run.shown());
    assert!(run.stdout.contains("NOT COMPARED: permissionsBoundary"), "{}", run.stdout);
    assert!(run.stdout.contains("\nunknown: it could not be decided"), "{}", run.stdout);
}

#[test]
fn what_depends_on_a_variable_is_not_decided() {
    let run = diff(&["--expect", "no-new-access", &at("nothing.json"), &at("variables.json")]);
    assert!(run.status == 4 || run.stdout.contains("home/"), "{}", run.shown());
    let run = diff(&[&at("variables.json"), &at("variables.json")]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

#[test]
fn standard_input_is_one_side() {
    let document = std::fs::read_to_string(at("old.json")).unwrap();
    let run = leastwise_with(&["diff", "-", &at("old.json")], &document, &[]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let run = diff(&["-", "-"]);
    assert_eq!(run.status, 2, "{}", run.shown());
    assert!(run.stderr.contains("standard input can be read once only"), "{}", run.stderr);
}

#[test]
fn mistakes_of_both_sides_are_said_at_once() {
    let runs = [
        diff(&[&at("broken.json"), &at("syntax.json")]),
        diff(&[&at("missing.json"), &at("absent.json")]),
        diff(&[&at("old.json"), &at("trust-old.json")]),
        diff(&[&at("account-old.json"), &at("old.json")]),
        diff(&[&format!("{}#role/ap", at("account-old.json")), &at("old.json")]),
        diff(&[&format!("{}#role/app", at("account-old.json")), &at("old.json")]),
        diff(&["--kind", "trust", &at("old.json"), &at("trust-old.json")]),
        diff(&[&at("old.json")]),
        diff(&["--old", &at("old.json"), &at("new.json")]),
    ];
    for run in &runs {
        assert_eq!((run.status, &*run.stdout), (2, ""), "{}", run.shown());
    }
    let shown: Vec<String> = runs.iter().map(|run| run.stderr.clone()).collect();
    snapshot("diff", "mistakes", &shown.join("\n=====\n"));
}

#[test]
fn a_folder_without_policies_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let run = diff(&[folder.path().to_str().unwrap(), &at("old.json")]);
    assert_eq!(run.status, 2, "{}", run.shown());
    assert!(run.stderr.contains("has no `.json` file"), "{}", run.stderr);
}

/// An account that is named leaves it to its own policies; who is named needs none.
#[test]
fn a_principal_that_is_named_beside_its_account() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, principals: &str| {
        let path = folder.path().join(name);
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
                "Principal":{{"AWS":[{principals}]}},"Action":"kms:Decrypt","Resource":"*"}}}}"#
        );
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (root, role) = (r#""111122223333""#, r#""arn:aws:iam::111122223333:role/ci""#);
    let by_root = write("root.json", root);
    let by_both = write("both.json", &[root, role].join(","));
    let by_role = write("role.json", role);
    let shown = |run: &support::Run| run.shown().replace(folder.path().to_str().unwrap(), "DIR");
    let expect = ["--expect", "no-new-access"];
    snapshot(
        "diff",
        "named-beside-account",
        &shown(&diff(&[&expect[..], &[&by_root, &by_both]].concat())),
    );
    for (old, new, status) in [
        (&by_both, &by_root, 0),
        (&by_root, &by_role, 1),
        (&by_role, &by_both, 1),
        (&by_both, &by_role, 0),
        (&by_both, &by_both, 0),
    ] {
        let run = diff(&[&expect[..], &[old, new]].concat());
        assert_eq!(run.status, status, "{old} {new}: {}", run.shown());
    }
    assert_eq!(diff(&[&by_both, &by_root]).status, 1);
}
