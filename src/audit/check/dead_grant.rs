//! `dead-grant`

use super::{Seen, Subject};
use crate::catalogue::ActionId;
use crate::exact::Reach;
use crate::iam::{ActionPattern, Clause, Effect};
use crate::pattern::ArnPattern;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (place, statement) in subject.statements() {
        let (Clause::Is(actions), Some(Clause::Is(resources))) =
            (&statement.action, &statement.resource)
        else {
            continue;
        };
        if statement.effect != Effect::Allow || resources.contains(&ArnPattern::Any) {
            continue;
        }
        let mut reach = subject.universe.reach(resources);
        for action in actions.iter().filter(|action| is_dead(subject, action, &mut reach)) {
            let on: Vec<&str> = resources.iter().map(ArnPattern::text).collect();
            let message = format!("`{action}` never acts on {}", super::quoted(&on));
            seen.push(Seen {
                help: on_what(subject, action),
                ..Seen::new(message).at(place.clone())
            });
        }
    }
    seen
}

/// Whether no request of the catalogue's actions is on the resources.
fn is_dead(subject: &Subject<'_>, action: &ActionPattern, reach: &mut Reach<'_, '_>) -> bool {
    let catalogue = subject.catalogue();
    let known = catalogue.expand(action);
    // What acts on no resource is granted on `*`; whether S3 also takes `arn:aws:s3:::*` for
    // s3:ListAllMyBuckets is said in both ways, so nothing is said here.
    let somewhere = |id: u32| catalogue.resource_types(ActionId(id)).next().is_some();
    if known.is_empty() || !known.iter().flat_map(Clone::clone).all(somewhere) {
        return false;
    }
    !known.into_iter().flatten().any(|id| reach.includes(ActionId(id)))
}

/// What the action acts on instead.
fn on_what(subject: &Subject<'_>, action: &ActionPattern) -> Option<String> {
    let catalogue = subject.catalogue();
    let id = catalogue.find(&action.as_literal()?)?;
    let formats = catalogue.resource_types(id).flat_map(|t| t.arn_formats().collect::<Vec<_>>());
    // The plainest kind of resource: a bucket, not an access point.
    let plain = formats.min_by_key(|format| format.len())?;
    Some(format!("`{}` acts on `{plain}`", catalogue.name(id)))
}
