//! What was meant by an action that does not exist.

use std::fmt;

use super::{ActionId, ApiCall, ApiTable, Catalogue, Dialect};

/// How many near names are worth reading.
const NEAREST: usize = 3;

/// What may have been meant by the name of an action that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion<'a> {
    /// It is the name of an API call, which needs actions of other names.
    ApiCall(&'a ApiCall),
    /// Actions with a similar name, the nearest first.
    Nearest(Vec<&'a str>),
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
        if nearest.is_empty() { Suggestion::Nothing } else { Suggestion::Nearest(nearest) }
    }

    /// Existing names that differ by a few letters.
    fn nearest(&self, name: &str) -> Vec<&str> {
        let name = name.to_ascii_lowercase();
        let Some((service, _)) = name.split_once(':') else {
            return Vec::new();
        };
        // A known service is not doubted; an unknown one may be misspelt by one letter.
        let ids: Vec<ActionId> = if self.service_range(service).is_empty() {
            let near = self.services().filter(|known| strsim::osa_distance(known, service) == 1);
            near.flat_map(|known| self.service_range(known)).map(ActionId).collect()
        } else {
            self.service_range(service).map(ActionId).collect()
        };
        let limit = 1 + name.len() / 8;
        let mut found: Vec<(usize, &str)> = ids
            .into_iter()
            .map(|id| self.name(id))
            .filter(|known| known.len().abs_diff(name.len()) <= limit)
            .map(|known| (strsim::osa_distance(&known.to_ascii_lowercase(), &name), known))
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
                let mut actions: Vec<&str> =
                    call.always(Dialect::Aws).map(|need| need.action.as_str()).collect();
                actions.dedup();
                if actions.is_empty() {
                    return write!(
                        f,
                        "`{}` is an API call that needs no permission",
                        call.operation()
                    );
                }
                write!(f, "`{}` is an API call; it needs {}", call.operation(), quoted(&actions))
            }
            Self::Nearest(names) => write!(f, "did you mean {}?", quoted(names)),
            Self::Nothing => f.write_str("no action has a similar name"),
        }
    }
}
