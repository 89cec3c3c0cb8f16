//! `deleted-principal`

use super::{Seen, Subject, places};
use crate::iam::{Clause, PrincipalPattern};

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (place, statement) in subject.principal.trust.iter().flat_map(places) {
        let entries = statement.principal.as_ref().map(Clause::entries).unwrap_or_default();
        for entry in entries {
            if let PrincipalPattern::Deleted(id) = entry {
                let message =
                    format!("`{id}` was a user or role that is deleted; it matches nobody");
                seen.push(Seen::new(message).at(place.clone()));
            }
        }
    }
    seen
}
