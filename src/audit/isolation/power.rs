//! Actions on a whole bucket that give power over the keys of everybody in it.

use serde::Deserialize;
use std::sync::OnceLock;

const TEXT: &str = built!("rules/bucket-powers.json");

/// What some actions give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Power {
    /// The actions.
    pub actions: Vec<String>,
    /// What they give, as the end of a sentence about who has them.
    pub gives: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Powers {
    powers: Vec<Power>,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "only the test that all are classed reads it")
    )]
    harmless: Vec<String>,
    #[expect(dead_code, reason = "for people who read the file")]
    references: Vec<String>,
}

/// All of them. A test reads the embedded text.
pub(super) fn powers() -> &'static [Power] {
    &read().powers
}

/// What an action on a bucket gives, if anything.
pub(super) fn gives(action: &str) -> Option<&'static str> {
    let has = |power: &&Power| power.actions.iter().any(|own| own == action);
    powers().iter().find(has).map(|power| power.gives.as_str())
}

fn read() -> &'static Powers {
    static POWERS: OnceLock<Powers> = OnceLock::new();
    POWERS.get_or_init(|| serde_json::from_str(TEXT).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{AccessLevel, Catalogue};
    use std::collections::BTreeSet;

    /// AWS adds actions: each that changes a bucket is in one of the two lists.
    #[test]
    fn every_action_that_changes_a_bucket_is_classed() {
        let catalogue = Catalogue::embedded();
        let on_buckets = catalogue.service_range("s3").map(crate::catalogue::ActionId);
        let changing: BTreeSet<&str> = on_buckets
            .filter(|id| catalogue.access_level(*id) >= AccessLevel::Write)
            .filter(|id| catalogue.resource_types(*id).any(|t| t.name() == "bucket"))
            .map(|id| catalogue.name(id))
            .collect();
        let read: Powers = serde_json::from_str(TEXT).unwrap();
        let named = read.powers.iter().flat_map(|p| &p.actions).chain(&read.harmless);
        let named: Vec<&str> = named.map(String::as_str).collect();
        let classed: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(classed.len(), named.len(), "one stands twice");
        assert_eq!(classed, changing);
        assert!(gives("s3:PutBucketPolicy").is_some() && gives("s3:PutBucketCORS").is_none());
    }
}
