//! A set of edits that can each be undone, and the documents that they make.

use super::narrow::Alternative;
use super::patch::Line;
use crate::account::NamedPolicy;
use crate::iam::{ActionPattern, Clause, Operand, PolicyDocument, Statement, Version};
use crate::pattern::ArnPattern;
use std::sync::Arc;

/// A statement that has to change, and what may stand in its place.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Which policy, by its place among the principal's.
    pub(super) policy: usize,
    /// Which statement.
    pub(super) index: usize,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) chosen: usize,
}

/// Something that is missing, and where it is put.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Addition {
    /// Entries for a statement of the live policies.
    Extend {
        policy: usize,
        index: usize,
        actions: Vec<ActionPattern>,
        resources: Vec<ArnPattern>,
        /// For the statement's only condition.
        operands: Vec<Operand>,
    },
    /// A statement at the end of a policy; of a new one, where `policy` is one too many.
    Statement { policy: usize, statement: Statement },
}

/// Edits of a principal's policies.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) slots: Vec<Slot>,
    pub(super) additions: Vec<Addition>,
}

impl Plan {
    pub(super) fn has(&self, policy: usize, index: usize) -> bool {
        self.slots.iter().any(|slot| (slot.policy, slot.index) == (policy, index))
    }

    /// The statements of a policy after the edits.
    pub(super) fn lines(&self, policy: usize, before: &[Statement]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, statement) in before.iter().enumerate() {
            let slot = self.slots.iter().find(|s| (s.policy, s.index) == (policy, index));
            let chosen = slot.and_then(|slot| slot.alternatives.get(slot.chosen));
            let (statements, successor) = match chosen {
                Some(alternative) => (&*alternative.statements, alternative.successor),
                None => (std::slice::from_ref(statement), 0),
            };
            for (at, new) in statements.iter().enumerate() {
                let mut new = new.clone();
                let is_old = at == successor;
                if is_old {
                    new.sid.clone_from(&statement.sid);
                    self.extend(policy, index, &mut new);
                }
                lines.push(Line { origin: is_old.then_some(index), statement: new });
            }
        }
        for addition in &self.additions {
            if let Addition::Statement { policy: at, statement } = addition
                && *at == policy
            {
                lines.push(Line { origin: None, statement: statement.clone() });
            }
        }
        number_sids(&mut lines);
        lines
    }

    fn extend(&self, of_policy: usize, of_index: usize, statement: &mut Statement) {
        for addition in &self.additions {
            let Addition::Extend { policy, index, actions, resources, operands } = addition else {
                continue;
            };
            if (*policy, *index) != (of_policy, of_index) {
                continue;
            }
            append(&mut statement.action, actions);
            if let Some(clause) = &mut statement.resource {
                append(clause, resources);
            }
            if let [condition] = statement.conditions.as_mut_slice() {
                let new: Vec<Operand> =
                    operands.iter().filter(|o| !condition.operands.contains(o)).cloned().collect();
                condition.operands.extend(new);
            }
        }
    }
}

fn append<T: Clone + PartialEq>(clause: &mut Clause<T>, new: &[T]) {
    if let Clause::Is(entries) = clause {
        let new: Vec<T> = new.iter().filter(|e| !entries.contains(e)).cloned().collect();
        entries.extend(new);
    }
}

/// New statements get names that no other statement has.
fn number_sids(lines: &mut [Line]) {
    let mut used: Vec<String> = lines
        .iter()
        .filter(|line| line.origin.is_some())
        .filter_map(|line| line.statement.sid.clone())
        .collect();
    for line in lines.iter_mut().filter(|line| line.origin.is_none()) {
        let Some(sid) = &mut line.statement.sid else { continue };
        let numbered = (2..).map(|number| format!("{sid}{number}"));
        let free = std::iter::once(sid.clone()).chain(numbered).find(|name| !used.contains(name));
        if let Some(free) = free {
            *sid = free;
        }
        used.push(sid.clone());
    }
}

/// A document with other statements.
pub(super) fn with_lines(before: Option<&PolicyDocument>, lines: &[Line]) -> PolicyDocument {
    PolicyDocument {
        version: before.map_or(Version::V2012, |document| document.version),
        id: before.and_then(|document| document.id.clone()),
        statements: lines.iter().map(|line| line.statement.clone()).collect(),
    }
}

/// A policy with another document.
pub(super) fn with_document(policy: &NamedPolicy, document: PolicyDocument) -> NamedPolicy {
    let mut policy = policy.clone();
    policy.document = Arc::new(document);
    policy
}
