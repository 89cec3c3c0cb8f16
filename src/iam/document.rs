//! Policy documents and their statements.

use super::{ActionPattern, Condition, PrincipalPattern};
use crate::pattern::ArnPattern;
use std::fmt;

/// The version of the policy language. It decides whether `${...}` is a variable.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// No `Version` element: read as 2008-10-17.
    Absent,
    /// `2008-10-17`: no variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

impl Version {
    /// Whether `${...}` is a policy variable.
    #[must_use]
    pub const fn has_variables(self) -> bool {
        matches!(self, Self::V2012)
    }

    /// As written; `None` where the element is absent.
    #[must_use]
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Absent => None,
            Self::V2008 => Some("2008-10-17"),
            Self::V2012 => Some("2012-10-17"),
        }
    }
}

/// What a matching statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Forbids, whatever else grants.
    Deny,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}

/// An element with its negated twin: `Action` or `NotAction`. One entry and a list of one are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Clause<T> {
    /// Any of these.
    Is(Vec<T>),
    /// Everything but these.
    Not(Vec<T>),
}

impl<T> Clause<T> {
    /// The entries, negated or not.
    #[must_use]
    pub fn entries(&self) -> &[T] {
        match self {
            Self::Is(entries) | Self::Not(entries) => entries,
        }
    }

    /// Whether it is the negated form.
    #[must_use]
    pub const fn is_negated(&self) -> bool {
        matches!(self, Self::Not(_))
    }
}

/// One statement. `principal` and `resource` are there exactly where the policy's kind has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name, unique in an IAM document.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Who; `None` in policies that are attached to their principal.
    pub principal: Option<Clause<PrincipalPattern>>,
    /// Which actions.
    pub action: Clause<ActionPattern>,
    /// On what; `None` in trust policies, whose resource is the role itself.
    pub resource: Option<Clause<ArnPattern>>,
    /// All must hold. Sorted by nothing: the order is the document's.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// Whether it says the same in the same words, whatever its name.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let Self { sid: _, effect, principal, action, resource, conditions } = self;
        *effect == other.effect
            && *action == other.action
            && *resource == other.resource
            && *principal == other.principal
            && *conditions == other.conditions
    }
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDocument {
    /// The language version.
    pub version: Version,
    /// A name, in resource policies.
    pub id: Option<String>,
    /// The statements, in the document's order.
    pub statements: Vec<Statement>,
}

impl PolicyDocument {
    /// The same policy with each resource of an allowing statement in a statement of its own, so that an
    /// answer about a statement is about one resource. Beside it, for each statement the place of the one
    /// that it was a part of.
    #[must_use]
    pub fn by_resource(&self) -> (Self, Vec<usize>) {
        let (mut statements, mut origin) = (Vec::new(), Vec::new());
        for (index, statement) in self.statements.iter().enumerate() {
            match &statement.resource {
                Some(Clause::Is(entries)) if statement.effect == Effect::Allow => {
                    statements.extend(entries.iter().map(|entry| Statement {
                        resource: Some(Clause::Is(vec![entry.clone()])),
                        ..statement.clone()
                    }));
                }
                _ => statements.push(statement.clone()),
            }
            origin.resize(statements.len(), index);
        }
        (Self { version: self.version, id: self.id.clone(), statements }, origin)
    }
}
