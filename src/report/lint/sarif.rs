//! Findings as SARIF 2.1.0, for code scanning.
//!
//! SARIF: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>; what GitHub reads of it:
//! <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>

use super::{LintReport, Unread};
use crate::lint::suppress::Suppressed;
use crate::lint::{Confidence, Placed, Rule, rules};
use crate::report::write_json;
use crate::source::{Severity, Source, Span};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// GitHub refuses a run with more results.
const MOST_RESULTS: usize = 25_000;

/// Writes all findings as SARIF; those that are suppressed are marked. Returns how many were left
/// out because GitHub reads no more; the log says so too.
///
/// # Errors
/// Where the writer fails.
pub fn write_lint_sarif(report: &LintReport<'_>, out: &mut impl Write) -> io::Result<usize> {
    let mut shown: Vec<&Placed<'_>> =
        report.findings.iter().filter(|one| report.is_shown(one)).collect();
    let left_out = shown.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        // What matters most stays, in the order of the files.
        let mut ranks: Vec<(usize, &Placed<'_>)> = shown.into_iter().enumerate().collect();
        ranks
            .sort_by_key(|(at, one)| (!one.counts(), std::cmp::Reverse(one.finding.severity), *at));
        ranks.truncate(MOST_RESULTS);
        ranks.sort_by_key(|(at, _)| *at);
        shown = ranks.into_iter().map(|(_, one)| one).collect();
    }
    let mut columns = Columns::default();
    let results: Vec<Value> = shown.into_iter().map(|one| result(one, &mut columns)).collect();
    let mut notifications: Vec<Value> = report.not_read.iter().map(notification).collect();
    if left_out > 0 {
        let text = format!("{left_out} results are left out: code scanning reads {MOST_RESULTS}");
        notifications.push(json!({"level": "warning", "message": {"text": text}}));
    }
    let catalogue = &report.catalogue;
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "leastwise",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "properties": {
                    "catalogueDate": catalogue.date,
                    "catalogueActions": catalogue.actions,
                    "catalogueOrigin": catalogue.origin,
                },
                "rules": rules().map(descriptor).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": !report.is_incomplete(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    write_json(&log, out)?;
    Ok(left_out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn descriptor(rule: &Rule) -> Value {
    let precision = match rule.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    // GitHub's ranks: from 7 on high, from 4 on medium.
    let security_severity = match rule.severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Note => "2.0",
    };
    let references: Vec<String> =
        rule.references.iter().map(|page| format!("- <{page}>")).collect();
    json!({
        "id": rule.id,
        "name": pascal_case(&rule.id),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.what},
        "help": {
            "text": format!("{}\n\nWhat to do: {}", rule.rationale, rule.remediation),
            "markdown": format!(
                "{}\n\n{}\n\n**What to do:** {}\n\n{}",
                rule.what, rule.rationale, rule.remediation, references.join("\n")
            ),
        },
        "helpUri": rule.references.first(),
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "precision": precision,
            "security-severity": security_severity,
            "tags": ["security", "aws", "iam"],
        },
    })
}

/// `unknown-action` as `UnknownAction`.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    id.split('-').map(word).collect()
}

fn result(one: &Placed<'_>, columns: &mut Columns) -> Value {
    let finding = &one.finding;
    let mut text = finding.message.clone();
    for more in [Some(&finding.help), one.reopened.as_ref()].into_iter().flatten() {
        text.push('\n');
        text.push_str(more);
    }
    let mut location = physical(&one.source, one.span, columns);
    if let Some(document) = one.document {
        let statement = match (one.said().and_then(|said| said.sid.as_ref()), one.statement) {
            (Some(sid), _) => format!("/{sid}"),
            (None, Some(number)) => format!("/Statement[{number}]"),
            (None, None) => String::new(),
        };
        location.insert(
            "logicalLocations".to_owned(),
            json!([{
                "name": one.name(),
                "fullyQualifiedName": format!("{}{statement}", one.name()),
                "kind": document.kind.to_string(),
            }]),
        );
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"leastwise/v1": one.fingerprint},
    });
    let Value::Object(entries) = &mut result else { return result };
    if let Some(index) = rules().position(|rule| rule.id == finding.rule.id) {
        entries.insert("ruleIndex".to_owned(), index.into());
    }
    if !one.also.is_empty() {
        let related = one.also.iter().enumerate().map(|(id, (span, how))| {
            let mut location = physical(&one.source, *span, columns);
            location.insert("id".to_owned(), id.into());
            location.insert("message".to_owned(), json!({"text": how}));
            Value::Object(location)
        });
        entries.insert("relatedLocations".to_owned(), related.collect());
    }
    let justification = match &one.suppressed {
        None => return result,
        Some(Suppressed::Ignored { reason, place }) => format!("{reason} ({place})"),
        Some(Suppressed::Baseline) => "it is in the baseline".to_owned(),
    };
    entries.insert(
        "suppressions".to_owned(),
        json!([{"kind": "external", "status": "accepted", "justification": justification}]),
    );
    result
}

