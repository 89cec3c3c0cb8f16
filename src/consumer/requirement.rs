//! What a role must be able to do: the calls of all components that run as it.

mod build;
mod merge;

use crate::exact::RequestBox;
use crate::iam::{AccountId, Action, ContextKey};
use crate::pattern::{ArnPattern, Pattern};
use std::sync::Arc;

pub use crate::exact::Fixed;

use super::estate::{RoleRef, Trust};
use super::model::{Denial, Evidence, Occurs};

/// The tag of a session of EKS Pod Identity that holds the namespace of its pod.
// AWS: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
pub const NAMESPACE_TAG: &str = "aws:PrincipalTag/kubernetes-namespace";

/// What one role must be able to do, and who may assume it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The role or user.
    pub role: RoleRef,
    /// The deployments that use it, sorted.
    pub deployments: Vec<String>,
    /// Their components that run as it, sorted.
    pub components: Vec<String>,
    /// The profiles that it serves, sorted; empty where there are none or all.
    pub profiles: Vec<String>,
    /// Whether it serves every profile, each by the namespace that tags its sessions: calls then have
    /// [`NAMESPACE_TAG`] in their keys.
    pub abac: bool,
    /// Who may assume it, as each deployment says; empty where nothing is said.
    pub trust: Vec<Trust>,
    /// The calls, sorted, each once.
    pub calls: Vec<RequiredCall>,
}

/// A set of requests that one call makes, with the part of their context that the call fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredCall {
    /// The deployment.
    pub deployment: String,
    /// The component.
    pub component: String,
    /// The API call, `s3.HeadObject`.
    pub api: String,
    /// The action that AWS evaluates for it.
    pub action: Action,
    /// What it is evaluated on; literal `*`, `?` and `$` are written `${*}`, `${?}`, `${$}`.
    pub resource: ArnPattern,
    /// The account of the resource, where it is known.
    pub resource_account: Option<AccountId>,
    /// What the call fixes of the context, sorted by key. Every other key is open.
    pub fixed: Vec<(ContextKey, Fixed)>,
    /// What a refusal does.
    pub denied: Denial,
    /// Whether it is known to be made.
    pub occurs: Occurs,
    /// Whether a feature that somebody switched on by name leads to it.
    pub switched_on: bool,
    /// The feature that leads to it.
    pub feature: Option<String>,
    /// Why the action is needed for the call.
    pub why: Why,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where this is from, sorted.
    pub evidence: Vec<Arc<Evidence>>,
}

/// Why an action is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The call itself.
    Call,
    /// A missing key must answer 404 and not 403.
    MissingKey,
    /// The objects are encrypted with a customer managed key.
    Kms,
}

impl RequiredCall {
    /// The requests that it makes, whoever makes it.
    #[must_use]
    pub fn requests(&self) -> RequestBox {
        RequestBox {
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_account: self.resource_account,
            caller: None,
            fixed: self.fixed.clone(),
        }
    }

    /// The requests that it makes for one profile: the session's tag has its name.
    #[must_use]
    pub fn requests_of(&self, profile: &str) -> Option<RequestBox> {
        let tag = NAMESPACE_TAG.to_lowercase();
        let value = |key: &str| (key == tag).then_some(profile);
        let mut fixed = Vec::with_capacity(self.fixed.len() + 1);
        for (key, held) in &self.fixed {
            let held = match held {
                Fixed::Like(pattern) => Fixed::Like(pattern.bind(value)?.into_owned()),
                other => other.clone(),
            };
            fixed.push((key.clone(), held));
        }
        fixed.push((ContextKey::new(NAMESPACE_TAG), Fixed::Equals(profile.to_owned())));
        let resource = self.resource.bind(value)?.into_owned();
        Some(RequestBox { resource, fixed, ..self.requests() })
    }

    /// Whether its keys are those of the profile that the session's tag names.
    #[must_use]
    pub fn names_a_profile(&self) -> bool {
        let like = self.fixed.iter().filter_map(|(_, fixed)| match fixed {
            Fixed::Like(pattern) => Some(pattern),
            Fixed::Absent | Fixed::Equals(_) => None,
        });
        self.resource.has_variables() || like.into_iter().any(Pattern::has_variables)
    }

    /// Whether a role that lacks it has a gap: the call is made, and a refusal breaks something.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        matches!(self.denied, Denial::Fatal | Denial::Silent) && self.occurs == Occurs::Certain
    }

    /// Whether a role that lacks it has a lesser gap: parts are left behind, or the call may not
    /// be made at all.
    #[must_use]
    pub fn is_lesser(&self) -> bool {
        !self.is_needed() && self.denied != Denial::Tolerated
    }

    /// Whether an emitted policy grants it. A tolerated call is granted only where somebody
    /// switched on by name the feature that leads to it.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        self.denied != Denial::Tolerated || self.switched_on
    }

    /// The part of the fixed context that bounds what the call may be used for: a list prefix that
    /// is sent, and the service that a key is used through. Whether a delimiter or TLS is there
    /// makes no difference to what can be reached; and whoever may list without a prefix gains
    /// nothing from one.
    pub fn bounds(&self) -> impl Iterator<Item = &(ContextKey, Fixed)> {
        self.fixed.iter().filter(|(key, fixed)| match key.folded() {
            "s3:prefix" => matches!(fixed, Fixed::Like(pattern) if !pattern.is_any()),
            "kms:viaservice" => true,
            _ => false,
        })
    }
}

impl Requirement {
    /// Fatal and silent calls: a role that lacks one has a gap.
    pub fn needs(&self) -> impl Iterator<Item = &RequiredCall> {
        self.calls.iter().filter(|call| call.is_needed())
    }

    /// Leaking and possible calls: a role that lacks one has a lesser gap.
    pub fn lesser(&self) -> impl Iterator<Item = &RequiredCall> {
        self.calls.iter().filter(|call| call.is_lesser())
    }

    /// What an emitted policy grants.
    pub fn granted(&self) -> impl Iterator<Item = &RequiredCall> {
        self.calls.iter().filter(|call| call.is_granted())
    }

    /// Every call of an enabled feature: what a role can do beyond them is excess.
    pub fn may(&self) -> impl Iterator<Item = &RequiredCall> {
        self.calls.iter()
    }
}
