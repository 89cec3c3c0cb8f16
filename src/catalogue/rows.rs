//! A catalogue taken apart, to be changed and written again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::load::FORMAT;
use super::{AccessLevel, Catalogue, ResourceType};

/// The facts of a catalogue. Maps are by names in lower case, as the lines of the text are sorted.
#[derive(Debug)]
pub(super) struct Rows {
    /// By date: the source.
    pub(super) snapshots: BTreeMap<String, String>,
    /// By prefix: whether RCPs apply.
    pub(super) services: BTreeMap<String, bool>,
    pub(super) keys: BTreeMap<String, KeyRow>,
    /// By `service:type`.
    pub(super) types: BTreeMap<String, TypeRow>,
    /// By `service:action`.
    pub(super) actions: BTreeMap<String, ActionRow>,
    /// By `service:action/scenario`: its name as it is spelled, and its resource types.
    scenarios: BTreeMap<String, (String, String)>,
    /// By `service:action`: its name as it is spelled, and the last day.
    pub(super) retired: BTreeMap<String, (String, String)>,
    /// By the keys of a set: its name.
    sets: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(super) struct KeyRow {
    pub(super) name: String,
    pub(super) types: String,
    /// What a key of all services tells about; empty for others.
    pub(super) category: String,
}

#[derive(Debug, Default)]
pub(super) struct TypeRow {
    pub(super) name: String,
    pub(super) keys: BTreeSet<String>,
    pub(super) formats: Vec<String>,
}

#[derive(Debug)]
pub(super) struct ActionRow {
    pub(super) name: String,
    pub(super) level: AccessLevel,
    pub(super) keys: BTreeSet<String>,
    /// By name: whether it is required, and the keys of the action on it.
    pub(super) types: BTreeMap<String, (bool, BTreeSet<String>)>,
    /// The date of the first snapshot.
    pub(super) since: String,
    pub(super) dependents: BTreeSet<String>,
}

impl Rows {
    /// The facts of a catalogue.
    pub(super) fn of(catalogue: &Catalogue) -> Self {
        let set = |name: &str| catalogue.set_keys(name).map(str::to_owned).collect();
        let sets = catalogue.set_lines();
        let keys = catalogue.key_lines();
        let scenarios = catalogue.scenario_lines();
        let action = |id| ActionRow {
            name: catalogue.name(id).to_owned(),
            level: catalogue.access_level(id),
            keys: set(catalogue.own_sets(id).0),
            types: (catalogue.references(id).zip(catalogue.own_sets(id).1))
                .map(|((name, required), (_, keys))| (name.to_owned(), (required, set(keys))))
                .collect(),
            since: catalogue.since(id).to_owned(),
            dependents: catalogue.dependents(id).map(|id| catalogue.name(id).to_owned()).collect(),
        };
        let kind = |kind: ResourceType<'_>| TypeRow {
            name: kind.name().to_owned(),
            keys: set(kind.key_set()),
            formats: kind.arn_formats().map(str::to_owned).collect(),
        };
        let types = catalogue.services().flat_map(|service| {
            let types = catalogue.resource_types_of(service);
            types.map(move |one| (lower(&format!("{service}:{}", one.name())), kind(one)))
        });
        Self {
            snapshots: catalogue.sources().map(|(a, b)| (a.to_owned(), b.to_owned())).collect(),
            services: catalogue
                .services()
                .map(|service| (service.to_owned(), catalogue.rcp_supported(service)))
                .collect(),
            keys: (0..keys.len())
                .map(|line| {
                    let field = |field| keys.field(line, field).to_owned();
                    let row = KeyRow { name: field(0), types: field(1), category: field(2) };
                    (lower(&row.name), row)
                })
                .collect(),
            types: types.collect(),
            actions: catalogue
                .actions()
                .map(|id| (lower(catalogue.name(id)), action(id)))
                .collect(),
            scenarios: (0..scenarios.len())
                .map(|line| {
                    let name = scenarios.key(line);
                    (lower(name), (name.to_owned(), scenarios.field(line, 1).to_owned()))
                })
                .collect(),
            retired: catalogue
                .retired_actions()
                .map(|old| (lower(old.name), (old.name.to_owned(), old.last_seen.to_owned())))
                .collect(),
            sets: (0..sets.len())
                .map(|line| (sets.field(line, 1).to_owned(), sets.key(line).to_owned()))
                .collect(),
        }
    }

