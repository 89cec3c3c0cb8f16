//! Whether two languages have a text in common.

use super::token::{Language, Token};
use rustc_hash::FxHashSet;

/// Whether some text is in both languages.
///
/// Both are read side by side: a pair of places is reached if some text leads to both. Nothing is
/// counted or combined, so there are at most as many pairs as the product of the lengths.
pub(crate) fn meets(a: &Language, b: &Language) -> bool {
    let mut next = vec![(0, 0)];
    let mut seen: FxHashSet<(usize, usize)> = FxHashSet::default();
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
        if !seen.insert((i, j)) {
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
