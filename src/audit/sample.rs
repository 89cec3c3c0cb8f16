//! Readable values of patterns.

use crate::pattern::{Part, Pattern};

/// A value that the pattern matches: `example` where it leaves the text open.
pub(super) fn of(pattern: &Pattern) -> String {
    pattern
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text,
            Part::One => "x",
            Part::Run | Part::Variable(_) => "example",
        })
        .collect()
}

/// A value beside those that the pattern matches: of `team-1/*` it is `team-1-other/example`.
pub(super) fn neighbour(pattern: &Pattern) -> Option<String> {
    let Some(Part::Literal(start)) = pattern.parts().first() else { return None };
    let folder = start.strip_suffix('/').filter(|folder| !folder.is_empty())?;
    Some(format!("{folder}-other/example"))
}

#[cfg(test)]
mod tests {
    use super::{neighbour, of};
    use crate::pattern::Pattern;

    #[test]
    fn samples_match_and_neighbours_do_not() {
        for text in ["team-1/*", "a/*/b", "x?y", "*", "plain"] {
            let pattern = Pattern::glob(text);
            assert!(pattern.matches(&of(&pattern)), "{text}");
            assert!(neighbour(&pattern).is_none_or(|other| !pattern.matches(&other)), "{text}");
        }
        assert_eq!(neighbour(&Pattern::glob("team-1/*")).as_deref(), Some("team-1-other/example"));
    }
}
