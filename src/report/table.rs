//! The audit as tables for a terminal of 100 columns.

mod isolation;
mod measure;
mod principal;
pub(super) mod words;
pub(super) mod wrap;

use super::visible::write_visible;
use crate::audit::{AuditReport, Finding, FixStatus, PrincipalReport, Summary};
use std::io::{self, Write};
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Modify, Style, Width};
pub(super) use words::count;
use wrap::wrap;

/// What a line may hold.
pub(super) const COLUMNS: usize = 100;

/// Writes the report for people: a block for each principal, then what could not be audited, then
/// one line that sums up. Lines end without white space and are at most 100 characters long.
///
/// # Errors
/// Where the writer fails.
pub fn write_table(report: &AuditReport, out: &mut impl Write) -> io::Result<()> {
    write_visible(out, |out| write_report(report, out))
}

fn write_report(report: &AuditReport, out: &mut Vec<u8>) -> io::Result<()> {
    for principal in &report.principals {
        principal::write(principal, out)?;
        writeln!(out)?;
    }
    if !report.findings.is_empty() {
        writeln!(out, "the estate")?;
        write_rows(&findings(&report.findings), out)?;
        writeln!(out)?;
    }
    if let Some(isolation) = &report.isolation {
        isolation::write(isolation, out)?;
        writeln!(out)?;
    }
    if !report.not_audited.is_empty() {
        writeln!(out, "NOT AUDITED: nothing is known about these")?;
        let mut rows = Rows::new([("principal", 44), ("why", 45)]);
        for missing in &report.not_audited {
            rows.push([missing.arn.clone(), missing.why.clone()]);
        }
        write_rows(&rows, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(&report.summary))?;
    if let Some(line) = fixes(&report.principals) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "{}", report.catalogue)
}

fn summary(summary: &Summary) -> String {
    let leaks = summary.leaks.map(|leaks| count(leaks, "leak"));
    let found = [
        count(summary.gaps, "gap"),
        format!("{} excess", summary.excess),
        count(summary.trust_gaps, "trust gap"),
        format!("{} trust excess", summary.trust_excess),
        count(summary.findings, "finding"),
    ];
    let found: Vec<String> = found.into_iter().chain(leaks).collect();
    let severities = [
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
        count(summary.notes, "note"),
    ];
    let not_audited = match summary.not_audited {
        0 => String::new(),
        number => format!(", {number} NOT AUDITED"),
    };
    let principals = count(summary.principals, "principal");
    let score = summary.score.map_or_else(String::new, |score| format!("\nscore {score:.2}"));
    let (severities, found) = (severities.join(", "), found.join(", "));
    format!("{principals} audited{not_audited}: {severities}\n{found}{score}")
}

/// How many principals a fix was proved for; `None` where nobody asked for fixes.
fn fixes(principals: &[PrincipalReport]) -> Option<String> {
    let statuses: Vec<FixStatus> =
        principals.iter().filter_map(|p| Some(p.fix.as_ref()?.status)).collect();
    let of = |status| statuses.iter().filter(|s| **s == status).count();
    let (whole, partly) = (of(FixStatus::Proved), of(FixStatus::Partly));
    let not = of(FixStatus::NotFixed);
    let line = format!("fixes: {whole} proved, {partly} in part, {not} not fixed");
    (!statuses.is_empty()).then_some(line)
}

/// The rows of a table, and the most that each column may be wide.
struct Rows<const N: usize> {
    heads: [(&'static str, usize); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Rows<N> {
    const fn new(heads: [(&'static str, usize); N]) -> Self {
        Self { heads, rows: Vec::new() }
    }

    fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }
}

/// Writes a table; nothing where there are no rows.
fn write_rows<const N: usize>(rows: &Rows<N>, out: &mut impl Write) -> io::Result<()> {
    if rows.rows.is_empty() {
        return Ok(());
    }
    let mut builder = Builder::default();
    builder.push_record(rows.heads.map(|(head, _)| head));
    for row in &rows.rows {
        builder
            .push_record(row.iter().zip(&rows.heads).map(|(cell, (_, width))| wrap(cell, *width)));
    }
    let mut table = builder.build();
    table.with(Style::modern_rounded());
    for (at, (_, width)) in rows.heads.iter().enumerate() {
        table.with(Modify::new(Columns::one(at)).with(Width::increase(*width)));
    }
    for line in table.to_string().lines() {
        debug_assert!(line.chars().count() + 2 <= COLUMNS, "{line}");
        writeln!(out, "  {}", line.trim_end())?;
    }
    Ok(())
}

fn findings(findings: &[Finding]) -> Rows<3> {
    let mut rows = Rows::new([("findings", 11), ("what", 52), ("where", 23)]);
    for finding in findings {
        let mut text = format!("{}: {}", finding.rule, finding.message);
        if let Some(help) = &finding.help {
            text.push_str(&format!("\nhelp: {help}"));
        }
        let place = finding.statement.as_ref().map(ToString::to_string).unwrap_or_default();
        rows.push([finding.severity.to_string(), text, place]);
    }
    rows
}
