//! Policies that were seen before, by their text.

use crate::iam::{PolicyDocument, PolicyKind};
use crate::source::Severity;
use crate::syntax::{decode_document, parse_policy, path_at};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes of text that one generation holds. A parsed document takes some twenty times its text.
const GENERATION: usize = 1 << 20;

type Entry = Result<Arc<PolicyDocument>, Arc<str>>;

/// The policies of a layer, level by level; a layer without levels has one.
pub(super) type Levels = Vec<Vec<Arc<PolicyDocument>>>;

/// Parsed policies by kind and text, in bounded memory: what was not used while 1 MiB of new text
/// came by is forgotten.
#[derive(Debug, Default)]
pub struct PolicyCache {
    policies: [Generations<Entry>; PolicyKind::ALL.len()],
    /// Whole lists of policies, so that a list seen before is not even cut into its items.
    layers: [Generations<Arc<Levels>>; PolicyKind::ALL.len()],
    /// How many policies were read, not remembered.
    read: u64,
}

impl PolicyCache {
    /// The document that `json` holds: an object, or a string with a document, percent-encoded or
    /// plain.
    ///
    /// # Errors
    /// All errors of the document in one line.
    pub fn policy(&mut self, json: &str, kind: PolicyKind) -> Entry {
        let Some(known) = self.policies.get_mut(kind as usize) else { return read(json, kind) };
        match known.get(json) {
            Some(entry) => entry,
            None => {
                self.read += 1;
                known.keep(json, read(json, kind))
            }
        }
    }

    /// The layer that `json` holds, if it was read before.
    pub(super) fn layer(&mut self, json: &str, kind: PolicyKind) -> Option<Arc<Levels>> {
        self.layers.get_mut(kind as usize)?.get(json)
    }

    /// How many policies were read so far: a layer all of whose policies were remembered is likely
    /// to come again.
    pub(super) const fn policies_read(&self) -> u64 {
        self.read
    }

    /// Remembers a layer.
    pub(super) fn keep_layer(
        &mut self,
        json: &str,
        kind: PolicyKind,
        levels: Levels,
    ) -> Arc<Levels> {
        let levels = Arc::new(levels);
        match self.layers.get_mut(kind as usize) {
            Some(known) => known.keep(json, levels),
            None => levels,
        }
    }
}

/// Texts and what they mean, in two generations.
#[derive(Debug)]
struct Generations<T> {
    young: FxHashMap<Box<str>, T>,
    old: FxHashMap<Box<str>, T>,
    /// Bytes of text in `young`.
    size: usize,
}

impl<T> Default for Generations<T> {
    fn default() -> Self {
        Self { young: FxHashMap::default(), old: FxHashMap::default(), size: 0 }
    }
}

impl<T: Clone> Generations<T> {
    fn get(&mut self, text: &str) -> Option<T> {
        if let Some(known) = self.young.get(text) {
            return Some(known.clone());
        }
        let known = self.old.remove(text)?;
        Some(self.keep(text, known))
    }

    fn keep(&mut self, text: &str, meaning: T) -> T {
        if self.size + text.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += text.len();
        self.young.insert(text.into(), meaning.clone());
        meaning
    }
}

fn read(json: &str, kind: PolicyKind) -> Entry {
    let text: Cow<'_, str> = if json.starts_with('"') {
        let text: String = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Cow::Owned(decode_document(&text).into_owned())
    } else {
        Cow::Borrowed(json)
    };
    match parse_policy(&text, kind) {
        Ok(parsed) => Ok(Arc::new(parsed.document)),
        Err(problems) => {
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
            let lines: Vec<String> = errors
                .map(|problem| match path_at(&text, problem.span) {
                    Some(path) => with_path(&path, &problem.message),
                    None => problem.message.clone(),
                })
                .collect();
            Err(lines.join("; ").into())
        }
    }
}

/// A message that starts with the name of its place gets the whole path there.
fn with_path(path: &str, message: &str) -> String {
    let named = message.strip_prefix('`').and_then(|rest| rest.split_once("`: "));
    match named {
        Some((name, rest)) if path.ends_with(name) => format!("`{path}`: {rest}"),
        _ => format!("`{path}`: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let policy =
            |n: usize| format!(r#"{{"Statement":[],"Version":"2012-10-17"}}{}"#, " ".repeat(n));
        let mut cache = PolicyCache::default();
        let kept = cache.policy(&policy(0), PolicyKind::Identity);
        for n in 0..300 {
            let _ = cache.policy(&policy(40_000 + n), PolicyKind::Identity);
            let again = cache.policy(&policy(0), PolicyKind::Identity);
            assert!(match (&kept, &again) {
                (Ok(a), Ok(b)) => Arc::ptr_eq(a, b),
                (Err(a), Err(b)) => Arc::ptr_eq(a, b),
                _ => false,
            });
        }
        let known = &cache.policies[PolicyKind::Identity as usize];
        let held: usize = known.young.keys().chain(known.old.keys()).map(|text| text.len()).sum();
        assert!(held <= 2 * GENERATION, "{held}");
    }
}
