//! `leastwise consumers`: what we know of each consumer, and the evidence.

use super::{ExitStatus, Failure, Outcome};
use crate::catalogue::{ApiTable, Catalogue, Dialect};
use crate::consumer::{Component, Consumer, Consumers, Explanation, Occurs, Why};
use std::io::{self, Write};

const EXAMPLES: &str = "\
Examples:
  leastwise consumers
  leastwise consumers show kratix
  leastwise consumers explain argo-workflows s3:ListBucket
  leastwise consumers explain kratix HeadBucket";

const EXPLAIN: &str = "\
Examples:
  leastwise consumers explain argo-workflows s3:ListBucket
  leastwise consumers explain kratix HeadBucket
  leastwise consumers explain kratix s3.PutObject --json";

/// The arguments of `consumers`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    question: Option<Question>,
}

#[derive(Debug, clap::Subcommand)]
enum Question {
    /// All consumers with their components (the default)
    #[command(after_help = "Example:\n  leastwise consumers list")]
    List,
    /// One consumer: its parameters, features, components and their calls
    #[command(after_help = "Example:\n  leastwise consumers show kratix")]
    Show {
        /// Its name
        name: String,
    },
    /// Which component makes a call or needs an action, when, what a denial does, and the evidence
    #[command(after_help = EXPLAIN)]
    Explain {
        /// The consumer
        name: String,
        /// An action (`s3:ListBucket`) or an API call (`s3.HeadBucket`)
        action: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Answers the question.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let all = Consumers::embedded();
    match &arguments.question {
        None | Some(Question::List) => {
            for consumer in all.iter() {
                list(consumer, stdout).map_err(Failure::output)?;
            }
        }
        Some(Question::Show { name }) => {
            let consumer = all
                .get(name)
                .map_err(|help| Failure::input(format!("unknown consumer `{name}`"), help))?;
            show(consumer, stdout).map_err(Failure::output)?;
        }
        Some(Question::Explain { name, action, json }) => {
            let mut found =
                all.explain(name, action).map_err(|message| Failure::input(message, None))?;
            if found.is_empty() {
                found = instead(all, name, action);
            }
            if *json {
                let text = serde_json::to_string_pretty(&found)
                    .map_err(|e| Failure::input(e.to_string(), None))?;
                writeln!(stdout, "{text}").map_err(Failure::output)?;
            } else {
                explain(&found, stdout).map_err(Failure::output)?;
            }
            if found.is_empty() {
                let message = format!("no component of {name} makes a call that needs `{action}`");
                return Err(Failure::message(ExitStatus::NothingToCheck, message, None));
            }
        }
    }
    Ok(ExitStatus::Clean)
}

/// For an API call that the consumer does not make: what needs the same actions.
fn instead(all: &Consumers, name: &str, asked: &str) -> Vec<Explanation> {
    let call = match ApiTable::embedded().named(asked) {
        Some(call) if Catalogue::embedded().find(asked).is_none() => call,
        _ => return Vec::new(),
    };
    let needs = call.always(Dialect::Aws).map(|need| need.action.as_str());
    let found: Vec<Explanation> =
        needs.filter_map(|action| all.explain(name, action).ok()).flatten().collect();
    if !found.is_empty() {
        let (operation, needs) = (call.operation(), call.needs_in_words(Dialect::Aws));
        // That stderr cannot be written is no reason to stop.
        let _ = writeln!(
            anstream::stderr(),
            "note: no component of {name} calls {operation}; {needs}, and so do these calls:"
        );
    }
    found
}

fn list(consumer: &Consumer, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", consumer.name, consumer.title)?;
    for component in consumer.components() {
        let idle = if needs_nothing(component) { "  (needs no permission)" } else { "" };
        writeln!(out, "  {:<16} {}{idle}", component.name, component.summary)?;
    }
    Ok(())
}

fn needs_nothing(component: &Component) -> bool {
    component.calls.is_empty() && component.uses.is_empty()
}

fn show(consumer: &Consumer, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", consumer.name, consumer.title)?;
    writeln!(out, "versions {}, newest known {}", consumer.versions, consumer.newest)?;
    writeln!(out, "\nparameters")?;
    for parameter in consumer.parameters() {
        let default = match parameter.default.as_slice() {
            [] => String::new(),
            values => format!(" (default `{}`)", values.join(", ")),
        };
        let required = if parameter.required { " (required)" } else { "" };
        writeln!(out, "  {:<16} {}{required}{default}", parameter.name, parameter.summary)?;
    }
    writeln!(out, "\nfeatures")?;
    for feature in consumer.features() {
        let on = if feature.default { "on" } else { "off" };
        let versions = feature.versions.as_ref().map(|v| format!(" ({v})")).unwrap_or_default();
        writeln!(out, "  {:<20} {on:<4} {}{versions}", feature.name, feature.summary)?;
    }
    for component in consumer.components() {
        writeln!(out, "\n{}  {}", component.name, component.summary)?;
        for used in &component.uses {
            writeln!(out, "  as {}", used.written)?;
        }
        for call in &component.calls {
            let when = call.when.as_ref().map(|w| format!(", when {w}")).unwrap_or_default();
            let versions =
                call.versions.as_ref().map(|v| format!(", versions {v}")).unwrap_or_default();
            let possible = if call.occurs == Occurs::Possible { ", possible" } else { "" };
            writeln!(
                out,
                "  {}  {}: a denial is {}{possible}{when}{versions}",
                call.apis.join(", "),
                call.place(),
                call.denied
            )?;
        }
        if needs_nothing(component) {
            writeln!(out, "  makes no call: it needs no role")?;
        }
    }
    Ok(())
}

fn explain(found: &[Explanation], out: &mut dyn Write) -> io::Result<()> {
    for (at, one) in found.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let through = one.through.as_ref().map(|t| format!(" (as {t})")).unwrap_or_default();
        writeln!(
            out,
            "{}{through}: {} needs {}",
            one.component,
            one.calls.join(", "),
            one.actions.join(", ")
        )?;
        writeln!(out, "  on       {}", one.on)?;
        let why = match one.why {
            Why::Call => None,
            Why::MissingKey => Some("a missing key must answer 404 and not 403"),
            Why::Kms => Some("the objects are encrypted with a customer managed key"),
        };
        if let Some(why) = why {
            writeln!(out, "  why      {why}")?;
        }
        let optional = [
            ("sends", &one.sends),
            ("when", &one.when),
            ("versions", &one.versions),
            ("note", &one.note),
        ];
        for (name, text) in optional {
            if let Some(text) = text {
                writeln!(out, "  {name:<8} {text}")?;
            }
        }
        let possible = if one.occurs == Occurs::Possible {
            " (the call is possible, not certain)"
        } else {
            ""
        };
        writeln!(out, "  denied   {}{possible}", one.denied)?;
        for (when, denied) in &one.denied_if {
            writeln!(out, "           {denied} when {when}")?;
        }
        for evidence in &one.evidence {
            writeln!(out, "  evidence {evidence}")?;
        }
    }
    Ok(())
}
