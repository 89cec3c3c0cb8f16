//! Values that stand for all values of a condition key.
//!
//! Conditions cut the values of a key into classes: no condition tells two values of one class
//! apart. Texts and ARNs are cut by the automaton; numbers, dates and addresses by the points and
//! gaps between the operands. Where a list of texts stands beside one such kind, a value that is in
//! the list is spelled in another way too, so that both readings of a text are told apart. Which conditions a value satisfies is not decided here.

mod gaps;

use super::bits::Bits;
use super::language::{Language, partition};
use crate::iam::{Comparison, Condition, OperandValue};
use crate::pattern::{ArnPattern, Part, Pattern};
use std::collections::BTreeSet;

/// The only letters that one letter, `İ`, has for its lower case.
const TWO_LETTERS: &str = "i\u{307}";

/// How truth values are written.
const WORDS: [&str; 2] = ["true", "false"];

/// Values of one key, one or more for each class.
pub(crate) struct Representatives {
    /// The readable ones first.
    pub(crate) values: Vec<String>,
    /// How many states the automaton took.
    pub(crate) states: usize,
    /// Why classes may be missing, if they may.
    pub(crate) missing: Option<&'static str>,
}

/// The values that tell `conditions`, all on one key, apart. With `within`, each class of those
/// that the pattern matches has one too. Where the reading is `loose`, so has each class of texts
/// that tells apart what may match for some texts in place of opaque letters.
pub(crate) fn representatives(
    conditions: &[&Condition],
    within: Option<&Pattern>,
    loose: bool,
    budget: usize,
) -> Representatives {
    let mut found = Families::default();
    for condition in conditions {
        found.add(condition);
    }
    found.has_patterns |= within.is_some();
    if !found.is_list() {
        for condition in conditions {
            found.add_languages(condition);
        }
        within.into_iter().for_each(|pattern| found.add_language(Language::of_pattern(pattern)));
    }
    if loose && found.has_patterns {
        let loosened: Vec<Language> = found.languages.iter().map(Language::loosened).collect();
        loosened.into_iter().for_each(|language| found.add_language(language));
    }
    found.representatives(budget)
}

/// Whether the condition compares texts whatever the case of their letters.
fn ignores_case(condition: &Condition) -> bool {
    matches!(
        condition.operator.comparison,
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
    )
}

/// The operands of one key's conditions, by the kind of value they take.
#[derive(Default)]
struct Families {
    languages: Vec<Language>,
    numbers: Vec<crate::iam::Decimal>,
    instants: Vec<crate::iam::Instant>,
    /// By condition.
    blocks: Vec<Vec<crate::iam::Cidr>>,
    readable: Vec<String>,
    /// Whether texts are told apart by more than a list of them.
    has_patterns: bool,
    /// Whether a single letter of a value may stand for two of an operand that ignores case.
    folds_to_two: bool,
    texts: bool,
    bools: bool,
    literals: bool,
}

impl Families {
    fn add(&mut self, condition: &Condition) {
        if condition.operator.comparison == Comparison::Null {
            return;
        }
        let ignores_case = ignores_case(condition);
        let mut blocks = Vec::new();
        for operand in &condition.operands {
            match &operand.value {
                OperandValue::Text(pattern) => {
                    self.texts = true;
                    match pattern.as_literal() {
                        Some(text) => {
                            self.literals = true;
                            self.readable.push(text.to_owned());
                        }
                        None => self.has_patterns = true,
                    }
                    self.has_patterns |= ignores_case;
                    self.folds_to_two |= ignores_case
                        && pattern.parts().iter().any(|part| match part {
                            Part::Literal(text) => text.contains(TWO_LETTERS),
                            _ => false,
                        });
                }
                OperandValue::Arn(_) | OperandValue::ArnText(_) => {
                    self.texts = true;
                    self.has_patterns = true;
                }
                OperandValue::Bool(_) => {
                    self.texts = true;
                    self.bools = true;
                    self.readable.extend(WORDS.map(str::to_owned));
                }
                OperandValue::Binary(_) => {
                    self.texts = true;
                    self.literals = true;
                    self.readable.push(operand.text.clone());
                }
                OperandValue::Number(number) => self.numbers.push(number.clone()),
                OperandValue::Date(instant) => self.instants.push(*instant),
                OperandValue::Block(block) => blocks.push(*block),
                OperandValue::Unreadable => {}
            }
        }
        if !blocks.is_empty() {
            self.blocks.push(blocks);
        }
    }

