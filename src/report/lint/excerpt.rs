//! The lines that a finding is about, with long lines cut to what can be read.

use crate::source::{Source, Span};
use std::ops::Range;

/// Longer lines are cut: a minified document is one line.
const LONGEST: usize = 160;
/// So much is kept before the first mark of a line that is cut.
const BEFORE: usize = 40;
const CUT: char = '…';

/// Some whole lines of a source, or what was kept of them.
pub(super) struct Excerpt {
    pub(super) text: String,
    /// The number of the first line, from 1.
    pub(super) line: usize,
    /// Where the spans stand in the text.
    pub(super) marks: Vec<Range<usize>>,
    /// Whether a line lost something.
    pub(super) is_cut: bool,
}

impl Excerpt {
    /// The column of a mark in the excerpt, in characters from 1.
    pub(super) fn column(&self, mark: usize) -> usize {
        let start = self.marks.get(mark).map_or(0, |mark| mark.start);
        let before = self.text.get(..start).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default().chars().count() + 1
    }
}

/// The lines that hold some spans of a source.
pub(super) fn excerpt(source: &Source, spans: &[Span]) -> Excerpt {
    let text = source.text();
    // A byte order mark is nothing to show.
    let first = text.len() - text.trim_start_matches('\u{feff}').len();
    let clamp = |at: usize| floor(text, at.clamp(first, text.len()));
    let start = clamp(spans.iter().map(|span| span.start).min().unwrap_or(0));
    let end = clamp(spans.iter().map(|span| span.end).max().unwrap_or(0)).max(start);
    let from = text.get(..start).and_then(|before| before.rfind('\n')).map_or(first, |at| at + 1);
    let to = text.get(end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| end + at);
    let mut kept = String::new();
    let mut marks = vec![0..0; spans.len()];
    let mut is_cut = false;
    let mut at = from;
    for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
        let whole = at..at + line.trim_end_matches(['\n', '\r']).len();
        let window = window(text, whole.clone(), spans);
        is_cut |= window != whole;
        let base = kept.len() + if window.start > whole.start { CUT.len_utf8() } else { 0 };
        if window.start > whole.start {
            kept.push(CUT);
        }
        kept.push_str(text.get(window.clone()).unwrap_or_default());
        if window.end < whole.end {
            kept.push(CUT);
        }
        let place = |at: usize| base + at.clamp(window.start, window.end) - window.start;
        for (mark, span) in marks.iter_mut().zip(spans) {
            if (whole.start..=whole.end).contains(&clamp(span.start)) {
                mark.start = place(clamp(span.start));
            }
            if (whole.start..=whole.end).contains(&clamp(span.end)) {
                mark.end = place(clamp(span.end));
            }
        }
        at += line.len();
        if at < to || line.ends_with('\n') {
            kept.push('\n');
        }
    }
    for (mark, span) in marks.iter_mut().zip(spans) {
        // An empty last line is no item of the loop.
        if at == to && clamp(span.start) == to {
            mark.start = kept.len();
        }
        if at == to && clamp(span.end) == to && text.get(..to).is_some_and(|t| t.ends_with('\n')) {
            mark.end = kept.len();
        }
        mark.end = mark.end.max(mark.start);
    }
    // Some terminals obey these; a sign of as many bytes leaves the marks where they are.
    if kept.contains(is_control_code) {
        kept = kept.chars().map(|c| if is_control_code(c) { '·' } else { c }).collect();
    }
    Excerpt { text: kept, line: source.position(from).line, marks, is_cut }
}

/// Whether both spans can be read in one excerpt.
pub(super) fn both_fit(source: &Source, one: Span, other: Span) -> bool {
    let cut = excerpt(source, &[one, other]);
    let is_whole = |mark: &Range<usize>, span: Span| mark.len() == span.end - span.start;
    match cut.marks.as_slice() {
        [first, second] => is_whole(first, one) && is_whole(second, other),
        _ => false,
    }
}

/// The control characters of two bytes.
const fn is_control_code(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}')
}

/// What is kept of a line.
fn window(text: &str, line: Range<usize>, spans: &[Span]) -> Range<usize> {
    if line.len() <= LONGEST {
        return line;
    }
    let inside = |at: usize| (line.start..=line.end).contains(&at).then_some(at);
    let first = spans.iter().filter_map(|span| inside(span.start)).min();
    // A mark that began on an earlier line ends here, or goes on.
    let first = first.or_else(|| spans.iter().filter_map(|span| inside(span.end)).min());
    let start = first.map_or(line.start, |first| first.saturating_sub(BEFORE).max(line.start));
    let start = if line.end - start < LONGEST { line.end - LONGEST } else { start };
    floor(text, start)..floor(text, start + LONGEST)
}

/// The start of the character that a byte belongs to.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_keeps_what_is_marked() {
        let text = format!("first\n{}MARK{}\nlast", "é".repeat(300), "x".repeat(300));
        let start = text.find("MARK").unwrap();
        let cut = excerpt(&Source::new("f", text), &[Span::new(start, start + 4)]);
        assert_eq!(cut.line, 2);
        assert_eq!(&cut.text[cut.marks[0].clone()], "MARK");
        assert!(cut.text.chars().count() < 200 && cut.text.starts_with('…'), "{}", cut.text);
        assert!(cut.text.ends_with('…'));
    }

    #[test]
    fn a_byte_order_mark_is_not_shown() {
        let source = Source::new("f", "\u{feff}{\"a\"}");
        let cut = excerpt(&source, &[Span::new(4, 7), Span::new(0, 3)]);
        assert_eq!((&*cut.text, &cut.marks[..]), ("{\"a\"}", &[1..4, 0..0][..]));
    }

    proptest! {
        /// Whatever the text and the span, a mark is a part of the excerpt; of short lines it is the
        /// span itself.
        #[test]
        fn marks_are_in_the_text(text in "[aé\n]{0,400}", a in 0..500usize, b in 0..500usize) {
            let source = Source::new("f", text.clone());
            let whole = |at: usize| floor(&text, at.min(text.len()));
            let span = Span::new(whole(a.min(b)), whole(a.max(b)));
            let cut = excerpt(&source, &[span]);
            let marked = cut.text.get(cut.marks[0].clone());
            prop_assert!(marked.is_some());
            if text.lines().all(|line| line.len() <= LONGEST) {
                prop_assert_eq!(marked, text.get(span.start..span.end));
            }
        }
    }
}
