//! `leastwise catalogue`, driven as a user drives it.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[cfg(feature = "update")]
#[path = "catalogue/server.rs"]
mod server;
mod support;

use leastwise::catalogue::{ActionId, Catalogue};
use std::fs;
use std::path::Path;
use support::{Run, leastwise, leastwise_with, snapshot};

const DATE: &str = "2026-11-20";

fn catalogue(arguments: &[&str]) -> Run {
    let all: Vec<&str> = std::iter::once("catalogue").chain(arguments.iter().copied()).collect();
    leastwise(&all)
}

/// A run with a cache folder of its own.
fn cached(folder: &Path, arguments: &[&str]) -> Run {
    leastwise_with(arguments, "", &[("XDG_CACHE_HOME", folder.to_str().unwrap())])
}

/// Files of the shape that AWS documents: S3 with one action more and one less, and of SQS a part.
fn mirror(folder: &Path) {
    let list = r#"[{"service":"s3","url":"https://x/v1/s3/s3.json"},{"service":"sqs","url":"https://x/v1/sqs/sqs.json"}]"#;
    fs::write(folder.join("service-list.json"), list).unwrap();
    fs::create_dir_all(folder.join("s3")).unwrap();
    let known = Catalogue::embedded();
    let names = known.service_range("s3").map(|id| known.name(ActionId(id)).replace("s3:", ""));
    let others =
        names.filter(|name| name != "PutBucketPolicy" && !S3.contains(&format!(r#""{name}""#)));
    let others: String = others.map(|name| format!(r#"{{"Name":"{name}"}},"#)).collect();
    let s3 = S3.replace(r#""Actions":["#, &format!(r#""Actions":[{others}"#));
    fs::write(folder.join("s3/s3.json"), s3).unwrap();
    fs::write(folder.join("sqs.json"), SQS).unwrap();
}

const S3: &str = r#"{"Name":"s3","Version":"v1.4","Unknown":[{"a":1}],
  "Actions":[
    {"Name":"GetObject","Annotations":{"Properties":{"IsList":false,"IsPermissionManagement":false,"IsTaggingOnly":false,"IsWrite":false}},"Resources":[{"Name":"object"}]},
    {"Name":"ListBucket","Annotations":{"Properties":{"IsList":true}},"Resources":[{"Name":"bucket"}]},
    {"Name":"PutObjectSideways","ActionConditionKeys":["s3:angle"],"Annotations":{"Properties":{"IsWrite":true}},"Resources":[{"Name":"object"}]}],
  "ConditionKeys":[{"Name":"s3:angle","Types":["Numeric"]}],
  "Resources":[{"Name":"object","ARNFormats":["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]}]}"#;

const SQS: &str = r#"{"Name":"sqs","Actions":[{"Name":"SendMessage"},{"Name":"Not an action"}]}"#;

#[test]
fn what_is_known() {
    snapshot("catalogue", "info", &catalogue(&["info"]).shown());
    for (file, name) in [
        ("show-action", "s3:listbucket"),
        ("show-write", "lambda:CreateFunction"),
        ("show-scenarios", "cloudwatch:TagResource"),
        ("show-call", "s3.HeadObject"),
        ("show-global-key", "aws:SourceVpce"),
        ("show-key", "s3:prefix"),
        ("show-tag-key", "aws:ResourceTag/team"),
        ("show-issuer-key", "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub"),
        ("show-service", "sts"),
        ("show-unknown", "s3:HeadBuckett"),
        ("show-unknown-key", "aws:SourceVpcs"),
        ("show-retired", "deepracer:CreateCar"),
        ("show-pattern", "s3:Get*"),
        ("show-near-call", "s3.HeadBuckt"),
        ("show-near-service", "dynamodbs"),
    ] {
        snapshot("catalogue", file, &catalogue(&["show", name]).shown());
    }
}

#[test]
fn what_a_pattern_names_and_gained() {
    let run = catalogue(&["expand", "s3:ListObject*", "--since", "2026-04-14"]);
    assert_eq!(run.stdout, "s3:ListObjectAnnotations\ns3:ListObjectVersionAnnotations\n");
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = catalogue(&["expand", "s3:ListObject*", "--since", "2026-09-01"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "note: compared with what was known on 2026-08-25\n");
    for (file, arguments) in [
        ("expand-unknown", &["expand", "s3:HeadBucket"] as &[&str]),
        ("expand-too-early", &["expand", "s3:*", "--since", "2020-01-01"]),
        ("expand-no-date", &["expand", "s3:*", "--since", "yesterday"]),
    ] {
        snapshot("catalogue", file, &catalogue(arguments).shown());
    }
}

#[test]
fn what_changed_between_two_days() {
    let run = catalogue(&["diff", "2026-08-25", "2026-09-26"]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let lines: Vec<&str> = run.stdout.lines().collect();
    let (last, changes) = lines.split_last().unwrap();
    assert!(changes.iter().all(|line| line.starts_with(['+', '-'])) && changes.len() > 100);
    let added = changes.iter().filter(|line| line.starts_with('+')).count();
    let gone = changes.len() - added;
    let title = "2026-08-25 to 2026-09-26:";
    assert_eq!(*last, format!("{title} {added} actions added, {gone} gone, 0 changed"));
    let run = catalogue(&["diff"]);
    assert_eq!(run.stdout, "2026-09-26 to 2026-09-26: 0 actions added, 0 gone, 0 changed\n");
    assert_eq!(catalogue(&["diff", "2020-01-01"]).status, 2);
    assert_eq!(catalogue(&["diff", "cache"]).status, 2);
    assert_eq!(catalogue(&["diff", "nothing.txt"]).status, 2);
}

#[test]
fn which_wildcards_grew() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:ListObject*","s3:GetObject","sqs:Get*"],"Resource":"*"},
        {"Effect":"Deny","NotAction":["ec2:*","bedrock:*"],"Resource":"*"}]}"#;
    fs::write(&policy, text).unwrap();
    let run = catalogue(&["diff", "2026-04-14", "--policy", policy.to_str().unwrap()]);
    let shown = run.shown().replace(folder.path().to_str().unwrap(), "DIR");
    snapshot("catalogue", "diff-policy", &shown);
    // What is wrong with any of the files is said at once.
    fs::write(&policy, "{}").unwrap();
    let missing = folder.path().join("missing.json");
    let files = [policy.to_str().unwrap(), missing.to_str().unwrap()];
    let run = catalogue(&[&["diff", "2026-04-14", "--policy"], files.as_slice()].concat());
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(files.iter().all(|file| run.stderr.contains(file)), "{}", run.stderr);
}

#[test]
fn a_cached_catalogue_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("leastwise")).unwrap();
    for bytes in [b"leastwise-catalogue\ndate\t2999-01-01\n".as_slice(), b"\xff"] {
        fs::write(folder.path().join("leastwise/catalogue.txt"), bytes).unwrap();
        let run = cached(folder.path(), &["catalogue", "show", "s3:GetObject"]);
        assert_eq!(run.status, 0);
        assert!(run.stderr.contains("is not used: "), "{}", run.stderr);
        assert!(
            run.stdout.ends_with("catalogue of 2026-09-26 with 22091 actions\n"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn an_update_from_a_folder_goes_into_the_cache_and_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("mirror");
    fs::create_dir(&from).unwrap();
    mirror(&from);
    let from = from.to_str().unwrap();
    let update = ["catalogue", "update", "--services", "s3,sqs", "--from", from, "--date", DATE];
    let run = cached(folder.path(), &update);
    let shown = |run: &Run| run.shown().replace(folder.path().to_str().unwrap(), "DIR");
    snapshot("catalogue", "update", &shown(&run));

    // Every command uses it, unless told otherwise.
    let run = cached(folder.path(), &["catalogue", "info"]);
    snapshot("catalogue", "info-cache", &shown(&run));
    let run = cached(folder.path(), &["catalogue", "show", "s3:PutObjectSideways"]);
    snapshot("catalogue", "show-updated", &run.shown());
    let run = cached(folder.path(), &["catalogue", "show", "s3:PutBucketPolicy"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("last seen on 2026-09-26"), "{}", run.stderr);
    let ours = ["catalogue", "show", "s3:PutBucketPolicy", "--catalogue", "embedded"];
    assert_eq!(cached(folder.path(), &ours).status, 0);
    let run = cached(folder.path(), &["catalogue", "diff", "embedded", "cache"]);
    assert!(
        run.stdout.contains("\n+ s3:PutObjectSideways\n")
            || run.stdout.starts_with("+ s3:PutObjectSideways\n")
    );
    assert!(run.stdout.contains("\n- s3:PutBucketPolicy\n"), "{}", run.stdout);

    let policy = folder.path().join("policy.json");
    fs::write(&policy, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}]}"#).unwrap();
    let asked = |action| {
        ["check", "--access-not-granted", action, "--format", "json", policy.to_str().unwrap()]
    };
    let run = cached(folder.path(), &asked("s3:PutObjectSideways"));
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.status, 1, "{}", run.shown());
    assert_eq!(report["catalogue"]["origin"], "cache");
    assert_eq!(report["catalogue"]["date"], DATE);
    assert_eq!(cached(folder.path(), &asked("s3:PutBucketPolicy")).status, 2);
    assert_eq!(leastwise(&asked("s3:PutObjectSideways")).status, 2);

    // The same again is as before; the past is refused.
    let file = folder.path().join("leastwise/catalogue.txt");
    let before = fs::read(&file).unwrap();
    assert_eq!(cached(folder.path(), &update).status, 0);
    assert_eq!(fs::read(&file).unwrap(), before);
    let mut past = update;
    past[7] = "2026-11-19";
    assert_eq!(cached(folder.path(), &past).status, 4);
    assert_eq!(fs::read(&file).unwrap(), before);

    // A damaged cache is said and not used.
    fs::write(&file, &before[..before.len() / 2]).unwrap();
    let run = cached(folder.path(), &["catalogue", "show", "s3:PutBucketPolicy"]);
    assert_eq!(run.status, 0);
    snapshot("catalogue", "damaged-cache", &shown(&run));
    // An older one is not read.
    fs::write(&file, "leastwise-catalogue\t2\ndate\t2026-09-26\nnothing").unwrap();
    assert_eq!(cached(folder.path(), &["catalogue", "show", "s3:PutBucketPolicy"]).stderr, "");
}

#[test]
fn an_update_into_a_file_is_used_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    mirror(folder.path());
    let (from, file) = (folder.path().to_str().unwrap(), folder.path().join("mine.txt"));
    let file = file.to_str().unwrap();
    let run = catalogue(&[
        "update",
        "--services",
        "s3",
        "--from",
        from,
        "--output",
        file,
        "--date",
        DATE,
    ]);
    assert_eq!(run.status, 0, "{}", run.shown());
    let run = leastwise_with(&["catalogue", "info"], "", &[("LEASTWISE_CATALOGUE", file)]);
    assert!(run.stdout.starts_with("date            2026-11-20\norigin          file\n"));
    let run = leastwise(&["--catalogue", file, "catalogue", "show", "s3:PutObjectSideways"]);
    assert_eq!(run.status, 0);
    let broken = folder.path().join("service-list.json");
    let run = leastwise(&["--catalogue", broken.to_str().unwrap(), "catalogue", "info"]);
    snapshot("catalogue", "no-catalogue", &run.shown().replace(from, "DIR"));
    // A commands that needs no catalogue reads none.
    let run = leastwise(&["--catalogue", "nowhere", "consumers", "list"]);
    assert_eq!(run.status, 0, "{}", run.shown());
}

#[test]
fn what_cannot_be_read_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    mirror(folder.path());
    let from = folder.path().to_str().unwrap();
    let file = folder.path().join("mine.txt");
    let update = |more: &[&str]| {
        let start = ["update", "--from", from, "--output", file.to_str().unwrap(), "--date", DATE];
        let run = catalogue(&[&start, more].concat());
        assert!(!file.exists());
        run
    };
    // Two services are not all of AWS.
    snapshot("catalogue", "update-too-few", &update(&[]).shown());
    assert_eq!(update(&["--services", "s3,nothing,none"]).status, 2);
    fs::write(folder.path().join("s3/s3.json"), "{").unwrap();
    fs::remove_file(folder.path().join("sqs.json")).unwrap();
    let run = update(&["--services", "s3,sqs"]);
    assert_eq!(run.status, 4);
    snapshot("catalogue", "update-broken", &run.shown().replace(from, "DIR"));
    fs::remove_file(folder.path().join("service-list.json")).unwrap();
    assert_eq!(update(&[]).status, 2);
}
