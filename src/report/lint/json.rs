//! Findings for scripts.

use super::{LintReport, LintSummary, Unread};
use crate::compare::{CatalogueStamp, SCHEMA_VERSION};
use crate::iam::PolicyKind;
use crate::lint::baseline::Known;
use crate::lint::suppress::Suppressed;
use crate::lint::{Confidence, Placed};
use crate::report::write_json;
use crate::source::{Severity, Source, Span};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'r> {
    schema_version: &'static str,
    leastwise: &'static str,
    catalogue: &'r CatalogueStamp,
    findings: Vec<Finding<'r>>,
    not_read: &'r [Unread],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    gone_from_baseline: &'r [Known],
    summary: LintSummary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'r> {
    rule: &'r str,
    severity: Severity,
    confidence: Confidence,
    message: &'r str,
    help: &'r str,
    #[serde(flatten)]
    region: Region<'r>,
    /// The number of the statement, from 0.
    statement: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'r str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    policy: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<PolicyKind>,
    fingerprint: &'r str,
    also: Vec<Also<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Mark<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reopened: Option<&'r str>,
}

/// Lines and columns from 1; the end is where the part is over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'r> {
    file: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'r> Region<'r> {
    fn of(source: &'r Source, span: Span) -> Self {
        let (start, end) = (source.position(span.start), source.position(span.end));
        Self {
            file: source.name(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

#[derive(Serialize)]
struct Also<'r> {
    message: &'r str,
    #[serde(flatten)]
    region: Region<'r>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "by")]
enum Mark<'r> {
    Ignore { reason: &'r str, place: &'r str },
    Baseline,
}

fn finding<'r>(one: &'r Placed<'_>) -> Finding<'r> {
    let of = &one.finding;
    let also = |(span, message): &'r (Span, String)| Also {
        message,
        region: Region::of(&one.source, *span),
    };
    Finding {
        rule: &of.rule.id,
        severity: of.severity,
        confidence: of.rule.confidence,
        message: &of.message,
        help: &of.help,
        region: Region::of(&one.source, one.span),
        statement: one.statement,
        sid: one.said().and_then(|said| said.sid.as_deref()),
        policy: one.policy(),
        kind: one.document.map(|document| document.kind),
        fingerprint: &one.fingerprint,
        also: one.also.iter().map(also).collect(),
        suppressed: one.suppressed.as_ref().map(|suppressed| match suppressed {
            Suppressed::Ignored { reason, place } => Mark::Ignore { reason, place },
            Suppressed::Baseline => Mark::Baseline,
        }),
        reopened: one.reopened.as_deref(),
    }
}

/// Writes all findings as JSON; those that are suppressed are marked.
///
/// # Errors
/// Where the writer fails.
pub fn write_lint_json(report: &LintReport<'_>, out: &mut impl Write) -> io::Result<()> {
    let shown = report.findings.iter().filter(|one| report.is_shown(one));
    let report = Report {
        schema_version: SCHEMA_VERSION,
        leastwise: env!("CARGO_PKG_VERSION"),
        catalogue: &report.catalogue,
        findings: shown.map(finding).collect(),
        not_read: &report.not_read,
        gone_from_baseline: &report.gone,
        summary: report.summary(),
    };
    write_json(&report, out)
}
