//! Sets of small numbers: the statements that match, the patterns that accept.

use std::hash::{Hash, Hasher};

/// A set of small numbers. Up to 256 members need no allocation; beyond that it grows.
///
/// INVARIANT: the last word of `rest` is not zero, so that equal sets are equal values.
#[derive(Debug, Default, Eq, PartialOrd, Ord)]
pub(crate) struct Bits {
    first: [u128; FIRST],
    rest: Vec<u128>,
}

const WORD: usize = 128;
/// The words that need no allocation.
const FIRST: usize = 2;

impl Bits {
    /// The set without members.
    pub(crate) const EMPTY: Self = Self { first: [0; FIRST], rest: Vec::new() };

    /// The set of one number.
    pub(crate) fn of(index: usize) -> Self {
        let mut bits = Self::default();
        bits.insert(index);
        bits
    }

    pub(crate) fn insert(&mut self, index: usize) {
        let word = index / WORD;
        if word >= FIRST && self.rest.len() <= word - FIRST {
            self.rest.resize(word - FIRST + 1, 0);
        }
        if let Some(slot) = self.slot(word) {
            *slot |= 1 << (index % WORD);
        }
    }

    pub(crate) fn remove(&mut self, index: usize) {
        if let Some(slot) = self.slot(index / WORD) {
            *slot &= !(1 << (index % WORD));
            self.trim();
        }
    }

    pub(crate) fn contains(&self, index: usize) -> bool {
        self.word(index / WORD) >> (index % WORD) & 1 == 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first == [0; FIRST] && self.rest.is_empty()
    }

    /// How many members there are.
    pub(crate) fn len(&self) -> usize {
        self.first.iter().chain(&self.rest).map(|word| word.count_ones() as usize).sum()
    }

    /// Whether both sets have a member in common.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        let common = |(a, b): (&u128, &u128)| a & b != 0;
        self.first.iter().zip(&other.first).any(common)
            || self.rest.iter().zip(&other.rest).any(common)
    }

    /// Whether every member is one of `other`'s.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        let rest = other.rest.iter().copied().chain(std::iter::repeat(0));
        self.first.iter().zip(&other.first).all(|(a, b)| a & !b == 0)
            && self.rest.iter().zip(rest).all(|(a, b)| a & !b == 0)
    }

    pub(crate) fn union_with(&mut self, other: &Self) {
        for (a, b) in self.first.iter_mut().zip(&other.first) {
            *a |= b;
        }
        if !other.rest.is_empty() {
            if self.rest.len() < other.rest.len() {
                self.rest.resize(other.rest.len(), 0);
            }
            for (a, b) in self.rest.iter_mut().zip(&other.rest) {
                *a |= b;
            }
        }
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.union_with(other);
        all
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut both = Self { first: self.first, rest: Vec::new() };
        for (a, b) in both.first.iter_mut().zip(&other.first) {
            *a &= b;
        }
        if !self.rest.is_empty() && !other.rest.is_empty() {
            both.rest = self.rest.iter().zip(&other.rest).map(|(a, b)| a & b).collect();
            both.trim();
        }
        both
    }

    /// The members that are not `other`'s.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut left = Self { first: self.first, rest: Vec::new() };
        for (a, b) in left.first.iter_mut().zip(&other.first) {
            *a &= !b;
        }
        if !self.rest.is_empty() {
            let rest = other.rest.iter().copied().chain(std::iter::repeat(0));
            left.rest = self.rest.iter().zip(rest).map(|(a, b)| a & !b).collect();
            left.trim();
        }
        left
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.first.iter().chain(&self.rest).enumerate().flat_map(|(i, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                (word != 0).then(|| {
                    let bit = word.trailing_zeros() as usize;
                    word &= word - 1;
                    i * WORD + bit
                })
            })
        })
    }

    fn word(&self, word: usize) -> u128 {
        let rest = || self.rest.get(word - FIRST).copied().unwrap_or(0);
        self.first.get(word).copied().unwrap_or_else(rest)
    }

    fn slot(&mut self, word: usize) -> Option<&mut u128> {
        match word.checked_sub(FIRST) {
            None => self.first.get_mut(word),
            Some(word) => self.rest.get_mut(word),
        }
    }

    fn trim(&mut self) {
        while self.rest.last() == Some(&0) {
            self.rest.pop();
        }
    }
}

impl Clone for Bits {
    fn clone(&self) -> Self {
        // Most sets have no rest: no call for the others.
        let rest = if self.rest.is_empty() { Vec::new() } else { self.rest.clone() };
        Self { first: self.first, rest }
    }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
            && self.rest.len() == other.rest.len()
            && (self.rest.is_empty() || self.rest == other.rest)
    }
}

impl Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for word in self.first.iter().chain(&self.rest) {
            word.hash(state);
        }
    }
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(members: I) -> Self {
        let mut bits = Self::default();
        for member in members {
            bits.insert(member);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn bits_behave_as_sets(
            a in prop::collection::btree_set(0..600_usize, 0..12),
            b in prop::collection::btree_set(0..600_usize, 0..12),
        ) {
            let bits = |set: &BTreeSet<usize>| set.iter().copied().collect::<Bits>();
            let back = |bits: &Bits| bits.iter().collect::<BTreeSet<usize>>();
            let (x, y) = (bits(&a), bits(&b));
            prop_assert_eq!(&back(&x), &a);
            prop_assert_eq!(x.len(), a.len());
            prop_assert_eq!(x.union(&y), bits(&(&a | &b)));
            prop_assert_eq!(x.intersection(&y), bits(&(&a & &b)));
            prop_assert_eq!(x.without(&y), bits(&(&a - &b)));
            prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
            prop_assert_eq!(x.intersects(&y), !a.is_disjoint(&b));
            let mut less = x.clone();
            for member in &a {
                prop_assert!(less.contains(*member));
                less.remove(*member);
            }
            prop_assert!(less.is_empty());
            prop_assert_eq!(less, Bits::default());
        }
    }
}
