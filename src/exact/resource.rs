//! The dimension of the resource: which statements the resources of an action let through.

use super::bits::Bits;
use super::budget::Account;
use super::entries::Entries;
use super::language::{Language, partition};
use super::set::Rule;
use super::universe::Resources;
use super::variable::Reading;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// All resources that are matched by the same statements.
#[derive(Clone, Debug)]
pub(crate) struct ResourceCell {
    /// The statements that match them.
    pub(crate) rules: Bits,
    /// One of the resources.
    pub(crate) resource: String,
    /// Whether a policy variable was taken to match, or not to.
    pub(crate) assumed: bool,
}

/// At most so many undecided clauses of one cell are tried both ways.
const MOST_UNDECIDED: usize = 6;

/// The cells of resources. `on_star` are the statements that match the resource `*`, where it is one
/// of them; `cut(possible, certain)` says which statements need not be followed further.
pub(crate) fn resource_cells(
    slots: &Slots<'_>,
    on_star: Option<Bits>,
    account: &mut Account,
    cut: &dyn Fn(&Bits, &Bits) -> bool,
) -> Vec<ResourceCell> {
    let mut cells = Vec::new();
    if let Some(rules) = on_star {
        cells.push(ResourceCell { rules, resource: "*".into(), assumed: false });
    }
    if slots.languages.is_empty() {
        return cells;
    }
    let found = partition(&slots.languages, account.budget.states, &|possible, certain| {
        !slots.required.is_subset(possible)
            || cut(&slots.at_most(possible, certain), &slots.at_least(possible, certain))
    });
    account.spend(found.states);
    if !found.complete {
        let longest = slots.rules.iter().max_by_key(|(_, rule)| rule.resources.len());
        account.overrun(
            longest.map(|(_, rule)| rule.reference()),
            "its resource patterns need more states than the budget has",
        );
    }
    // Resources of a known format first; of others only what none of these shows.
    let (known, other): (Vec<_>, Vec<_>) = found
        .cells
        .into_iter()
        .filter(|cell| slots.required.is_subset(&cell.slots))
        .partition(|cell| cell.slots.contains(slots.known()));
    for cell in known {
        for (rules, assumed) in slots.let_through(&cell.slots, account) {
            cells.push(ResourceCell { rules, resource: cell.witness.clone(), assumed });
        }
    }
    for cell in other {
        for (rules, _) in slots.let_through(&cell.slots, account) {
            if !cells.iter().any(|known| known.rules == rules) {
                cells.push(ResourceCell { rules, resource: cell.witness.clone(), assumed: true });
            }
        }
    }
    cells
}

/// What the slots of the automaton stand for. Each statement has two: one of its own number for
/// the resources that certainly match, one for those that match for some values of the variables.
/// Others are of the universe and of what resources have to be within.
pub(crate) struct Slots<'r> {
    rules: &'r [(usize, &'r Rule<'r>)],
    pub(super) languages: Vec<(Cow<'r, Language>, Bits)>,
    /// The slots that every resource of interest has.
    pub(super) required: Bits,
    /// The statements that match whatever the resource.
    always: Bits,
    /// The statements that name their resources.
    naming: Bits,
    /// The statements that name the resources that they are not about.
    excluding: Vec<usize>,
    /// The first slot that is not of a statement's number.
    others: usize,
    /// Whether some statement matches only for some values of the variables.
    varies: bool,
}

impl<'r> Slots<'r> {
    /// Those of the resources in `universe`, or of those of them that are `within` a pattern.
    pub(crate) fn new(
        rules: &'r [(usize, &'r Rule<'r>)],
        universe: &'r Resources,
        within: Option<&'r Language>,
        reading: &Reading,
        entries: &mut Entries<'_>,
    ) -> Self {
        let leaps = reading.loose && !reading.real;
        let mut slots = Self {
            rules,
            languages: Vec::new(),
            required: Bits::default(),
            always: Bits::default(),
            naming: Bits::default(),
            excluding: Vec::new(),
            others: rules.iter().map(|(number, _)| number + 1).max().unwrap_or(0),
            varies: false,
        };
        if universe.formats.is_empty() {
            return slots;
        }
        for format in &universe.formats {
            slots.add(Cow::Borrowed(&format.language), slots.known());
            if leaps {
                slots.add(Cow::Owned(format.language.loosened()), slots.leapt());
            }
        }
        // With some values of its variables a text may be of a format that it does not show.
        slots.required = Bits::of(if leaps { slots.leapt() } else { slots.known() });
        if let Some(language) = within {
            slots.add(Cow::Borrowed(language), slots.within());
            slots.required.insert(slots.within());
        }
        // Which of the languages an entry is, by its place: no two entries are alike.
        let mut added: FxHashMap<usize, usize> = FxHashMap::default();
        for (number, rule) in rules {
            match (rule.resources.is_empty(), rule.excludes_resources()) {
                (true, _) if rule.on_star => slots.always.insert(*number),
                (true, _) => {}
                (false, true) => slots.excluding.push(*number),
                (false, false) => slots.naming.insert(*number),
            }
            for (at, language) in rule.resources.iter().enumerate() {
                // What matches nothing of all this need not be followed; loosely read, it may.
                let place = entries.of(*number).get(at).copied();
                let is_near = place.is_none_or(|place| entries.is_near(place, universe));
                if !reading.loose && !is_near {
                    continue;
                }
                let hidden = reading.real && language.has_opaque();
                match place.and_then(|place| added.get(&place)) {
                    _ if hidden => {}
                    Some(known) => {
                        if let Some((_, slots)) = slots.languages.get_mut(*known) {
                            slots.insert(*number);
                        }
                    }
                    None => {
                        added.extend(place.map(|place| (place, slots.languages.len())));
                        slots.languages.push((Cow::Borrowed(language), Bits::of(*number)));
                    }
                }
                let is_exact = reading.primary.contains(*number) && !rule.excludes_resources();
                if hidden || (leaps && !is_exact) {
                    slots.varies = true;
                    slots.add(Cow::Owned(language.loosened()), slots.perhaps(*number));
                }
            }
        }
        slots
    }

