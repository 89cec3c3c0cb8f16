//! One thing that a statement grants, in the words of every report.

use super::subject::Layers;
use super::{StatementPlace, Witness};
use crate::catalogue::AccessLevel;
use crate::exact::{Row, When};
use crate::iam::{Caller, Request};
use serde::Serialize;

/// What one statement grants, with a request as proof.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Which of the things that were asked for it is, where several were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// How far the actions reach; `None` for one that the catalogue does not know.
    pub access_level: Option<AccessLevel>,
    /// The actions or patterns of actions, sorted.
    pub actions: Vec<String>,
    /// To whom; empty where the policy is attached to its principal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<String>,
    /// But not to these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_principals: Vec<String>,
    /// On what, as the statement says it.
    pub resource: String,
    /// But not on these.
    pub except: Vec<String>,
    /// Only in these requests; empty where in all.
    pub when: Vec<When>,
    /// A request that proves it.
    pub witness: GrantWitness,
    /// The statement that grants it; `None` where nothing but the absence of a denial does.
    pub statement: Option<StatementPlace>,
    /// The file, line and column of that statement, where it was read from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The statement of the other side that denies it.
    pub denied_by: Option<StatementPlace>,
}

/// A request, with its caller where a policy names principals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantWitness {
    /// Who asks; `*` for an anonymous caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// For what, on what, with what.
    #[serde(flatten)]
    pub request: Witness,
}

impl GrantWitness {
    fn of(request: &Request) -> Self {
        let principal = request.caller.as_ref().map(|caller: &Caller| caller.text().to_owned());
        Self { principal, request: Witness::of(request) }
    }
}

impl Grant {
    /// A row of the engine's, whose statements stand in `own` and, where they deny, in `other`.
    pub(super) fn of(row: Row, own: &Layers<'_>, other: &Layers<'_>) -> Self {
        let (statement, place) = own.locate(&row.statement).unzip();
        let place = place.filter(|place| place.position().is_some());
        let denied_by = row.denied_by.and_then(|deny| other.locate(&deny));
        let Row { access_level, actions, principals, except_principals, .. } = row;
        Self {
            asked: None,
            access_level,
            actions,
            principals,
            except_principals,
            resource: row.resource,
            except: row.except,
            when: row.when,
            witness: GrantWitness::of(&row.witness),
            statement,
            place: place.map(|place| place.to_string()),
            denied_by: denied_by.map(|(statement, _)| statement),
        }
    }
}
