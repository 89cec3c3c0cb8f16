//! The keys of a deployment's tenants, and the lists that show them.

use super::relation::head;
use crate::consumer::Tenants;
use crate::exact::Bits;
use crate::pattern::{ArnPattern, Part, Pattern};
use std::collections::BTreeMap;

/// Tenants by their places.
pub(super) type Members = Bits;

/// What the tenants of one deployment own.
pub(super) struct Space<'t> {
    /// Their keys, as ARNs of objects; keys of several tenants stand once.
    pub keys: BTreeMap<&'t ArnPattern, Members>,
    /// The buckets, by ARN, with what a list of everything shows.
    pub buckets: BTreeMap<&'t str, Shown<'t>>,
    /// The prefixes above somebody's keys, by bucket, with the place of what a list with them
    /// shows. None is longer than what all of the keys begin with.
    pub above: BTreeMap<(&'t str, &'t str), usize>,
    /// What such lists show; many prefixes show the same.
    pub shown: Vec<Shown<'t>>,
    /// The prefixes below which there are nothing but somebody's keys, of all lengths.
    pub below: Vec<(&'t str, Pattern, Members)>,
    /// What the keys of each tenant begin with, by bucket.
    heads: Vec<Vec<(&'t str, &'t str)>>,
    /// The tenant that stands for all that are not listed.
    open: Option<usize>,
}

/// What a list with a prefix shows.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shown<'t> {
    pub bucket: &'t str,
    /// Whose keys.
    pub members: Members,
    /// The folders that it names if it sends the delimiter `/`, and whose keys lie there: of a key it
    /// shows no more than up to the next slash.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
    folders: BTreeMap<&'t str, Members>,
}

impl<'t> Shown<'t> {
    /// Takes in keys that begin with `start`, for a prefix of this length.
    fn take_in(&mut self, start: &'t str, prefix: usize, members: &Members) {
        let slash = start.get(prefix..).and_then(|rest| rest.find('/'));
        let folder = slash.and_then(|at| start.get(..=prefix + at)).unwrap_or(start);
        self.members.union_with(members);
        self.folders.entry(folder).or_default().union_with(members);
    }
}

impl<'t> Space<'t> {
    pub(super) fn of(tenants: &'t Tenants<'_>) -> Self {
        let mut space = Self {
            keys: BTreeMap::new(),
            buckets: BTreeMap::new(),
            above: BTreeMap::new(),
            shown: Vec::new(),
            below: Vec::new(),
            heads: vec![Vec::new(); tenants.tenants.len()],
            open: tenants.tenants.iter().position(|tenant| tenant.profile.is_none()),
        };
        for (place, tenant) in tenants.tenants.iter().enumerate() {
            for keys in &tenant.keys {
                space.keys.entry(keys).or_default().insert(place);
            }
        }
        let mut above = BTreeMap::new();
        let mut below = BTreeMap::new();
        for (keys, members) in space.keys.clone() {
            space.lists(keys, &members, &mut above, &mut below);
        }
        let mut places: BTreeMap<Shown<'t>, usize> = BTreeMap::new();
        for (at, shown) in above {
            let next = places.len();
            space.above.insert(at, *places.entry(shown).or_insert(next));
        }
        let mut shown: Vec<(Shown<'t>, usize)> = places.into_iter().collect();
        shown.sort_by_key(|(_, place)| *place);
        space.shown = shown.into_iter().map(|(shown, _)| shown).collect();
        space
    }

    /// Whether a tenant stands for all that are not listed.
    pub(super) fn is_open(&self, member: usize) -> bool {
        self.open == Some(member)
    }

    /// Which lists show keys: one with the prefix P shows those that begin with P.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    fn lists(
        &mut self,
        keys: &'t ArnPattern,
        members: &Members,
        above: &mut BTreeMap<(&'t str, &'t str), Shown<'t>>,
        below: &mut BTreeMap<(&'t str, &'t str), usize>,
    ) {
        let ArnPattern::Arn(parts) = keys else { return };
        let Some((bucket, _)) = keys.text().split_once('/') else { return };
        let Some((_, start)) = head(&parts.resource).split_once('/') else { return };
        let nothing = || Shown { bucket, members: Members::EMPTY, folders: BTreeMap::new() };
        self.buckets.entry(bucket).or_insert_with(nothing).take_in(start, 0, members);
        for member in members.iter() {
            if let Some(heads) = self.heads.get_mut(member) {
                heads.push((bucket, start));
            }
        }
        let ends = start.char_indices().map(|(at, _)| at);
        let is_one_key = parts.resource.as_literal().is_some();
        for end in ends.chain(is_one_key.then_some(start.len())) {
            let prefix = start.get(..end).unwrap_or_default();
            above.entry((bucket, prefix)).or_insert_with(nothing).take_in(start, end, members);
        }
        if !is_one_key {
            let at = *below.entry((bucket, start)).or_insert(self.below.len());
            if let Some((.., known)) = self.below.get_mut(at) {
                known.union_with(members);
                return;
            }
            let pattern = Pattern::parse(
                &format!("{}*", crate::pattern::escape(start)),
                crate::pattern::Syntax::GlobWithVariables,
            );
            self.below.push((bucket, pattern, members.clone()));
        }
    }

    /// Whose folders a list shows that sends the delimiter `/`, and whose are not folders of `own` too.
    pub(super) fn named(&self, shown: &Shown<'_>, own: &Members) -> Members {
        let heads = own.iter().filter_map(|one| self.heads.get(one)).flatten();
        let heads: Vec<&str> =
            heads.filter(|(bucket, _)| *bucket == shown.bucket).map(|(_, start)| *start).collect();
        let mut named = Members::EMPTY;
        for (folder, members) in &shown.folders {
            if !heads.iter().any(|head| head.starts_with(folder)) {
                named.union_with(members);
            }
        }
        named.without(own)
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
            Part::Variable(variable) => text.push_str(&variable.to_string()),
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
        let shown = |prefix| space.above.get(&(bucket, prefix)).map(|at| &space.shown[*at]);
        let above = |prefix| shown(prefix).map(|shown| shown.members.len());
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
        let first = Members::of(0);
        for (prefix, expected) in [
            ("", &[][..]),
            ("arti", &[]),
            ("artifacts/", &[1]),
            ("artifacts/team", &[1]),
            ("v2/", &[]),
        ] {
            let named = space.named(shown(prefix).unwrap(), &first);
            assert_eq!(named.iter().collect::<Vec<_>>(), expected, "{prefix}");
        }
    }
}
