//! Many actions in few words.

use crate::catalogue::{AccessLevel, ActionId};
use crate::exact::language::{Language, meets};
use crate::exact::set::Rule;
use crate::exact::space::Space;
use crate::exact::universe::Universe;
use crate::iam::ActionPattern;
use rustc_hash::FxHashMap;
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

/// `ids`, which `rule` allows in excess, by access level; another statement may be what tells them
/// from others: one that denies them.
pub(super) fn by_level(
    space: &Space<'_, '_>,
    rule: &Rule<'_>,
    other: Option<&Rule<'_>>,
    ids: &BTreeSet<ActionId>,
) -> Vec<OfLevel> {
    let catalogue = space.universe.catalogue();
    let mut levels: BTreeMap<AccessLevel, Vec<ActionId>> = BTreeMap::new();
    for id in ids {
        levels.entry(level_of(space.universe, *id)).or_default().push(*id);
    }
    let mut live = Live { space, rule, known: FxHashMap::default() };
    let mut patterns = patterns(space.universe, rule);
    patterns.extend(other.map(|other| self::patterns(space.universe, other)).unwrap_or_default());
    let mut of_level = |(level, ids): (AccessLevel, Vec<ActionId>)| {
        let mut left = ids.clone();
        let mut names: Vec<String> = Vec::new();
        for (text, named) in &patterns {
            let named = named.get(&level).map_or(&[][..], Vec::as_slice);
            let is_whole =
                named.iter().all(|id| ids.binary_search(id).is_ok() || !live.is_live(*id));
            let before = left.len();
            if is_whole && named.iter().filter(|id| left.binary_search(id).is_ok()).count() > 1 {
                left.retain(|id| named.binary_search(id).is_err());
            }
            if left.len() < before {
                names.push(text.clone());
            }
        }
        if left.len() > MANY {
            names.extend(whole_services(space.universe, level, &mut left));
        }
        names.extend(left.iter().map(|id| catalogue.name(*id).to_owned()));
        names.sort_unstable();
        OfLevel { level, names, ids }
    };
    levels.into_iter().map(&mut of_level).collect()
}

/// The patterns of a statement that name several actions, with those that each names at each level.
fn patterns(
    universe: &Universe<'_>,
    rule: &Rule<'_>,
) -> Vec<(String, BTreeMap<AccessLevel, Vec<ActionId>>)> {
    let by_level = |ids: &mut dyn Iterator<Item = u32>| {
        let mut named: BTreeMap<AccessLevel, Vec<ActionId>> = BTreeMap::new();
        for id in ids.map(ActionId) {
            named.entry(level_of(universe, id)).or_default().push(id);
        }
        named
    };
    let entries = rule.statement.action.entries();
    if rule.statement.action.is_negated() {
        let texts: Vec<&str> = entries.iter().map(ActionPattern::text).collect();
        let named = by_level(&mut rule.ids.iter().cloned().flatten());
        return vec![(format!("all but {}", texts.join(", ")), named)];
    }
    let wide = entries.iter().filter(|entry| entry.as_literal().is_none());
    wide.map(|entry| {
        let ids = universe.catalogue().expand(entry);
        (entry.text().to_owned(), by_level(&mut ids.into_iter().flatten()))
    })
    .collect()
}

fn level_of(universe: &Universe<'_>, id: ActionId) -> AccessLevel {
    let known = universe.levels().get(id.0 as usize).copied();
    known.unwrap_or_else(|| universe.catalogue().access_level(id))
}

/// Takes out of `left` the services of which it holds all actions of a level.
fn whole_services(
    universe: &Universe<'_>,
    level: AccessLevel,
    left: &mut Vec<ActionId>,
) -> Vec<String> {
    let catalogue = universe.catalogue();
    let mut names = Vec::new();
    let mut rest = Vec::new();
    let mut from = 0;
    for (range, _) in universe.services() {
        let length = left.iter().skip(from).take_while(|id| id.0 < range.end).count();
        let of_service = left.get(from..from + length).unwrap_or_default();
        from += length;
        let all = range.clone().filter(|id| level_of(universe, ActionId(*id)) == level).count();
        match of_service.first() {
            Some(first) if all > 1 && all == length => {
                names.push(format!("{}:*", catalogue.service(*first)));
            }
            _ => rest.extend_from_slice(of_service),
        }
    }
    *left = rest;
    names
}

/// Whether a statement reaches anything that an action acts on.
struct Live<'l, 's, 'a> {
    space: &'l Space<'s, 'a>,
    rule: &'l Rule<'a>,
    /// By service and resource types.
    known: FxHashMap<(&'a str, &'a str), bool>,
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
        let meets_a_format =
            |entry: &Language| resources.formats.iter().any(|f| meets(&f.language, entry));
        rule.resources.iter().any(meets_a_format)
    }
}
