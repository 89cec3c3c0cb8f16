//! The policy variables of a statement, and what the request has for them.

use crate::evaluate::{Subject, Values};
use crate::iam::{Clause, Condition, OperandValue, Statement};
use crate::pattern::{ArnPattern, Pattern, Variable};
use std::collections::BTreeSet;

/// The variables whose value holds `*` or `?`, which AWS's pages leave open.
pub(super) fn wildcards_in_values<'d>(
    statements: impl Iterator<Item = &'d Statement>,
    subject: Subject<'_>,
) -> BTreeSet<String> {
    let mut notes = BTreeSet::new();
    for statement in statements {
        let conditions = statement.conditions.iter().flat_map(in_condition);
        for variable in in_resources(statement).chain(conditions) {
            if let Values::One(value) = subject.values(&variable.key)
                && value.contains(['*', '?'])
            {
                let key = &variable.key;
                notes.insert(format!(
                    "the value `{value}` of the variable `{key}` is taken letter by letter, not as a pattern"
                ));
            }
        }
    }
    notes
}

/// The variables of the statement's resources.
pub(super) fn in_resources(statement: &Statement) -> impl Iterator<Item = &Variable> {
    let entries = statement.resource.iter().flat_map(Clause::entries);
    entries.filter_map(resource).flat_map(Pattern::variables)
}

/// The variables of a condition's operands.
pub(super) fn in_condition(condition: &Condition) -> impl Iterator<Item = &Variable> {
    let patterns = condition.operands.iter().filter_map(|operand| match &operand.value {
        OperandValue::Arn(pattern) => resource(pattern),
        OperandValue::Text(pattern) | OperandValue::ArnText(pattern) => Some(pattern),
        _ => None,
    });
    patterns.flat_map(Pattern::variables)
}

fn resource(pattern: &ArnPattern) -> Option<&Pattern> {
    match pattern {
        ArnPattern::Arn(parts) => Some(&parts.resource),
        ArnPattern::Any => None,
    }
}

/// What the variables stand for: `, where ...`; nothing where there are none.
pub(super) fn values<'v>(
    variables: impl Iterator<Item = &'v Variable>,
    subject: Subject<'_>,
) -> String {
    let told: BTreeSet<String> = variables
        .map(|Variable { key, default }| match (subject.values(key), default) {
            (Values::One(value), _) => format!("`{key}` is `{value}`"),
            (Values::Unknown, _) => format!("`{key}` is not known"),
            (Values::Absent | Values::Many(_), Some(_)) => {
                format!("`{key}` has no single value, so the default stands")
            }
            (Values::Absent, None) => format!("`{key}` has no value"),
            (Values::Many(_), None) => format!("`{key}` has no single value"),
        })
        .collect();
    let told = told.into_iter().collect::<Vec<_>>().join(", ");
    if told.is_empty() { told } else { format!(", where {told}") }
}
