//! All policies that have a say about a request.

use crate::iam::PolicyDocument;
use std::sync::Arc;

/// The layers of one decision. Documents are shared, never copied. A layer that is empty or
/// `None` does not apply.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// The identity policies of the caller and its groups.
    pub identity: Vec<Arc<PolicyDocument>>,
    /// The caller's permissions boundary.
    pub permissions_boundary: Option<Arc<PolicyDocument>>,
    /// The policies passed when the session was made; any of them may allow.
    pub session: Vec<Arc<PolicyDocument>>,
    /// The resource's policy: of a bucket, of a key, of a role its trust policy.
    pub resource: Option<Arc<PolicyDocument>>,
    /// The SCPs on the caller's account, by level from the root to the account.
    pub service_control: Vec<Vec<Arc<PolicyDocument>>>,
    /// The RCPs on the resource's account, by level from the root to the account.
    pub resource_control: Vec<Vec<Arc<PolicyDocument>>>,
}
