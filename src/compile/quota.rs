//! How large a document may be, and how large it is.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use crate::iam::PolicyDocument;
use crate::syntax;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a document is to be stored. Sizes are in characters without the white space outside
/// strings; the inline quotas are for all inline policies of a principal together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quota {
    /// A managed policy: 6,144.
    #[default]
    Managed,
    /// Inline in a role: 10,240.
    RoleInline,
    /// Inline in a user: 2,048.
    UserInline,
    /// Inline in a group: 5,120.
    GroupInline,
    /// A role's trust policy: 2,048, and up to 8,192 when the account asked for it.
    Trust,
}

impl Quota {
    /// The quota without asking for more.
    #[must_use]
    pub const fn characters(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::RoleInline => 10_240,
            Self::UserInline | Self::Trust => 2_048,
            Self::GroupInline => 5_120,
        }
    }

    /// The most that AWS grants when asked.
    #[must_use]
    pub const fn largest(self) -> usize {
        match self {
            Self::Trust => 8_192,
            other => other.characters(),
        }
    }

    /// How a document stands against the quota.
    #[must_use]
    pub fn fit(self, document: &PolicyDocument) -> Fit {
        let size = syntax::quota_size(document);
        if size <= self.characters() {
            Fit::Fits(size)
        } else if size <= self.largest() {
            Fit::NeedsIncrease(size)
        } else {
            Fit::TooLarge(size)
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Managed => "managed policy",
            Self::RoleInline => "inline policies of a role",
            Self::UserInline => "inline policies of a user",
            Self::GroupInline => "inline policies of a group",
            Self::Trust => "trust policy",
        })
    }
}

/// A document's size, in characters that count, against a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It fits.
    Fits(usize),
    /// It fits once the account's quota is raised.
    NeedsIncrease(usize),
    /// It never fits.
    TooLarge(usize),
}
