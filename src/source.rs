//! Files and places in them.
//!
//! A [`Span`] is a byte range; a [`Source`] turns it into the line and column that an editor shows.
//! A [`Problem`] is what every reader reports about its input: collected, never first-only.

mod pieces;

pub use pieces::Pieces;

use std::fmt;
use std::sync::OnceLock;

/// A half-open byte range in a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same range, `by` bytes further on: for a document that lies inside a larger file.
    #[must_use]
    pub const fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }

    /// The same range, `by` bytes nearer to the start: as the document itself counts.
    #[must_use]
    pub const fn shifted_back(self, by: usize) -> Self {
        Self { start: self.start.saturating_sub(by), end: self.end.saturating_sub(by) }
    }

    /// Whether it holds all of the other.
    #[must_use]
    pub const fn holds(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place as editors count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A named text: a file, standard input, or a document inside an account dump.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<usize>>,
    /// Whether a character is a byte everywhere: a file of one long line is then not counted again
    /// and again.
    is_ascii: OnceLock<bool>,
}

impl Source {
    /// A source that messages call `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            is_ascii: OnceLock::new(),
        }
    }

    /// What messages call it: a path as the user gave it, or `<stdin>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let starts = self.line_starts.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        });
        let offset = offset.min(self.text.len());
        let line = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = starts.get(line).copied().unwrap_or(0);
        if *self.is_ascii.get_or_init(|| self.text.is_ascii()) {
            return Position { line: line + 1, column: offset - start + 1 };
        }
        let before = self.text.get(start..offset).unwrap_or_default();
        // A byte order mark is no character that an editor shows.
        let mark = usize::from(line == 0 && before.starts_with('\u{feff}'));
        Position { line: line + 1, column: before.chars().count() + 1 - mark }
    }
}

/// How bad a problem or a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be looked at.
    Warning,
    /// Must be mended.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something wrong, or worth a word, at one place of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// An error stops the work; a warning or a note does not.
    pub severity: Severity,
    /// What is wrong: lower case, no final period, user input in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where.
    pub span: Span,
    /// The id of the rule that it breaks, where one is about just that.
    pub rule: Option<&'static str>,
}

impl Problem {
    /// An error at `span`.
    #[must_use]
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: clipped(message.into()),
            help: None,
            span,
            rule: None,
        }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// The same problem with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same problem as a case of a rule.
    #[must_use]
    pub const fn of_rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// More is no sentence: somebody's value may be as long as the file.
const LONGEST_MESSAGE: usize = 2_000;

fn clipped(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// The candidate most like `name`, for "did you mean": at most a third of the letters may differ.
#[must_use]
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    candidates
        .into_iter()
        // As many letters differ at least as one has more than the other.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (strsim::levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("x", "a\nbé c\n");
        let at = |offset| source.position(offset).to_string();
        assert_eq!(
            [at(0), at(1), at(2), at(5), at(7), at(99)],
            ["1:1", "1:2", "2:1", "2:3", "2:5", "3:1"]
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let source = Source::new("x", "\u{feff}ab\n\u{feff}c");
        let at = |offset| source.position(offset).to_string();
        assert_eq!([at(0), at(3), at(4), at(6), at(9)], ["1:1", "1:1", "1:2", "2:1", "2:2"]);
    }

    #[test]
    fn closest_forgives_typos_and_nothing_else() {
        let names = ["argo-workflows", "kratix", "massdriver"];
        assert_eq!(closest("argo-workflow", names), Some("argo-workflows"));
        assert_eq!(closest("Kratics", names), Some("kratix"));
        assert_eq!(closest("loki", names), None);
    }
}
