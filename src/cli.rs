//! The command line: arguments, files, exit status. One file for each command.
//!
//! Data goes to stdout, everything else to stderr. Only this floor reads files and prints.

mod arguments;
mod audit;
mod aws;
mod catalogue;
mod check;
mod chosen;
mod compile;
mod completions;
mod consumers;
mod day;
mod deployment;
mod diff;
mod dump;
mod exit_status;
mod failure;
mod files;
mod fixes;
mod lint;
mod named_action;
mod operand;
mod own_policy;
mod policy_file;
mod rules;
mod severity;
mod simulate;
mod terraform_external;

pub use exit_status::ExitStatus;
pub use failure::{Failure, Outcome};

use arguments::{Arguments, Command};
use chosen::ChosenCatalogue;
use clap::Parser;
use std::io::{self, Write};
use std::process::ExitCode;

/// Reads the process's arguments, runs the command and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are data; a usage error is not. Nothing is left to do where the
            // terminal itself cannot be written to.
            let _ = error.print();
            return if error.use_stderr() {
                ExitStatus::BadInput.into()
            } else {
                ExitStatus::Clean.into()
            };
        }
    };
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let outcome = run(&arguments, &mut stdout).and_then(|status| {
        stdout.flush().map_err(Failure::output)?;
        Ok(status)
    });
    match outcome {
        Ok(status) => status.into(),
        // The reader closed the pipe: it has what it wanted.
        Err(failure) if failure.is_broken_pipe() => ExitStatus::Clean.into(),
        Err(failure) => {
            let _ = failure.print(&mut anstream::stderr());
            failure.status().into()
        }
    }
}

fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let chosen = ChosenCatalogue::new(arguments.catalogue.clone());
    match &arguments.command {
        Command::Audit(command) => audit::run(command, &chosen, stdout),
        Command::Catalogue(command) => catalogue::run(command, &chosen, stdout),
        Command::Check(command) => check::run(command, &chosen, stdout),
        Command::Compile(command) => compile::run(command, stdout),
        Command::Completions(command) => completions::run(command, stdout),
        Command::Consumers(command) => consumers::run(command, stdout),
        Command::Simulate(command) => simulate::run(command, stdout),
        Command::Diff(command) => diff::run(command, &chosen, stdout),
        Command::Dump(command) => dump::run(command, stdout),
        Command::Lint(command) => lint::run(command, &chosen, stdout),
        Command::Rules(command) => rules::run(command, stdout),
        Command::OwnPolicy => own_policy::run(stdout),
        Command::TerraformExternal(command) => terraform_external::run(command, stdout),
    }
}
