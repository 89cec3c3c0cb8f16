//! `iam` nouns to JSON, in AWS's own order of elements. One entry is written without a list.

use crate::iam::{
    Clause, Condition, Operand, OperandKind, PolicyDocument, PrincipalPattern, Statement,
};
use crate::pattern::ArnPattern;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Without white space: for quotas and for machines.
#[must_use]
pub fn to_compact(document: &PolicyDocument) -> String {
    to_json(document, false)
}

/// With line breaks and two spaces of indentation: for people. No line break at the end.
#[must_use]
pub fn to_pretty(document: &PolicyDocument) -> String {
    to_json(document, true)
}

/// Compact or pretty.
#[must_use]
pub fn to_json(document: &PolicyDocument, pretty: bool) -> String {
    let written = if pretty {
        serde_json::to_string_pretty(document)
    } else {
        serde_json::to_string(document)
    };
    // Writing to memory what has string keys only cannot fail.
    written.unwrap_or_default()
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(version) = self.version.text() {
            map.serialize_entry("Version", version)?;
        }
        if let Some(id) = &self.id {
            map.serialize_entry("Id", id)?;
        }
        map.serialize_entry("Statement", &self.statements)?;
        map.end()
    }
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(sid) = &self.sid {
            map.serialize_entry("Sid", sid)?;
        }
        map.serialize_entry("Effect", &self.effect.to_string())?;
        if let Some(principal) = &self.principal {
            let name = if principal.is_negated() { "NotPrincipal" } else { "Principal" };
            map.serialize_entry(name, &Principals(principal.entries()))?;
        }
        let name = if self.action.is_negated() { "NotAction" } else { "Action" };
        map.serialize_entry(name, &texts(&self.action, |a| a.text()))?;
        if let Some(resource) = &self.resource {
            let name = if resource.is_negated() { "NotResource" } else { "Resource" };
            map.serialize_entry(name, &texts(resource, ArnPattern::text))?;
        }
        if !self.conditions.is_empty() {
            map.serialize_entry("Condition", &Conditions(&self.conditions))?;
        }
        map.end()
    }
}

fn texts<'a, T>(clause: &'a Clause<T>, text: impl Fn(&'a T) -> &'a str) -> OneOrMany<&'a str> {
    OneOrMany(clause.entries().iter().map(text).collect())
}

/// A list, or its only entry.
struct OneOrMany<T>(Vec<T>);

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

struct Principals<'a>(&'a [PrincipalPattern]);

impl Serialize for Principals<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if matches!(self.0, [PrincipalPattern::Anyone]) {
            return serializer.serialize_str("*");
        }
        let mut map = serializer.serialize_map(None)?;
        for kind in ["AWS", "CanonicalUser", "Federated", "Service"] {
            let of_kind = self.0.iter().filter(|p| p.kind().unwrap_or("AWS") == kind);
            let texts: Vec<&str> = of_kind.map(PrincipalPattern::text).collect();
            if !texts.is_empty() {
                map.serialize_entry(kind, &OneOrMany(texts))?;
            }
        }
        map.end()
    }
}

struct Conditions<'a>(&'a [Condition]);

impl Serialize for Conditions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut operators = Vec::new();
        for condition in self.0 {
            if !operators.contains(&condition.operator) {
                operators.push(condition.operator);
            }
        }
        let mut map = serializer.serialize_map(None)?;
        for operator in operators {
            let keys = self.0.iter().filter(|c| c.operator == operator).collect();
            map.serialize_entry(&operator.to_string(), &Keys(keys))?;
        }
        map.end()
    }
}

struct Keys<'a>(Vec<&'a Condition>);

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for condition in &self.0 {
            let operands = condition.operands.iter().map(Written).collect();
            map.serialize_entry(condition.key.text(), &OneOrMany(operands))?;
        }
        map.end()
    }
}

struct Written<'a>(&'a Operand);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.kind {
            OperandKind::String => serializer.serialize_str(&self.0.text),
            OperandKind::Bool => serializer.serialize_bool(self.0.text == "true"),
            // A number keeps its source text.
            OperandKind::Number => match RawValue::from_string(self.0.text.clone()) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(&self.0.text),
            },
        }
    }
}
