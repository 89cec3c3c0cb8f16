//! `missing-set-operator` and `set-operator-on-single-value`

use super::Seen;
use crate::iam::{Comparison, Condition, ConditionOperator, Effect, Quantifier};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::source::Severity;
use crate::syntax::Element;

/// What `kms-context-trap` speaks of.
pub(super) const OF_KMS: &str = "kms:encryptioncontextkeys";

/// Keys that AWS lists as sets and compares as single values in its own examples.
///
/// AWS: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html>
const EITHER: [&str; 2] = ["events:detail-type", "events:source"];

const MISSING: &str = "missing-set-operator";

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let many = subject.is_multivalued(number, at);
            let key = condition.key.folded();
            let is_exempt = key == OF_KMS || EITHER.contains(&key);
            let is_set = condition.operator.quantifier != Quantifier::One;
            let at = Element::Condition(number, at);
            match many {
                Some(true) if rule.id == MISSING && !is_set && !is_exempt => {
                    seen.extend(missing(condition, statement.effect, at));
                }
                Some(false) if rule.id != MISSING && is_set => {
                    seen.push(needless(condition, statement.effect, at));
                }
                _ => {}
            }
        }
    }
    seen
}

/// A condition as the policy would have it with another operator.
fn written(operator: ConditionOperator, condition: &Condition) -> String {
    let values: Vec<&str> = condition.operands.iter().map(|one| one.text.as_str()).collect();
    format!("\"{operator}\": {{\"{}\": {}}}", condition.key, json_values(&values))
}

/// AWS: a key of many values needs a set operator:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
pub(super) fn missing(condition: &Condition, effect: Effect, at: Element) -> Option<Seen> {
    let operator = condition.operator;
    if operator.comparison == Comparison::Null {
        return None;
    }
    let key = &condition.key;
    let so = match effect {
        Effect::Allow => "the statement may grant nothing",
        Effect::Deny => "the statement may deny nothing",
    };
    let message = format!(
        "`{key}` is a set of values, which `{operator}` without `ForAllValues:` or `ForAnyValue:` does not compare: {so}"
    );
    let with = |quantifier| written(ConditionOperator { quantifier, ..operator }, condition);
    let all = with(Quantifier::ForAllValues);
    let any = with(Quantifier::ForAnyValue);
    let help = format!("write `{any}` if one value is enough, `{all}` if each must fit");
    Some(Seen::new(at, message).help(help))
}

fn needless(condition: &Condition, effect: Effect, at: Element) -> Seen {
    let Condition { operator, key, .. } = condition;
    let plain = written(ConditionOperator { quantifier: Quantifier::One, ..*operator }, condition);
    let help = format!("write `{plain}`");
    // AWS: `ForAllValues` also holds where the key is absent, so do not use it with Allow on a key
    // of one value: the page above.
    if operator.quantifier == Quantifier::ForAllValues && !operator.if_exists {
        let so = match effect {
            Effect::Allow => "admits requests without the key",
            Effect::Deny => "denies requests without the key",
        };
        let message =
            format!("`{key}` has one value: `{operator}` also holds where there is none and {so}");
        let seen = Seen::new(at, message).help(help);
        return match effect {
            Effect::Allow => seen,
            Effect::Deny => seen.severity(Severity::Note),
        };
    }
    let message = format!(
        "`{key}` has one value: `{operator}` does nothing that the plain operator does not"
    );
    Seen::new(at, message).help(help).severity(Severity::Note)
}
