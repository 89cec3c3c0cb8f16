use super::partition::Partition;
use super::token::{Class, Token};
use super::{Language, meets, partition};
use crate::exact::bits::Bits;
use crate::pattern::{ArnPattern, Pattern};
use proptest::prelude::*;
use std::collections::BTreeSet;

const BUDGET: usize = 100_000;

fn cells(languages: &[Language]) -> Partition {
    let slots: Vec<(Language, Bits)> =
        languages.iter().enumerate().map(|(i, l)| (l.clone(), Bits::of(i))).collect();
    partition(&slots, BUDGET, &|_, _| false)
}

/// Backtracking over tokens, with none of the automaton's short cuts.
fn naive(tokens: &[Token], text: &[char]) -> bool {
    let Some((token, rest)) = tokens.split_first() else { return text.is_empty() };
    let one = |takes: &dyn Fn(char) -> bool| {
        text.split_first().is_some_and(|(first, after)| takes(*first) && naive(rest, after))
    };
    match token {
        Token::Letter(letter) => one(&|c| c == *letter),
        Token::Folded(letter) => one(&|c| c.to_lowercase().eq([*letter])),
        Token::One(class) => one(&|c| class.takes(c)),
        Token::Run(class) => {
            naive(rest, text)
                || text
                    .split_first()
                    .is_some_and(|(first, after)| class.takes(*first) && naive(tokens, after))
        }
        Token::End => text.is_empty(),
    }
}

pub(in crate::exact::language) fn accepted(languages: &[Language], text: &str) -> Bits {
    let text: Vec<char> = text.chars().collect();
    let accepts = |(_, language): &(usize, &Language)| naive(language.tokens(), &text);
    languages.iter().enumerate().filter(accepts).map(|(i, _)| i).collect()
}

