//! One statement by itself, without what the layers make of it: what `exact` checks itself with.

use super::statement::Match;
use super::{Naming, Subject, Truth};
use crate::iam::{Request, Statement};

const fn beside<'s, 'r>(statement: &'s Statement, request: &'r Request) -> Match<'s, 'r> {
    Match { statement, subject: Subject::new(request), bounded: false }
}

/// Whether `statement` is about `request`, in each of its elements.
#[must_use]
pub fn matches(statement: &Statement, request: &Request) -> Truth {
    beside(statement, request).naming().any()
}

/// Whether `statement` names the caller of `request`; it does where it has no `Principal`.
#[must_use]
pub fn names(statement: &Statement, request: &Request) -> Truth {
    beside(statement, request).principal().any()
}

/// Whether `statement` is about the resource of `request`; it is where it has no `Resource`.
#[must_use]
pub fn reaches(statement: &Statement, request: &Request) -> Truth {
    beside(statement, request).resource()
}

/// How closely `statement`, of a resource policy, names the caller of `request`. `bounded` tells
/// whether that caller has a permissions boundary.
pub(crate) fn naming(statement: &Statement, request: &Request, bounded: bool) -> Naming {
    Match { bounded, ..beside(statement, request) }.principal()
}
