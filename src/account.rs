//! Where principals come from: an account's roles and users with every layer that IAM keeps.
//!
//! Two readers give the same [`Account`]: [`dump`] reads files that hold what IAM's API answered,
//! `live` (feature `aws`) asks the API itself. What could not be read is never left out in
//! silence: a principal is here whole, or it stands in [`Account::unreadable`] with the reason.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod assemble;
mod content;
mod detail;
pub mod dump;
mod home;
#[cfg(feature = "aws")]
pub mod live;
mod lookup;
pub mod loose;
mod own_policy;
mod place;

pub use content::{Content, content, kind_of};
pub use home::PolicyHome;
pub use lookup::Selection;
pub use own_policy::own_policy;
pub use place::{Place, Written};

use crate::iam::{AccountId, Caller, Layer, PolicyDocument};
use crate::source::{Problem, Source, Span};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What one reading saw of one AWS account.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The account; `None` where the reading named no principal.
    pub id: Option<AccountId>,
    /// The partition of its ARNs: `aws`, `aws-cn`, `aws-us-gov`; empty with no principal.
    pub partition: String,
    /// The principals that were selected and read whole, by ARN.
    pub principals: BTreeMap<String, IamPrincipal>,
    /// The managed policies attached to them, by ARN; each was parsed once.
    pub managed: BTreeMap<String, Arc<PolicyDocument>>,
    /// How many users, groups and roles have a managed policy, as permissions or as boundary, by its
    /// ARN; a policy of which the reading does not say so is not here.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ManagedPolicyDetail.html>
    pub holders: BTreeMap<String, u32>,
    /// Principals that were selected and could not be read whole, sorted by ARN.
    pub unreadable: Vec<NotRead>,
    /// The layers that this way of reading never shows.
    pub not_seen: BTreeSet<Layer>,
    /// Every ARN of a role or user that the reading named, selected or not.
    names: BTreeSet<String>,
}

/// A principal that cannot be judged, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRead {
    /// Its ARN, or the name that was asked for where no ARN is known.
    pub arn: String,
    /// What happened, with the place.
    pub why: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The principals that hold policies of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// A role.
    Role,
    /// A user.
    User,
}

impl fmt::Display for PrincipalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Role => "role",
            Self::User => "user",
        })
    }
}

/// A role or a user with all that IAM keeps about it.
#[derive(Clone, Debug)]
pub struct IamPrincipal {
    /// Its ARN; of loose documents, whatever the caller calls them.
    pub arn: String,
    /// Role or user.
    pub kind: PrincipalKind,
    /// Its path, `/` where it has none.
    pub path: String,
    /// Its name, without the path.
    pub name: String,
    /// Its unique id (`AROA...`, `AIDA...`), where the reading shows it.
    pub id: Option<String>,
    /// Its own policies and its groups', inline ones first, in the order of the reading.
    pub identity: Vec<NamedPolicy>,
    /// What caps them.
    pub permissions_boundary: PermissionsBoundary,
    /// Who may assume it; users have none.
    pub trust: Option<NamedPolicy>,
    /// The groups of a user.
    pub groups: Vec<String>,
    /// Its tags: `aws:PrincipalTag/KEY`.
    pub tags: BTreeMap<String, String>,
    /// Every layer that was read in part or not at all, [`Account::not_seen`] included.
    pub not_seen: BTreeSet<Layer>,
}

impl IamPrincipal {
    /// Who makes its requests; `None` for loose documents without an ARN.
    #[must_use]
    pub fn caller(&self) -> Option<Caller> {
        Caller::parse(&self.arn).ok()
    }

    /// Its account; `None` for loose documents without an ARN.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.caller()?.account()
    }

    /// Whether AWS made the role for one of its services. No SCP, RCP or boundary binds it.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html>
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.kind == PrincipalKind::Role && self.path.starts_with("/aws-service-role/")
    }
}

/// The boundary of a principal.
#[derive(Clone, Debug)]
pub enum PermissionsBoundary {
    /// It has none.
    None,
    /// This managed policy.
    Policy(NamedPolicy),
    /// It has one that the reading does not show: whether a request is allowed cannot be said.
    NotRead {
        /// The managed policy's ARN.
        arn: String,
        /// Why it is not here.
        why: String,
    },
}

/// A policy with its home, and the name that reports give it.
#[derive(Clone, Debug)]
pub struct NamedPolicy {
    home: PolicyHome,
    /// The home's text.
    name: String,
    /// What it says. Managed policies are shared.
    pub document: Arc<PolicyDocument>,
    /// Warnings from its reading, at places in the document's own text.
    pub notes: Arc<[Problem]>,
    /// Where it was read.
    pub place: Place,
    statements: Arc<[Span]>,
    /// The document's JSON text, where the place does not hold it.
    text: Option<Arc<str>>,
}

impl NamedPolicy {
    /// Where it is kept.
    #[must_use]
    pub const fn home(&self) -> &PolicyHome {
        &self.home
    }

    /// What reports call it: the text of its home.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same policy, kept elsewhere.
    #[must_use]
    pub fn kept_in(self, home: PolicyHome) -> Self {
        Self { name: home.to_string(), home, ..self }
    }

    /// The statement, counted from 0, that a place in the document's own text belongs to.
    pub(crate) fn statement_around(&self, part: Span) -> Option<usize> {
        let is_around = |one: &Span| one.start <= part.start && part.end <= one.end;
        self.statements.iter().position(is_around)
    }

    /// Where a statement stands, counted from 0; the policy's own place where that is not known.
    #[must_use]
    pub fn statement_place(&self, index: usize) -> Place {
        match self.statements.get(index) {
            Some(span) => self.place.inside(*span),
            None => self.place.clone(),
        }
    }

    /// The document's own JSON text, as it was read.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        if let Some(text) = &self.text {
            return Cow::Borrowed(text);
        }
        detail::DocumentText::text_at(&self.place)
    }
}

/// A problem and the source that it stands in.
#[derive(Clone)]
pub struct BadInput {
    /// The file.
    pub source: Arc<Source>,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.source.position(self.problem.span.start);
        write!(f, "{}:{position}: {}", self.source.name(), self.problem.message)?;
        match &self.problem.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
