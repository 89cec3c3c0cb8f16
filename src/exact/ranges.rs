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

/// All numbers of both.
pub(crate) fn union(one: &[Range<u32>], other: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut all: Vec<Range<u32>> = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let next = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if a.start <= b.start => one.next(),
            (Some(_), None) => one.next(),
            _ => other.next(),
        };
        match next {
            Some(range) => push(&mut all, range.clone()),
            None => return all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::union;

    #[test]
    fn a_union_is_sorted_and_whole() {
        let ranges = |text: &str| -> Vec<std::ops::Range<u32>> {
            let range = |one: &str| {
                let (from, to) = one.split_once('-').unwrap();
                from.parse().unwrap()..to.parse().unwrap()
            };
            text.split_whitespace().map(range).collect()
        };
        for (one, other, all) in [
            ("", "", ""),
            ("1-2", "", "1-2"),
            ("", "3-5 7-9", "3-5 7-9"),
            ("1-3 7-9", "3-5", "1-5 7-9"),
            ("1-9", "2-3 8-12 20-21", "1-12 20-21"),
            ("5-6", "1-2 5-6 9-10", "1-2 5-6 9-10"),
        ] {
            assert_eq!(union(&ranges(one), &ranges(other)), ranges(all));
            assert_eq!(union(&ranges(other), &ranges(one)), ranges(all));
        }
    }
}
