//! `leastwise diff`: what a newer version grants that an older one did not, and back.

use super::chosen::ChosenCatalogue;
use super::operand::{self, Kind};
use super::{ExitStatus, Failure, Outcome};
use crate::compare::{self, DiffQuestion, Expect, Holder, Subject, Verdict};
use crate::exact::Budget;
use crate::iam::{AccountId, PolicyKind};
use crate::report;
use std::io::Write;

const EXAMPLES: &str = "\
OLD and NEW are each one of
  policy.json            a policy document, or what the AWS CLI prints around one; `-` is stdin
  policies/              a folder of documents: the policies attached to one principal
  dump.json#role/NAME    a role (or user/NAME) of what `aws iam get-account-authorization-details`
                         printed: its identity policies, boundary and trust policy are compared

Compared are the actions that AWS has today. What a wildcard takes in as soon as AWS adds it is a
note, and no difference: `s3:*` and the list of all that it takes today are equivalent.

Examples:
  leastwise diff old.json new.json
  git show main:policy.json | leastwise diff --expect no-new-access - policy.json
  leastwise diff yesterday.json#role/app today.json#role/app --format json
  leastwise diff --old a.json b.json --new merged.json
  leastwise diff --measure old.json new.json
  leastwise diff --resource-account 111122223333 trust-old.json trust-new.json

Exit status: 0 as expected; 1 not, with the requests that prove it; 2 bad input; 4 undecided.";

/// The arguments of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = "leastwise diff [OPTIONS] OLD NEW\n       leastwise diff [OPTIONS] --old FILE... --new FILE...")]
pub(super) struct Arguments {
    /// The older version
    #[arg(value_name = "OLD", required_unless_present = "old", conflicts_with = "old")]
    old_version: Option<String>,
    /// The newer version
    #[arg(value_name = "NEW", required_unless_present = "new", conflicts_with = "new")]
    new_version: Option<String>,
    /// The older version, in several files that stand together
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "new")]
    old: Vec<String>,
    /// The newer version, in several files that stand together
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "old")]
    new: Vec<String>,
    /// What the policies are; told from their text where it is not given
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// What is expected of NEW
    #[arg(long, value_enum, default_value_t = Expected::Equivalent)]
    expect: Expected,
    /// Of policies of resources, the account that owns these: who is of it may need a policy of its
    /// own, unless it is named itself
    #[arg(long, value_name = "ACCOUNT", value_parser = AccountId::parse)]
    resource_account: Option<AccountId>,
    /// Say also in numbers how much wider each version is than the other
    #[arg(long)]
    measure: bool,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Expected {
    /// It grants the same
    Equivalent,
    /// It grants nothing that OLD does not
    NoNewAccess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For machines
    Json,
}

/// Compares and prints.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    let side = |one: &Option<String>, several: &Vec<String>| match one {
        Some(one) => vec![one.clone()],
        None => several.clone(),
    };
    let old = side(&arguments.old_version, &arguments.old);
    let new = side(&arguments.new_version, &arguments.new);
    let operands = operand::load_all(&[&old, &new])?;
    let subjects = operand::read(operands, arguments.kind)?;
    let [old, new] = subjects.as_slice() else {
        return Err(Failure::input("two versions are compared", None));
    };
    let is_of_resource = |subject: &Subject| {
        let kinds = [PolicyKind::Resource, PolicyKind::Trust];
        matches!(&subject.holder, Holder::Policies(kind, _) if kinds.contains(kind))
    };
    if arguments.resource_account.is_some() && !is_of_resource(old) {
        let message = format!(
            "`--resource-account` is of policies of resources, and `{}` is {}",
            old.name,
            old.holder.what()
        );
        let help = "leave it out, or say with --kind what they are".to_owned();
        return Err(Failure::input(message, help));
    }
    let question = DiffQuestion {
        expect: match arguments.expect {
            Expected::Equivalent => Expect::Equivalent,
            Expected::NoNewAccess => Expect::NoNewAccess,
        },
        measures: arguments.measure,
        owner: arguments.resource_account,
        budget: Budget::default(),
    };
    let report = compare::diff(&chosen.universe()?, old, new, &question).map_err(|error| {
        let help = "compare two roles, two users, or policies of one kind".to_owned();
        Failure::input(error.to_string(), help)
    })?;
    let mut out = stdout;
    match arguments.format {
        Format::Text => report::write_diff(&report, &mut out),
        Format::Json => report::write_json(&report, &mut out),
    }
    .map_err(Failure::output)?;
    Ok(status(report.result))
}

/// The exit status of a verdict.
pub(super) const fn status(verdict: Verdict) -> ExitStatus {
    match verdict {
        Verdict::Pass => ExitStatus::Clean,
        Verdict::Fail => ExitStatus::Findings,
        Verdict::Unknown => ExitStatus::CouldNotEvaluate,
    }
}
