//! Points of an ordered kind of value, and values between them.

use crate::iam::{Cidr, Decimal, Instant};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Each number, and numbers before, between and behind them; whole ones first.
pub(super) fn numbers(points: &mut Vec<Decimal>) -> Vec<String> {
    points.sort();
    points.dedup();
    let mut values: Vec<String> = points.iter().map(|point| text(point, "")).collect();
    let near = |point: &Decimal| {
        let whole: Option<i64> = text(point, "").parse().ok();
        whole.into_iter().flat_map(|n| [n.checked_sub(1), n.checked_add(1)]).flatten()
    };
    values.extend(points.iter().flat_map(near).map(|n| n.to_string()));
    if !points.is_empty() {
        values.push("0".to_owned());
    }
    // One digit more than any point has lies between a point and its neighbour.
    let longest = points.iter().map(|point| point.parts().2.len()).max().unwrap_or(0);
    for point in points {
        let missing = longest - point.parts().2.len();
        values.push(text(point, &format!("{}1", "0".repeat(missing))));
        if point.parts() == (false, "", "") {
            values.push(format!("-0.{}1", "0".repeat(longest)));
        }
    }
    values
}

/// A number with digits appended to its fraction: further from zero by less than any gap.
fn text(number: &Decimal, more: &str) -> String {
    let (negative, whole, fraction) = number.parts();
    let sign = if negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() && more.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{more}")
}

/// Each instant with its neighbours, as seconds since 1970; whole seconds first.
pub(super) fn instants(points: &mut Vec<Instant>) -> Vec<String> {
    const SECOND: i128 = 1_000_000_000;
    points.sort_unstable();
    points.dedup();
    let nanoseconds = |point: &Instant| {
        let (seconds, nanoseconds) = point.parts();
        i128::from(seconds) * SECOND + i128::from(nanoseconds)
    };
    let steps = [0, -SECOND, SECOND, -1, 1];
    let all = steps.iter().flat_map(|step| points.iter().map(move |p| nanoseconds(p) + step));
    all.map(|at| {
        let sign = if at < 0 { "-" } else { "" };
        let (seconds, rest) =
            (at.unsigned_abs() / SECOND as u128, at.unsigned_abs() % SECOND as u128);
        match (seconds, rest) {
            // Four digits alone are a year.
            (1000..=9999, 0) if at > 0 => format!("{seconds}.0"),
            (_, 0) => format!("{sign}{seconds}"),
            _ => format!("{sign}{seconds}.{rest:09}"),
        }
    })
    .collect()
}

/// The same number or instant, where a list of texts names it, in a spelling that it does not name.
pub(super) fn respelled(value: &str, listed: &BTreeSet<String>) -> Option<String> {
    if !listed.contains(value) {
        return None;
    }
    let mut text = value.to_owned();
    if !text.contains('.') {
        text.push('.');
    }
    // The list is finite.
    loop {
        text.push('0');
        if !listed.contains(&text) {
            return Some(text);
        }
    }
}

/// An address of each class: of all that lie in blocks of the same conditions. `blocks` are those
/// of each condition. Where a list of texts names one, another of its class too, or another
/// spelling.
pub(super) fn addresses(blocks: &[Vec<Cidr>], listed: &BTreeSet<String>) -> Vec<String> {
    let spans: Vec<Vec<Span>> = blocks.iter().map(|blocks| merged(blocks)).collect();
    let mut starts: Vec<Place> = vec![(false, 0), (true, 0)];
    for span in spans.iter().flatten() {
        starts.push(span.first);
        starts.extend(behind(span.last));
    }
    if blocks.is_empty() {
        starts.clear();
    }
    starts.sort_unstable();
    starts.dedup();
    let class =
        |place: Place| -> Vec<bool> { spans.iter().map(|spans| holds(spans, place)).collect() };
    let mut known: BTreeSet<(bool, Vec<bool>)> = BTreeSet::new();
    let mut values = Vec::new();
    for start in starts {
        let own = class(start);
        let is_listed = listed.contains(&text_of(start));
        if !known.insert((start.0, own.clone())) && !is_listed {
            continue;
        }
        values.push(text_of(start));
        if is_listed {
            // The list is finite.
            let mut next = Some(start);
            while let Some(place) = next.filter(|place| class(*place) == own) {
                if !listed.contains(&text_of(place)) {
                    values.push(text_of(place));
                    break;
                }
                next = behind(place);
            }
            if let IpAddr::V6(address) = address_of(start) {
                values.push(address.segments().map(|group| format!("{group:04x}")).join(":"));
            }
        }
    }
    values
}

/// Whether it is an address of IPv6, and its number.
type Place = (bool, u128);

/// Addresses in a row.
struct Span {
    first: Place,
    last: Place,
}

/// Blocks as rows that neither overlap nor touch, sorted.
fn merged(blocks: &[Cidr]) -> Vec<Span> {
    let span = |block: &Cidr| {
        let (first, prefix) = block.parts();
        let (is_v6, first) = match first {
            IpAddr::V4(first) => (false, u128::from(u32::from(first))),
            IpAddr::V6(first) => (true, u128::from(first)),
        };
        let bits = if is_v6 { 128 } else { 32 };
        let rest = 1_u128.checked_shl(bits - u32::from(prefix)).map_or(u128::MAX, |size| size - 1);
        Span { first: (is_v6, first), last: (is_v6, first.saturating_add(rest)) }
    };
    let mut spans: Vec<Span> = blocks.iter().map(span).collect();
    spans.sort_unstable_by_key(|span| span.first);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if behind(last.last).is_some_and(|next| span.first <= next) => {
                last.last = last.last.max(span.last);
            }
            Some(last) if span.first <= last.last => last.last = last.last.max(span.last),
            _ => merged.push(span),
        }
    }
    merged
}

fn holds(spans: &[Span], place: Place) -> bool {
    let at = spans.partition_point(|span| span.first <= place);
    at.checked_sub(1).and_then(|at| spans.get(at)).is_some_and(|span| place <= span.last)
}

fn behind((is_v6, number): Place) -> Option<Place> {
    let most = if is_v6 { u128::MAX } else { u128::from(u32::MAX) };
    (number < most).then(|| (is_v6, number + 1))
}

fn address_of((is_v6, number): Place) -> IpAddr {
    if is_v6 {
        IpAddr::V6(number.into())
    } else {
        IpAddr::V4(u32::try_from(number).unwrap_or(u32::MAX).into())
    }
}

fn text_of(place: Place) -> String {
    address_of(place).to_string()
}
