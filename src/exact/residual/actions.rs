//! Many actions in few words.

use crate::catalogue::{AccessLevel, ActionId};
use crate::exact::bits::Bits;
use crate::exact::language::{Language, partition};
use crate::exact::set::Rule;
use crate::exact::space::Space;
use crate::iam::Clause;
use std::collections::{BTreeMap, BTreeSet};

/// Lists of names that are longer are shortened by service.
const MANY: usize = 20;

/// The actions of one access level.
pub(super) struct OfLevel {
    pub(super) level: AccessLevel,
    /// Names, and patterns that stand for no other action of this level.
    pub(super) names: Vec<String>,
    pub(super) ids: Vec<ActionId>,
}

/// `ids`, which `rule` allows in excess, by access level.
pub(super) fn by_level(
    space: &Space<'_, '_>,
    rule: &Rule<'_>,
    ids: &BTreeSet<ActionId>,
) -> Vec<OfLevel> {
    let catalogue = space.universe.catalogue();
    let mut levels: BTreeMap<AccessLevel, BTreeSet<ActionId>> = BTreeMap::new();
    for id in ids {
        levels.entry(catalogue.access_level(*id)).or_default().insert(*id);
    }
    let mut live = Live { space, rule, known: BTreeMap::new() };
    let name = |(level, ids): (AccessLevel, BTreeSet<ActionId>)| OfLevel {
        level,
        names: names(space, rule, level, &ids, &mut live),
        ids: ids.into_iter().collect(),
    };
    levels.into_iter().map(name).collect()
}

fn names(
    space: &Space<'_, '_>,
    rule: &Rule<'_>,
    level: AccessLevel,
    ids: &BTreeSet<ActionId>,
    live: &mut Live<'_, '_, '_>,
) -> Vec<String> {
    let catalogue = space.universe.catalogue();
    let mut left = ids.clone();
    let mut names: Vec<String> = Vec::new();
    if let Clause::Is(entries) = &rule.statement.action {
        for entry in entries.iter().filter(|entry| entry.as_literal().is_none()) {
            let own: Vec<ActionId> =
                catalogue.expand(entry).into_iter().flatten().map(ActionId).collect();
            let of_level = own.iter().filter(|id| catalogue.access_level(**id) == level);
            let whole = of_level.clone().all(|id| ids.contains(id) || !live.is_live(*id));
            if whole && of_level.filter(|id| left.contains(id)).count() > 1 {
                names.push(entry.text().to_owned());
                left.retain(|id| !own.contains(id));
            }
        }
    }
    if left.len() > MANY {
        let mut services: Vec<&str> = left.iter().map(|id| catalogue.service(*id)).collect();
        services.dedup();
        for service in services {
            let range = catalogue.service_range(service);
            let of_level: Vec<ActionId> =
                range.map(ActionId).filter(|id| catalogue.access_level(*id) == level).collect();
            if of_level.len() > 1 && of_level.iter().all(|id| ids.contains(id)) {
                names.push(format!("{service}:*"));
                left.retain(|id| !of_level.contains(id));
            }
        }
    }
    names.extend(left.iter().map(|id| catalogue.name(*id).to_owned()));
    names.sort_unstable();
    names
}

/// Whether a statement reaches anything that an action acts on.
struct Live<'l, 's, 'a> {
    space: &'l Space<'s, 'a>,
    rule: &'l Rule<'a>,
    /// By service and resource types.
    known: BTreeMap<(&'a str, &'a str), bool>,
}

impl Live<'_, '_, '_> {
    fn is_live(&mut self, id: ActionId) -> bool {
        let key = self.space.universe.catalogue().resource_key(id);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let is_live = self.reaches(id);
        self.known.insert(key, is_live);
        is_live
    }

    fn reaches(&self, id: ActionId) -> bool {
        let rule = self.rule;
        if rule.resources.is_empty() || rule.excludes_resources() {
            return true;
        }
        let resources = self.space.universe.resources(id);
        let formats = resources.formats.iter().map(|f| (f.language.clone(), Bits::of(0)));
        let entries = rule.resources.iter().map(|e| (e.language.clone(), Bits::of(1)));
        let languages: Vec<(Language, Bits)> = formats.chain(entries).collect();
        let both: Bits = [0, 1].into_iter().collect();
        let found = partition(&languages, self.space.account.budget.states, &|possible, _| {
            !both.is_subset(possible)
        });
        found.cells.iter().any(|cell| both.is_subset(&cell.slots))
    }
}
