//! How long it takes to lint an account, beside what it takes to read its JSON at all.

use divan::{Bencher, black_box};
use leastwise::exact::Universe;
use leastwise::intake;
use leastwise::lint::{Linter, Settings};
use leastwise::source::Source;
use std::fmt::Write as _;
use std::sync::Arc;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A dump of 1,000 roles with 4,000 distinct policies, 5 MB: of each role a trust policy and three
/// inline policies, as they are in real accounts: mostly in order.
fn dump() -> String {
    let mut text = String::from(
        "{\"UserDetailList\": [], \"GroupDetailList\": [], \"Policies\": [], \"RoleDetailList\": [",
    );
    for role in 0..1_000 {
        if role > 0 {
            text.push(',');
        }
        let _ = write!(
            text,
            r#"
    {{
        "Path": "/", "RoleName": "role-{role}", "RoleId": "AROAEXAMPLE{role:09}",
        "Arn": "arn:aws:iam::111122223333:role/role-{role}", "CreateDate": "2025-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": {{
            "Version": "2012-10-17",
            "Statement": [
                {{
                    "Effect": "Allow",
                    "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"}},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {{
                        "StringEquals": {{
                            "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:aud": "sts.amazonaws.com",
                            "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:team-{role}:app"
                        }}
                    }}
                }}
            ]
        }},
        "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [],
        "RolePolicyList": ["#
        );
        for policy in 0..3 {
            if policy > 0 {
                text.push(',');
            }
            let action = if (role + policy) % 97 == 0 { "s3:HeadBucket" } else { "s3:ListBucket" };
            let _ = write!(
                text,
                r#"
            {{
                "PolicyName": "inline-{policy}",
                "PolicyDocument": {{
                    "Version": "2012-10-17",
                    "Statement": [
                        {{
                            "Sid": "List",
                            "Effect": "Allow",
                            "Action": "{action}",
                            "Resource": "arn:aws:s3:::bucket-{role}-{policy}",
                            "Condition": {{"StringLike": {{"s3:prefix": ["team-{role}/*", "shared/{policy}/*"]}}}}
                        }},
                        {{
                            "Sid": "Objects",
                            "Effect": "Allow",
                            "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
                            "Resource": ["arn:aws:s3:::bucket-{role}-{policy}/team-{role}/*", "arn:aws:s3:::bucket-{role}-{policy}/shared/{policy}/*"]
                        }},
                        {{
                            "Sid": "Queue",
                            "Effect": "Allow",
                            "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                            "Resource": "arn:aws:sqs:eu-west-1:111122223333:queue-{role}-{policy}"
                        }}
                    ]
                }}
            }}"#
            );
        }
        text.push_str("]\n    }");
    }
    text.push_str("]}\n");
    text
}

/// What everybody's reader does.
#[divan::bench(min_time = 1)]
fn serde_json_value(bencher: Bencher<'_, '_>) {
    let text = dump();
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(black_box(&text)).map(|_| ()));
}

/// The documents found and read, and no rule.
#[divan::bench(min_time = 1)]
fn read(bencher: Bencher<'_, '_>) {
    let text = dump();
    bencher
        .with_inputs(|| Arc::new(Source::new("dump.json", text.clone())))
        .bench_refs(|source| intake::read(source, None).map(|intake| intake.documents.len()).ok());
}

fn lint(source: &Arc<Source>, linter: &Linter<'_>) -> usize {
    let Ok(intake) = intake::read(source, None) else { return 0 };
    let documents: Vec<_> = intake.documents.iter().collect();
    assert_eq!(documents.len(), 4_000);
    linter.survey(&documents).len()
}

fn bench(bencher: Bencher<'_, '_>, quick: bool) {
    let settings = Settings { quick, ..Settings::default() };
    let Ok(linter) = Linter::new(Universe::embedded(), settings) else { return };
    let text = dump();
    bencher
        .with_inputs(|| Arc::new(Source::new("dump.json", text.clone())))
        .bench_refs(|source| lint(source, &linter));
}

/// Without the rules that compare sets of requests.
#[divan::bench(min_time = 1)]
fn quick(bencher: Bencher<'_, '_>) {
    bench(bencher, true);
}

/// With all rules.
#[divan::bench(min_time = 1)]
fn all_rules(bencher: Bencher<'_, '_>) {
    bench(bencher, false);
}
