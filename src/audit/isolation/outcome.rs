//! What was found about the isolation of tenants, as reports write it.

use crate::audit::{Exactness, StatementPlace, TrustWitness, Witness};
use crate::source::Severity;
use serde::Serialize;

/// Whether tenants are kept apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Isolation {
    /// Those whose roles were looked at, and those who are to be kept from them.
    pub tenants: Vec<TenantReport>,
    /// Ordered pairs of one tenant's role and another tenant.
    pub pairs: usize,
    /// Pairs that are proved isolated, by the layers that were read.
    pub proven: usize,
    /// Pairs of which neither a leak nor a proof was found. They are not isolated.
    pub undecided: Vec<Undecided>,
    /// What breaks isolation, the gravest first.
    pub leaks: Vec<Leak>,
    /// How much the answer claims.
    pub exactness: Exactness,
    /// Which statement or budget is the reason where it claims less than everything.
    pub limits: Vec<String>,
}

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TenantReport {
    /// The deployment.
    pub deployment: String,
    /// The profile.
    pub profile: String,
    /// The ARNs of its roles that were looked at; of loose documents, their name.
    pub roles: Vec<String>,
}

/// What could not be decided about one tenant's roles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Undecided {
    /// The deployment.
    pub deployment: String,
    /// Whose roles.
    pub from: String,
    /// Whose keys.
    pub to: Vec<String>,
}

/// In which way isolation is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeakKind {
    /// Tenants have one role.
    SharedRole,
    /// Tenants have keys in common by the estate's own words.
    Overlap,
    /// One tenant may assume the role of another.
    Assume,
    /// Actions on the whole bucket by which a role can give itself access to others' keys, or
    /// have S3 hand them out or destroy them.
    Power,
    /// Permissions of others' objects are changed.
    Permissions,
    /// Others' objects are deleted.
    Delete,
    /// Others' objects are written.
    Write,
    /// Tags of others' objects are changed.
    Tagging,
    /// Others' objects are read, or their attributes.
    Read,
    /// Others' keys are listed.
    List,
    /// That there is another is shown, by the name of its folder, and none of its keys.
    Names,
}

impl LeakKind {
    /// The word that reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SharedRole => "shared-role",
            Self::Overlap => "overlap",
            Self::Assume => "assume",
            Self::Power => "power",
            Self::Permissions => "permissions",
            Self::Delete => "delete",
            Self::Write => "write",
            Self::Tagging => "tagging",
            Self::Read => "read",
            Self::List => "list",
            Self::Names => "names",
        }
    }

    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Names => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// What some tenant can do to others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leak {
    /// How bad.
    pub severity: Severity,
    /// In which way.
    pub kind: LeakKind,
    /// The deployment.
    pub deployment: String,
    /// Who can: the tenants that run as the role.
    pub from: Vec<String>,
    /// As which role; `None` where the estate itself is the reason.
    pub role: Option<String>,
    /// Whose keys, or whose role.
    pub to: Vec<String>,
    /// The actions, sorted.
    pub actions: Vec<String>,
    /// What it gives, where the actions do not say it.
    pub gives: Option<String>,
    /// A request that is allowed, about one of those in `to`. The evaluator has confirmed it.
    pub witness: Option<LeakWitness>,
    /// The statement to blame.
    pub statement: Option<StatementPlace>,
}

/// A request that shows a leak.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum LeakWitness {
    /// On somebody else's keys.
    Request(Witness),
    /// To assume somebody else's role.
    Assume(TrustWitness),
}
