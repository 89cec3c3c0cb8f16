//! `resource-never-matches`, `object-action-on-bucket`, `bucket-action-on-object` and
//! `action-needs-star`: an action on what it does not act on. One mistake is a case of one of them.

use super::Seen;
use super::misleading_wildcard::is_misleading;
use crate::catalogue::ActionId;
use crate::exact::Reach;
use crate::iam::{ActionPattern, Clause, Effect};
use crate::lint::policy::Subject;
use crate::lint::s3::S3Resource;
use crate::lint::words::{arn_shape, json_values, plural};
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;
use std::collections::BTreeMap;
use std::ops::Range;

/// Entries of `Action` that the resources of their statement are not for.
pub(in crate::lint) struct Mismatch {
    statement: usize,
    entries: Vec<usize>,
    rule: &'static str,
}

const OTHER: &str = "resource-never-matches";
const ON_BUCKET: &str = "object-action-on-bucket";
const ON_OBJECTS: &str = "bucket-action-on-object";
const NEEDS_STAR: &str = "action-needs-star";

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let of_rule = subject.mismatches().iter().filter(|mismatch| mismatch.rule == rule.id);
    of_rule.filter_map(|mismatch| about(subject, mismatch)).collect()
}

/// Every such entry of a document.
pub(in crate::lint) fn mismatches(subject: &Subject<'_>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for (number, statement) in subject.statements() {
        let (Clause::Is(actions), Some(Clause::Is(resources))) =
            (&statement.action, &statement.resource)
        else {
            continue;
        };
        if resources.is_empty() || resources.contains(&ArnPattern::Any) {
            continue;
        }
        let mut reach = subject.universe.reach(resources);
        let mut by_rule: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
        for entry in 0..actions.len() {
            let known = subject.expansion(number, entry);
            let Some(rule) = judge(subject, known, resources, &mut reach) else { continue };
            // Where something else was meant, the resource is not what is wrong.
            if statement.effect == Effect::Deny || !is_misleading(subject, number, entry) {
                by_rule.entry(rule).or_default().push(entry);
            }
        }
        found.extend(by_rule.into_iter().map(|(rule, entries)| Mismatch {
            statement: number,
            entries,
            rule,
        }));
    }
    found
}

/// Which mistake it is to name these actions with these resources, if any.
fn judge(
    subject: &Subject<'_>,
    known: &[Range<u32>],
    resources: &[ArnPattern],
    reach: &mut Reach<'_, '_>,
) -> Option<&'static str> {
    let catalogue = subject.catalogue();
    let ids = || known.iter().flat_map(Clone::clone).map(ActionId);
    let acts_on = |id, name| catalogue.resource_types(id).any(|one| one.name() == name);
    let acts_on_none = |id| catalogue.resource_types(id).next().is_none();
    let first = ids().next()?;
    if ids().all(acts_on_none) {
        let whole = resources.iter().any(|arn| is_whole_service(arn, catalogue.service(first)));
        return (!whole).then_some(NEEDS_STAR);
    }
    // What acts on no resource may still be granted here, so nothing is sure.
    if ids().any(acts_on_none) || ids().any(|id| reach.includes(id)) {
        return None;
    }
    let is_stream = catalogue.service(first) == "logs" && resources.iter().any(is_stream_of_group);
    if is_stream || ids().any(|id| reach.may_include(id)) {
        return None;
    }
    let s3 = catalogue.service(first) == "s3";
    let named = || resources.iter().filter_map(S3Resource::of);
    if s3 && ids().all(|id| acts_on(id, "object")) && named().any(|one| one.keys.is_none()) {
        return Some(ON_BUCKET);
    }
    if s3 && ids().all(|id| acts_on(id, "bucket")) && named().any(|one| one.keys.is_some()) {
        return Some(ON_OBJECTS);
    }
    Some(OTHER)
}

/// Whether an ARN is of streams of a log group. Actions on the group are asked for with an empty stream,
/// and AWS's own `AmazonRDSEnhancedMonitoringRole` grants them so.
///
/// AWS: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>
fn is_stream_of_group(arn: &ArnPattern) -> bool {
    arn.text().contains(":log-stream:")
}

/// Whether an ARN stands for everything of a service: AWS's own policies have
/// `s3:ListAllMyBuckets` on `arn:aws:s3:::*`.
fn is_whole_service(arn: &ArnPattern, service: &str) -> bool {
    let ArnPattern::Arn(parts) = arn else { return true };
    parts.head[2].matches(service) && parts.resource.is_any()
}

