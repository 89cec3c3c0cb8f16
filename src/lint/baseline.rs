//! Findings that were there when somebody began to look: only new ones count.
//!
//! Findings are told by their [fingerprints](super::fingerprint). Of two that have the same one (the
//! same document in two files), each needs an entry of its own.

use super::Placed;
use super::suppress::Suppressed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Findings that are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    /// The version of this file's shape.
    pub schema_version: String,
    /// The findings.
    pub findings: Vec<Known>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Known {
    /// The file that it was in. Renamed files do not matter, unless others have the same finding.
    pub file: String,
    /// The document inside the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub fingerprint: String,
    /// What was said; for people.
    pub message: String,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not JSON of the expected form.
    #[error("it is no baseline: {0}")]
    Json(#[from] serde_json::Error),
    /// A later program wrote it.
    #[error("version `{0}` of the baseline's format is not known")]
    Version(String),
}

const VERSION: &str = "1";

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// The text is no baseline, or of another version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text)?;
        if baseline.schema_version == VERSION {
            Ok(baseline)
        } else {
            Err(BaselineError::Version(baseline.schema_version))
        }
    }

    /// The findings that count now, and those that the baseline before had, in the order given.
    #[must_use]
    pub fn of(findings: &[Placed<'_>]) -> Self {
        let counts =
            |one: &&Placed<'_>| matches!(one.suppressed, None | Some(Suppressed::Baseline));
        let known = |one: &Placed<'_>| Known {
            file: one.source.name().to_owned(),
            policy: one.policy().to_owned(),
            rule: one.finding.rule.id.clone(),
            fingerprint: one.fingerprint.clone(),
            message: one.finding.message.clone(),
        };
        let findings = findings.iter().filter(counts).map(known).collect();
        Self { schema_version: VERSION.to_owned(), findings }
    }

    /// Marks the findings that it was [made of](Self::of).
    pub fn mark(&self, findings: &mut [Placed<'_>]) {
        for one in findings.iter_mut() {
            one.suppressed.get_or_insert(Suppressed::Baseline);
        }
    }

    /// Marks the findings that are known, and returns the entries that no finding has any more: of
    /// files that were looked at, or are not there.
    #[must_use]
    pub fn apply(
        &self,
        findings: &mut [Placed<'_>],
        looked_at: impl Fn(&str) -> bool,
    ) -> Vec<Known> {
        let mut left: BTreeMap<&str, Vec<&Known>> = BTreeMap::new();
        for known in &self.findings {
            left.entry(&known.fingerprint).or_default().push(known);
        }
        // Those in the file that is named come first: a copy in another file is the new one.
        for same_file in [true, false] {
            for one in findings.iter_mut().filter(|one| one.suppressed.is_none()) {
                let Some(known) = left.get_mut(one.fingerprint.as_str()) else { continue };
                let fits = |known: &&Known| !same_file || known.file == one.source.name();
                if let Some(at) = known.iter().position(fits) {
                    known.remove(at);
                    one.suppressed = Some(Suppressed::Baseline);
                }
            }
        }
        let mut gone: Vec<Known> = left.into_values().flatten().cloned().collect();
        gone.retain(|known| looked_at(&known.file));
        gone.sort();
        gone
    }
}
