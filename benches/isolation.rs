//! How long it takes to prove that the tenants of a large deployment are kept apart.

use divan::{Bencher, black_box};
use leastwise::account::IamPrincipal;
use leastwise::account::loose::{self, Documents};
use leastwise::audit::{Actor, Audit};
use leastwise::consumer::{Consumers, Estate, RoleRef};
use leastwise::source::Source;
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Kubeflow with so many profiles, each with a role of its own.
fn estate(profiles: usize) -> Option<Estate<'static>> {
    let names: Vec<String> = (0..profiles).map(|n| format!("team-{n}")).collect();
    let text = format!(
        "version: 1\naccount: \"111122223333\"\ndeployments:\n  - consumer: kubeflow-pipelines\n    \
         bucket: acme-kfp\n    profiles: [{}]\n    roles: [{{ name: \"kfp-{{profile}}\", components: [profile] }}]\n",
        names.join(", ")
    );
    Estate::read(&Source::new("leastwise.yaml", text), Consumers::embedded()).ok()
}

fn principal(role: &RoleRef, statements: &str) -> Option<IamPrincipal> {
    let profile = role.name.strip_prefix("kfp-")?;
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let text = text.replace("PROFILE", profile);
    let policies = vec![Arc::new(Source::new("policy.json", text))];
    let documents =
        Documents { arn: role.arn(), policies, trust: None, permissions_boundary: None };
    loose::principal(&documents).ok()
}

fn isolate(bencher: Bencher<'_, '_>, profiles: usize, statements: &str, proven: bool) {
    let Some(estate) = estate(profiles) else { return };
    let audit = Audit::of(&estate);
    let principals: Vec<Option<IamPrincipal>> =
        audit.requirements.iter().map(|one| principal(&one.role, statements)).collect();
    let actor =
        |(one, principal): (&'_ leastwise::consumer::Requirement, _)| (one.role.clone(), principal);
    let roles: Vec<(RoleRef, &Option<IamPrincipal>)> =
        audit.requirements.iter().zip(&principals).map(actor).collect();
    let actors: Vec<Actor<'_>> = roles
        .iter()
        .map(|(role, principal)| Actor { roles: vec![role], principal: principal.as_ref() })
        .collect();
    let found = audit.isolation(&actors);
    assert!(found.undecided.is_empty() && found.pairs == profiles * (profiles - 1));
    assert_eq!(found.leaks.is_empty(), proven);
    bencher.bench_local(|| black_box(audit.isolation(&actors)));
}

const NEEDED: &str = r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-kfp",
      "Condition":{"StringLike":{"s3:prefix":["artifacts/PROFILE/*","v2/artifacts/PROFILE/*"]}}},
    {"Effect":"Allow","Action":["s3:AbortMultipartUpload","s3:GetObject","s3:PutObject"],
      "Resource":["arn:aws:s3:::acme-kfp/artifacts/PROFILE/*","arn:aws:s3:::acme-kfp/v2/artifacts/PROFILE/*"]}"#;

/// Each role has what it needs: all pairs are proved apart.
#[divan::bench(args = [10, 200, 1000])]
fn tight_roles(bencher: Bencher<'_, '_>, profiles: usize) {
    isolate(bencher, profiles, NEEDED, true);
}

/// Each role lists the whole bucket, as the documented policies let it.
#[divan::bench(args = [10, 200])]
fn roles_that_list_everything(bencher: Bencher<'_, '_>, profiles: usize) {
    let list = r#",{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-kfp"}"#;
    isolate(bencher, profiles, &format!("{NEEDED}{list}"), false);
}

/// Each role may do everything with everybody's keys.
#[divan::bench(args = [10, 200])]
fn roles_that_may_do_everything(bencher: Bencher<'_, '_>, profiles: usize) {
    isolate(bencher, profiles, r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#, false);
}

/// Each role reads a part of everybody's keys, so that no two of them are alike.
#[divan::bench(args = [10, 50])]
fn roles_that_read_some_keys_of_all(bencher: Bencher<'_, '_>, profiles: usize) {
    let some = r#",{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-kfp/artifacts/*/public/*"}"#;
    isolate(bencher, profiles, &format!("{NEEDED}{some}"), false);
}
