//! What an action can act on.

use super::language::{Language, meets};
use super::universe::Universe;
use crate::catalogue::ActionId;
use crate::pattern::ArnPattern;
use rustc_hash::FxHashMap;

/// What actions can act on, of some resources.
#[derive(Debug)]
pub struct Reach<'u, 'c> {
    universe: &'u Universe<'c>,
    any: bool,
    languages: Vec<Language>,
    /// Many actions act on the same resources.
    known: FxHashMap<(&'c str, &'c str), bool>,
}

impl<'c> Universe<'c> {
    /// What actions can act on, of the resources that `patterns` match.
    #[must_use]
    pub fn reach(&self, patterns: &[ArnPattern]) -> Reach<'_, 'c> {
        Reach {
            universe: self,
            any: patterns.contains(&ArnPattern::Any),
            languages: patterns.iter().map(Language::of_arn).collect(),
            known: FxHashMap::default(),
        }
    }
}

impl Reach<'_, '_> {
    /// Whether an action of the catalogue can act on one of the resources. What acts on no resource
    /// is granted on `*` alone.
    pub fn includes(&mut self, id: ActionId) -> bool {
        let Self { universe, any, languages, known } = self;
        *known.entry(universe.catalogue().resource_key(id)).or_insert_with(|| {
            let formats = &universe.resources(id).formats;
            let meet = |own: &Language| formats.iter().any(|format| meets(&format.language, own));
            *any || languages.iter().any(meet)
        })
    }
}
