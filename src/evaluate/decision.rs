//! What comes out.

use crate::iam::{Effect, Layer};
use serde::Serialize;
use std::fmt;

/// A decision, in AWS's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Let through.
    Allowed,
    /// A Deny statement matched.
    ExplicitDeny,
    /// Nothing denied it, and some layer did not allow it.
    ImplicitDeny,
    /// It cannot be decided, for these reasons.
    Unknown(Vec<String>),
}

impl Outcome {
    /// `allowed`, `explicitDeny`, `implicitDeny` or `unknown`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A statement that matched the request, and where it stands. Positions count from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchedStatement<'p> {
    /// The layer.
    pub layer: Layer,
    /// The level from the root to the account, in an organization's policies.
    pub level: Option<usize>,
    /// Which policy of the layer, or of the level.
    pub policy: usize,
    /// Which statement of the policy.
    pub statement: usize,
    /// Its name, if it has one.
    pub sid: Option<&'p str>,
    /// What it does.
    pub effect: Effect,
}

impl Serialize for MatchedStatement<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("MatchedStatement", 6)?;
        out.serialize_field("layer", &self.layer)?;
        if let Some(level) = self.level {
            out.serialize_field("level", &level)?;
        }
        out.serialize_field("policy", &self.policy)?;
        out.serialize_field("statement", &self.statement)?;
        if let Some(sid) = self.sid {
            out.serialize_field("sid", sid)?;
        }
        let effect = if self.effect == Effect::Allow { "Allow" } else { "Deny" };
        out.serialize_field("effect", effect)?;
        out.end()
    }
}

impl fmt::Display for MatchedStatement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.layer)?;
        if let Some(level) = self.level {
            write!(f, " level {level}")?;
        }
        write!(f, " policy {} statement {}", self.policy, self.statement)?;
        match self.sid {
            Some(sid) => write!(f, " `{sid}`"),
            None => Ok(()),
        }
    }
}

/// A decision with what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'p> {
    /// What was decided.
    pub outcome: Outcome,
    /// Allowed: the Allow statements that matched. Explicitly denied: the Deny statements.
    pub matched: Vec<MatchedStatement<'p>>,
    /// Denied: the layer of the first Deny, or the first layer that does not allow.
    pub blocked_by: Option<Layer>,
}

impl fmt::Display for Decision<'_> {
    /// One line for the decision, then one for each reason or statement.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.outcome)?;
        if let Some(layer) = self.blocked_by {
            write!(f, ", blocked by {layer}")?;
        }
        writeln!(f)?;
        if let Outcome::Unknown(reasons) = &self.outcome {
            for reason in reasons {
                writeln!(f, "  because {reason}")?;
            }
        }
        for statement in &self.matched {
            writeln!(f, "  {} in {statement}", statement.effect)?;
        }
        Ok(())
    }
}
