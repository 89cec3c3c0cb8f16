//! Reading the catalogue's text.
//!
//! The text has a head (format, date, source), then three sections, `services`, `types` and
//! `actions`, each headed by its number of lines, then the word `end`. Fields are separated by
//! tabs: a service and whether it supports RCPs; a resource type and its ARN formats; an action,
//! its access level and its resource types, `*` marking a required one.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::sorted_lines::{SortedLines, compare};
use super::{AccessLevel, ActionId, Catalogue, ResourceType};

/// The text that is built into the program.
pub(super) const EMBEDDED: &str = include_str!("data/catalogue.txt");

/// Where its lines start, found at build time.
pub(super) static EMBEDDED_STARTS: &[u32] = include!(concat!(env!("OUT_DIR"), "/line_starts.rs"));

/// The format that this version reads.
const FORMAT: &str = "1";

/// Why a text is not a catalogue. The file is generated, so the first error is enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The head of a catalogue is missing.
    #[error("not a leastwise catalogue: line {line} should be `{expected}`")]
    Head {
        /// The line, counted from 1.
        line: u32,
        /// The word that should start it.
        expected: &'static str,
    },
    /// Another version of leastwise wrote it.
    #[error("catalogue format `{0}` is not known, only `{FORMAT}`: update leastwise or the file")]
    Format(String),
    /// The text ends before its last line.
    #[error("the catalogue is cut off in its section `{0}`: fetch the file again")]
    CutOff(&'static str),
    /// The text is longer than 4 GiB.
    #[error("the catalogue is longer than 4 GiB")]
    TooLong,
    /// A line of a section is not what it should be.
    #[error("the catalogue is damaged at `{line}`: {problem}")]
    Line {
        /// The line's text.
        line: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Catalogue {
    /// Reads a catalogue and checks every line of it.
    ///
    /// # Errors
    /// The text is cut off, of another format, or not sorted, or a line names a service, a
    /// resource type or an access level that does not exist.
    pub fn parse(text: String) -> Result<Self, CatalogueError> {
        let starts = line_starts(&text)?;
        let catalogue = Self::index(text.into(), starts.into())?;
        catalogue.check()?;
        Ok(catalogue)
    }

    /// Finds the sections without looking at what their lines say.
    pub(super) fn index(
        text: Cow<'static, str>,
        starts: Cow<'static, [u32]>,
    ) -> Result<Self, CatalogueError> {
        let mut head = Head { lines: SortedLines::new(&text, &starts), next: 0 };
        let format = head.value("leastwise-catalogue")?;
        if format != FORMAT {
            return Err(CatalogueError::Format(format.to_owned()));
        }
        let date = head.value("date")?.to_owned();
        let source = head.value("source")?.to_owned();
        let services = head.section("services")?;
        let types = head.section("types")?;
        let actions = head.section("actions")?;
        head.value("end")?;
        Ok(Self { text, starts, date, source, services, types, actions })
    }

    /// Checks what the lines say.
    fn check(&self) -> Result<(), CatalogueError> {
        let date = self.date.as_bytes();
        let digit = |&at: &usize| date.get(at).is_some_and(u8::is_ascii_digit);
        if date.len() != 10 || ![0, 1, 2, 3, 5, 6, 8, 9].iter().all(digit) {
            return Err(damaged(&self.date, "not a date `YYYY-MM-DD`"));
        }
        check_lines(self.service_lines(), |_, line| match line.split_once('\t') {
            None | Some((_, "rcp")) => Ok(()),
            Some(_) => Err("a service is followed by `rcp` or nothing"),
        })?;
        check_lines(self.type_lines(), |_, line| {
            self.check_service(line)?;
            let mut formats = ResourceType::new(line).arn_formats().peekable();
            let complete =
                |format: &str| format.starts_with("arn:") && format.matches(':').count() >= 5;
            if formats.peek().is_some() && formats.all(complete) {
                Ok(())
            } else {
                Err("a resource type needs ARN formats of six parts")
            }
        })?;
        check_lines(self.action_lines(), |id, line| {
            self.check_service(line)?;
            if self.action_lines().field(id, 1).parse::<AccessLevel>().is_err() {
                return Err("not an access level");
            }
            let id = ActionId(id);
            if self.references(id).count() != self.resource_types(id).count() {
                return Err("not a resource type of the service");
            }
            Ok(())
        })
    }

    /// Checks that a line starts with `service:name` of a known service.
    fn check_service(&self, line: &str) -> Result<(), &'static str> {
        let (service, name) = line.split_once(':').ok_or("no service prefix")?;
        if name.is_empty() || self.service_lines().find(service).is_none() {
            return Err("not a name of a known service");
        }
        Ok(())
    }
}

/// Checks that the lines are sorted, that none stands twice, and each by itself.
fn check_lines(
    lines: SortedLines<'_>,
    check: impl Fn(u32, &str) -> Result<(), &'static str>,
) -> Result<(), CatalogueError> {
    for at in 0..lines.len() {
        let line = lines.line(at);
        if line.is_empty() {
            return Err(damaged(line, "an empty line"));
        }
        if at > 0 && compare(lines.key(at - 1).bytes(), lines.key(at)) != Ordering::Less {
            return Err(damaged(line, "not after the line before it"));
        }
        check(at, line).map_err(|problem| damaged(line, problem))?;
    }
    Ok(())
}

fn damaged(line: &str, problem: &'static str) -> CatalogueError {
    CatalogueError::Line { line: line.to_owned(), problem }
}

/// Where the lines of a text start, and where the last one ends.
fn line_starts(text: &str) -> Result<Vec<u32>, CatalogueError> {
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let starts = std::iter::once(0).chain(ends);
    starts.map(|at| u32::try_from(at).map_err(|_| CatalogueError::TooLong)).collect()
}

/// Reads the lines that are not part of a section.
struct Head<'a> {
    lines: SortedLines<'a>,
    next: u32,
}

impl<'a> Head<'a> {
    /// What follows `word` on the next line, which must start with it.
    fn value(&mut self, word: &'static str) -> Result<&'a str, CatalogueError> {
        let line = self.lines.line(self.next);
        let (found, value) = line.split_once('\t').unwrap_or((line, ""));
        if found != word {
            return Err(CatalogueError::Head { line: self.next + 1, expected: word });
        }
        self.next += 1;
        Ok(value)
    }

    /// The lines of the section of this name; its first line says how many follow.
    fn section(&mut self, name: &'static str) -> Result<Range<usize>, CatalogueError> {
        let missing = CatalogueError::Head { line: self.next + 1, expected: name };
        let count: u32 = self.value(name)?.parse().map_err(|_| missing)?;
        let start = self.next;
        self.next = start.saturating_add(count);
        if self.next > self.lines.len() {
            return Err(CatalogueError::CutOff(name));
        }
        Ok(start as usize..self.next as usize)
    }
}

#[cfg(test)]
mod tests;
