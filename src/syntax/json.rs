//! JSON with places: a tree in which each value knows its bytes, no duplicate key is lost and a
//! number keeps its source text.

mod reader;

use crate::source::{Pieces, Problem, Span};
use reader::Reader;
use std::borrow::Cow;

/// How deep values may lie in one another. A policy document needs seven levels.
const DEEPEST: usize = 32;

/// How deep they may lie in a file that holds documents.
const DEEPEST_IN_A_FILE: usize = 127;

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json<'t> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: JsonValue<'t>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonValue<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'t str),
    /// A string, unescaped.
    String(Cow<'t, str>),
    /// A list.
    Array(Vec<Json<'t>>),
    /// An object, in its own order, with every duplicate.
    Object(Vec<(JsonKey<'t>, Json<'t>)>),
}

impl JsonValue<'_> {
    /// What it is, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'t> Json<'t> {
    /// The value of an object's entry, the first of its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
    }

    /// The entries of an object; of anything else, none.
    #[must_use]
    pub fn entries(&self) -> &[(JsonKey<'t>, Self)] {
        match &self.value {
            JsonValue::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; of anything else, none.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            JsonValue::Array(items) => items,
            _ => &[],
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            JsonValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; of anything else, itself: AWS takes one and a list of one alike.
    #[must_use]
    pub fn one_or_many(&self) -> &[Self] {
        match &self.value {
            JsonValue::Array(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// The key of an object's entry and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonKey<'t> {
    /// Unescaped.
    pub name: Cow<'t, str>,
    /// Where it stands.
    pub span: Span,
}

/// Reads a JSON text.
///
/// # Errors
/// The syntax error, at its place; or a text that is nested too deep.
pub fn read_json(text: &str) -> Result<Json<'_>, Problem> {
    Reader::new(text, DEEPEST).only_value().map_err(|fault| fault.problem(text))
}

/// Reads all JSON values of a file, one after the other, as the AWS CLI prints pages.
///
/// # Errors
/// Those of [`read_json`]. A file without any value has none.
pub fn read_json_file(text: &str) -> Result<Vec<Json<'_>>, Problem> {
    let mut reader = Reader::new(text, DEEPEST_IN_A_FILE);
    let mut values = Vec::new();
    while let Some(value) = reader.next_value().map_err(|fault| fault.problem(text))? {
        values.push(value);
    }
    Ok(values)
}

/// Which part of a JSON string, quotes and all, each part of what it holds was made from.
#[must_use]
pub fn string_pieces(text: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let end = text.len().saturating_sub(1);
    let mut at = 1;
    while at < end {
        let rest = text.get(at..end).unwrap_or_default();
        let run = rest.find('\\').unwrap_or(rest.len());
        pieces.copy(Span::new(at, at + run));
        at += run;
        let Some(escape) = text.get(at..end).filter(|rest| !rest.is_empty()) else { break };
        let unit = |from: usize| {
            let digits = escape.get(from..from + 6)?.strip_prefix("\\u")?;
            u32::from_str_radix(digits, 16).ok()
        };
        let (taken, made) = match (unit(0), unit(6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (12, 4),
            (Some(unit), _) => (6, char::from_u32(unit).map_or(3, char::len_utf8)),
            (None, _) => (2, 1),
        };
        pieces.stand_for(made, Span::new(at, at + taken));
        at += taken;
    }
    pieces
}

/// Whether a text is a number as JSON writes them.
pub(super) fn is_number(text: &str) -> bool {
    matches!(read_json(text), Ok(Json { value: JsonValue::Number(number), .. }) if number == text)
}

/// serde_json counts lines and columns from the start of what it was given.
pub(crate) fn syntax_error(
    text: &str,
    start: usize,
    part: &str,
    error: &serde_json::Error,
) -> Problem {
    let line_start: usize =
        part.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at =
        (start + line_start + error.column().saturating_sub(1)).min(text.len().saturating_sub(1));
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let problem = Problem::error(
        Span::new(at, (at + 1).min(text.len())),
        format!("not valid JSON: {message}"),
    );
    if error.is_eof() {
        problem.help("the text ends too early: was the file cut off?")
    } else {
        problem
    }
}

#[cfg(test)]
mod tests;
