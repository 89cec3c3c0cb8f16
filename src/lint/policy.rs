//! What the checks look at.

use super::check::{Mismatch, mismatches};
use super::memory::{Expansion, Memory};
use crate::catalogue::{ActionId, Catalogue, ConditionKeyFact};
use crate::exact::Universe;
use crate::iam::{Clause, Effect, PolicyDocument, PolicyKind, Statement};
use crate::source::Problem;
use std::cell::OnceCell;
use std::ops::Range;

/// A document to look at.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// What it says.
    pub document: &'a PolicyDocument,
    /// What it is attached to.
    pub kind: PolicyKind,
    /// What its reader remarked.
    pub notes: &'a [Problem],
    /// Where it is kept, which decides how large it may be.
    pub storage: Storage,
}

/// Where a policy is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// Not known: a loose file.
    #[default]
    Unknown,
    /// A managed policy of the account.
    Managed,
    /// A managed policy of AWS's, which has no quota that anybody else sees.
    AwsManaged,
    /// Inline in a role.
    RoleInline,
    /// Inline in a user.
    UserInline,
    /// Inline in a group.
    GroupInline,
}

/// A document with what checks ask of it more than once.
pub(super) struct Subject<'a> {
    pub policy: &'a Policy<'a>,
    pub universe: &'a Universe<'a>,
    pub settings: &'a super::Settings,
    memory: &'a Memory<'a>,
    /// For each statement, what each of its action entries names.
    expansions: Vec<Vec<OnceCell<Expansion>>>,
    /// For each statement, the key of each of its conditions.
    keys: Vec<Vec<OnceCell<Option<ConditionKeyFact<'a>>>>>,
    /// For each statement, the actions that it is about.
    actions: Vec<OnceCell<Vec<Range<u32>>>>,
    mismatches: OnceCell<Vec<Mismatch>>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        policy: &'a Policy<'a>,
        universe: &'a Universe<'a>,
        settings: &'a super::Settings,
        memory: &'a Memory<'a>,
    ) -> Self {
        let statements = || policy.document.statements.iter();
        let entries = |one: &Statement| vec![OnceCell::new(); one.action.entries().len()];
        let conditions = |one: &Statement| vec![OnceCell::new(); one.conditions.len()];
        let expansions = statements().map(entries).collect();
        let keys = statements().map(conditions).collect();
        let actions = vec![OnceCell::new(); policy.document.statements.len()];
        let mismatches = OnceCell::new();
        Self { policy, universe, settings, memory, expansions, keys, actions, mismatches }
    }

    /// The action of a name.
    pub(super) fn id(&self, name: &str) -> Option<ActionId> {
        self.memory.id(name)
    }

    /// The key of a statement's condition, where the catalogue knows it.
    pub(super) fn key(&self, statement: usize, condition: usize) -> Option<ConditionKeyFact<'a>> {
        let known = self.keys.get(statement)?.get(condition)?;
        *known.get_or_init(|| {
            let condition = self.statement(statement)?.conditions.get(condition)?;
            self.catalogue().condition_key(condition.key.text())
        })
    }

    /// Whether requests carry many values of the key. `None` where that is not known.
    pub(super) fn is_multivalued(&self, statement: usize, condition: usize) -> Option<bool> {
        self.key(statement, condition)?.is_multivalued()
    }

    pub(super) fn catalogue(&self) -> &'a Catalogue {
        self.universe.catalogue()
    }

    /// The statements with their numbers.
    pub(super) fn statements(&self) -> impl Iterator<Item = (usize, &'a Statement)> + use<'a> {
        self.policy.document.statements.iter().enumerate()
    }

    /// Those that grant.
    pub(super) fn grants(&self) -> impl Iterator<Item = (usize, &'a Statement)> + use<'a> {
        self.statements().filter(|(_, statement)| statement.effect == Effect::Allow)
    }

    /// The actions of the catalogue that an entry of a statement's `Action` or `NotAction` names,
    /// as sorted ranges of ids.
    pub(super) fn expansion(&self, statement: usize, entry: usize) -> &[Range<u32>] {
        let Some(known) = self.expansions.get(statement).and_then(|of| of.get(entry)) else {
            return &[];
        };
        known.get_or_init(|| {
            let statement = self.policy.document.statements.get(statement);
            let pattern = statement.and_then(|statement| statement.action.entries().get(entry));
            pattern.map(|pattern| self.memory.expansion(pattern)).unwrap_or_default()
        })
    }

    /// One of the statements.
    pub(super) fn statement(&self, number: usize) -> Option<&'a Statement> {
        self.policy.document.statements.get(number)
    }

    /// The actions of the catalogue that a statement is about, as sorted ranges of ids that neither
    /// overlap nor touch.
    pub(super) fn actions(&self, number: usize) -> &[Range<u32>] {
        let (Some(known), Some(statement)) = (self.actions.get(number), self.statement(number))
        else {
            return &[];
        };
        known.get_or_init(|| {
            let entries = 0..statement.action.entries().len();
            let mut named: Vec<Range<u32>> =
                entries.flat_map(|entry| self.expansion(number, entry)).cloned().collect();
            named.sort_unstable_by_key(|range| range.start);
            let mut merged: Vec<Range<u32>> = Vec::with_capacity(named.len());
            for range in named {
                match merged.last_mut() {
                    Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                    _ => merged.push(range),
                }
            }
            if !statement.action.is_negated() {
                return merged;
            }
            let ends = merged.iter().map(|range| range.end);
            let starts = merged.iter().map(|range| range.start);
            let gaps = std::iter::once(0).chain(ends).zip(starts.chain([self.catalogue().len()]));
            gaps.map(|(from, to)| from..to).filter(|gap| !gap.is_empty()).collect()
        })
    }

    /// The actions that act on none of their statement's resources.
    pub(super) fn mismatches(&self) -> &[Mismatch] {
        self.mismatches.get_or_init(|| mismatches(self))
    }

    /// Whether a statement's `Action` or `NotAction` takes in an action of the catalogue.
    pub(super) fn names(&self, statement: usize, id: u32) -> bool {
        let Some(of) = self.policy.document.statements.get(statement) else { return false };
        let entries = 0..of.action.entries().len();
        let named = entries
            .flat_map(|entry| self.expansion(statement, entry))
            .any(|range| range.contains(&id));
        match of.action {
            Clause::Is(_) => named,
            Clause::Not(_) => !named,
        }
    }
}
