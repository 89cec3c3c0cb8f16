//! `operator-of-another-type`

use super::Seen;
use crate::catalogue::ValueType;
use crate::iam::{Comparison, Condition, Effect};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            // The value of a tag may be anything.
            let Some(key) = subject.key(number, at).filter(|key| !key.is_open()) else { continue };
            let types: Vec<ValueType> = key.types().collect();
            let place = Element::Condition(number, at);
            seen.extend(about(condition, statement.effect, &types, place));
        }
    }
    seen
}

fn about(condition: &Condition, effect: Effect, types: &[ValueType], at: Element) -> Option<Seen> {
    let operator = condition.operator;
    let of_addresses =
        |one: &ValueType| matches!(one, ValueType::IpAddress | ValueType::ArrayOfIpAddress);
    let is_address = !types.is_empty() && types.iter().all(of_addresses);
    let (is_wrong, right) = match operator.comparison {
        // A single address as text is one way to write it.
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase => {
            (is_address && has_blocks(condition), Comparison::IpAddress)
        }
        Comparison::StringNotEquals | Comparison::StringNotEqualsIgnoreCase => {
            (is_address && has_blocks(condition), Comparison::NotIpAddress)
        }
        Comparison::IpAddress => {
            (!types.is_empty() && !types.iter().any(of_addresses), Comparison::StringEquals)
        }
        Comparison::NotIpAddress => {
            (!types.is_empty() && !types.iter().any(of_addresses), Comparison::StringNotEquals)
        }
        _ => return None,
    };
    if !is_wrong {
        return None;
    }
    let negated = operator.comparison.is_negated();
    let so = match (effect, negated) {
        (Effect::Allow, false) => "nobody is admitted by it",
        (Effect::Allow, true) => "it holds nobody back",
        (Effect::Deny, false) => "nothing is denied by it",
        (Effect::Deny, true) => "it exempts nobody",
    };
    let key = &condition.key;
    let message = match condition.operands.iter().find(|one| one.text.contains('/')) {
        Some(block) if is_address => format!(
            "`{operator}` compares `{key}` with the text `{}`, which no address is: {so}",
            block.text
        ),
        _ => format!("`{operator}` stands on `{key}`, which is no address: {so}"),
    };
    let values: Vec<&str> = condition.operands.iter().map(|one| &*one.text).collect();
    let right = crate::iam::ConditionOperator { comparison: right, ..operator };
    let help = if is_address {
        format!("write `\"{right}\": {{\"{key}\": {}}}`", json_values(&values))
    } else {
        format!("the address of the caller is `aws:SourceIp`; texts are compared with `{right}`")
    };
    Some(Seen::new(at, message).help(help))
}

fn has_blocks(condition: &Condition) -> bool {
    condition.operands.iter().any(|one| one.text.contains('/'))
}
