//! What stops a request.

use crate::exact::bits::Bits;
use crate::exact::set::{RequestSet, StatementRef};
use crate::exact::space::Space;
use crate::iam::Layer;
use std::fmt;

/// What stops a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The layer that stops it; of several the first.
    pub layer: Layer,
    /// Its level from the root to the account, where it is an organization's.
    pub level: Option<usize>,
    /// The name of its policy, where it is one.
    pub policy: Option<String>,
    /// How.
    pub kind: BlockKind,
    /// The statement that denies it; else the one of this layer that came closest to allowing it:
    /// the resource matches and a condition does not, or only the action matches.
    pub statement: Option<StatementRef>,
    /// The layers that would let it through.
    pub allowed_by: Vec<Layer>,
}

/// The two ways to stop a request, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum BlockKind {
    /// No statement allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let titles: Vec<String> =
            self.allowed_by.iter().map(|layer| format!("the {}", layer.title())).collect();
        match titles.as_slice() {
            [] => {}
            [only] => write!(f, "allowed by {only}, ")?,
            [first @ .., last] => write!(f, "allowed by {} and {last}, ", first.join(", "))?,
        }
        f.write_str(match self.kind {
            BlockKind::ExplicitDeny => "stopped by",
            BlockKind::ImplicitDeny => "not allowed by",
        })?;
        write!(f, " the {}", self.layer.title())?;
        if let Some(policy) = &self.policy {
            write!(f, " `{policy}`")?;
        }
        if let Some(level) = self.level {
            write!(f, " of level {level}")?;
        }
        match &self.statement {
            Some(StatementRef { sid: Some(sid), .. }) if self.kind == BlockKind::ExplicitDeny => {
                write!(f, ", statement `{sid}`")
            }
            Some(statement) if self.kind == BlockKind::ExplicitDeny => {
                write!(f, ", statement {}", statement.index)
            }
            _ => Ok(()),
        }
    }
}

impl Block {
    /// What stops a request that the statements `matching` match, out of those that match its
    /// resource (`in_cell`) and its action (`named`).
    pub(super) fn new(
        set: &RequestSet<'_>,
        space: &Space<'_, '_>,
        matching: &Bits,
        in_cell: &Bits,
        named: &Bits,
    ) -> Self {
        let found = space.left.blocking(matching).first().copied();
        let Some((at, stopped)) = found.and_then(|at| Some((at, set.layers().get(at)?))) else {
            // The caller has no policies of its own, and no other policy is known.
            let (layer, kind) = (Layer::ResourcePolicy, BlockKind::ImplicitDeny);
            let (level, policy, statement) = (None, None, None);
            return Self { layer, level, policy, kind, statement, allowed_by: Vec::new() };
        };
        let denying = space.left.denying(at, matching).unwrap_or_default();
        let allowing = space.left.allowing(at);
        let first = |rules: &Bits| {
            let number = rules.iter().next()?;
            space.rules.get(number).map(|rule| rule.reference())
        };
        let kind =
            if denying.is_empty() { BlockKind::ImplicitDeny } else { BlockKind::ExplicitDeny };
        let statement = first(&denying)
            .or_else(|| first(&allowing.intersection(in_cell)))
            .or_else(|| first(&allowing.intersection(named)));
        let open = space.left.open(matching);
        let open = open.iter().filter_map(|at| set.layers().get(*at));
        let mut allowed_by: Vec<Layer> = open.map(|layer| layer.layer).collect();
        allowed_by.dedup();
        allowed_by.retain(|layer| *layer != stopped.layer);
        let policy = match (&statement, stopped.policies.as_slice()) {
            (Some(statement), _) if kind == BlockKind::ExplicitDeny => Some(&*statement.policy),
            (_, [only]) => Some(*only),
            _ => None,
        };
        let policy = policy.map(str::to_owned);
        let (layer, level) = (stopped.layer, stopped.level);
        Self { layer, level, policy, kind, statement, allowed_by }
    }
}
