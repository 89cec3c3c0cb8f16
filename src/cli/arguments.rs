//! What can be said on the command line.

use super::{
    audit, catalogue, check, compile, completions, consumers, diff, dump, lint, rules, simulate,
    terraform_external,
};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Least-privilege AWS IAM policies for systems that keep their data in S3: compiled from what
/// they really call, and proved against what a role really has.
///
/// No network unless asked (`--live`, `catalogue update`), no telemetry.
#[derive(Debug, Parser)]
#[command(name = "leastwise", version, propagate_version = true, max_term_width = 100, after_help = EXIT_STATUS)]
pub(super) struct Arguments {
    /// The catalogue of AWS's actions: a file, or `embedded` for the built-in one. Where it is not
    /// given, the built-in one is used, or what `catalogue update` wrote if that is newer.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "LEASTWISE_CATALOGUE",
        hide_env_values = true
    )]
    pub catalogue: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 clean; 1 findings at or above --fail-on, or an expectation missed; 2 bad usage or \
input; 3 nothing to check; 4 could not evaluate (AWS, credentials, network).";

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compile the least policies of a deployment or an estate
    Compile(Box<compile::Arguments>),
    /// Say what roles and users lack, have too much of, and who may assume them
    Audit(Box<audit::Arguments>),
    /// Say what a newer version of policies grants that an older one did not, and back
    Diff(Box<diff::Arguments>),
    /// Prove that policies do not grant some access, or grant nothing to everyone
    Check(Box<check::Arguments>),
    /// Say what is wrong with policies, whoever they are for
    Lint(Box<lint::Arguments>),
    /// Show what `lint` and `audit` look for, and why
    Rules(rules::Arguments),
    /// Show what each consumer calls, and the evidence
    Consumers(consumers::Arguments),
    /// Decide one request, or a batch of them, as AWS would
    Simulate(Box<simulate::Arguments>),
    /// Answer Terraform's external data source: a query on stdin, policies on stdout
    TerraformExternal(terraform_external::Arguments),
    /// Show what is known of AWS's actions and API calls
    Catalogue(catalogue::Arguments),
    /// Write a live account to a file that `audit` reads
    Dump(dump::Arguments),
    /// Print the permissions that a live audit itself needs
    #[command(after_help = "Example:\n  leastwise own-policy > leastwise-audit.json")]
    OwnPolicy,
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::{Command, CommandFactory};

    /// Commands that do something, with their names in full.
    fn leaves(command: &Command, path: &str, all: &mut Vec<(String, Command)>) {
        let own = format!("{path} {}", command.get_name());
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            leaves(inner, &own, all);
        }
        if !command.is_subcommand_required_set() {
            all.push((own, command.clone()));
        }
    }

    #[test]
    fn every_command_shows_how_it_is_used() {
        let mut command = Arguments::command().term_width(100);
        command.build();
        let mut all = Vec::new();
        leaves(&command, "", &mut all);
        assert!(all.len() > 15, "{all:?}");
        let mut wrong = Vec::new();
        for (name, command) in all {
            let after = command.get_after_help().cloned().unwrap_or_default().to_string();
            if !after.contains("Example") || !after.contains(name.trim_start()) {
                wrong.push(format!("`{name}` has no example"));
            }
            // A line that is broken anew is no line to copy.
            let help = command.term_width(100).render_help().to_string();
            let broken = after.lines().filter(|line| !help.contains(line));
            wrong.extend(broken.map(|line| format!("`{name}` has a line too long: {line}")));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
