//! From a requirement to documents: identity policies, trust policies, their quotas, and the proof.

mod identity;
mod quota;
mod trust;

pub use identity::{Grant, Restriction, identity_policy};
pub use quota::{Fit, Quota};
pub use trust::{Subject, TrustGrant, trust_policy};
