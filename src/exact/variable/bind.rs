//! Documents with values in place of their variables.

use crate::exact::context::Fixed;
use crate::exact::request_box::RequestBox;
use crate::exact::set::RequestSet;
use crate::iam::{Clause, Comparison, Condition, Operand, OperandValue, Statement};
use crate::pattern::{ArnPattern, Pattern};
use std::borrow::Cow;

/// The value of a key, in lower case; `None` where it has none.
type Lookup<'l> = dyn Fn(&str) -> Option<&'l str> + 'l;

/// The set with values in place of all variables.
pub(crate) fn bound_set<'s, 'a>(
    set: &'s RequestSet<'a>,
    value_of: &Lookup<'_>,
) -> Cow<'s, RequestSet<'a>> {
    if !set.layers().iter().flat_map(|layer| &layer.rules).any(|rule| rule.varies) {
        return Cow::Borrowed(set);
    }
    Cow::Owned(set.with_rules(|rule| {
        if rule.varies {
            rule.with(bound_statement(&rule.statement, value_of))
        } else {
            rule.clone()
        }
    }))
}

/// The box with values in place of all variables; `None` where one has no value, as then no
/// request is in it.
pub(crate) fn bound_box(needed: &RequestBox, value_of: &Lookup<'_>) -> Option<RequestBox> {
    let fixed = |fixed: &Fixed| match fixed {
        Fixed::Like(pattern) => {
            pattern.bind(value_of).map(|pattern| Fixed::Like(pattern.into_owned()))
        }
        other => Some(other.clone()),
    };
    let fixed = needed.fixed.iter().map(|(key, value)| Some((key.clone(), fixed(value)?)));
    Some(RequestBox {
        resource: needed.resource.bind(value_of)?.into_owned(),
        fixed: fixed.collect::<Option<Vec<_>>>()?,
        ..needed.clone()
    })
}

fn bound_statement(statement: &Statement, value_of: &Lookup<'_>) -> Statement {
    let bound = |entries: &[ArnPattern]| {
        // An entry without a value matches nothing, so it is as if it were not there.
        entries.iter().filter_map(|entry| Some(entry.bind(value_of)?.into_owned())).collect()
    };
    let resource = statement.resource.as_ref().map(|clause| match clause {
        Clause::Is(entries) => Clause::Is(bound(entries)),
        Clause::Not(entries) => Clause::Not(bound(entries)),
    });
    let condition = |condition: &Condition| Condition {
        operands: condition
            .operands
            .iter()
            .filter_map(|operand| bound_operand(condition.operator.comparison, operand, value_of))
            .collect(),
        ..condition.clone()
    };
    Statement {
        resource,
        conditions: statement.conditions.iter().map(condition).collect(),
        ..statement.clone()
    }
}

fn bound_operand(
    comparison: Comparison,
    operand: &Operand,
    value_of: &Lookup<'_>,
) -> Option<Operand> {
    use Comparison::{StringEqualsIgnoreCase, StringNotEqualsIgnoreCase};
    let value = match &operand.value {
        OperandValue::Text(pattern)
            if matches!(comparison, StringEqualsIgnoreCase | StringNotEqualsIgnoreCase) =>
        {
            OperandValue::Text(pattern.bind(value_of)?.to_lowercase())
        }
        OperandValue::Text(pattern) => OperandValue::Text(pattern.bind(value_of)?.into_owned()),
        OperandValue::Arn(pattern) => OperandValue::Arn(pattern.bind(value_of)?.into_owned()),
        OperandValue::ArnText(pattern) => {
            OperandValue::Arn(ArnPattern::of_pattern(pattern.bind(value_of)?.as_ref())?)
        }
        other => other.clone(),
    };
    Some(Operand { value, ..operand.clone() })
}

/// All patterns of a statement in which variables may stand.
pub(crate) fn patterns(statement: &Statement) -> impl Iterator<Item = &Pattern> {
    let entries = statement.resource.iter().flat_map(Clause::entries).map(Some);
    let operands = statement.conditions.iter().flat_map(|c| &c.operands);
    let texts = operands.clone().filter_map(|operand| match &operand.value {
        OperandValue::Text(pattern) | OperandValue::ArnText(pattern) => Some(pattern),
        _ => None,
    });
    let arns = operands.map(|operand| match &operand.value {
        OperandValue::Arn(pattern) => Some(pattern),
        _ => None,
    });
    entries.chain(arns).flatten().flat_map(patterns_of_arn).chain(texts)
}

/// The patterns of an ARN's parts.
pub(super) fn patterns_of_arn(arn: &ArnPattern) -> impl Iterator<Item = &Pattern> {
    let parts = match arn {
        ArnPattern::Any => None,
        ArnPattern::Arn(parts) => Some(parts),
    };
    parts.into_iter().flat_map(|parts| parts.head.iter().chain([&parts.resource]))
}
