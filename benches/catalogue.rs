//! What the catalogue costs: loading, look-ups, expansion, the table of API calls.

use std::io::Write;

use divan::{Bencher, black_box};
use leastwise::catalogue::{ActionId, ApiTable, Catalogue};
use leastwise::iam::ActionPattern;

fn main() {
    let start = std::time::Instant::now();
    let actions = Catalogue::embedded().len();
    let catalogue = start.elapsed();
    let calls = ApiTable::embedded().calls().len();
    let table = start.elapsed() - catalogue;
    // Benchmarks repeat what a process does once, with cold memory; so that is shown apart.
    let cold = format!("cold: {actions} actions in {catalogue:?}, {calls} API calls in {table:?}");
    let _ = writeln!(std::io::stdout(), "{cold}");
    divan::main();
}

#[divan::bench(args = ["s3:GetObject", "S3:GETOBJECT", "s3:HeadBucket", "xray:UpdateTraceSegmentDestination"])]
fn find(name: &str) -> Option<u32> {
    Catalogue::embedded().find(black_box(name)).map(|id| id.0)
}

#[divan::bench(args = ["*", "s3:Get*", "s3:*", "s3:*Object", "ec2:*Volume*", "kms:Decrypt"])]
fn expand(pattern: &str) -> usize {
    Catalogue::embedded().expand_text(black_box(pattern)).map_or(0, |ranges| ranges.len())
}

#[divan::bench(args = ["s3:PutObject", "kms:CreateAlias"])]
fn resource_types(bencher: Bencher<'_, '_>, name: &str) {
    let catalogue = Catalogue::embedded();
    if let Some(id) = catalogue.find(name) {
        bencher.bench(|| catalogue.resource_types(black_box(id)).count());
    }
}

#[divan::bench(args = ["s3", "ec2"])]
fn format_languages(service: &str) -> usize {
    let catalogue = Catalogue::embedded();
    catalogue.resource_types_of(service).map(|one| catalogue.format_languages(one).len()).sum()
}

#[divan::bench(args = ["s3:ListBucket", "kms:Decrypt", "ec2:RunInstances"])]
fn keys(bencher: Bencher<'_, '_>, name: &str) {
    let catalogue = Catalogue::embedded();
    if let Some(id) = catalogue.find(name) {
        bencher.bench(|| catalogue.keys(black_box(id)).len());
    }
}

#[divan::bench(args = ["aws:SourceIp", "aws:ResourceTag/team", "s3:prefix", "oidc.example.com/id/X:sub", "aws:Nothing"])]
fn condition_key(name: &str) -> bool {
    Catalogue::embedded().condition_key(black_box(name)).is_some()
}

/// A key of S3 that only listing has: the whole pattern is looked at where it names no such action.
#[divan::bench(args = ["s3:ListBucket", "s3:GetObject", "s3:Get*", "ec2:*", "*"])]
fn key_applies(bencher: Bencher<'_, '_>, pattern: &str) {
    let catalogue = Catalogue::embedded();
    let ranges = catalogue.expand_text(pattern).unwrap_or_default();
    bencher.bench(|| {
        let ids = ranges.iter().cloned().flatten().map(ActionId);
        catalogue.key_applies_to(ids, black_box("s3:prefix"))
    });
}

#[divan::bench(args = ["s3:*", "*"])]
fn gained(bencher: Bencher<'_, '_>, pattern: &str) {
    if let Ok(pattern) = ActionPattern::parse(pattern) {
        let catalogue = Catalogue::embedded();
        bencher.bench(|| catalogue.gained(black_box(&pattern), "2025-12-31").map(|ids| ids.len()));
    }
}

#[divan::bench(args = ["aws:SourceIP4", "s3:prefixes"])]
fn suggest_key(name: &str) -> usize {
    Catalogue::embedded().suggest_key(black_box(name)).len()
}

#[divan::bench]
fn check_every_line() -> bool {
    Catalogue::parse(include_str!("../src/catalogue/data/catalogue.txt").to_owned()).is_ok()
}

#[divan::bench]
fn read_api_calls() -> bool {
    ApiTable::parse(include_str!("../rules/api-calls.yaml")).is_ok()
}

#[divan::bench(args = ["s3:HeadBucket", "s3:GetObjekt", "ec2:RunInstancse"])]
fn suggest(name: &str) -> String {
    Catalogue::embedded().suggest(black_box(name)).to_string()
}
