//! `catalogue expand`: the actions that a pattern names, or has come to name.

use super::calls;
use crate::catalogue::{ActionId, Catalogue, Dialect, Suggestion};
use crate::cli::{ExitStatus, Failure, Outcome};
use crate::iam::ActionPattern;
use crate::lint::suppress::is_day;
use crate::source::closest;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  leastwise catalogue expand 's3:Put*'
  leastwise catalogue expand 's3:*' --since 2025-12-31";

/// The arguments of `catalogue expand`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// `s3:Get*`, `*`
    pattern: String,
    /// Only what it did not name on this day, by the last snapshot before
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<String>,
}

/// Prints them, one a line.
pub(super) fn run(arguments: &Arguments, catalogue: &Catalogue, stdout: &mut dyn Write) -> Outcome {
    let text = &arguments.pattern;
    if let Some((call, actions)) = calls::actions_of(text)
        && catalogue.find(text).is_none()
    {
        // The note says what the actions are needed on; stdout is for names only.
        let needs = call.needs_in_words(Dialect::Aws);
        let _ = writeln!(anstream::stderr(), "note: `{}` is an API call; {needs}", call.api);
        let mut actions = actions.into_iter();
        actions.try_for_each(|action| writeln!(stdout, "{action}")).map_err(Failure::output)?;
        return Ok(ExitStatus::Clean);
    }
    let pattern = ActionPattern::parse(text)
        .map_err(|error| Failure::input(format!("`{text}` is no action pattern: {error}"), None))?;
    let ids = match &arguments.since {
        None => catalogue.expand(&pattern).into_iter().flatten().map(ActionId).collect(),
        Some(date) => gained(catalogue, &pattern, date)?,
    };
    for id in &ids {
        writeln!(stdout, "{}", catalogue.name(*id)).map_err(Failure::output)?;
    }
    if arguments.since.is_none() && ids.is_empty() {
        return Err(unknown(catalogue, text));
    }
    Ok(ExitStatus::Clean)
}

fn gained(
    catalogue: &Catalogue,
    pattern: &ActionPattern,
    date: &str,
) -> Result<Vec<ActionId>, Failure> {
    let snapshot = snapshot_at(catalogue, date)?;
    if snapshot != date {
        // What came between the two is not told from what came after.
        let note = format!("note: compared with what was known on {snapshot}");
        let _ = writeln!(anstream::stderr(), "{note}");
    }
    Ok(catalogue.gained(pattern, date).unwrap_or_default())
}

/// The last snapshot that is not younger than the date.
///
/// # Errors
/// It is no date, or before all snapshots.
pub(super) fn snapshot_at<'a>(catalogue: &'a Catalogue, date: &str) -> Result<&'a str, Failure> {
    if !is_date(date) {
        return Err(Failure::input(format!("`{date}` is no date `YYYY-MM-DD`"), None));
    }
    catalogue.snapshot_at(date).ok_or_else(|| {
        let first = catalogue.snapshots().next().unwrap_or_default();
        let help = format!("what was known is recorded from {first} on");
        Failure::input(format!("nothing is known of {date}"), help)
    })
}

/// Whether the text is written as a date.
pub(super) fn is_date(text: &str) -> bool {
    is_day(text)
}

/// What may have been meant: an action or a call, and where no such thing is like it a service.
fn meant(catalogue: &Catalogue, text: &str) -> String {
    let suggestion = catalogue.suggest(text);
    let near = match suggestion {
        Suggestion::Nothing if !text.contains([':', '.', ' ']) => {
            closest(text, catalogue.services())
        }
        _ => None,
    };
    match near {
        Some(service) => format!("did you mean the service `{service}`?"),
        None => suggestion.to_string(),
    }
}

/// The failure for what names no action: with what may have been meant, or since when it is gone.
pub(super) fn unknown(catalogue: &Catalogue, text: &str) -> Failure {
    let date = catalogue.date();
    let message = format!("`{text}` names no action that the catalogue of {date} knows");
    let help = match catalogue.retired(text) {
        Some(old) => format!("AWS no longer lists it; it was last seen on {}", old.last_seen),
        None => meant(catalogue, text),
    };
    Failure::message(ExitStatus::Findings, message, help)
}
