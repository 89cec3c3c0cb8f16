//! Findings as commands of a GitHub workflow, which GitHub shows beside the lines.
//!
//! GitHub: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::{LintReport, in_words};
use crate::lint::Placed;
use crate::report::visible;
use crate::source::Severity;
use std::io::{self, Write};

/// Writes a command for each finding that counts, and what they come to in plain lines.
///
/// # Errors
/// Where the writer fails.
pub fn write_lint_github(report: &LintReport<'_>, out: &mut impl Write) -> io::Result<()> {
    for one in report.open() {
        writeln!(out, "{}", command(one))?;
    }
    for unread in report.silent() {
        let file = property(&unread.file);
        let line = if unread.line > 0 { format!(",line={}", unread.line) } else { String::new() };
        let help = unread.help.iter().map(|help| format!("\nhelp: {help}")).collect::<String>();
        let why = data(&format!("{}: {}{help}", unread.name, unread.why));
        let level = if unread.pending { "notice" } else { "error" };
        writeln!(out, "::{level} file={file}{line},title=not read::{why}")?;
    }
    writeln!(out, "{}", in_words(report))
}

fn command(one: &Placed<'_>) -> String {
    let finding = &one.finding;
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (start, end) = (one.source.position(one.span.start), one.source.position(one.span.end));
    let mut at = format!("file={},line={}", property(one.source.name()), start.line);
    if start.line == end.line {
        // GitHub takes columns on one line only.
        at.push_str(&format!(",col={},endColumn={}", start.column, end.column));
    } else {
        at.push_str(&format!(",endLine={}", end.line));
    }
    let mut text = finding.message.clone();
    if !one.policy().is_empty() {
        text.push_str(&format!(" ({})", one.policy()));
    }
    text.push_str(&format!("\nhelp: {}", finding.help));
    if let Some(reopened) = &one.reopened {
        text.push_str(&format!("\nnote: {reopened}"));
    }
    format!("::{level} {at},title={}::{}", property(&finding.rule.id), data(&text))
}

fn data(text: &str) -> String {
    let text = visible(text);
    text.replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn nothing_that_a_policy_says_ends_a_command() {
        assert_eq!(data("100%\r\n::error::x"), "100%25␍%0A::error::x");
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    }
}
