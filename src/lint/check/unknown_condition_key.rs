//! `unknown-condition-key`

use super::absent::consequence;
use super::{Seen, portability};
use crate::iam::{Clause, Effect, OperandValue, Statement};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::pattern::{ArnPattern, Pattern, Syntax};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    let variables = subject.policy.document.version.has_variables();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let key = condition.key.text();
            // What MinIO has is another rule's.
            if subject.key(number, at).is_none() && !portability::is_key_of_minio(key) {
                let (so, _) = consequence(condition, statement.effect);
                let found = about(subject, Element::Condition(number, at), key, so);
                seen.push(found);
            }
        }
        if variables {
            seen.extend(in_variables(subject, number, statement));
        }
    }
    seen
}

fn is_unknown(subject: &Subject<'_>, key: &str) -> bool {
    // What MinIO has is another rule's.
    // A claim with the scheme of its issuer is `oidc-other-issuer`'s.
    subject.catalogue().condition_key(key).is_none()
        && !portability::is_key_of_minio(key)
        && !key.starts_with("https://")
}

fn about(subject: &Subject<'_>, at: Element, key: &str, so: &str) -> Seen {
    let date = subject.catalogue().date();
    let message = format!("`{key}` is no condition key in the catalogue of {date}: {so}");
    let near: Vec<String> =
        subject.catalogue().suggest_key(key).into_iter().map(|known| filled(known, key)).collect();
    let seen = Seen::new(at, message);
    if near.is_empty() { seen } else { seen.help(format!("did you mean {}?", quoted(&near))) }
}

/// A key whose open part is what the policy wrote: `aws:ResourceTag/team`.
fn filled(known: &str, written: &str) -> String {
    let end = written.rsplit(['/', ':']).next().filter(|end| end.len() + 1 < written.len());
    match (known.split_once("${"), end) {
        (Some((start, rest)), Some(end)) if rest.ends_with('}') && written.contains('/') => {
            format!("{start}{end}")
        }
        _ => known.to_owned(),
    }
}

/// Variables whose key does not exist: what they stand in matches nothing.
fn in_variables(subject: &Subject<'_>, number: usize, statement: &Statement) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut look = |at: Element, pattern: &Pattern| {
        let unknown = pattern
            .variables()
            .find(|variable| variable.default.is_none() && is_unknown(subject, &variable.key));
        if let Some(variable) = unknown {
            let so = match statement.effect {
                Effect::Allow => "what it stands in matches nothing",
                Effect::Deny => "what it stands in matches nothing and is not denied",
            };
            seen.push(about(subject, at, &variable.key, so));
        }
    };
    let resources = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
    for (at, arn) in resources.iter().enumerate() {
        if let ArnPattern::Arn(parts) = arn {
            look(Element::Resource(number, at), &parts.resource);
        }
    }
    for (at, condition) in statement.conditions.iter().enumerate() {
        for (value, operand) in condition.operands.iter().enumerate() {
            let place = Element::Operand(number, at, value);
            match &operand.value {
                OperandValue::Text(pattern) | OperandValue::ArnText(pattern) => {
                    look(place, pattern);
                }
                OperandValue::Arn(_) => {
                    look(place, &Pattern::parse(&operand.text, Syntax::GlobWithVariables));
                }
                _ => {}
            }
        }
    }
    seen
}
