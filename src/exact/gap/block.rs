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
        if !self.allowed_by.is_empty() {
            let names: Vec<&str> = self.allowed_by.iter().map(|layer| layer.name()).collect();
            write!(f, "allowed by {}, ", names.join(", "))?;
        }
        match (self.kind, &self.statement) {
            (BlockKind::ExplicitDeny, Some(statement)) => write!(f, "denied by {statement}"),
            (BlockKind::ExplicitDeny, None) => write!(f, "denied by {}", self.layer),
            (BlockKind::ImplicitDeny, _) if self.allowed_by.is_empty() => {
                write!(f, "not allowed by {}", self.layer)
            }
            (BlockKind::ImplicitDeny, _) => write!(f, "stopped by {}", self.layer),
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
    ) -> Option<Self> {
        let stopping: Vec<usize> = space.left.blocking(matching).collect();
        let denies = |at: &&usize| space.left.denying(**at).intersects(matching);
        let at = *stopping.iter().find(denies).or(stopping.first())?;
        let denying = space.left.denying(at).intersection(matching);
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
        let layers = set.layers().iter().enumerate();
        let open = layers.clone().filter(|(at, _)| !stopping.contains(at));
        let mut allowed_by: Vec<Layer> = open.map(|(_, layer)| layer.layer).collect();
        allowed_by.dedup();
        let layer = set.layers().get(at)?.layer;
        Some(Self { layer, kind, statement, allowed_by })
    }
}
