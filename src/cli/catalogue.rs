//! `leastwise catalogue`: what is known of AWS's actions.

mod calls;

use super::{ExitStatus, Failure, Outcome};
use crate::catalogue::{ApiTable, Catalogue, Dialect};
use std::io::{self, Write};

/// The arguments of `catalogue`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  leastwise catalogue show s3:GetObject\n  leastwise catalogue show s3.HeadBucket\n  leastwise catalogue expand 's3:Put*'\n  leastwise catalogue calls dynamodb"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// Its date, source and size
    Info,
    /// One action, or one API call and the actions that it needs
    Show {
        /// `s3:GetObject`, or `s3.HeadObject` (also `aws s3api head-object`) for an API call
        name: String,
    },
    /// The API calls whose name is not their action or that need more, with what they need
    Calls {
        /// `s3`, `dynamodb`; all, where none is given
        service: Option<String>,
    },
    /// The actions that a pattern of a policy names, one a line
    Expand {
        /// `s3:Get*`, `*`
        pattern: String,
    },
}

/// Answers the question.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let catalogue = Catalogue::embedded();
    match &arguments.question {
        Question::Info => info(catalogue, stdout).map_err(Failure::output)?,
        Question::Show { name } => return show(catalogue, name, stdout),
        Question::Calls { service } => return calls::list(service.as_deref(), stdout),
        Question::Expand { pattern } => {
            if let Some((call, actions)) = calls::actions_of(pattern)
                && catalogue.find(pattern).is_none()
            {
                // The note says what the actions are needed on; stdout is for names only.
                let needs = call.needs_in_words(Dialect::Aws);
                let _ =
                    writeln!(anstream::stderr(), "note: `{}` is an API call; {needs}", call.api);
                for action in actions {
                    writeln!(stdout, "{action}").map_err(Failure::output)?;
                }
                return Ok(ExitStatus::Clean);
            }
            let ranges = catalogue.expand_text(pattern).map_err(|error| {
                Failure::input(format!("`{pattern}` is no action pattern: {error}"), None)
            })?;
            for id in ranges.iter().cloned().flatten() {
                writeln!(stdout, "{}", catalogue.name(crate::catalogue::ActionId(id)))
                    .map_err(Failure::output)?;
            }
            if ranges.is_empty() {
                let date = catalogue.date();
                let message =
                    format!("`{pattern}` names no action that the catalogue of {date} knows");
                return Err(Failure::message(
                    ExitStatus::Findings,
                    message,
                    catalogue.suggest(pattern).to_string(),
                ));
            }
        }
    }
    Ok(ExitStatus::Clean)
}

fn info(catalogue: &Catalogue, stdout: &mut dyn Write) -> io::Result<()> {
    writeln!(stdout, "date      {}", catalogue.date())?;
    writeln!(stdout, "source    {}", catalogue.source().replace('\t', " "))?;
    writeln!(stdout, "services  {}", catalogue.services().len())?;
    writeln!(stdout, "actions   {}", catalogue.len())?;
    writeln!(stdout, "API calls {}", ApiTable::embedded().calls().len())
}

fn show(catalogue: &Catalogue, name: &str, stdout: &mut dyn Write) -> Outcome {
    let call = ApiTable::embedded().named(name);
    let same_name = || ApiTable::same_name(name).filter(|_| call.is_none());
    if let Some(id) = catalogue.find(name).or_else(same_name) {
        writeln!(stdout, "{}  {}", catalogue.name(id), catalogue.access_level(id))
            .map_err(Failure::output)?;
        for resource in catalogue.resource_types(id) {
            for format in resource.arn_formats() {
                writeln!(stdout, "  on {}  {format}", resource.name()).map_err(Failure::output)?;
            }
        }
        if catalogue.resource_types(id).next().is_none() {
            writeln!(stdout, "  on `*` only: it has no resource type").map_err(Failure::output)?;
        }
        calls::that_need(catalogue.name(id), stdout).map_err(Failure::output)?;
        return Ok(ExitStatus::Clean);
    }
    if let Some(call) = call {
        calls::show(call, stdout).map_err(Failure::output)?;
        return Ok(ExitStatus::Clean);
    }
    let message = format!("`{name}` is no action that the catalogue of {} knows", catalogue.date());
    Err(Failure::message(ExitStatus::Findings, message, catalogue.suggest(name).to_string()))
}
