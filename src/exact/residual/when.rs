//! Conditions in words.

use crate::exact::domain::Domain;
use crate::exact::set::Rule;
use crate::exact::universe::Universe;
use crate::iam::{Comparison, Condition, ConditionOperator, Operand, OperandValue, Quantifier};
use std::collections::BTreeMap;

/// What a condition key holds in the requests of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct When {
    /// The key.
    pub key: String,
    /// What it holds, in words: ``absent or not like `artifacts/*` ``.
    pub is: String,
}

/// The conditions that tell requests from others: all those of the statements in `hold` hold, and of
/// each statement in `fail` one fails.
pub(super) fn conditions(
    universe: &Universe<'_>,
    hold: &[&Rule<'_>],
    fail: &[&Rule<'_>],
) -> Vec<When> {
    let phrase = |condition: &Condition, texts: &[&str], holds: bool| {
        Phrase::new(&universe.domain(condition.key.folded()), condition, texts, holds)
    };
    let join = |key: &str, phrases: &[Phrase]| {
        join(phrases, universe.domain(&key.to_ascii_lowercase()).is_always_there)
    };
    let mut keys: BTreeMap<&str, (&str, Vec<Phrase>)> = BTreeMap::new();
    let held: Vec<&Condition> = hold.iter().flat_map(|rule| &rule.statement.conditions).collect();
    for condition in &held {
        let phrase = phrase(condition, &texts(condition), true);
        let key = &condition.key;
        keys.entry(key.folded()).or_insert((key.text(), Vec::new())).1.push(phrase);
    }
    let mut either: Vec<When> = Vec::new();
    // Others' conditions on one key with one operator read as one.
    let mut failing: Vec<(&Condition, Vec<&str>)> = Vec::new();
    for rule in fail {
        // What holds anyway cannot be what fails.
        let can_fail = |condition: &&Condition| !held.contains(condition);
        let conditions: Vec<&Condition> =
            rule.statement.conditions.iter().filter(can_fail).collect();
        match conditions.as_slice() {
            [] => {}
            [condition] => {
                let alike = |(known, _): &&mut (&Condition, Vec<&str>)| {
                    known.key == condition.key && known.operator == condition.operator
                };
                match failing.iter_mut().find(alike) {
                    Some((_, known)) => known.extend(texts(condition)),
                    None => failing.push((condition, texts(condition))),
                }
            }
            [first, others @ ..] => {
                let fails =
                    |one: &Condition| join(one.key.folded(), &[phrase(one, &texts(one), false)]);
                let mut is = fails(first);
                for other in others {
                    let text = fails(other);
                    let verb = if text.starts_with("with") { "" } else { "is " };
                    is.push_str(&format!(", or {} {verb}{text}", other.key.text()));
                }
                either.push(When { key: first.key.text().to_owned(), is });
            }
        }
    }
    for (condition, mut texts) in failing {
        texts.sort_unstable();
        texts.dedup();
        let phrase = phrase(condition, &texts, false);
        let key = &condition.key;
        keys.entry(key.folded()).or_insert((key.text(), Vec::new())).1.push(phrase);
    }
    let when =
        |(key, phrases): (&str, Vec<Phrase>)| When { key: key.to_owned(), is: join(key, &phrases) };
    either.sort_unstable();
    either.dedup();
    keys.into_values().map(when).chain(either).collect()
}

fn texts(condition: &Condition) -> Vec<&str> {
    condition.operands.iter().map(|operand| operand.text.as_str()).collect()
}

/// What is said of one key, and whether it is also said where the key is absent.
struct Phrase {
    absent: bool,
    text: String,
    /// What is said of all other values that are there, where one value is compared.
    opposite: Option<String>,
}

/// What is said of a key without a value.
const ABSENT: &str = "absent";

/// All of them together, of a key that may be absent unless it `is_always_there`.
fn join(phrases: &[Phrase], is_always_there: bool) -> String {
    let absent = !is_always_there && phrases.iter().all(|phrase| phrase.absent);
    let mut texts: Vec<&str> = Vec::new();
    for phrase in phrases {
        if !texts.contains(&phrase.text.as_str()) {
            texts.push(&phrase.text);
        }
    }
    // What a value is comes before what it is not.
    texts.sort_by_key(|text| {
        ["other than", "not ", "outside", "with no"].iter().any(|start| text.starts_with(start))
    });
    let excluded = |text: &&str| phrases.iter().any(|p| p.opposite.as_deref() == Some(*text));
    if absent && (texts.contains(&ABSENT) || texts.iter().any(excluded)) {
        // No value is both.
        return ABSENT.to_owned();
    }
    if texts.contains(&ABSENT) && (is_always_there || texts.len() > 1) {
        // `Null` takes an empty value for none, and the other conditions for one.
        return "empty".to_owned();
    }
    let texts = texts.join(" and ");
    if absent { format!("{ABSENT} or {texts}") } else { texts }
}

impl Phrase {
    /// That a condition of these operands holds, or that it fails.
    fn new(domain: &Domain, condition: &Condition, texts: &[&str], holds: bool) -> Self {
        let ConditionOperator { quantifier, comparison, if_exists } = condition.operator;
        if comparison == Comparison::Null {
            let is_true = |o: &Operand| o.value == OperandValue::Bool(true);
            let absent = condition.operands.iter().any(is_true) == holds;
            let (text, opposite) = if absent { (ABSENT, "present") } else { ("present", ABSENT) };
            return Self { absent, text: text.to_owned(), opposite: Some(opposite.to_owned()) };
        }
        let words = |positive: bool| match (domain.all(), texts) {
            // Of two values, the one that is not the other.
            (Some(all), [one]) if !positive && comparison == Comparison::Bool => {
                let other = all.into_iter().find(|value| !value.eq_ignore_ascii_case(one));
                words(comparison, other.as_slice(), true)
            }
            _ => words(comparison, texts, positive),
        };
        let negated = comparison.is_negated();
        let (absent, text) = match (quantifier, holds) {
            (Quantifier::One, _) => ((if_exists || negated) == holds, words(negated != holds)),
            (Quantifier::ForAllValues, true) => (true, format!("only values {}", words(!negated))),
            (Quantifier::ForAllValues, false) => {
                (false, format!("with a value {}", words(negated)))
            }
            (Quantifier::ForAnyValue, true) => {
                (if_exists, format!("with a value {}", words(!negated)))
            }
            (Quantifier::ForAnyValue, false) => {
                (!if_exists, format!("with no value {}", words(!negated)))
            }
        };
        let opposite = (quantifier == Quantifier::One).then(|| words(negated == holds));
        Self { absent, text, opposite }
    }
}

/// What a value is like that satisfies the positive comparison, or that does not.
fn words(comparison: Comparison, texts: &[&str], positive: bool) -> String {
    use Comparison as C;
    let quoted: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    let list = match (quoted.as_slice(), positive) {
        ([], _) => "anything".to_owned(),
        ([one], _) => one.clone(),
        (many, true) => format!("one of {}", many.join(", ")),
        (many, false) => format!("any of {}", many.join(", ")),
    };
    let (yes, no) = match comparison {
        C::StringEquals | C::StringNotEquals | C::BinaryEquals | C::Bool | C::Null => {
            ("", "other than ")
        }
        C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
            ("in any case ", "not even in another case ")
        }
        C::StringLike
        | C::StringNotLike
        | C::ArnEquals
        | C::ArnNotEquals
        | C::ArnLike
        | C::ArnNotLike => ("like ", "not like "),
        C::NumericEquals | C::NumericNotEquals | C::DateEquals | C::DateNotEquals => {
            ("equal to ", "not equal to ")
        }
        C::NumericLessThan => ("less than ", "not less than "),
        C::NumericLessThanEquals => ("at most ", "not at most "),
        C::NumericGreaterThan => ("greater than ", "not greater than "),
        C::NumericGreaterThanEquals => ("at least ", "not at least "),
        C::DateLessThan => ("before ", "not before "),
        C::DateLessThanEquals => ("not after ", "after "),
        C::DateGreaterThan => ("after ", "not after "),
        C::DateGreaterThanEquals => ("not before ", "before "),
        C::IpAddress | C::NotIpAddress => ("in ", "outside "),
    };
    format!("{}{list}", if positive { yes } else { no })
}
