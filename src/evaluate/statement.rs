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
        let negated = clause.is_negated();
        let matches = |entry| self.entry_matches(entry, negated);
        Truth::any(clause.entries().iter().map(matches)).negate_if(negated)
    }

    fn entry_matches(&self, entry: &ArnPattern, negated: bool) -> Truth {
        let request = self.subject.request();
        let resource = request.resource.text();
        if entry.has_variables() {
            let lookup = |key: &str| self.subject.values(key);
            return Bound::new(lookup, |bind| entry.bind(bind), || entry.relaxed())
                .holds(|pattern| arn_matches(pattern, resource));
        }
        // AWS: the action has no resource type, so only `*` allows it; but examples of AWS's own
        // write the buckets' ARN. An Allow counts where both hold, a Deny where one does:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
        let lists_buckets = resource == "*"
            && (self.statement.effect == Effect::Deny) != negated
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
        let is_allow = self.statement.effect == Effect::Allow;
        let undecided = |(element, truth): (String, Truth)| match truth {
            Truth::Unknown(why) => Some((element, why)),
            // It names the caller, but how closely matters too.
            Truth::True if is_allow && element.ends_with("Principal") => {
                self.principal().doubt().map(|why| (element, why))
            }
            _ => None,
        };
        self.elements().into_iter().filter_map(undecided).collect()
    }

    /// Every element that the statement has, as documents name it, and whether it matches.
    pub(super) fn elements(&self) -> Vec<(String, Truth)> {
        let statement = self.statement;
        let named = |name: &str, is_negated: bool, truth: Truth| {
            (if is_negated { format!("Not{name}") } else { name.to_owned() }, truth)
        };
        let mut elements = Vec::new();
        if let Some(clause) = &statement.principal {
            elements.push(named("Principal", clause.is_negated(), self.principal().any()));
        }
        elements.push(named("Action", statement.action.is_negated(), self.action().into()));
        if let Some(clause) = &statement.resource {
            elements.push(named("Resource", clause.is_negated(), self.resource()));
        }
        for condition in &statement.conditions {
            let name = format!("`{}` of `{}`", condition.operator, condition.key);
            elements.push((name, self.condition(condition)));
        }
        elements
    }
}
