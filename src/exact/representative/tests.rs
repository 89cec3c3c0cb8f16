use super::gaps;
use crate::iam::{Cidr, Decimal, Instant};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Where `value` stands among sorted `points`: at one of them, or in a gap.
fn place<T: Ord>(points: &[T], value: &T) -> (usize, bool) {
    (points.partition_point(|p| p < value), points.binary_search(value).is_ok())
}

fn all_places(points: usize) -> BTreeSet<(usize, bool)> {
    (0..points).map(|i| (i, true)).chain((0..=points).map(|i| (i, false))).collect()
}

proptest! {
    #[test]
    fn every_number_and_every_gap_has_a_value(
        texts in prop::collection::vec("-?[0-3]{1,2}(\\.[0-2]{1,2})?", 1..6),
    ) {
        let mut points: Vec<Decimal> = texts.iter().map(|t| Decimal::parse(t).unwrap()).collect();
        let values = gaps::numbers(&mut points);
        let places: BTreeSet<_> =
            values.iter().map(|v| place(&points, &Decimal::parse(v).unwrap())).collect();
        prop_assert_eq!(places, all_places(points.len()));
    }

    #[test]
    fn every_instant_and_every_gap_has_a_value(
        texts in prop::collection::vec("-?[0-9]{1,5}(\\.[0-2]{1,9})?", 1..6),
    ) {
        let mut points: Vec<Instant> =
            texts.iter().filter_map(|t| Instant::parse(t)).collect();
        prop_assume!(!points.is_empty());
        let values = gaps::instants(&mut points);
        let places: BTreeSet<_> =
            values.iter().map(|v| place(&points, &Instant::parse(v).unwrap())).collect();
        for wanted in all_places(points.len()) {
            // Two instants a nanosecond apart have no gap.
            let narrow = !wanted.1 && wanted.0 > 0 && wanted.0 < points.len() && {
                let at = |i: usize| { let (s, n) = points[i].parts(); i128::from(s) * 1_000_000_000 + i128::from(n) };
                at(wanted.0) - at(wanted.0 - 1) == 1
            };
            prop_assert!(narrow || places.contains(&wanted), "{:?} {:?}", wanted, values);
        }
    }

    #[test]
    fn every_class_of_addresses_has_a_value(
        blocks in prop::collection::vec((0..8_u8, 28..=32_u8), 1..5),
        tail in 0..16_u8,
    ) {
        let blocks: Vec<Cidr> = blocks.iter()
            .map(|(last, prefix)| Cidr::parse(&format!("10.0.0.{last}/{prefix}")).unwrap()).collect();
        let class = |a: IpAddr| (a.is_ipv4(), blocks.iter().any(|b| b.contains(a)));
        let known: BTreeSet<(bool, bool)> =
            gaps::addresses(std::slice::from_ref(&blocks), &BTreeSet::new()).iter().map(|v| class(v.parse().unwrap())).collect();
        prop_assert!(known.contains(&class(IpAddr::from([10, 0, 0, tail]))));
        prop_assert!(known.contains(&class(IpAddr::from([192, 0, 2, tail]))));
        prop_assert!(known.contains(&class("2001:db8::1".parse().unwrap())));
    }
}
