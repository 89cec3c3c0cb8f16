//! What the rules say of AWS's own managed policies: a rule that finds much in them is looking for
//! what is not wrong.
//!
//! `LEASTWISE_SHOW=RULE cargo test --test lint_managed -- --nocapture` shows a rule's findings.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

#[path = "support/managed.rs"]
mod managed;
#[path = "support/moto.rs"]
mod moto;
#[path = "support/mod.rs"]
mod support;

use leastwise::exact::Universe;
use leastwise::iam::PolicyKind;
use leastwise::lint::{Linter, Policy, Settings, Storage};
use leastwise::syntax::parse_policy;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// So many there are in the version of moto that the tests are run with; in another one there are
/// other policies, and other findings.
const DOCUMENTS: usize = 1_582;

#[test]
fn what_the_rules_say_of_managed_policies() {
    let Some(policies) = managed::texts() else {
        eprintln!("skipped: moto is not installed");
        return;
    };
    let show = std::env::var("LEASTWISE_SHOW").unwrap_or_default();
    let linter = Linter::new(Universe::embedded(), Settings::default()).unwrap();
    let mut counts: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for (name, text) in &policies {
        let parsed = parse_policy(text, PolicyKind::Identity).unwrap();
        let findings = linter.findings(&Policy {
            document: &parsed.document,
            kind: PolicyKind::Identity,
            notes: &parsed.notes,
            storage: Storage::AwsManaged,
        });
        let mut here: BTreeMap<(String, String), usize> = BTreeMap::new();
        for finding in findings {
            let (rule, severity) = (finding.rule.id.clone(), finding.severity.to_string());
            if rule == show {
                eprintln!("{name}: {severity}: {}\n    {}", finding.message, finding.help);
            }
            *here.entry((rule, severity)).or_default() += 1;
        }
        for (kind, found) in here {
            let count = counts.entry(kind).or_default();
            *count = (count.0 + found, count.1 + 1);
        }
    }
    if policies.len() != DOCUMENTS {
        eprintln!("skipped: moto has {} policies, not {DOCUMENTS}", policies.len());
        return;
    }
    let mut table = format!("{DOCUMENTS} documents\nfindings in documents\n");
    for ((rule, severity), (findings, documents)) in counts {
        writeln!(table, "{findings:8} {documents:9} {severity} {rule}").unwrap();
    }
    support::snapshot("lint_managed", "managed", &table);
}