    /// Adds what tells texts apart.
    fn add_languages(&mut self, condition: &Condition) {
        if condition.operator.comparison == Comparison::Null {
            // An empty value counts as none.
            self.add_language(Language::literal(""));
            return;
        }
        let ignores_case = ignores_case(condition);
        for operand in &condition.operands {
            match &operand.value {
                OperandValue::Text(pattern) if ignores_case => {
                    self.add_language(Language::ignoring_case(pattern));
                }
                OperandValue::Text(pattern) => self.add_language(Language::of_pattern(pattern)),
                OperandValue::Arn(pattern) => self.add_language(Language::of_arn(pattern)),
                // Its variables may make any ARN of it.
                OperandValue::ArnText(_) => self.add_language(Language::of_arn(&ArnPattern::Any)),
                OperandValue::Bool(_) => WORDS
                    .map(|word| Language::ignoring_case(&Pattern::literal(word)))
                    .into_iter()
                    .for_each(|language| self.add_language(language)),
                OperandValue::Binary(_) => self.add_language(Language::literal(&operand.text)),
                OperandValue::Number(_)
                | OperandValue::Date(_)
                | OperandValue::Block(_)
                | OperandValue::Unreadable => {}
            }
        }
    }

    /// Whether a list of texts is all that they are compared with. Beside it there is the empty
    /// text and any other. A truth value stands for itself in any case of its letters, so it must
    /// not meet texts.
    const fn is_list(&self) -> bool {
        !(self.has_patterns || (self.bools && self.literals))
    }

    fn add_language(&mut self, language: Language) {
        if !self.languages.contains(&language) {
            self.languages.push(language);
        }
    }

    fn representatives(mut self, budget: usize) -> Representatives {
        let kinds = [&self.numbers.len(), &self.instants.len(), &self.blocks.len()];
        let kinds = kinds.iter().filter(|operands| ***operands > 0).count();
        let is_list = self.is_list();
        let mut missing = None;
        if kinds > 1 {
            missing =
                Some("its key is compared as several kinds of value that no text tells apart");
        } else if kinds > 0 && !is_list {
            missing = Some("its key is compared both as text and as another kind of value");
        } else if self.folds_to_two {
            missing = Some("it ignores the case of a letter that has two letters in lower case");
        }
        let listed: BTreeSet<String> = self.readable.iter().cloned().collect();
        let mut values = std::mem::take(&mut self.readable);
        // A value of another kind that a text names has another spelling too, or a neighbour.
        values.extend(gaps::numbers(&mut self.numbers).into_iter().flat_map(|value| {
            let spelled = gaps::respelled(&value, &listed);
            std::iter::once(value).chain(spelled)
        }));
        values.extend(gaps::instants(&mut self.instants).into_iter().flat_map(|value| {
            let spelled = gaps::respelled(&value, &listed);
            std::iter::once(value).chain(spelled)
        }));
        values.extend(gaps::addresses(&self.blocks, &listed));
        if is_list {
            let other = ["x", "other"].into_iter().map(str::to_owned);
            let longest =
                values.iter().max_by_key(|value| value.len()).map(|v| format!("{v}-other"));
            let other = other.chain(longest).find(|other| !values.contains(other));
            values.extend(other);
            values.push(String::new());
            return Representatives { values, states: 0, missing };
        }
        let languages: Vec<(Language, Bits)> = self
            .languages
            .into_iter()
            .enumerate()
            .map(|(slot, language)| (language, Bits::of(slot)))
            .collect();
        let texts = partition(&languages, budget, &|_, _| false);
        if !texts.complete {
            missing = Some("its values need more states than the budget has");
        }
        values.extend(texts.cells.into_iter().map(|cell| cell.witness));
        Representatives { values, states: texts.states, missing }
    }
}

#[cfg(test)]
mod tests;
