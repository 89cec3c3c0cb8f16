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
        let line = self.first_where(|line| self.order(line, key, false) != Ordering::Less);
        (line < self.len() && self.order(line, key, false) == Ordering::Equal).then_some(line)
    }

    /// The lines whose keys start with this text, whatever its case.
    pub(super) fn starting_with(self, prefix: &str) -> Range<u32> {
        self.first_where(|line| self.order(line, prefix, true) != Ordering::Less)
            ..self.first_where(|line| self.order(line, prefix, true) == Ordering::Greater)
    }

    /// The first line for which the test holds, where it holds for all that follow.
    fn first_where(self, test: impl Fn(u32) -> bool) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if test(middle) { high = middle } else { low = middle + 1 }
        }
        low
    }

    /// How the key of a line, or as much of its start as `other` is long, stands to `other`. A
    /// search mostly needs no more than the first of its bytes.
    fn order(self, line: u32, other: &str, only_start: bool) -> Ordering {
        let start = self.starts.get(line as usize).map_or(usize::MAX, |&start| start as usize);
        let key = self.text.as_bytes().get(start..).unwrap_or_default();
        let mut rest = key.iter().copied().map(|byte| byte.to_ascii_lowercase());
        for wanted in other.bytes() {
            match rest.next() {
                None | Some(b'\t' | b'\n') => return Ordering::Less,
                Some(byte) => match byte.cmp(&wanted.to_ascii_lowercase()) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                },
            }
        }
        match rest.next() {
            Some(byte) if !only_start && byte != b'\t' && byte != b'\n' => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// The first field of a line.
pub(super) fn key_of(line: &str) -> &str {
    line.split('\t').next().unwrap_or_default()
}

/// The order of the lines: bytes of the key, letters in lower case.
pub(super) fn compare(key: impl Iterator<Item = u8>, other: &str) -> Ordering {
    key.map(|byte| byte.to_ascii_lowercase())
        .cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()))
}
