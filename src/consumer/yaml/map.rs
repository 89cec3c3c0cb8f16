//! Mappings with known keys: each is taken by its name, and what was not taken is an error.

use super::{Node, Placed, Value};
use crate::consumer::problem::known;
use crate::source::{Problem, Span};

/// Keys that are free for people's own use, at every level.
const FREE: [&str; 3] = ["description", "owner", "labels"];

/// Text, or a list of texts.
pub(crate) fn texts(key: &str, node: &Node, problems: &mut Vec<Problem>) -> Vec<Placed<String>> {
    match &node.value {
        Value::Scalar(text) => vec![Placed { value: text.clone(), span: node.span }],
        Value::List(items) => items.iter().filter_map(|item| text(key, item, problems)).collect(),
        Value::Null => {
            problems.push(Problem::error(node.span, format!("`{key}` has no value")));
            Vec::new()
        }
        Value::Map(_) => {
            problems.push(Problem::error(
                node.span,
                format!("`{key}` is text or a list of texts, not a mapping"),
            ));
            Vec::new()
        }
    }
}

fn text(key: &str, node: &Node, problems: &mut Vec<Problem>) -> Option<Placed<String>> {
    match &node.value {
        Value::Scalar(text) => Some(Placed { value: text.clone(), span: node.span }),
        Value::Null => {
            problems.push(Problem::error(node.span, format!("`{key}` has no value")));
            None
        }
        Value::List(_) | Value::Map(_) => {
            problems.push(Problem::error(node.span, format!("`{key}` is one text")));
            None
        }
    }
}

/// A mapping of which the known keys are taken one by one.
pub(crate) struct Map<'n> {
    span: Span,
    entries: &'n [(Placed<String>, Node)],
    taken: Vec<&'static str>,
    /// Whether it is a mapping at all; if not, what is missing in it needs no word.
    pub(crate) sound: bool,
}

impl<'n> Map<'n> {
    pub(crate) fn of(node: &'n Node, what: &str, problems: &mut Vec<Problem>) -> Self {
        let (entries, sound): (&[_], bool) = match &node.value {
            Value::Map(entries) => (entries, true),
            Value::Null => (&[], true),
            Value::Scalar(_) | Value::List(_) => {
                problems.push(Problem::error(node.span, format!("{what} is a mapping")));
                (&[], false)
            }
        };
        Self { span: node.span, entries, taken: Vec::new(), sound }
    }

    /// Its first key, for what is missing.
    pub(crate) fn start(&self) -> Span {
        self.entries.first().map_or(self.span, |(key, _)| key.span)
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'n Node> {
        self.taken.push(key);
        self.entries.iter().find(|(found, _)| found.value == key).map(|(_, node)| node)
    }

    pub(crate) fn text(
        &mut self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Placed<String>> {
        self.take(key).and_then(|node| text(key, node, problems))
    }

    pub(crate) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Vec<Placed<String>> {
        self.take(key).map(|node| texts(key, node, problems)).unwrap_or_default()
    }

    pub(crate) fn list(&mut self, key: &'static str, problems: &mut Vec<Problem>) -> &'n [Node] {
        match self.take(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                problems.push(Problem::error(node.span, format!("`{key}` is a list")));
                &[]
            }
        }
    }

    /// What was not taken.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &'n (Placed<String>, Node)> {
        self.entries.iter().filter(|(key, _)| {
            !self.taken.contains(&key.value.as_str()) && !FREE.contains(&key.value.as_str())
        })
    }

    /// Reports what was not taken.
    pub(crate) fn finish(self, also_known: &[&str], problems: &mut Vec<Problem>) {
        for (key, _) in self.rest() {
            let names = self.taken.iter().copied().chain(also_known.iter().copied()).chain(FREE);
            let problem = Problem::error(key.span, format!("unknown key `{}`", key.value));
            problems.push(problem.help(known(&key.value, names)));
        }
    }
}
