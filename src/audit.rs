//! What the roles of an estate lack, what they have too much of, and who may assume them.

mod beyond;
mod check;
mod excess;
mod fact;
mod gap;
mod isolation;
mod listing;
mod live;
mod measure;
mod outcome;
mod request;
mod run;
mod sample;
mod status;
mod trust;

pub use crate::exact::{BlockKind, Exactness, When};
pub use beyond::{BeyondIam, ResourcePolicy};
pub use check::rules;
pub use isolation::{Actor, Isolation, Leak, LeakKind, LeakWitness, TenantReport, Undecided};
pub use outcome::{
    ActionsMeasure, AuditReport, BlockedBy, CatalogueStamp, Excess, Finding, FixStatus, FixSummary,
    Gap, LevelMeasure, Measure, NotAudited, PrincipalReport, SCHEMA_VERSION, StatementPlace,
    Summary, TrustExcess, TrustGap, TrustReport, TrustWitness, Witness, WitnessValue,
};
pub use run::{Audit, Permissions, united};
pub use status::{FailOn, Status, status};
pub use trust::{TrustSubject, Trusted, Unasked};
