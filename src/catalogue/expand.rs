//! From an action pattern of a policy to the actions that it names.

use std::ops::Range;

use super::Catalogue;
use crate::iam::{ActionError, ActionPattern};
use crate::pattern::Part;

impl Catalogue {
    /// The ids of all actions that an entry of `Action` names, as sorted ranges that neither
    /// overlap nor touch. None at all where this catalogue knows no such action.
    #[must_use]
    pub fn expand(&self, pattern: &ActionPattern) -> Vec<Range<u32>> {
        let mut ranges = Vec::new();
        let Some(service) = pattern.service() else {
            push(&mut ranges, 0..self.len());
            return ranges;
        };
        // What stands before the first wildcard is found by binary search.
        let (prefix, rest) = match pattern.name().parts() {
            [Part::Literal(prefix), rest @ ..] => (&**prefix, rest),
            rest => ("", rest),
        };
        let key = format!("{service}:{prefix}");
        match rest {
            [] => push(&mut ranges, self.find(&key).map_or(0..0, |id| id.0..id.0 + 1)),
            [Part::Run] => push(&mut ranges, self.action_lines().starting_with(&key)),
            _ => {
                // Most names that do not match end otherwise.
                let end: &[u8] = match rest.last() {
                    Some(Part::Literal(end)) => end.as_bytes(),
                    _ => b"",
                };
                let ends_alike = |name: &str| {
                    let own =
                        name.len().checked_sub(end.len()).map(|at| name.as_bytes().split_at(at));
                    own.is_some_and(|(_, own)| own.eq_ignore_ascii_case(end))
                };
                let mut name = String::new();
                for id in self.action_lines().starting_with(&key) {
                    let own =
                        self.action_lines().key(id).get(service.len() + 1..).unwrap_or_default();
                    if !ends_alike(own) {
                        continue;
                    }
                    name.clear();
                    name.push_str(own);
                    name.make_ascii_lowercase();
                    if pattern.name().matches(&name) {
                        push(&mut ranges, id..id + 1);
                    }
                }
            }
        }
        ranges
    }

    /// As [`expand`](Self::expand), for an entry as it is written in a policy: `s3:Get*`, `*`.
    ///
    /// # Errors
    /// The text is not an action pattern.
    pub fn expand_text(&self, pattern: &str) -> Result<Vec<Range<u32>>, ActionError> {
        Ok(self.expand(&ActionPattern::parse(pattern)?))
    }
}

/// Adds a range that lies after all others, or next to the last.
fn push(ranges: &mut Vec<Range<u32>>, range: Range<u32>) {
    match ranges.last_mut() {
        _ if range.is_empty() => {}
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}