    fn add(&mut self, language: Cow<'r, Language>, slot: usize) {
        match self.languages.iter_mut().find(|(known, _)| known.is(&language)) {
            Some((_, slots)) => slots.insert(slot),
            None => self.languages.push((language, Bits::of(slot))),
        }
    }

    /// The slot of what is of a known format.
    const fn known(&self) -> usize {
        self.others
    }

    /// The slot of what the resources have to be within.
    const fn within(&self) -> usize {
        self.others + 1
    }

    /// The slot of what is of a known format for some values of the variables.
    const fn leapt(&self) -> usize {
        self.others + 2
    }

    const fn perhaps(&self, number: usize) -> usize {
        self.others + 3 + number
    }

    /// The statements that can still match.
    pub(super) fn at_most(&self, possible: &Bits, certain: &Bits) -> Bits {
        let mut rules = possible.intersection(&self.naming);
        rules.union_with(&self.always);
        if self.varies {
            for number in self.naming.iter().filter(|n| possible.contains(self.perhaps(*n))) {
                rules.insert(number);
            }
        }
        for number in self.excluding.iter().filter(|n| !certain.contains(**n)) {
            rules.insert(*number);
        }
        rules
    }

    /// The statements that surely match.
    pub(super) fn at_least(&self, possible: &Bits, certain: &Bits) -> Bits {
        let mut rules = certain.intersection(&self.naming);
        rules.union_with(&self.always);
        for number in &self.excluding {
            if !possible.contains(*number) && !possible.contains(self.perhaps(*number)) {
                rules.insert(*number);
            }
        }
        rules
    }

    /// The statements that match where nothing meets by chance.
    fn generic(&self, slots: &Bits) -> Bits {
        let mut rules = slots.intersection(&self.naming);
        rules.union_with(&self.always);
        for number in self.excluding.iter().filter(|n| !slots.contains(**n)) {
            rules.insert(*number);
        }
        rules
    }

    /// The statements that match a resource which these slots accept, once for each way to decide
    /// what depends on variables.
    pub(super) fn let_through(&self, slots: &Bits, account: &mut Account) -> Vec<(Bits, bool)> {
        let possible = self.at_most(slots, slots);
        let certain = self.at_least(slots, slots);
        let undecided = possible.without(&certain);
        if undecided.is_empty() {
            return vec![(certain, false)];
        }
        let generic = self.generic(slots);
        // Statements with equal elements match together.
        let mut groups: Vec<(&Rule<'_>, Bits)> = Vec::new();
        for (number, rule) in self.rules {
            if undecided.contains(*number) {
                let equal = |known: &Rule<'_>| known.statement.resource == rule.statement.resource;
                match groups.iter_mut().find(|(known, _)| equal(known)) {
                    Some((_, rules)) => rules.insert(*number),
                    None => groups.push((rule, Bits::of(*number))),
                }
            }
        }
        if groups.len() > MOST_UNDECIDED {
            let rule = groups.first().map(|(rule, _)| rule.reference());
            account.overrun(rule, "more resources with policy variables meet than are tried");
            groups.truncate(MOST_UNDECIDED);
        }
        let ways = (0..1_usize << groups.len()).map(|way| {
            let failing = groups.iter().enumerate().filter(|(i, _)| way >> i & 1 == 1);
            (failing.fold(possible.clone(), |left, (_, (_, rules))| left.without(rules)), true)
        });
        // What matches where nothing meets by chance comes first: it needs no assumption.
        std::iter::once((generic, false)).chain(ways).collect()
    }
}
