//! The product automaton of several languages, explored only as far as it matters.
//!
//! A state is the set of slots that are certain by now and the places in the patterns where a
//! match can go on. Five rules keep the states few: a run makes the places before it pointless
//! (dominance); a slot that is certain needs no more places (freezing); stretches of equal literal
//! text are walked in one step; only letters that some place asks for are told apart, all others
//! are one; and a caller stops the search where nothing that it looks for can follow (`cut`).

use super::token::{Class, Language, Token, folds_to, is_opaque, uppercase};
use crate::exact::bits::Bits;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::rc::Rc;

/// All strings that are accepted by the same slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The slots that accept them.
    pub(crate) slots: Bits,
    /// One of them, among the shortest.
    pub(crate) witness: String,
}

/// The cells of all strings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partition {
    pub(crate) cells: Vec<Cell>,
    /// How many states were looked at.
    pub(crate) states: usize,
    /// Whether no cell is missing but those that the caller cut off.
    pub(crate) complete: bool,
}

/// Cuts all strings into cells. A language comes with the slots for which it speaks: a slot
/// accepts a string if one of its languages has it. `cut(possible, certain)` says that no string
/// which goes on from here is of interest, given the slots that may still accept it and those that
/// surely will; such strings need not show in any cell. At most `budget` states are looked at.
pub(crate) fn partition(
    languages: &[(Language, Bits)],
    budget: usize,
    cut: &dyn Fn(&Bits, &Bits) -> bool,
) -> Partition {
    let automaton = Automaton::new(languages);
    let mut search = Search::default();
    let start = automaton.start();
    let possible = automaton.possible(&start);
    if !cut(&possible, &start.certain) {
        search.enter(start, possible, None, &[]);
    }
    let mut complete = true;
    let mut looked_at = 0;
    while let Some((Reverse(length), Reverse(at))) = search.next.pop() {
        // A shorter way there was found later, and taken earlier.
        if search.lengths.get(at) != Some(&length) {
            continue;
        }
        if looked_at == budget {
            complete = false;
            break;
        }
        looked_at += 1;
        let Some(state) = search.states.get(at).cloned() else { continue };
        search.record(automaton.accepting(&state), at, &[]);
        let possible = search.possible.get(at).cloned().unwrap_or_default();
        explore(&automaton, &mut search, at, (&state, &possible), cut);
    }
    Partition { cells: search.cells(), states: looked_at, complete }
}

/// One step from `state` for each letter that makes a difference.
fn explore(
    automaton: &Automaton<'_>,
    search: &mut Search,
    at: usize,
    (state, here): (&State, &Bits),
    cut: &dyn Fn(&Bits, &Bits) -> bool,
) {
    let stretch = automaton.stretch(&state.places);
    for letter in automaton.letters(&state.places) {
        if let Some((letters, places)) =
            stretch.as_ref().filter(|(l, _)| l.first() == Some(&letter))
        {
            let end = State { certain: state.certain.clone(), places: places.clone() };
            // The same places' languages go on, and may still match the same.
            search.enter(end, here.clone(), Some(at), letters);
            continue;
        }
        let next = automaton.step(&state.certain, &state.places, letter);
        if next.places.is_empty() {
            search.record(next.certain, at, &[letter]);
        } else {
            let possible = automaton.possible(&next);
            // What was no reason to stop before is none now.
            let unchanged = possible == *here && next.certain == state.certain;
            if unchanged || !cut(&possible, &next.certain) {
                search.enter(next, possible, Some(at), &[letter]);
            }
        }
    }
}

/// A place is an index into the tokens of all languages in a row.
pub(super) type Place = u32;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) certain: Bits,
    pub(super) places: Vec<Place>,
}

pub(super) struct Automaton<'l> {
    languages: &'l [(Language, Bits)],
    tokens: Vec<Token>,
    /// The language that a token belongs to.
    owner: Vec<u32>,
    /// For a run, the first place that it makes pointless; for other tokens their own place.
    reach: Vec<Place>,
    starts: Vec<Place>,
    is_loose: bool,
}

