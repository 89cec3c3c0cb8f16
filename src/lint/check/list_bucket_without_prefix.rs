//! `list-bucket-without-prefix`

use super::Seen;
use crate::iam::{Clause, Condition, Statement};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;

/// What lists keys. The uploads in progress show keys too; S3 knows no condition on their prefix.
const LISTINGS: [&str; 2] = ["s3:ListBucket", "s3:ListBucketVersions"];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let listings: Vec<u32> =
        LISTINGS.iter().filter_map(|name| subject.catalogue().find(name)).map(|id| id.0).collect();
    let reaches_keys: Vec<&str> =
        subject.grants().flat_map(|(_, statement)| parts(statement)).collect();
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        if statement.conditions.iter().any(names_the_prefix) || reaches_keys.is_empty() {
            continue;
        }
        for (at, action) in statement.action.entries().iter().enumerate() {
            let lists = |range: &std::ops::Range<u32>| listings.iter().any(|id| range.contains(id));
            // A wildcard over all of the service is what `wildcard-action` is about.
            if action.as_literal().is_some() && subject.expansion(number, at).iter().any(lists) {
                let message = format!(
                    "`{action}` shows every key of the bucket; objects are granted under {} only",
                    quoted(&reaches_keys)
                );
                seen.push(Seen::new(Element::Action(number, at), message));
            }
        }
    }
    seen
}

fn names_the_prefix(condition: &Condition) -> bool {
    condition.key.folded() == "s3:prefix"
}

/// Patterns of a part of a bucket's keys.
fn parts(statement: &Statement) -> impl Iterator<Item = &str> {
    let entries = statement.resource.iter().flat_map(Clause::entries);
    entries.map(ArnPattern::text).filter(|text| {
        text.split_once(":s3:::")
            .and_then(|(_, rest)| rest.split_once('/'))
            .is_some_and(|(_, keys)| !matches!(keys, "" | "*"))
    })
}
