//! From a requirement to documents: identity policies, trust policies, their quotas, and the proof.

mod identity;
mod quota;
mod role;
mod trust;

pub use identity::{Grant, Restriction, identity_policy};
pub use quota::{Fit, Quota};
pub use role::{CompileError, CompiledRole, compile, may_policy};
pub use trust::{TrustGrant, trust_policy};
