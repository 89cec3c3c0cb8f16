//! How many strings there are in each cell.
//!
//! The automaton is explored whole, but for what the caller cuts off, and then walked one letter
//! at a time: the number of ways to a state is the sum over its edges of the ways to where they
//! begin, times the letters that take them.

use super::automaton::{Automaton, Place, State};
use super::token::{Language, Token, folds_to};
use crate::exact::bits::Bits;
use rustc_hash::FxHashMap;
use std::borrow::Borrow;
use std::rc::Rc;

/// The letters that are counted: the printable characters of ASCII. Strings with others are not.
const LETTERS: std::ops::RangeInclusive<char> = ' '..='~';
const LETTER_COUNT: f64 = 95.0;

/// All strings that the same slots accept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Count {
    pub(crate) slots: Bits,
    /// How many of them are counted: zero where all are too long or hold other letters.
    pub(crate) strings: f64,
}

/// The cells of all strings with their sizes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) cells: Vec<Count>,
    /// How many states were looked at.
    pub(crate) states: usize,
    /// Whether nothing is missing but what the caller cut off.
    pub(crate) complete: bool,
}

/// Counts the strings of at most `longest` letters in each cell; `languages`, `budget` and `cut`
/// are those of [`partition`](super::partition()). Up to 150 letters the numbers fit a float.
pub(crate) fn count<L: Borrow<Language>>(
    languages: &[(L, Bits)],
    longest: usize,
    budget: usize,
    cut: &dyn Fn(&Bits, &Bits) -> bool,
) -> Counts {
    let automaton = Automaton::new(languages);
    let (graph, complete) = Graph::explore(&automaton, budget, cut);
    let ways = graph.ways(longest);
    let mut cells: Vec<Count> = Vec::new();
    let mut places: FxHashMap<Bits, usize> = FxHashMap::default();
    for (state, strings) in graph.states.iter().zip(ways) {
        let slots = automaton.accepting(state);
        match places.get(&slots).and_then(|place| cells.get_mut(*place)) {
            Some(cell) => cell.strings += strings,
            None => {
                places.insert(slots.clone(), cells.len());
                cells.push(Count { slots, strings });
            }
        }
    }
    Counts { cells, states: graph.states.len(), complete }
}

/// The states and the ways between them.
#[derive(Default)]
struct Graph {
    states: Vec<Rc<State>>,
    known: FxHashMap<Rc<State>, usize>,
    edges: Vec<Edge>,
}

struct Edge {
    from: usize,
    to: usize,
    letters: f64,
}

impl Graph {
    /// All states within the budget, and whether these are all.
    fn explore(
        automaton: &Automaton<'_>,
        budget: usize,
        cut: &dyn Fn(&Bits, &Bits) -> bool,
    ) -> (Self, bool) {
        let mut graph = Self::default();
        let start = automaton.start();
        if !cut(&automaton.possible(&start), &start.certain) {
            graph.enter(start);
        }
        let mut at = 0;
        while let Some(state) = graph.states.get(at).cloned() {
            if at == budget {
                graph.states.truncate(budget);
                graph.edges.retain(|edge| edge.to < budget);
                return (graph, false);
            }
            for (letter, letters) in weighed(automaton, &state.places) {
                let mut next = State::default();
                automaton.step(&state, letter, &mut next);
                if !cut(&automaton.possible(&next), &next.certain) {
                    let to = graph.enter(next);
                    graph.edges.push(Edge { from: at, to, letters });
                }
            }
            at += 1;
        }
        (graph, true)
    }

    fn enter(&mut self, state: State) -> usize {
        if let Some(at) = self.known.get(&state) {
            return *at;
        }
        let state = Rc::new(state);
        self.known.insert(Rc::clone(&state), self.states.len());
        self.states.push(state);
        self.states.len() - 1
    }

    /// For each state, how many strings of at most `longest` letters lead there.
    fn ways(&self, longest: usize) -> Vec<f64> {
        let mut all = vec![0.0; self.states.len()];
        let mut now = all.clone();
        if let Some(start) = now.first_mut() {
            *start = 1.0;
        }
        for _ in 0..=longest {
            let mut next = vec![0.0; self.states.len()];
            for (all, now) in all.iter_mut().zip(&now) {
                *all += now;
            }
            for edge in &self.edges {
                if let (Some(from), Some(to)) = (now.get(edge.from), next.get_mut(edge.to)) {
                    *to += from * edge.letters;
                }
            }
            now = next;
        }
        all
    }
}

/// The letters that `places` tell apart, each with the number of letters that it stands for.
fn weighed(automaton: &Automaton<'_>, places: &[Place]) -> Vec<(char, f64)> {
    let mut letters = Vec::new();
    automaton.letters(places, &mut letters);
    let is_asked_for = |letter: char| {
        matches!(letter, ':' | '/')
            || places.iter().any(|place| match automaton.token(*place) {
                Token::Letter(own) => own == letter,
                Token::Folded(own) => folds_to(letter, own),
                Token::One(_) | Token::Run(_) | Token::End => false,
            })
    };
    let counted = |letter: &&char| LETTERS.contains(*letter) && is_asked_for(**letter);
    let others = LETTER_COUNT - letters.iter().filter(counted).count() as f64;
    let weigh = |letter: char| match (is_asked_for(letter), LETTERS.contains(&letter)) {
        (true, true) => 1.0,
        (true, false) => 0.0,
        (false, _) => others,
    };
    letters.into_iter().map(|letter| (letter, weigh(letter))).collect()
}

#[cfg(test)]
mod tests;
