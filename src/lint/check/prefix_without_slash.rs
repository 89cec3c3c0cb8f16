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
        if let Some(open) = resource.keys.and_then(open_end) {
            let help = format!("end it with a slash: `{}/*`", arn.text().trim_end_matches('*'));
            seen.push(open.seen(place, arn.text()).help(help));
        }
        if let Some(open) = open_end(resource.bucket) {
            let (shown, others) = open.others();
            let message = format!(
                "`{arn}` also reaches buckets such as `{shown}{others}`, which may be anyone's"
            );
            let help = whole_name(arn.text(), &resource);
            seen.push(Seen::new(place, message).help(help).severity(Severity::Note));
        }
    }
    seen
}

/// The resource with the bucket's name in full.
fn whole_name(arn: &str, resource: &S3Resource<'_>) -> String {
    let rest = resource.keys.map_or(0, |keys| keys.len() + 1);
    let bucket = arn.get(..arn.len().saturating_sub(rest)).unwrap_or(arn).trim_end_matches('*');
    match resource.keys {
        Some(keys) => format!("write the bucket's name in full: `{bucket}/{keys}`"),
        None => {
            let both = json_values(&[bucket.to_owned(), format!("{bucket}/*")]);
            format!("a bucket's name and its objects are two resources: `\"Resource\": {both}`")
        }
    }
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
            let start = operand.text.trim_end_matches('*');
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
    let start = Some(text.trim_end_matches('*')).filter(|start| start.len() < text.len())?;
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
    (!is_date && !is_file(name) && !name.contains(['*', '?']))
        .then_some(OpenEnd { start, by_variable: false })
}

/// Whether a name ends like that of a file, beside which others are meant: `terraform.tfstate*`.
fn is_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty()
            && (2..=8).contains(&end.len())
            && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && end.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}
