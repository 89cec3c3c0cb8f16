//! Whether two languages have a text in common.

use super::token::{Class, Language, Token};
use rustc_hash::FxHashSet;

/// Whether some text is in both languages.
///
/// Both are read side by side: a pair of places is reached if some text leads to both. Nothing is
/// counted or combined, so there are at most as many pairs as the product of the lengths.
pub(crate) fn meets(a: &Language, b: &Language) -> bool {
    let mut next = vec![(0, 0)];
    let mut seen = Seen::new(b.tokens().len() + 1);
    while let Some((mut i, mut j)) = next.pop() {
        // Equal letters lead to one pair each, which need not be remembered.
        while let (Token::Letter(x), Token::Letter(y)) = (a.token(i), b.token(j)) {
            if x != y {
                break;
            }
            (i, j) = (i + 1, j + 1);
        }
        let (left, right) = (a.token(i), b.token(j));
        if left == Token::End && right == Token::End {
            return true;
        }
        // What takes any text takes whatever the other asks for yet.
        if takes_all(a, i) || takes_all(b, j) {
            return true;
        }
        if !seen.insert(i, j) {
            continue;
        }
        let (left_runs, right_runs) =
            (matches!(left, Token::Run(_)), matches!(right, Token::Run(_)));
        // A run may take nothing more.
        if left_runs {
            next.push((i + 1, j));
        }
        if right_runs {
            next.push((i, j + 1));
        }
        if left.shares_a_letter_with(right) {
            next.push((if left_runs { i } else { i + 1 }, if right_runs { j } else { j + 1 }));
        }
    }
    false
}

/// Whether any text may follow from a place on.
fn takes_all(language: &Language, place: usize) -> bool {
    language.token(place) == Token::Run(Class::Any) && language.token(place + 1) == Token::End
}

/// The pairs of places that were looked at.
struct Seen {
    /// How many places the second language has.
    width: usize,
    /// The first of all pairs in a row: those of most languages are no more.
    few: [u64; Self::WORDS],
    rest: FxHashSet<usize>,
}

impl Seen {
    const WORDS: usize = 48;

    fn new(width: usize) -> Self {
        Self { width, few: [0; Self::WORDS], rest: FxHashSet::default() }
    }

    /// Whether a pair was not looked at before.
    fn insert(&mut self, i: usize, j: usize) -> bool {
        let pair = i * self.width + j;
        let Some(word) = self.few.get_mut(pair / 64) else { return self.rest.insert(pair) };
        let bit = 1 << (pair % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}
