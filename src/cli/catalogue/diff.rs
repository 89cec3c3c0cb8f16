//! `catalogue diff`: what one catalogue has that another had not.

use super::expand::{is_date, snapshot_at};
use crate::catalogue::{Catalogue, Change, Changes, Edition, Origin};
use crate::cli::chosen::{self, ChosenCatalogue};
use crate::cli::{ExitStatus, Failure, Outcome, files};
use crate::iam::{Action, ActionPattern, PolicyDocument, PolicyKind, Statement};
use crate::source::Problem;
use crate::syntax::parse_policy;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// As many names are shown of what a wildcard grew by.
const SHOWN: usize = 20;

const EXAMPLES: &str = "\
Examples:
  leastwise catalogue diff 2025-12-31                          since that day
  leastwise catalogue diff embedded cache                      what `catalogue update` brought
  leastwise catalogue diff 2025-12-31 --policy policies/*.json   wildcards that grew";

/// The arguments of `catalogue diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// `embedded`, `cache`, a file, or a day of which the names of all actions are known
    #[arg(default_value = "embedded")]
    old: String,
    /// The same; the catalogue in use where it is not given
    new: Option<String>,
    /// Show instead which wildcards of this policy name more than before; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    policy: Vec<PathBuf>,
}

/// Compares and prints.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    let current = chosen.get()?;
    let (old, new) = (arguments.old.as_str(), arguments.new.as_deref());
    let old_file = load(old)?;
    let new_file = new.map(load).transpose()?.flatten();
    let old = edition(old, old_file.as_ref(), current)?;
    let new = match new {
        Some(text) => edition(text, new_file.as_ref(), current)?,
        None => Edition::whole(current),
    };
    if arguments.policy.is_empty() {
        write(&Changes::between(old, new), old, new, stdout).map_err(Failure::output)?;
    } else {
        growth(&arguments.policy, old, new, stdout)?;
    }
    Ok(ExitStatus::Clean)
}

/// The catalogue that the text names, unless it is the built-in one or a day.
fn load(text: &str) -> Result<Option<Catalogue>, Failure> {
    match text {
        "embedded" => Ok(None),
        "cache" => match chosen::cached() {
            Some(Ok(found)) => Ok(Some(found)),
            Some(Err(error)) => Err(Failure::input(format!("the cached catalogue: {error}"), None)),
            None => {
                let help = "`leastwise catalogue update` makes one".to_owned();
                Err(Failure::input("there is no cached catalogue", help))
            }
        },
        _ if is_date(text) && !Path::new(text).exists() => Ok(None),
        file => chosen::read(Path::new(file)).map(Some),
    }
}

fn edition<'a>(
    text: &str,
    loaded: Option<&'a Catalogue>,
    current: &'a Catalogue,
) -> Result<Edition<'a>, Failure> {
    match loaded {
        Some(catalogue) => Ok(Edition::whole(catalogue)),
        None if text == "embedded" => Ok(Edition::whole(Catalogue::embedded())),
        None => {
            snapshot_at(current, text)?;
            Edition::at(current, text)
                .ok_or_else(|| Failure::input(format!("nothing is known of {text}"), None))
        }
    }
}

fn write(
    changes: &Changes<'_>,
    old: Edition<'_>,
    new: Edition<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    changes.added.iter().try_for_each(|name| writeln!(out, "+ {name}"))?;
    changes.removed.iter().try_for_each(|name| writeln!(out, "- {name}"))?;
    changes.changed.iter().try_for_each(|change| write_change(change, out))?;
    writeln!(
        out,
        "{} to {}: {} actions added, {} gone, {} changed",
        title(old),
        title(new),
        changes.added.len(),
        changes.removed.len(),
        changes.changed.len()
    )
}

fn title(edition: Edition<'_>) -> String {
    match edition.origin() {
        Origin::Embedded => edition.date().to_owned(),
        origin => format!("{} ({})", edition.date(), origin.word()),
    }
}

fn write_change(change: &Change<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "~ {}", change.action)?;
    if let Some((old, new)) = change.level {
        write!(out, "  {old} to {new}")?;
    }
    for (what, added, removed) in [
        ("on", &change.types_added, &change.types_removed),
        ("keys", &change.keys_added, &change.keys_removed),
    ] {
        if !added.is_empty() || !removed.is_empty() {
            write!(out, "  {what}")?;
        }
        added.iter().try_for_each(|name| write!(out, " +{name}"))?;
        removed.iter().try_for_each(|name| write!(out, " -{name}"))?;
    }
    writeln!(out)
}

/// Shows which entries of the policies name actions that are new.
fn growth(
    paths: &[PathBuf],
    old: Edition<'_>,
    new: Edition<'_>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let changes = Changes::between(old, new);
    let added: Vec<(&str, Action)> =
        changes.added.iter().filter_map(|name| Some((*name, Action::parse(name).ok()?))).collect();
    let documents = read_all(paths)?;
    let mut grown = 0;
    for (path, document) in &documents {
        for (index, statement) in document.statements.iter().enumerate() {
            for (entry, names) in grown_entries(statement, &added) {
                grown += 1;
                write_growth(path, index, &entry, &names, out).map_err(Failure::output)?;
            }
        }
    }
    let (old, new) = (title(old), title(new));
    let entries = if grown == 1 { "entry names" } else { "entries name" };
    writeln!(out, "{old} to {new}: {grown} {entries} more than before").map_err(Failure::output)
}

/// The documents of these files.
///
/// # Errors
/// All that is wrong with all of them.
fn read_all(paths: &[PathBuf]) -> Result<Vec<(&Path, PolicyDocument)>, Failure> {
    let (mut documents, mut failures) = (Vec::new(), Vec::new());
    for path in paths {
        let read = files::read(path).and_then(|source| {
            parse(source.text()).map_err(|problems| Failure::problems(source, problems))
        });
        match read {
            Ok(document) => documents.push((path.as_path(), document)),
            Err(failure) => failures.push(failure),
        }
    }
    failures.into_iter().reduce(Failure::and).map_or(Ok(documents), Err)
}

/// A document of whatever kind it is; where it is of none, what is wrong with it as an identity policy.
fn parse(text: &str) -> Result<PolicyDocument, Vec<Problem>> {
    let as_identity = parse_policy(text, PolicyKind::Identity);
    let others = PolicyKind::ALL.into_iter().filter(|kind| *kind != PolicyKind::Identity);
    let read = as_identity.or_else(|problems| {
        let mut others = others.filter_map(|kind| parse_policy(text, kind).ok());
        others.next().ok_or(problems)
    });
    read.map(|parsed| parsed.document)
}

/// The entries of a statement that match new actions, and the names of these.
fn grown_entries<'a>(
    statement: &Statement,
    added: &[(&'a str, Action)],
) -> Vec<(String, Vec<&'a str>)> {
    let clause = &statement.action;
    let matches = |entry: &ActionPattern, action: &Action| entry.matches(action);
    let names = |test: &dyn Fn(&Action) -> bool| -> Vec<&'a str> {
        added.iter().filter(|(_, action)| test(action)).map(|(name, _)| *name).collect()
    };
    let mut grown = Vec::new();
    if clause.is_negated() {
        let entries = clause.entries();
        let all = names(&|action| !entries.iter().any(|entry| matches(entry, action)));
        grown.push(("NotAction".to_owned(), all));
    } else {
        for entry in clause.entries() {
            grown.push((format!("`{}`", entry.text()), names(&|action| matches(entry, action))));
        }
    }
    grown.retain(|(_, names)| !names.is_empty());
    grown
}

fn write_growth(
    path: &Path,
    index: usize,
    entry: &str,
    names: &[&str],
    out: &mut dyn Write,
) -> io::Result<()> {
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let path = path.display();
    writeln!(out, "{path} Statement[{index}]: {entry} names {} more: {shown}{more}", names.len())
}
