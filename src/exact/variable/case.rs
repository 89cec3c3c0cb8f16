//! The cases of a comparison: what the keys of its variables may hold.

use super::bind::{patterns, patterns_of_arn};
use super::text::{fill, sample, spelled};
use super::{Known, Reading};
use crate::evaluate::{Values, condition};
use crate::exact::bits::Bits;
use crate::exact::budget::Account;
use crate::exact::context::Fixed;
use crate::exact::language::is_opaque;
use crate::exact::representative::representatives;
use crate::exact::request_box::RequestBox;
use crate::exact::set::{RequestSet, Rule};
use crate::exact::space::are_one_moment;
use crate::iam::{Condition, ContextKey, ContextValue, OperandValue, Request, Resource};
use crate::pattern::{Part, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// At most so many literal values of one key are cases of their own.
const MOST_LITERALS: usize = 16;
/// At most so many cases are looked at.
const MOST_CASES: usize = 96;

/// As few, where there are very many statements.
const FEW_CASES: usize = 4;

/// At most so many statements are looked at, those of all cases together.
const MOST_STATEMENTS: usize = 1_000;
/// At most so many `?` of one pattern may meet a value.
const MOST_SINGLE: usize = 3;

/// What one case says of one key.
#[derive(Clone, Debug)]
pub(crate) enum Bound {
    /// It has no value, or several: a variable has none.
    Nothing,
    /// It has this value.
    Is(String),
    /// It has some value.
    Some {
        /// The opaque letters in its place.
        letters: String,
        /// A value that fares alike in the conditions on the key, where there are some.
        like: Option<String>,
        /// Realistic values, the best first.
        samples: Vec<String>,
    },
}

/// One case: what each key holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Case {
    keys: BTreeMap<Box<str>, (ContextKey, Bound)>,
    /// Keys of which requests need not say anything.
    silent: BTreeSet<Box<str>>,
}

/// What is known of the keys before the cases are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Given {
    /// Keys with one value, or none.
    pub(crate) values: BTreeMap<Box<str>, Option<String>>,
    /// Keys that are left open: patterns with them may match or not.
    pub(crate) open: BTreeSet<Box<str>>,
}

/// The keys of all variables in the statements of `sets`, in lower case.
pub(crate) fn keys_of<'s, 'a: 's>(
    sets: impl Iterator<Item = &'s RequestSet<'a>>,
) -> BTreeSet<Box<str>> {
    let varying = sets.flat_map(rules).filter(|rule| rule.varies);
    let patterns = varying.flat_map(|rule| patterns(&rule.statement));
    patterns.flat_map(Pattern::variables).map(|variable| variable.key.clone()).collect()
}

/// The keys of all variables in a box.
pub(crate) fn keys_of_box(needed: &RequestBox) -> BTreeSet<Box<str>> {
    let patterns = patterns_of_arn(&needed.resource).chain(patterns_of_fixed(needed));
    patterns.flat_map(Pattern::variables).map(|variable| variable.key.clone()).collect()
}

fn patterns_of_fixed(needed: &RequestBox) -> impl Iterator<Item = &Pattern> {
    needed.fixed.iter().filter_map(|(_, fixed)| match fixed {
        Fixed::Like(pattern) => Some(pattern),
        Fixed::Absent | Fixed::Equals(_) => None,
    })
}

fn rules<'s, 'a>(set: &'s RequestSet<'a>) -> impl Iterator<Item = &'s Rule<'a>> {
    set.layers().iter().flat_map(|layer| &layer.rules)
}

