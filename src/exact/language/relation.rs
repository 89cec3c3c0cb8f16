//! How two ARN patterns lie to each other.

use super::{Language, meets, partition};
use crate::exact::bits::Bits;
use crate::pattern::ArnPattern;

/// States for one question; patterns that need more are not said to cover.
const BUDGET: usize = 2_000;

/// Whether some ARN matches both.
pub(crate) fn overlaps(a: &ArnPattern, b: &ArnPattern) -> bool {
    meets(&Language::of_arn(a), &Language::of_arn(b))
}

/// Whether every ARN that matches `inner` matches `outer`.
pub(crate) fn covers(outer: &ArnPattern, inner: &ArnPattern) -> bool {
    let slots = [(Language::of_arn(outer), Bits::of(0)), (Language::of_arn(inner), Bits::of(1))];
    let cut = |possible: &Bits, certain: &Bits| !possible.contains(1) || certain.contains(0);
    let found = partition(&slots, BUDGET, &cut);
    let outside = |slots: &Bits| slots.contains(1) && !slots.contains(0);
    found.complete && !found.cells.iter().any(|cell| outside(&cell.slots))
}
