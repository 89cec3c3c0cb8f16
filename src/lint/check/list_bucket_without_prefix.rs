//! `list-bucket-without-prefix`

use super::Seen;
use crate::catalogue::ActionId;
use crate::iam::{Clause, Comparison, Condition, Effect, OperandValue, Quantifier, Statement};
use crate::lint::policy::Subject;
use crate::lint::s3::S3Resource;
use crate::lint::words::json_values;
use crate::lint::{Rule, quoted};
use crate::pattern::{ArnPattern, Pattern};
use crate::syntax::Element;

/// What lists keys. The uploads in progress show keys too; S3 knows no condition on their prefix.
///
/// AWS: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
const LISTINGS: [&str; 2] = ["s3:ListBucket", "s3:ListBucketVersions"];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let listings: Vec<u32> =
        LISTINGS.iter().filter_map(|name| subject.id(name)).map(|id| id.0).collect();
    let lists =
        |(number, _): (usize, &Statement)| listings.iter().any(|id| subject.names(number, *id));
    if !subject.grants().any(lists) {
        return Vec::new();
    }
    let objects = granted_objects(subject);
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let open = openness(statement);
        if matches!(open, Openness::Narrowed) || is_denied_elsewhere(subject, &listings) {
            continue;
        }
        let Clause::Is(actions) = &statement.action else { continue };
        let listed = parts_of_listed(statement, &objects);
        if listed.keys.is_empty() {
            continue;
        }
        for (at, action) in actions.iter().enumerate() {
            // A wildcard over all of the service is what `wildcard-action` is about.
            let lists = subject
                .expansion(number, at)
                .iter()
                .any(|range| listings.iter().any(|id| range.contains(id)));
            if !lists || action.name().is_any() {
                continue;
            }
            let why = match open {
                Openness::Condition(at, why) => Some((at, why)),
                _ => None,
            };
            let however = why.map_or_else(String::new, |(_, why)| format!(": {why}"));
            let message = format!(
                "`{action}` shows every key of {}, of which only {} {} granted{however}",
                quoted(&listed.buckets),
                quoted(&listed.keys),
                if listed.keys.len() == 1 { "is" } else { "are" },
            );
            let help = format!(
                "put a condition on the statement: `\"Condition\": {{\"StringLike\": {{\"s3:prefix\": {}}}}}`",
                json_values(&listed.keys)
            );
            let found = Seen::new(Element::Action(number, at), message).help(help);
            seen.push(match why {
                Some((at, why)) => found.also(Element::Condition(number, at), why),
                None => found,
            });
        }
    }
    seen
}

/// Objects that some statement grants.
struct Granted<'a> {
    resource: S3Resource<'a>,
}

/// The objects that the document grants, all of a bucket's or a part of them. What is granted on
/// `*` is on every key.
fn granted_objects<'a>(subject: &Subject<'a>) -> Vec<Granted<'a>> {
    let catalogue = subject.catalogue();
    let s3 = catalogue.service_range("s3");
    let on_object =
        |id: u32| catalogue.resource_types(ActionId(id)).any(|one| one.name() == "object");
    let on_objects = |number: usize, statement: &Statement| {
        statement.action.is_negated()
            || (0..statement.action.entries().len())
                .flat_map(|at| subject.expansion(number, at))
                .any(|range| (range.start.max(s3.start)..range.end.min(s3.end)).any(on_object))
    };
    let mut granted = Vec::new();
    for (_, statement) in subject.grants().filter(|(number, of)| on_objects(*number, of)) {
        match &statement.resource {
            Some(Clause::Is(entries)) => {
                for entry in entries {
                    let resource = match entry {
                        ArnPattern::Any => Some(EVERYTHING),
                        arn => S3Resource::of(arn),
                    };
                    let is_objects =
                        |one: &S3Resource<'_>| one.keys.is_some() || one.is_every_key();
                    granted
                        .extend(resource.filter(is_objects).map(|resource| Granted { resource }));
                }
            }
            _ => granted.push(Granted { resource: EVERYTHING }),
        }
    }
    granted
}

