//! What is known beside IAM: the policies of the organization, of resources and of sessions.

use crate::account::NamedPolicy;
use crate::consumer::{Requirement, Why};
use crate::iam::{AccountId, Layer, Resource};
use crate::pattern::ArnPattern;
use std::collections::BTreeSet;

/// Policies that IAM does not keep with a role or user. What is empty was not read.
#[derive(Clone, Debug, Default)]
pub struct BeyondIam {
    /// Session policies: of a session, any of them may allow.
    pub session: Vec<NamedPolicy>,
    /// SCPs, level by level from the root to the account.
    pub service_control: Vec<Vec<NamedPolicy>>,
    /// RCPs, level by level from the root to the account.
    pub resource_control: Vec<Vec<NamedPolicy>>,
    /// Bucket policies, key policies and their like.
    pub resource: Vec<ResourcePolicy>,
}

/// The policy of one resource.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    /// Whose: a bucket, whose objects it governs too, a KMS key, or something else by its ARN.
    pub resource: Resource,
    /// What it says.
    pub policy: NamedPolicy,
}

impl ResourcePolicy {
    /// Which layer it is.
    pub(super) fn layer(&self) -> Layer {
        self.resource.policy_layer()
    }

    fn governs(&self, resource: &ArnPattern) -> bool {
        self.resource.governs(resource.text())
    }

    /// The account that owns the resource, as far as a requirement tells.
    pub(super) fn owner(&self, requirement: &Requirement) -> Option<AccountId> {
        let mut calls = requirement.calls.iter().filter(|call| self.governs(&call.resource));
        calls.find_map(|call| call.resource_account)
    }
}

impl BeyondIam {
    /// Whether the policy of a resource is known.
    pub(super) fn governs(&self, resource: &ArnPattern) -> bool {
        self.resource.iter().any(|policy| policy.governs(resource))
    }

    /// The layers of which all is known that a requirement's calls meet.
    #[must_use]
    pub fn seen(&self, requirement: &Requirement) -> BTreeSet<Layer> {
        let is_known = |of_key: bool| {
            let mut calls =
                requirement.calls.iter().filter(|call| (call.why == Why::Kms) == of_key);
            let layer = if of_key { Layer::KeyPolicy } else { Layer::ResourcePolicy };
            self.resource.iter().any(|policy| policy.layer() == layer)
                && calls.all(|call| self.governs(&call.resource))
        };
        [
            (!self.session.is_empty(), Layer::SessionPolicy),
            (!self.service_control.is_empty(), Layer::ServiceControlPolicy),
            (!self.resource_control.is_empty(), Layer::ResourceControlPolicy),
            (is_known(false), Layer::ResourcePolicy),
            (is_known(true), Layer::KeyPolicy),
        ]
        .into_iter()
        .filter_map(|(seen, layer)| seen.then_some(layer))
        .collect()
    }
}
