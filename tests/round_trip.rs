//! What `compile` emits, given to roles of an account, is what `audit` finds nothing wrong with.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its own repository has failed")]

use leastwise::account::{Account, Selection, dump};
use leastwise::audit::{Audit, AuditReport, FailOn, Status, status};
use leastwise::compile::{Quota, compile};
use leastwise::consumer::{Consumers, Estate, Requirement};
use leastwise::source::{Severity, Source};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What IAM would answer about a role or user with these documents.
fn detail(requirement: &Requirement) -> (bool, Value) {
    let compiled = compile(requirement, Quota::RoleInline).unwrap();
    let arn = requirement.role.arn().unwrap();
    let name = arn.rsplit('/').next().unwrap();
    let policies: Vec<Value> = compiled
        .policy
        .iter()
        .map(|document| json!({ "PolicyName": "compiled", "PolicyDocument": document }))
        .collect();
    if arn.contains(":user/") {
        let user = json!({
            "Path": "/", "UserName": name, "UserId": "AIDAEXAMPLE0000000001", "Arn": arn,
            "UserPolicyList": policies, "GroupList": [], "AttachedManagedPolicies": [],
        });
        return (true, user);
    }
    let role = json!({
        "Path": "/", "RoleName": name, "RoleId": "AROAEXAMPLE0000000001", "Arn": arn,
        "AssumeRolePolicyDocument": compiled.trust, "RolePolicyList": policies,
        "AttachedManagedPolicies": [],
    });
    (false, role)
}

fn account(requirements: &[Requirement]) -> Account {
    let (users, roles): (Vec<_>, Vec<_>) =
        requirements.iter().map(detail).partition(|(is_user, _)| *is_user);
    let values = |all: Vec<(bool, Value)>| all.into_iter().map(|(_, v)| v).collect::<Vec<_>>();
    let dump = json!({
        "UserDetailList": values(users), "GroupDetailList": [],
        "RoleDetailList": values(roles), "Policies": [],
    });
    let source = Arc::new(Source::new("compiled.json", dump.to_string()));
    dump::read(&[source], &Selection::All).unwrap()
}

fn audited(estate: &Estate<'_>) -> AuditReport {
    let audit = Audit::of(estate);
    let account = account(&audit.requirements);
    audit.report(audit.requirements.iter().map(|requirement| {
        let found = account.find(&requirement.role.arn().unwrap());
        (requirement, found)
    }))
}

fn estate(path: &str) -> Estate<'static> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let source = Source::new(path.display().to_string(), fs::read_to_string(&path).unwrap());
    Estate::read(&source, Consumers::embedded()).unwrap()
}

/// Every consumer, every component and every kind of trust of the example and of the golden estate.
#[test]
fn what_is_compiled_is_clean() {
    for path in ["examples/leastwise.yaml", "tests/golden/leastwise.yaml"] {
        let report = audited(&estate(path));
        assert!(report.principals.len() > 8);
        for principal in &report.principals {
            let arn = &principal.arn;
            // A tolerated call is not granted, and said in a note.
            let gaps: Vec<_> =
                principal.gaps.iter().filter(|gap| gap.severity > Severity::Note).collect();
            assert!(gaps.is_empty(), "{arn} {gaps:#?}");
            assert!(principal.excess.is_empty(), "{arn} {:#?}", principal.excess);
            assert!(principal.trust.gaps.is_empty(), "{arn} {:#?}", principal.trust.gaps);
            assert!(principal.trust.excess.is_empty(), "{arn} {:#?}", principal.trust.excess);
            let allowed = |rule: &str| path.contains("golden") && rule == "shared-role";
            let findings: Vec<_> =
                principal.findings.iter().filter(|finding| !allowed(&finding.rule)).collect();
            assert!(findings.is_empty(), "{arn} {findings:#?}");
            assert!(principal.limits.is_empty(), "{arn} {:?}", principal.limits);
        }
        assert_eq!(status(&report, FailOn::Error), Status::Clean);
    }
}

/// The round trip can fail: one statement less is a gap, one more is excess.
#[test]
fn a_policy_of_another_is_not_clean() {
    let estate = estate("examples/leastwise.yaml");
    let requirements = estate.requirements();
    let account = account(&requirements);
    let swapped = requirements.iter().zip(requirements.iter().rev()).map(|(own, other)| {
        let found = account.find(&other.role.arn().unwrap());
        (own, found)
    });
    let report = Audit::of(&estate).report(swapped);
    let clean = report.principals.iter().filter(|p| p.gaps.is_empty() && p.excess.is_empty());
    // The one in the middle keeps its own.
    assert!(clean.count() <= 1);
}
