//! A fix as a JSON patch: what is taken out of a document, and what is put in.
//!
//! Every statement that an operation touches is tested first, so that a patch of a document that
//! has changed meanwhile fails as a whole. RFC 6902: <https://www.rfc-editor.org/rfc/rfc6902>

mod statement;

use super::value::Value;
use crate::iam::{PolicyDocument, Statement};
use serde::Serialize;

/// One operation. Paths are JSON pointers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// The value must be this one.
    Test {
        /// Where.
        path: String,
        /// What is expected there.
        value: Value,
    },
    /// Puts a value where none is; in a list, before the one that is there.
    Add {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Puts a value in place of one.
    Replace {
        /// Where.
        path: String,
        /// What.
        value: Value,
    },
    /// Takes a value out.
    Remove {
        /// Where.
        path: String,
    },
}

/// A statement of a document that is being fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The statement of the live document that it was, or none where it is new.
    pub(super) origin: Option<usize>,
    pub(super) statement: Statement,
}

/// What turns a live document, written as `json`, into `after`.
pub(super) fn operations(json: &Value, before: &PolicyDocument, after: &[Line]) -> Vec<Operation> {
    match json.get("Statement") {
        Some(Value::Array(items)) => in_list(items, before, after),
        Some(single) => in_single(single, before, after),
        None => Vec::new(),
    }
}

/// Statements keep their numbers until all that stay have been edited; then some go, from the last
/// to the first, and new ones come, from the first to the last.
fn in_list(items: &[Value], before: &PolicyDocument, after: &[Line]) -> Vec<Operation> {
    let mut operations = Vec::new();
    for line in after {
        let Some((at, json, was)) = origin(line, items, before) else { continue };
        let path = format!("/Statement/{at}");
        operations.extend(statement::operations(&path, json, was, &line.statement));
    }
    for (at, json) in items.iter().enumerate().rev() {
        if !after.iter().any(|line| line.origin == Some(at)) {
            let path = format!("/Statement/{at}");
            operations.push(Operation::Test { path: path.clone(), value: json.clone() });
            operations.push(Operation::Remove { path });
        }
    }
    for (at, line) in after.iter().enumerate() {
        if line.origin.is_none() {
            let value = Value::of(&line.statement);
            operations.push(Operation::Add { path: format!("/Statement/{at}"), value });
        }
    }
    operations
}

fn origin<'a>(
    line: &Line,
    items: &'a [Value],
    before: &'a PolicyDocument,
) -> Option<(usize, &'a Value, &'a Statement)> {
    let at = line.origin?;
    Some((at, items.get(at)?, before.statements.get(at)?))
}

/// A document whose only statement stands without a list.
fn in_single(single: &Value, before: &PolicyDocument, after: &[Line]) -> Vec<Operation> {
    let path = "/Statement".to_owned();
    if let ([line], [was]) = (after, before.statements.as_slice())
        && line.origin.is_some()
    {
        return statement::operations(&path, single, was, &line.statement);
    }
    let items: Vec<Value> = after.iter().map(|line| written(line, single, before)).collect();
    vec![
        Operation::Test { path: path.clone(), value: single.clone() },
        Operation::Replace { path, value: Value::Array(items) },
    ]
}

fn written(line: &Line, single: &Value, before: &PolicyDocument) -> Value {
    let Some((_, json, was)) = origin(line, std::slice::from_ref(single), before) else {
        return Value::of(&line.statement);
    };
    let edits = statement::operations("", json, was, &line.statement);
    apply(&edits, json).unwrap_or_else(|| Value::of(&line.statement))
}

/// The document after all operations; `None` where one of them cannot be done.
#[must_use]
pub fn apply(operations: &[Operation], document: &Value) -> Option<Value> {
    let mut value = document.clone();
    for operation in operations {
        match operation {
            Operation::Test { path, value: expected } => {
                (at(&mut value, &tokens(path))? == expected).then_some(())?;
            }
            Operation::Replace { path, value: new } => {
                *at(&mut value, &tokens(path))? = new.clone();
            }
            Operation::Add { path, value: new } => {
                let tokens = tokens(path);
                let (last, parents) = tokens.split_last()?;
                match at(&mut value, parents)? {
                    Value::Array(items) => {
                        let index: usize = last.parse().ok()?;
                        (index <= items.len()).then(|| items.insert(index, new.clone()))?;
                    }
                    Value::Object(entries) => entries.push((last.clone(), new.clone())),
                    _ => return None,
                }
            }
            Operation::Remove { path } => {
                let tokens = tokens(path);
                let (last, parents) = tokens.split_last()?;
                match at(&mut value, parents)? {
                    Value::Array(items) => {
                        let index: usize = last.parse().ok()?;
                        (index < items.len()).then(|| items.remove(index))?;
                    }
                    Value::Object(entries) => entries.retain(|(key, _)| key != last),
                    _ => return None,
                }
            }
        }
    }
    Some(value)
}

fn tokens(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

fn at<'v>(value: &'v mut Value, tokens: &[String]) -> Option<&'v mut Value> {
    tokens.iter().try_fold(value, |value, token| match value {
        Value::Array(items) => items.get_mut(token.parse::<usize>().ok()?),
        object => object.get_mut(token),
    })
}
