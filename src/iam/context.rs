//! Condition keys and the values that a request carries for them.

use super::folded::Folded;
use std::fmt;

/// A condition key: `s3:prefix`, `aws:RequestTag/team`. Equal whatever the case of its letters.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextKey(Folded);

impl ContextKey {
    /// The key that `text` names.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Folded::new(text))
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// In lower case.
    #[must_use]
    pub fn folded(&self) -> &str {
        self.0.folded()
    }
}

impl fmt::Display for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What a request carries for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContextValue {
    /// One value.
    Single(String),
    /// A set of values, of a multi-valued key such as `aws:TagKeys`; it may be empty.
    Many(Vec<String>),
    /// Nobody knows: what depends on it is undecided.
    Unknown,
}

/// The keys of one request, sorted. A key that is not here is absent from the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    entries: Vec<(ContextKey, ContextValue)>,
}

impl RequestContext {
    /// Sets a key; an earlier value for it is replaced.
    pub fn insert(&mut self, key: ContextKey, value: ContextValue) {
        match self.entries.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    *entry = (key, value);
                }
            }
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }

    /// The value of a key given in lower case; `None` where the request does not carry it.
    #[must_use]
    pub fn get(&self, folded: &str) -> Option<&ContextValue> {
        let at = self.entries.binary_search_by(|(key, _)| key.folded().cmp(folded)).ok()?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// All keys with their values, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&ContextKey, &ContextValue)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Whether no key is carried.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<(ContextKey, ContextValue)> for RequestContext {
    fn from_iter<I: IntoIterator<Item = (ContextKey, ContextValue)>>(entries: I) -> Self {
        let mut context = Self::default();
        for (key, value) in entries {
            context.insert(key, value);
        }
        context
    }
}
