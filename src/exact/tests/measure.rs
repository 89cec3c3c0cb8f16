//! The number: its laws, and a few of its values.

use super::model::{self, statement};
use super::random::{Layers, documents, layers, set_of};
use super::*;
use crate::catalogue::{AccessLevel, Catalogue};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn between(set_text: &str, needed: &str) -> Measure {
    let (left, right) = (identity(set_text), identity(needed));
    measure(&set(&left), &set(&right), Budget::default())
}

fn bits(measure: &Measure) -> BTreeMap<&str, f64> {
    let catalogue = Catalogue::embedded();
    measure.actions.iter().map(|one| (catalogue.name(one.action), one.bits)).collect()
}

fn allow(rest: &str) -> String {
    format!(r#"{{"Effect":"Allow",{rest}}}"#)
}

const READS: &str = r#""Action":"s3:GetObject","Resource":"arn:aws:s3:::b"#;

#[test]
fn nothing_is_beyond_what_is_needed() {
    let own = allow(&format!(r#"{READS}/*""#));
    let found = between(&own, &own);
    assert_eq!((found.actions.len(), found.exactness), (0, Exactness::Exact));
    assert_eq!(found.score(), 0.0);
    assert!(between(&allow(&format!(r#"{READS}/p/*""#)), &own).actions.is_empty());
}

#[test]
fn each_character_left_free_is_a_character_s_bits() {
    let all = allow(&format!(r#"{READS}/*""#));
    let some = allow(&format!(r#"{READS}/profile-1/*""#));
    let found = between(&all, &some);
    let character = 95_f64.log2();
    // `profile-1/` has ten.
    assert!((bits(&found)["s3:GetObject"] - 10.0 * character).abs() < 1e-6, "{found:?}");
    assert_eq!(found.actions[0].beyond, Beyond::Resource);
    assert_eq!(between(&all, "").actions[0].beyond, Beyond::Action);
    assert_eq!(found.of_level(AccessLevel::Read).0, 1);
    assert_eq!(found.of_level(AccessLevel::Write), (0, 0.0));
    // Read weighs 2, and far beyond counts nearly whole.
    assert!(found.score() > 1.95 && found.score() < 2.0, "{}", found.score());
}

#[test]
fn as_much_again_is_one_bit() {
    let two =
        allow(r#""Action":"s3:GetObject","Resource":["arn:aws:s3:::b/1","arn:aws:s3:::b/2"]"#);
    let one = allow(&format!(r#"{READS}/1""#));
    assert_eq!(bits(&between(&two, &one))["s3:GetObject"], 1.0);
    // A condition that is missing.
    let all = allow(&format!(r#"{READS}/*""#));
    let tls = r#""Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
    let some = allow(&format!(r#"{READS}/*",{tls}"#));
    let found = between(&all, &some);
    assert_eq!(bits(&found)["s3:GetObject"], 1.0);
    assert_eq!(found.actions[0].beyond, Beyond::Context);
    assert_eq!(found.score(), 1.0);
    assert!(between(&some, &all).actions.is_empty());
    // The one thing that an action without resources acts on.
    let lists = allow(r#""Action":"s3:ListAllMyBuckets","Resource":"*""#);
    assert_eq!(bits(&between(&lists, &one))["s3:ListAllMyBuckets"], 1.0);
}

#[test]
fn what_is_too_long_to_be_counted_is_there_all_the_same() {
    let long = allow(&format!(r#"{READS}/{}""#, "k".repeat(LONGEST)));
    let found = between(&long, &allow(&format!(r#"{READS}/x""#)));
    assert_eq!(bits(&found)["s3:GetObject"], 0.0);
}

#[test]
fn administrators_have_more_than_readers() {
    let needed = allow(&format!(r#"{READS}/p/*""#));
    let administrator = between(&allow(r#""Action":"*","Resource":"*""#), &needed);
    let reader = between(&allow(r#""Action":["s3:Get*","kms:*"],"Resource":"*""#), &needed);
    assert_eq!(administrator.actions.len(), Catalogue::embedded().len() as usize);
    assert!(administrator.score() > 50.0 * reader.score());
    assert!(reader.score() > 0.0);
}

#[test]
fn all_that_the_catalogue_knows_can_be_counted() {
    let catalogue = Catalogue::embedded();
    for action in catalogue.actions() {
        let size = Universe::embedded().resources(action).size();
        assert!(size >= 1.0 && size.is_finite(), "{} {size}", catalogue.name(action));
    }
}

/// Whether no number of `a` is above that of `b`, but for rounding.
fn is_at_most(a: &Measure, b: &Measure) -> Result<(), TestCaseError> {
    let slack = |x: f64| x * (1.0 + 1e-9) + 1e-9;
    let larger = bits(b);
    for (action, bits) in bits(a) {
        let other = larger.get(action).copied();
        prop_assert!(other.is_some_and(|other| bits <= slack(other)), "{action} {bits} {other:?}");
    }
    prop_assert!(a.score() <= slack(b.score()));
    for level in [AccessLevel::List, AccessLevel::Read, AccessLevel::Write] {
        prop_assert!(a.of_level(level).0 <= b.of_level(level).0);
        prop_assert!(a.of_level(level).1 <= slack(b.of_level(level).1));
    }
    Ok(())
}

fn measured(left: &Layers, right: &Layers) -> Measure {
    let (l, r) = (documents(left), documents(right));
    measure(&set_of(&l), &set_of(&r), Budget::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_allows_more_measures_more(
        left in layers(), right in layers(), more in statement(), at in 0..8_usize,
    ) {
        let own = measured(&left, &right);
        prop_assert_eq!(own.exactness, Exactness::Exact);
        let place = at % left.len();
        let mut changed = left.clone();
        changed[place].push(model::Statement { allow: true, ..more.clone() });
        is_at_most(&own, &measured(&changed, &right))?;
        let mut changed = left.clone();
        changed[place].push(model::Statement { allow: false, ..more.clone() });
        is_at_most(&measured(&changed, &right), &own)?;
        let mut changed = left.clone();
        changed.push(vec![more.clone()]);
        is_at_most(&measured(&changed, &right), &own)?;
        // A condition less: an Allow allows more, a Deny denies more.
        let mut changed = left.clone();
        let statement = &mut changed[place][at % left[place].len()];
        if statement.conditions.pop().is_some() {
            let other = measured(&changed, &right);
            if changed[place][at % left[place].len()].allow {
                is_at_most(&own, &other)?;
            } else {
                is_at_most(&other, &own)?;
            }
        }
        // What is needed more is too much less.
        let mut changed = right.clone();
        changed[at % right.len()].push(model::Statement { allow: true, ..more });
        is_at_most(&measured(&left, &changed), &own)?;
    }

    #[test]
    fn what_differs_is_measured_and_nothing_else(
        left in layers(), right in layers(), states in 1..40_usize, total in 1..80_usize,
    ) {
        let (l, r) = (documents(&left), documents(&right));
        let (l, r) = (set_of(&l), set_of(&r));
        let differing = difference(&l, &r, Budget { leaves: usize::MAX, ..Budget::default() });
        let differing: BTreeSet<_> =
            differing.leaves.iter().flat_map(|leaf| leaf.actions.ids()).collect();
        let found = measure(&l, &r, Budget::default());
        prop_assert_eq!(found.exactness, Exactness::Exact);
        let known: BTreeSet<_> = found.actions.iter().map(|one| one.action).collect();
        prop_assert_eq!(known, differing);
        for one in &found.actions {
            prop_assert!(one.bits > 0.0 && one.bits.is_finite());
        }
        // A budget that does not suffice is said.
        let small = measure(&l, &r, Budget { states, total, ..Budget::default() });
        if small.exactness == Exactness::Exact {
            prop_assert_eq!(small.actions, found.actions);
        } else {
            prop_assert!(!small.limits.is_empty());
        }
    }
}
