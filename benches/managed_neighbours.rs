//! How long it takes to compare each of AWS's managed policies with its neighbours by name, both
//! ways: policies as people write them, and pairs that have much in common.
//!
//! What is measured is one difference between two sets that are made already. Each pair is run a
//! few times, and its median is what counts.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../tests/support/managed.rs"]
mod managed;
#[path = "../tests/support/moto.rs"]
mod moto;

use leastwise::exact::{Budget, Exactness, Limit, RequestSet, Universe, difference};
use leastwise::iam::Layer;
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

const RUNS: usize = 5;

/// One difference.
struct Measured<'n> {
    time: Duration,
    left: &'n str,
    right: &'n str,
    leaves: usize,
    exactness: Exactness,
    limits: Vec<Limit>,
}

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let Some(policies) = managed::policies() else {
        println!("skipped: moto, which has the policies, is not installed (`pip install moto`)");
        return;
    };
    let begin = Instant::now();
    let universe = Universe::embedded();
    let sets: Vec<(&str, RequestSet<'_>)> = policies
        .iter()
        .map(|(name, document)| {
            let set = RequestSet::of_document(universe, Layer::Identity, name, document);
            (name.as_str(), set)
        })
        .collect();
    println!("{} policies, made ready in {:.0?}", sets.len(), begin.elapsed());
    let mut measured: Vec<Measured<'_>> = Vec::new();
    for pair in sets.windows(2) {
        let [a, b] = pair else { continue };
        measured.push(measure(a, b));
        measured.push(measure(b, a));
    }
    print(&mut measured);
}

fn measure<'n>(
    left: &(&'n str, RequestSet<'_>),
    right: &(&'n str, RequestSet<'_>),
) -> Measured<'n> {
    let mut found = difference(&left.1, &right.1, Budget::default());
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            found = black_box(difference(&left.1, &right.1, Budget::default()));
            begin.elapsed()
        })
        .collect();
    times.sort();
    Measured {
        time: times.get(RUNS / 2).copied().unwrap_or_default(),
        left: left.0,
        right: right.0,
        leaves: found.leaves.len(),
        exactness: found.exactness,
        limits: found.limits,
    }
}

fn print(measured: &mut [Measured<'_>]) {
    measured.sort_by_key(|one| one.time);
    let at = |share: f64| {
        let place = (measured.len().saturating_sub(1)) as f64 * share;
        measured.get(place.round() as usize).map_or(Duration::ZERO, |one| one.time)
    };
    let sum: Duration = measured.iter().map(|one| one.time).sum();
    let mean = sum / u32::try_from(measured.len().max(1)).unwrap_or(u32::MAX);
    println!("{} differences of neighbours, one way each:", measured.len());
    for (name, time) in [
        ("median", at(0.5)),
        ("p90", at(0.9)),
        ("p99", at(0.99)),
        ("p99.9", at(0.999)),
        ("max", at(1.0)),
        ("mean", mean),
    ] {
        println!("  {name:<8}{time:>12.1?}");
    }
    let inexact = measured.iter().filter(|one| one.exactness != Exactness::Exact).count();
    println!("  {inexact} not exact; the reasons, and how many pairs have each:");
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for one in measured.iter().filter(|one| one.exactness != Exactness::Exact) {
        let own: BTreeSet<&str> = one.limits.iter().map(|limit| limit.reason.as_str()).collect();
        own.into_iter().for_each(|reason| *reasons.entry(reason).or_default() += 1);
    }
    for (reason, pairs) in reasons {
        println!("  {pairs:>6} {reason}");
    }
    println!("the slowest:");
    for one in measured.iter().rev().take(8) {
        let Measured { time, left, right, leaves, exactness, .. } = one;
        println!("  {time:>10.1?}  {left} without {right}: {leaves} leaves, {exactness}");
    }
}
