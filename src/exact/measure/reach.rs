//! How many resources there are.

use super::{Beyond, Verdict};
use crate::exact::bits::Bits;
use crate::exact::language::{Language, count};
use crate::exact::resource::Slots;
use crate::exact::set::Rule;
use crate::exact::side::Side;
use crate::exact::space::Space;
use crate::exact::universe::Resources;

/// The most characters of a resource that is counted.
pub const LONGEST: usize = 128;

/// More states than the formats of any action of the catalogue need.
const STATES: usize = 20_000;

/// The resources of an action that are of interest, counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reach {
    /// Reached and not needed, or not in each context.
    beyond: f64,
    needed: f64,
    /// Whether there is any of each, of whatever length.
    is_beyond: bool,
    is_needed: bool,
    /// Whether some that is reached is not needed in any context.
    is_wider: bool,
    /// Whether some of what is beyond is certain.
    is_certain: bool,
}

impl Reach {
    /// Takes in so many resources that fare alike.
    pub(super) fn add(&mut self, verdict: Verdict, resources: f64) {
        if verdict.beyond {
            self.beyond += resources;
            self.is_beyond = true;
            self.is_wider |= !verdict.needed;
            self.is_certain |= !verdict.assumed;
        }
        if verdict.needed {
            self.needed += resources;
            self.is_needed = true;
        }
    }

    /// Whether anything is beyond what is needed.
    pub(super) const fn is_beyond(&self) -> bool {
        self.is_beyond
    }

    /// In what it is.
    pub(super) const fn kind(&self) -> Beyond {
        match (self.is_needed, self.is_wider) {
            (false, _) => Beyond::Action,
            (true, true) => Beyond::Resource,
            (true, false) => Beyond::Context,
        }
    }

    /// The difference in bits.
    pub(super) fn bits(&self) -> f64 {
        (self.beyond / self.needed.max(1.0)).ln_1p() / std::f64::consts::LN_2
    }

    /// Whether all that is beyond depends on what could not be decided.
    pub(super) const fn is_assumed(&self) -> bool {
        self.is_beyond && !self.is_certain
    }
}

/// The cells of an action's ARNs in which one side may allow something: the sets of statements
/// that may match, each with whether that is assumed, and how many ARNs there are.
pub(super) fn cells(
    rules: &[(usize, &Rule<'_>)],
    resources: &Resources,
    space: &mut Space<'_, '_>,
) -> Vec<(Vec<(Bits, bool)>, f64)> {
    if resources.formats.is_empty() {
        return Vec::new();
    }
    let Space { left, right, unconditional, account, reading, entries, .. } = space;
    let slots = Slots::new(rules, resources, None, reading, entries);
    let found = count(&slots.languages, LONGEST, account.budget.states, &|possible, certain| {
        if !slots.required.is_subset(possible) {
            return true;
        }
        let may_match = slots.at_most(possible, certain);
        let match_surely = slots.at_least(possible, certain).intersection(unconditional);
        // What neither side can allow any more need not be counted.
        let is_idle = |side: &Side| !side.may_allow(&may_match) || side.denies(&match_surely);
        is_idle(left) && is_idle(right)
    });
    account.spend(found.states);
    if !found.complete {
        let longest = rules.iter().max_by_key(|(_, rule)| rule.resources.len());
        account.overrun(
            longest.map(|(_, rule)| rule.reference()),
            "counting its resources needs more states than the budget has",
        );
    }
    let inside = found.cells.into_iter().filter(|cell| slots.required.is_subset(&cell.slots));
    inside.map(|cell| (slots.let_through(&cell.slots, account), cell.strings)).collect()
}

impl Resources {
    /// How many resources there are, texts of at most [`LONGEST`] characters.
    pub(crate) fn size(&self) -> f64 {
        *self.size.get_or_init(|| {
            let formats: Vec<(Language, Bits)> =
                self.formats.iter().map(|f| (f.language.clone(), Bits::of(0))).collect();
            let found = count(&formats, LONGEST, STATES, &|possible, _| possible.is_empty());
            let cells = found.cells.iter().filter(|cell| !cell.slots.is_empty());
            cells.map(|cell| cell.strings).sum::<f64>() + f64::from(u8::from(self.star))
        })
    }
}
