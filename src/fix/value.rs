//! JSON that keeps what is not edited as it was: the order of keys, and the text of numbers.

use crate::syntax::{Json, JsonValue, read_json};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Self>),
    /// An object, in its own order.
    Object(Vec<(String, Self)>),
}

impl Value {
    /// Reads a text; `None` where it is no JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self::from(&read_json(text).ok()?))
    }

    /// What something is written as.
    pub(super) fn of(written: &impl Serialize) -> Self {
        // Writing to memory what has string keys only cannot fail.
        let text = serde_json::to_string(written).unwrap_or_default();
        Self::parse(&text).unwrap_or(Self::Null)
    }

    /// The value under a key of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Object(entries) = self else { return None };
        entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// As people read it, with a line break at the end.
    #[must_use]
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl From<&Json<'_>> for Value {
    fn from(json: &Json<'_>) -> Self {
        match &json.value {
            JsonValue::Null => Self::Null,
            JsonValue::Bool(value) => Self::Bool(*value),
            JsonValue::Number(text) => Self::Number((*text).to_owned()),
            JsonValue::String(text) => Self::String(text.clone().into_owned()),
            JsonValue::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            JsonValue::Object(entries) => {
                let entry = |(key, value): &(crate::syntax::JsonKey<'_>, Json<'_>)| {
                    (key.name.clone().into_owned(), Self::from(value))
                };
                Self::Object(entries.iter().map(entry).collect())
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => match RawValue::from_string(text.clone()) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn order_and_numbers_stay() {
        let text = "{\n  \"b\": 1.0,\n  \"a\": [\n    1e3,\n    null,\n    true,\n    \"\u{e9}\"\n  ]\n}\n";
        let value = Value::parse(text).unwrap();
        assert_eq!(value.pretty(), text);
        assert_eq!(value.get("b"), Some(&Value::Number("1.0".to_owned())));
        assert_eq!(Value::parse("{"), None);
    }
}
