//! Values of a template, functions worked out.

use super::Template;
use super::function::function_of;
use super::text::Text;
use crate::source::Span;
use crate::syntax::{Json, JsonValue};
use std::collections::BTreeSet;

/// How much is worked out for one document: values, and bytes of text. A template has a million bytes.
const MOST_VALUES: usize = 200_000;
const MOST_TEXT: usize = 4_000_000;

/// A value as it would be deployed.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// `AWS::NoValue`: what holds it does without.
    Absent,
    Null(Span),
    Bool(bool, Span),
    Number(String, Span),
    Text(Text),
    List(Vec<Self>, Span),
    Object(Vec<(Text, Self)>, Span),
    /// Not known before it is deployed.
    Open(Span),
}

impl Value {
    pub(super) const fn span(&self) -> Span {
        match self {
            Self::Absent => Span::new(0, 0),
            Self::Null(span)
            | Self::Bool(_, span)
            | Self::Number(_, span)
            | Self::List(_, span)
            | Self::Object(_, span)
            | Self::Open(span) => *span,
            Self::Text(text) => text.span,
        }
    }

    /// As a text, which CloudFormation makes of numbers and booleans too.
    pub(super) fn into_text(self) -> Option<Text> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number, span) => Some(Text::made(number, span)),
            Self::Bool(value, span) => Some(Text::made(value.to_string(), span)),
            _ => None,
        }
    }
}

/// One reading of a document of a template.
pub(super) struct Reading<'f> {
    pub(super) template: &'f Template<'f>,
    /// Whether conditions hold.
    pub(super) holds: bool,
    /// The conditions that were asked for.
    pub(super) conditions: BTreeSet<String>,
    /// How many names of resources are being worked out, one for the other.
    pub(super) depth: usize,
    values: usize,
    text: usize,
}

impl<'f> Reading<'f> {
    pub(super) const fn new(template: &'f Template<'f>, holds: bool) -> Self {
        Self { template, holds, conditions: BTreeSet::new(), depth: 0, values: 0, text: 0 }
    }

    /// Whether more text may be made; a template that makes more is not worked out.
    pub(super) const fn has_room_for(&mut self, bytes: usize) -> bool {
        self.values += 1;
        self.text += bytes;
        self.values <= MOST_VALUES && self.text <= MOST_TEXT
    }

    /// A text of the file.
    pub(super) fn scalar(&self, text: &str, span: Span) -> Text {
        Text::scalar(self.template.file, text, span, self.template.is_json)
    }

    pub(super) fn value(&mut self, json: &Json<'_>) -> Value {
        if !self.has_room_for(json.text().map_or(0, str::len)) {
            return Value::Open(json.span);
        }
        if let Some(function) = function_of(json) {
            return self.function(&function);
        }
        match &json.value {
            JsonValue::Null => Value::Null(json.span),
            JsonValue::Bool(value) => Value::Bool(*value, json.span),
            JsonValue::Number(text) => Value::Number((*text).to_owned(), json.span),
            JsonValue::String(text) => Value::Text(self.scalar(text, json.span)),
            JsonValue::Array(items) => {
                let items = items.iter().map(|item| self.value(item));
                let items = items.filter(|item| !matches!(item, Value::Absent)).collect();
                Value::List(items, json.span)
            }
            JsonValue::Object(entries) => {
                let mut read = Vec::new();
                for (key, value) in entries {
                    match self.value(value) {
                        Value::Absent => {}
                        value => read.push((self.scalar(&key.name, key.span), value)),
                    }
                }
                Value::Object(read, json.span)
            }
        }
    }
}
