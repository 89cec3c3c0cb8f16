//! Problems of models and estates, in the words of [`crate::source`].

use serde_saphyr::Location;

use crate::source::{Problem, Span, closest};

/// The bytes that a place of the YAML reader covers.
pub(super) fn span(location: Location) -> Span {
    let place = location.span();
    let start = usize::try_from(place.byte_offset().unwrap_or(0)).unwrap_or(0);
    let length = usize::try_from(place.byte_len().unwrap_or(0)).unwrap_or(0);
    Span::new(start, start.saturating_add(length))
}

/// What the YAML reader found wrong with `source`.
pub(super) fn yaml(error: &serde_saphyr::Error, source: &str) -> Problem {
    let error = error.without_snippet();
    let text = error.to_string();
    // The reader writes the place into its message; a problem has it already.
    // It also names options of its own that no user can set.
    let message = text.split(" at line ").next().unwrap_or(&text);
    let message = message.split(", set ").next().unwrap_or(message);
    let message = message.trim_start_matches("YAML error:").trim().trim_end_matches(':');
    // Limits and the reader's own functions, in words that help.
    let (message, help) = match message {
        _ if message.starts_with("budget breached") || message.contains("recursion limit") => (
            "there is too much in it, or it is nested too deeply",
            Some("write it plainly; aliases that multiply are not read"),
        ),
        _ if message.starts_with("multiple YAML documents") => {
            ("a second YAML document begins here", Some("keep one document in a file"))
        }
        _ if message.contains("recursive references") => ("an alias refers to itself", None),
        _ if message.contains("expected string scalar") => ("a key is text", None),
        other => (other, None),
    };
    let at = error.location().map_or(0, |location| offset(source, location));
    let problem = Problem::error(Span::new(at, at), message);
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// The byte at a line and column: an error of the scanner carries no offset.
fn offset(source: &str, location: Location) -> usize {
    let count = |number: u64| usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut lines = source.split_inclusive('\n');
    let before: usize = lines.by_ref().take(count(location.line())).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    let column = line.char_indices().nth(count(location.column())).map_or(line.len(), |(at, _)| at);
    before + column
}

/// What to do about an unknown name: the nearest known one, or all of them.
#[must_use]
pub(super) fn known<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    match closest(&written.replace('_', "-"), names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => "there is none".to_owned(),
        None => format!("known are {}", names.join(", ")),
    }
}
