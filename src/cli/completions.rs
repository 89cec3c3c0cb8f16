//! `leastwise completions SHELL`

use super::{ExitStatus, Failure, Outcome};
use clap::CommandFactory;
use std::io::Write;

/// The arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  leastwise completions zsh > ~/.zfunc/_leastwise")]
pub(super) struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

/// Writes the script.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "leastwise",
        &mut script,
    );
    stdout.write_all(&script).map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}
