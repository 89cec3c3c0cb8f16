//! Lines of text, sorted by their first field without regard to case, and searched in place.

use std::cmp::Ordering;
use std::ops::Range;

/// Lines whose fields are separated by tabs. The first field is the key.
#[derive(Debug, Clone, Copy)]
pub(super) struct SortedLines<'a> {
    text: &'a str,
    /// Where each line starts, then where the last one ends.
    starts: &'a [u32],
}

impl<'a> SortedLines<'a> {
    /// The lines of `text` that start at `starts`; whether they are sorted is for the caller to
    /// check.
    pub(super) fn new(text: &'a str, starts: &'a [u32]) -> Self {
        Self { text, starts }
    }

    /// How many lines there are.
    pub(super) fn len(self) -> u32 {
        u32::try_from(self.starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// A line without its end; empty if there is no such line.
    pub(super) fn line(self, line: u32) -> &'a str {
        let at = |index: usize| self.starts.get(index).map(|&start| start as usize);
        let (Some(start), Some(end)) = (at(line as usize), at(line as usize + 1)) else {
            return "";
        };
        self.text.get(start..end - 1).unwrap_or_default()
    }

    /// The first field of a line.
    pub(super) fn key(self, line: u32) -> &'a str {
        key_of(self.line(line))
    }

    /// A field of a line, counted from 0; empty if the line has fewer.
    pub(super) fn field(self, line: u32, field: usize) -> &'a str {
        self.line(line).split('\t').nth(field).unwrap_or_default()
    }

    /// The line with this key, whatever its case.
    pub(super) fn find(self, key: &str) -> Option<u32> {
        let line = self.first_where(|found| compare(key_bytes(found), key) != Ordering::Less);
        (line < self.len() && self.key(line).eq_ignore_ascii_case(key)).then_some(line)
    }

    /// The lines whose keys start with this text, whatever its case.
    pub(super) fn starting_with(self, prefix: &str) -> Range<u32> {
        let start = |found: &str| compare(key_bytes(found).take(prefix.len()), prefix);
        self.first_where(|found| start(found) != Ordering::Less)
            ..self.first_where(|found| start(found) == Ordering::Greater)
    }

    /// The first line for which the test holds, where it holds for all that follow.
    fn first_where(self, test: impl Fn(&str) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if test(self.line(middle)) { high = middle } else { low = middle + 1 }
        }
        low
    }
}

/// The first field of a line.
pub(super) fn key_of(line: &str) -> &str {
    line.split('\t').next().unwrap_or_default()
}

/// The bytes of a line's first field; a search mostly needs no more than the first of them.
fn key_bytes(line: &str) -> impl Iterator<Item = u8> {
    line.bytes().take_while(|byte| *byte != b'\t')
}

/// The order of the lines: bytes of the key, letters in lower case.
pub(super) fn compare(key: impl Iterator<Item = u8>, other: &str) -> Ordering {
    key.map(|byte| byte.to_ascii_lowercase())
        .cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}
