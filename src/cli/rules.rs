//! `leastwise rules`: what is looked for, and why.

use super::lint::unknown_rule;
use super::{ExitStatus, Failure, Outcome};
use crate::report::{self, ListedRule, LookedForBy};
use crate::{audit, lint};
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  leastwise rules list
  leastwise rules list --format json
  leastwise rules explain unknown-action";

const LIST: &str = "\
Examples:
  leastwise rules list
  leastwise rules list --format json | jq -r '.[].id'";

/// The arguments of `rules`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// All rules, of `lint` and of `audit`
    #[command(after_help = LIST)]
    List {
        /// How they are shown
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// One rule: what is looked for, why, what to do, and an example
    #[command(after_help = "Example:\n  leastwise rules explain unknown-action")]
    Explain {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each
    Table,
    /// For scripts
    Json,
    /// The page `docs/rules.md`
    Markdown,
}

/// Answers the question.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let rules = all();
    let mut out = stdout;
    match &arguments.question {
        Question::List { format: Format::Table } => report::write_rules_table(&rules, &mut out),
        Question::List { format: Format::Json } => report::write_rules_json(&rules, &mut out),
        Question::List { format: Format::Markdown } => {
            report::write_rules_markdown(&rules, &mut out)
        }
        Question::Explain { id } => {
            let named: Vec<_> = rules.iter().filter(|one| one.rule.id == *id).collect();
            if named.is_empty() {
                return Err(unknown_rule(id, rules.iter().map(|one| &*one.rule.id)));
            }
            named.iter().enumerate().try_for_each(|(at, one)| {
                if at > 0 {
                    writeln!(out)?;
                }
                report::write_rule(one, &mut out)
            })
        }
    }
    .map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}

fn all() -> Vec<ListedRule<'static>> {
    let of = |by| move |rule| ListedRule { rule, by };
    lint::rules()
        .map(of(LookedForBy::Lint))
        .chain(audit::rules().map(of(LookedForBy::Audit)))
        .collect()
}
