//! From YAML to suppressions, with every mistake at its place.

use super::{Entry, Suppressions};
use crate::consumer::yaml::{self, Map, Node, Placed, Value};
use crate::iam::Instant;
use crate::lint::rules;
use crate::pattern::Pattern;
use crate::source::{Problem, Source, closest};
use std::sync::Arc;

impl Suppressions {
    /// Reads a file of suppressions: a list of entries.
    ///
    /// # Errors
    /// All that is wrong with it: unknown keys and rules, no reason, dates that are none.
    pub fn read(source: Arc<Source>) -> Result<Self, Vec<Problem>> {
        let text = source.text();
        let only_comments = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
        if text.lines().all(only_comments) {
            return Ok(Self { source, entries: Vec::new() });
        }
        let node = yaml::read(text).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        let mut entries = Vec::new();
        match &node.value {
            Value::List(items) => {
                entries.extend(items.iter().filter_map(|item| entry(item, &mut problems)));
            }
            Value::Null => {}
            Value::Scalar(_) | Value::Map(_) => {
                let help = "write entries as `- rule: ID` with a `reason`";
                let problem = Problem::error(node.span, "suppressions are a list of entries");
                problems.push(problem.help(help));
            }
        }
        if problems.is_empty() { Ok(Self { source, entries }) } else { Err(problems) }
    }
}

fn entry(node: &Node, problems: &mut Vec<Problem>) -> Option<Entry> {
    let before = problems.len();
    let mut map = Map::of(node, "a suppression", problems);
    let start = map.start();
    let rule = map.text("rule", problems);
    let reason = map.text("reason", problems);
    let expires = map.text("expires", problems);
    let statement = map.text("statement", problems);
    let mut word = |key| map.text(key, problems).map(|text| text.value);
    let (file, policy) = (word("file"), word("policy"));
    let (sid, action, resource) = (word("sid"), word("action"), word("resource"));
    let (principal, content) = (word("principal"), word("content"));
    let sound = map.sound;
    map.finish(&[], problems);
    if !sound {
        return None;
    }
    match &rule {
        None => {
            let help = "`leastwise rules list` shows all rules";
            problems.push(Problem::error(start, "`rule` is missing").help(help));
        }
        Some(rule) if !rules().any(|known| known.id == rule.value) => {
            let problem = Problem::error(rule.span, format!("there is no rule `{}`", rule.value));
            let near = closest(&rule.value, rules().map(|known| known.id.as_str()));
            let help = near.map_or_else(
                || "`leastwise rules list` shows all rules".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            problems.push(problem.help(help));
        }
        Some(_) => {}
    }
    match &reason {
        None => problems.push(
            Problem::error(start, "`reason` is missing")
                .help("say why the finding is accepted, for whoever reads it next"),
        ),
        Some(reason) if reason.value.trim().is_empty() => {
            problems.push(Problem::error(reason.span, "`reason` says nothing"));
        }
        Some(_) => {}
    }
    if let Some(day) = expires.as_ref().filter(|day| !is_day(&day.value)) {
        let problem = Problem::error(day.span, format!("`{}` is no day", day.value));
        problems.push(problem.help("write the last day that it holds as `YYYY-MM-DD`"));
    }
    let number = |text: Placed<String>| match text.value.parse() {
        Ok(number) => Some(number),
        Err(_) => {
            let problem = Problem::error(text.span, format!("`{}` is no number", text.value));
            problems.push(problem.help("statements are counted from 0"));
            None
        }
    };
    let statement = statement.and_then(number);
    if problems.len() > before {
        return None;
    }
    let glob = |text: Option<String>| text.map(|text| Pattern::glob(&text));
    Some(Entry {
        span: start,
        rule: rule?.value,
        reason: reason?.value,
        expires: expires.map(|day| day.value),
        file: glob(file),
        policy: glob(policy),
        sid,
        statement,
        action,
        resource,
        principal,
        content,
    })
}

/// Whether a text is a day, `YYYY-MM-DD`.
#[must_use]
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && text.matches('-').count() == 2 && Instant::parse(text).is_some()
}