/// All texts over `alphabet` of at most `longest` letters.
fn texts(alphabet: &str, longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last.iter().flat_map(|t| alphabet.chars().map(move |c| format!("{t}{c}"))).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// Every witness lies in its cell, and no text lies in a cell that was not found.
fn check(languages: &[Language], alphabet: &str, longest: usize) {
    let found = cells(languages);
    assert!(found.complete);
    let known: BTreeSet<&Bits> = found.cells.iter().map(|cell| &cell.slots).collect();
    assert_eq!(known.len(), found.cells.len(), "a cell was found twice");
    for cell in &found.cells {
        assert_eq!(
            accepted(languages, &cell.witness),
            cell.slots,
            "{:?} {languages:?}",
            cell.witness
        );
    }
    for text in texts(alphabet, longest) {
        let slots = accepted(languages, &text);
        assert!(known.contains(&slots), "no cell for {text:?} of {languages:?}");
    }
}

fn glob(text: &str) -> Language {
    Language::of_pattern(&Pattern::glob(text))
}

fn any_token() -> impl Strategy<Value = Token> {
    let class =
        prop::sample::select(vec![Class::Any, Class::NoColon, Class::NoSlash, Class::Neither]);
    prop_oneof![
        4 => prop::sample::select(vec!['a', 'b', ':', '/']).prop_map(Token::Letter),
        1 => prop::sample::select(vec!['a', 'b']).prop_map(Token::Folded),
        1 => class.clone().prop_map(Token::One),
        3 => class.prop_map(Token::Run),
    ]
}

fn any_language() -> impl Strategy<Value = Language> {
    prop::collection::vec(any_token(), 0..6).prop_map(|tokens| {
        let mut language = Language::default();
        tokens.into_iter().for_each(|token| language.push(token));
        language
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn globs_fall_into_all_their_cells(
        patterns in prop::collection::vec("[ab*?]{0,5}", 1..6),
    ) {
        let languages: Vec<Language> = patterns.iter().map(|p| glob(p)).collect();
        check(&languages, "abx", 6);
        // The automaton and the matcher read a pattern alike.
        for cell in cells(&languages).cells {
            for (i, pattern) in patterns.iter().enumerate() {
                prop_assert_eq!(Pattern::glob(pattern).matches(&cell.witness), cell.slots.contains(i));
            }
        }
    }

    #[test]
    fn classes_and_folded_letters_fall_into_all_their_cells(
        languages in prop::collection::vec(any_language(), 1..4),
    ) {
        check(&languages, "aAb:/", 4);
    }

    #[test]
    fn languages_meet_where_a_cell_has_both(a in any_language(), b in any_language()) {
        let both: Bits = [0, 1].into_iter().collect();
        let found = cells(&[a.clone(), b.clone()]);
        prop_assert!(found.complete);
        prop_assert_eq!(meets(&a, &b), found.cells.iter().any(|cell| both.is_subset(&cell.slots)));
    }

    #[test]
    fn arns_are_read_as_the_matcher_reads_them(
        patterns in prop::collection::vec(
            "arn:(aws|\\*):s(3|\\?|\\*):[a*]?:(1|\\*|):([ab/*:]{0,4})", 1..5),
    ) {
        let arns: Vec<ArnPattern> =
            patterns.iter().map(|p| ArnPattern::parse(p, false).unwrap()).collect();
        let languages: Vec<Language> = arns.iter().map(Language::of_arn).collect();
        for cell in cells(&languages).cells {
            for (i, arn) in arns.iter().enumerate() {
                prop_assert_eq!(arn.matches(&cell.witness), cell.slots.contains(i), "{} {}", arn, cell.witness);
            }
        }
    }

    #[test]
    fn slots_shared_by_languages_are_their_union(
        patterns in prop::collection::vec(("[ab*?]{0,4}", 0..3_usize), 1..7),
    ) {
        let languages: Vec<(Language, Bits)> =
            patterns.iter().map(|(p, slot)| (glob(p), Bits::of(*slot))).collect();
        let found = partition(&languages, BUDGET, &|_, _| false);
        prop_assert!(found.complete);
        let slots_of = |text: &str| patterns.iter()
            .filter(|(p, _)| Pattern::glob(p).matches(text)).map(|(_, slot)| *slot).collect::<Bits>();
        for cell in &found.cells {
            prop_assert_eq!(slots_of(&cell.witness), cell.slots.clone());
        }
        for text in texts("abx", 5) {
            let slots = slots_of(&text);
            prop_assert!(found.cells.iter().any(|cell| cell.slots == slots), "{}", text);
        }
    }

    #[test]
    fn a_cut_loses_only_what_it_cut(patterns in prop::collection::vec("[ab*?]{0,5}", 2..5)) {
        let languages: Vec<(Language, Bits)> =
            patterns.iter().enumerate().map(|(i, p)| (glob(p), Bits::of(i))).collect();
        let all = partition(&languages, BUDGET, &|_, _| false);
        // Only texts of the first pattern are of interest.
        let some = partition(&languages, BUDGET, &|possible, _| !possible.contains(0));
        prop_assert!(some.states <= all.states);
        let with_first = |p: &Partition| p.cells.iter().map(|c| c.slots.clone())
            .filter(|slots| slots.contains(0)).collect::<BTreeSet<Bits>>();
        prop_assert_eq!(with_first(&some), with_first(&all));
    }
}

#[test]
fn witnesses_are_short() {
    let found = cells(&[glob("data/*"), glob("*/secret"), glob("data/public/*")]);
    let witness = |slots: &[usize]| {
        let slots: Bits = slots.iter().copied().collect();
        found.cells.iter().find(|cell| cell.slots == slots).map(|cell| cell.witness.as_str())
    };
    assert_eq!(witness(&[]), Some(""));
    assert_eq!(witness(&[0]), Some("data/"));
    assert_eq!(witness(&[0, 2]), Some("data/public/"));
    assert_eq!(witness(&[0, 1]), Some("data/secret"));
    assert_eq!(witness(&[1]), Some("/secret"));
    assert_eq!(witness(&[0, 1, 2]), Some("data/public/secret"));
    assert_eq!(witness(&[2]), None);
}

#[test]
fn letters_of_more_than_one_byte_are_one_letter() {
    let found = cells(&[glob("é?"), glob("é*"), glob("??")]);
    assert!(found.complete);
    for cell in &found.cells {
        assert_eq!(Pattern::glob("é?").matches(&cell.witness), cell.slots.contains(0));
        assert_eq!(Pattern::glob("??").matches(&cell.witness), cell.slots.contains(2));
    }
    assert!(found.cells.iter().any(|cell| cell.slots.iter().count() == 3));
    assert!(!found.cells.iter().any(|cell| cell.slots == [0, 1].into_iter().collect()));
}

#[test]
fn a_budget_that_does_not_suffice_is_not_called_complete() {
    let text = format!("*a{}", "?".repeat(30));
    let slots = [(glob(&text), Bits::of(0)), (glob(&format!("*b{}", "?".repeat(29))), Bits::of(1))];
    let found = partition(&slots, 2_000, &|_, _| false);
    assert!(!found.complete);
    assert!(found.states <= 2_001);
    for cell in &found.cells {
        assert_eq!(Pattern::glob(&text).matches(&cell.witness), cell.slots.contains(0));
    }
}

#[test]
fn patterns_of_stars_stay_small() {
    let patterns: Vec<Language> =
        ["*a*b*", "*c*d*", "*e*f*", "*g*h*"].iter().map(|p| glob(p)).collect();
    let found = cells(&patterns);
    assert_eq!((found.complete, found.cells.len(), found.states), (true, 16, 80));
    // One after the other the states of stars add up instead of multiplying.
    assert!(cells(&[glob("*a*a*a*a*a*a*a*")]).states <= 8);
}

#[test]
fn more_than_128_slots_are_no_limit() {
    let languages: Vec<Language> = (0..300).map(|i| glob(&format!("team-{i}/*"))).collect();
    let found = cells(&languages);
    assert!(found.complete);
    assert_eq!(found.cells.len(), 301);
}
