//! From a requirement to documents: identity policies, trust policies, their quotas, and the proof.

mod abac;
mod identity;
mod prove;
mod quota;
mod role;
mod trust;

pub use identity::{Grant, Restriction, Values, identity_policy};
pub use prove::{Unproved, may};
pub use quota::{Fit, Quota};
pub use role::{CompileError, CompiledRole, compile, expected_trust, grant, granted_policy};
pub use trust::{TrustGrant, trust_policy};
