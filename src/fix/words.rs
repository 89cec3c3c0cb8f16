//! The edits of a document in words.

use super::patch::Line;
use crate::iam::{Clause, Condition, Effect, PolicyDocument, Statement};
use crate::pattern::ArnPattern;

/// What changes, one sentence for each element that does.
pub(super) fn edits(before: &PolicyDocument, after: &[Line]) -> Vec<String> {
    let mut sentences = Vec::new();
    for (at, was) in before.statements.iter().enumerate() {
        let name = name(at, was);
        let Some(line) = after.iter().find(|line| line.origin == Some(at)) else {
            let denies = was.effect == Effect::Deny;
            let so = if denies { ", a denial: see that nothing else relies on it" } else { "" };
            sentences.push(format!("delete {name}{so}"));
            continue;
        };
        changes(&name, was, &line.statement, &mut sentences);
    }
    let new = after.iter().filter(|line| line.origin.is_none());
    sentences.extend(new.map(|line| added(&line.statement)));
    sentences
}

/// `statement 1 (Objects)`.
fn name(at: usize, statement: &Statement) -> String {
    match &statement.sid {
        Some(sid) => format!("statement {at} ({sid})"),
        None => format!("statement {at}"),
    }
}

fn changes(name: &str, was: &Statement, now: &Statement, sentences: &mut Vec<String>) {
    let principals = |s: &Statement| -> Vec<String> {
        let entries = s.principal.as_ref().map(Clause::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.text().to_owned()).collect()
    };
    let actions = |s: &Statement| -> Vec<String> {
        s.action.entries().iter().map(|entry| entry.text().to_owned()).collect()
    };
    let resources = |s: &Statement| -> Vec<String> { texts(s.resource.as_ref()) };
    let negated = |clause: Option<bool>| clause.unwrap_or_default();
    let of_resource = |s: &Statement| negated(s.resource.as_ref().map(Clause::is_negated));
    let of_principal = |s: &Statement| negated(s.principal.as_ref().map(Clause::is_negated));
    for (element, twins, old, new) in [
        ("Principal", [of_principal(was), of_principal(now)], principals(was), principals(now)),
        ("Action", [was.action.is_negated(), now.action.is_negated()], actions(was), actions(now)),
        ("Resource", [of_resource(was), of_resource(now)], resources(was), resources(now)),
    ] {
        match twins {
            [true, false] => sentences.push(format!(
                "{name}: {element} {} in place of Not{element} {}",
                quoted(&new),
                quoted(&old)
            )),
            [twin, _] => {
                let not = if twin { "Not" } else { "" };
                sentences.extend(change(&format!("{name}, {not}{element}"), &old, &new));
            }
        }
    }
    for condition in &was.conditions {
        let same = |c: &&Condition| c.key == condition.key && c.operator == condition.operator;
        let place = format!("{name}, Condition {} {}", condition.operator, condition.key.text());
        match now.conditions.iter().find(same) {
            Some(new) => sentences.extend(change(&place, &operands(condition), &operands(new))),
            None => sentences.push(format!("{place}: take it out")),
        }
    }
    for condition in &now.conditions {
        let same = |c: &Condition| c.key == condition.key && c.operator == condition.operator;
        if !was.conditions.iter().any(same) {
            let Condition { operator, key, .. } = condition;
            let values = quoted(&operands(condition));
            sentences.push(format!("{name}: add the condition {operator} {} {values}", key.text()));
        }
    }
}

/// What a list loses and gains.
fn change(place: &str, old: &[String], new: &[String]) -> Option<String> {
    let lost: Vec<String> = old.iter().filter(|entry| !new.contains(entry)).cloned().collect();
    let gained: Vec<String> = new.iter().filter(|entry| !old.contains(entry)).cloned().collect();
    match (lost.is_empty(), gained.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("{place}: take out {}", quoted(&lost))),
        (true, false) => Some(format!("{place}: add {}", quoted(&gained))),
        (false, false) => {
            Some(format!("{place}: {} in place of {}", quoted(&gained), quoted(&lost)))
        }
    }
}

fn added(statement: &Statement) -> String {
    let actions: Vec<String> =
        statement.action.entries().iter().map(|entry| entry.text().to_owned()).collect();
    let mut sentence = format!("add a statement: {}", quoted(&actions));
    if let Some(resource) = &statement.resource {
        sentence.push_str(&format!(" on {}", quoted(&texts(Some(resource)))));
    }
    if let Some(principal) = &statement.principal {
        let names: Vec<String> = principal.entries().iter().map(|p| p.text().to_owned()).collect();
        sentence.push_str(&format!(" for {}", quoted(&names)));
    }
    for condition in &statement.conditions {
        let Condition { operator, key, .. } = condition;
        let values = quoted(&operands(condition));
        sentence.push_str(&format!(", if {operator} {} {values}", key.text()));
    }
    sentence
}

fn texts(clause: Option<&Clause<ArnPattern>>) -> Vec<String> {
    let entries = clause.map(Clause::entries).unwrap_or_default();
    entries.iter().map(|entry| entry.text().to_owned()).collect()
}

fn operands(condition: &Condition) -> Vec<String> {
    condition.operands.iter().map(|operand| operand.text.clone()).collect()
}

/// The texts in backticks; of many the rest is counted, the document has them all.
fn quoted(texts: &[String]) -> String {
    const LISTED: usize = 12;
    let quoted: Vec<String> = texts.iter().take(LISTED).map(|text| format!("`{text}`")).collect();
    match texts.len().saturating_sub(LISTED) {
        0 => quoted.join(", "),
        more => format!("{} and {more} more", quoted.join(", ")),
    }
}
