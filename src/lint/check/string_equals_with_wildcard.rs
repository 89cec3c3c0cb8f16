//! `string-equals-with-wildcard`

use super::Seen;
use crate::iam::{Comparison, Condition, ConditionOperator, Effect, OperandKind, Quantifier};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::source::Severity;
use crate::syntax::Element;

/// Keys whose values are addresses of pages and names of programs, in which `?` stands for itself.
const WITH_QUESTION_MARKS: [&str; 3] = ["aws:referer", "aws:useragent", "s3:prefix"];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let Some(pattern) = with_wildcards(condition.operator.comparison) else { continue };
            for (value, operand) in condition.operands.iter().enumerate() {
                if operand.kind == OperandKind::String && has_wildcard(condition, &operand.text) {
                    let at = Element::Operand(number, at, value);
                    let found = about(condition, &operand.text, pattern, statement.effect);
                    seen.push(Seen { at: crate::lint::At::Element(at), ..found });
                }
            }
        }
    }
    seen
}

/// The comparison that takes wildcards in place of one that does not.
///
/// AWS: `StringEquals` compares letter by letter, `StringLike` takes `*` and `?`, `ArnEquals` and
/// `ArnLike` are the same:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
const fn with_wildcards(comparison: Comparison) -> Option<Comparison> {
    match comparison {
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase => {
            Some(Comparison::StringLike)
        }
        Comparison::StringNotEquals | Comparison::StringNotEqualsIgnoreCase => {
            Some(Comparison::StringNotLike)
        }
        _ => None,
    }
}

/// Whether a star or question mark was likely meant as a wildcard; `${*}` says that it was not.
fn has_wildcard(condition: &Condition, text: &str) -> bool {
    let text = text.replace("${*}", "").replace("${?}", "");
    let questions = !WITH_QUESTION_MARKS.contains(&condition.key.folded()) && !text.contains("://");
    text.contains('*') || (questions && text.contains('?'))
}

fn about(condition: &Condition, text: &str, pattern: Comparison, effect: Effect) -> Seen {
    let Condition { operator, key, .. } = condition;
    let negated = operator.comparison.is_negated();
    let holds_without = operator.if_exists || operator.quantifier == Quantifier::ForAllValues;
    let so = match (negated, effect) {
        (false, Effect::Allow) if holds_without => {
            "only requests without the key are admitted by it"
        }
        (false, Effect::Allow) => "nobody is admitted by it",
        (false, Effect::Deny) if holds_without => "only requests without the key are denied by it",
        (false, Effect::Deny) => "nothing is denied by it",
        (true, Effect::Allow) => "it holds nobody back",
        (true, Effect::Deny) => "it exempts nobody",
    };
    let message = format!(
        "`{text}` under `{operator}` is this very text, wildcards and all; no `{key}` equals it and {so}"
    );
    // What was to hold back does not.
    let is_open = negated == (effect == Effect::Allow);
    let severity = if is_open { Severity::Error } else { Severity::Warning };
    let written = |operator: ConditionOperator| format!("\"{operator}\": {{\"{key}\":");
    // All values of a key go together: two operators on it both have to hold.
    let values: Vec<&str> = condition.operands.iter().map(|operand| &*operand.text).collect();
    let comparison = match (values.iter().all(|value| value.starts_with("arn:")), negated) {
        (true, false) => Comparison::ArnLike,
        (true, true) => Comparison::ArnNotLike,
        _ => pattern,
    };
    let ignores_case = matches!(
        operator.comparison,
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
    );
    let help = if text == "*" && !negated {
        format!("to ask that the key is there, write `\"Null\": {{\"{key}\": \"false\"}}`")
    } else {
        let instead = written(ConditionOperator { comparison, ..*operator });
        let case = if ignores_case { ", which tells upper from lower case" } else { "" };
        format!("write `{instead} {}}}`{case}", json_values(&values))
    };
    Seen::new(Element::Document, message).help(help).severity(severity)
}
