//! YAML as a tree with places, so that a reader can collect everything that is wrong with it.

mod map;

pub(crate) use map::{Map, texts};

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::problem::{span, yaml};
use crate::source::{Problem, Span};

/// Deeper nesting than any estate has; the bound keeps recursion small.
const MAX_DEPTH: usize = 40;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Span,
    pub value: Value,
}

/// What a node holds. Scalars are text as written: `3.10` is not 3.1.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Placed<String>, Node)>),
}

/// A value that stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<T> {
    pub value: T,
    pub span: Span,
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Node, Problem> {
    let budget = serde_saphyr::budget! { max_depth: MAX_DEPTH };
    let options = serde_saphyr::options! { budget: budget, with_snippet: false };
    let raw: Spanned<Raw> =
        serde_saphyr::from_str_with_options(text, options).map_err(|e| yaml(&e, text))?;
    Ok(raw_node(raw, text))
}

enum Raw {
    Null,
    Text(String),
    /// A number or boolean, as the reader prints it.
    Other(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

fn raw_node(raw: Spanned<Raw>, source: &str) -> Node {
    let written = span(raw.defined);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Scalar(text),
        Raw::Other(text) => {
            let verbatim = source.get(written.start..written.end).map(str::trim);
            Value::Scalar(verbatim.filter(|v| !v.is_empty()).map_or(text, str::to_owned))
        }
        Raw::List(items) => {
            Value::List(items.into_iter().map(|item| raw_node(item, source)).collect())
        }
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let key = Placed { span: span(key.referenced), value: key.value };
                    (key, raw_node(value, source))
                })
                .collect(),
        ),
    };
    Node { span: span(raw.referenced), value }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_i128<E: Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_u128<E: Error>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Other(value.to_string()))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalars(node: &Node, found: &mut Vec<(String, Span)>) {
        match &node.value {
            Value::Null => found.push(("null".to_owned(), node.span)),
            Value::Scalar(text) => found.push((text.clone(), node.span)),
            Value::List(items) => items.iter().for_each(|item| scalars(item, found)),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| scalars(value, found)),
        }
    }

    #[test]
    fn scalars_keep_their_text_and_their_place() {
        let text =
            "a: 3.10\nb: [011122223333, true, \"é 'x'\", plain]\nc: ~\nd: {e: '>=3', f: 0x1F}\n";
        let mut found = Vec::new();
        scalars(&read(text).unwrap(), &mut found);
        let texts: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(
            texts,
            ["3.10", "011122223333", "true", "é 'x'", "plain", "null", ">=3", "0x1F"]
        );
        assert_eq!(&text[found[1].1.start..found[1].1.end], "011122223333");
        assert_eq!(&text[found[4].1.start..found[4].1.end], "plain");
    }

    #[test]
    fn what_is_no_yaml_is_refused_with_its_place() {
        let deep = "[".repeat(100_000);
        for text in ["a: [1", "a: 1\na: 2", "a: *b", &deep] {
            assert!(read(text).is_err(), "{text:.20}");
        }
        assert_eq!(read("ok: 1\nok: 2").unwrap_err().span.start, 6);
    }
}