impl<'l> Automaton<'l> {
    pub(super) fn new(languages: &'l [(Language, Bits)]) -> Self {
        let length = languages.iter().map(|(language, _)| language.tokens().len() + 1).sum();
        let mut tokens: Vec<Token> = Vec::with_capacity(length);
        let (mut owner, mut reach) = (Vec::with_capacity(length), Vec::with_capacity(length));
        let mut starts = Vec::with_capacity(languages.len());
        for (index, (language, _)) in (0..).zip(languages) {
            let start = tokens.len();
            starts.push(start as Place);
            for token in language.tokens().iter().chain([&Token::End]) {
                let own = tokens.len();
                let covered = match token {
                    Token::Run(Class::Any) => own - start,
                    Token::Run(class) => tokens
                        .get(start..)
                        .unwrap_or_default()
                        .iter()
                        .rev()
                        .take_while(|before: &&Token| before.is_covered_by(*class))
                        .count(),
                    _ => 0,
                };
                reach.push((own - covered) as Place);
                tokens.push(*token);
                owner.push(index);
            }
        }
        let is_loose = languages.iter().any(|(language, _)| language.is_loose());
        Self { languages, tokens, owner, reach, starts, is_loose }
    }

    pub(super) fn token(&self, place: Place) -> Token {
        self.tokens.get(place as usize).copied().unwrap_or(Token::End)
    }

    /// The slots that the language of a place speaks for.
    fn slots(&self, place: Place) -> &Bits {
        const NONE: &Bits = &Bits::EMPTY;
        let owner = self.owner.get(place as usize).copied().unwrap_or(u32::MAX);
        self.languages.get(owner as usize).map_or(NONE, |(_, slots)| slots)
    }

    pub(super) fn start(&self) -> State {
        let mut state = State { certain: Bits::default(), places: Vec::new() };
        for place in &self.starts {
            self.arrive(&mut state, *place);
        }
        self.settle(&mut state);
        state
    }

    /// Adds a place and those behind runs that may take nothing.
    fn arrive(&self, state: &mut State, mut place: Place) {
        while let Token::Run(class) = self.token(place) {
            if class == Class::Any && self.token(place + 1) == Token::End {
                state.certain.union_with(self.slots(place));
                return;
            }
            state.places.push(place);
            place += 1;
        }
        state.places.push(place);
    }

    /// Drops the places that can no longer change anything, so that equal states are equal.
    fn settle(&self, state: &mut State) {
        let State { certain, places } = state;
        if !certain.is_empty() {
            places.retain(|place| !self.slots(*place).is_subset(certain));
        }
        if places.len() < 2 {
            return;
        }
        places.sort_unstable();
        places.dedup();
        // From the last place to the first: a run makes all from its reach on pointless. Reaches
        // never leave a language, whose places lie in a row.
        let mut pointless_from = Place::MAX;
        let mut kept = places.len();
        for index in (0..places.len()).rev() {
            let Some(place) = places.get(index).copied() else { continue };
            let reach = self.reach.get(place as usize).copied().unwrap_or(place);
            if place < pointless_from {
                kept -= 1;
                if let Some(slot) = places.get_mut(kept) {
                    *slot = place;
                }
            }
            if matches!(self.token(place), Token::Run(_)) {
                pointless_from = pointless_from.min(reach);
            }
        }
        places.drain(..kept);
    }

    pub(super) fn accepting(&self, state: &State) -> Bits {
        let mut slots = state.certain.clone();
        for place in &state.places {
            if self.token(*place) == Token::End {
                slots.union_with(self.slots(*place));
            }
        }
        slots
    }

    pub(super) fn possible(&self, state: &State) -> Bits {
        let mut slots = state.certain.clone();
        for place in &state.places {
            slots.union_with(self.slots(*place));
        }
        slots
    }

