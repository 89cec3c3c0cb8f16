//! What a document allows, asked of the exact engine.

use super::outsider;
use super::policy::Subject;
use crate::exact::{Budget, Difference, Leaf, RequestSet, difference, generic_difference};
use crate::iam::{Effect, Statement};

/// The most work for one question: a rule that cannot be sure within it says nothing.
pub(super) const BUDGET: Budget =
    Budget { states: 5_000, combinations: 512, leaves: 64, total: 50_000 };

/// What the engine calls the document and the question.
const NAMES: (&str, &str) = ("document", "asked");

/// What some statements of a document allow.
pub(super) struct Allowed {
    found: Difference,
    /// The statements that were asked, by their place in the question.
    numbers: Vec<usize>,
}

impl Allowed {
    /// Requests that are allowed, each proved.
    pub(super) fn leaves(&self) -> &[Leaf] {
        &self.found.leaves
    }

    /// One of them.
    pub(super) fn first(&self) -> Option<&Leaf> {
        self.leaves().first()
    }

    /// The numbers of the statements that allow a request.
    pub(super) fn by(&self, leaf: &Leaf) -> Vec<usize> {
        let asked = leaf.allowed_by.iter().filter(|by| by.policy == NAMES.0);
        asked.filter_map(|by| self.numbers.get(by.index).copied()).collect()
    }
}

impl<'a> Subject<'a> {
    /// What the statements of these numbers allow of what `asked` allows, after all that the
    /// document forbids.
    pub(super) fn allowed(&self, grants: &[usize], asked: Vec<Statement>) -> Allowed {
        let (set, numbers) = self.asked(grants, asked);
        Allowed { found: difference(&set, &self.nothing(), BUDGET), numbers }
    }

    /// The same where no value of a policy variable is by chance what something else asks for.
    pub(super) fn allowed_to_all(&self, grants: &[usize], asked: Vec<Statement>) -> Allowed {
        let (set, numbers) = self.asked(grants, asked);
        Allowed { found: generic_difference(&set, &self.nothing(), BUDGET), numbers }
    }

    fn asked(&self, grants: &[usize], asked: Vec<Statement>) -> (RequestSet<'a>, Vec<usize>) {
        let is_one = |(number, statement): &(usize, &Statement)| {
            statement.effect == Effect::Deny || grants.contains(number)
        };
        let (numbers, own): (Vec<usize>, Vec<Statement>) = self
            .statements()
            .filter(is_one)
            .map(|(number, statement)| {
                let mut own = statement.clone();
                outsider::settle(&mut own);
                (number, own)
            })
            .unzip();
        let layer = self.policy.kind.layer();
        let set = RequestSet::of_statements(self.universe, layer, NAMES.0, own);
        (set.within_statements(layer, NAMES.1, asked), numbers)
    }

    /// The set without any request.
    pub(super) fn nothing(&self) -> RequestSet<'a> {
        RequestSet::new(self.universe, [(self.policy.kind.layer(), Vec::new())])
    }
}
