//! What was meant by an action that does not exist.

use std::fmt;

use super::api_call::prefix_of;
use super::{ActionId, ApiCall, ApiTable, Catalogue, Dialect};

/// How many near names are worth reading.
const NEAREST: usize = 3;

/// The shortest name of a service that is looked for in others: `dynamo` in `dynamodb`.
const SHORTEST_PART: usize = 4;

/// What may have been meant by the name of an action that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion<'a> {
    /// It is the name of an API call, which needs actions of other names.
    ApiCall(&'a ApiCall),
    /// Actions with a similar name, the nearest first.
    Nearest(Vec<&'a str>),
    /// An API call with a similar name, where no action has one.
    NearCall(&'a ApiCall),
    /// Nothing is similar.
    Nothing,
}

impl Catalogue {
    /// What may have been meant by `name`, which is not an action of this catalogue.
    #[must_use]
    pub fn suggest(&self, name: &str) -> Suggestion<'_> {
        if let Some(call) = ApiTable::embedded().misnomer(name) {
            return Suggestion::ApiCall(call);
        }
        let nearest = self.nearest(name);
        if !nearest.is_empty() {
            return Suggestion::Nearest(nearest);
        }
        ApiTable::embedded().near(name).map_or(Suggestion::Nothing, Suggestion::NearCall)
    }

    /// Existing names that differ by a few letters, or by the name of the service.
    fn nearest(&self, name: &str) -> Vec<&str> {
        let name = name.trim().to_ascii_lowercase();
        let Some((service, action)) = name.split_once([':', '.']) else {
            return self.of_any_service(&name);
        };
        // A known service is not doubted.
        if !self.service_range(service).is_empty() {
            return self.near(&[service], service.len(), action);
        }
        if let Some(prefix) = prefix_of(service) {
            return self.near(&[prefix], prefix.len(), action);
        }
        let misspelt: Vec<&str> =
            self.services().filter(|known| strsim::osa_distance(known, service) == 1).collect();
        let found = self.near(&misspelt, service.len(), action);
        if !found.is_empty() {
            return found;
        }
        let part_of = |known: &&str| {
            service.len().min(known.len()) >= SHORTEST_PART
                && (known.contains(service) || service.contains(known))
        };
        let parts: Vec<&str> = self.services().filter(part_of).collect();
        let found = self.near(&parts, service.len(), action);
        if found.is_empty() { self.of_any_service(action) } else { found }
    }

    /// Actions of these services whose names differ by a few letters, the nearest first. How many
    /// depends on the length of the name that was written.
    fn near(&self, services: &[&str], written: usize, action: &str) -> Vec<&str> {
        let limit = 1 + (written + 1 + action.len()) / 8;
        let ids = services.iter().flat_map(|service| self.service_range(service)).map(ActionId);
        let mut found: Vec<(usize, &str)> = ids
            .filter_map(|id| {
                let known = self.name(id).split_once(':')?.1.to_ascii_lowercase();
                if known.len().abs_diff(action.len()) > limit {
                    return None;
                }
                let distance = strsim::osa_distance(&known, action);
                (distance <= limit).then(|| (distance, self.name(id)))
            })
            .collect();
        found.sort_unstable();
        if found.first().is_some_and(|(distance, _)| *distance == 0) {
            found.retain(|(distance, _)| *distance == 0);
        }
        found.into_iter().take(NEAREST).map(|(_, known)| known).collect()
    }

    /// Actions with exactly this name, unless so many services have one that it tells nothing.
    fn of_any_service(&self, action: &str) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .actions()
            .map(|id| self.name(id))
            .filter(|known| {
                known.split_once(':').is_some_and(|(_, name)| name.eq_ignore_ascii_case(action))
            })
            .take(2 * NEAREST + 1)
            .collect();
        if found.len() > 2 * NEAREST {
            found.clear();
        }
        // The plain service before its offshoots: `s3` before `s3-outposts`.
        found.sort_by_key(|name| name.len());
        found.truncate(NEAREST);
        found
    }
}

impl Catalogue {
    /// Condition keys with a name like this one, which is none: the nearest first, at most three.
    /// A key with an open part is compared by what stands before it, so `aws:ResourceTags/team`
    /// gives `aws:ResourceTag/${TagKey}`; one of another service only if all but its prefix is the
    /// same, so `s3:SourceIp` gives `aws:SourceIp`.
    #[must_use]
    pub fn suggest_key(&self, name: &str) -> Vec<&str> {
        let name = name.to_ascii_lowercase();
        let (prefix, rest) = name.split_once(':').unwrap_or(("", &name));
        let prefixes = [prefix, "aws"].map(|prefix| format!("{prefix}:"));
        let limit = 1 + name.len() / 8;
        let distance = |known: &str| {
            let known = known.to_ascii_lowercase();
            let (fixed, end) = known.split_once("${").map_or((&*known, None), |(fixed, after)| {
                (fixed, after.split_once('}').map(|(_, end)| end))
            });
            let (known_prefix, known_rest) = fixed.split_once(':')?;
            // What the name has in place of the open part counts for nothing.
            let separator = fixed.chars().next_back()?;
            let own = match (end, rest.find(separator)) {
                (Some(""), Some(at)) => rest.get(..at + separator.len_utf8())?,
                (Some(""), None) => &format!("{rest}{separator}"),
                _ => rest,
            };
            if known_rest == own {
                return Some(usize::from(known_prefix != prefix));
            }
            let near = prefixes.iter().any(|prefix| fixed.starts_with(prefix));
            let far = known_rest.len().abs_diff(own.len()) > limit;
            let apart = usize::from(known_prefix != prefix);
            (near && !far).then(|| apart + strsim::osa_distance(known_rest, own))
        };
        let mut found: Vec<(usize, &str)> = self
            .condition_keys()
            .filter_map(|key| Some((distance(key.name)?, key.name)))
            .filter(|(distance, _)| *distance <= limit)
            .collect();
        found.sort_unstable();
        found.into_iter().take(NEAREST).map(|(_, known)| known).collect()
    }
}

impl fmt::Display for Suggestion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |names: &[&str]| {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::ApiCall(call) => {
                let (service, operation) = (call.service(), call.operation());
                let needs = call.needs_in_words(Dialect::Aws);
                write!(f, "`{service}:{operation}` is not an action; {needs}")
            }
            Self::Nearest(names) => write!(f, "did you mean {}?", quoted(names)),
            Self::NearCall(call) => {
                let needs = call.needs_in_words(Dialect::Aws);
                write!(f, "did you mean the API call `{}`? {needs}", call.api)
            }
            Self::Nothing => f.write_str("no action has a similar name"),
        }
    }
}
