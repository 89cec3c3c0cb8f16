//! What the catalogue said before: the policies of an account ask for the same things time and again.

use crate::catalogue::{ActionId, Catalogue};
use crate::iam::ActionPattern;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// The actions of an entry, as sorted ranges of ids.
pub(super) type Expansion = Rc<[Range<u32>]>;

/// Answers of one catalogue, for one thread.
pub(super) struct Memory<'u> {
    catalogue: &'u Catalogue,
    ids: RefCell<FxHashMap<Box<str>, Option<ActionId>>>,
    expansions: RefCell<FxHashMap<Box<str>, Expansion>>,
}

impl<'u> Memory<'u> {
    pub(super) fn new(catalogue: &'u Catalogue) -> Self {
        let (ids, expansions) = Default::default();
        Self { catalogue, ids, expansions }
    }

    /// The action of a name.
    pub(super) fn id(&self, name: &str) -> Option<ActionId> {
        recall(&self.ids, name, || self.catalogue.find(name))
    }

    /// The actions that an entry names.
    pub(super) fn expansion(&self, entry: &ActionPattern) -> Expansion {
        recall(&self.expansions, entry.text(), || self.catalogue.expand(entry).into())
    }
}

fn recall<T: Clone>(
    known: &RefCell<FxHashMap<Box<str>, T>>,
    asked: &str,
    look: impl FnOnce() -> T,
) -> T {
    if let Some(answer) = known.borrow().get(asked) {
        return answer.clone();
    }
    let answer = look();
    known.borrow_mut().insert(asked.into(), answer.clone());
    answer
}
