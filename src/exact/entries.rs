//! The resource entries of all statements of a comparison: each once, however many statements list
//! it, and near or far from what an action acts on.

use super::bits::Bits;
use super::language::{Language, meets};
use super::set::Rule;
use super::universe::Resources;
use crate::iam::Clause;
use crate::pattern::ArnPattern;
use rustc_hash::FxHashMap;

/// The distinct entries, by their places.
#[derive(Default)]
pub(crate) struct Entries<'s> {
    all: Vec<(&'s Language, &'s ArnPattern)>,
    /// For each statement, the places of its entries in their order.
    of: Vec<Vec<usize>>,
    /// For the format of each number, the entries that were asked for, and those of them that
    /// match some ARN of it.
    near: FxHashMap<usize, (Bits, Bits)>,
}

impl<'s> Entries<'s> {
    pub(crate) fn new<'a: 's>(rules: &[&'s Rule<'a>]) -> Self {
        let mut entries = Self::default();
        let mut places: FxHashMap<&Language, usize> = FxHashMap::default();
        for rule in rules {
            let patterns = rule.statement.resource.iter().flat_map(Clause::entries);
            let own = rule.resources.iter().zip(patterns).map(|(language, pattern)| {
                *places.entry(language).or_insert_with(|| {
                    entries.all.push((language, pattern));
                    entries.all.len() - 1
                })
            });
            entries.of.push(own.collect());
        }
        entries
    }

    /// The places of a statement's entries.
    pub(crate) fn of(&self, rule: usize) -> &[usize] {
        self.of.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The distinct patterns of some statements.
    pub(crate) fn patterns(&self, rules: &Bits) -> Vec<&'s ArnPattern> {
        let places: Bits = rules.iter().flat_map(|rule| self.of(rule)).copied().collect();
        places.iter().filter_map(|place| Some(self.all.get(place)?.1)).collect()
    }

    /// Whether an entry matches some ARN among `resources`; if not, no cell of theirs can have it.
    pub(crate) fn is_near(&mut self, place: usize, resources: &Resources) -> bool {
        let Some((language, _)) = self.all.get(place) else { return false };
        resources.formats.iter().any(|format| {
            let Some(number) = format.number else { return true };
            let (asked, near) = self.near.entry(number).or_default();
            if !asked.contains(place) {
                asked.insert(place);
                if meets(&format.language, language) {
                    near.insert(place);
                }
            }
            near.contains(place)
        })
    }
}
