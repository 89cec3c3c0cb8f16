//! `leastwise dump`: a live account as a file that `audit --account-dump` reads.

use super::Outcome;
use super::aws::AwsArguments;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  leastwise dump --profile audit > account.json
  leastwise dump --role argo-artifacts --role user/argo > two.json

Unlike `aws iam get-account-authorization-details`, the file holds the policies that are only
permissions boundaries. The calls are read-only; `leastwise own-policy` prints the permissions
that they need.";

/// The arguments of `dump`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Only this role, or `user/NAME`; may be repeated. By default the whole account
    #[arg(long, value_name = "NAME")]
    role: Vec<String>,
    #[command(flatten)]
    aws: AwsArguments,
}

/// Reads and prints.
#[cfg(feature = "aws")]
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    use super::{ExitStatus, Failure};
    use crate::account::{Selection, live};
    let selection = if arguments.role.is_empty() {
        Selection::All
    } else {
        Selection::Named(arguments.role.clone())
    };
    let dumped =
        live::dump(&arguments.aws.options(), &selection).map_err(super::aws::unreachable)?;
    writeln!(stdout, "{}", dumped.text.trim_end()).map_err(Failure::output)?;
    let mut stderr = anstream::stderr();
    for missing in &dumped.missing {
        let help = missing.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let _ = writeln!(
            stderr,
            "warning: `{}` is not in the dump: {}{help}",
            missing.arn, missing.why
        );
    }
    Ok(if dumped.missing.is_empty() { ExitStatus::Clean } else { ExitStatus::CouldNotEvaluate })
}

/// Says that it cannot.
#[cfg(not(feature = "aws"))]
pub(super) fn run(_: &Arguments, _: &mut dyn Write) -> Outcome {
    Err(super::aws::not_built())
}
