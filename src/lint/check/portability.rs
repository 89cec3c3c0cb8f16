//! `portability`: what MinIO has and AWS does not.

use super::Seen;
use crate::iam::ActionPattern;
use crate::lint::policy::Subject;
use crate::lint::{Rule, rules};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, entry) in statement.action.entries().iter().enumerate() {
            let Some(path) = rule.paths.iter().find(|path| names(&path.actions, entry)) else {
                continue;
            };
            let message = format!("`{entry}` is {}; AWS does not have it", path.name);
            let found = Seen::new(Element::Action(number, at), message);
            seen.push(match &path.leads_to {
                Some(help) => found.help(help.clone()),
                None => found,
            });
        }
        for (at, condition) in statement.conditions.iter().enumerate() {
            let key = &condition.key;
            if let Some(known) = rule.keys.iter().find(|known| known.is(key.folded())) {
                let message = format!("`{key}` is {}; AWS does not have it", known.says);
                seen.push(
                    Seen::new(Element::Condition(number, at), message)
                        .help("remove the condition, or keep the policy for MinIO alone"),
                );
            }
        }
    }
    seen
}

/// Whether MinIO has an action, or what a wildcard matches, and AWS has not.
pub(super) fn is_of_minio(entry: &ActionPattern) -> bool {
    let rule = rules().find(|rule| rule.id == "portability");
    rule.is_some_and(|rule| rule.paths.iter().any(|path| names(&path.actions, entry)))
}

/// Whether a condition key is MinIO's own.
pub(super) fn is_key_of_minio(key: &str) -> bool {
    let folded = key.to_lowercase();
    let rule = rules().find(|rule| rule.id == "portability");
    rule.is_some_and(|rule| rule.keys.iter().any(|known| known.is(&folded)))
}

fn names(actions: &[String], entry: &ActionPattern) -> bool {
    let is_literal = entry.is_literal();
    actions.iter().any(|name| {
        let of_service = name.strip_suffix(":*");
        of_service.is_some_and(|service| entry.service() == Some(service))
            || (is_literal && entry.text().eq_ignore_ascii_case(name))
    })
}
