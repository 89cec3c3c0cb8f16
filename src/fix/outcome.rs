//! What a fix is, in the words and the order of its index.

use crate::audit::{FixStatus, FixSummary};
use serde::Serialize;

/// What would close the gaps and the excess of one principal. Nothing of it has been done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalFix {
    /// Whose.
    pub arn: String,
    /// What becomes of what it may do.
    pub permissions: Verdict,
    /// What becomes of who may assume it.
    pub trust: Verdict,
    /// What to do, in this order: nothing is taken away before what replaces it is there.
    pub steps: Vec<Step>,
    /// The files that the steps name.
    #[serde(skip)]
    pub files: Vec<FixFile>,
}

/// How it stands with one of the two sides of a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Verdict {
    /// It has neither gaps nor excess, or nothing to compare it with.
    Clean,
    /// After the steps it has neither: the exact engine has proved it.
    Proved {
        /// Whether no small edit was found, so that a compiled document replaces the live one.
        replaced: bool,
        /// What was proved, and what is left open, one sentence each.
        proof: Vec<String>,
    },
    /// Nothing is proposed.
    NotFixed {
        /// Why, and what has to change elsewhere, one sentence each.
        why: Vec<String>,
    },
}

impl Verdict {
    /// Whether there are steps for it.
    #[must_use]
    pub const fn is_proved(&self) -> bool {
        matches!(self, Self::Proved { .. })
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// In words: ``edit the inline policy `artifacts` ``.
    pub summary: String,
    /// The changes in the document, one sentence each.
    pub edits: Vec<String>,
    /// The file of the whole new document.
    pub document: Option<String>,
    /// The file of the JSON patch that turns the live document into it.
    pub patch: Option<String>,
    /// The command of the AWS CLI that does it, to be run in the folder of the files.
    pub command: Option<String>,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixFile {
    /// Its name, without a folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl PrincipalFix {
    /// How far it goes.
    #[must_use]
    pub fn status(&self) -> FixStatus {
        let sides = [&self.permissions, &self.trust];
        let is_refused = |side: &&Verdict| matches!(side, Verdict::NotFixed { .. });
        match (sides.iter().any(|side| side.is_proved()), sides.iter().any(is_refused)) {
            (false, false) => FixStatus::Clean,
            (true, false) => FixStatus::Proved,
            (true, true) => FixStatus::Partly,
            (false, true) => FixStatus::NotFixed,
        }
    }

    /// The fix as an audit's report tells it.
    #[must_use]
    pub fn summary(&self) -> FixSummary {
        let why = [&self.permissions, &self.trust].into_iter().flat_map(|side| match side {
            Verdict::NotFixed { why } => why.as_slice(),
            _ => &[],
        });
        FixSummary {
            status: self.status(),
            documents: self.steps.iter().filter_map(|step| step.document.clone()).collect(),
            why: why.cloned().collect(),
        }
    }
}
