//! `leastwise own-policy`

use super::{ExitStatus, Failure, Outcome};
use std::io::Write;

/// Prints the identity policy that a live audit needs.
pub(super) fn run(stdout: &mut dyn Write) -> Outcome {
    stdout.write_all(crate::account::own_policy().as_bytes()).map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}
