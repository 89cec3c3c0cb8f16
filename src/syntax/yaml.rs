//! YAML as the same tree of values and places as JSON.
//!
//! A node with a tag of its own, `!Sub x`, is an object of one entry, `{"!Sub": x}`. Scalars are
//! text as written: only what JSON would write the same way is a number or a boolean, so that `2012-10-17`
//! stays no date and `011122223333` stays an account. Aliases are what they stand for, with its place.

use super::json::{Json, JsonKey, JsonValue, is_number};
use crate::source::{Problem, Span};
use granit_parser::{Event, Parser, ScalarStyle, StrInput, StructureStyle, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How deep values may lie in one another.
const DEEPEST: usize = 100;

/// How many values a file may have, those that aliases repeat counted each time. A template has a million
/// bytes at most.
const MOST_VALUES: usize = 1_000_000;

/// Reads the documents of a YAML file.
///
/// # Errors
/// The syntax error, at its place; values that are nested too deep, or too many for a file of people.
pub fn read_yaml_file(text: &str) -> Result<Vec<Json<'_>>, Problem> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(start..).unwrap_or_default();
    let options = granit_parser::options! { emit_comments: false };
    let events = Parser::new_from_str_with_options(body, options);
    let mut reader =
        Reader { text, start, events, anchors: BTreeMap::new(), values: 0, end: start };
    let mut documents = Vec::new();
    while let Some((event, span)) = reader.next()? {
        match event {
            Event::StreamStart | Event::DocumentEnd => {}
            Event::DocumentStart(..) => reader.anchors.clear(),
            Event::StreamEnd => break,
            first => documents.push(reader.value(first, span, 0)?),
        }
    }
    Ok(documents)
}

struct Reader<'t> {
    text: &'t str,
    /// Bytes before the part that the parser sees.
    start: usize,
    events: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, Json<'t>>,
    values: usize,
    /// Where the last scalar or closing bracket ended.
    end: usize,
}

