//! Policies against policies, and policies against questions: what a newer version grants that an
//! older one did not, whether some access is granted at all, and whether everyone has it.
//!
//! Pure functions over documents and principals that were read. Each answer has the request that
//! proves it and the statement that is the reason; an answer that could not be decided says so.

mod check;
mod diff;
mod grant;
mod measure;
mod shown;
mod subject;
mod verdict;

pub use check::{AskedAccess, CheckReport, Checked, Question, Unanswerable, check};
pub use diff::{
    Comparison, DiffQuestion, DiffReport, Direction, Expect, FutureAccess, NotCompared, diff,
};
pub use grant::{Grant, GrantWitness};
pub use measure::{ActionsMeasure, LevelMeasure, Measure};
pub use shown::{CatalogueStamp, SCHEMA_VERSION, StatementPlace, Witness, WitnessValue};
pub use subject::{Holder, NotComparable, Subject};
pub use verdict::Verdict;

pub(crate) use measure::rounded;
pub(crate) use shown::context;
