//! All policies that have a say about a request.

use crate::iam::PolicyDocument;
use std::sync::Arc;

/// The layers of one decision. Documents are shared or borrowed, never copied. A layer that is
/// empty or `None` does not apply.
#[derive(Clone, Debug)]
pub struct Policies<D = Arc<PolicyDocument>> {
    /// The identity policies of the caller and its groups.
    pub identity: Vec<D>,
    /// The caller's permissions boundary.
    pub permissions_boundary: Option<D>,
    /// The policies passed when the session was made; any of them may allow.
    pub session: Vec<D>,
    /// The resource's policy: of a bucket, of a key, of a role its trust policy.
    pub resource: Option<D>,
    /// The SCPs on the caller's account, by level from the root to the account.
    pub service_control: Vec<Vec<D>>,
    /// The RCPs on the resource's account, by level from the root to the account.
    pub resource_control: Vec<Vec<D>>,
}

impl<D> Default for Policies<D> {
    fn default() -> Self {
        Self {
            identity: Vec::new(),
            permissions_boundary: None,
            session: Vec::new(),
            resource: None,
            service_control: Vec::new(),
            resource_control: Vec::new(),
        }
    }
}