/// All cases of the `keys` for requests that `sets` and `boxes` speak of.
pub(crate) fn cases<'s, 'a: 's>(
    keys: &BTreeSet<Box<str>>,
    sets: &[&'s RequestSet<'a>],
    boxes: &[&RequestBox],
    given: &Given,
    account: &mut Account,
) -> Vec<Case> {
    let all_rules: Vec<&Rule<'a>> = sets.iter().copied().flat_map(rules).collect();
    let of_boxes = boxes
        .iter()
        .flat_map(|needed| patterns_of_arn(&needed.resource).chain(patterns_of_fixed(needed)));
    let all = all_rules.iter().flat_map(|rule| patterns(&rule.statement)).chain(of_boxes);
    let (mut singles, mut clash) = (0, false);
    for pattern in all {
        let parts = pattern.parts();
        singles = singles.max(parts.iter().filter(|part| **part == Part::One).count());
        clash |= parts.iter().any(|p| matches!(p, Part::Literal(text) if text.contains(is_opaque)));
    }
    if clash {
        account.overrun(None, "it holds letters that stand for the values of policy variables");
    }
    if singles > MOST_SINGLE {
        account.overrun(
            None,
            "there are policy variables beside patterns with more `?` than are tried",
        );
        singles = MOST_SINGLE;
    }
    // Each case is a comparison of all statements.
    let most = (MOST_STATEMENTS / all_rules.len().max(1)).clamp(FEW_CASES, MOST_CASES);
    let mut letters = '\u{10428}'..='\u{1044f}';
    let mut cases = vec![Case { silent: given.open.clone(), ..Case::default() }];
    for key in keys {
        let values = match given.values.get(key) {
            Some(None) => vec![Bound::Nothing],
            Some(Some(value)) => vec![Bound::Is(value.clone())],
            None => {
                let longest = if singles == 0 { 1 } else { singles + 1 };
                let letters: String = letters.by_ref().take(longest).collect();
                if letters.is_empty() {
                    account.overrun(None, "there are more policy variables than are tried");
                }
                if given.open.contains(key) {
                    let samples = vec![sample(key)];
                    vec![Bound::Some { letters, like: None, samples }]
                } else {
                    let universe = sets.first().map(|set| set.universe());
                    let domain = universe.map(|all| all.domain(key)).unwrap_or_default();
                    let mut values = match domain.all() {
                        Some(all) => {
                            let words = all.into_iter().map(|word| Bound::Is(word.to_owned()));
                            words.chain([Bound::Nothing]).collect()
                        }
                        None => values_of(key, &all_rules, &letters, account),
                    };
                    if domain.is_always_there {
                        values.retain(|value| !matches!(value, Bound::Nothing));
                    }
                    values
                }
            }
        };
        let name = name_of(key, &all_rules);
        cases = values
            .iter()
            .flat_map(|value| cases.iter().map(|case| case.with(&name, value.clone())))
            .collect();
        if cases.len() > most {
            account.overrun(None, "there are more cases of policy variables than are tried");
            cases.truncate(most);
        }
    }
    cases
}

