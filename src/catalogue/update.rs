//! What AWS says now, put into a catalogue.
//!
//! New actions, resource types and condition keys come in. An action that AWS no longer lists is
//! retired. What AWS's reference does not say is kept: which resource types are required, dependent
//! actions, the keys of an action on one type, global keys, where RCPs apply.

use std::collections::BTreeSet;

use super::reference::{ActionEntry, ResourceEntry};
use super::rows::{ActionRow, KeyRow, Rows, TypeRow, lower};
use super::{AccessLevel, Catalogue, CatalogueError, Origin, ServiceReference, ValueType};

/// What was read from AWS on a day.
#[derive(Debug)]
pub struct Update<'a> {
    /// The day, `YYYY-MM-DD`.
    pub date: &'a str,
    /// What was read and from where, in words.
    pub source: &'a str,
    /// The services that were read.
    pub services: &'a [ServiceReference],
    /// The prefixes of all services that AWS lists, if those that it does not list are gone.
    pub all: Option<&'a [String]>,
}

/// A catalogue with what AWS says now.
#[derive(Debug)]
pub struct Updated {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// Its text.
    pub text: String,
    /// What of AWS's files could not be understood and was left out, sorted.
    pub remarks: Vec<String>,
}

/// Why a catalogue was not updated.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// The catalogue is of a later day.
    #[error("the catalogue is of {0}, which is later")]
    Older(String),
    /// The list of services has shrunk beyond belief.
    #[error("the list has {now} services, where {before} were known: it cannot be whole")]
    TooFew {
        /// How many are listed.
        now: usize,
        /// How many the catalogue has.
        before: usize,
    },
    /// What came out is no catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

impl Catalogue {
    /// The catalogue with what AWS says now.
    ///
    /// # Errors
    /// The day is before that of the catalogue, most services are missing from the list, or what
    /// comes out is no catalogue.
    pub fn updated(&self, update: &Update<'_>) -> Result<Updated, UpdateError> {
        if update.date < self.date() {
            return Err(UpdateError::Older(self.date().to_owned()));
        }
        let mut rows = Rows::of(self);
        let before = rows.services.len();
        if let Some(all) = update.all.filter(|all| all.len() * 2 < before) {
            return Err(UpdateError::TooFew { now: all.len(), before });
        }
        let source = update.source.replace(['\t', '\n'], " ");
        rows.snapshots.insert(update.date.to_owned(), source);
        let mut merge =
            Merge { rows, date: update.date, last_seen: self.date(), remarks: BTreeSet::new() };
        for service in update.services {
            merge.service(service);
        }
        if let Some(all) = update.all {
            merge.keep_services(all);
        }
        let text = merge.rows.text();
        let catalogue = Self::parse(text.clone())?.with_origin(Origin::Cache);
        Ok(Updated { catalogue, text, remarks: merge.remarks.into_iter().collect() })
    }
}

/// A service with so many actions may lose most of them; of one with more, the file is doubted.
const FEW: usize = 8;

struct Merge<'a> {
    rows: Rows,
    date: &'a str,
    last_seen: &'a str,
    remarks: BTreeSet<String>,
}

