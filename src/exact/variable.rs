//! Policy variables: what holds for every value of their keys.
//!
//! A comparison is made once for each case of the keys that variables name: the key has no value,
//! it has one of the values that conditions on it list, or it has some other value. Some other
//! value is written with opaque letters ([`is_opaque`]) that no policy holds. What then follows
//! follows for every value: only a wildcard or the same variable takes an opaque letter, and both
//! take any text. The converse is not so: a value may by chance be what another pattern asks for,
//! as in `x/${u}` beside `x/a*`. Where two patterns have to match together, such a meeting is taken
//! to happen and not to happen (the *loose* reading), and a difference that rests on it needs a
//! concrete value that proves it.

mod bind;
mod case;
mod special;
mod text;

pub(crate) use bind::{bound_box, bound_set, patterns};
pub(crate) use case::{Case, Given, cases, keys_of, keys_of_box};
pub use special::{SPECIAL_VALUES, SpecialValue, generic_difference, special_values};
pub(crate) use text::{spelled, texts};

use super::bits::Bits;
use super::budget::Account;
use super::language::is_opaque;
use super::set::RequestSet;
use crate::evaluate::{Truth, Why, condition};
use crate::iam::{Comparison, OperandValue};
use crate::pattern::{ArnPattern, Part, Pattern, fold_case};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How a comparison reads the patterns of one case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// Whether opaque letters are in play.
    pub(crate) loose: bool,
    /// Whether texts with opaque letters are not to be found: only what real texts may match is of
    /// interest.
    pub(crate) real: bool,
    /// Statements of which one has to match every request that is looked for. A request that such
    /// a statement matches for some value is found with opaque letters just where the statement
    /// has its variables, so it need not be read loosely.
    pub(crate) primary: Bits,
    /// What is known of the keys of variables.
    pub(crate) known: BTreeMap<Box<str>, Known>,
}

/// What a case says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It has not one value: it is absent, or has several.
    NotOne,
    /// It has this value.
    Is(String),
}

/// Whether `value` stands to one operand as `comparison` asks: true and false hold for every text
/// in place of the opaque letters, what differs from text to text is unknown.
pub(crate) fn compare(comparison: Comparison, operand: &OperandValue, value: &str) -> Truth {
    let generic = condition::compare(comparison, operand, value);
    let opaque = value.contains(is_opaque);
    if !generic.is_false() {
        return generic;
    }
    let may = match operand {
        OperandValue::Text(pattern) if opaque || has_opaque(pattern) => {
            let folds = matches!(
                comparison,
                Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
            );
            let value = if folds { fold_case(value) } else { value.to_owned() };
            meet(&pieces(pattern.parts()), &pieces_of_text(&value))
        }
        OperandValue::Arn(ArnPattern::Arn(parts))
            if opaque || has_opaque(&parts.resource) || parts.head.iter().any(has_opaque) =>
        {
            let mut all = Vec::new();
            for part in &parts.head {
                all.extend(pieces(part.parts()));
                all.push(Piece::Letter(':'));
            }
            all.extend(pieces(parts.resource.parts()));
            meet(&all, &pieces_of_text(value))
        }
        _ => opaque,
    };
    if may { Truth::Unknown(Why::VariableUnknown) } else { Truth::False }
}

/// Whether an opaque letter stands in the pattern.
pub(crate) fn has_opaque(pattern: &Pattern) -> bool {
    pattern.parts().iter().any(|part| matches!(part, Part::Literal(t) if t.contains(is_opaque)))
}

/// Both sets with their variables left open, and how to read them: what has a variable may match or
/// not, and is never found to match for certain.
pub(crate) fn open_sets<'s, 'a>(
    left: &'s RequestSet<'a>,
    right: &'s RequestSet<'a>,
    account: &mut Account,
) -> (Cow<'s, RequestSet<'a>>, Cow<'s, RequestSet<'a>>, Reading) {
    let keys = keys_of([left, right].into_iter());
    let given = Given { open: keys.clone(), ..Given::default() };
    let case = cases(&keys, &[left, right], &[], &given, account).into_iter().next();
    let case = case.unwrap_or_default();
    let value_of = |key: &str| case.value_of(key);
    let reading = Reading { real: true, ..case.reading(Bits::EMPTY) };
    (bound_set(left, &value_of), bound_set(right, &value_of), reading)
}

/// The statements of `left` of which one has to match every request that it allows: those of the
/// layer with the most variables.
pub(crate) fn primary(left: &RequestSet<'_>) -> Bits {
    let mut first = 0;
    let mut best = (0, Bits::EMPTY);
    for layer in left.layers() {
        let numbered = (first..).zip(&layer.rules).filter(|(_, rule)| rule.allows());
        let varying = numbered.clone().filter(|(_, rule)| rule.varies).count();
        if left.has_to_allow(layer) && (varying > best.0 || first == 0) {
            best = (varying, numbered.map(|(number, _)| number).collect());
        }
        first += layer.rules.len();
    }
    best.1
}

/// A step of a pattern in which opaque letters are any text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Letter(char),
    One,
    Run,
}

fn pieces(parts: &[Part]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            Part::Literal(text) => pieces.extend(pieces_of_text(text)),
            Part::One => pieces.push(Piece::One),
            Part::Run | Part::Variable(_) => pieces.push(Piece::Run),
        }
    }
    pieces
}

fn pieces_of_text(text: &str) -> Vec<Piece> {
    let piece = |c| if is_opaque(c) { Piece::Run } else { Piece::Letter(c) };
    text.chars().map(piece).collect()
}

/// Whether some text matches both.
fn meet(a: &[Piece], b: &[Piece]) -> bool {
    // Row by row from the ends: whether the rests from here on meet.
    let mut after: Vec<bool> = Vec::new();
    for i in (0..=a.len()).rev() {
        let mut row = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            let right = row.get(j + 1).copied().unwrap_or(false);
            let below = after.get(j).copied().unwrap_or(false);
            let both = after.get(j + 1).copied().unwrap_or(false);
            let meets = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(Piece::Run), _) => below || (j < b.len() && right),
                (_, Some(Piece::Run)) => right || (i < a.len() && below),
                (Some(x), Some(y)) => both && (x == y || *x == Piece::One || *y == Piece::One),
                _ => false,
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = meets;
            }
        }
        after = row;
    }
    after.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn patterns_meet_where_some_text_matches_both(a in "[ab*?]{0,5}", b in "[ab*?]{0,5}") {
            let (x, y) = (Pattern::glob(&a), Pattern::glob(&b));
            let mut texts = vec![String::new()];
            let mut last = texts.clone();
            for _ in 0..8 {
                last = last.iter().flat_map(|t| ["a", "b"].map(|c| format!("{t}{c}"))).collect();
                texts.extend(last.iter().cloned());
            }
            let both = texts.iter().any(|t| x.matches(t) && y.matches(t));
            prop_assert_eq!(meet(&pieces(x.parts()), &pieces(y.parts())), both);
        }
    }
}
