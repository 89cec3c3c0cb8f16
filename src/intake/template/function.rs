//! Functions of templates, in their short and their long form.
//!
//! AWS: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use super::text::Text;
use super::value::{Reading, Value};
use crate::source::Span;
use crate::syntax::{Json, JsonValue};

/// A call of a function.
pub(super) struct Function<'j> {
    /// `Ref`, `Sub`, `GetAtt`.
    pub(super) name: &'j str,
    argument: &'j Json<'j>,
    span: Span,
}

/// The function that a value calls: `{"Ref": x}`, `{"Fn::Sub": x}`, `!Sub x`.
pub(super) fn function_of<'j>(json: &'j Json<'_>) -> Option<Function<'j>> {
    let [(key, argument)] = json.entries() else { return None };
    let name = match &*key.name {
        "Ref" => "Ref",
        name => name.strip_prefix("Fn::").or_else(|| name.strip_prefix('!'))?,
    };
    Some(Function { name, argument, span: json.span })
}

impl Reading<'_> {
    pub(super) fn function(&mut self, function: &Function<'_>) -> Value {
        let Function { name, argument, span } = function;
        let known = match *name {
            "Ref" => argument.text().map(|name| self.reference(name, *span)),
            "GetAtt" => self.get_att(argument, *span),
            "Sub" => self.sub(argument, *span).map(Value::Text),
            "Join" => self.join(argument, *span).map(Value::Text),
            "Split" => self.split(argument, *span),
            "Select" => self.select(argument),
            "FindInMap" => self.find_in_map(argument, *span),
            "If" => self.choice(argument),
            _ => None,
        };
        known.unwrap_or(Value::Open(*span))
    }

    fn get_att(&mut self, argument: &Json<'_>, span: Span) -> Option<Value> {
        let (resource, attribute) = match &argument.value {
            JsonValue::Array(_) => match argument.items() {
                [resource, attribute] => (resource.text()?, attribute.text()?),
                _ => return None,
            },
            _ => argument.text()?.split_once('.')?,
        };
        Some(self.attribute(resource, attribute, span))
    }

    /// AWS: `${Name}`, `${Resource.Attribute}`, and `${!Literal}` for `${Literal}`:
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>
    fn sub(&mut self, argument: &Json<'_>, span: Span) -> Option<Text> {
        let (template, variables) = match argument.items() {
            [template, variables] => (template, variables.entries()),
            _ => (argument, &[][..]),
        };
        let pattern = self.scalar(template.text()?, template.span);
        let mut made = Text { span, ..pattern.part(0, 0) };
        let mut at = 0;
        while let Some(start) = pattern.text.get(at..).and_then(|rest| rest.find("${")) {
            let start = at + start;
            let Some(length) = pattern.text.get(start..).and_then(|rest| rest.find('}')) else {
                break;
            };
            let end = start + length + 1;
            made.push(&pattern.part(at, start));
            at = end;
            let name = pattern.text.get(start + 2..end - 1).unwrap_or_default();
            if name.starts_with('!') {
                made.push(&pattern.part(start, start + 2));
                made.push(&pattern.part(start + 3, end));
                continue;
            }
            let name = name.trim();
            let place = pattern.pieces.in_file(Span::new(start, end));
            let variable = variables.iter().find(|(key, _)| key.name == name);
            let value = match (variable, name.split_once('.')) {
                (Some((_, value)), _) => self.value(value),
                (None, Some((resource, attribute))) => self.attribute(resource, attribute, place),
                (None, None) => self.reference(name, place),
            };
            match value.into_text() {
                Some(value) if self.has_room_for(value.text.len()) => {
                    let open = value.open.clone();
                    made.push(&Text { open, ..Text::made(value.text, place) });
                }
                _ => made.push(&Text::open(stand_in(name), place)),
            }
        }
        made.push(&pattern.part(at, pattern.text.len()));
        Some(made)
    }

    fn join(&mut self, argument: &Json<'_>, span: Span) -> Option<Text> {
        let [delimiter, list] = argument.items() else { return None };
        let delimiter = delimiter.text()?;
        let items = match self.value(list) {
            Value::List(items, _) => items,
            _ => return None,
        };
        let mut made = Text::made("", span);
        for (at, item) in items.into_iter().enumerate() {
            let place = item.span();
            if at > 0 {
                made.push(&Text::made(delimiter, Span::new(place.start, place.start)));
            }
            match item.into_text() {
                Some(text) if self.has_room_for(text.text.len()) => made.push(&text),
                _ => made.push(&Text::open("open", place)),
            }
        }
        Some(made)
    }

    fn split(&mut self, argument: &Json<'_>, span: Span) -> Option<Value> {
        let [delimiter, text] = argument.items() else { return None };
        let (delimiter, text) = (delimiter.text()?, self.value(text).into_text()?);
        if delimiter.is_empty() || !text.open.is_empty() {
            return None;
        }
        let parts = text.text.split(delimiter).map(|part| Value::Text(Text::made(part, span)));
        Some(Value::List(parts.collect(), span))
    }

    fn select(&mut self, argument: &Json<'_>) -> Option<Value> {
        let [index, list] = argument.items() else { return None };
        let index: usize = self.value(index).into_text()?.text.parse().ok()?;
        match self.value(list) {
            Value::List(items, _) => items.into_iter().nth(index),
            _ => None,
        }
    }

    fn find_in_map(&mut self, argument: &Json<'_>, span: Span) -> Option<Value> {
        let [map, first, second, ..] = argument.items() else { return None };
        let mut key = |json| {
            let key = self.value(json).into_text()?;
            key.open.is_empty().then_some(key.text)
        };
        let (map, first, second) = (key(map)?, key(first)?, key(second)?);
        let found = self.template.mappings.get(&*map)?.get(&first)?.get(&second)?;
        let made = |json: &Json<'_>| match &json.value {
            JsonValue::String(text) => Some(Value::Text(Text::made(&**text, span))),
            JsonValue::Number(text) => Some(Value::Number((*text).to_owned(), span)),
            JsonValue::Bool(value) => Some(Value::Bool(*value, span)),
            _ => None,
        };
        match &found.value {
            JsonValue::Array(items) => {
                Some(Value::List(items.iter().map(made).collect::<Option<_>>()?, span))
            }
            _ => made(found),
        }
    }

    /// Which way a condition turns out is not looked at: a document is read once for each.
    fn choice(&mut self, argument: &Json<'_>) -> Option<Value> {
        let [condition, yes, no] = argument.items() else { return None };
        self.conditions.insert(condition.text()?.to_owned());
        Some(self.value(if self.holds { yes } else { no }))
    }
}

/// What stands in the place of a value in a text: a word that is like a name.
fn stand_in(name: &str) -> String {
    let word: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if word.is_empty() { "open".to_owned() } else { word }
}
