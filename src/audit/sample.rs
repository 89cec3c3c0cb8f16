//! Readable values of patterns.

use crate::pattern::{Part, Pattern};

/// A value that the pattern matches: `example` where it leaves the text open.
pub(super) fn of(pattern: &Pattern) -> String {
    pattern
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text,
            Part::One => "x",
            Part::Run | Part::Variable(_) => "example",
        })
        .collect()
}
