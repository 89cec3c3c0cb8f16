//! The product automaton of several languages.
//!
//! A state is the set of slots that are certain by now and the places in the patterns where a
//! match can go on. Four rules keep the states few: a run makes the places before it pointless
//! (dominance); a slot that is certain needs no more places (freezing); stretches of equal literal
//! text are walked in one step; only letters that some place asks for are told apart, all others
//! are one.

use super::token::{Class, Language, Token, folds_to, is_opaque, uppercase};
use crate::exact::bits::Bits;
use std::borrow::Borrow;

/// A place is an index into the tokens of all languages in a row.
pub(super) type Place = u32;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) certain: Bits,
    /// Sorted, each once.
    pub(super) places: Vec<Place>,
}

/// What stands at one place.
#[derive(Clone, Copy)]
struct Spot {
    token: Token,
    /// The language that it belongs to.
    owner: u32,
    /// For a run, the first place that it makes pointless; for other tokens their own place.
    reach: Place,
}

/// Behind all places.
const NOWHERE: Spot = Spot { token: Token::End, owner: u32::MAX, reach: Place::MAX };

/// A stretch of literal text, and where it leads; kept for its room.
#[derive(Default)]
pub(super) struct Stretch {
    walking: Vec<Place>,
    standing: Vec<Token>,
    pub(super) letters: Vec<char>,
    pub(super) moved: Vec<Place>,
}

/// One language and the slots that it speaks for.
struct Owner<'l> {
    slots: &'l Bits,
    start: Place,
    is_loose: bool,
}

pub(super) struct Automaton<'l> {
    spots: Vec<Spot>,
    owners: Vec<Owner<'l>>,
    is_loose: bool,
}

impl<'l> Automaton<'l> {
    pub(super) fn new<L: Borrow<Language>>(languages: &'l [(L, Bits)]) -> Self {
        let tokens = |language: &L| language.borrow().tokens().len() + 1;
        let mut spots: Vec<Spot> =
            Vec::with_capacity(languages.iter().map(|(language, _)| tokens(language)).sum());
        let mut owners = Vec::with_capacity(languages.len());
        for (owner, (language, slots)) in (0..).zip(languages) {
            let language = language.borrow();
            let start = spots.len();
            owners.push(Owner { slots, start: start as Place, is_loose: language.is_loose() });
            for token in language.tokens().iter().copied().chain([Token::End]) {
                let own = spots.len();
                let covered = match token {
                    Token::Run(Class::Any) => own - start,
                    Token::Run(class) => {
                        let before = spots.get(start..).unwrap_or_default().iter().rev();
                        before.take_while(|spot| spot.token.is_covered_by(class)).count()
                    }
                    _ => 0,
                };
                spots.push(Spot { token, owner, reach: (own - covered) as Place });
            }
        }
        let is_loose = owners.iter().any(|owner| owner.is_loose);
        Self { spots, owners, is_loose }
    }

    fn spot(&self, place: Place) -> Spot {
        self.spots.get(place as usize).copied().unwrap_or(NOWHERE)
    }

    pub(super) fn token(&self, place: Place) -> Token {
        self.spot(place).token
    }