const EVERYTHING: S3Resource<'static> = S3Resource { bucket: "*", keys: Some("*") };

/// The buckets that a statement lists and of which parts alone are granted, and those parts.
struct Listed<'a> {
    buckets: Vec<&'a str>,
    keys: Vec<&'a str>,
}

fn parts_of_listed<'a>(statement: &'a Statement, granted: &[Granted<'a>]) -> Listed<'a> {
    let mut listed = Listed { buckets: Vec::new(), keys: Vec::new() };
    let Some(Clause::Is(resources)) = &statement.resource else { return listed };
    for arn in resources {
        // Of a bucket's objects nothing is listed.
        let Some(bucket) = S3Resource::of(arn).filter(|one| one.keys.is_none()) else { continue };
        let of_it = || granted.iter().filter(|one| meet(one.resource.bucket, bucket.bucket));
        if of_it().any(|one| one.resource.is_every_key()) {
            continue;
        }
        let keys: Vec<&str> = of_it().filter_map(|one| one.resource.keys).collect();
        if !keys.is_empty() {
            listed.buckets.push(bucket.bucket);
            listed.keys.extend(keys);
        }
    }
    listed.keys.sort_unstable();
    listed.keys.dedup();
    listed
}

/// Whether two patterns of bucket names surely have a name in common.
fn meet(a: &str, b: &str) -> bool {
    a == b || Pattern::glob(a).matches(b) || Pattern::glob(b).matches(a)
}

/// Whether a statement lets a listing show every key.
enum Openness {
    /// It names the prefixes.
    Narrowed,
    /// It says nothing of them.
    Wide,
    /// It says something that does not hold back, and why not.
    Condition(usize, &'static str),
}

fn openness(statement: &Statement) -> Openness {
    let of_prefix = || {
        let all = statement.conditions.iter().enumerate();
        all.filter(|(_, condition)| condition.key.folded() == "s3:prefix")
    };
    let delimited = statement.conditions.iter().any(|condition| {
        condition.key.folded() == "s3:delimiter" && why_not(condition, true).is_none()
    });
    if of_prefix().any(|(_, condition)| why_not(condition, delimited).is_none()) {
        return Openness::Narrowed;
    }
    let first = of_prefix().find_map(|(at, one)| Some((at, why_not(one, delimited)?)));
    first.map_or(Openness::Wide, |(at, why)| Openness::Condition(at, why))
}

/// Why a condition on the prefix lets a listing of everything through; `None` where it does not.
fn why_not(condition: &Condition, delimited: bool) -> Option<&'static str> {
    let operator = condition.operator;
    if operator.comparison == Comparison::Null {
        let absent = |one: &crate::iam::Operand| one.value == OperandValue::Bool(true);
        return condition
            .operands
            .iter()
            .any(absent)
            .then_some("a listing without a prefix is one of everything")
            .or(Some("`Null` says nothing of which prefix"));
    }
    if operator.comparison.is_negated() {
        return Some("a negated operator also holds without a prefix");
    }
    if operator.if_exists {
        return Some("`IfExists` also holds without a prefix");
    }
    if operator.quantifier == Quantifier::ForAllValues {
        return Some("`ForAllValues` also holds without a prefix");
    }
    let value = |one: &crate::iam::Operand| match &one.value {
        OperandValue::Text(pattern) if pattern.is_any() => Some("`*` is every prefix"),
        // AWS: a listing with a delimiter shows one level of keys:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
        OperandValue::Text(pattern) if pattern.as_literal() == Some("") && !delimited => {
            Some("the empty prefix lists everything where no delimiter is asked for")
        }
        _ => None,
    };
    condition.operands.iter().find_map(value)
}

/// Whether a Deny holds listings to some prefixes. It may be about another bucket: that is missed.
fn is_denied_elsewhere(subject: &Subject<'_>, listings: &[u32]) -> bool {
    subject.statements().any(|(number, statement)| {
        statement.effect == Effect::Deny
            && statement.conditions.iter().any(|condition| condition.key.folded() == "s3:prefix")
            && listings.iter().any(|id| subject.names(number, *id))
    })
}
