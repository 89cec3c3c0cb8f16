//! What every report shows alike: requests, statements, the catalogue that was used.

use crate::catalogue::{Catalogue, Origin};
use crate::iam::{ContextValue, Request, RequestContext};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The version of the reports' shapes: it changes only when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: &str = "1";

/// Which catalogue was used: AWS adds actions every week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CatalogueStamp {
    /// The day of its facts, `YYYY-MM-DD`.
    pub date: String,
    /// How many actions it knows.
    pub actions: u32,
    /// Where it was found.
    pub origin: Origin,
}

impl CatalogueStamp {
    /// The stamp of a catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue) -> Self {
        let origin = catalogue.origin();
        Self { date: catalogue.date().to_owned(), actions: catalogue.len(), origin }
    }
}

impl fmt::Display for CatalogueStamp {
    /// `catalogue of 2026-09-26 with 22091 actions`; where it was found, if that is not the program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue of {} with {} actions", self.date, self.actions)?;
        match self.origin {
            Origin::Embedded => Ok(()),
            origin => write!(f, " ({})", origin.word()),
        }
    }
}

/// A request on a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Witness {
    /// The action.
    pub action: String,
    /// The resource's ARN.
    pub resource: String,
    /// The condition keys that it carries and that matter; all others are absent or do not matter.
    pub context: BTreeMap<String, WitnessValue>,
}

impl Witness {
    /// The request without its caller.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self {
            action: request.action.text().to_owned(),
            resource: request.resource.text().to_owned(),
            context: context(&request.context),
        }
    }
}

/// The values of a context that are known.
pub(crate) fn context(context: &RequestContext) -> BTreeMap<String, WitnessValue> {
    let value = |value: &ContextValue| match value {
        ContextValue::Single(one) => Some(WitnessValue::One(one.clone())),
        ContextValue::Many(many) => Some(WitnessValue::Many(many.clone())),
        ContextValue::Unknown => None,
    };
    context.iter().filter_map(|(key, v)| Some((key.text().to_owned(), value(v)?))).collect()
}

/// What a witness carries for a condition key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum WitnessValue {
    /// One value.
    One(String),
    /// Several values of a multi-valued key.
    Many(Vec<String>),
}

impl fmt::Display for WitnessValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => write!(f, "`{value}`"),
            Self::Many(values) => {
                let quoted: Vec<String> = values.iter().map(|v| format!("`{v}`")).collect();
                write!(f, "[{}]", quoted.join(", "))
            }
        }
    }
}

/// Where a statement stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StatementPlace {
    /// `inline:NAME`, `managed:ARN`, `boundary:ARN`, the first two also after `group:NAME `; `trust`,
    /// or a file's name.
    pub policy: String,
    /// The statement's own name.
    pub sid: Option<String>,
    /// Its place in the document, from 0.
    pub index: usize,
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} statement {}", self.policy, self.index)?;
        match &self.sid {
            Some(sid) => write!(f, " ({sid})"),
            None => Ok(()),
        }
    }
}
