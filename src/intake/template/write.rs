//! A document of a template as JSON text, with the place of each part, and stand-ins for what is open.

use super::text::Text;
use super::value::Value;
use crate::iam::{ActionPattern, PrincipalPattern};
use crate::pattern::ArnPattern;
use crate::source::{Pieces, Span};
use crate::syntax::{Json, JsonValue, read_json};

/// A document that was made.
pub(super) struct Made {
    pub(super) text: String,
    pub(super) pieces: Pieces,
    /// The parts of the text that are stand-ins.
    pub(super) open: Vec<Span>,
    /// Where in the file a statement is that is not known at all.
    pub(super) gaps: Vec<Span>,
}

/// What may stand at a place of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Document,
    Version,
    Statements,
    Sid,
    Effect,
    Principals,
    AwsPrincipal,
    Actions,
    Resources,
    Conditions,
    Keys { of_null: bool },
    Operands { of_null: bool },
    Other,
}

impl Slot {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Document, "Version") => Self::Version,
            (Self::Document, "Statement") => Self::Statements,
            (Self::Statements, "Sid") => Self::Sid,
            (Self::Statements, "Effect") => Self::Effect,
            (Self::Statements, "Principal" | "NotPrincipal") => Self::Principals,
            (Self::Statements, "Action" | "NotAction") => Self::Actions,
            (Self::Statements, "Resource" | "NotResource") => Self::Resources,
            (Self::Statements, "Condition") => Self::Conditions,
            (Self::Principals, "AWS") => Self::AwsPrincipal,
            (Self::Conditions, operator) => {
                Self::Keys { of_null: operator.eq_ignore_ascii_case("Null") }
            }
            (Self::Keys { of_null }, _) => Self::Operands { of_null },
            _ => Self::Other,
        }
    }

    /// What stands for a text of which a part is not known: it is well formed and names nothing real.
    fn stand_in(self, text: &str) -> &str {
        match self {
            Self::Version => "2012-10-17",
            Self::Sid => "",
            Self::Effect => "Allow",
            Self::Actions if ActionPattern::parse(text).is_err() => "open:Open",
            Self::Resources if ArnPattern::parse(text, true).is_err() => "arn:aws:open:::open",
            Self::Principals => "*",
            Self::AwsPrincipal if PrincipalPattern::parse_aws(text).is_err() => {
                "arn:aws:iam::123456789012:role/open"
            }
            Self::Operands { of_null: true } => "true",
            _ => text,
        }
    }
}

/// The text of a document; `None` where there is none, or what is there is not known.
pub(super) fn document(value: &Value) -> Option<Made> {
    let mut writer = Writer { made: Made::default(), here: 0 };
    match value {
        Value::Text(text) => return in_a_text(text),
        Value::Absent | Value::Null(_) | Value::Open(_) => return None,
        other => writer.value(other, Slot::Document),
    }
    Some(writer.made)
}

/// A document that a text holds. What is open there makes the whole string open that holds it.
fn in_a_text(text: &Text) -> Option<Made> {
    let mut open = Vec::new();
    if !text.open.is_empty() {
        let json = read_json(&text.text).ok()?;
        for part in &text.open {
            open.push(string_around(&json, *part));
        }
        open.sort_unstable();
        open.dedup();
    }
    Some(Made { text: text.text.clone(), pieces: text.pieces.clone(), open, gaps: Vec::new() })
}

/// The smallest value around a part.
fn string_around(json: &Json<'_>, part: Span) -> Span {
    let inner = match &json.value {
        JsonValue::Array(items) => {
            items.get(items.partition_point(|item| item.span.end <= part.start))
        }
        JsonValue::Object(entries) => entries
            .get(entries.partition_point(|(_, value)| value.span.end <= part.start))
            .map(|(_, value)| value),
        _ => None,
    };
    let inner = inner.filter(|inner| inner.span.holds(part));
    inner.map_or(json.span, |inner| string_around(inner, part))
}

