//! `resource-never-matches`

use super::Seen;
use crate::catalogue::ActionId;
use crate::exact::Reach;
use crate::iam::{ActionPattern, Clause};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;
use std::ops::Range;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        let (Clause::Is(actions), Some(Clause::Is(resources))) =
            (&statement.action, &statement.resource)
        else {
            continue;
        };
        if resources.contains(&ArnPattern::Any) {
            continue;
        }
        let mut reach = subject.universe.reach(resources);
        for (at, action) in actions.iter().enumerate() {
            if is_dead(subject, subject.expansion(number, at), &mut reach) {
                let on: Vec<&str> = resources.iter().map(ArnPattern::text).collect();
                let message = format!("`{action}` never acts on {}", quoted(&on));
                let found = Seen::new(Element::Action(number, at), message)
                    .also(Element::Resources(number), "no resource of the action is among these");
                seen.push(match on_what(subject, action) {
                    Some(help) => found.help(help),
                    None => found,
                });
            }
        }
    }
    seen
}

/// Whether no request of the catalogue's actions is on the resources.
fn is_dead(subject: &Subject<'_>, known: &[Range<u32>], reach: &mut Reach<'_, '_>) -> bool {
    let catalogue = subject.catalogue();
    // What acts on no resource is granted on `*`; whether S3 also takes `arn:aws:s3:::*` for
    // s3:ListAllMyBuckets is said in both ways, so nothing is said here.
    let somewhere = |id: u32| catalogue.resource_types(ActionId(id)).next().is_some();
    if known.is_empty() || !known.iter().flat_map(Clone::clone).all(somewhere) {
        return false;
    }
    !known.iter().flat_map(Clone::clone).any(|id| reach.includes(ActionId(id)))
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
