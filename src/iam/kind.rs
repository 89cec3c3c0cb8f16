//! What a policy is attached to, and what that lets it hold.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether a kind of policy must, may or must not hold an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Every statement has it.
    Required,
    /// A statement may have it.
    Optional,
    /// No statement may have it.
    Forbidden,
}

/// The kinds of policy.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// Attached to a user, group or role.
    Identity,
    /// The most that identity policies can grant a user or role.
    PermissionsBoundary,
    /// Passed when a session is made.
    Session,
    /// Of an organization, on the principal's account.
    ServiceControl,
    /// Of an organization, on the resource's account.
    ResourceControl,
    /// Attached to a resource: a bucket, a key, a queue.
    Resource,
    /// Attached to a role: who may assume it.
    Trust,
}

impl PolicyKind {
    /// All kinds, in the order of the list above.
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::PermissionsBoundary,
        Self::Session,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::Resource,
        Self::Trust,
    ];

    /// Whether statements name a principal.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>;
    /// an RCP has `"Principal": "*"`:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
    #[must_use]
    pub const fn principal(self) -> Presence {
        match self {
            Self::Resource | Self::Trust | Self::ResourceControl => Presence::Required,
            _ => Presence::Forbidden,
        }
    }

    /// Whether statements name a resource. A trust policy's resource is its role; some resource
    /// policies (ECR repositories, for one) leave theirs out.
    #[must_use]
    pub const fn resource(self) -> Presence {
        match self {
            Self::Trust => Presence::Forbidden,
            Self::Resource => Presence::Optional,
            _ => Presence::Required,
        }
    }

    /// Whether `NotPrincipal` may stand in for `Principal`.
    #[must_use]
    pub const fn allows_not_principal(self) -> bool {
        matches!(self, Self::Resource)
    }

    /// Whether AWS stores the document in IAM or Organizations, with the strict rules for Sid.
    #[must_use]
    pub const fn has_strict_sids(self) -> bool {
        !matches!(self, Self::Resource)
    }

    /// The layer that the policy belongs to.
    #[must_use]
    pub const fn layer(self) -> Layer {
        match self {
            Self::Identity => Layer::Identity,
            Self::PermissionsBoundary => Layer::PermissionsBoundary,
            Self::Session => Layer::SessionPolicy,
            Self::ServiceControl => Layer::ServiceControlPolicy,
            Self::ResourceControl => Layer::ResourceControlPolicy,
            Self::Resource => Layer::ResourcePolicy,
            Self::Trust => Layer::TrustPolicy,
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Resource => "resource policy",
            Self::Trust => "trust policy",
        })
    }
}

/// Where in a decision a policy stands. One vocabulary in every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// Identity policies of the principal and its groups.
    Identity,
    /// Its permissions boundary.
    PermissionsBoundary,
    /// The session's policy.
    SessionPolicy,
    /// The resource's policy.
    ResourcePolicy,
    /// SCPs, level by level.
    ServiceControlPolicy,
    /// RCPs, level by level.
    ResourceControlPolicy,
    /// The role's trust policy.
    TrustPolicy,
    /// A KMS key's policy.
    KeyPolicy,
}

impl Layer {
    /// The name in a sentence.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::SessionPolicy => "session policy",
            Self::ResourcePolicy => "resource policy",
            Self::ServiceControlPolicy => "service control policy",
            Self::ResourceControlPolicy => "resource control policy",
            Self::TrustPolicy => "trust policy",
            Self::KeyPolicy => "key policy",
        }
    }

    /// The name in reports and contracts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::PermissionsBoundary => "permissionsBoundary",
            Self::SessionPolicy => "sessionPolicy",
            Self::ResourcePolicy => "resourcePolicy",
            Self::ServiceControlPolicy => "serviceControlPolicy",
            Self::ResourceControlPolicy => "resourceControlPolicy",
            Self::TrustPolicy => "trustPolicy",
            Self::KeyPolicy => "keyPolicy",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
