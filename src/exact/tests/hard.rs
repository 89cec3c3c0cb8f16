//! Policies made to be hard: each comparison ends soon, and claims no more than it knows.

use super::*;
use std::time::{Duration, Instant};

/// Far more than any of these takes, also without optimization and on a busy machine; what runs
/// away takes minutes.
const SOON: Duration = Duration::from_secs(30);

fn read(resources: &[String], rest: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":["{}"]{rest}}}"#,
        resources.join("\",\"")
    )
}

fn keys(patterns: impl IntoIterator<Item = String>) -> Vec<String> {
    patterns.into_iter().map(|pattern| format!("arn:aws:s3:::a/{pattern}")).collect()
}

/// What is found both ways, within the time.
fn compared(left: &str, right: &str) -> [Difference; 2] {
    let (left, right) = (identity(left), identity(right));
    let (left, right) = (set(&left), set(&right));
    let start = Instant::now();
    let found = [
        difference(&left, &right, Budget::default()),
        difference(&right, &left, Budget::default()),
    ];
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    for one in &found {
        assert_eq!(one.exactness == Exactness::Exact, one.limits.is_empty(), "{:?}", one.limits);
    }
    found
}

#[test]
fn single_characters_behind_a_run() {
    let many = |letter: char| read(&keys([format!("*{letter}{}", "?".repeat(40))]), "");
    for found in compared(&many('a'), &many('b')) {
        assert_ne!(found.exactness, Exactness::Exact);
        assert!(found.limits.iter().any(|limit| limit.statement.is_some()), "{:?}", found.limits);
    }
    // A few of them are no harm.
    let few = |letter: char| read(&keys([format!("*{letter}???")]), "");
    for found in compared(&few('a'), &few('b')) {
        assert_eq!(found.exactness, Exactness::Exact);
        assert!(!found.leaves.is_empty());
    }
}

#[test]
fn many_runs() {
    let pairs = ["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op"];
    let all = pairs.map(|pair| format!("*{}*{}*", &pair[..1], &pair[1..]));
    let most = read(&keys(all[..7].to_vec()), "");
    let [more, less] = compared(&read(&keys(all), ""), &most);
    assert!(!more.leaves.is_empty() && more.exactness == Exactness::Exact);
    assert!(less.is_proven_empty());
}

#[test]
fn thousands_of_resources() {
    let all: Vec<String> = keys((0..2_000).map(|i| format!("team-{i}/*")));
    let [more, less] = compared(&read(&all, ""), &read(&all[1..], ""));
    assert_eq!((more.leaves.len(), more.exactness), (1, Exactness::Exact));
    assert!(less.is_proven_empty());
}

#[test]
fn thousands_of_values() {
    let with = |values: &[String]| {
        let values = values.join("\",\"");
        let condition =
            format!(r#","Condition":{{"StringEquals":{{"aws:SourceVpce":["{values}"]}}}}"#);
        read(&keys(["*".to_owned()]), &condition)
    };
    let all: Vec<String> = (0..1_000).map(|i| format!("vpce-{i:08x}")).collect();
    let [more, less] = compared(&with(&all), &with(&all[1..]));
    assert_eq!((more.leaves.len(), more.exactness), (1, Exactness::Exact));
    assert!(less.is_proven_empty());
}

#[test]
fn thousands_of_address_blocks() {
    let with = |blocks: &[String]| {
        let blocks = blocks.join("\",\"");
        let condition = format!(r#","Condition":{{"IpAddress":{{"aws:SourceIp":["{blocks}"]}}}}"#);
        read(&keys(["*".to_owned()]), &condition)
    };
    let all: Vec<String> = (0..4_000).map(|i| format!("10.{}.{}.0/28", i / 256, i % 256)).collect();
    let [more, less] = compared(&with(&all), &with(&all[1..]));
    assert_eq!((more.leaves.len(), more.exactness), (1, Exactness::Exact));
    assert!(less.is_proven_empty());
}

#[test]
fn many_variables() {
    let key = |i: usize| format!("${{aws:PrincipalTag/t{i}}}");
    let all: Vec<String> = keys((0..12).map(|i| format!("{}/{}/*", key(i), key(i + 1))));
    for found in compared(&read(&all, ""), &read(&all, "")) {
        // More variables than can be told apart are said, not guessed.
        assert!(found.leaves.is_empty());
        assert_ne!(found.exactness, Exactness::Exact);
    }
    let few: Vec<String> = keys((0..3).map(|i| format!("{}/{}/*", key(i), key(i + 1))));
    for found in compared(&read(&few, ""), &read(&few, "")) {
        assert!(found.is_proven_empty(), "{:?}", found.limits);
    }
    // Single characters beside variables.
    let marks: Vec<String> = keys([format!("{}/????????*", key(0)), format!("?????{}", key(1))]);
    for found in compared(&read(&marks, ""), &read(&marks, "")) {
        assert!(found.leaves.is_empty());
        assert_ne!(found.exactness, Exactness::Exact);
    }
}
