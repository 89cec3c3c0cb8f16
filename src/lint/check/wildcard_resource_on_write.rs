//! `wildcard-resource-on-write`

use super::Seen;
use crate::catalogue::{AccessLevel, ActionId};
use crate::iam::{ActionPattern, Clause, Condition, Statement};
use crate::lint::policy::Subject;
use crate::lint::words::{arn_shape, plural};
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;

/// What is published goes to no resource but in rare cases; the key for it is `cloudwatch:namespace`.
///
/// AWS: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html>
const WITHOUT_RESOURCE: &str = "cloudwatch:PutMetricData";

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let granted = subject.grants();
    granted.filter_map(|(number, statement)| about(subject, number, statement)).collect()
}

fn about(subject: &Subject<'_>, number: usize, statement: &Statement) -> Option<Seen> {
    let Clause::Is(entries) = &statement.action else { return None };
    let resources = statement.resource.as_ref()?;
    let star = match resources {
        Clause::Is(entries) => Some(entries.iter().position(|arn| *arn == ArnPattern::Any)?),
        Clause::Not(_) => None,
    };
    let is_narrowed = statement.conditions.iter().any(says_which_resource);
    // Whole services are what `wildcard-action` is about.
    let is_whole = entries.iter().any(|entry| entry.name().is_any());
    if is_narrowed || is_whole {
        return None;
    }
    let changing: Vec<usize> = (0..entries.len())
        .filter(|entry| first_change(subject, number, *entry).is_some())
        .collect();
    let first = first_change(subject, number, *changing.first()?)?;
    let names: Vec<&str> =
        changing.iter().filter_map(|at| entries.get(*at)).map(ActionPattern::text).collect();
    let message = format!(
        "{} {} allowed on every resource{}, and {} can be held to some",
        quoted(&names),
        plural(names.len(), "is", "are"),
        if star.is_some() { "" } else { " but these" },
        plural(names.len(), "it", "they"),
    );
    // What has to be named, or else what is best known.
    const KNOWN: [&str; 5] = ["instance", "volume", "snapshot", "bucket", "log-group"];
    let catalogue = subject.catalogue();
    let types: Vec<_> = catalogue.resource_types(first).collect();
    let known = KNOWN.iter().find_map(|name| types.iter().find(|one| one.name() == *name));
    let formats: Vec<&str> =
        match catalogue.required_resource_types(first).next().or(known.copied()) {
            Some(one) => one.arn_formats().collect(),
            None => types.iter().flat_map(|one| one.arn_formats()).collect(),
        };
    let format = formats.into_iter().min_by_key(|one| one.len())?;
    let help = format!(
        "name the resources; those of `{}` are such as `{}`",
        subject.catalogue().name(first),
        arn_shape(format)
    );
    let at = star.map_or(Element::Resources(number), |star| Element::Resource(number, star));
    Some(Seen::new(at, message).help(help))
}

/// Whether a condition says something of the resource: its tags or account, or what else its service
/// knows of it. Those on the caller and the network do not.
fn says_which_resource(condition: &Condition) -> bool {
    let key = condition.key.folded();
    match key.strip_prefix("aws:") {
        Some(name) => {
            ["resource", "requesttag/", "tagkeys"].iter().any(|start| name.starts_with(start))
        }
        None => true,
    }
}

/// The first action of an entry that changes something and can be held to a resource.
fn first_change(subject: &Subject<'_>, number: usize, entry: usize) -> Option<ActionId> {
    let catalogue = subject.catalogue();
    let changes = |id: &ActionId| {
        !matches!(catalogue.access_level(*id), AccessLevel::List | AccessLevel::Read)
    };
    let mut ids = subject.expansion(number, entry).iter().flat_map(Clone::clone).map(ActionId);
    ids.find(|id| {
        changes(id)
            && catalogue.resource_types(*id).next().is_some()
            && catalogue.name(*id) != WITHOUT_RESOURCE
    })
}
