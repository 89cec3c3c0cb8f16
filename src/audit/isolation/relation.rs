//! How the patterns that a role's statements look at meet a pattern of a tenant's keys.

use crate::pattern::{ArnPattern, Part, Pattern};

/// What an entry of a statement does with the texts of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It matches none of them.
    Apart,
    /// It matches all of them.
    Covers,
    /// It may match some and not others.
    Mixed,
}

impl Relation {
    const fn of_bool(covers: bool) -> Self {
        if covers { Self::Covers } else { Self::Apart }
    }
}

/// Of a `Resource` entry and the ARNs of objects; a target has no wildcard before its fifth colon.
pub(super) fn of_arns(entry: &ArnPattern, target: &ArnPattern) -> Relation {
    let (ArnPattern::Arn(entry), ArnPattern::Arn(target)) = (entry, target) else {
        return if *entry == ArnPattern::Any { Relation::Covers } else { Relation::Mixed };
    };
    for (own, theirs) in entry.head.iter().zip(&target.head) {
        match theirs.as_literal() {
            Some(_) if own.has_variables() => return Relation::Mixed,
            Some(text) if own.matches(text) => {}
            Some(_) => return Relation::Apart,
            None => return Relation::Mixed,
        }
    }
    of_patterns(&entry.resource, &target.resource)
}

/// Of two patterns. Where it is not plain to see, they are taken to be mixed.
pub(super) fn of_patterns(entry: &Pattern, target: &Pattern) -> Relation {
    if entry.has_variables() || target.has_variables() {
        return Relation::Mixed;
    }
    if let Some(text) = target.as_literal() {
        return Relation::of_bool(entry.matches(text));
    }
    let (own, theirs) = (head(entry), head(target));
    let agree = own.starts_with(theirs) || theirs.starts_with(own);
    match entry.parts() {
        _ if !agree => Relation::Apart,
        [Part::Run] => Relation::Covers,
        [Part::Literal(_), Part::Run] if theirs.starts_with(own) => Relation::Covers,
        _ if entry.parts() == target.parts() => Relation::Covers,
        _ => Relation::Mixed,
    }
}

/// The text that everything a pattern matches begins with.
pub(super) fn head(pattern: &Pattern) -> &str {
    match pattern.parts().first() {
        Some(Part::Literal(text)) => text,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_to_see() {
        use Relation::{Apart, Covers, Mixed};
        for (entry, target, expected) in [
            ("b/team-1/*", "b/team-1/*", Covers),
            ("b/team-1*", "b/team-1-prod/*", Covers),
            ("b/team-1/*", "b/team-1-prod/*", Apart),
            ("*", "b/x/*", Covers),
            ("b/x/secret/*", "b/x/*", Mixed),
            ("b/*/x/*", "b/y/*", Mixed),
            ("b/x/y", "b/x/*", Mixed),
            ("b/x", "b/x", Covers),
            ("b/?", "b/x", Covers),
            ("b/?", "b/xy", Apart),
            ("b/y/*", "b/*/z/*", Mixed),
            ("*/x", "b/x/*", Mixed),
        ] {
            let (one, other) = (Pattern::glob(entry), Pattern::glob(target));
            assert_eq!(of_patterns(&one, &other), expected, "{entry} {target}");
            let arn = |text| ArnPattern::parse(&format!("arn:aws:s3:::{text}"), true).unwrap();
            assert_eq!(of_arns(&arn(entry), &arn(target)), expected, "{entry} {target}");
        }
        let target = ArnPattern::parse("arn:aws:s3:::b/x/*", true).unwrap();
        for (entry, expected) in [
            ("*", Covers),
            ("arn:aws:s3:*:*:*", Covers),
            ("arn:*:s3:::b/*", Covers),
            ("arn:aws:sqs:*:*:*", Apart),
            ("arn:aws:s3:::b/${aws:username}/*", Mixed),
        ] {
            let entry = ArnPattern::parse(entry, true).unwrap();
            assert_eq!(of_arns(&entry, &target), expected, "{}", entry.text());
        }
    }
}
