//! `for-all-values-without-null-check` and `if-exists-widens`: an Allow that also admits requests
//! without the key.

use super::Seen;
use super::absent::holds_where_absent;
use crate::evaluate::Truth;
use crate::iam::{Comparison, Condition, Effect, Quantifier, Statement};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::source::Severity;
use crate::syntax::Element;

/// Keys of sets that every request has of which AWS tells them.
///
/// AWS: a grant has operations, and a change of records has records:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html>,
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html>
const ALWAYS_THERE: [&str; 4] = [
    "kms:grantoperations",
    "route53:changeresourcerecordsetsactions",
    "route53:changeresourcerecordsetsnormalizedrecordnames",
    "route53:changeresourcerecordsetsrecordtypes",
];

const FOR_ALL: &str = "for-all-values-without-null-check";

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let is_set = condition.operator.quantifier == Quantifier::ForAllValues;
            // With one value it is a case of `set-operator-on-single-value`.
            let single = subject.is_multivalued(number, at) == Some(false);
            let there = ALWAYS_THERE.contains(&condition.key.folded());
            if requires(statement, condition) || (is_set && (single || there)) {
                continue;
            }
            let place = Element::Condition(number, at);
            if rule.id == FOR_ALL && is_set {
                seen.push(for_all(rule, condition, place));
            } else if rule.id != FOR_ALL && !is_set && condition.operator.if_exists {
                seen.extend(if_exists(rule, condition, place));
            }
        }
    }
    seen
}

/// Whether another condition of the statement fails where the key is absent.
fn requires(statement: &Statement, condition: &Condition) -> bool {
    statement.conditions.iter().any(|other| {
        other.key == condition.key && holds_where_absent(other, Effect::Allow) == Truth::False
    })
}

fn for_all(rule: &Rule, condition: &Condition, at: Element) -> Seen {
    let Condition { operator, key, .. } = condition;
    let known = rule.keys.iter().find(|known| known.is(key.folded()));
    let what = known.map_or("where the key is absent", |known| &known.says);
    let message = format!("`{operator}` on `{key}` also holds {what}");
    let seen = Seen::new(at, message)
        .help(format!("add `\"Null\": {{\"{key}\": \"false\"}}`, if the key must be there"));
    // Requests without tags are mostly meant to pass.
    if known.is_some() { seen.severity(Severity::Note) } else { seen }
}

fn if_exists(rule: &Rule, condition: &Condition, at: Element) -> Option<Seen> {
    let Condition { operator, key, .. } = condition;
    if operator.comparison.is_negated() || operator.comparison == Comparison::Null {
        return None;
    }
    let known = rule.keys.iter().find(|known| known.is(key.folded()))?;
    let message = format!("`{operator}` on `{key}` also holds {}", known.says);
    let values: Vec<&str> = condition.operands.iter().map(|one| one.text.as_str()).collect();
    let plain = crate::iam::ConditionOperator { if_exists: false, ..*operator };
    let help = format!("write `\"{plain}\": {{\"{key}\": {}}}`", json_values(&values));
    Some(Seen::new(at, message).help(help))
}
