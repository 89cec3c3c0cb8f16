//! `leastwise catalogue`: what is known of AWS's actions, and how to know more.

mod calls;
mod diff;
mod expand;
mod info;
mod show;
mod update;

use super::chosen::ChosenCatalogue;
use super::{Failure, Outcome};
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  leastwise catalogue info
  leastwise catalogue show s3:GetObject            an action
  leastwise catalogue show s3.HeadBucket           an API call and the actions that it needs
  leastwise catalogue show aws:SourceVpce          a condition key
  leastwise catalogue show kms                     a service
  leastwise catalogue calls dynamodb               API calls that need actions of other names
  leastwise catalogue expand 's3:Put*'
  leastwise catalogue expand 's3:*' --since 2025-12-31
  leastwise catalogue diff 2025-12-31 embedded --policy policies/*.json
  leastwise catalogue update --services s3,kms";

const INFO: &str = "\
Examples:
  leastwise catalogue info
  leastwise --catalogue catalogue.txt catalogue info";

const SHOW: &str = "\
Examples:
  leastwise catalogue show s3:GetObject
  leastwise catalogue show s3.HeadBucket
  leastwise catalogue show 'aws s3api head-object'
  leastwise catalogue show aws:SourceVpce
  leastwise catalogue show kms";

/// The arguments of `catalogue`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// Its date, origin, sources and size
    #[command(after_help = INFO)]
    Info,
    /// What is known of an action, an API call, a condition key or a service
    #[command(after_help = SHOW)]
    Show {
        /// `s3:GetObject`, `s3.HeadObject` (also `aws s3api head-object`), `aws:SourceVpce` or `s3`
        name: String,
    },
    /// The API calls whose name is not their action or that need more, with what they need
    #[command(
        after_help = "Examples:\n  leastwise catalogue calls\n  leastwise catalogue calls dynamodb"
    )]
    Calls {
        /// `s3`, `dynamodb`; all, where none is given
        service: Option<String>,
    },
    /// The actions that a pattern of a policy names, one a line
    Expand(expand::Arguments),
    /// What one catalogue has that another had not, and which wildcards of policies it lets grow
    Diff(diff::Arguments),
    /// Fetch AWS's own list of actions; the network is used for nothing else
    Update(update::Arguments),
}

/// Answers the question.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    match &arguments.question {
        Question::Info => info::run(chosen.get()?, stdout).map_err(Failure::output),
        Question::Show { name } => show::run(chosen.get()?, name, stdout),
        Question::Calls { service } => calls::list(service.as_deref(), stdout),
        Question::Expand(arguments) => expand::run(arguments, chosen.get()?, stdout),
        Question::Diff(arguments) => diff::run(arguments, chosen, stdout),
        Question::Update(arguments) => update::run(arguments, stdout),
    }
}
