//! The condition keys at which statements look.

use crate::exact::bits::Bits;
use crate::exact::domain::Domain;
use crate::exact::set::Rule;
use crate::exact::universe::Universe;
use crate::iam::{Comparison, Condition, ContextKey, Operand, OperandValue};
use std::sync::Arc;

/// One condition key and the statements that look at it.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) key: ContextKey,
    /// The same value under another name, where statements look at both.
    pub(crate) alias: Option<ContextKey>,
    pub(crate) on: Bits,
    pub(crate) domain: Arc<Domain>,
}

/// Whether two keys always have the same value.
///
/// AWS: both are the date and time of the request:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(crate) fn are_one_moment(one: &str, other: &str) -> bool {
    const MOMENTS: [&str; 2] = ["aws:currenttime", "aws:epochtime"];
    one != other && MOMENTS.contains(&one) && MOMENTS.contains(&other)
}

/// Whether a condition compares moments, however they are written.
fn compares_moments(condition: &Condition) -> bool {
    let is_moment = |operand: &Operand| matches!(operand.value, OperandValue::Date(_));
    condition.operator.comparison == Comparison::Null || condition.operands.iter().all(is_moment)
}

/// The keys of all conditions, each once.
pub(super) fn keys(universe: &Universe<'_>, rules: &[&Rule<'_>]) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        for Condition { key, .. } in &rule.statement.conditions {
            match keys.iter_mut().find(|known| known.key == *key) {
                Some(known) => known.on.insert(number),
                None => {
                    let domain = universe.domain(key.folded());
                    keys.push(Key { key: key.clone(), alias: None, on: Bits::of(number), domain });
                }
            }
        }
    }
    let is_moment =
        |key: &Key| keys.iter().any(|other| are_one_moment(key.key.folded(), other.key.folded()));
    let moments: Vec<usize> =
        (0..).zip(&keys).filter(|(_, key)| is_moment(key)).map(|(n, _)| n).collect();
    if let [first, second] = moments.as_slice() {
        // As texts, and as numbers, they are two.
        let on_both = |condition: &&Condition| {
            [first, second]
                .iter()
                .any(|at| keys.get(**at).is_some_and(|key| key.key == condition.key))
        };
        let mut conditions =
            rules.iter().flat_map(|rule| &rule.statement.conditions).filter(on_both);
        if conditions.all(compares_moments) {
            let second = keys.remove(*second);
            if let Some(first) = keys.get_mut(*first) {
                first.on.union_with(&second.on);
                first.alias = Some(second.key);
            }
        }
    }
    keys
}