    /// The text of the catalogue. What refers to an action that is gone goes with it.
    pub(super) fn text(mut self) -> String {
        self.scenarios.retain(|_, (name, _)| {
            let action = name.split('/').next().unwrap_or_default();
            self.actions.contains_key(&lower(action))
        });
        self.name_sets();
        let list = |names: &BTreeSet<String>| {
            let known = names.iter().filter(|name| self.actions.contains_key(&lower(name)));
            known.map(String::as_str).collect::<Vec<_>>().join(",")
        };
        let snapshot = |date: &str| match self.snapshots.keys().position(|one| one == date) {
            None | Some(0) => String::new(),
            Some(at) => at.to_string(),
        };
        let action = |row: &ActionRow| {
            let types =
                row.types.iter().map(
                    |(name, (required, _))| {
                        if *required { format!("{name}*") } else { name.clone() }
                    },
                );
            let by_type = row.types.values().map(|(_, keys)| keys);
            let sets: Vec<&str> =
                [&row.keys].into_iter().chain(by_type).map(|keys| self.set(keys)).collect();
            [
                row.name.clone(),
                row.level.word().to_owned(),
                types.collect::<Vec<_>>().join(","),
                sets.join(",").trim_end_matches(',').to_owned(),
                snapshot(&row.since),
                list(&row.dependents),
            ]
        };
        let kind = |(key, row): (&String, &TypeRow)| {
            let service = key.split(':').next().unwrap_or_default();
            let start = [format!("{service}:{}", row.name), self.set(&row.keys).to_owned()];
            start.into_iter().chain(row.formats.iter().cloned()).collect::<Vec<_>>()
        };
        let sets: BTreeMap<&String, &String> = self.sets.iter().map(|(a, b)| (b, a)).collect();
        let mut text = String::new();
        let date = self.snapshots.keys().next_back().map_or("", String::as_str);
        // Writing to a String does not fail.
        let _ = write!(text, "leastwise-catalogue\t{FORMAT}\ndate\t{date}\n");
        section(&mut text, "snapshots", self.snapshots.iter().map(|(a, b)| [a, b]));
        let rcp = |rcp: bool| if rcp { "rcp" } else { "" };
        section(&mut text, "services", self.services.iter().map(|(name, on)| [name, rcp(*on)]));
        section(&mut text, "keys", self.keys.values().map(|k| [&*k.name, &*k.types, &*k.category]));
        section(&mut text, "sets", sets.into_iter().map(|(a, b)| [a, b]));
        section(&mut text, "types", self.types.iter().map(kind));
        section(&mut text, "actions", self.actions.values().map(action));
        section(&mut text, "scenarios", self.scenarios.values().map(|(a, b)| [a, b]));
        section(&mut text, "retired", self.retired.values().map(|(a, b)| [a, b]));
        text.push_str("end\n");
        text
    }

    /// The name of a set of keys.
    fn set(&self, keys: &BTreeSet<String>) -> &str {
        self.sets.get(&joined(keys)).map_or("", String::as_str)
    }

    /// Names the sets that are used; those that had a name keep it.
    fn name_sets(&mut self) {
        let of_actions = self.actions.values().flat_map(|row| {
            [&row.keys].into_iter().chain(row.types.values().map(|(_, keys)| keys))
        });
        let all = of_actions.chain(self.types.values().map(|row| &row.keys));
        let used: BTreeSet<String> = all.filter(|keys| !keys.is_empty()).map(joined).collect();
        let named = |keys: &String| Some((keys.clone(), self.sets.get(keys)?.clone()));
        let mut sets: BTreeMap<String, String> = used.iter().filter_map(named).collect();
        let mut taken: BTreeSet<String> = sets.values().cloned().collect();
        for keys in used {
            sets.entry(keys).or_insert_with_key(|keys| {
                let name = new_name(keys, &taken);
                taken.insert(name.clone());
                name
            });
        }
        self.sets = sets;
    }
}

/// A name that depends on the keys, so that a new set does not rename others.
fn new_name(keys: &str, taken: &BTreeSet<String>) -> String {
    const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut name = String::new();
    let mut digest = Sha256::digest(keys.as_bytes());
    loop {
        for byte in digest {
            name.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
            if name.len() >= 3 && !taken.contains(&name) {
                return name;
            }
        }
        digest = Sha256::digest(digest);
    }
}

fn joined(keys: &BTreeSet<String>) -> String {
    keys.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

/// The key of a row.
pub(super) fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Writes the lines of a section, headed by their number.
fn section<R>(text: &mut String, name: &str, rows: impl ExactSizeIterator<Item = R>)
where
    R: IntoIterator,
    R::Item: AsRef<str>,
{
    let _ = writeln!(text, "{name}\t{}", rows.len());
    for row in rows {
        let start = text.len();
        for field in row {
            text.push_str(field.as_ref());
            text.push('\t');
        }
        text.truncate(
            start + text.get(start..).map_or(0, |line| line.trim_end_matches('\t').len()),
        );
        text.push('\n');
    }
}

#[cfg(test)]
mod tests;
