//! The checks of the fuzz targets on random bytes, on whole files and on what was found before
//! (`fuzz/seeds`): a short run of each without a fuzzer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/fuzz.rs"]
mod fuzz;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::fs;
use std::path::Path;

/// A target's check on every seed of its, of which there are some.
fn seeds(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        check(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "no seeds for {target}");
}

#[test]
fn seeds_hold() {
    seeds("diff", fuzz::diff);
    seeds("diff_texts", fuzz::diff_texts);
    seeds("parse", fuzz::parse);
    seeds("estate", fuzz::estate);
    seeds("account_dump", fuzz::account_dump);
    seeds("batch", fuzz::batch);
    seeds("catalogue", fuzz::catalogue_text);
    seeds("service_reference", fuzz::service_reference);
    seeds("intake", fuzz::intake);
}

#[test]
fn made_documents_are_well_formed_and_meet() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bytes = prop::collection::vec(any::<u8>(), 400);
    let (mut well_formed, mut all) = (0, 0);
    for _ in 0..200 {
        let data = bytes.new_tree(&mut runner).unwrap().current();
        let made = fuzz::documents::pair(&mut arbitrary::Unstructured::new(&data));
        let Ok((kind, first, second)) = made else { continue };
        for text in [first, second] {
            all += 1;
            well_formed += u32::from(leastwise::syntax::parse_policy(&text, kind).is_ok());
        }
    }
    assert!(all > 300 && well_formed * 2 > all, "{well_formed} of {all}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn documents_are_compared_rightly(data in prop::collection::vec(any::<u8>(), 0..500)) {
        fuzz::diff(&data);
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(data in prop::collection::vec(any::<u8>(), 0..60)) {
        fuzz::parse(&data);
        fuzz::estate(&data);
        fuzz::account_dump(&data);
        fuzz::batch(&data);
        fuzz::catalogue_text(&data);
        fuzz::service_reference(&data);
        fuzz::intake(&data);
        fuzz::diff_texts(&data);
    }
}

/// A small catalogue, of which the fuzzer makes others.
const SEED: &str = include_str!("../fuzz/seeds/catalogue/small.txt");

/// A file of AWS's service reference, of which the fuzzer makes others.
const SERVICE: &str = include_str!("../fuzz/seeds/service_reference/s3.json");

proptest! {
    #[test]
    fn no_name_in_a_service_reference_is_too_strange(
        at in 0..SERVICE.len(), drop in 0_usize..30, insert in "([a-zA-Z:*,/ ${}é<>-]|\\\\[tnr]){0,6}",
    ) {
        let end = (at + drop).min(SERVICE.len());
        fuzz::service_reference(format!("{}{insert}{}", &SERVICE[..at], &SERVICE[end..]).as_bytes());
    }

    #[test]
    fn no_damage_to_a_catalogue_is_too_strange(
        at in 0..SEED.len(), drop in 0_usize..30, insert in "[\\ta-z0-9:*,/\n${}é]{0,6}",
    ) {
        let end = (at + drop).min(SEED.len());
        fuzz::catalogue_text(format!("{}{insert}{}", &SEED[..at], &SEED[end..]).as_bytes());
    }
}
