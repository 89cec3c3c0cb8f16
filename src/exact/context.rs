//! The dimension of one condition key: which statements its values let through.

use super::bits::Bits;
use super::budget::Account;
use super::domain::Domain;
use super::representative::representatives;
use super::set::Rule;
use super::variable::{self, Known, Reading};
use crate::evaluate::{Truth, Values, Why, condition};
use crate::iam::{Comparison, Condition, ContextKey, ContextValue, OperandValue, Quantifier};
use crate::pattern::Pattern;
use rustc_hash::{FxHashMap, FxHashSet};

/// What is known beforehand about the value of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fixed {
    /// The request does not carry it.
    Absent,
    /// It carries one value, which the pattern matches.
    Like(Pattern),
    /// It carries exactly this value.
    Equals(String),
}

/// All values of a key that let the same statements through.
#[derive(Clone, Debug)]
pub(crate) struct KeyCell {
    /// The statements, of those that look at the key, whose conditions on it hold.
    pub(crate) rules: Bits,
    /// One of the values; `None` where the key is absent.
    pub(crate) value: Option<ContextValue>,
    /// Whether a condition that could not be decided was taken to hold, or not to.
    pub(crate) assumed: bool,
}

/// At most so many undecided conditions of one key are tried both ways.
const MOST_UNDECIDED: usize = 6;

/// The cells of a key, given by its names with what is known of its values. `on` are the statements
/// that look at it, with their numbers.
pub(crate) fn key_cells(
    (names, domain): (&[ContextKey], &Domain),
    on: &[(usize, &Rule<'_>)],
    fixed: Option<&Fixed>,
    reading: &Reading,
    account: &mut Account,
) -> Vec<KeyCell> {
    let mut tests: Vec<Test<'_>> = Vec::new();
    let is_given =
        |name: &ContextKey| matches!(reading.known.get(name.folded()), Some(Known::Is(_)));
    let is_free = fixed.is_none() && !names.iter().any(is_given);
    for (number, rule) in on {
        // A text that is free follows the first condition that asks for one; a further one, and one
        // that is given, it may meet.
        let mut follows = is_free && reading.primary.contains(*number);
        for condition in &rule.statement.conditions {
            if names.contains(&condition.key) {
                let negated = condition.operator.comparison.is_negated();
                let loose = reading.loose && (negated || !follows);
                follows &= negated;
                tests.push(Test { number: *number, rule, condition, loose });
            }
        }
    }
    let numbers: Bits = on.iter().map(|(number, _)| *number).collect();
    let mut cells: Vec<KeyCell> = Vec::new();
    let mut places: FxHashMap<Bits, usize> = FxHashMap::default();
    for value in values((names, domain), &tests, fixed, reading, account) {
        for (rules, assumed) in let_through(&tests, &numbers, value.as_ref(), account) {
            match places.get(&rules).and_then(|place| cells.get_mut(*place)) {
                None => {
                    places.insert(rules.clone(), cells.len());
                    cells.push(KeyCell { rules, value: value.clone(), assumed });
                }
                // What needs no assumption is the better witness.
                Some(known) if known.assumed && !assumed => {
                    known.value.clone_from(&value);
                    known.assumed = false;
                }
                Some(_) => {}
            }
        }
    }
    cells
}

/// One condition of one statement.
struct Test<'t> {
    number: usize,
    rule: &'t Rule<'t>,
    condition: &'t Condition,
    /// Whether what holds for some values of the variables alone is undecided.
    loose: bool,
}

impl Test<'_> {
    fn holds(&self, value: Option<&ContextValue>) -> Truth {
        let compares = if self.loose { variable::compare } else { condition::compare };
        self.holds_by(value, compares)
    }

    /// Whether it holds for values of the variables that meet nothing by chance.
    fn holds_generically(&self, value: Option<&ContextValue>) -> Truth {
        self.holds_by(value, condition::compare)
    }

    fn holds_by(
        &self,
        value: Option<&ContextValue>,
        compares: fn(Comparison, &OperandValue, &str) -> Truth,
    ) -> Truth {
        let effect = self.rule.statement.effect;
        condition::holds_by(self.condition, effect, Values::from(value), compares)
    }
}