    /// The slots that the language of a place speaks for.
    fn slots(&self, place: Place) -> &'l Bits {
        const NONE: &Bits = &Bits::EMPTY;
        self.owners.get(self.spot(place).owner as usize).map_or(NONE, |owner| owner.slots)
    }

    pub(super) fn start(&self) -> State {
        let mut state = State::default();
        for owner in &self.owners {
            self.arrive(&mut state, owner.start);
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
        if !places.is_sorted_by(|a, b| a < b) {
            places.sort_unstable();
            places.dedup();
        }
        // From the last place to the first: a run makes all from its reach on pointless. Reaches
        // never leave a language, whose places lie in a row.
        let mut pointless_from = Place::MAX;
        let mut kept = places.len();
        for index in (0..places.len()).rev() {
            let Some(place) = places.get(index).copied() else { continue };
            let Spot { token, reach, .. } = self.spot(place);
            if place < pointless_from {
                kept -= 1;
                if let Some(slot) = places.get_mut(kept) {
                    *slot = place;
                }
            }
            if matches!(token, Token::Run(_)) {
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
        let mut last = u32::MAX;
        for place in &state.places {
            let owner = self.spot(*place).owner;
            if owner != last {
                slots.union_with(self.slots(*place));
                last = owner;
            }
        }
        slots
    }

    /// Follows literal text as long as nothing else changes: some places walk, all asking for the
    /// same letter and another after it; the others are runs, which take that letter, and the
    /// places right behind them, which do not. Leaving the text leads to the same states wherever
    /// it is left, so they need not be looked at again on the way.
    pub(super) fn stretch(&self, places: &[Place], stretch: &mut Stretch) -> bool {
        let Stretch { walking, standing, letters, moved } = stretch;
        walking.clear();
        standing.clear();
        letters.clear();
        let mut behind_run = None;
        for place in places {
            let token = self.token(*place);
            match token {
                Token::Letter(_) | Token::End if behind_run == Some(*place) => standing.push(token),
                Token::Letter(_) => walking.push(*place),
                Token::Run(_) => {
                    behind_run = Some(place + 1);
                    standing.push(token);
                }
                Token::Folded(_) | Token::One(_) | Token::End => return false,
            }
        }
        let Some(first) = walking.first().copied() else { return false };
        while let Token::Letter(letter) = self.token(first + letters.len() as Place) {
            let goes_on = |place: &Place| {
                let place = place + letters.len() as Place;
                self.token(place) == Token::Letter(letter)
                    && matches!(self.token(place + 1), Token::Letter(_))
            };
            let stands = |token: &Token| match token {
                Token::Run(class) => class.takes(letter),
                Token::Letter(own) => *own != letter,
                _ => true,
            };
            // What an opaque letter does to others is not walked past.
            if !walking.iter().all(goes_on) || !standing.iter().all(stands) || is_opaque(letter) {
                break;
            }
            letters.push(letter);
        }
        moved.clear();
        moved.extend_from_slice(places);
        let mut walking = walking.iter().peekable();
        for place in moved {
            if walking.next_if(|walks| **walks == *place).is_some() {
                *place += letters.len() as Place;
            }
        }
        !letters.is_empty()
    }

    /// Those letters that some place tells apart, and one that stands for all others.
    pub(super) fn letters(&self, places: &[Place], letters: &mut Vec<char>) {
        letters.clear();
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
        for separator in separators {
            if !letters.contains(&separator) {
                letters.push(separator);
            }
        }
    }

    fn is_loose(&self, place: Place) -> bool {
        self.owners.get(self.spot(place).owner as usize).is_some_and(|owner| owner.is_loose)
    }

    /// An opaque letter in a loose language is any text: every later place may come next.
    fn leap(&self, next: &mut State, mut place: Place) {
        while self.token(place) != Token::End {
            self.arrive(next, place);
            place += 1;
        }
        self.arrive(next, place);
    }

    /// Where a letter leads from a state: `next` is what comes of it.
    pub(super) fn step(&self, State { certain, places }: &State, letter: char, next: &mut State) {
        next.certain.clone_from(certain);
        next.places.clear();
        let leaps = self.is_loose && is_opaque(letter);
        for place in places {
            if leaps && self.is_loose(*place) {
                self.leap(next, *place);
                continue;
            }
            match self.token(*place) {
                Token::Letter(own) if own == letter => self.arrive(next, place + 1),
                Token::Folded(own) if folds_to(letter, own) => self.arrive(next, place + 1),
                Token::One(class) if class.takes(letter) => self.arrive(next, place + 1),
                Token::Run(class) if class.takes(letter) => self.arrive(next, *place),
                _ => {}
            }
        }
        self.settle(next);
    }
}
