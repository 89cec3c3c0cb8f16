//! `impossible-arn`

use super::Seen;
use crate::iam::{Clause, Effect};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::pattern::{ArnPattern, Pattern};
use crate::source::closest;
use crate::syntax::Element;

/// AWS's partitions, and MinIO's.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
const PARTITIONS: [&str; 9] = [
    "aws",
    "aws-cn",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-us-gov",
    "minio",
];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        let Some(resources) = &statement.resource else { continue };
        let so = match (resources, statement.effect) {
            (Clause::Is(_), Effect::Allow) => "grants",
            (Clause::Is(_), Effect::Deny) => "forbids",
            (Clause::Not(_), _) => "exempts",
        };
        for (at, arn) in resources.entries().iter().enumerate() {
            let ArnPattern::Arn(parts) = arn else { continue };
            let Some((why, help)) = wrong(&parts.head) else { continue };
            let message = format!("`{arn}` matches nothing: {why}; the entry {so} nothing");
            seen.push(Seen::new(Element::Resource(number, at), message).help(help));
        }
    }
    seen
}

/// Which part no ARN has, and what to do.
fn wrong(head: &[Pattern; 5]) -> Option<(String, String)> {
    let [_, partition, service, _, account] = head;
    if !partition.has_variables() && !PARTITIONS.iter().any(|known| partition.matches(known)) {
        let near = closest(&partition.text().to_lowercase(), PARTITIONS).unwrap_or("aws");
        let why = format!("there is no partition `{partition}`");
        return Some((why, format!("write `arn:{near}:`")));
    }
    let text = service.text();
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let why = format!("the service `{text}` is written in lower case");
        return Some((why, format!("write `{}`", text.to_lowercase())));
    }
    let text = account.text();
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    (is_digits && (text.len() != 12 || text.contains('-'))).then(|| {
        let why = format!("the account `{text}` has not 12 digits");
        (why, "write the account's id, 12 digits without dashes".to_owned())
    })
}