impl Merge<'_> {
    fn service(&mut self, file: &ServiceReference) {
        let service = lower(file.service());
        if !is_word(&service) {
            self.remark(&service, "service", file.service());
            return;
        }
        if file.actions.is_empty() {
            self.remarks.insert(format!("`{service}` lists no actions: left as it was"));
            return;
        }
        self.rows.services.entry(service.clone()).or_default();
        for key in &file.condition_keys {
            self.key(&service, &key.name, &key.types);
        }
        // A type that is listed twice is known by the entry that has an ARN, wherever it stands.
        let has_arn = |one: &&ResourceEntry| one.arn_formats.iter().any(|text| is_format(text));
        let (with_arn, without): (Vec<_>, Vec<_>) = file.resources.iter().partition(has_arn);
        for resource in with_arn.into_iter().chain(without) {
            self.resource_type(&service, resource);
        }
        let mut listed = BTreeSet::new();
        for action in &file.actions {
            if is_word(&action.name) {
                listed.insert(lower(&format!("{service}:{}", action.name)));
                self.action(&service, action);
            } else {
                self.remark(&service, "action", &action.name);
            }
        }
        let is_own = |key: &str| key.split(':').next() == Some(&service);
        let gone = |key: &str| is_own(key) && !listed.contains(key);
        let known = self.rows.actions.keys().filter(|key| is_own(key)).count();
        let missing = self.rows.actions.keys().filter(|key| gone(key)).count();
        if missing * 2 > known && known > FEW {
            self.remarks.insert(format!(
                "`{service}` no longer lists {missing} of {known} actions: it cannot be whole, \
                 and all are kept"
            ));
        } else {
            self.retire(gone);
        }
    }

    /// Adds a key and returns its name, unless it cannot be one.
    fn key(&mut self, service: &str, name: &str, types: &[String]) -> Option<String> {
        let name = key_name(name);
        if !name.contains(':') || name.contains(['\t', '\n', ',', ' ']) {
            self.remark(service, "condition key", &name);
            return None;
        }
        let known = types.iter().filter_map(|word| word.parse::<ValueType>().ok());
        let words: BTreeSet<&str> = known.map(ValueType::word).collect();
        let words: Vec<&str> = words.into_iter().collect();
        let row = self.rows.keys.entry(lower(&name)).or_insert_with(|| KeyRow {
            name,
            types: String::new(),
            category: String::new(),
        });
        // What a global key is does not depend on the service that mentions it.
        let global = row.name.starts_with("aws:") || !row.category.is_empty();
        if !words.is_empty() && (row.types.is_empty() || !global) {
            row.types = words.join(",");
        }
        Some(row.name.clone())
    }

    fn keys(&mut self, service: &str, names: &[String]) -> Vec<String> {
        names.iter().filter_map(|name| self.key(service, name, &[])).collect()
    }

    fn resource_type(&mut self, service: &str, entry: &ResourceEntry) {
        let formats = entry.arn_formats.iter();
        let formats: Vec<String> = formats.filter(|format| is_format(format)).cloned().collect();
        let key = lower(&format!("{service}:{}", entry.name));
        let plain = !entry.name.is_empty() && !entry.name.contains(['\t', '\n', ',', '*', ':']);
        if !plain || (formats.is_empty() && !self.rows.types.contains_key(&key)) {
            self.remark(service, "resource type", &entry.name);
            return;
        }
        let keys = self.keys(service, &entry.condition_keys);
        let row = self
            .rows
            .types
            .entry(key)
            .or_insert_with(|| TypeRow { name: entry.name.clone(), ..TypeRow::default() });
        row.keys.extend(keys);
        if !formats.is_empty() {
            row.formats = formats;
        }
    }

    fn action(&mut self, service: &str, entry: &ActionEntry) {
        let keys = self.keys(service, &entry.action_condition_keys);
        let mut types = Vec::new();
        for used in &entry.resources {
            match self.rows.types.get(&lower(&format!("{service}:{}", used.name))) {
                Some(kind) => types.push(kind.name.clone()),
                None => self.remark(service, "resource type", &used.name),
            }
        }
        let name = format!("{service}:{}", entry.name);
        self.rows.retired.remove(&lower(&name));
        let row = self.rows.actions.entry(lower(&name)).or_insert_with(|| ActionRow {
            name: name.clone(),
            // Until the file says better, the gravest is the safe answer.
            level: AccessLevel::Permissions,
            keys: BTreeSet::new(),
            types: std::collections::BTreeMap::new(),
            since: self.date.to_owned(),
            dependents: BTreeSet::new(),
        });
        row.name = name;
        row.level = entry.level().unwrap_or(row.level);
        row.keys.extend(keys);
        for name in types {
            if !row.types.keys().any(|known| known.eq_ignore_ascii_case(&name)) {
                row.types.insert(name, (false, BTreeSet::new()));
            }
        }
    }

    /// Drops the services that are not in the list.
    fn keep_services(&mut self, all: &[String]) {
        let all: BTreeSet<String> = all.iter().map(|service| lower(service)).collect();
        let gone = |key: &str| !all.contains(key.split(':').next().unwrap_or_default());
        self.retire(gone);
        self.rows.services.retain(|service, _| !gone(service));
        self.rows.types.retain(|key, _| !gone(key));
    }

    /// Retires the actions for which the test holds.
    fn retire(&mut self, test: impl Fn(&str) -> bool) {
        let gone = self.rows.actions.extract_if(.., |key, _| test(key));
        let dated = gone.map(|(key, row)| (key, (row.name, self.last_seen.to_owned())));
        self.rows.retired.extend(dated);
    }

    fn remark(&mut self, service: &str, what: &str, name: &str) {
        self.remarks
            .insert(format!("`{service}`: the {what} `{name}` is not understood: left out"));
    }
}

/// A condition key with `${...}` for what is open in it, which AWS's pages write in four ways.
fn key_name(name: &str) -> String {
    let folded = match name.rsplit_once('/') {
        Some((start, "tag-key" | "key")) => format!("{start}/${{TagKey}}"),
        _ => name.to_owned(),
    };
    match folded.split_once('<') {
        Some((start, rest)) => match rest.split_once('>') {
            Some((open, end)) => format!("{start}${{{open}}}{end}"),
            None => folded,
        },
        None => folded,
    }
}

/// Whether the text can be the name of a service or an action.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether the text can be the format of an ARN.
fn is_format(text: &str) -> bool {
    text.starts_with("arn:") && text.matches(':').count() >= 5 && !text.contains(['\t', '\n'])
}

#[cfg(test)]
mod tests;