impl Default for Made {
    fn default() -> Self {
        let (text, pieces) = (String::new(), Pieces::default());
        Self { text, pieces, open: Vec::new(), gaps: Vec::new() }
    }
}

struct Writer {
    made: Made,
    /// Where the last value ended in the file.
    here: usize,
}

impl Writer {
    fn value(&mut self, value: &Value, slot: Slot) {
        match value {
            Value::Absent | Value::Null(_) => self.sign("null", value.span().start),
            // Numbers and booleans are for conditions; CloudFormation makes text of others.
            Value::Bool(..) | Value::Number(..) if matches!(slot, Slot::Operands { .. }) => {
                let text = value.clone().into_text().map(|text| text.text).unwrap_or_default();
                self.made.pieces.stand_for(text.len(), value.span());
                self.made.text.push_str(&text);
            }
            Value::Bool(..) | Value::Number(..) => {
                if let Some(text) = value.clone().into_text() {
                    self.string(&text);
                }
            }
            Value::Text(text) if text.open.is_empty() => self.string(text),
            Value::Text(text) => self.stand_in(slot, &text.text, text.span),
            Value::List(items, span) => {
                self.sign("[", span.start);
                let mut first = true;
                for item in items {
                    if slot == Slot::Statements && matches!(item, Value::Open(_)) {
                        self.made.gaps.push(item.span());
                        continue;
                    }
                    // A function may give a list where one entry stands.
                    let nested = match item {
                        Value::List(nested, _) if slot != Slot::Other => nested.as_slice(),
                        one => std::slice::from_ref(one),
                    };
                    for item in nested {
                        if !first {
                            self.sign(",", self.here);
                        }
                        first = false;
                        self.value(item, slot);
                    }
                }
                self.sign("]", span.end);
            }
            Value::Object(entries, span) => {
                self.sign("{", span.start);
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        self.sign(",", self.here);
                    }
                    self.string(key);
                    self.sign(":", self.here);
                    self.value(value, slot.below(&key.text));
                }
                self.sign("}", span.end);
            }
            Value::Open(span) => match slot {
                Slot::Statements => {
                    self.made.gaps.push(*span);
                    self.sign("[]", span.start);
                }
                Slot::Conditions | Slot::Keys { .. } => {
                    self.made.open.push(Span::new(self.made.text.len(), self.made.text.len() + 2));
                    self.made.pieces.stand_for(2, *span);
                    self.made.text.push_str("{}");
                }
                _ => self.stand_in(slot, "open", *span),
            },
        }
        self.here = value.span().end;
    }

    /// JSON's own signs, at one point of the file.
    fn sign(&mut self, sign: &str, at: usize) {
        self.made.pieces.stand_for(sign.len(), Span::new(at, at));
        self.made.text.push_str(sign);
        self.here = at;
    }

    fn stand_in(&mut self, slot: Slot, text: &str, span: Span) {
        let start = self.made.text.len();
        self.string(&Text::made(slot.stand_in(text), span));
        self.made.open.push(Span::new(start, self.made.text.len()));
    }

    fn string(&mut self, text: &Text) {
        self.sign("\"", text.span.start);
        let mut run = 0;
        for (at, c) in text.text.char_indices() {
            let escaped = match c {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
                _ => continue,
            };
            self.run(text, run, at);
            run = at + c.len_utf8();
            let place = text.pieces.in_file(Span::new(at, run));
            self.made.pieces.stand_for(escaped.len(), place);
            self.made.text.push_str(&escaped);
        }
        self.run(text, run, text.text.len());
        self.sign("\"", text.span.end);
    }

    fn run(&mut self, text: &Text, start: usize, end: usize) {
        self.made.pieces.take(&text.pieces, Span::new(start, end));
        self.made.text.push_str(text.text.get(start..end).unwrap_or_default());
    }
}
