//! The smallest edits of live policies that close gaps and excess, each proved before it is shown.
//!
//! Nothing is done here: a fix is a document, the JSON patch that leads to it, and the steps that
//! would put it in place. A statement loses what no call makes (it is deleted, its actions are
//! dropped or spelt out, its resources narrowed, a condition is added, or it is split); what is
//! missing goes into the statement that can take it in, or into a new one; every edit that turns
//! out not to be needed is undone. The audit itself is the judge of each attempt, with all other
//! layers in place. Where no small edit is proved, the compiled policy replaces the live one; where
//! that is not proved either, the reason is said and nothing is proposed.

mod bounds;
mod fill;
mod home;
mod judge;
mod narrow;
mod outcome;
mod patch;
mod permissions;
mod plan;
mod proposal;
mod render;
mod run;
mod steps;
mod trust;
mod value;
mod words;

pub use outcome::{FixFile, PrincipalFix, Step, Verdict};
pub use patch::{Operation, apply};
pub use run::fixes;
pub use value::Value;