    /// Follows literal text as long as nothing else changes: some places walk, all asking for the
    /// same letter and another after it; the others are runs, which take that letter, and the
    /// places right behind them, which do not. Leaving the text leads to the same states wherever
    /// it is left, so they need not be looked at again on the way.
    fn stretch(&self, places: &[Place]) -> Option<(Vec<char>, Vec<Place>)> {
        let is_run = |place: &Place| matches!(self.token(*place), Token::Run(_));
        let mut walking: Vec<usize> = Vec::new();
        for (index, place) in places.iter().enumerate() {
            let behind_run = place
                .checked_sub(1)
                .is_some_and(|before| is_run(&before) && places.binary_search(&before).is_ok());
            match self.token(*place) {
                Token::Run(_) => {}
                Token::Letter(_) | Token::End if behind_run => {}
                Token::Letter(_) => walking.push(index),
                Token::Folded(_) | Token::One(_) | Token::End => return None,
            }
        }
        let unmoved = |letter: char| {
            places.iter().enumerate().all(|(index, place)| match self.token(*place) {
                Token::Run(class) => class.takes(letter),
                Token::Letter(own) => own != letter || walking.contains(&index),
                _ => true,
            })
        };
        let mut moved = places.to_vec();
        let mut letters = Vec::new();
        while let Some(Token::Letter(letter)) =
            walking.first().and_then(|index| moved.get(*index)).map(|place| self.token(*place))
        {
            let goes_on = |index: &usize| {
                moved.get(*index).is_some_and(|place| {
                    self.token(*place) == Token::Letter(letter)
                        && matches!(self.token(place + 1), Token::Letter(_))
                })
            };
            // What an opaque letter does to others is not walked past.
            if !walking.iter().all(goes_on) || !unmoved(letter) || is_opaque(letter) {
                break;
            }
            for index in &walking {
                if let Some(place) = moved.get_mut(*index) {
                    *place += 1;
                }
            }
            letters.push(letter);
        }
        (!letters.is_empty()).then_some((letters, moved))
    }

    /// Those letters that some place tells apart, and one that stands for all others.
    pub(super) fn letters(&self, places: &[Place]) -> Vec<char> {
        let mut letters = Vec::with_capacity(places.len() + 3);
        let (mut separators, mut folds) = (false, false);
        let mut add = |letter| {
            if !letters.contains(&letter) {
                letters.push(letter);
            }
        };
        for place in places {
            match self.token(*place) {
                Token::Letter(letter) => add(letter),
                Token::Folded(letter) => {
                    folds = true;
                    add(letter);
                    if letter.is_ascii() {
                        add(letter.to_ascii_uppercase());
                    } else {
                        uppercase(letter).for_each(&mut add);
                    }
                    // The Kelvin sign is a third letter whose lower case is `k`.
                    if letter == 'k' {
                        add('\u{212a}');
                    }
                }
                Token::One(class) | Token::Run(class) => separators |= class != Class::Any,
                Token::End => {}
            }
        }
        let is_other = |other: &char| {
            !(letters.contains(other)
                || (folds && letters.iter().any(|letter| folds_to(*other, *letter))))
        };
        const READABLE: &str = "x0aqzAQXZ-_.123456789bcdefghijklmnoprstuvwy";
        // Among ever more letters one is not asked for: the places are finitely many.
        let other = READABLE.chars().chain('\u{a1}'..).find(is_other);
        letters.extend(other);
        // Separators last: few real values have them where nobody asks for them.
        let separators = [':', '/'].into_iter().filter(|_| separators);
        let missing: Vec<char> = separators.filter(|s| !letters.contains(s)).collect();
        letters.extend(missing);
        letters
    }

    fn is_loose(&self, place: Place) -> bool {
        let owner = self.owner.get(place as usize).and_then(|o| self.languages.get(*o as usize));
        owner.is_some_and(|(language, _)| language.is_loose())
    }

    /// An opaque letter in a loose language is any text: every later place may come next.
    fn leap(&self, next: &mut State, mut place: Place) {
        while self.token(place) != Token::End {
            self.arrive(next, place);
            place += 1;
        }
        self.arrive(next, place);
    }

