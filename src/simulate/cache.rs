//! Policies that were seen before, by their text.

use crate::iam::{PolicyDocument, PolicyKind};
use crate::source::Severity;
use crate::syntax::{decode_document, parse_policy, path_at};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes of text that one generation holds. A parsed document takes some ten times its text.
const GENERATION: usize = 4 << 20;

type Entry = Result<Arc<PolicyDocument>, Arc<str>>;
type Generation = FxHashMap<Box<str>, Entry>;

/// Parsed policies by kind and text, in bounded memory: what was not used while 4 MiB of new text
/// came by is forgotten.
#[derive(Debug, Default)]
pub struct PolicyCache {
    young: [Generation; PolicyKind::ALL.len()],
    old: [Generation; PolicyKind::ALL.len()],
    /// Bytes of text in `young`.
    size: usize,
}

impl PolicyCache {
    /// The document that `json` holds: an object, or a string with a document, percent-encoded or
    /// plain.
    ///
    /// # Errors
    /// All errors of the document in one line.
    pub fn policy(&mut self, json: &str, kind: PolicyKind) -> Entry {
        let at = kind as usize;
        if let Some(entry) = self.young.get(at).and_then(|young| young.get(json)) {
            return entry.clone();
        }
        let remembered = self.old.get_mut(at).and_then(|old| old.remove(json));
        let entry = remembered.unwrap_or_else(|| read(json, kind));
        if self.size + json.len() > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        self.size += json.len();
        if let Some(young) = self.young.get_mut(at) {
            young.insert(json.into(), entry.clone());
        }
        entry
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
        let held: usize =
            cache.young.iter().chain(&cache.old).flat_map(|g| g.keys()).map(|k| k.len()).sum();
        assert!(held <= 2 * GENERATION, "{held}");
    }
}
