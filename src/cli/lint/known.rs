//! What is known already: suppressions and baselines, read and written.

use super::inputs::Inputs;
use crate::cli::{Failure, day, files};
use crate::lint::baseline::{Baseline, Known};
use crate::lint::suppress::{FILE_NAME, Suppressions, entries_for};
use crate::lint::{Linter, Placed};
use crate::pattern::Pattern;
use crate::source::{Severity, Source};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is known already.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is known")]
pub(super) struct KnownArguments {
    /// The suppressions; `leastwise-ignore.yaml` of the current folder where it is not given
    #[arg(long, value_name = "FILE")]
    ignore_file: Option<PathBuf>,
    /// Append a suppression of each finding to that file, pinned to what it is about now
    #[arg(long, requires = "reason")]
    write_ignore: bool,
    /// Why they are suppressed
    #[arg(long, value_name = "TEXT", value_parser = reason, requires = "write_ignore")]
    reason: Option<String>,
    /// The last day that they are suppressed
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day, requires = "write_ignore")]
    expires: Option<String>,
    /// Only findings that this file does not have count
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings that are not suppressed into this file, as a baseline for later runs
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// The day that suppressions are held against; today where it is not given
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::day)]
    today: Option<String>,
}

/// What was read, and what is to be written.
pub(super) struct Knowledge<'a> {
    arguments: &'a KnownArguments,
    suppressions: Option<Suppressions>,
    baseline: Option<Baseline>,
    today: String,
}

impl KnownArguments {
    /// Reads the files that are named.
    ///
    /// # Errors
    /// All that is wrong with the suppressions and the baseline.
    pub(super) fn read(&self) -> Result<Knowledge<'_>, Failure> {
        let path = self.ignore_path();
        let suppressions = if self.ignore_file.is_some() && !self.write_ignore || path.exists() {
            Some(suppressions(files::read(path)?)?)
        } else {
            None
        };
        let baseline = self.baseline.as_deref().map(read_baseline).transpose()?;
        let today = self.today.clone().unwrap_or_else(day::today);
        Ok(Knowledge { arguments: self, suppressions, baseline, today })
    }

    fn ignore_path(&self) -> &Path {
        self.ignore_file.as_deref().unwrap_or(Path::new(FILE_NAME))
    }
}

fn suppressions(source: Source) -> Result<Suppressions, Failure> {
    let source = Arc::new(source);
    Suppressions::read(Arc::clone(&source))
        .map_err(|problems| Failure::problems(Source::new(source.name(), source.text()), problems))
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let source = files::read(path)?;
    Baseline::parse(source.text()).map_err(|error| {
        let help = "write one with --write-baseline".to_owned();
        Failure::input(format!("{}: {error}", source.name()), help)
    })
}

impl Knowledge<'_> {
    /// Marks what is known, and writes what is asked for; returns also the entries of the baseline
    /// that no finding has any more.
    ///
    /// # Errors
    /// A file cannot be written, or the suppressions cannot be appended to.
    pub(super) fn apply<'d>(
        &self,
        mut findings: Vec<Placed<'d>>,
        linter: &Linter<'_>,
        inputs: &Inputs,
        least: Severity,
    ) -> Result<(Vec<Placed<'d>>, Vec<Known>), Failure> {
        let is_gone = |file: &str| !Path::new(file).exists() && file != "<stdin>";
        let looked_at = |file: &Pattern| {
            inputs.names().any(|name| file.matches(name))
                || file.as_literal().map_or_else(|| inputs.searched(file.text()), is_gone)
        };
        let apply = |suppressions: &Suppressions, findings: &mut Vec<Placed<'d>>| {
            suppressions.apply(findings, &self.today, linter, looked_at);
        };
        let raw = self.arguments.write_ignore.then(|| findings.clone());
        if let Some(suppressions) = &self.suppressions {
            apply(suppressions, &mut findings);
        }
        let mut gone = Vec::new();
        let seen = |file: &str| inputs.names().any(|name| name == file) || is_gone(file);
        if let Some(baseline) = &self.baseline {
            gone = baseline.apply(&mut findings, seen);
        }
        if let Some(raw) = raw {
            let open: Vec<Placed<'d>> =
                findings.iter().filter(|one| one.finding.severity >= least).cloned().collect();
            let written = self.write_ignore(&open)?;
            findings = raw;
            apply(&written, &mut findings);
            if let Some(baseline) = &self.baseline {
                gone = baseline.apply(&mut findings, seen);
            }
        }
        if let Some(path) = &self.arguments.write_baseline {
            let baseline = Baseline::of(&findings);
            let mut text = serde_json::to_string_pretty(&baseline)
                .map_err(|error| Failure::input(error.to_string(), None))?;
            text.push('\n');
            files::write_one(path, &text)?;
            say(&format!("{} written to `{}`", count(baseline.findings.len()), path.display()));
            baseline.mark(&mut findings);
            gone = Vec::new();
        }
        Ok((findings, gone))
    }

    /// Appends suppressions of findings to the file; nothing is written where the whole is not read
    /// again as suppressions.
    fn write_ignore(&self, findings: &[Placed<'_>]) -> Result<Suppressions, Failure> {
        let arguments = self.arguments;
        let path = arguments.ignore_path();
        let reason = arguments.reason.as_deref().unwrap_or_default();
        let more = entries_for(findings, reason, arguments.expires.as_deref());
        let mut text =
            if path.exists() { files::read(path)?.text().to_owned() } else { String::new() };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&more);
        // What was there was read before: it is its form that takes no more entries.
        let read = suppressions(Source::new(path.display().to_string(), text.clone()));
        let read = read.map_err(|_| {
            let message = format!("no entry can be appended to `{}`", path.display());
            let help = "write its entries one below the other, each as `- rule: ID`".to_owned();
            Failure::input(message, help)
        })?;
        files::write_one(path, &text)?;
        let number = more.lines().filter(|line| line.starts_with("- ")).count();
        say(&format!("{} suppressed in `{}`", count(number), path.display()));
        Ok(read)
    }
}

/// A reason, as clap takes it.
fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("say why the findings are accepted, for whoever reads it next".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

fn count(number: usize) -> String {
    if number == 1 { "1 finding".to_owned() } else { format!("{number} findings") }
}

/// A word on stderr; that it cannot be shown is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(anstream::stderr(), "note: {text}");
}
