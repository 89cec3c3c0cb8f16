//! Where a policy was read.

use crate::source::{Pieces, Position, Source, Span};
use crate::syntax::{decode_document, string_pieces};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Where a policy was read.
#[derive(Clone)]
pub enum Place {
    /// A file, or a part of one.
    File {
        /// The file.
        source: Arc<Source>,
        /// Its part.
        span: Span,
        /// How the policy's text stands there.
        written: Written,
    },
    /// An answer of AWS's API, by the permission that the call needs: `iam:GetRolePolicy`.
    Api(&'static str),
}

/// How the text of a policy stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// As it is: places in it are places in the file.
    Plain,
    /// In a JSON string, which may be percent-encoded inside.
    JsonString,
    /// Percent-encoded.
    PercentEncoded,
    /// Made from parts of the file: of YAML, of a template with functions.
    Made(Arc<Pieces>),
}

impl Place {
    /// The part of a file that holds a policy, as JSON, as a JSON string or percent-encoded.
    #[must_use]
    pub fn of_part(source: &Arc<Source>, span: Span) -> Self {
        let text = source.text().get(span.start..span.end).unwrap_or_default();
        let written = match text.as_bytes().first() {
            Some(b'"') => Written::JsonString,
            Some(b'%') => Written::PercentEncoded,
            _ => Written::Plain,
        };
        Self::File { source: source.clone(), span, written }
    }

    /// Its part of the file; an empty span where it is none.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::File { span, .. } => *span,
            Self::Api(_) => Span::default(),
        }
    }

    /// The file; `None` where it is none.
    #[must_use]
    pub const fn source(&self) -> Option<&Arc<Source>> {
        match self {
            Self::File { source, .. } => Some(source),
            Self::Api(_) => None,
        }
    }

    /// Line and column of its start, where it is a file.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::File { source, span, .. } => Some(source.position(span.start)),
            Self::Api(_) => None,
        }
    }

    /// The place of a part of the policy, given by its span in the policy's own text: the smallest
    /// part of the file that it was made from.
    #[must_use]
    pub fn inside(&self, part: Span) -> Self {
        let Self::File { source, span, written } = self else { return self.clone() };
        let text = source.text().get(span.start..span.end).unwrap_or_default();
        let part = match written {
            Written::Plain => part.shifted(span.start),
            Written::PercentEncoded => percent_decoded(text).in_file(part).shifted(span.start),
            Written::JsonString => {
                let part = match serde_json::from_str::<String>(text) {
                    Ok(inner) if matches!(decode_document(&inner), Cow::Owned(_)) => {
                        percent_decoded(&inner).in_file(part)
                    }
                    _ => part,
                };
                string_pieces(text).in_file(part).shifted(span.start)
            }
            Written::Made(pieces) => pieces.in_file(part),
        };
        Self::File { source: source.clone(), span: part, written: Written::Plain }
    }
}

/// What a percent-encoded text says, byte by byte.
fn percent_decoded(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut at = 0;
    while at < text.len() {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let run = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        pieces.copy(Span::new(at, at + run));
        at += run;
        match rest.get(run..run + 3) {
            Some([_, high, low]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                pieces.stand_for(1, Span::new(at, at + 3));
                at += 3;
            }
            _ if at < text.len() => {
                pieces.copy(Span::new(at, at + 1));
                at += 1;
            }
            _ => {}
        }
    }
    pieces
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { source, span, .. } => {
                write!(f, "{}:{}", source.name(), source.position(span.start))
            }
            Self::Api(call) => f.write_str(call),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_file(file: &str, part: Span) -> String {
        let source = Arc::new(Source::new("f", file));
        let start = file.find(['"', '%', '{']).unwrap();
        let span = Place::of_part(&source, Span::new(start, file.len())).inside(part).span();
        file[span.start..span.end].to_owned()
    }

    #[test]
    fn a_word_is_found_in_its_escaped_form() {
        let text = "{\"a\": \"é\n\u{1f600}/x\"}";
        let part = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(start, start + word.len())
        };
        let string = r#"  "{\"a\": \"\u00e9\n\ud83d\ude00\/x\"}""#;
        for (word, written) in [
            ("a", "a"),
            ("\"a\"", r#"\"a\""#),
            ("é", r"\u00e9"),
            ("\n", r"\n"),
            ("\u{1f600}/x", r"\ud83d\ude00\/x"),
        ] {
            assert_eq!(in_file(string, part(word)), written);
        }
        let percent = "%7B%22a%22: \"%C3%A9\n😀/x%22%7D";
        for (word, written) in [("a", "a"), ("é", "%C3%A9"), ("\u{1f600}", "😀"), ("\"}", "%22%7D")]
        {
            assert_eq!(in_file(percent, part(word)), written);
        }
        let both = r#" "%7B%22a\u0022: \"%C3%A9\n😀/x%22%7D""#;
        for (word, written) in [("\"a\"", r"%22a\u0022"), ("é\n", r"%C3%A9\n"), ("x\"", "x%22")] {
            assert_eq!(in_file(both, part(word)), written);
        }
        assert_eq!(in_file(" {\"a\": 1}", Span::new(1, 4)), "\"a\"");
    }

    proptest! {
        /// What stands at the place of a part is that part, once it is unescaped and decoded.
        #[test]
        fn every_part_is_found(
            words in prop::collection::vec("[a-z\"\\\\/\n\u{1}%é\u{1f600}]{1,4}", 1..6), pick in any::<prop::sample::Index>(), form in 0..4,
        ) {
            let text = format!("{{{}", words.concat());
            let at = pick.index(words.len());
            let start = 1 + words[..at].concat().len();
            let part = Span::new(start, start + words[at].len());
            let percent = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let escape = |text: &str| {
                let units = |c: char| {
                    let mut units = [0; 2];
                    c.encode_utf16(&mut units).iter().map(|u| format!("\\u{u:04x}")).collect::<String>()
                };
                let each = |c: char| if c.is_ascii_lowercase() { c.to_string() } else { units(c) };
                format!("\"{}\"", text.chars().map(each).collect::<String>())
            };
            let unescape = |text: &str| serde_json::from_str::<String>(&format!("\"{text}\"")).unwrap();
            let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
            let found = match form {
                0 => unescape(&in_file(&serde_json::to_string(&text).unwrap(), part)),
                1 => unescape(&in_file(&escape(&text), part)),
                2 => decode(&in_file(&percent(&text), part)),
                _ => decode(&unescape(&in_file(&escape(&percent(&text)), part))),
            };
            prop_assert_eq!(&found, &words[at]);
        }
    }
}
