//! What an action can act on.

use super::language::{Language, meets};
use super::universe::Universe;
use crate::catalogue::{ActionId, FormatToken};
use crate::pattern::ArnPattern;
use rustc_hash::FxHashMap;

/// What actions can act on, of some resources.
#[derive(Debug)]
pub struct Reach<'u, 'c> {
    universe: &'u Universe<'c>,
    any: bool,
    languages: Vec<Language>,
    /// In the other reading of a `*` at the end of one of the first five parts.
    spilled: Vec<Language>,
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
            spilled: patterns
                .iter()
                .filter_map(ArnPattern::spilled)
                .map(Language::of_pattern)
                .collect(),
            known: FxHashMap::default(),
        }
    }
}

impl Reach<'_, '_> {
    /// Whether an action of the catalogue can act on one of the resources. What acts on no resource
    /// is granted on `*` alone.
    pub fn includes(&mut self, id: ActionId) -> bool {
        let Self { universe, any, languages, known, .. } = self;
        *known.entry(universe.catalogue().resource_key(id)).or_insert_with(|| {
            let formats = &universe.resources(id).formats;
            let meet = |own: &Language| formats.iter().any(|format| meets(&format.language, own));
            *any || languages.iter().any(meet)
        })
    }

    /// Whether an action may act on one of the resources in AWS's other reading, in which a `*` at the
    /// end of one of the first five parts reaches beyond the colon. Names are taken to hold no colon.
    #[must_use]
    pub fn may_include(&self, id: ActionId) -> bool {
        if self.spilled.is_empty() {
            return false;
        }
        let named = |token: &FormatToken| match token {
            FormatToken::Placeholder { name, excludes_slash, may_be_empty, .. } => {
                FormatToken::Placeholder {
                    name: name.clone(),
                    excludes_colon: true,
                    excludes_slash: *excludes_slash,
                    may_be_empty: *may_be_empty,
                }
            }
            literal => literal.clone(),
        };
        self.universe.resources(id).formats.iter().any(|format| {
            let tokens: Vec<FormatToken> = format.tokens.iter().map(named).collect();
            let format = Language::of_format(&tokens);
            self.spilled.iter().any(|own| meets(&format, own))
        })
    }
}
