//! Readable values of patterns.

use crate::pattern::{ArnPattern, Part, Pattern};

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

/// An ARN that the pattern matches.
pub(super) fn of_arn(pattern: &ArnPattern) -> String {
    match pattern {
        ArnPattern::Any => "arn:aws:s3:::example".to_owned(),
        ArnPattern::Arn(parts) => {
            let fields: Vec<String> = parts.head.iter().chain([&parts.resource]).map(of).collect();
            fields.join(":")
        }
    }
}
