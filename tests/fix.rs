//! Proved fixes: the steps are carried out on the dump, and what comes of them is audited again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "fix/account.rs"]
mod account;
#[path = "fix/documented.rs"]
mod documented;
#[path = "fix/homes.rs"]
mod homes;
#[path = "fix/random.rs"]
mod random;
#[path = "fix/trust.rs"]
mod trust;
