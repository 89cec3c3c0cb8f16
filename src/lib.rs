//! leastwise compiles least-privilege AWS IAM policies for systems that keep their data in S3,
//! and proves, offline and exactly, what a live role is missing and what it has too much of.
//!
//! The floors, from the ground up; each uses only those above it in this list:
//! `parallel` (work that cores share), `source` (files and places in them), `pattern` (wildcards), `iam` (the field's nouns),
//! `syntax` (JSON text to nouns and back), `catalogue` (facts about actions), `evaluate` (one
//! request against all layers), `exact` (sets of requests), `consumer` (who calls what),
//! `compile` (needs to documents), `account` (live or dumped principals), `intake` (documents where
//! people keep them), `lint` (rules about one document), `compare` (policies against policies and
//! questions), `audit` (findings), `fix` (proved edits), `report` (findings and documents as text),
//! `simulate` (requests in batches), `cli`.

/// The text of a table that was made when leastwise was built: see `build.rs`.
macro_rules! built {
    ($($part:literal),+) => { include_str!(concat!(env!("OUT_DIR"), "/", $($part),+)) };
}

pub mod account;
pub mod audit;
pub mod catalogue;
pub mod cli;
pub mod compare;
pub mod compile;
pub mod consumer;
pub mod evaluate;
pub mod exact;
pub mod fix;
pub mod iam;
pub mod intake;
pub mod lint;
mod parallel;
pub mod pattern;
pub mod report;
pub mod simulate;
pub mod source;
pub mod syntax;