/// An event's place, and that of its tag.
#[derive(Clone, Copy)]
struct Place {
    span: Span,
    tag: Option<Span>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, Place)>, Problem> {
        match self.events.next() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                let tag = span.tag_span().map(|tag| self.span(tag));
                Ok(Some((event, Place { span: self.span(span), tag })))
            }
            Some(Err(error)) => {
                let at = self.start + error.marker().byte_offset().unwrap_or_default();
                Err(self.problem(at, format!("not valid YAML: {}", error.info())))
            }
        }
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        span.byte_range().map_or(Span::new(self.end, self.end), |range| {
            Span::new(range.start, range.end).shifted(self.start)
        })
    }

    fn problem(&self, at: usize, message: String) -> Problem {
        let floor = |at: usize| (0..=at).rev().find(|at| self.text.is_char_boundary(*at));
        let at = floor(at.min(self.text.len().saturating_sub(1))).unwrap_or(0);
        let end = (at + 1..=self.text.len()).find(|at| self.text.is_char_boundary(*at));
        Problem::error(Span::new(at, end.unwrap_or(at)), message)
    }

    /// One value more, or several that an alias repeats.
    fn count(&mut self, more: usize, at: usize) -> Result<(), Problem> {
        self.values += more;
        if self.values <= MOST_VALUES {
            return Ok(());
        }
        let message =
            format!("the file has more than {MOST_VALUES} values, with those that aliases repeat");
        Err(self.problem(at, message))
    }

    fn value(&mut self, event: Event<'t>, at: Place, depth: usize) -> Result<Json<'t>, Problem> {
        self.count(1, at.span.start)?;
        if depth > DEEPEST {
            let message = format!("values are nested more than {DEEPEST} deep");
            return Err(self.problem(at.span.start, message));
        }
        let (json, anchor, tag) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.written(style, at.span);
                self.end = self.end.max(span.end);
                (self.scalar(text, style, tag.as_deref(), span), anchor, tag)
            }
            Event::SequenceStart(style, anchor, tag) => {
                (self.list(style, at.span, depth)?, anchor, tag)
            }
            Event::MappingStart(style, anchor, tag) => {
                (self.mapping(style, at.span, depth)?, anchor, tag)
            }
            Event::Alias(anchor) => {
                self.end = self.end.max(at.span.end);
                let Some(json) = self.anchors.get(&anchor).cloned() else {
                    let message = "not valid YAML: an alias stands inside what it stands for";
                    return Err(self.problem(at.span.start, message.to_owned()));
                };
                self.count(size(&json), at.span.start)?;
                return Ok(json);
            }
            _ => {
                return Err(
                    self.problem(at.span.start, "not valid YAML: a value is missing".into())
                );
            }
        };
        let json = match tag.as_deref().and_then(own_tag) {
            Some(name) => {
                let span = at.tag.unwrap_or(Span::new(json.span.start, json.span.start));
                let whole = Span::new(span.start.min(json.span.start), json.span.end.max(span.end));
                let key = JsonKey { name: Cow::Owned(name), span };
                Json { span: whole, value: JsonValue::Object(vec![(key, json)]) }
            }
            None => json,
        };
        if anchor != 0 {
            self.count(size(&json), at.span.start)?;
            self.anchors.insert(anchor, json.clone());
        }
        Ok(json)
    }

    /// The place of a scalar. The reader lets a block end where the next value begins.
    fn written(&self, style: ScalarStyle, span: Span) -> Span {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        match self.text.get(span.start..span.end) {
            Some(text) if is_block => Span::new(span.start, span.start + text.trim_end().len()),
            _ => span,
        }
    }

    fn scalar(
        &self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Json<'t> {
        let is_text = tag.and_then(Tag::core_suffix) == Some("str");
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        let value = match &*text {
            _ if is_text || style != ScalarStyle::Plain => JsonValue::String(text),
            "" | "~" | "null" | "Null" | "NULL" => JsonValue::Null,
            "true" | "True" | "TRUE" => JsonValue::Bool(true),
            "false" | "False" | "FALSE" => JsonValue::Bool(false),
            number if number == written && is_number(number) => JsonValue::Number(written),
            _ => JsonValue::String(text),
        };
        Json { span, value }
    }

    fn list(&mut self, style: StructureStyle, at: Span, depth: usize) -> Result<Json<'t>, Problem> {
        let mut items = Vec::new();
        self.end = self.end.max(at.end);
        loop {
            match self.next()? {
                Some((Event::SequenceEnd, end)) => {
                    let span = self.closed(style, at, end.span);
                    return Ok(Json { span, value: JsonValue::Array(items) });
                }
                Some((event, at)) => items.push(self.value(event, at, depth + 1)?),
                None => return Err(self.cut_off()),
            }
        }
    }

    fn mapping(
        &mut self,
        style: StructureStyle,
        at: Span,
        depth: usize,
    ) -> Result<Json<'t>, Problem> {
        let mut entries: Vec<(JsonKey<'t>, Json<'t>)> = Vec::new();
        self.end = self.end.max(at.end);
        loop {
            let key = match self.next()? {
                Some((Event::MappingEnd, end)) => {
                    let mut span = self.closed(style, at, end.span);
                    if let (StructureStyle::Block, Some((first, _))) = (style, entries.first()) {
                        span.start = span.start.min(first.span.start);
                    }
                    return Ok(Json { span, value: JsonValue::Object(entries) });
                }
                Some((event, at)) => self.value(event, at, depth + 1)?,
                None => return Err(self.cut_off()),
            };
            let name = match key.value {
                JsonValue::String(text) => text,
                JsonValue::Number(text) => Cow::Borrowed(text),
                JsonValue::Null | JsonValue::Bool(_) => {
                    Cow::Borrowed(self.text.get(key.span.start..key.span.end).unwrap_or_default())
                }
                JsonValue::Array(_) | JsonValue::Object(_) => {
                    return Err(self.problem(key.span.start, "a key is a text".to_owned()));
                }
            };
            let key = JsonKey { name, span: key.span };
            match self.next()? {
                Some((event, at)) => entries.push((key, self.value(event, at, depth + 1)?)),
                None => return Err(self.cut_off()),
            }
        }
    }

    /// The place of a list or mapping that has ended: without brackets, up to its last value.
    fn closed(&mut self, style: StructureStyle, start: Span, end: Span) -> Span {
        if style == StructureStyle::Flow {
            self.end = self.end.max(end.end);
        }
        Span::new(start.start, self.end.max(start.start))
    }

    fn cut_off(&self) -> Problem {
        self.problem(self.text.len(), "not valid YAML: the text ends inside a value".to_owned())
    }
}

/// A tag that is not of YAML itself, as it is written.
fn own_tag(tag: &Tag) -> Option<String> {
    match tag.core_suffix() {
        Some(_) => None,
        None => Some(format!("{}{}", tag.original_handle(), tag.suffix())),
    }
}

/// How many values a value is.
fn size(json: &Json<'_>) -> usize {
    match &json.value {
        JsonValue::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        JsonValue::Object(entries) => {
            1 + entries.iter().map(|(_, value)| size(value)).sum::<usize>()
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
