//! JSON with places: a tree in which each value knows its bytes.
//!
//! `serde_json` does the reading; a borrowed `RawValue` gives each value's place, and objects are
//! read entry by entry, so that no duplicate key is lost and a number keeps its source text.

use crate::source::{Problem, Span};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How deep values may lie in one another. A policy document needs seven levels.
const DEEPEST: usize = 32;

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
    let text_without_mark = text.strip_prefix('\u{feff}').unwrap_or(text);
    let raw: &RawValue = serde_json::from_str(text_without_mark)
        .map_err(|error| syntax_error(text, 0, text, &error))?;
    Reader { text }.read(raw.get(), 0)
}

struct Reader<'t> {
    text: &'t str,
}

impl<'t> Reader<'t> {
    /// Byte offset of a slice of the text. `RawValue` borrows, so the addresses tell.
    fn offset(&self, slice: &str) -> usize {
        (slice.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    fn read(&self, raw: &'t str, depth: usize) -> Result<Json<'t>, Problem> {
        let start = self.offset(raw);
        let span = Span::new(start, start + raw.len());
        if depth > DEEPEST {
            return Err(Problem::error(
                span,
                format!("values are nested more than {DEEPEST} deep"),
            ));
        }
        let fail = |error: serde_json::Error| syntax_error(self.text, start, raw, &error);
        let value = match raw.as_bytes().first() {
            Some(b'n') => JsonValue::Null,
            Some(b't') => JsonValue::Bool(true),
            Some(b'f') => JsonValue::Bool(false),
            Some(b'"') => JsonValue::String(string(raw).map_err(fail)?),
            Some(b'[') => {
                let items: Items<'t> = serde_json::from_str(raw).map_err(fail)?;
                let read = items.0.into_iter().map(|item| self.read(item.get(), depth + 1));
                JsonValue::Array(read.collect::<Result<_, _>>()?)
            }
            Some(b'{') => {
                let entries: Entries<'t> = serde_json::from_str(raw).map_err(fail)?;
                let read = entries.0.into_iter().map(|(key, value)| {
                    let start = self.offset(key.get());
                    let span = Span::new(start, start + key.get().len());
                    let name = string(key.get())
                        .map_err(|error| syntax_error(self.text, start, key.get(), &error))?;
                    Ok((JsonKey { name, span }, self.read(value.get(), depth + 1)?))
                });
                JsonValue::Object(read.collect::<Result<_, Problem>>()?)
            }
            _ => JsonValue::Number(raw),
        };
        Ok(Json { span, value })
    }
}

/// A string that borrows where it holds no escape.
fn string(raw: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Borrowed<'_>>(raw).map(|borrowed| borrowed.0)
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

struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemsVisitor;
        impl<'de> Visitor<'de> for ItemsVisitor {
            type Value = Vec<&'de RawValue>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    all.push(item);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(ItemsVisitor).map(Self)
    }
}

struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    all.push(entry);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_map(EntriesVisitor).map(Self)
    }
}
