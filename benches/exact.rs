//! How long it takes to compare what a role has with what it needs.

use divan::{Bencher, black_box};
use leastwise::exact::{Budget, NamedPolicy, RequestSet, Universe, difference, measure, residual};
use leastwise::iam::{Layer, PolicyDocument, PolicyKind, Version};
use leastwise::syntax::parse_policy;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn document(statements: &str) -> PolicyDocument {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let parsed = parse_policy(&text, PolicyKind::Identity);
    assert!(parsed.is_ok(), "{parsed:?}");
    let nothing = PolicyDocument { version: Version::V2012, id: None, statements: Vec::new() };
    parsed.map_or(nothing, |parsed| parsed.document)
}

const TLS: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#;

fn statements(keys: &str, read: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Action":{read},"Resource":"arn:aws:s3:::acme-data/{keys}*"}},
           {{"Effect":"Allow","Action":["s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts"],
             "Resource":"arn:aws:s3:::acme-data/{keys}*"}},
           {{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data",
             "Condition":{{"StringLike":{{"s3:prefix":"{keys}*"}}}}}},
           {{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],
             "Resource":"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
             "Condition":{{"StringEquals":{{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}}}},{TLS}"#
    )
}

fn set(document: &PolicyDocument) -> RequestSet<'_> {
    RequestSet::of_document(Universe::embedded(), Layer::Identity, "policy", document)
}

/// A role and what its consumer needs, equal but for their texts, compared in both directions.
#[divan::bench]
fn typical_role_both_directions(bencher: Bencher<'_, '_>) {
    let role = document(&statements("ns/profile-7/", r#"["s3:GetObject"]"#));
    let needs = document(&statements("ns/profile-7/", r#""s3:GetObject""#));
    bencher.bench_local(|| {
        let (role, needs) = (set(&role), set(&needs));
        black_box(difference(&role, &needs, Budget::default()));
        black_box(difference(&needs, &role, Budget::default()))
    });
}

/// The same role with more than it needs, in rows.
#[divan::bench]
fn typical_excess_in_rows(bencher: Bencher<'_, '_>) {
    let role = document(&statements("ns/", r#"["s3:GetObject*","s3:PutObjectAcl"]"#));
    let needs = document(&statements("ns/profile-7/", r#""s3:GetObject""#));
    bencher.bench_local(|| black_box(residual(&set(&role), &set(&needs), Budget::default())));
}

/// How much that is.
#[divan::bench]
fn typical_excess_measured(bencher: Bencher<'_, '_>) {
    let role = document(&statements("ns/", r#"["s3:GetObject*","s3:PutObjectAcl"]"#));
    let needs = document(&statements("ns/profile-7/", r#""s3:GetObject""#));
    bencher.bench_local(|| black_box(measure(&set(&role), &set(&needs), Budget::default())));
}

/// How much an administrator has too much; what the catalogue's resources count up to is known
/// after the first time.
#[divan::bench]
fn administrator_measured(bencher: Bencher<'_, '_>) {
    let role = document(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let needs = document(&statements("ns/profile-7/", r#""s3:GetObject""#));
    bencher.bench_local(|| black_box(measure(&set(&role), &set(&needs), Budget::default())));
}

/// An administrator against a consumer.
#[divan::bench]
fn administrator_in_rows(bencher: Bencher<'_, '_>) {
    let role = document(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let needs = document(&statements("ns/profile-7/", r#""s3:GetObject""#));
    bencher.bench_local(|| black_box(residual(&set(&role), &set(&needs), Budget::default())));
}

/// Twenty and twenty statements that overlap, under a service control policy: one of `ways` or both.
#[divan::bench(args = [1, 2])]
fn twenty_and_twenty_under_an_scp(bencher: Bencher<'_, '_>, ways: usize) {
    let many = |step: usize| {
        let one = |i: usize| {
            let actions = ["s3:Get*", "s3:*Object", "s3:Put*", "s3:List*", "s3:*"];
            format!(
                r#"{{"Effect":"{}","Action":"{}","Resource":["arn:aws:s3:::team-{}-*/x/*/logs/*","arn:aws:s3:::team-{}*"]}}"#,
                if i.is_multiple_of(7) { "Deny" } else { "Allow" },
                actions[i % actions.len()],
                i / 2 * step,
                i,
            )
        };
        document(&(0..20).map(one).collect::<Vec<_>>().join(","))
    };
    let (left, right) = (many(1), many(2));
    let scp = document(
        r#"{"Effect":"Allow","Action":"*","Resource":"*"},
           {"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*",
            "Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}"#,
    );
    let both = |document| {
        let named = |name, document| vec![NamedPolicy { name, document }];
        RequestSet::new(
            Universe::embedded(),
            [
                (Layer::Identity, named("role", document)),
                (Layer::ServiceControlPolicy, named("scp", &scp)),
            ],
        )
    };
    bencher.bench_local(|| {
        let (left, right) = (both(&left), both(&right));
        for (left, right) in [(&left, &right), (&right, &left)].into_iter().take(ways) {
            black_box(difference(left, right, Budget::default()));
        }
    });
}