fn physical(source: &Source, span: Span, columns: &mut Columns) -> Map<String, Value> {
    let (start_line, start_column) = columns.position(source, span.start);
    let (end_line, end_column) = columns.position(source, span.end);
    let place = json!({
        "artifactLocation": artifact(source.name()),
        "region": {
            "startLine": start_line,
            "startColumn": start_column,
            "endLine": end_line,
            "endColumn": end_column,
            "byteOffset": span.start,
            "byteLength": span.end - span.start,
        },
    });
    Map::from_iter([("physicalLocation".to_owned(), place)])
}

fn notification(unread: &Unread) -> Value {
    let mut place = Map::from_iter([("artifactLocation".to_owned(), artifact(&unread.file))]);
    if unread.line > 0 {
        place.insert("region".to_owned(), json!({"startLine": unread.line}));
    }
    let help = unread.help.iter().map(|help| format!("\n{help}")).collect::<String>();
    json!({
        "level": if unread.pending { "note" } else { "error" },
        "message": {"text": format!("{} was not read: {}{help}", unread.name, unread.why)},
        "locations": [{"physicalLocation": place}],
    })
}

/// What may not stand in a path of a URI.
const PATH: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b':');

fn artifact(name: &str) -> Value {
    let path = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    let uri = utf8_percent_encode(&path, &PATH).to_string();
    if path.starts_with('/') {
        json!({"uri": format!("file://{uri}")})
    } else {
        json!({"uri": uri, "uriBaseId": "%SRCROOT%"})
    }
}

/// Columns in UTF-16 code units.
#[derive(Default)]
struct Columns {
    /// Whether a source, by its name, has characters of two units.
    wide: BTreeMap<String, bool>,
}

impl Columns {
    /// Line and column, both from 1.
    fn position(&mut self, source: &Source, offset: usize) -> (usize, usize) {
        let position = source.position(offset);
        let text = source.text();
        let is_wide = match self.wide.get(source.name()) {
            Some(wide) => *wide,
            None => {
                // The bytes that begin a character of four bytes, which is two units.
                let wide = text.bytes().any(|byte| byte >= 0xf0);
                self.wide.insert(source.name().to_owned(), wide);
                wide
            }
        };
        if !is_wide {
            return (position.line, position.column);
        }
        let before = text.get(..offset.min(text.len())).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let mark = if position.line == 1 { line.strip_prefix('\u{feff}') } else { None };
        (position.line, mark.unwrap_or(line).encode_utf16().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units() {
        let source = Source::new("f", "a\né😀x");
        let mut columns = Columns::default();
        let at = |offset| Columns::default().position(&source, offset);
        assert_eq!((at(2), at(4), at(8)), ((2, 1), (2, 2), (2, 4)));
        assert_eq!(columns.position(&Source::new("g", "éx"), 2), (1, 2));
        assert_eq!(columns.position(&Source::new("h", "\u{feff}😀x"), 7), (1, 3));
    }

    #[test]
    fn uris_say_where_they_are_relative_to() {
        assert_eq!(artifact("a b/c#1.json")["uri"], "a%20b/c%231.json");
        assert_eq!(artifact("a")["uriBaseId"], "%SRCROOT%");
        assert_eq!(artifact("/a/b"), json!({"uri": "file:///a/b"}));
        assert_eq!(pascal_case("unknown-action"), "UnknownAction");
    }
}
