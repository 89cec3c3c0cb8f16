//! Decisions a second for policies that were parsed once, and batches beside parsing and printing
//! the same lines alone.

#![allow(missing_docs, clippy::unwrap_used)]

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use leastwise::evaluate::{Policies, decide};
use leastwise::iam::Request;
use leastwise::simulate::{PolicyCache, Question, run_batch};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

fn main() {
    divan::main();
}

const IDENTITY: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload"],"Resource":"arn:aws:s3:::acme-argo/artifacts/argo/*"},
{"Sid":"List","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-argo","Condition":{"StringLike":{"s3:prefix":["artifacts/argo/*","artifacts/argo"]}}},
{"Sid":"Key","Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:eu-west-1:111122223333:key/*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}]}"#;
const OTHER: &str = r#"{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:/argo/*"},
{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/argo-*"},
{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
const HOME: &str = r#"{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme-argo/${aws:PrincipalTag/team, 'shared'}/*"}]}"#;
const BOUNDARY: &str = r#"{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":["s3:*","kms:*","logs:*"],"Resource":"*"},{"Effect":"Deny","Action":"s3:PutBucketPolicy","Resource":"*"}]}"#;
const SCP: &str = r#"{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"*","Resource":"*"},
{"Effect":"Deny","NotAction":["iam:*","sts:*","s3:*","kms:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}"#;
const BUCKET: &str = r#"{"Version":"2012-10-17","Statement":[
{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-argo","arn:aws:s3:::acme-argo/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444455556666:root","arn:aws:iam::111122223333:role/ops"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-argo/*"}]}"#;

fn line(id: usize, action: &str, resource: &str, layers: &str) -> String {
    let text = format!(
        r#"{{"id":"{id}","principal":"arn:aws:iam::111122223333:role/argo","action":"{action}","resource":"{resource}","resourceAccount":"111122223333","context":{{"aws:SecureTransport":"true","s3:prefix":"artifacts/argo/x{id}","aws:PrincipalTag/team":"blue"}},{layers}}}"#
    );
    text.replace('\n', "")
}

/// The policies of a line: which layers there are.
fn layers(which: &str) -> String {
    match which {
        "identity" => format!(r#""identityPolicies":[{IDENTITY},{OTHER}]"#),
        "variables" => format!(r#""identityPolicies":[{HOME}]"#),
        _ => format!(
            r#""identityPolicies":[{IDENTITY},{OTHER}],"permissionsBoundary":{BOUNDARY},"resourcePolicy":{BUCKET},"serviceControlPolicies":[[{SCP}],[{SCP}]]"#
        ),
    }
}

/// Some hundred requests, allowed and denied, on one set of policies.
fn questions(layers: &str) -> (Vec<Request>, Policies) {
    let mut cache = PolicyCache::default();
    let mut policies = Policies::default();
    let requests = lines(layers, 120)
        .iter()
        .map(|line| {
            let question = Question::parse(line, &mut cache).unwrap();
            policies = question.policies;
            question.request
        })
        .collect();
    (requests, policies)
}

fn lines(layers: &str, count: usize) -> Vec<String> {
    let one = |id: usize| match id % 4 {
        0 => line(
            id,
            "s3:GetObject",
            &format!("arn:aws:s3:::acme-argo/artifacts/argo/w{id}/main.log"),
            layers,
        ),
        1 => line(id, "s3:ListBucket", "arn:aws:s3:::acme-argo", layers),
        2 => line(id, "s3:PutObject", &format!("arn:aws:s3:::acme-argo/blue/w{id}"), layers),
        _ => line(id, "s3:DeleteBucket", "arn:aws:s3:::acme-argo", layers),
    };
    (0..count).map(one).collect()
}

#[divan::bench(args = ["identity", "all layers", "variables"])]
fn decisions(bencher: Bencher<'_, '_>, which: &str) {
    let (requests, policies) = questions(&layers(which));
    bencher.counter(ItemsCount::new(requests.len())).bench_local(|| {
        for request in &requests {
            divan::black_box(decide(divan::black_box(request), &policies));
        }
    });
}

/// 10,000 lines as one text.
fn text() -> String {
    lines(&layers("all layers"), 10_000).join("\n")
}

#[divan::bench(sample_count = 10)]
fn batch(bencher: Bencher<'_, '_>) {
    let text = text();
    let counted =
        bencher.counter(BytesCount::new(text.len())).counter(ItemsCount::new(10_000_usize));
    counted.bench_local(|| run_batch(text.as_bytes(), std::io::sink()).unwrap());
}

/// What any program has to do that reads and writes these lines: into a tree of values and back.
#[divan::bench(sample_count = 10)]
fn parse_and_print_trees(bencher: Bencher<'_, '_>) {
    let text = text();
    let counted =
        bencher.counter(BytesCount::new(text.len())).counter(ItemsCount::new(10_000_usize));
    counted.bench_local(|| {
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            serde_json::to_writer(std::io::sink(), &value).unwrap();
        }
    });
}

/// The least that can be done: the top fields borrowed, written back as they stand.
#[divan::bench(sample_count = 10)]
fn parse_and_print_slices(bencher: Bencher<'_, '_>) {
    #[derive(Serialize, Deserialize)]
    struct Fields<'l>(#[serde(borrow)] BTreeMap<&'l str, &'l RawValue>);
    let text = text();
    let counted =
        bencher.counter(BytesCount::new(text.len())).counter(ItemsCount::new(10_000_usize));
    counted.bench_local(|| {
        for line in text.lines() {
            let fields: Fields<'_> = serde_json::from_str(line).unwrap();
            serde_json::to_writer(std::io::sink(), &fields).unwrap();
        }
    });
}