    pub(super) fn step(&self, certain: &Bits, places: &[Place], letter: char) -> State {
        let mut next =
            State { certain: certain.clone(), places: Vec::with_capacity(places.len() + 2) };
        let leaps = self.is_loose && is_opaque(letter);
        for place in places {
            if leaps && self.is_loose(*place) {
                self.leap(&mut next, *place);
                continue;
            }
            match self.token(*place) {
                Token::Letter(own) if own == letter => self.arrive(&mut next, place + 1),
                Token::Folded(own) if folds_to(letter, own) => self.arrive(&mut next, place + 1),
                Token::One(class) if class.takes(letter) => self.arrive(&mut next, place + 1),
                Token::Run(class) if class.takes(letter) => self.arrive(&mut next, *place),
                _ => {}
            }
        }
        self.settle(&mut next);
        next
    }
}

/// What has been seen so far.
#[derive(Default)]
struct Search {
    states: Vec<Rc<State>>,
    /// For each state, the slots that may still accept.
    possible: Vec<Bits>,
    known: FxHashMap<Rc<State>, usize>,
    /// Those to look at, by the length of the text that leads there: the shortest comes first, and
    /// of these the one that was found first.
    next: BinaryHeap<(Reverse<usize>, Reverse<usize>)>,
    /// For each state, the state before it and the letters between.
    path: Vec<(Option<usize>, Range<usize>)>,
    lengths: Vec<usize>,
    found: FxHashSet<Bits>,
    /// Each cell with the last state of its witness and the letters after it.
    ends: Vec<(Bits, usize, Range<usize>)>,
    /// The letters between states, all in a row.
    letters: Vec<char>,
}

impl Search {
    /// Takes a state in, or a shorter way to one that has not been looked at.
    fn enter(&mut self, state: State, possible: Bits, from: Option<usize>, letters: &[char]) {
        let before = from.and_then(|from| self.lengths.get(from)).copied().unwrap_or(0);
        let length = before + letters.len();
        if let Some(at) = self.known.get(&state).copied() {
            if self.lengths.get(at).is_some_and(|known| length < *known) {
                let path = (from, self.keep(letters));
                if let (Some(known), Some(old)) = (self.lengths.get_mut(at), self.path.get_mut(at))
                {
                    *known = length;
                    *old = path;
                }
                self.next.push((Reverse(length), Reverse(at)));
            }
            return;
        }
        let path = (from, self.keep(letters));
        let state = Rc::new(state);
        self.next.push((Reverse(length), Reverse(self.states.len())));
        self.known.insert(Rc::clone(&state), self.states.len());
        self.states.push(state);
        self.possible.push(possible);
        self.lengths.push(length);
        self.path.push(path);
    }

    fn record(&mut self, slots: Bits, at: usize, letters: &[char]) {
        let is_last = self.ends.last().is_some_and(|(last, ..)| *last == slots);
        if is_last || self.found.contains(&slots) {
            return;
        }
        self.found.insert(slots.clone());
        let letters = self.keep(letters);
        self.ends.push((slots, at, letters));
    }

    fn keep(&mut self, letters: &[char]) -> Range<usize> {
        let start = self.letters.len();
        self.letters.extend_from_slice(letters);
        start..self.letters.len()
    }

    fn cells(self) -> Vec<Cell> {
        let text = |letters: &Range<usize>| self.letters.get(letters.clone()).unwrap_or_default();
        let witness = |end: usize, letters: &Range<usize>| {
            let mut stretches = vec![text(letters)];
            let mut at = Some(end);
            while let Some((from, letters)) = at.and_then(|at| self.path.get(at)) {
                stretches.push(text(letters));
                at = *from;
            }
            stretches.into_iter().rev().flatten().collect()
        };
        self.ends
            .iter()
            .map(|(slots, at, letters)| Cell {
                slots: slots.clone(),
                witness: witness(*at, letters),
            })
            .collect()
    }
}
