//! Severities as arguments.

use crate::audit::FailOn;
use crate::source::Severity;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Reads `--fail-on`.
pub(super) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    one_of(&[
        ("error", FailOn::Error),
        ("warning", FailOn::Warning),
        ("note", FailOn::Note),
        ("never", FailOn::Never),
    ])
}

/// Reads `--min-severity`.
pub(super) fn severity() -> impl TypedValueParser<Value = Severity> {
    one_of(&[("error", Severity::Error), ("warning", Severity::Warning), ("note", Severity::Note)])
}

fn one_of<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let parser = PossibleValuesParser::new(words.iter().map(|(word, _)| *word));
    parser.try_map(|word| {
        let found = words.iter().find(|(own, _)| *own == word);
        found.map(|(_, value)| *value).ok_or("no such word")
    })
}
