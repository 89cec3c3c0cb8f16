//! The elements of a policy document by name, and where each stands in the text.
//!
//! What looks at a parsed document speaks of elements; only what is shown to a person is looked up
//! in the text again.

use super::json::{Json, JsonValue, read_json};
use crate::source::Span;

/// An element of a policy document. Numbers count from 0, in the order of the parsed document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// The whole.
    Document,
    /// `Version`.
    Version,
    /// A statement.
    Statement(usize),
    /// `Sid` of a statement.
    Sid(usize),
    /// `Effect` of a statement.
    Effect(usize),
    /// `Principal` or `NotPrincipal` of a statement.
    Principals(usize),
    /// One of its entries.
    Principal(usize, usize),
    /// `Action` or `NotAction` of a statement.
    Actions(usize),
    /// One of its entries.
    Action(usize, usize),
    /// `Resource` or `NotResource` of a statement.
    Resources(usize),
    /// One of its entries.
    Resource(usize, usize),
    /// `Condition` of a statement.
    Conditions(usize),
    /// One condition: an operator with a key and its values.
    Condition(usize, usize),
    /// A value of a condition.
    Operand(usize, usize, usize),
}

impl Element {
    /// The statement that it belongs to.
    #[must_use]
    pub const fn statement(self) -> Option<usize> {
        match self {
            Self::Document | Self::Version => None,
            Self::Statement(statement)
            | Self::Sid(statement)
            | Self::Effect(statement)
            | Self::Principals(statement)
            | Self::Principal(statement, _)
            | Self::Actions(statement)
            | Self::Action(statement, _)
            | Self::Resources(statement)
            | Self::Resource(statement, _)
            | Self::Conditions(statement)
            | Self::Condition(statement, _)
            | Self::Operand(statement, _, _) => Some(statement),
        }
    }
}

/// Where the elements of a document stand.
#[derive(Debug)]
pub struct Places<'t> {
    json: Json<'t>,
}

impl<'t> Places<'t> {
    /// The places in a document that was read before; `None` where it is no JSON.
    #[must_use]
    pub fn of(text: &'t str) -> Option<Self> {
        Some(Self { json: read_json(text).ok()? })
    }

    /// The number of the statement that a part of the text belongs to.
    #[must_use]
    pub fn statement(&self, part: Span) -> Option<usize> {
        let list = one_or_many(entry(&self.json, &["Statement"])?);
        list.iter().position(|item| item.span.start <= part.start && part.end <= item.span.end)
    }

    /// Where an element stands; what is not written, where it would: its statement, or the
    /// document's brace.
    #[must_use]
    pub fn span(&self, element: Element) -> Span {
        let whole = self.json.span;
        let brace = Span::new(whole.start, (whole.start + 1).min(whole.end));
        match element {
            Element::Document => brace,
            Element::Version => entry(&self.json, &["Version"]).map_or(brace, |json| json.span),
            _ => {
                let number = element.statement().unwrap_or_default();
                let list = entry(&self.json, &["Statement"]).map(one_or_many).unwrap_or_default();
                let Some(statement) = list.get(number) else { return brace };
                part(statement, element).unwrap_or(statement.span)
            }
        }
    }
}

fn part(statement: &Json<'_>, element: Element) -> Option<Span> {
    let item = |names: &[&str], at: usize| {
        let list = entry(statement, names)?;
        Some(one_or_many(list).get(at).unwrap_or(list).span)
    };
    match element {
        Element::Document | Element::Version | Element::Statement(_) => None,
        Element::Sid(_) => Some(entry(statement, &["Sid"])?.span),
        Element::Effect(_) => Some(entry(statement, &["Effect"])?.span),
        Element::Principals(_) => Some(entry(statement, &PRINCIPAL)?.span),
        Element::Principal(_, at) => principal(entry(statement, &PRINCIPAL)?, at),
        Element::Actions(_) => Some(entry(statement, &ACTION)?.span),
        Element::Action(_, at) => item(&ACTION, at),
        Element::Resources(_) => Some(entry(statement, &RESOURCE)?.span),
        Element::Resource(_, at) => item(&RESOURCE, at),
        Element::Conditions(_) => Some(entry(statement, &["Condition"])?.span),
        Element::Condition(_, at) => condition(entry(statement, &["Condition"])?, at, None),
        Element::Operand(_, at, value) => {
            condition(entry(statement, &["Condition"])?, at, Some(value))
        }
    }
}

