//! What a fix is held against: the two bounds of a requirement, and questions about statements.

use crate::compile::{Grant, grant, granted_policy, identity_policy, may};
use crate::consumer::Requirement;
use crate::exact::{Budget, NamedPolicy, RequestSet, Universe, difference, includes};
use crate::iam::{
    Action, ActionPattern, Clause, Effect, Layer, PolicyDocument, Statement, Version,
};
use crate::pattern::ArnPattern;

/// The two bounds, and the grants that a compiled policy is made of.
pub(super) struct Bounds<'a> {
    pub(super) universe: &'a Universe<'a>,
    /// Every call of an enabled feature: nothing beyond it may be allowed.
    may: PolicyDocument,
    /// What a compiled policy grants.
    granted: PolicyDocument,
    /// The same, call by call; each once.
    pub(super) grants: Vec<Grant>,
}

impl<'a> Bounds<'a> {
    pub(super) fn of(requirement: &Requirement, universe: &'a Universe<'a>) -> Self {
        let mut grants: Vec<Grant> = requirement.granted().map(grant).collect();
        grants.sort();
        grants.dedup();
        let (may, granted) = (may(requirement), granted_policy(requirement));
        Self { universe, may, granted, grants }
    }

    /// Whether statements surely allow nothing beyond what may be.
    pub(super) fn are_within(&self, statements: &[Statement]) -> bool {
        let (document, may) = (document(statements), &self.may);
        includes(&self.set(may), &self.set(&document), Budget::default()) == Some(true)
    }

    /// Whether `new` surely allows all that `old` allows of what is to be granted.
    pub(super) fn keeps(&self, new: &[Statement], old: &Statement) -> bool {
        let (new, old) = (document(new), document(std::slice::from_ref(old)));
        let of_old = self.both(&old, &self.granted);
        includes(&self.set(&new), &of_old, Budget::default()) == Some(true)
    }

    /// Whether `outer` surely allows all that `inner` allows.
    pub(super) fn covers(&self, outer: &[Statement], inner: &[Statement]) -> bool {
        let (outer, inner) = (document(outer), document(inner));
        includes(&self.set(&outer), &self.set(&inner), Budget::default()) == Some(true)
    }

    /// Whether both may allow a request in common.
    pub(super) fn meet(&self, one: &Statement, other: &Statement) -> bool {
        let documents = [one, other].map(|s| document(std::slice::from_ref(s)));
        let [one, other] = &documents;
        let nothing = RequestSet::new(self.universe, [(Layer::Identity, Vec::new())]);
        !difference(&self.both(one, other), &nothing, Budget::default()).is_proven_empty()
    }

    /// Whether each action of `new` that allowed something in `old` still does: one that a condition
    /// stops altogether has to go instead.
    pub(super) fn kills_none(&self, new: &Statement, old: &Statement) -> bool {
        let allows = |entry: &ActionPattern, statement: &Statement| {
            let action = Clause::Is(vec![entry.clone()]);
            let only = Statement { action, ..statement.clone() };
            self.meet(&only, &only)
        };
        let is_alive = |entry: &ActionPattern| allows(entry, new) || !allows(entry, old);
        new.conditions == old.conditions
            || new.action.is_negated()
            || new.action.entries().iter().all(is_alive)
    }

    fn set<'d>(&'d self, document: &'d PolicyDocument) -> RequestSet<'d> {
        RequestSet::of_document(self.universe, Layer::Identity, "statement", document)
    }

    fn both<'d>(&'d self, one: &'d PolicyDocument, other: &'d PolicyDocument) -> RequestSet<'d> {
        let named = |document| vec![NamedPolicy { name: "statement", document }];
        let layers = [(Layer::Identity, named(one)), (Layer::SessionPolicy, named(other))];
        RequestSet::new(self.universe, layers)
    }
}

fn document(statements: &[Statement]) -> PolicyDocument {
    PolicyDocument { version: Version::V2012, id: None, statements: statements.to_vec() }
}

/// The one statement that gives a grant.
pub(super) fn statement_of(grant: &Grant) -> Option<Statement> {
    identity_policy(std::slice::from_ref(grant)).statements.pop()
}

/// An unconditional permission for actions on one resource.
pub(super) fn plain(actions: &[Action], resource: &ArnPattern) -> Statement {
    let patterns = actions.iter().filter_map(|action| ActionPattern::parse(action.text()).ok());
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(patterns.collect()),
        resource: Some(Clause::Is(vec![resource.clone()])),
        conditions: Vec::new(),
    }
}
