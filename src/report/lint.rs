//! What a linter found, as people, scripts, code scanning and GitHub's annotations read it.

mod excerpt;
mod github;
mod json;
mod sarif;
mod text;

pub use github::write_lint_github;
pub use json::write_lint_json;
pub use sarif::write_lint_sarif;
pub use text::write_lint_text;

use crate::compare::CatalogueStamp;
use crate::lint::Placed;
use crate::lint::baseline::Known;
use crate::lint::suppress::Suppressed;
use crate::source::Severity;
use serde::Serialize;

/// All that a run of the linter has to say.
#[derive(Debug)]
pub struct LintReport<'d> {
    /// What actions were known.
    pub catalogue: CatalogueStamp,
    /// What was found, sorted, also what is suppressed.
    pub findings: Vec<Placed<'d>>,
    /// What could not be read.
    pub not_read: Vec<Unread>,
    /// Entries of the baseline that no finding has any more.
    pub gone: Vec<Known>,
    /// Findings less severe are counted and not shown.
    pub min_severity: Severity,
    /// How many files were looked at.
    pub files: usize,
    /// How many of them hold no policy.
    pub without_policy: usize,
    /// How many documents were looked at.
    pub documents: usize,
    /// How many managed policies of AWS were passed over.
    pub aws_managed: usize,
}

/// A policy that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// What it is.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line in it; 0 where it could not be opened.
    pub line: usize,
    /// Why.
    pub why: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether nobody knows it before it is deployed: that is no mistake of the file.
    pub pending: bool,
}

impl Unread {
    /// Whether it is a file as a whole.
    fn is_file(&self) -> bool {
        self.name == self.file
    }
}

/// How many there are of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LintSummary {
    /// Files that were looked at.
    pub files: usize,
    /// Files that hold no policy.
    pub files_without_policy: usize,
    /// Documents that were looked at.
    pub policies: usize,
    /// Managed policies of AWS that were passed over.
    pub aws_managed: usize,
    /// Errors that count.
    pub errors: usize,
    /// Warnings that count.
    pub warnings: usize,
    /// Notes that count.
    pub notes: usize,
    /// Findings that the file of suppressions is about.
    pub suppressed: usize,
    /// Findings that the baseline has.
    pub in_baseline: usize,
    /// Entries of the baseline that no finding has any more.
    pub gone_from_baseline: usize,
    /// Findings below the severity that is shown; among the errors, warnings and notes they are not.
    pub below_min_severity: usize,
    /// What could not be read.
    pub not_read: usize,
}

impl<'d> LintReport<'d> {
    /// Whether a finding is shown; one that is suppressed may be, and is marked.
    fn is_shown(&self, one: &Placed<'d>) -> bool {
        one.finding.severity >= self.min_severity
    }

    /// The findings that count and are shown.
    fn open(&self) -> impl Iterator<Item = &Placed<'d>> {
        self.findings.iter().filter(|one| one.counts() && self.is_shown(one))
    }

    /// What could not be read and has no finding that says why.
    fn silent(&self) -> impl Iterator<Item = &Unread> {
        let says = |one: &Placed<'_>, unread: &Unread| {
            let name = one.name();
            let is_of = name == unread.name || one.in_all_variants && unread.name.starts_with(name);
            one.finding.severity == Severity::Error && is_of
        };
        self.not_read.iter().filter(move |unread| !self.open().any(|one| says(one, unread)))
    }

    /// Whether something could not be read that should have been.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.not_read.iter().any(|unread| !unread.pending)
    }

    /// The severities of the findings that count.
    pub fn severities(&self) -> impl Iterator<Item = Severity> {
        self.findings.iter().filter(|one| one.counts()).map(|one| one.finding.severity)
    }

    /// How many there are of what.
    #[must_use]
    pub fn summary(&self) -> LintSummary {
        let mut summary = LintSummary {
            files: self.files,
            files_without_policy: self.without_policy,
            policies: self.documents,
            aws_managed: self.aws_managed,
            gone_from_baseline: self.gone.len(),
            not_read: self.not_read.len(),
            ..LintSummary::default()
        };
        for one in &self.findings {
            let counted = match (&one.suppressed, one.finding.severity) {
                (Some(Suppressed::Ignored { .. }), _) => &mut summary.suppressed,
                (Some(Suppressed::Baseline), _) => &mut summary.in_baseline,
                (None, _) if !self.is_shown(one) => &mut summary.below_min_severity,
                (None, Severity::Error) => &mut summary.errors,
                (None, Severity::Warning) => &mut summary.warnings,
                (None, Severity::Note) => &mut summary.notes,
            };
            *counted += 1;
        }
        summary
    }
}

/// A sentence on what a run came to, for the last line that people read.
fn in_words(report: &LintReport<'_>) -> String {
    use super::table::words::count;
    let summary = report.summary();
    let mut parts = Vec::new();
    for (number, what) in
        [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")]
    {
        if number > 0 {
            parts.push(count(number, what));
        }
    }
    let mut text = if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") };
    let policies = if summary.policies == 1 { "policy" } else { "policies" };
    text.push_str(&format!(
        " in {} {policies} of {}",
        summary.policies,
        count(summary.files, "file")
    ));
    for (number, what) in [
        (summary.suppressed, "suppressed"),
        (summary.in_baseline, "in the baseline"),
        (summary.below_min_severity, "below --min-severity"),
        (summary.not_read, "not read"),
        (summary.files_without_policy, "without a policy"),
        (summary.aws_managed, "of AWS passed over"),
    ] {
        if number > 0 {
            text.push_str(&format!("; {number} {what}"));
        }
    }
    text.push_str(&format!("\n{}", report.catalogue));
    text
}

#[cfg(test)]
mod tests;
