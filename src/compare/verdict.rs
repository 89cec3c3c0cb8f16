//! How an expectation fared.

use serde::Serialize;
use std::fmt;

/// Whether what was expected holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is proved.
    Pass,
    /// Nothing speaks against it, and it is not proved.
    Unknown,
    /// Requests prove the contrary.
    Fail,
}

impl Verdict {
    /// The verdict on an expectation that nothing is granted.
    pub(super) const fn of(is_granted: bool, is_proved: bool) -> Self {
        match (is_granted, is_proved) {
            (true, _) => Self::Fail,
            (false, true) => Self::Pass,
            (false, false) => Self::Unknown,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        })
    }
}
