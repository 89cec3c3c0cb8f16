use super::*;
use crate::exact::language::tests::accepted;
use crate::exact::language::token::Class;
use crate::pattern::{ArnPattern, Pattern};
use proptest::prelude::*;

fn whole(languages: &[Language], longest: usize) -> Counts {
    let slots: Vec<(Language, Bits)> =
        languages.iter().enumerate().map(|(i, l)| (l.clone(), Bits::of(i))).collect();
    count(&slots, longest, 100_000, &|_, _| false)
}

/// How many strings of at most `longest` letters there are.
fn all(longest: u32) -> f64 {
    (0..=longest).map(|n| LETTER_COUNT.powi(i32::try_from(n).unwrap())).sum()
}

fn size(counts: &Counts, slots: &[usize]) -> f64 {
    let slots: Bits = slots.iter().copied().collect();
    counts.cells.iter().filter(|cell| cell.slots == slots).map(|cell| cell.strings).sum()
}

/// All strings of two printable letters and fewer, and some of three.
fn texts() -> Vec<String> {
    let mut all = vec![String::new()];
    all.extend(LETTERS.map(String::from));
    all.extend(LETTERS.flat_map(|a| LETTERS.map(move |b| format!("{a}{b}"))));
    all
}

fn any_pattern() -> impl Strategy<Value = Language> {
    prop_oneof![
        3 => "[ab:/*?]{0,4}".prop_map(|text| Language::of_pattern(&Pattern::glob(&text))),
        1 => "[abk]{0,2}".prop_map(|text| Language::ignoring_case(&Pattern::glob(&text))),
        1 => prop::collection::vec(prop::sample::select(vec![
            Token::Letter('a'), Token::Folded('k'), Token::One(Class::NoSlash),
            Token::Run(Class::NoColon), Token::Run(Class::Neither), Token::One(Class::Any),
        ]), 0..4).prop_map(|tokens| {
            let mut language = Language::default();
            tokens.into_iter().for_each(|token| language.push(token));
            language
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_string_is_counted_once(languages in prop::collection::vec(any_pattern(), 1..5)) {
        let counts = whole(&languages, 2);
        prop_assert!(counts.complete);
        // One string at a time, by backtracking.
        let mut naive: FxHashMap<Bits, f64> = FxHashMap::default();
        for text in texts() {
            let slots = accepted(&languages, &text);
            *naive.entry(slots).or_default() += 1.0;
        }
        for cell in &counts.cells {
            let expected = naive.remove(&cell.slots).unwrap_or(0.0);
            prop_assert_eq!(cell.strings, expected, "{:?} of {:?}", cell.slots, &languages);
        }
        prop_assert!(naive.is_empty(), "{:?}", naive);
    }

    #[test]
    fn cells_sum_up_to_all_strings(
        languages in prop::collection::vec(any_pattern(), 1..5), longest in 0..40_u32,
    ) {
        let counts = whole(&languages, longest as usize);
        let sum: f64 = counts.cells.iter().map(|cell| cell.strings).sum();
        prop_assert!((sum / all(longest) - 1.0).abs() < 1e-12, "{} {}", sum, all(longest));
    }
}

#[test]
fn a_pattern_is_as_large_as_what_its_stars_leave_free() {
    let glob = |text: &str| Language::of_pattern(&Pattern::glob(text));
    let counts = whole(&[glob("data/*"), glob("data/x*")], 90);
    let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
    assert!(same(size(&counts, &[0, 1]), all(84)));
    assert!(same(size(&counts, &[0]), all(85) - all(84)));
    let exact = whole(&[glob("secret")], 90);
    assert_eq!(size(&exact, &[0]), 1.0);
    assert_eq!(size(&whole(&[glob("secret")], 5), &[0]), 0.0);
    assert_eq!(size(&whole(&[glob("é")], 5), &[0]), 0.0);
    let arn = Language::of_arn(&ArnPattern::parse("arn:aws:s3:::b/*", false).unwrap());
    assert!(same(size(&whole(&[arn], 20), &[0]), all(5)));
}

#[test]
fn the_largest_numbers_are_finite() {
    let counts = whole(&[Language::of_pattern(&Pattern::glob("*"))], 150);
    assert!(size(&counts, &[0]).log2() > 980.0 && size(&counts, &[0]).is_finite());
}

#[test]
fn a_budget_that_does_not_suffice_is_said() {
    let hard =
        |letter| Language::of_pattern(&Pattern::glob(&format!("*{letter}{}", "?".repeat(20))));
    let slots = [(hard('a'), Bits::of(0)), (hard('b'), Bits::of(1))];
    let counts = count(&slots, 60, 500, &|_, _| false);
    assert!(!counts.complete);
    assert!(counts.states <= 500);
}
