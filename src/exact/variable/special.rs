//! Values that break what holds for all others.

use crate::exact::budget::Budget;
use crate::exact::comparison::Comparison;
use crate::exact::difference::Difference;
use crate::exact::set::RequestSet;
use crate::iam::ContextKey;

/// Values of a policy variable that are known to surprise: they hold what separates or what stands
/// for more, or nothing.
pub const SPECIAL_VALUES: &[&str] = &["", "/", "a/b", "a/", "/a", "*", "?", "..", "../a"];

/// A value of a key under which one set allows what another does not.
#[derive(Clone, Debug)]
pub struct SpecialValue {
    /// The value.
    pub value: String,
    /// What is allowed, each with a request in which the key has this value; empty where that could
    /// not be decided, and then the limits say why.
    pub difference: Difference,
}

/// The values of `key` under which `left` allows more than `right`: of [`SPECIAL_VALUES`], of
/// `others`, and of each of `others` with `/x` behind it. An empty answer says nothing of values
/// that were not tried: that there is no difference for values that meet nothing by chance is what
/// [`generic_difference`](super::generic_difference) shows.
#[must_use]
pub fn special_values<'a>(
    left: &RequestSet<'a>,
    right: &RequestSet<'a>,
    key: &ContextKey,
    others: &[&str],
    budget: Budget,
) -> Vec<SpecialValue> {
    let below = others.iter().map(|other| format!("{other}/x"));
    let values = SPECIAL_VALUES.iter().chain(others).map(|value| (*value).to_owned());
    let found = values.chain(below).map(|value| {
        let mut comparison = Comparison::new(left, right, budget).given(key.folded(), Some(&value));
        comparison.run(usize::MAX);
        SpecialValue { value, difference: comparison.close() }
    });
    found.filter(|special| !special.difference.is_proven_empty()).collect()
}

/// What `left` allows and `right` does not, where no value of a policy variable is by chance what
/// some other pattern asks for. For an answer that holds for every value see
/// [`difference`](crate::exact::difference).
#[must_use]
pub fn generic_difference<'a>(
    left: &RequestSet<'a>,
    right: &RequestSet<'a>,
    budget: Budget,
) -> Difference {
    let mut comparison = Comparison::new(left, right, budget).generic();
    comparison.run(usize::MAX);
    comparison.close()
}
