//! How long an audit of many roles takes, once their documents are read.

use divan::{Bencher, black_box};
use leastwise::account::{Account, Selection, dump};
use leastwise::audit::Audit;
use leastwise::compile::{Quota, compile};
use leastwise::consumer::{Consumers, Estate};
use leastwise::source::Source;
use leastwise::syntax::{to_compact, to_pretty};
use std::fmt::Write as _;
use std::sync::Arc;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// What the documentation of such systems gives: too much here, too little there.
const DOCUMENTED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["s3:GetObject*","s3:PutObject*","s3:DeleteObject"],"Resource":"arn:aws:s3:::acme-kfp/artifacts/NAME/*"},
    {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-kfp"}]}"#;

/// Kubeflow profiles with a role each.
fn estate(profiles: usize) -> String {
    let mut text = String::from(
        "version: 1\naccount: \"111122223333\"\nregion: eu-west-1\nclusters:\n  prod:\n    arn: \
         arn:aws:eks:eu-west-1:111122223333:cluster/prod\n    oidc-issuer: \
         https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE\n\
         deployments:\n  - consumer: kubeflow-pipelines\n    bucket: acme-kfp\n    profiles: [",
    );
    for number in 0..profiles {
        let _ = write!(text, "team-{number}, ");
    }
    text + "]\n    roles:\n      - name: \"kfp-{profile}\"\n        components: [profile]\n        trust: \
            { irsa: { cluster: prod, service-accounts: [\"{profile}/default-editor\"] } }\n"
}

/// The account in which every tenth of them has the documented policy and all others what they need.
fn account(estate: &Estate<'_>) -> Account {
    let mut roles = Vec::new();
    for (number, requirement) in estate.requirements().iter().enumerate() {
        let Ok(compiled) = compile(requirement, Quota::Managed) else { continue };
        let (Some(policy), Some(trust)) = (compiled.policy, compiled.trust) else { continue };
        let name = requirement.profiles.concat();
        let policy =
            if number % 10 == 0 { DOCUMENTED.replace("NAME", &name) } else { to_pretty(&policy) };
        roles.push(format!(
            r#"{{"Path":"/","RoleName":"kfp-{name}","RoleId":"AROA{number:016}","Arn":"arn:aws:iam::111122223333:role/kfp-{name}",
                "CreateDate":"2026-01-01T00:00:00Z","AssumeRolePolicyDocument":{},"InstanceProfileList":[],
                "RolePolicyList":[{{"PolicyName":"s3","PolicyDocument":{policy}}}],"AttachedManagedPolicies":[],"Tags":[]}}"#,
            to_compact(&trust),
        ));
    }
    let text = format!(
        r#"{{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{}],"Policies":[]}}"#,
        roles.join(",")
    );
    let read = dump::read(&[Arc::new(Source::new("dump", text))], &Selection::All);
    assert!(read.is_ok(), "{read:?}");
    read.unwrap_or_default()
}

/// From the estate and the account to the report: what is required, gaps, excess, trust and rules.
#[divan::bench(args = [200, 10_000], max_time = 10)]
fn roles(bencher: Bencher<'_, '_>, profiles: usize) {
    let source = Source::new("leastwise.yaml", estate(profiles));
    let read = Estate::read(&source, Consumers::embedded());
    assert!(read.is_ok(), "{read:?}");
    let Ok(estate) = read else { return };
    let account = account(&estate);
    bencher.bench_local(|| {
        let audit = Audit::of(&estate);
        let name = |role: &leastwise::consumer::RoleRef| role.arn().unwrap_or_default();
        let report = audit
            .report(audit.requirements.iter().map(|one| (one, account.find(&name(&one.role)))));
        assert_eq!(report.principals.len(), profiles);
        black_box(report)
    });
}
