//! Points of an ordered kind of value, and values between them.

use crate::iam::{Cidr, Decimal, Instant};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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

/// The first address of each block and the first behind it, and the first of all.
pub(super) fn addresses(blocks: &[Cidr]) -> Vec<String> {
    let mut starts: Vec<IpAddr> = Vec::new();
    for block in blocks {
        let (first, prefix) = block.parts();
        starts.push(first);
        let behind = match first {
            IpAddr::V4(first) => 1_u32
                .checked_shl(32 - u32::from(prefix))
                .and_then(|size| u32::from(first).checked_add(size))
                .map(|next| IpAddr::V4(next.into())),
            IpAddr::V6(first) => 1_u128
                .checked_shl(128 - u32::from(prefix))
                .and_then(|size| u128::from(first).checked_add(size))
                .map(|next| IpAddr::V6(next.into())),
        };
        starts.extend(behind);
    }
    if !blocks.is_empty() {
        starts.extend([Ipv4Addr::UNSPECIFIED.into(), IpAddr::V6(Ipv6Addr::UNSPECIFIED)]);
    }
    starts.iter().map(ToString::to_string).collect()
}
