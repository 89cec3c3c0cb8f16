//! One statement against one request.

use super::condition::{self, Bound, arn_matches};
use super::principal::{Naming, naming};
use super::subject::Subject;
use super::{Truth, Why};
use crate::iam::{ActionPattern, Clause, Condition, Effect, Statement};
use crate::pattern::ArnPattern;

/// A statement beside a request, element by element.
#[derive(Clone, Copy)]
pub(super) struct Match<'s, 'r> {
    pub(super) statement: &'s Statement,
    pub(super) subject: Subject<'r>,
    /// Whether the caller has a permissions boundary; `NotPrincipal` asks for it.
    pub(super) bounded: bool,
}

impl Match<'_, '_> {
    /// Whether the statement is about the request, whoever asks; the cheapest elements first.
    pub(super) fn applies(&self) -> Truth {
        if !self.action() {
            return Truth::False;
        }
        let mut truth = self.resource();
        for condition in &self.statement.conditions {
            if truth.is_false() {
                break;
            }
            truth = truth.and(self.condition(condition));
        }
        truth
    }

    /// Whether the statement is about the request, and how closely it names the caller. A policy
    /// that is attached to its principal names it directly.
    pub(super) fn naming(&self) -> Naming {
        if !self.action() {
            return Naming::NOBODY;
        }
        let naming = self.principal();
        if naming.any().is_false() { naming } else { naming.and(self.applies()) }
    }

    pub(super) fn action(&self) -> bool {
        let action = &self.subject.request().action;
        let any = |entries: &[ActionPattern]| entries.iter().any(|entry| entry.matches(action));
        match &self.statement.action {
            Clause::Is(entries) => any(entries),
            Clause::Not(entries) => !any(entries),
        }
    }

    pub(super) fn resource(&self) -> Truth {
        // A trust policy's resource is its role.
        let Some(clause) = &self.statement.resource else { return Truth::True };
        let any = Truth::any(clause.entries().iter().map(|entry| self.entry_matches(entry)));
        any.negate_if(clause.is_negated())
    }

    pub(super) fn entry_matches(&self, entry: &ArnPattern) -> Truth {
        let request = self.subject.request();
        let resource = request.resource.text();
        if entry.has_variables() {
            let lookup = |key: &str| self.subject.values(key);
            return Bound::new(lookup, |bind| entry.bind(bind), || entry.relaxed())
                .holds(|pattern| arn_matches(pattern, resource));
        }
        // AWS: the action has no resource type, so only `*` allows it; but examples of AWS's own
        // write the buckets' ARN, and a Deny is taken at its word:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        let lists_buckets = resource == "*"
            && self.statement.effect == Effect::Deny
            && request.action.folded() == "s3:listallmybuckets"
            && entry.text() == "arn:aws:s3:::*";
        if lists_buckets { Truth::True } else { arn_matches(entry, resource) }
    }

    pub(super) fn principal(&self) -> Naming {
        match &self.statement.principal {
            None => Naming { direct: Truth::True, ..Naming::NOBODY },
            Some(clause) => naming(clause, self.statement.effect, &self.subject, self.bounded),
        }
    }

    pub(super) fn condition(&self, condition: &Condition) -> Truth {
        condition::holds(
            condition,
            self.statement.effect,
            self.subject.values(condition.key.folded()),
            |key| self.subject.values(key),
        )
    }

    /// Each element that leaves the statement undecided, with the reason.
    pub(super) fn doubts(&self) -> Vec<(String, Why)> {
        let mut doubts = Vec::new();
        let mut push = |element: String, truth: Truth| {
            if let Truth::Unknown(why) = truth {
                doubts.push((element, why));
            }
        };
        push(self.principal_name().to_owned(), self.principal().any());
        push(self.resource_name().to_owned(), self.resource());
        for condition in &self.statement.conditions {
            let element = format!("`{}` of `{}`", condition.operator, condition.key);
            push(element, self.condition(condition));
        }
        doubts
    }

    pub(super) fn principal_name(&self) -> &'static str {
        let negated = self.statement.principal.as_ref().is_some_and(Clause::is_negated);
        if negated { "NotPrincipal" } else { "Principal" }
    }

    pub(super) fn resource_name(&self) -> &'static str {
        let negated = self.statement.resource.as_ref().is_some_and(Clause::is_negated);
        if negated { "NotResource" } else { "Resource" }
    }

    pub(super) fn action_name(&self) -> &'static str {
        if self.statement.action.is_negated() { "NotAction" } else { "Action" }
    }
}
