//! How much work a comparison may do, and how sure its answer is.

use super::set::StatementRef;
use serde::Serialize;
use std::fmt;

/// The most work that one comparison does. What does not fit is named in its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// States of one automaton: of the resources of one group of actions, or of one key's values.
    pub states: usize,
    /// Combinations of statements at one level of the search, and sets of values of one key.
    pub combinations: usize,
    /// Findings that are kept.
    pub leaves: usize,
    /// States and combinations of the whole comparison.
    pub total: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { states: 20_000, combinations: 4_096, leaves: 10_000, total: 2_000_000 }
    }
}

/// How much an answer claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exactness {
    /// What is listed is true, and there is nothing else.
    Exact,
    /// What is listed is true; that there is nothing else is not proven.
    WitnessOnly,
    /// Nothing is listed, and that there is nothing is not proven.
    Unknown,
}

impl fmt::Display for Exactness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::WitnessOnly => "witness-only",
            Self::Unknown => "unknown",
        })
    }
}

/// Why an answer is not exact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// The statement that is the reason, if one is.
    pub statement: Option<StatementRef>,
    /// The reason, as the end of a sentence in lower case.
    pub reason: String,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.statement {
            Some(statement) => write!(f, "{statement}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// What is left of a budget, and what did not fit into it.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) budget: Budget,
    spent: usize,
    limits: Vec<Limit>,
    incomplete: bool,
}

impl Account {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { budget, spent: 0, limits: Vec::new(), incomplete: false }
    }

    /// Takes note of work; false where the whole budget is spent.
    pub(crate) fn spend(&mut self, work: usize) -> bool {
        self.spent = self.spent.saturating_add(work);
        let enough = self.spent <= self.budget.total;
        if !enough {
            self.overrun(None, "the whole budget is spent");
        }
        enough
    }

    /// Something was not looked at.
    pub(crate) fn overrun(&mut self, statement: Option<StatementRef>, reason: &str) {
        self.incomplete = true;
        self.note(statement, reason);
    }

    /// Something could not be confirmed.
    pub(crate) fn note(&mut self, statement: Option<StatementRef>, reason: &str) {
        self.limits.push(Limit { statement, reason: reason.to_owned() });
    }

    /// How sure an answer is with so many confirmed and unconfirmed findings, and why.
    pub(crate) fn close(mut self, confirmed: usize, unconfirmed: usize) -> (Exactness, Vec<Limit>) {
        self.limits.sort();
        self.limits.dedup();
        let exactness = match (self.incomplete || unconfirmed > 0, confirmed) {
            (false, _) => Exactness::Exact,
            (true, 0) => Exactness::Unknown,
            (true, _) => Exactness::WitnessOnly,
        };
        (exactness, self.limits)
    }
}
