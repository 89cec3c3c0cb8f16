//! What the roles of an estate lack, what they have too much of, and who may assume them.

mod outcome;
mod status;

pub use outcome::{
    AuditReport, BlockKind, BlockedBy, CatalogueStamp, Exactness, Excess, Finding, Gap, NotAudited,
    PrincipalReport, SCHEMA_VERSION, StatementPlace, Summary, TrustExcess, TrustGap, TrustReport,
    TrustWitness, When, Witness, WitnessValue,
};
pub use status::{FailOn, Status, UnknownFailOn, status};
