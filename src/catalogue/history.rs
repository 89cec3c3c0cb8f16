//! Since when actions are known, and which are gone.

use super::{ActionId, Catalogue};
use crate::iam::ActionPattern;

/// An action that AWS no longer lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RetiredAction<'a> {
    /// The name, as it was last spelled.
    pub name: &'a str,
    /// The date of the last snapshot that had it.
    pub last_seen: &'a str,
}

impl<'a> RetiredAction<'a> {
    fn new(line: &'a str) -> Self {
        let (name, last_seen) = line.split_once('\t').unwrap_or((line, ""));
        Self { name, last_seen }
    }
}

impl Catalogue {
    /// The dates, `YYYY-MM-DD`, on which the list of all actions is known, in order. The last one
    /// is [the catalogue's own](Self::date).
    pub fn snapshots(&self) -> impl ExactSizeIterator<Item = &str> {
        let lines = self.snapshot_lines();
        (0..lines.len()).map(move |line| lines.key(line))
    }

    /// The date of the first snapshot that has the action: it is as old as that or older. Empty
    /// for an id that is not in this catalogue.
    #[must_use]
    pub fn since(&self, id: ActionId) -> &str {
        if id.0 < self.len() { self.snapshot_lines().key(self.first_snapshot(id)) } else { "" }
    }

    /// The last snapshot that is not younger than the date, `YYYY-MM-DD`. `None` where the date is
    /// before all of them.
    #[must_use]
    pub fn snapshot_at(&self, date: &str) -> Option<&str> {
        self.snapshots().take_while(|snapshot| *snapshot <= date).last()
    }

    /// The actions that a pattern names now and did not name on a date, in order: those that are
    /// not in the [last snapshot before](Self::snapshot_at) it, nor in any earlier one. `None` where
    /// the date is before all snapshots.
    #[must_use]
    pub fn gained(&self, pattern: &ActionPattern, since: &str) -> Option<Vec<ActionId>> {
        let before = self.snapshot_at(since)?;
        let ids = self.expand(pattern).into_iter().flatten().map(ActionId);
        Some(ids.filter(|id| self.since(*id) > before).collect())
    }

    /// All actions that AWS no longer lists, in order.
    pub fn retired_actions(&self) -> impl ExactSizeIterator<Item = RetiredAction<'_>> {
        let lines = self.retired_lines();
        (0..lines.len()).map(move |line| RetiredAction::new(lines.line(line)))
    }

    /// The action of this name, whatever its case, that AWS no longer lists.
    #[must_use]
    pub fn retired(&self, name: &str) -> Option<RetiredAction<'_>> {
        let lines = self.retired_lines();
        Some(RetiredAction::new(lines.line(lines.find(name)?)))
    }

    fn first_snapshot(&self, id: ActionId) -> u32 {
        self.action_lines().field(id.0, 4).parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
