//! `unusable-trust`

use super::{Seen, Subject};
use crate::consumer::{Deployment, RoleUse, Trust, Version};
use std::collections::BTreeSet;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let mut said = BTreeSet::new();
    let mut seen = Vec::new();
    for (deployment, used) in subject.uses {
        let Some(kind) = used.trust.as_ref().map(Trust::kind) else { continue };
        for (consumer, version) in parties(deployment, used) {
            let Ok(model) = subject.estate.consumers().get(&consumer) else { continue };
            for client in &model.clients {
                let about = client.versions.as_ref().is_none_or(|range| range.contains(&version));
                if !about || !client.cannot.contains(&kind) || !said.insert(consumer.clone()) {
                    continue;
                }
                let message =
                    format!("{consumer} {version} cannot use `{kind}`: it has {}", client.library);
                let mut one = Seen::new(message);
                if let Some(unless) = &client.unless {
                    one = one.help(format!("it can if {unless}"));
                }
                seen.push(one);
            }
        }
    }
    seen
}

/// The consumers whose code runs as the role: the deployed one, and those that it embeds.
fn parties(deployment: &Deployment<'_>, used: &RoleUse) -> Vec<(String, Version)> {
    let own = (deployment.consumer.name.clone(), deployment.version.clone());
    let components = used.components.iter().filter_map(|name| deployment.consumer.component(name));
    let embedded = components
        .flat_map(|component| &component.uses)
        .map(|inner| (inner.consumer.clone(), inner.version.clone()));
    std::iter::once(own).chain(embedded).collect()
}
