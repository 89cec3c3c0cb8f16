//! Finding and reading every policy of an account dump, beside what `serde_json` needs to read the same
//! file into a value; and documents alone.

#![allow(missing_docs, clippy::unwrap_used)]

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use leastwise::iam::PolicyKind;
use leastwise::intake;
use leastwise::source::Source;
use leastwise::syntax::parse_policy;
use serde_json::{Value, json};
use std::sync::Arc;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

const ROLES: usize = 1_000;

fn identity(at: usize) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Objects", "Effect": "Allow",
         "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
         "Resource": [format!("arn:aws:s3:::acme-{at}/artifacts/*"), format!("arn:aws:s3:::acme-{at}-logs/*")]},
        {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::acme-{at}"),
         "Condition": {"StringLike": {"s3:prefix": [format!("artifacts/{at}/*"), "shared/*"]}}},
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
         "Resource": format!("arn:aws:kms:eu-west-1:111122223333:key/{at}"),
         "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}]})
}

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub": "system:serviceaccount:argo:default"}}}]})
}

/// 1,000 roles with a trust policy and two inline policies each, and 1,000 managed policies: 4,000 in
/// 5 MB, as the AWS CLI prints them.
fn dump(percent_encoded: bool) -> String {
    let document = |value: Value| {
        if percent_encoded {
            let text = value.to_string();
            let set = percent_encoding::NON_ALPHANUMERIC;
            Value::String(percent_encoding::utf8_percent_encode(&text, set).to_string())
        } else {
            value
        }
    };
    let role = |at: usize| {
        json!({"Arn": format!("arn:aws:iam::111122223333:role/app-{at}"), "RoleName": format!("app-{at}"), "Path": "/",
            "RoleId": format!("AROA{at:016}"), "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": document(trust()),
            "RolePolicyList": [{"PolicyName": "a", "PolicyDocument": document(identity(at))}, {"PolicyName": "b", "PolicyDocument": document(identity(at + 1))}],
            "AttachedManagedPolicies": [{"PolicyName": "m", "PolicyArn": format!("arn:aws:iam::111122223333:policy/m-{at}")}],
            "InstanceProfileList": [], "Tags": []})
    };
    let managed = |at: usize| {
        json!({"Arn": format!("arn:aws:iam::111122223333:policy/m-{at}"), "PolicyName": format!("m-{at}"), "DefaultVersionId": "v1",
            "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0,
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(identity(at + 2))}]})
    };
    let page = json!({"UserDetailList": [], "GroupDetailList": [],
        "RoleDetailList": (0..ROLES).map(role).collect::<Vec<_>>(), "Policies": (0..ROLES).map(managed).collect::<Vec<_>>()});
    serde_json::to_string_pretty(&page).unwrap()
}

#[divan::bench(args = [false, true])]
fn serde_json_value(bencher: Bencher<'_, '_>, percent_encoded: bool) {
    let text = dump(percent_encoded);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| serde_json::from_str::<Value>(&text).unwrap());
}

#[divan::bench(args = [false, true])]
fn whole_dump(bencher: Bencher<'_, '_>, percent_encoded: bool) {
    let source = Arc::new(Source::new("dump.json", dump(percent_encoded)));
    assert_eq!(intake::read(&source, None).unwrap().documents.len(), 4 * ROLES);
    bencher
        .counter(BytesCount::of_str(source.text()))
        .bench(|| intake::read(&source, None).unwrap());
}

#[divan::bench]
fn documents_one_by_one(bencher: Bencher<'_, '_>) {
    let texts: Vec<String> =
        (0..ROLES).map(|at| serde_json::to_string_pretty(&identity(at)).unwrap()).collect();
    bencher.counter(ItemsCount::new(texts.len())).bench(|| {
        texts.iter().filter(|text| parse_policy(text, PolicyKind::Identity).is_ok()).count()
    });
}

#[divan::bench]
fn json_one_by_one(bencher: Bencher<'_, '_>) {
    let texts: Vec<String> =
        (0..ROLES).map(|at| serde_json::to_string_pretty(&identity(at)).unwrap()).collect();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench(|| texts.iter().filter(|text| leastwise::syntax::read_json(text).is_ok()).count());
}