/// Values of the key, at least one for each way to satisfy the tests.
fn values(
    (names, domain): (&[ContextKey], &Domain),
    tests: &[Test<'_>],
    fixed: Option<&Fixed>,
    reading: &Reading,
    account: &mut Account,
) -> Vec<Option<ContextValue>> {
    let mut known = names.iter().filter_map(|name| reading.known.get(name.folded()));
    let known = if fixed.is_none() { known.next() } else { None };
    if let Some(Known::Is(value)) = known {
        return vec![Some(ContextValue::Single(value.clone()))];
    }
    let within = match fixed {
        Some(Fixed::Absent) => return vec![None],
        Some(Fixed::Equals(value)) => return vec![Some(ContextValue::Single(value.clone()))],
        Some(Fixed::Like(pattern)) => Some(pattern),
        None => None,
    };
    let mut conditions: Vec<&Condition> = Vec::new();
    for test in tests {
        if !conditions.contains(&test.condition) {
            conditions.push(test.condition);
        }
    }
    let mut texts = match domain.all_by(&conditions) {
        Some(all) => all.map(str::to_owned).to_vec(),
        None => {
            let budget = account.budget.states;
            let mut found = representatives(&conditions, within, reading.loose, budget);
            account.spend(found.states);
            if let Some(reason) = found.missing {
                account.overrun(tests.first().map(|test| test.rule.reference()), reason);
            }
            domain.keep_possible(&conditions, &mut found.values);
            found.values
        }
    };
    texts.retain(|value| within.is_none_or(|pattern| pattern.matches(value)));
    let mut values: Vec<Option<ContextValue>> = Vec::with_capacity(texts.len() + 1);
    if within.is_none() && !domain.is_always_there {
        values.push(None);
    }
    values.extend(texts.iter().map(|value| Some(ContextValue::Single(value.clone()))));
    let is_set = |test: &Test<'_>| test.condition.operator.quantifier != Quantifier::One;
    let has_sets = domain.is_multivalued.unwrap_or_else(|| tests.iter().any(is_set));
    if within.is_none() && has_sets {
        let sets = value_sets(tests, &texts, account);
        values.extend(sets.into_iter().map(|set| Some(ContextValue::Many(set))));
    }
    if known == Some(&Known::NotOne) {
        values.retain(|value| !matches!(value, Some(ContextValue::Single(_))));
    }
    values
}

/// Sets of values, one for each way in which a set can satisfy the tests.
///
/// What a set satisfies follows from what its members satisfy: a test of all values holds if it
/// holds for each, a test of any value if it holds for one. So it is enough to unite sets, one
/// member more each time, until nothing new comes.
fn value_sets(tests: &[Test<'_>], values: &[String], account: &mut Account) -> Vec<Vec<String>> {
    let satisfied = |set: &[String]| -> Vec<Truth> {
        let value = ContextValue::Many(set.to_vec());
        tests.iter().map(|test| test.holds(Some(&value))).collect()
    };
    let mut known: FxHashSet<Vec<Truth>> = FxHashSet::default();
    let mut sets: Vec<Vec<String>> = Vec::new();
    for value in values {
        if known.insert(satisfied(std::slice::from_ref(value))) {
            sets.push(vec![value.clone()]);
        }
    }
    let single = sets.clone();
    let mut at = 0;
    while let Some(set) = sets.get(at).cloned() {
        at += 1;
        for member in single.iter().flatten() {
            if set.contains(member) {
                continue;
            }
            let mut larger = set.clone();
            larger.push(member.clone());
            if known.insert(satisfied(&larger)) {
                sets.push(larger);
            }
        }
        if !account.spend(single.len()) || sets.len() > account.budget.combinations {
            let rule = tests.first().map(|test| test.rule.reference());
            account.overrun(rule, "its key has more sets of values than the budget has");
            break;
        }
    }
    sets
}

/// The statements that a value lets through, once for each way to decide what is undecided.
fn let_through(
    tests: &[Test<'_>],
    numbers: &Bits,
    value: Option<&ContextValue>,
    account: &mut Account,
) -> Vec<(Bits, bool)> {
    let mut surely = numbers.clone();
    let mut generic = numbers.clone();
    let mut undecided: Vec<(&Condition, Bits)> = Vec::new();
    let (mut by_chance, mut otherwise) = (false, false);
    for test in tests {
        let truth = test.holds(value);
        if test.loose && !test.holds_generically(value).is_true() {
            generic.remove(test.number);
        }
        match truth {
            Truth::Unknown(Why::VariableUnknown) => by_chance = true,
            Truth::Unknown(_) => otherwise = true,
            Truth::True | Truth::False => {}
        }
        match truth {
            Truth::True => {}
            Truth::False => {
                surely.remove(test.number);
                generic.remove(test.number);
            }
            // Equal conditions are decided alike, whatever statement they stand in.
            Truth::Unknown(_) => match undecided.iter_mut().find(|(c, _)| *c == test.condition) {
                Some((_, rules)) => rules.insert(test.number),
                None => undecided.push((test.condition, Bits::of(test.number))),
            },
        }
    }
    if undecided.len() > MOST_UNDECIDED {
        let rule = tests.first().map(|test| test.rule.reference());
        account.overrun(rule, "its key has more undecided conditions than are tried");
        undecided.truncate(MOST_UNDECIDED);
    }
    // What holds where nothing meets by chance comes first: it needs no assumption.
    let first = by_chance.then_some((generic, otherwise));
    let ways = (0..1_usize << undecided.len()).map(|way| {
        let failing = undecided.iter().enumerate().filter(|(i, _)| way >> i & 1 == 1);
        let rules = failing.fold(surely.clone(), |left, (_, (_, rules))| left.without(rules));
        (rules, !undecided.is_empty())
    });
    first.into_iter().chain(ways).collect()
}
