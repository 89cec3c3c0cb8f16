//! `leastwise check`: that policies do not grant some access, or grant nothing to everyone.

use super::chosen::ChosenCatalogue;
use super::diff::{Format, status};
use super::operand::{self, Kind};
use super::{Failure, Outcome, named_action};
use crate::catalogue::{ActionId, ResourceType};
use crate::compare::{self, AskedAccess, Question};
use crate::exact::{Budget, Universe};
use crate::iam::ActionPattern;
use crate::pattern::ArnPattern;
use crate::report;
use std::io::Write;

const EXAMPLES: &str = "\
Each POLICY is a policy document (`-` is stdin), a folder of documents attached to one principal, or
`dump.json#role/NAME`; each is asked by itself.

Examples:
  leastwise check --access-not-granted s3:PutBucketPolicy policy.json
  leastwise check --access-not-granted 's3:Put*,arn:aws:s3:::acme-logs/*' \\
      --access-not-granted iam:PassRole policies/
  leastwise check --no-public-access bucket-policy.json
  leastwise check --no-public-access dump.json#role/app

Exit status: 0 not granted, proved; 1 granted, with the requests that prove it; 2 bad input;
4 undecided.";

/// The arguments of `check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group(clap::ArgGroup::new("question").required(true).args(["access_not_granted", "no_public_access"])))]
pub(super) struct Arguments {
    /// Access that must not be granted: an action, a pattern of actions or an API
    /// call that needs one action, on a resource or a
    /// pattern of resources (all, where none is given); may be repeated
    #[arg(long, value_name = "ACTION[,RESOURCE]")]
    access_not_granted: Vec<String>,
    /// That nothing is granted to everyone; of resource policies and trust policies
    #[arg(long)]
    no_public_access: bool,
    /// What the policies are; told from their text where it is not given
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The policies
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<String>,
}

/// Asks and prints.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    let question = if arguments.no_public_access {
        Question::NoPublicAccess
    } else {
        Question::AccessNotGranted(asked(&arguments.access_not_granted, &chosen.universe()?)?)
    };
    let operands: Vec<&[String]> = arguments.policies.iter().map(std::slice::from_ref).collect();
    let operands = operand::load_all(&operands)?;
    let subjects = operand::read_each(operands, arguments.kind)?;
    let report = compare::check(&chosen.universe()?, &question, &subjects, Budget::default())
        .map_err(|error| {
            let help =
                "--kind says what the policies are, if they were taken for others".to_owned();
            Failure::input(error.to_string(), help)
        })?;
    let mut out = stdout;
    match arguments.format {
        Format::Text => report::write_check(&report, &mut out),
        Format::Json => report::write_json(&report, &mut out),
    }
    .map_err(Failure::output)?;
    Ok(status(report.result))
}

/// What must not be granted; all mistakes at once.
fn asked(texts: &[String], universe: &Universe<'_>) -> Result<Vec<AskedAccess>, Failure> {
    let mut failed: Option<Failure> = None;
    let mut asked = Vec::new();
    for text in texts {
        match one(text, universe) {
            Ok(one) => asked.push(one),
            Err(failure) => {
                failed = Some(match failed {
                    Some(failed) => failed.and(failure),
                    None => failure,
                });
            }
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(asked),
    }
}

fn one(text: &str, universe: &Universe<'_>) -> Result<AskedAccess, Failure> {
    let catalogue = universe.catalogue();
    let (action, resource) = match text.split_once(',') {
        Some((action, resource)) => (action.trim(), Some(resource.trim())),
        None => (text.trim(), None),
    };
    let action = &*named_action::action(action, catalogue)?;
    let wrong = |what: String, help: Option<String>| {
        Failure::input(format!("--access-not-granted `{text}`: {what}"), help)
    };
    let pattern = ActionPattern::parse(action)
        .map_err(|error| wrong(format!("`{action}` is no action: {error}"), None))?;
    if catalogue.expand(&pattern).is_empty() {
        // Nobody grants what does not exist: that it is not granted would say nothing.
        let date = catalogue.date();
        let what = format!("`{action}` is no action in the catalogue of {date}");
        return Err(wrong(what, Some(catalogue.suggest(action).to_string())));
    }
    let resource = resource
        .map(|resource| {
            ArnPattern::parse(resource, false)
                .map_err(|error| wrong(format!("`{resource}` is no ARN: {error}"), None))
        })
        .transpose()?;
    let ids: Vec<ActionId> =
        catalogue.expand(&pattern).into_iter().flatten().map(ActionId).collect();
    if let Some(arn) = &resource {
        let mut reach = universe.reach(std::slice::from_ref(arn));
        if !ids.iter().any(|id| reach.includes(*id) || reach.may_include(*id)) {
            let types = ids.iter().flat_map(|id| catalogue.resource_types(*id));
            let format = types.flat_map(ResourceType::arn_formats).min_by_key(|one| one.len());
            let help = format.map_or_else(
                || "leave the resource away: it acts on none".to_owned(),
                |format| format!("it acts on `{format}`, for example"),
            );
            return Err(wrong(format!("`{action}` is never on `{}`", arn.text()), Some(help)));
        }
    }
    Ok(AskedAccess { action: pattern, resource })
}