/// A key as the statements spell it.
fn name_of(key: &str, rules: &[&Rule<'_>]) -> ContextKey {
    let conditions = rules.iter().flat_map(|rule| &rule.statement.conditions);
    let named = conditions.map(|condition| &condition.key).find(|known| known.folded() == key);
    named.cloned().unwrap_or_else(|| ContextKey::new(&spelled(key)))
}

/// The ways in which a key can be bound, the most common first. Where patterns hold `?`, how long a
/// value is matters too: there is an opaque letter for each `?`, and one more.
fn values_of(key: &str, rules: &[&Rule<'_>], letters: &str, account: &mut Account) -> Vec<Bound> {
    let mut conditions: Vec<(&Rule<'_>, &Condition)> = Vec::new();
    for rule in rules {
        let on_key = |condition: &&Condition| {
            let own = condition.key.folded();
            own == key || are_one_moment(own, key)
        };
        conditions.extend(rule.statement.conditions.iter().filter(on_key).map(|c| (*rule, c)));
    }
    let sample = sample(key);
    let mut values = Vec::new();
    let longest = letters.chars().count();
    let mut push_lengths = |like: Option<&String>| {
        for length in (1..=longest).rev() {
            let cut = |text: &str| text.chars().take(length).collect::<String>();
            let whole = length == longest;
            let fit = |text: &str| if whole { text.to_owned() } else { cut(text) };
            let mut samples = vec![fit(&sample)];
            if let Some(like) = like {
                samples.extend([fit(like), fit(&format!("{like}-example"))]);
            }
            let (letters, like) = (cut(letters), like.cloned());
            values.push(Bound::Some { letters, like, samples });
        }
    };
    if conditions.is_empty() {
        push_lengths(None);
        if longest > 1 {
            values.push(Bound::Is(String::new()));
        }
        values.push(Bound::Nothing);
        return values;
    }
    let has_variables = |(_, condition): &&(&Rule<'_>, &Condition)| {
        condition.operands.iter().any(|operand| match &operand.value {
            OperandValue::Text(pattern) | OperandValue::ArnText(pattern) => pattern.has_variables(),
            OperandValue::Arn(pattern) => pattern.has_variables(),
            _ => false,
        })
    };
    if let Some((rule, _)) = conditions.iter().find(has_variables) {
        account.overrun(
            Some(rule.reference()),
            "it compares the key of a policy variable with a policy variable",
        );
    }
    let distinct: Vec<&Condition> = conditions.iter().map(|(_, condition)| *condition).collect();
    let found = representatives(&distinct, None, false, account.budget.states);
    account.spend(found.states);
    if let Some(reason) = found.missing {
        account.overrun(conditions.first().map(|(rule, _)| rule.reference()), reason);
    }
    let mut literals: Vec<&str> = Vec::new();
    for operand in distinct.iter().flat_map(|condition| &condition.operands) {
        if let OperandValue::Text(pattern) = &operand.value
            && let Some(text) = pattern.as_literal()
            && !literals.contains(&text)
        {
            literals.push(text);
        }
    }
    if literals.len() > MOST_LITERALS {
        literals.clear();
    }
    let mut classes: BTreeSet<Vec<bool>> = BTreeSet::new();
    let mut like: Vec<&String> = Vec::new();
    for value in found.values.iter().filter(|value| !literals.contains(&value.as_str())) {
        let holds = |(rule, condition): &(&Rule<'_>, &Condition)| {
            let effect = rule.statement.effect;
            let truth =
                condition::holds(condition, effect, Values::One(value), |_| Values::Unknown);
            [truth.is_true(), truth.is_false()]
        };
        if classes.insert(conditions.iter().flat_map(holds).collect()) {
            like.push(value);
        }
    }
    like.into_iter().for_each(|like| push_lengths(Some(like)));
    values.extend(literals.into_iter().map(|text| Bound::Is(text.to_owned())));
    if longest > 1 {
        values.push(Bound::Is(String::new()));
    }
    values.push(Bound::Nothing);
    values
}

impl Case {
    fn with(&self, key: &ContextKey, value: Bound) -> Self {
        let mut keys = self.keys.clone();
        keys.insert(key.folded().into(), (key.clone(), value));
        Self { keys, silent: self.silent.clone() }
    }

    /// What stands in place of a key's variables; opaque letters where it has some value.
    pub(crate) fn value_of(&self, key: &str) -> Option<&str> {
        match &self.keys.get(key)?.1 {
            Bound::Nothing => None,
            Bound::Is(text) => Some(text),
            Bound::Some { letters, .. } => Some(letters),
        }
    }

    /// Whether there are no variables.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The names of the keys that have some value.
    pub(crate) fn open_keys(&self) -> impl Iterator<Item = &ContextKey> {
        let open = self.keys.values().filter(|(_, bound)| matches!(bound, Bound::Some { .. }));
        open.map(|(key, _)| key)
    }

    /// How patterns are read in this case, given the statements of which one has to match.
    pub(crate) fn reading(&self, primary: Bits) -> Reading {
        let known = |bound: &Bound| match bound {
            Bound::Nothing => Some(Known::NotOne),
            Bound::Is(text) => Some(Known::Is(text.clone())),
            Bound::Some { like, .. } => like.clone().map(Known::Is),
        };
        let known = self.keys.iter().filter_map(|(key, (_, b))| Some((key.clone(), known(b)?)));
        let loose = self.open_keys().next().is_some();
        Reading { loose, real: false, primary, known: known.collect() }
    }

    /// What is fixed of the context in this case.
    pub(crate) fn fixed(&self) -> Vec<(ContextKey, Fixed)> {
        let fixed = |(key, bound): &(ContextKey, Bound)| {
            let fixed = match bound {
                Bound::Nothing => Fixed::Absent,
                Bound::Is(text) => Fixed::Equals(text.clone()),
                Bound::Some { like, .. } => Fixed::Equals(like.clone()?),
            };
            Some((key.clone(), fixed))
        };
        self.keys.values().filter_map(fixed).collect()
    }

    /// `request` with real values in place of opaque letters, in each of a few ways; `others` are
    /// tried where the usual ones do not serve.
    pub(crate) fn concrete<'c>(
        &'c self,
        request: &'c Request,
        others: &'c [&str],
    ) -> impl Iterator<Item = Request> + 'c {
        let most = self.keys.values().map(|(_, bound)| match bound {
            Bound::Some { samples, .. } => samples.len(),
            Bound::Nothing | Bound::Is(_) => 1,
        });
        let most = most.max().unwrap_or(1);
        let usual = (0..most).map(|way| (None, way));
        usual.chain(others.iter().map(|v| (Some(*v), 0))).filter_map(|(value, way)| {
            let pairs = self.keys.values().filter_map(|(_, bound)| match bound {
                Bound::Some { letters, samples, .. } => {
                    let own = samples.get(way).or_else(|| samples.last()).map(String::as_str);
                    Some((letters.as_str(), value.or(own)?))
                }
                Bound::Nothing | Bound::Is(_) => None,
            });
            self.filled(request, &pairs.collect::<Vec<_>>())
        })
    }

    /// `value` with the usual values in place of opaque letters.
    pub(crate) fn concrete_value(&self, value: &ContextValue) -> ContextValue {
        let pairs: Vec<(&str, &str)> = self.keys.values().filter_map(usual).collect();
        match value {
            ContextValue::Single(text) => ContextValue::Single(fill(text, &pairs)),
            ContextValue::Many(all) => {
                ContextValue::Many(all.iter().map(|text| fill(text, &pairs)).collect())
            }
            ContextValue::Unknown => ContextValue::Unknown,
        }
    }

    /// `request` with texts in place of letters, and with the keys of this case.
    fn filled(&self, request: &Request, pairs: &[(&str, &str)]) -> Option<Request> {
        let said = std::cell::RefCell::new(String::new());
        let filled = |text: &String| {
            said.borrow_mut().push_str(text);
            fill(text, pairs)
        };
        let mut context = request
            .context
            .iter()
            .map(|(key, value)| {
                let value = match value {
                    ContextValue::Single(text) => ContextValue::Single(filled(text)),
                    ContextValue::Many(all) => ContextValue::Many(all.iter().map(filled).collect()),
                    ContextValue::Unknown => ContextValue::Unknown,
                };
                (key.clone(), value)
            })
            .collect::<crate::iam::RequestContext>();
        let said = said.into_inner() + request.resource.text();
        for (folded, (key, bound)) in &self.keys {
            match bound {
                Bound::Nothing => {}
                Bound::Some { letters, .. }
                    if self.silent.contains(folded) && !said.contains(letters.as_str()) => {}
                Bound::Is(text) => context.insert(key.clone(), ContextValue::Single(text.clone())),
                Bound::Some { letters, .. } => {
                    context.insert(key.clone(), ContextValue::Single(fill(letters, pairs)));
                }
            }
        }
        let resource = Resource::parse(&fill(request.resource.text(), pairs)).ok()?;
        Some(Request { resource, context, ..request.clone() })
    }
}

/// The letters of a key and its usual value.
fn usual((_, bound): &(ContextKey, Bound)) -> Option<(&str, &str)> {
    match bound {
        Bound::Some { letters, samples, .. } => Some((letters, samples.first()?)),
        Bound::Nothing | Bound::Is(_) => None,
    }
}
