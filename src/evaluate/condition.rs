//! The one reading of conditions, shared by the evaluator and the exact engine.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! and <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>

use super::truth::{Truth, Why};
use crate::iam::{
    Comparison, Condition, ContextValue, Decimal, Effect, Instant, Operand, OperandValue,
    Quantifier,
};
use crate::pattern::{ArnPattern, fold_case};
use base64::Engine as _;
use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::net::IpAddr;

/// What a request carries for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values<'r> {
    /// Nothing.
    Absent,
    /// One value.
    One(&'r str),
    /// The values of a multi-valued key; there may be none.
    Many(&'r [String]),
    /// Nobody knows.
    Unknown,
}

impl<'r> From<Option<&'r ContextValue>> for Values<'r> {
    fn from(value: Option<&'r ContextValue>) -> Self {
        match value {
            None => Self::Absent,
            Some(ContextValue::Single(value)) => Self::One(value),
            Some(ContextValue::Many(values)) => Self::Many(values),
            Some(ContextValue::Unknown) => Self::Unknown,
        }
    }
}

/// Whether `condition`, in a statement with `effect`, holds for a request that carries `values`
/// for its key. `variables` looks up a key, in lower case, for `${key}`; a multi-valued key has
/// no value there.
pub fn holds<'r>(
    condition: &Condition,
    effect: Effect,
    values: Values<'r>,
    variables: impl Fn(&str) -> Values<'r>,
) -> Truth {
    holds_by(condition, effect, values, |comparison, operand, value| {
        operand_holds(comparison, operand, value, &variables)
    })
}

/// Whether `condition`, in a statement with `effect`, holds for `values` where `compares` says
/// what the positive reading of its comparison makes of one operand and one value.
pub fn holds_by(
    condition: &Condition,
    effect: Effect,
    values: Values<'_>,
    compares: impl Fn(Comparison, &OperandValue, &str) -> Truth,
) -> Truth {
    let operator = condition.operator;
    let operands = &condition.operands;
    if operator.comparison == Comparison::Null {
        return null(operands, values);
    }
    // Any of the operands, or for a negated comparison none of them.
    let one = |value: &str| {
        let each = operands.iter().map(|o| compares(operator.comparison, &o.value, value));
        Truth::any(each).negate_if(operator.comparison.is_negated())
    };
    match (values, operator.quantifier) {
        (Values::Unknown, _) => Truth::Unknown(Why::ValueUnknown),
        // An empty set of values is no value: as if the key were absent.
        (Values::Absent | Values::Many([]), quantifier) => match quantifier {
            Quantifier::ForAllValues => Truth::True,
            // AWS: "if the key is not present, evaluate the condition element as true" against
            // "if the key does not exist, the condition returns false": a Deny is taken to apply.
            Quantifier::ForAnyValue if operator.if_exists => match effect {
                Effect::Deny => Truth::True,
                Effect::Allow => Truth::Unknown(Why::ForAnyValueIfExists),
            },
            Quantifier::ForAnyValue => Truth::False,
            Quantifier::One => (operator.if_exists || operator.comparison.is_negated()).into(),
        },
        (Values::One(value), _) => one(value),
        (Values::Many(values), Quantifier::ForAllValues) => {
            Truth::all(values.iter().map(|value| one(value)))
        }
        (Values::Many(values), Quantifier::ForAnyValue) => {
            Truth::any(values.iter().map(|value| one(value)))
        }
        // AWS: a multi-valued key needs a set operator; without one nothing matches, negated or not:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        (Values::Many(_), Quantifier::One) => Truth::False,
    }
}

/// `Null`: `true` where the key is absent or has nothing but empty values.
fn null(operands: &[Operand], values: Values<'_>) -> Truth {
    let absent = match values {
        Values::Unknown => return Truth::Unknown(Why::ValueUnknown),
        Values::Absent => true,
        Values::One(value) => value.is_empty(),
        Values::Many(values) => values.iter().all(String::is_empty),
    };
    operands.iter().any(|operand| operand.value == OperandValue::Bool(absent)).into()
}

fn operand_holds<'r>(
    comparison: Comparison,
    operand: &OperandValue,
    value: &str,
    variables: &impl Fn(&str) -> Values<'r>,
) -> Truth {
    match operand {
        OperandValue::Text(pattern) if pattern.has_variables() => {
            let bound = Bound::new(variables, |bind| pattern.bind(bind), || pattern.relaxed());
            bound.holds(|pattern| match comparison {
                Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
                    pattern.to_lowercase().matches(&fold_case(value)).into()
                }
                _ => pattern.matches(value).into(),
            })
        }
        OperandValue::Arn(pattern) if pattern.has_variables() => {
            let bound = Bound::new(variables, |bind| pattern.bind(bind), || pattern.relaxed());
            bound.holds(|pattern| arn_holds(pattern, value))
        }
        OperandValue::ArnText(pattern) => {
            let bound = Bound::new(
                variables,
                |bind| ArnPattern::of_pattern(pattern.bind(bind)?.as_ref()).map(Cow::Owned),
                || ArnPattern::Any,
            );
            bound.holds(|pattern| arn_holds(pattern, value))
        }
        bound => compare(comparison, bound, value),
    }
}

