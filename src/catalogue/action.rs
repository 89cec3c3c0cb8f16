//! An action's place in the catalogue and its class.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An action: its position in the catalogue's sorted list.
///
/// Ids mean something only together with the catalogue that gave them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u32);

/// How far an action reaches, from the least to the gravest.
///
/// AWS: actions are classified List, Read, Write, Permissions management or Tagging:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
/// Where AWS gives an action several classes, the gravest of permissions, tagging, write, list
/// and read (in this order) is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLevel {
    /// Names of resources, not what is in them.
    List,
    /// Contents and attributes, without changing them.
    Read,
    /// Creates, changes or deletes.
    Write,
    /// Changes tags, on which other permissions may depend.
    Tagging,
    /// Grants or changes permissions.
    Permissions,
}

impl AccessLevel {
    /// The word that reports use: `list`, `read`, `write`, `tagging`, `permissions`.
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Tagging => "tagging",
            Self::Permissions => "permissions",
        }
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The text is not the word of an access level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an access level")]
pub struct UnknownAccessLevel;

impl FromStr for AccessLevel {
    type Err = UnknownAccessLevel;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::List, Self::Read, Self::Write, Self::Tagging, Self::Permissions]
            .into_iter()
            .find(|level| level.word() == word)
            .ok_or(UnknownAccessLevel)
    }
}
