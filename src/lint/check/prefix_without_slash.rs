//! `prefix-without-slash`

use super::Seen;
use crate::iam::{Clause, Comparison, Effect, OperandValue, Statement};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::s3::S3Resource;
use crate::lint::words::json_values;
use crate::pattern::Part;
use crate::source::Severity;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        let is_wider = match (&statement.resource, statement.effect) {
            (Some(clause), Effect::Allow) => !clause.is_negated(),
            (Some(clause), Effect::Deny) => clause.is_negated(),
            (None, _) => false,
        };
        if is_wider {
            seen.extend(in_resources(number, statement));
        }
        seen.extend(in_conditions(number, statement));
    }
    seen
}

fn in_resources(number: usize, statement: &Statement) -> Vec<Seen> {
    let entries = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
    let mut seen = Vec::new();
    for (at, arn) in entries.iter().enumerate() {
        let Some(resource) = S3Resource::of(arn) else { continue };
        let place = Element::Resource(number, at);
        let part = resource.keys.unwrap_or(resource.bucket);
        let Some(open) = open_end(part) else { continue };
        let start = arn.text().strip_suffix('*').unwrap_or_default();
        match resource.keys {
            Some(_) => {
                let help = format!("end it with a slash: `{start}/*`");
                seen.push(open.seen(place, arn.text()).help(help));
            }
            None => {
                let (shown, others) = open.others();
                let message = format!(
                    "`{arn}` also reaches buckets such as `{shown}{others}`, which may be anyone's"
                );
                let both = json_values(&[start.to_owned(), format!("{start}/*")]);
                let help = format!(
                    "a bucket's name and its objects are two resources: `\"Resource\": {both}`"
                );
                seen.push(Seen::new(place, message).help(help).severity(Severity::Note));
            }
        }
    }
    seen
}

fn in_conditions(number: usize, statement: &Statement) -> Vec<Seen> {
    let wanted = match statement.effect {
        Effect::Allow => Comparison::StringLike,
        Effect::Deny => Comparison::StringNotLike,
    };
    let mut seen = Vec::new();
    let conditions = statement.conditions.iter().enumerate();
    for (at, condition) in conditions
        .filter(|(_, one)| one.key.folded() == "s3:prefix" && one.operator.comparison == wanted)
    {
        for (value, operand) in condition.operands.iter().enumerate() {
            let is_text = matches!(operand.value, OperandValue::Text(_));
            let Some(open) = is_text.then(|| open_end(&operand.text)).flatten() else { continue };
            let start = operand.text.strip_suffix('*').unwrap_or_default();
            let place = Element::Operand(number, at, value);
            let help = format!("end it with a slash: `{start}/*`");
            seen.push(open.seen(place, &operand.text).help(help));
        }
    }
    seen
}

/// A pattern whose star goes on within a name.
struct OpenEnd<'a> {
    /// What stands before the star.
    start: &'a str,
    by_variable: bool,
}

impl OpenEnd<'_> {
    /// A neighbour that it reaches: its beginning and its end.
    fn others(&self) -> (String, &'static str) {
        let name = self.start.rsplit_once('/').map_or(self.start, |(_, name)| name);
        if self.by_variable { ("bob".to_owned(), "by") } else { (name.to_owned(), "-other") }
    }

    fn seen(&self, at: Element, written: &str) -> Seen {
        if self.by_variable {
            let message = format!(
                "`{written}` goes on after the variable: whoever is `bob` also reaches what belongs to `bobby`"
            );
            return Seen::new(at, message).severity(Severity::Error);
        }
        let start = self.start;
        let message =
            format!("`{written}` also reaches `{start}-other/` and whatever else begins so");
        Seen::new(at, message)
    }
}

/// Whether a pattern ends in a letter, a digit or a variable, and a star.
fn open_end(text: &str) -> Option<OpenEnd<'_>> {
    let start = text.strip_suffix('*')?;
    let last = start.chars().last()?;
    if last == '}' {
        let pattern =
            crate::pattern::Pattern::parse(start, crate::pattern::Syntax::GlobWithVariables);
        let by_variable = matches!(pattern.parts().last(), Some(Part::Variable(_)));
        return by_variable.then_some(OpenEnd { start, by_variable });
    }
    if !last.is_alphanumeric() {
        return None;
    }
    // A name that is made of a run of digits is a day or a number: `logs/2026*`.
    let word = start.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_date = word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    // `*.csv*`, `*part*`: what is searched for is somewhere in the name.
    let name = start.rsplit('/').next().unwrap_or_default();
    (!is_date && !name.contains(['*', '?'])).then_some(OpenEnd { start, by_variable: false })
}
