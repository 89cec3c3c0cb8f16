//! Text that is equal to itself whatever the case of its letters, and remembers how it was written.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// A text and its lower case; equality, order and hash look at the latter only.
#[derive(Clone, Debug)]
pub(super) struct Folded {
    text: Box<str>,
    folded: Box<str>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.into(), folded: text.to_lowercase().into() }
    }

    /// As written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// In lower case.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }
}

impl PartialEq for Folded {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for Folded {}

impl PartialOrd for Folded {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Folded {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl Hash for Folded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}
