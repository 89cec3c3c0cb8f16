//! The keys of a deployment's tenants, and the lists that show them.

use super::relation::head;
use crate::consumer::Tenants;
use crate::pattern::{ArnPattern, Part, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// Tenants by their places.
pub(super) type Members = BTreeSet<usize>;

/// What the tenants of one deployment own.
pub(super) struct Space<'t> {
    /// Their keys, as ARNs of objects; keys of several tenants stand once.
    pub keys: BTreeMap<&'t ArnPattern, Members>,
    /// The buckets, by ARN, with everybody who has keys there.
    pub buckets: BTreeMap<&'t str, Members>,
    /// The prefixes above somebody's keys: a list with one of them shows these keys. None is longer
    /// than what all of the keys begin with.
    pub above: BTreeMap<(&'t str, &'t str), Members>,
    /// The prefixes below which there are nothing but somebody's keys, of all lengths.
    pub below: Vec<(&'t str, Pattern, Members)>,
    /// What the keys of each tenant begin with, for the folders that a list with a delimiter shows.
    heads: Vec<Vec<(&'t str, &'t str)>>,
    /// The tenant that stands for all that are not listed.
    open: Option<usize>,
}

impl<'t> Space<'t> {
    pub(super) fn of(tenants: &'t Tenants<'_>) -> Self {
        let mut space = Self {
            keys: BTreeMap::new(),
            buckets: BTreeMap::new(),
            above: BTreeMap::new(),
            below: Vec::new(),
            heads: vec![Vec::new(); tenants.tenants.len()],
            open: tenants.tenants.iter().position(|tenant| tenant.profile.is_none()),
        };
        for (place, tenant) in tenants.tenants.iter().enumerate() {
            for keys in &tenant.keys {
                space.keys.entry(keys).or_default().insert(place);
            }
        }
        for (keys, members) in space.keys.clone() {
            space.lists(keys, &members);
        }
        space
    }

    /// Whether a tenant stands for all that are not listed.
    pub(super) fn is_open(&self, member: usize) -> bool {
        self.open == Some(member)
    }

    /// Which lists show keys: one with the prefix P shows those that begin with P.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    fn lists(&mut self, keys: &'t ArnPattern, members: &Members) {
        let ArnPattern::Arn(parts) = keys else { return };
        let Some((bucket, _)) = keys.text().split_once('/') else { return };
        let Some((_, start)) = head(&parts.resource).split_once('/') else { return };
        self.buckets.entry(bucket).or_default().extend(members);
        for member in members {
            if let Some(heads) = self.heads.get_mut(*member) {
                heads.push((bucket, start));
            }
        }
        let ends = start.char_indices().map(|(at, _)| at);
        let is_one_key = parts.resource.as_literal().is_some();
        for end in ends.chain(is_one_key.then_some(start.len())) {
            let prefix = start.get(..end).unwrap_or_default();
            self.above.entry((bucket, prefix)).or_default().extend(members);
        }
        if !is_one_key {
            let below = Pattern::parse(
                &format!("{}*", crate::pattern::escape(start)),
                crate::pattern::Syntax::GlobWithVariables,
            );
            match self.below.iter_mut().find(|(b, p, _)| *b == bucket && *p == below) {
                Some((.., known)) => known.extend(members),
                None => self.below.push((bucket, below, members.clone())),
            }
        }
    }

    /// Those of `members` whose folder a list shows that sends `prefix` and the delimiter `/`, and
    /// whose folder is not `own` too: of the keys it shows no more than up to the next slash.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
    pub(super) fn named(
        &self,
        bucket: &str,
        prefix: &str,
        members: &Members,
        own: &Members,
    ) -> Members {
        let heads = |of: usize| {
            let heads = self.heads.get(of).into_iter().flatten();
            heads.filter(move |(b, _)| *b == bucket).map(|(_, start)| *start)
        };
        let shown = |start: &'t str| {
            let rest = start.strip_prefix(prefix)?;
            Some(
                rest.find('/').map_or(start, |at| start.get(..=prefix.len() + at).unwrap_or(start)),
            )
        };
        let is_own = |folder: &str| {
            own.iter().flat_map(|one| heads(*one)).any(|start| start.starts_with(folder))
        };
        let names = |member: &&usize| heads(**member).filter_map(shown).any(|f| !is_own(f));
        members.iter().filter(names).copied().collect()
    }
}

/// The patterns of keys of an object's ARN, as a list's prefix: what stands after the bucket.
pub(super) fn prefix_of(keys: &ArnPattern) -> Option<Pattern> {
    let ArnPattern::Arn(parts) = keys else { return None };
    let mut text = String::new();
    for part in parts.resource.parts() {
        match part {
            Part::Literal(literal) => text.push_str(&crate::pattern::escape(literal)),
            Part::One => text.push('?'),
            Part::Run => text.push('*'),
            Part::Variable(variable) => text.push_str(&format!("${{{}}}", variable.key)),
        }
    }
    let (_, keys) = text.split_once('/')?;
    Some(Pattern::parse(keys, crate::pattern::Syntax::GlobWithVariables))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::{Consumers, Estate};
    use crate::source::Source;

    const ESTATE: &str = "version: 1\ndeployments:\n  - consumer: kubeflow-pipelines\n    \
                          bucket: acme-kfp\n    profiles: [team, team-b]\n";

    #[test]
    fn prefixes_above_and_below() {
        let estate =
            Estate::read(&Source::new("leastwise.yaml", ESTATE), Consumers::embedded()).unwrap();
        let tenants = estate.tenants();
        let space = Space::of(&tenants[0]);
        let bucket = "arn:aws:s3:::acme-kfp";
        let above = |prefix| space.above.get(&(bucket, prefix)).map(Members::len);
        assert_eq!(above(""), Some(2));
        assert_eq!(above("artifacts/team"), Some(2));
        assert_eq!(above("artifacts/team-b"), Some(1));
        assert_eq!(above("artifacts/team/"), None, "this is below, and the first's own");
        let below: Vec<&str> = space.below.iter().map(|(_, pattern, _)| pattern.text()).collect();
        let expected = [
            "artifacts/team-b/*",
            "artifacts/team/*",
            "v2/artifacts/team-b/*",
            "v2/artifacts/team/*",
        ];
        assert_eq!(below, expected);
        let (first, second) = (Members::from([0]), Members::from([1]));
        for (prefix, expected) in [
            ("", &[][..]),
            ("arti", &[]),
            ("artifacts/", &[1]),
            ("artifacts/team", &[1]),
            ("v2/", &[]),
        ] {
            let named = space.named(bucket, prefix, &second, &first);
            assert_eq!(named.into_iter().collect::<Vec<_>>(), expected, "{prefix}");
        }
    }
}