fn about(subject: &Subject<'_>, mismatch: &Mismatch) -> Option<Seen> {
    let Mismatch { statement: number, ref entries, rule } = *mismatch;
    let statement = subject.policy.document.statements.get(number)?;
    let actions: Vec<&str> = entries
        .iter()
        .filter_map(|entry| statement.action.entries().get(*entry))
        .map(ActionPattern::text)
        .collect();
    let resources = statement.resource.as_ref()?.entries();
    let on: Vec<&str> = resources.iter().map(ArnPattern::text).collect();
    let (actions_shown, on_shown) = (quoted(&actions), quoted(&on));
    let (effect, action) = (statement.effect, json_values(&actions));
    let does = match effect {
        Effect::Allow => "grants",
        Effect::Deny => "forbids",
    };
    let acts = plural(actions.len(), "acts", "act");
    let by = plural(actions.len(), "it", "them");
    let (message, help) = match rule {
        ON_BUCKET => {
            let objects: Vec<String> = resources
                .iter()
                .filter(|arn| S3Resource::of(arn).is_some_and(|one| one.keys.is_none()))
                .map(|arn| format!("{arn}/*"))
                .collect();
            let is = plural(on.len(), "is a bucket", "are buckets");
            (
                format!(
                    "{actions_shown} {acts} on objects, and {on_shown} {is}: the statement {does} nothing by {by}"
                ),
                format!(
                    "add the objects, all or those under a prefix: `\"Resource\": {}`",
                    json_values(&objects)
                ),
            )
        }
        ON_OBJECTS => {
            let is = plural(on.len(), "is about objects", "are about objects");
            let meant = of_the_bucket(subject, number, entries, resources);
            (
                format!(
                    "{actions_shown} {acts} on the bucket, and {on_shown} {is}: the statement {does} nothing by {by}"
                ),
                format!(
                    "put {by} in a statement about the bucket: `{{\"Effect\": \"{effect}\", \"Action\": {action}, {meant}}}`"
                ),
            )
        }
        NEEDS_STAR => {
            let date = subject.catalogue().date();
            (
                format!(
                    "{actions_shown} {acts} on no resource in the catalogue of {date}: only `*` surely {does} {by}, not {on_shown}"
                ),
                format!(
                    "put {by} in a statement of {}: `{{\"Effect\": \"{effect}\", \"Action\": {action}, \"Resource\": \"*\"}}`",
                    plural(actions.len(), "its own", "their own"),
                ),
            )
        }
        _ => (
            format!(
                "{actions_shown} never {acts} on {on_shown}: the statement {does} nothing by {by}"
            ),
            on_what(subject, number, entries),
        ),
    };
    let at = Element::Action(number, *entries.first()?);
    Some(
        Seen::new(at, message)
            .help(help)
            .also(Element::Resources(number), "no resource that this acts on is among these"),
    )
}

/// The resource, and where keys are listed the condition, that was meant for actions on a bucket,
/// where its objects are named.
fn of_the_bucket(
    subject: &Subject<'_>,
    number: usize,
    entries: &[usize],
    resources: &[ArnPattern],
) -> String {
    let named: Vec<(&ArnPattern, S3Resource<'_>)> =
        resources.iter().filter_map(|arn| Some((arn, S3Resource::of(arn)?))).collect();
    let mut buckets: Vec<String> = named
        .iter()
        .filter_map(|(arn, one)| {
            let end = arn.text().len().checked_sub(one.keys?.len() + 1)?;
            arn.text().get(..end).map(str::to_owned)
        })
        .collect();
    buckets.sort_unstable();
    buckets.dedup();
    let mut prefixes: Vec<&str> = named.iter().filter_map(|(_, one)| one.keys).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    let resource = format!("\"Resource\": {}", json_values(&buckets));
    let catalogue = subject.catalogue();
    let mut names = ids(subject, number, entries).map(|id| catalogue.name(id));
    let lists = names.all(|name| matches!(name, "s3:ListBucket" | "s3:ListBucketVersions"));
    if !lists || prefixes.iter().any(|keys| matches!(*keys, "*" | "")) {
        return resource;
    }
    let prefixes = json_values(&prefixes);
    format!("{resource}, \"Condition\": {{\"StringLike\": {{\"s3:prefix\": {prefixes}}}}}")
}

/// What the actions act on instead.
fn on_what(subject: &Subject<'_>, number: usize, entries: &[usize]) -> String {
    let catalogue = subject.catalogue();
    let mut shapes: Vec<String> = Vec::new();
    for id in ids(subject, number, entries) {
        let formats = catalogue.resource_types(id);
        let formats = formats.flat_map(|one| one.arn_formats().collect::<Vec<_>>());
        // The plainest kind of resource: a bucket, not an access point.
        shapes.extend(formats.min_by_key(|format| format.len()).map(arn_shape));
    }
    shapes.sort();
    shapes.dedup();
    let (by, own) = if entries.len() == 1 { ("it", "its own") } else { ("them", "their own") };
    format!("put {by} in a statement of {own}, with a resource such as {}", quoted(&shapes))
}

/// The actions that entries of a statement name.
fn ids<'s, 'a>(
    subject: &'s Subject<'a>,
    number: usize,
    entries: &'s [usize],
) -> impl Iterator<Item = ActionId> + use<'s, 'a> {
    let ranges = entries.iter().flat_map(move |entry| subject.expansion(number, *entry));
    ranges.flat_map(Clone::clone).map(ActionId)
}
