//! Findings for people: the lines they are about, marked.

use super::excerpt::{both_fit, excerpt};
use super::{LintReport, in_words};
use crate::lint::Placed;
use crate::report::table::words::count;
use crate::report::visible;
use crate::source::{Severity, Source, Span};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::io::{self, Write};

/// Places that are nearer than so many lines stand in one excerpt.
const NEAR: usize = 12;
/// Excerpts have no longer lines, so that none is cut a second time.
const WIDTH: usize = 200;

/// Writes each finding that counts with the lines it is about, and what they come to. `color` is
/// whether the reader shows ANSI colours.
///
/// # Errors
/// Where the writer fails.
pub fn write_lint_text(
    report: &LintReport<'_>,
    color: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(WIDTH);
    for one in report.open() {
        writeln!(out, "{}\n", shown(one, &renderer))?;
    }
    for unread in report.silent() {
        let line = if unread.line > 0 { format!(":{}", unread.line) } else { String::new() };
        let name = if unread.is_file() { String::new() } else { format!("{} at ", unread.name) };
        let why = format!("not read: {name}{}{line}: {}", unread.file, unread.why);
        writeln!(out, "{}", visible(&why))?;
        if let Some(help) = &unread.help {
            writeln!(out, "  help: {}", visible(help))?;
        }
    }
    if !report.gone.is_empty() {
        let number = report.gone.len();
        let occur = if number == 1 { "occurs" } else { "occur" };
        let findings = count(number, "finding");
        writeln!(out, "note: {findings} of the baseline {occur} no more; write it anew")?;
    }
    writeln!(out, "{}", in_words(report))
}

fn shown(one: &Placed<'_>, renderer: &Renderer) -> String {
    let finding = &one.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(visible(&finding.message)).id(&*finding.rule.id);
    let line = |span: Span| one.source.position(span.start).line;
    let own = line(one.span)..=one.source.position(one.span.end).line;
    let is_near = |span: Span| {
        let at = line(span);
        let is_near = at + NEAR >= *own.start() && at <= *own.end() + NEAR;
        is_near && span != one.span && both_fit(&one.source, one.span, span)
    };
    let (near, far): (Vec<_>, Vec<_>) = one.also.iter().partition(|(span, _)| is_near(*span));
    let mut spans = vec![(one.span, None)];
    spans.extend(near.iter().map(|(span, how)| (*span, Some(how.as_str()))));
    let mut headers = Vec::new();
    let mut group = Group::with_title(title);
    group = group.element(snippet(&one.source, &spans, true, &mut headers));
    for (span, how) in far {
        group = if *span == one.span {
            group.element(Level::NOTE.message(visible(how)))
        } else {
            let spans = [(*span, Some(how.as_str()))];
            group.element(snippet(&one.source, &spans, false, &mut headers))
        };
    }
    if !one.policy().is_empty() {
        group = group.element(Level::NOTE.message(format!("in {}", visible(one.policy()))));
    }
    if let Some(reopened) = &one.reopened {
        group = group.element(Level::NOTE.message(visible(reopened)));
    }
    let group = group.element(Level::HELP.message(visible(&finding.help)));
    let mut text = renderer.render(&[group]);
    for (shown, is) in headers {
        text = text.replacen(&shown, &is, 1);
    }
    text
}

/// The lines that hold spans; the first is the finding's own, where it is `primary`. Where a line is
/// cut, `headers` gets the place as it is shown, counted in what is left of the line, and as it is.
fn snippet<'s>(
    source: &'s Source,
    spans: &[(Span, Option<&'s str>)],
    primary: bool,
    headers: &mut Vec<(String, String)>,
) -> Snippet<'s, Annotation<'s>> {
    let places: Vec<Span> = spans.iter().map(|(span, _)| *span).collect();
    let excerpt = excerpt(source, &places);
    if let Some(first) = places.first().filter(|_| excerpt.is_cut) {
        let position = source.position(first.start);
        let line = format!("{}:{}:", source.name(), position.line);
        let shown = format!("{line}{}\n", excerpt.column(0));
        headers.push((shown, format!("{line}{}\n", position.column)));
    }
    let mut snippet = Snippet::source(excerpt.text).path(source.name()).line_start(excerpt.line);
    for (number, (mark, (_, label))) in excerpt.marks.into_iter().zip(spans).enumerate() {
        let kind =
            if primary && number == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(mark);
        snippet = snippet.annotation(match label {
            Some(label) => annotation.label(visible(label)),
            None => annotation,
        });
    }
    snippet
}
