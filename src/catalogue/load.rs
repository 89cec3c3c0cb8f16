//! Reading the catalogue's text.
//!
//! The text has a head (format, date), then sections, each headed by its number of lines and
//! sorted by the first field, then the word `end`. Fields are separated by tabs, lists by commas:
//!
//! | section | fields |
//! |---|---|
//! | `snapshots` | date; package, version and checksum of its source |
//! | `services` | prefix; `rcp` if resource control policies apply |
//! | `keys` | condition key; value types; what it tells about, if it is one of all services |
//! | `sets` | name of a set of condition keys; the keys |
//! | `types` | `service:type`; set of keys; ARN formats, a field each |
//! | `actions` | `service:Action`; access level; resource types, `*` marking a required one; set of keys, then that on each of the types; number of the first snapshot; dependent actions |
//! | `scenarios` | `service:Action/scenario`; resource types |
//! | `retired` | `service:Action`; date of the last snapshot that had it |

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::names::Names;
use super::sorted_lines::{SortedLines, compare, key_of};
use super::{AccessLevel, ActionId, Catalogue, ConditionKeyFact, Origin, ResourceType, Sections};

/// The text that is built into the program.
pub(super) const EMBEDDED: &str = include_str!("data/catalogue.txt");

/// Where its lines start, found at build time.
pub(super) static EMBEDDED_STARTS: &[u32] = include!(concat!(env!("OUT_DIR"), "/line_starts.rs"));

/// The format that this version reads.
pub(super) const FORMAT: &str = "2";

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
        Ok(catalogue.with_origin(Origin::File))
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
        let sections = Sections {
            snapshots: head.section("snapshots")?,
            services: head.section("services")?,
            keys: head.section("keys")?,
            sets: head.section("sets")?,
            types: head.section("types")?,
            actions: head.section("actions")?,
            scenarios: head.section("scenarios")?,
            retired: head.section("retired")?,
        };
        head.value("end")?;
        let names = Names::default();
        Ok(Self { text, starts, date, sections, names, origin: Origin::Embedded })
    }

    /// Checks what the lines say, and that all they refer to is there.
    fn check(&self) -> Result<(), CatalogueError> {
        check_lines(self.snapshot_lines(), |_, line| is_date(key_of(line)))?;
        if self.snapshots().last() != Some(self.date()) {
            return Err(damaged(self.date(), "not the date of the last snapshot"));
        }
        check_lines(self.service_lines(), |_, line| match line.split_once('\t') {
            None | Some((_, "rcp")) => Ok(()),
            Some(_) => Err("a service is followed by `rcp` or nothing"),
        })?;
        check_lines(self.key_lines(), |at, line| {
            let words = self.key_lines().field(at, 1).split(',').filter(|word| !word.is_empty());
            if key_of(line).contains(':')
                && ConditionKeyFact::new(line).types().count() == words.count()
            {
                Ok(())
            } else {
                Err("a condition key needs a prefix, and types that exist")
            }
        })?;
        check_lines(self.set_lines(), |_, line| {
            let lines = self.key_lines();
            let known = |key: &str| lines.find(key).is_some_and(|line| lines.key(line) == key);
            let keys = self.set_keys(key_of(line));
            if keys.count() > 0 && self.set_keys(key_of(line)).all(known) {
                Ok(())
            } else {
                Err("a set needs condition keys that exist, in the same spelling")
            }
        })?;
        check_lines(self.type_lines(), |_, line| {
            self.check_service(line)?;
            self.check_sets(ResourceType::new(line).key_set(), 1)?;
            let mut formats = ResourceType::new(line).arn_formats().peekable();
            let complete =
                |format: &str| format.starts_with("arn:") && format.matches(':').count() >= 5;
            if formats.peek().is_some() && formats.all(complete) {
                Ok(())
            } else {
                Err("a resource type needs ARN formats of six parts")
            }
        })?;
        check_lines(self.action_lines(), |id, line| self.check_action(ActionId(id), line))?;
        check_lines(self.scenario_lines(), |_, line| {
            let id = line.split('/').next().and_then(|action| self.find(action));
            let id = id.ok_or("not a scenario of an action")?;
            let types = line.split_once('\t').map_or("", |(_, types)| types);
            self.check_types(self.service(id), types)
        })?;
        check_lines(self.retired_lines(), |_, line| {
            let (name, date) = line.split_once('\t').unwrap_or((line, ""));
            if !name.contains(':') || self.find(name).is_some() {
                return Err("not a name of a former action");
            }
            is_date(date)
        })
    }

    fn check_action(&self, id: ActionId, line: &str) -> Result<(), &'static str> {
        let field = |field: usize| self.action_lines().field(id.0, field);
        self.check_service(line)?;
        if field(1).parse::<AccessLevel>().is_err() {
            return Err("not an access level");
        }
        self.check_types(self.service(id), field(2))?;
        self.check_sets(field(3), 1 + self.references(id).count())?;
        let snapshots = self.snapshot_lines().len();
        if !field(4).is_empty() && !field(4).parse::<u32>().is_ok_and(|at| at < snapshots) {
            return Err("not the number of a snapshot");
        }
        let dependents = field(5).split(',').filter(|name| !name.is_empty()).count();
        if self.dependents(id).count() != dependents {
            return Err("not a dependent action that exists");
        }
        Ok(())
    }

    /// Checks that the service has all these resource types.
    fn check_types(&self, service: &str, names: &str) -> Result<(), &'static str> {
        let mut names = super::references(names);
        if names.all(|(name, _)| self.resource_type(service, name).is_some()) {
            Ok(())
        } else {
            Err("not a resource type of the service")
        }
    }

    /// Checks that there are at most so many sets of keys, and that each exists.
    fn check_sets(&self, names: &str, most: usize) -> Result<(), &'static str> {
        let known = |name: &str| name.is_empty() || self.set_lines().find(name).is_some();
        if names.split(',').count() <= most && names.split(',').all(known) {
            Ok(())
        } else {
            Err("not a set of condition keys")
        }
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

/// Checks that a text is a date `YYYY-MM-DD`.
fn is_date(text: &str) -> Result<(), &'static str> {
    let fits = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let date = text.len() == 10 && text.bytes().enumerate().all(fits);
    if date { Ok(()) } else { Err("not a date `YYYY-MM-DD`") }
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
