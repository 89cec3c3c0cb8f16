//! The cells into which several languages cut all strings: their product automaton, explored only
//! as far as it matters. A caller stops the search where nothing that it looks for can follow
//! (`cut`).

use super::automaton::{Automaton, Place, State, Stretch};
use super::token::Language;
use crate::exact::bits::Bits;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet, FxHasher};
use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};
use std::ops::Range;

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
pub(crate) fn partition<L: Borrow<Language>>(
    languages: &[(L, Bits)],
    budget: usize,
    cut: &dyn Fn(&Bits, &Bits) -> bool,
) -> Partition {
    let automaton = Automaton::new(languages);
    let mut search = Search::new();
    let start = automaton.start();
    let possible = automaton.possible(&start);
    if !cut(&possible, &start.certain) {
        search.enter(&start, &possible, None, &[]);
    }
    let mut complete = true;
    let mut looked_at = 0;
    let mut here = start;
    let mut next = State::default();
    let mut letters = Vec::new();
    let mut stretch = Stretch::default();
    while let Some((Reverse(length), Reverse(at))) = search.next.pop() {
        let Some(seen) = search.seen.get(at) else { continue };
        // A shorter way there was found later, and taken earlier.
        if seen.length != length {
            continue;
        }
        if looked_at == budget {
            complete = false;
            break;
        }
        looked_at += 1;
        here.certain.clone_from(&seen.certain);
        here.places.clear();
        here.places.extend_from_slice(search.places(seen));
        let possible = seen.possible.clone();
        search.record(automaton.accepting(&here), at, &[]);
        let stretches = automaton.stretch(&here.places, &mut stretch);
        automaton.letters(&here.places, &mut letters);
        for letter in &letters {
            if stretches && stretch.letters.first() == Some(letter) {
                next.certain.clone_from(&here.certain);
                next.places.clone_from(&stretch.moved);
                // The same places' languages go on, and may still match the same.
                search.enter(&next, &possible, Some(at), &stretch.letters);
                continue;
            }
            automaton.step(&here, *letter, &mut next);
            if next.places.is_empty() {
                search.record(next.certain.clone(), at, &[*letter]);
                continue;
            }
            let ahead = automaton.possible(&next);
            // What was no reason to stop before is none now.
            let unchanged = ahead == possible && next.certain == here.certain;
            if unchanged || !cut(&ahead, &next.certain) {
                search.enter(&next, &ahead, Some(at), &[*letter]);
            }
        }
    }
    Partition { cells: search.cells(), states: looked_at, complete }
}

/// What has been seen so far.
struct Search {
    seen: Vec<Seen>,
    /// The last state with each hash.
    known: FxHashMap<u64, usize>,
    /// The places of all states, in a row.
    places: Vec<Place>,
    /// Those to look at, by the length of the text that leads there: the shortest comes first, and
    /// of these the one that was found first.
    next: BinaryHeap<(Reverse<usize>, Reverse<usize>)>,
    found: FxHashSet<Bits>,
    /// Each cell with the last state of its witness and the letters after it.
    ends: Vec<(Bits, usize, Range<usize>)>,
    /// The letters between states, all in a row.
    letters: Vec<char>,
}

/// A state, and the shortest way there.
struct Seen {
    certain: Bits,
    places: Range<usize>,
    /// The slots that may still accept.
    possible: Bits,
    /// An earlier state with the same hash.
    twin: Option<usize>,
    /// The state before it, and the letters between.
    from: Option<usize>,
    letters: Range<usize>,
    /// The length of the text that leads there.
    length: usize,
}

impl Search {
    /// With room for what most searches see.
    fn new() -> Self {
        const STATES: usize = 32;
        Self {
            seen: Vec::with_capacity(STATES),
            known: FxHashMap::with_capacity_and_hasher(STATES, FxBuildHasher),
            places: Vec::with_capacity(4 * STATES),
            next: BinaryHeap::with_capacity(STATES),
            found: FxHashSet::default(),
            ends: Vec::new(),
            letters: Vec::with_capacity(4 * STATES),
        }
    }

    fn places(&self, seen: &Seen) -> &[Place] {
        self.places.get(seen.places.clone()).unwrap_or_default()
    }

    /// The place of a state that was seen, among those from `at` on that have its hash.
    fn find(&self, state: &State, mut at: Option<usize>) -> Option<usize> {
        while let Some(seen) = at.and_then(|at| self.seen.get(at)) {
            if self.places(seen) == state.places && seen.certain == state.certain {
                return at;
            }
            at = seen.twin;
        }
        None
    }

    /// Takes a state in, or a shorter way to one that has not been looked at.
    fn enter(&mut self, state: &State, possible: &Bits, from: Option<usize>, letters: &[char]) {
        let before = from.and_then(|from| self.seen.get(from)).map_or(0, |from| from.length);
        let length = before + letters.len();
        let mut hasher = FxHasher::default();
        state.hash(&mut hasher);
        let hash = hasher.finish();
        let twin = self.known.get(&hash).copied();
        if let Some(at) = self.find(state, twin) {
            if self.seen.get(at).is_some_and(|known| length < known.length) {
                let letters = self.keep(letters);
                if let Some(known) = self.seen.get_mut(at) {
                    (known.length, known.from, known.letters) = (length, from, letters);
                }
                self.next.push((Reverse(length), Reverse(at)));
            }
            return;
        }
        let letters = self.keep(letters);
        let first = self.places.len();
        self.places.extend_from_slice(&state.places);
        let places = first..self.places.len();
        let (certain, possible) = (state.certain.clone(), possible.clone());
        self.next.push((Reverse(length), Reverse(self.seen.len())));
        self.known.insert(hash, self.seen.len());
        self.seen.push(Seen { certain, places, possible, twin, from, letters, length });
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
            while let Some(seen) = at.and_then(|at| self.seen.get(at)) {
                stretches.push(text(&seen.letters));
                at = seen.from;
            }
            let mut text = String::with_capacity(stretches.iter().map(|own| own.len()).sum());
            text.extend(stretches.into_iter().rev().flatten());
            text
        };
        let cell = |(slots, at, letters): &(Bits, usize, Range<usize>)| Cell {
            slots: slots.clone(),
            witness: witness(*at, letters),
        };
        self.ends.iter().map(cell).collect()
    }
}
