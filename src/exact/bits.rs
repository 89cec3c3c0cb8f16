//! Sets of small numbers: the statements that match, the patterns that accept.

use std::hash::{Hash, Hasher};

/// A set of small numbers. Up to 128 members need no allocation; beyond that it grows.
///
/// INVARIANT: the last word of `rest` is not zero, so that equal sets are equal values.
#[derive(Clone, Debug, Default, Eq, PartialOrd, Ord)]
pub(crate) struct Bits {
    first: u128,
    rest: Vec<u128>,
}

const WORD: usize = 128;

impl Bits {
    /// The set without members.
    pub(crate) const EMPTY: Self = Self { first: 0, rest: Vec::new() };

    /// The set of one number.
    pub(crate) fn of(index: usize) -> Self {
        let mut bits = Self::default();
        bits.insert(index);
        bits
    }

    pub(crate) fn insert(&mut self, index: usize) {
        let bit = 1 << (index % WORD);
        match (index / WORD).checked_sub(1) {
            None => self.first |= bit,
            Some(word) => {
                if self.rest.len() <= word {
                    self.rest.resize(word + 1, 0);
                }
                if let Some(slot) = self.rest.get_mut(word) {
                    *slot |= bit;
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, index: usize) {
        let bit: u128 = 1 << (index % WORD);
        match (index / WORD).checked_sub(1) {
            None => self.first &= !bit,
            Some(word) => {
                if let Some(slot) = self.rest.get_mut(word) {
                    *slot &= !bit;
                }
                self.trim();
            }
        }
    }

    pub(crate) fn contains(&self, index: usize) -> bool {
        let word = match (index / WORD).checked_sub(1) {
            None => self.first,
            Some(word) => self.rest.get(word).copied().unwrap_or(0),
        };
        word >> (index % WORD) & 1 == 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first == 0 && self.rest.is_empty()
    }

    /// Whether both sets have a member in common.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.first & other.first != 0 || self.rest.iter().zip(&other.rest).any(|(a, b)| a & b != 0)
    }

    /// Whether every member is one of `other`'s.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.first & !other.first == 0
            && self
                .rest
                .iter()
                .enumerate()
                .all(|(i, word)| word & !other.rest.get(i).copied().unwrap_or(0) == 0)
    }

    pub(crate) fn union_with(&mut self, other: &Self) {
        self.first |= other.first;
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
        if self.rest.is_empty() || other.rest.is_empty() {
            return Self { first: self.first & other.first, rest: Vec::new() };
        }
        let rest = self.rest.iter().zip(&other.rest).map(|(a, b)| a & b).collect();
        let mut both = Self { first: self.first & other.first, rest };
        both.trim();
        both
    }

    /// The members that are not `other`'s.
    pub(crate) fn without(&self, other: &Self) -> Self {
        if self.rest.is_empty() {
            return Self { first: self.first & !other.first, rest: Vec::new() };
        }
        let word = |i| other.rest.get(i).copied().unwrap_or(0);
        let rest = self.rest.iter().enumerate().map(|(i, a)| a & !word(i)).collect();
        let mut left = Self { first: self.first & !other.first, rest };
        left.trim();
        left
    }

    /// The members, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(&self.first).chain(&self.rest).enumerate().flat_map(|(i, word)| {
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

    fn trim(&mut self) {
        while self.rest.last() == Some(&0) {
            self.rest.pop();
        }
    }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        // Most sets have one word: no call for the others.
        self.first == other.first
            && self.rest.len() == other.rest.len()
            && (self.rest.is_empty() || self.rest == other.rest)
    }
}

impl Hash for Bits {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.first.hash(state);
        for word in &self.rest {
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
            a in prop::collection::btree_set(0..400_usize, 0..12),
            b in prop::collection::btree_set(0..400_usize, 0..12),
        ) {
            let bits = |set: &BTreeSet<usize>| set.iter().copied().collect::<Bits>();
            let back = |bits: &Bits| bits.iter().collect::<BTreeSet<usize>>();
            let (x, y) = (bits(&a), bits(&b));
            prop_assert_eq!(&back(&x), &a);
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
