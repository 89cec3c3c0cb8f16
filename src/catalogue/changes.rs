//! What one catalogue says that another does not.

use std::collections::BTreeMap;

use super::{AccessLevel, Catalogue, ResourceType};

/// What was known at a time: a whole catalogue, or the names that it knows of an earlier day.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    catalogue: &'a Catalogue,
    /// A snapshot of the catalogue; `None` for the catalogue itself.
    snapshot: Option<&'a str>,
}

impl<'a> Edition<'a> {
    /// All that a catalogue knows.
    #[must_use]
    pub fn whole(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, snapshot: None }
    }

    /// The actions that there were on a day, by the last snapshot before it. Only their names are
    /// known. `None` where the day is before all snapshots.
    #[must_use]
    pub fn at(catalogue: &'a Catalogue, date: &str) -> Option<Self> {
        let snapshot = catalogue.snapshot_at(date)?;
        Some(Self { catalogue, snapshot: Some(snapshot) })
    }

    /// The day of its facts.
    #[must_use]
    pub fn date(self) -> &'a str {
        self.snapshot.unwrap_or(self.catalogue.date())
    }

    /// Where its catalogue was found.
    #[must_use]
    pub fn origin(self) -> super::Origin {
        self.catalogue.origin()
    }

    /// The names of its actions, by their names in lower case.
    #[must_use]
    pub fn actions(self) -> BTreeMap<String, &'a str> {
        let catalogue = self.catalogue;
        let then = |since: &str| self.snapshot.is_none_or(|snapshot| since <= snapshot);
        let known = catalogue.actions().filter(|id| then(catalogue.since(*id)));
        let known = known.map(|id| catalogue.name(id));
        // Whether one that is gone was there on a day between is known by its last day alone.
        let gone = catalogue
            .retired_actions()
            .filter(|old| self.snapshot.is_some_and(|snapshot| snapshot <= old.last_seen));
        let names = known.chain(gone.map(|old| old.name));
        names.map(|name| (name.to_ascii_lowercase(), name)).collect()
    }
}

/// How an action of both catalogues differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The action, as the new catalogue spells it.
    pub action: &'a str,
    /// Its old and its new access level, if they differ.
    pub level: Option<(AccessLevel, AccessLevel)>,
    /// Resource types that it acts on only now.
    pub types_added: Vec<&'a str>,
    /// Resource types that it acts on no longer.
    pub types_removed: Vec<&'a str>,
    /// Condition keys that it has only now.
    pub keys_added: Vec<&'a str>,
    /// Condition keys that it has no longer.
    pub keys_removed: Vec<&'a str>,
}

/// What one catalogue says that another does not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes<'a> {
    /// Actions that only the new one has, in order.
    pub added: Vec<&'a str>,
    /// Actions that only the old one has, in order.
    pub removed: Vec<&'a str>,
    /// Actions of which the two say different things, in order. None where one of them knows
    /// nothing but names.
    pub changed: Vec<Change<'a>>,
}

impl<'a> Changes<'a> {
    /// What changed from one edition to another.
    #[must_use]
    pub fn between(old: Edition<'a>, new: Edition<'a>) -> Self {
        let (before, after) = (old.actions(), new.actions());
        let only = |these: &BTreeMap<String, &'a str>, others: &BTreeMap<String, &'a str>| {
            let only = these.iter().filter(|(key, _)| !others.contains_key(*key));
            only.map(|(_, name)| *name).collect()
        };
        let added = only(&after, &before);
        let removed = only(&before, &after);
        let whole = old.snapshot.is_none() && new.snapshot.is_none();
        let both = after.values().filter(|_| whole);
        let changed = both.filter_map(|name| change(name, old.catalogue, new.catalogue)).collect();
        Self { added, removed, changed }
    }

    /// Whether the two say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// How an action of both differs; `None` where it does not, or is not in both.
fn change<'a>(name: &'a str, old: &'a Catalogue, new: &'a Catalogue) -> Option<Change<'a>> {
    let (before, after) = (old.find(name)?, new.find(name)?);
    let levels = (old.access_level(before), new.access_level(after));
    let types = |catalogue: &'a Catalogue, id| -> Vec<&'a str> {
        catalogue.resource_types(id).map(ResourceType::name).collect()
    };
    let keys = |catalogue: &'a Catalogue, id| -> Vec<&'a str> {
        catalogue.keys(id).iter().map(|key| key.name).collect()
    };
    let (old_types, new_types) = (types(old, before), types(new, after));
    let (old_keys, new_keys) = (keys(old, before), keys(new, after));
    let change = Change {
        action: name,
        level: (levels.0 != levels.1).then_some(levels),
        types_added: missing(&new_types, &old_types),
        types_removed: missing(&old_types, &new_types),
        keys_added: missing(&new_keys, &old_keys),
        keys_removed: missing(&old_keys, &new_keys),
    };
    let lists =
        [&change.types_added, &change.types_removed, &change.keys_added, &change.keys_removed];
    (change.level.is_some() || lists.iter().any(|list| !list.is_empty())).then_some(change)
}

/// Those names of the first list that the second has not, whatever their case.
fn missing<'a>(these: &[&'a str], others: &[&str]) -> Vec<&'a str> {
    let known = |name: &&&str| others.iter().any(|other| other.eq_ignore_ascii_case(name));
    these.iter().filter(|name| !known(name)).copied().collect()
}

#[cfg(test)]
mod tests;
