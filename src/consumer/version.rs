//! Versions of consumers and ranges of them.

use std::cmp::Ordering;
use std::fmt;

/// A consumer's version as somebody deployed it. Parts that are not given mean the newest release
/// that the given ones allow: `3.5` is later than `3.5.9`, and `v3.5.9` is the same as `3.5.9`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    parts: Vec<u32>,
}

impl Version {
    /// Reads `3.6`, `v3.6.19`; `None` for anything but one to four numbers with dots.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
        (parts.len() <= 4).then_some(Self { parts })
    }

    /// Below every version.
    pub(super) fn zero() -> Self {
        Self { parts: vec![0] }
    }

    fn at_least(&self, bound: &[u32]) -> bool {
        self.against(bound) != Ordering::Less
    }

    /// The version's missing parts are the highest, the bound's are zero.
    fn against(&self, bound: &[u32]) -> Ordering {
        for i in 0..self.parts.len().max(bound.len()) {
            let own = self.parts.get(i).copied().unwrap_or(u32::MAX);
            let other = bound.get(i).copied().unwrap_or(0);
            if own != other {
                return own.cmp(&other);
            }
        }
        Ordering::Equal
    }

    /// Whether this version is later than `other`, the newest we know. `3.6` is not later than
    /// `3.6.19`, which it stands for.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        self.parts.iter().zip(&other.parts).find(|(a, b)| a != b).is_some_and(|(a, b)| a > b)
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

/// A range of versions: bounds that all hold, as `>=3.4, <3.5.9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRange {
    bounds: Vec<(Bound, Vec<u32>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    AtLeast,
    Below,
}

impl VersionRange {
    /// Reads bounds with `>=` and `<`, separated by commas; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bounds = text.split(',').map(bound).collect::<Option<Vec<_>>>()?;
        Some(Self { bounds })
    }

    /// Every version.
    pub(super) fn everything() -> Self {
        Self { bounds: Vec::new() }
    }

    /// Whether the range holds `version`.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        self.bounds.iter().all(|(bound, parts)| match bound {
            Bound::AtLeast => version.at_least(parts),
            Bound::Below => !version.at_least(parts),
        })
    }
}

fn bound(text: &str) -> Option<(Bound, Vec<u32>)> {
    let text = text.trim();
    let (kind, rest) = match text.strip_prefix(">=") {
        Some(rest) => (Bound::AtLeast, rest),
        None => (Bound::Below, text.strip_prefix('<')?),
    };
    Some((kind, Version::parse(rest)?.parts))
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (bound, parts)) in self.bounds.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            let sign = if *bound == Bound::AtLeast { ">=" } else { "<" };
            write!(f, "{comma}{sign}{}", Version { parts: parts.clone() })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, version: &str) -> bool {
        VersionRange::parse(range).unwrap().contains(&Version::parse(version).unwrap())
    }

    #[test]
    fn a_version_without_a_patch_level_is_the_newest_of_its_line() {
        assert!(holds(">=3.5.9", "3.5"));
        assert!(!holds(">=3.5.9", "3.5.8"));
        assert!(holds("<3.5.9", "v3.5.8"));
        assert!(holds(">=3.3, <3.4", "3.3.10"));
        assert!(holds(">=3.3, <3.4", "3.3"));
        assert!(!holds(">=3.3, <3.4", "3.4.0"));
        assert!(holds(">=3.3, <5", "4"));
        assert!(!holds(">=3.3, <5", "5.0"));
    }

    #[test]
    fn only_numbers_are_versions() {
        for text in ["", "v", "3.x", "3..1", "1.2.3.4.5", "-3", "99999999999", "3.6-rc1"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(VersionRange::parse(">=3.4,"), None);
        assert_eq!(VersionRange::parse("3.4"), None);
        assert_eq!(VersionRange::parse(">=3.4, <5").unwrap().to_string(), ">=3.4, <5");
    }

    #[test]
    fn newer_than_the_newest_known() {
        let newest = Version::parse("4.1.2").unwrap();
        for (text, newer) in
            [("4.1", false), ("4", false), ("4.1.3", true), ("4.2", true), ("3.9", false)]
        {
            assert_eq!(Version::parse(text).unwrap().is_newer_than(&newest), newer, "{text}");
        }
    }
}
