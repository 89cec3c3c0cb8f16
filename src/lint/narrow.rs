//! What a single condition does to an Allow.

use crate::iam::{Comparison, Condition, OperandValue, Quantifier};

/// Whether a condition asks for something: the key has to be there, with other values than any.
pub(super) fn narrows(condition: &Condition) -> bool {
    let operator = condition.operator;
    let asks = !operator.if_exists
        && operator.quantifier != Quantifier::ForAllValues
        && !operator.comparison.is_negated()
        && operator.comparison != Comparison::Null;
    asks && !condition.operands.iter().any(|operand| match &operand.value {
        OperandValue::Text(pattern) => pattern.is_any(),
        OperandValue::Arn(pattern) => *pattern == crate::pattern::ArnPattern::Any,
        _ => false,
    })
}
