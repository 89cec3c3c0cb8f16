//! Text of a template with the places that it was made from.

use crate::source::{Pieces, Span};
use crate::syntax::string_pieces;

/// A text, and where each part of it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) pieces: Pieces,
    /// The parts of it that are not known: something stands there in their place.
    pub(super) open: Vec<Span>,
    /// The whole of what gives it in the file.
    pub(super) span: Span,
}

impl Text {
    /// What a function gives.
    pub(super) fn made(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        let mut pieces = Pieces::default();
        pieces.stand_for(text.len(), span);
        Self { text, pieces, open: Vec::new(), span }
    }

    /// What a function gives whose value is not known.
    pub(super) fn open(stand_in: impl Into<String>, span: Span) -> Self {
        let made = Self::made(stand_in, span);
        Self { open: vec![Span::new(0, made.text.len())], ..made }
    }

    /// A scalar of the file.
    pub(super) fn scalar(file: &str, text: &str, span: Span, is_json: bool) -> Self {
        let written = file.get(span.start..span.end).unwrap_or_default();
        let pieces = if is_json { string_pieces(written) } else { yaml_pieces(written, text) };
        Self { text: text.to_owned(), pieces: pieces.shifted(span.start), open: Vec::new(), span }
    }

    /// A part of it.
    pub(super) fn part(&self, start: usize, end: usize) -> Self {
        let mut pieces = Pieces::default();
        pieces.take(&self.pieces, Span::new(start, end));
        let text = self.text.get(start..end).unwrap_or_default().to_owned();
        let inside = |open: &Span| {
            let (from, to) = (open.start.max(start), open.end.min(end));
            (from < to).then(|| Span::new(from - start, to - start))
        };
        let open = self.open.iter().filter_map(inside).collect();
        Self { text, pieces, open, span: self.span }
    }

    /// Adds another text.
    pub(super) fn push(&mut self, other: &Self) {
        self.open.extend(other.open.iter().map(|open| open.shifted(self.text.len())));
        self.text.push_str(&other.text);
        self.pieces.take(&other.pieces, Span::new(0, other.text.len()));
    }
}

/// Which part of a YAML scalar, as written, each part of its text was made from.
fn yaml_pieces(written: &str, text: &str) -> Pieces {
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
    let mut pieces = Pieces::default();
    let mut at = match written.chars().next() {
        Some('"' | '\'') => 1,
        // The header of a block has a line of its own.
        Some('|' | '>') => written.find('\n').map_or(written.len(), |end| end + 1),
        _ => 0,
    };
    for wanted in text.chars() {
        loop {
            let rest = written.get(at..).unwrap_or_default();
            let Some(found) = rest.chars().next() else {
                pieces.stand_for(wanted.len_utf8(), Span::new(at, at));
                break;
            };
            let taken = match (quote, found) {
                (Some('"'), '\\') => {
                    let taken = escape_length(rest);
                    if rest.get(1..2) == Some("\n") {
                        // A line that goes on.
                        at += taken;
                        continue;
                    }
                    taken
                }
                (Some('\''), '\'') => 2.min(rest.len()),
                _ if found == wanted => {
                    pieces.copy(Span::new(at, at + found.len_utf8()));
                    at += found.len_utf8();
                    break;
                }
                _ if found.is_whitespace() && wanted.is_whitespace() => {
                    rest.len() - rest.trim_start().len()
                }
                _ if found.is_whitespace() => {
                    at += found.len_utf8();
                    continue;
                }
                _ => 0,
            };
            pieces.stand_for(wanted.len_utf8(), Span::new(at, at + taken));
            at += taken;
            break;
        }
    }
    pieces
}

/// The length of an escape in a YAML string with double quotes.
fn escape_length(rest: &str) -> usize {
    let length = match rest.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
    };
    length.min(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{JsonValue, read_yaml_file};

    #[test]
    fn words_of_scalars_are_found() {
        for file in [
            "k: s3:GetObject é more",
            "k: 's3:GetObject ''é'' more'",
            "k: \"s3:GetObject\\t\\u00e9\\x41 \\\n   more\"",
            "k: |\n  s3:GetObject\n    é\n\n  more\n",
            "k: >-\n  s3:GetObject\n  é\n\n\n  more\n",
            "k: s3:GetObject\n  é\n\n  more",
            "k: \"s3:GetObject\n  é\n\n  more\"",
        ] {
            let documents = read_yaml_file(file).unwrap();
            let value = documents[0].get("k").unwrap();
            let JsonValue::String(text) = &value.value else { panic!("{file}") };
            let found = Text::scalar(file, text, value.span, false);
            assert_eq!(found.pieces.len(), text.len(), "{file}");
            for word in ["s3", "GetObject", "more"] {
                let start = text.find(word).unwrap();
                let span = found.pieces.in_file(Span::new(start, start + word.len()));
                assert_eq!(&file[span.start..span.end], word, "{file}");
            }
        }
    }
}