/// Whether one value equals, matches or stands in order to one operand: the positive reading of
/// `comparison`, also where it is a negated one. A variable in the operand matches nothing; what
/// cannot be read as the kind of value that `comparison` takes neither.
#[must_use]
pub fn compare(comparison: Comparison, operand: &OperandValue, value: &str) -> Truth {
    use Comparison as C;
    let holds = match operand {
        OperandValue::Text(pattern) => match comparison {
            C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
                pattern.matches(&fold_case(value))
            }
            _ => pattern.matches(value),
        },
        OperandValue::Arn(pattern) => return arn_holds(pattern, value),
        OperandValue::Number(number) => {
            Decimal::parse(value).is_some_and(|value| is_ordered(comparison, value.cmp(number)))
        }
        OperandValue::Date(instant) => {
            Instant::parse(value).is_some_and(|value| is_ordered(comparison, value.cmp(instant)))
        }
        OperandValue::Bool(true) => value.eq_ignore_ascii_case("true"),
        OperandValue::Bool(false) => value.eq_ignore_ascii_case("false"),
        // A request's bytes are written as base64 too: no other text can hold them all.
        OperandValue::Binary(bytes) => {
            base64::engine::general_purpose::STANDARD.decode(value).is_ok_and(|b| b == *bytes)
        }
        OperandValue::Block(block) => {
            value.parse::<IpAddr>().is_ok_and(|address| block.contains(address))
        }
        OperandValue::ArnText(_) | OperandValue::Unreadable => false,
    };
    holds.into()
}

fn arn_holds(pattern: &ArnPattern, value: &str) -> Truth {
    // Also `*` matches ARNs only.
    if !(value.starts_with("arn:") && value.bytes().filter(|b| *b == b':').nth(4).is_some()) {
        Truth::False
    } else {
        arn_matches(pattern, value)
    }
}

/// Whether an ARN pattern without variables matches; not known where AWS's pages disagree.
pub(super) fn arn_matches(pattern: &ArnPattern, value: &str) -> Truth {
    if pattern.matches(value) {
        Truth::True
    } else if pattern.spills_over(value) {
        Truth::Unknown(Why::ArnReadings)
    } else {
        Truth::False
    }
}

/// Whether a request's value that compares as `order` with the operand is what was asked for.
const fn is_ordered(comparison: Comparison, order: Ordering) -> bool {
    use Comparison as C;
    match comparison {
        C::NumericLessThan | C::DateLessThan => order.is_lt(),
        C::NumericLessThanEquals | C::DateLessThanEquals => order.is_le(),
        C::NumericGreaterThan | C::DateGreaterThan => order.is_gt(),
        C::NumericGreaterThanEquals | C::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// A pattern with values in place of its variables.
pub(super) enum Bound<'p, P: Clone> {
    /// All of them are known.
    Known(Cow<'p, P>),
    /// One has neither value nor default: the entry matches nothing.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    Nothing,
    /// One is not known: the entry matches no more than this.
    AtMost(P),
}

impl<'p, P: Clone> Bound<'p, P> {
    /// `bind` puts the values in; `relaxed` makes the widest pattern.
    pub(super) fn new<'r>(
        variables: impl Fn(&str) -> Values<'r>,
        bind: impl FnOnce(&mut dyn FnMut(&str) -> Option<&'r str>) -> Option<Cow<'p, P>>,
        relaxed: impl FnOnce() -> P,
    ) -> Self {
        let mut unknown = false;
        let bound = bind(&mut |key| match variables(key) {
            Values::One(value) => Some(value),
            Values::Unknown => {
                unknown = true;
                None
            }
            Values::Absent | Values::Many(_) => None,
        });
        match bound {
            _ if unknown => Self::AtMost(relaxed()),
            Some(pattern) => Self::Known(pattern),
            None => Self::Nothing,
        }
    }

    /// What `matches` says of the pattern.
    pub(super) fn holds(&self, matches: impl Fn(&P) -> Truth) -> Truth {
        match self {
            Self::Known(pattern) => matches(pattern.borrow()),
            Self::Nothing => Truth::False,
            Self::AtMost(pattern) => match matches(pattern) {
                Truth::False => Truth::False,
                _ => Truth::Unknown(Why::VariableUnknown),
            },
        }
    }
}

#[cfg(test)]
mod tests;
