//! What an action can act on.

use super::language::{Language, meets};
use super::universe::Universe;
use crate::catalogue::ActionId;
use crate::pattern::ArnPattern;
use rustc_hash::FxHashSet;

impl Universe<'_> {
    /// Whether one of these actions of the catalogue can act on a resource that one of the patterns
    /// matches. What acts on no resource is granted on `*` alone.
    #[must_use]
    pub fn acts_on(
        &self,
        actions: impl IntoIterator<Item = ActionId>,
        patterns: &[ArnPattern],
    ) -> bool {
        let any = patterns.contains(&ArnPattern::Any);
        let languages: Vec<Language> = patterns.iter().map(Language::of_arn).collect();
        // Many actions act on the same resources.
        let mut seen = FxHashSet::default();
        actions.into_iter().any(|id| {
            if !seen.insert(self.catalogue().resource_key(id)) {
                return false;
            }
            let resources = self.resources(id);
            any || resources
                .formats
                .iter()
                .any(|format| languages.iter().any(|own| meets(&format.language, own)))
        })
    }
}
