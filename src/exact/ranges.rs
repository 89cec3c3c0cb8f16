//! Ranges of numbers, sorted, that neither overlap nor touch: the ids of actions.

use std::ops::Range;

/// One range.
pub(crate) fn one(range: Range<u32>) -> Vec<Range<u32>> {
    Vec::from([range])
}

/// Adds a range that starts no earlier than any other.
pub(crate) fn push(ranges: &mut Vec<Range<u32>>, range: Range<u32>) {
    match ranges.last_mut() {
        Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
        _ if range.start < range.end => ranges.push(range),
        _ => {}
    }
}
