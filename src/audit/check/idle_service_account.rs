//! `idle-service-account`

use super::{Seen, Subject};
use crate::audit::trust::{TrustSubject, Trusted, subjects};
use crate::consumer::Component;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let Some(trust) = &subject.principal.trust else { return Vec::new() };
    let mut seen = Vec::new();
    for (who, place) in subjects(trust) {
        // Whoever may come in more ways than they should is told as excess.
        let TrustSubject {
            who: Trusted::ServiceAccount { namespace: Some(namespace), name: Some(name) },
            unasked: None,
        } = who
        else {
            continue;
        };
        if let Some((consumer, component)) = idle(subject, &namespace, &name) {
            let message = format!(
                "`{namespace}/{name}` is the service account of {consumer}'s {}, which needs no \
                 permission",
                component.name
            );
            let mut one = Seen::new(message).at(place);
            if let Some(why) = &component.needs_nothing {
                one = one.help(why.clone());
            }
            seen.push(one);
        }
    }
    seen
}

/// The component that runs as a service account and needs nothing.
fn idle<'s>(
    subject: &Subject<'s>,
    namespace: &str,
    name: &str,
) -> Option<(&'s str, &'s Component)> {
    subject.uses.iter().find_map(|(deployment, _)| {
        let components = deployment.consumer.components();
        let runs_as = |component: &&Component| {
            component.service_account.as_deref() == Some(name)
                && component.namespace.as_deref().is_none_or(|own| own == namespace)
        };
        let mut named = components.iter().filter(runs_as).peekable();
        let first = named.peek().copied()?;
        let all_idle = named.all(|component| component.needs_nothing.is_some());
        all_idle.then_some((deployment.consumer.name.as_str(), first))
    })
}
