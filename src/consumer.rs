//! Who calls what: models of consumers, estates that deploy them, and what each role must be able
//! to do.
//!
//! A model (`policies/NAME.yaml`) lists the API operations that each component of a consumer makes,
//! with what a refusal does and the evidence. An estate says which role each component of a
//! deployment has. Together they give a requirement for each role.

pub mod common;
pub mod condition;
pub mod estate;
mod explain;
pub mod key;
pub mod model;
mod problem;
pub mod registry;
pub mod requirement;
mod scope;
pub mod tenant;
pub mod version;
pub(crate) mod yaml;

pub use estate::{
    Also, Deployment, Estate, KmsKey, Partition, RoleKind, RoleRef, RoleUse, ServiceAccount,
    Settings, Shared, Trust,
};
pub use explain::Explanation;
pub use key::{KeyPattern, KeyTemplate};
pub use model::{Access, Component, Consumer, Denial, Evidence, Occurs, TrustKind};
pub use registry::{Consumers, ModelErrors};
pub use requirement::{Fixed, NAMESPACE_TAG, RequiredCall, Requirement, Why};
pub use tenant::{Tenant, Tenants};
pub use version::{Version, VersionRange};
