//! Why a command could not do its work, and how that is shown on stderr.

use super::ExitStatus;
use crate::report::visible;
use crate::source::{Problem, Severity, Source};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::io::{self, Write};
use std::sync::Arc;

/// What a command returns.
pub type Outcome = Result<ExitStatus, Failure>;

/// One or more reasons. All are shown; the status is that of the first.
#[derive(Debug)]
pub struct Failure {
    reasons: Vec<Reason>,
}

#[derive(Debug)]
enum Reason {
    /// Something at a place of a file.
    Problem { source: Arc<Source>, problem: Problem },
    /// Something that has no place.
    Message { status: ExitStatus, message: String, help: Option<String> },
    /// Stdout could not be written.
    Output(io::Error),
}

impl Failure {
    /// Bad input that has no place in a file.
    pub fn input(message: impl Into<String>, help: impl Into<Option<String>>) -> Self {
        Self::message(ExitStatus::BadInput, message, help)
    }

    /// Something with a status of its own.
    pub fn message(
        status: ExitStatus,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) -> Self {
        Self {
            reasons: vec![Reason::Message { status, message: message.into(), help: help.into() }],
        }
    }

    /// Problems of one source, in the order given.
    pub fn problems(source: Source, problems: impl IntoIterator<Item = Problem>) -> Self {
        let source = Arc::new(source);
        let reasons = problems
            .into_iter()
            .map(|problem| Reason::Problem { source: Arc::clone(&source), problem });
        Self { reasons: reasons.collect() }
    }

    /// A failure to write the command's data.
    pub fn output(error: io::Error) -> Self {
        Self { reasons: vec![Reason::Output(error)] }
    }

    /// Both: the other's reasons come after.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.reasons.extend(other.reasons);
        self
    }

    /// The exit status that it stands for.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        match self.reasons.first() {
            Some(Reason::Message { status, .. }) => *status,
            Some(Reason::Problem { .. }) | None => ExitStatus::BadInput,
            Some(Reason::Output(_)) => ExitStatus::CouldNotEvaluate,
        }
    }

    /// All reasons in one line, for protocols that have room for no more.
    #[must_use]
    pub fn one_line(&self) -> String {
        let line = |reason: &Reason| {
            let (text, help) = match reason {
                Reason::Problem { source, problem } => {
                    let position = source.position(problem.span.start);
                    (format!("{}:{position}: {}", source.name(), problem.message), &problem.help)
                }
                Reason::Message { message, help, .. } => (message.clone(), help),
                Reason::Output(error) => (error.to_string(), &None),
            };
            match help {
                Some(help) => format!("{text} ({help})"),
                None => text,
            }
        };
        self.reasons.iter().map(line).collect::<Vec<_>>().join("; ").replace('\n', " ")
    }

    /// Whether stdout's reader went away.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        let broken = |reason: &Reason| matches!(reason, Reason::Output(e) if e.kind() == io::ErrorKind::BrokenPipe);
        self.reasons.iter().any(broken)
    }

    /// Shows all reasons.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn print(&self, stderr: &mut impl Write) -> io::Result<()> {
        for reason in &self.reasons {
            match reason {
                Reason::Problem { source, problem } => print_problem(stderr, source, problem)?,
                Reason::Message { message, help, .. } => {
                    writeln!(stderr, "error: {}", visible(message))?;
                    if let Some(help) = help {
                        writeln!(stderr, "  help: {}", visible(help))?;
                    }
                }
                Reason::Output(error) => {
                    writeln!(stderr, "error: cannot write the output: {error}")?;
                }
            }
        }
        Ok(())
    }
}

/// Warnings and notes of a source that was read all the same.
pub(super) fn print_notes<'p>(
    stderr: &mut impl Write,
    source: &Source,
    problems: impl IntoIterator<Item = &'p Problem>,
) -> io::Result<()> {
    problems.into_iter().try_for_each(|problem| print_problem(stderr, source, problem))
}

/// The longest line that is quoted: a minified document would fill the screen.
const LONGEST_QUOTE: usize = 400;

fn print_problem(stderr: &mut impl Write, source: &Source, problem: &Problem) -> io::Result<()> {
    let text = source.text();
    let start = problem.span.start.min(text.len());
    let end = problem.span.end.clamp(start, text.len());
    let line_start = text.get(..start).and_then(|t| t.rfind('\n')).map_or(0, |at| at + 1);
    let line_end = text.get(start..).and_then(|t| t.find('\n')).map_or(text.len(), |at| start + at);
    let position = source.position(start);
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    if text.is_empty() || line_end - line_start > LONGEST_QUOTE {
        writeln!(stderr, "{}: {}", problem.severity, visible(&problem.message))?;
        writeln!(stderr, "  --> {}:{position}", visible(source.name()))?;
        if let Some(help) = &problem.help {
            writeln!(stderr, "  help: {}", visible(help))?;
        }
        return Ok(());
    }
    let line = text.get(line_start..line_end).unwrap_or_default();
    let marked = (start - line_start)..(end.min(line_end) - line_start);
    let snippet = Snippet::source(line)
        .path(source.name())
        .line_start(position.line)
        .annotation(AnnotationKind::Primary.span(marked));
    let mut groups =
        vec![Group::with_title(level.primary_title(visible(&problem.message))).element(snippet)];
    if let Some(help) = &problem.help {
        groups.push(Group::with_title(Level::HELP.secondary_title(visible(help))));
    }
    writeln!(stderr, "{}", Renderer::styled().render(&groups))
}
