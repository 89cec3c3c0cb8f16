//! Every statement of every layer against one request.

use super::decision::MatchedStatement;
use super::principal::Naming;
use super::statement::Match;
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{Effect, Layer, PolicyDocument, Statement};
use std::ops::Deref;

/// A statement that matched, or may have.
pub(super) struct Hit<'p> {
    pub(super) place: MatchedStatement<'p>,
    pub(super) statement: &'p Statement,
    pub(super) truth: Truth,
    /// Whether it is not known if it matched, or for an Allow how closely it names the caller.
    pub(super) in_doubt: bool,
}

/// The statements seen so far.
pub(super) struct Scan<'p, 'r> {
    pub(super) subject: Subject<'r>,
    /// Whether the caller has a permissions boundary.
    pub(super) bounded: bool,
    pub(super) hits: Vec<Hit<'p>>,
    /// Whether any Deny matched.
    pub(super) deny: Truth,
}

impl<'p, 'r> Scan<'p, 'r> {
    pub(super) const fn new(subject: Subject<'r>, bounded: bool) -> Self {
        Self { subject, bounded, hits: Vec::new(), deny: Truth::False }
    }

    /// Whether some document allows. `applies` tells whether their Denies count.
    pub(super) fn documents<D: Deref<Target = PolicyDocument>>(
        &mut self,
        layer: Layer,
        level: Option<usize>,
        documents: &'p [D],
        applies: Truth,
    ) -> Truth {
        let mut allow = Truth::False;
        for (policy, document) in documents.iter().enumerate() {
            allow = allow.or(self.document(layer, level, policy, document, applies).any());
        }
        allow
    }

    /// Whether and how closely a document allows the caller. `denies` tells whether its Denies
    /// count.
    pub(super) fn document(
        &mut self,
        layer: Layer,
        level: Option<usize>,
        policy: usize,
        document: &'p PolicyDocument,
        denies: Truth,
    ) -> Naming {
        let mut allow = Naming::NOBODY;
        for (index, statement) in document.statements.iter().enumerate() {
            let found = Match { statement, subject: self.subject, bounded: self.bounded };
            let naming = found.naming();
            let truth = match statement.effect {
                Effect::Allow => {
                    allow = allow.or(naming);
                    naming.any()
                }
                Effect::Deny => {
                    let truth = naming.any().and(denies);
                    self.deny = self.deny.or(truth);
                    truth
                }
            };
            if !truth.is_false() {
                let place = MatchedStatement {
                    layer,
                    level,
                    policy,
                    statement: index,
                    sid: statement.sid.as_deref(),
                    effect: statement.effect,
                };
                let in_doubt = match statement.effect {
                    Effect::Allow => naming.doubt().is_some(),
                    Effect::Deny => !truth.is_true(),
                };
                self.hits.push(Hit { place, statement, truth, in_doubt });
            }
        }
        allow
    }

    /// The statements with `effect` that certainly matched.
    pub(super) fn matched(&self, effect: Effect) -> Vec<MatchedStatement<'p>> {
        let sure = self.hits.iter().filter(|h| h.place.effect == effect && h.truth.is_true());
        sure.map(|hit| hit.place).collect()
    }

    /// Why statements that may have matched are undecided, where that matters: for an Allow not
    /// where the request is `allowed` but for Denies, and not beside an Allow of the same layer
    /// that certainly matched.
    pub(super) fn doubts(&self, allowed: bool) -> Vec<String> {
        let beside = |hit: &Hit<'_>, other: &Hit<'_>| {
            other.place.effect == Effect::Allow
                && other.truth.is_true()
                && (other.place.layer, other.place.level) == (hit.place.layer, hit.place.level)
        };
        let settled = |hit: &Hit<'_>| {
            hit.place.effect == Effect::Allow
                && (allowed
                    || hit.place.layer == Layer::ResourceControlPolicy
                    || hit.statement.principal.is_none()
                        && self.hits.iter().any(|other| beside(hit, other)))
        };
        let mut doubts = Vec::new();
        for hit in self.hits.iter().filter(|hit| hit.in_doubt && !settled(hit)) {
            let (statement, subject, bounded) = (hit.statement, self.subject, self.bounded);
            for (element, why) in (Match { statement, subject, bounded }).doubts() {
                doubts.push(format!("{}, {element}: {why}", hit.place));
            }
        }
        doubts
    }
}