const PRINCIPAL: [&str; 2] = ["Principal", "NotPrincipal"];
const ACTION: [&str; 2] = ["Action", "NotAction"];
const RESOURCE: [&str; 2] = ["Resource", "NotResource"];

/// Parsed principals stand in the order of their kinds, and under one kind as they are written.
fn principal(json: &Json<'_>, at: usize) -> Option<Span> {
    let JsonValue::Object(kinds) = &json.value else { return Some(json.span) };
    let mut kinds: Vec<_> = kinds.iter().collect();
    kinds.sort_by_key(|(key, _)| key.name.clone());
    kinds.into_iter().flat_map(|(_, list)| one_or_many(list)).nth(at).map(|item| item.span)
}

/// The key of a condition with its values, or one of the values.
fn condition(json: &Json<'_>, at: usize, value: Option<usize>) -> Option<Span> {
    let JsonValue::Object(operators) = &json.value else { return None };
    let keys = operators.iter().filter_map(|(_, keys)| match &keys.value {
        JsonValue::Object(keys) => Some(keys),
        _ => None,
    });
    let (key, values) = keys.flatten().nth(at)?;
    let whole = Span::new(key.span.start, values.span.end);
    Some(value.and_then(|value| one_or_many(values).get(value)).map_or(whole, |json| json.span))
}

fn entry<'j, 't>(json: &'j Json<'t>, names: &[&str]) -> Option<&'j Json<'t>> {
    let JsonValue::Object(entries) = &json.value else { return None };
    entries.iter().find(|(key, _)| names.contains(&&*key.name)).map(|(_, value)| value)
}

fn one_or_many<'j, 't>(json: &'j Json<'t>) -> &'j [Json<'t>] {
    match &json.value {
        JsonValue::Array(items) => items,
        _ => std::slice::from_ref(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::PolicyKind;
    use crate::syntax::parse_policy;

    const TEXT: &str = r#"{
      "Version": "2012-10-17",
      "Statement": [
        {"Sid": "A", "Effect": "Allow", "Principal": {"Service": ["s.amazonaws.com"], "AWS": ["111122223333", "*"]},
         "Action": ["s3:GetObject", "s3:PutObject"], "NotResource": "arn:aws:s3:::b/*",
         "Condition": {"StringLike": {"aws:a": ["x", "y"], "aws:b": 1}, "Bool": {"aws:c": true}}},
        {"Effect": "Deny", "NotPrincipal": "*", "Action": "*", "Resource": "*"}
      ]
    }"#;

    /// What stands at each element of a parsed document is what was parsed.
    #[test]
    fn elements_stand_where_they_were_read() {
        let document = parse_policy(TEXT, PolicyKind::Resource).unwrap().document;
        let places = Places::of(TEXT).unwrap();
        let shown = |element| &TEXT[places.span(element).start..places.span(element).end];
        for (s, statement) in document.statements.iter().enumerate() {
            let principals = statement.principal.as_ref().unwrap().entries();
            for (at, principal) in principals.iter().enumerate() {
                assert_eq!(shown(Element::Principal(s, at)), format!("\"{}\"", principal.text()));
            }
            for (at, action) in statement.action.entries().iter().enumerate() {
                assert_eq!(shown(Element::Action(s, at)), format!("\"{action}\""));
            }
            for (at, resource) in statement.resource.as_ref().unwrap().entries().iter().enumerate()
            {
                assert_eq!(shown(Element::Resource(s, at)), format!("\"{}\"", resource.text()));
            }
            for (c, condition) in statement.conditions.iter().enumerate() {
                assert!(
                    shown(Element::Condition(s, c)).starts_with(&format!("\"{}\"", condition.key))
                );
                for (o, operand) in condition.operands.iter().enumerate() {
                    assert_eq!(shown(Element::Operand(s, c, o)).trim_matches('"'), operand.text);
                }
            }
        }
        assert_eq!(shown(Element::Version), "\"2012-10-17\"");
        assert_eq!(shown(Element::Sid(0)), "\"A\"");
        assert_eq!(shown(Element::Effect(1)), "\"Deny\"");
        assert_eq!(shown(Element::Sid(1)), shown(Element::Statement(1)));
        assert_eq!(shown(Element::Resources(0)), "\"arn:aws:s3:::b/*\"");
        assert_eq!(shown(Element::Document), "{");
        assert_eq!(shown(Element::Statement(7)), "{");
    }
}
