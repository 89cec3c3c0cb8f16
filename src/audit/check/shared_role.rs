//! `shared-role`

use super::{Seen, Subject};
use crate::consumer::model::Namespaces;
use crate::lint::quoted;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let profiles = &subject.requirement.profiles;
    // A component that serves all profiles by its nature is not shared by them.
    let per_profile = subject.uses.iter().any(|(deployment, used)| {
        used.profiles.len() > 1
            && !used.abac
            && used.components.iter().any(|name| {
                let component = deployment.consumer.component(name);
                component.is_some_and(|c| c.namespaces == Namespaces::Profiles)
            })
    });
    if profiles.len() > 1 && per_profile {
        vec![Seen::new(format!("the profiles {} share this role", quoted(profiles)))]
    } else {
        Vec::new()
    }
}
