//! Needed requests that are plainly allowed: most are, word for word.

use super::search::{Needed, Work};
use crate::evaluate::{Truth, Values, condition};
use crate::exact::bits::Bits;
use crate::exact::context::Fixed;
use crate::exact::language::{Language, meets};
use crate::exact::request_box::RequestBox;
use crate::exact::set::Rule;
use crate::exact::universe::Resources;
use crate::iam::{Clause, Comparison, Condition, ContextValue, OperandValue, Quantifier};
use crate::pattern::ArnPattern;
use std::sync::Arc;

impl Work<'_, '_> {
    /// Whether all of the requests are surely allowed: by statements whose resources and
    /// conditions plainly cover them, while no other denies. Where that is not plain, the search
    /// tells.
    pub(super) fn is_given(&mut self, task: &Needed<'_>) -> bool {
        let needed = task.needed;
        let varies = self.space.reading.loose;
        if varies || task.group.rules.intersects(&self.space.on_caller) || !self.is_about(task) {
            return false;
        }
        let (mut certain, mut possible) = (Bits::default(), Bits::default());
        for (number, rule) in self.space.numbered(&task.group.rules) {
            if !rule.allows() {
                if !rule.statement.conditions.iter().any(|one| fails(one, rule, needed)) {
                    possible.insert(number);
                }
            } else if covers(rule, needed)
                && rule.statement.conditions.iter().all(|one| holds(one, rule, needed))
            {
                certain.insert(number);
            }
        }
        possible.union_with(&certain);
        self.space.left.surely_allows(&possible, &certain)
    }

    /// Whether the action acts on the resources at all. Many needed requests differ in the action
    /// alone, so what was found is kept.
    fn is_about(&mut self, task: &Needed<'_>) -> bool {
        let (Some(resources), needed) = (&task.group.resources, &task.needed.resource) else {
            return false;
        };
        let is_it = |(of, on, _): &&About| Arc::ptr_eq(of, resources) && on == needed;
        if let Some((_, _, known)) = self.about.iter().find(is_it) {
            return *known;
        }
        let language = Language::of_arn(needed);
        let found = resources.formats.iter().any(|format| meets(&format.language, &language));
        self.about.push((Arc::clone(resources), needed.clone(), found));
        found
    }
}

/// What some actions act on, some resources, and whether these are among them.
pub(super) type About = (Arc<Resources>, ArnPattern, bool);

fn covers(rule: &Rule<'_>, needed: &RequestBox) -> bool {
    match &rule.statement.resource {
        None => true,
        Some(Clause::Is(entries)) => entries.iter().any(|entry| {
            // A variable may have another value than the one that is needed.
            !entry.has_variables() && entry.plainly_covers(&needed.resource)
        }),
        Some(Clause::Not(_)) => false,
    }
}

/// What a condition says of every request, if it says the same of all.
fn truth(condition: &Condition, rule: &Rule<'_>, needed: &RequestBox) -> Option<Truth> {
    let value = match needed.fixed(&condition.key)? {
        Fixed::Absent => None,
        Fixed::Equals(value) => Some(ContextValue::Single(value.clone())),
        Fixed::Like(_) => return None,
    };
    let values = Values::from(value.as_ref());
    Some(condition::holds(condition, rule.statement.effect, values, |_| Values::Unknown))
}

fn fails(condition: &Condition, rule: &Rule<'_>, needed: &RequestBox) -> bool {
    truth(condition, rule, needed).is_some_and(Truth::is_false)
}

fn holds(condition: &Condition, rule: &Rule<'_>, needed: &RequestBox) -> bool {
    if let Some(Fixed::Like(wanted)) = needed.fixed(&condition.key) {
        let matches = |value: &OperandValue| match value {
            OperandValue::Text(own) => !own.has_variables() && own.plainly_covers(wanted),
            _ => false,
        };
        return condition.operator.quantifier == Quantifier::One
            && matches!(
                condition.operator.comparison,
                Comparison::StringLike | Comparison::StringEquals
            )
            && condition.operands.iter().any(|operand| matches(&operand.value));
    }
    truth(condition, rule, needed).is_some_and(Truth::is_true)
}
