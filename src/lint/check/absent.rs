//! What a condition does to requests that do not carry its key, told with the evaluator.

use crate::evaluate::Truth;
use crate::evaluate::condition::{Values, holds_by};
use crate::iam::{Condition, Effect};

/// Whether a condition holds where its key is absent.
pub(super) fn holds_where_absent(condition: &Condition, effect: Effect) -> Truth {
    holds_by(condition, effect, Values::Absent, |_, _, _| Truth::False)
}

/// What a statement does if it never, or always, sees the key as absent; and whether what was to
/// hold back does not.
pub(super) fn consequence(condition: &Condition, effect: Effect) -> (&'static str, bool) {
    match (holds_where_absent(condition, effect), effect) {
        (Truth::True, Effect::Allow) => ("the condition always holds and holds nothing back", true),
        (Truth::False, Effect::Allow) => {
            ("the condition never holds and the statement grants nothing", false)
        }
        (Truth::True, Effect::Deny) => ("the condition always holds and exempts nothing", false),
        (Truth::False, Effect::Deny) => ("the condition never holds and nothing is denied", true),
        (Truth::Unknown(_), _) => {
            ("AWS's pages do not agree whether the condition then holds", false)
        }
    }
}
