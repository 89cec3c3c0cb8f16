//! What is wrong with a model, an estate or a setting, with its place and its remedy.

use std::fmt;

/// Where in the input something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A line and column of the file, both from 1, counted in characters.
    Line {
        /// The line.
        line: u64,
        /// The column.
        column: u64,
    },
    /// A setting by name: a command-line flag or a key of the terraform protocol.
    Setting(String),
    /// The whole input.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, column } => write!(f, "{line}:{column}"),
            Self::Setting(name) => write!(f, "{name}"),
            Self::Whole => Ok(()),
        }
    }
}

impl From<serde_saphyr::Location> for Place {
    fn from(location: serde_saphyr::Location) -> Self {
        Self::Line { line: location.line(), column: location.column() }
    }
}

/// Something wrong with the input: an error, or a warning or note where it is kept as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}{message}{}", prefix(.place), suffix(.help.as_deref()))]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

fn prefix(place: &Place) -> String {
    if *place == Place::Whole { String::new() } else { format!("{place}: ") }
}

fn suffix(help: Option<&str>) -> String {
    help.map(|help| format!(" ({help})")).unwrap_or_default()
}

impl Problem {
    /// A problem without a remedy of its own.
    pub fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), help: None }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What a YAML reader found wrong.
    pub(super) fn yaml(error: &serde_saphyr::Error) -> Self {
        let error = error.without_snippet();
        let place = error.location().map_or(Place::Whole, Place::from);
        let text = error.to_string();
        // The reader repeats the place at the end of its message.
        let message = text.split(" at line ").next().unwrap_or(&text).trim_end_matches(':').to_owned();
        Self::new(place, message)
    }
}

/// All that is wrong with one input, in the order of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub(super) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// `value` if nothing is wrong, else all that is, sorted and without repetition.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort();
        self.0.dedup();
        Err(self)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}
