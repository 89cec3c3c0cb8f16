//! `confused-deputy`
//!
//! The rule's `paths` are services with the actions that they call for whoever asks them; `leads_to`
//! is the ARN on whose behalf.

use super::Seen;
use crate::iam::{Clause, Condition, Effect, PolicyKind, PrincipalPattern, Statement};
use crate::lint::narrow::narrows;
use crate::lint::policy::Subject;
use crate::lint::{Path, Rule, quoted};
use crate::source::Severity;
use crate::syntax::Element;

/// The keys that tell on whose behalf a service calls.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
const TELLING: [&str; 7] = [
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "kms:calleraccount",
    "sts:externalid",
];

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    // A Deny of what comes on behalf of others does the same for all.
    let mut denies = subject.statements().filter(|(_, one)| one.effect == Effect::Deny);
    if denies.any(|(_, one)| one.conditions.iter().any(is_telling)) {
        return Vec::new();
    }
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        if statement.conditions.iter().any(|one| is_telling(one) && narrows(one)) {
            continue;
        }
        let Some(Clause::Is(entries)) = &statement.principal else { continue };
        for (entry, principal) in entries.iter().enumerate() {
            let PrincipalPattern::Service(service) = principal else { continue };
            let of_it = rule.paths.iter().filter(|path| *path.name == *global(service));
            let called: Vec<(&Path, Vec<&str>)> = of_it
                .map(|path| (path, named(subject, number, statement, path)))
                .filter(|(_, actions)| !actions.is_empty())
                .collect();
            let Some((path, actions)) = called.first() else { continue };
            seen.push(one(
                subject.policy.kind,
                Element::Principal(number, entry),
                service,
                path,
                actions,
            ));
        }
    }
    seen
}

fn one(kind: PolicyKind, at: Element, service: &str, path: &Path, actions: &[&str]) -> Seen {
    let source = path.leads_to.as_deref().unwrap_or("arn:aws:SERVICE:REGION:111122223333:*");
    let (message, severity) = if kind == PolicyKind::Trust {
        let message = format!("`{service}` may assume the role, on whose behalf is not asked");
        (message, Severity::Note)
    } else {
        let message =
            format!("`{service}` may call {} on behalf of any AWS customer", quoted(actions));
        (message, Severity::Warning)
    };
    let account = "\"StringEquals\": {\"aws:SourceAccount\": \"111122223333\"}";
    let condition = match source.split(':').nth(4) {
        // The ARN of a bucket does not say whose it is.
        Some("") | None => {
            format!("{{\"ArnLike\": {{\"aws:SourceArn\": \"{source}\"}}, {account}}}")
        }
        Some(_) => format!("{{\"ArnLike\": {{\"aws:SourceArn\": \"{source}\"}}}}"),
    };
    let help = format!(
        "ask for the source: `\"Condition\": {condition}`, or for the account: \
         `\"Condition\": {{{account}}}`"
    );
    Seen::new(at, message).help(help).severity(severity)
}

fn is_telling(condition: &Condition) -> bool {
    let key = condition.key.folded();
    TELLING.contains(&key) || key.starts_with("kms:encryptioncontext:")
}

/// The actions of a path that a statement names.
fn named<'r>(
    subject: &Subject<'_>,
    number: usize,
    statement: &Statement,
    path: &'r Path,
) -> Vec<&'r str> {
    if statement.action.is_negated() {
        return Vec::new();
    }
    let find = |name: &&str| subject.id(name);
    let is_named = |name: &&str| find(name).is_some_and(|id| subject.names(number, id.0));
    path.actions.iter().map(String::as_str).filter(is_named).collect()
}

/// A service's name without the Region: `logs.eu-west-1.amazonaws.com` is `logs.amazonaws.com`.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services>
fn global(service: &str) -> String {
    let name = service.trim_end_matches(".cn").trim_end_matches(".amazonaws.com");
    let is_region = |label: &str| {
        label.split('-').count() >= 3 && label.ends_with(|digit: char| digit.is_ascii_digit())
    };
    let name = match name.rsplit_once('.') {
        Some((name, region)) if is_region(region) => name,
        _ => name,
    };
    format!("{name}.amazonaws.com")
}

#[cfg(test)]
mod tests {
    use super::global;

    #[test]
    fn a_service_is_the_same_in_every_region() {
        for (service, same) in [
            ("logs.amazonaws.com", "logs.amazonaws.com"),
            ("logs.eu-west-1.amazonaws.com", "logs.amazonaws.com"),
            ("logs.cn-north-1.amazonaws.com.cn", "logs.amazonaws.com"),
            ("delivery.logs.amazonaws.com", "delivery.logs.amazonaws.com"),
            ("vpc-flow-logs.amazonaws.com", "vpc-flow-logs.amazonaws.com"),
        ] {
            assert_eq!(global(service), same, "{service}");
        }
    }
}
