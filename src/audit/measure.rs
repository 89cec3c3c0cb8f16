//! How much too much a principal may do, in numbers.

use super::excess::Search;
use crate::compare::Measure;
use crate::compile::may;
use crate::exact::{self, Budget, RequestSet};
use crate::iam::Layer;

impl Search<'_> {
    /// How much too much all layers together allow.
    pub(super) fn measure(&self) -> Measure {
        let live = self.layers.set(self.universe, None);
        let may = may(self.requirement);
        let needed = RequestSet::of_document(self.universe, Layer::Identity, "needed", &may);
        let found = exact::measure(&live, &needed, Budget::default());
        Measure::of(&found, self.universe.catalogue())
    }
}
