//! `leastwise audit`: what roles and users lack and have too much of.

mod beyond;

use super::aws::AwsArguments;
use super::chosen::ChosenCatalogue;
use super::deployment::DeploymentArguments;
use super::severity::fail_on;
use super::{ExitStatus, Failure, Outcome, files, fixes};
use crate::account::loose::{self, Documents};
use crate::account::{Account, BadInput, IamPrincipal, Selection, dump};
use crate::audit::{Actor, Audit, AuditReport, FailOn, Status, status, united};
use crate::consumer::Requirement;
use crate::report;
use crate::source::{Severity, Source};
use beyond::BeyondArguments;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  aws iam get-account-authorization-details > gaad.json
  leastwise audit -f leastwise.yaml --account-dump gaad.json
  leastwise audit -f leastwise.yaml --live --profile prod --format json
  leastwise audit -f leastwise.yaml --account-dump gaad.json --fix-dir fixes/
  leastwise audit -f leastwise.yaml --account-dump gaad.json --scp root.json --scp unit.json \\
      --resource-policy acme-argo=bucket.json
  leastwise audit argo-workflows --bucket acme-argo --component workflow-pod --policy policy.json
  leastwise audit -f leastwise.yaml --account-dump gaad.json --isolation

Nothing is sent anywhere and nothing is changed: --live makes read-only calls on IAM and STS, and
`leastwise own-policy` prints the permissions that they need.";

/// The arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    #[command(flatten)]
    account: AccountArguments,
    /// Only this role or user of the estate: NAME, user/NAME or an ARN; may be repeated
    #[arg(long, value_name = "ROLE", help_heading = "What is audited")]
    only: Vec<String>,
    /// Say also in numbers how much too much each role may do
    #[arg(long, help_heading = "Output")]
    measure: bool,
    /// Prove besides that the profiles of a deployment are kept apart: no role reads, writes, deletes
    /// or lists another profile's keys, gives itself the power to, or is assumed by another
    #[arg(long, help_heading = "What is audited")]
    isolation: bool,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "Output")]
    format: Format,
    /// Write proved fixes into this folder: documents, JSON patches, and the steps in fixes.md and
    /// fixes.json; AWS itself is never changed
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    fix_dir: Option<PathBuf>,
    /// From which severity on findings make the exit status 1
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = "Output",
          value_parser = fail_on())]
    fail_on: FailOn,
}

/// Where the principals come from.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What is audited")]
struct AccountArguments {
    /// What `aws iam get-account-authorization-details` printed, or single `get-role` answers; may
    /// be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    account_dump: Vec<PathBuf>,
    /// Ask AWS: read-only calls on IAM and STS
    #[arg(long, conflicts_with_all = ["account_dump", "policy", "trust_policy", "permissions_boundary"])]
    live: bool,
    /// One identity policy of one role; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "account_dump")]
    policy: Vec<PathBuf>,
    /// The trust policy of that role
    #[arg(long, value_name = "FILE", conflicts_with = "account_dump")]
    trust_policy: Option<PathBuf>,
    /// The permissions boundary of that role
    #[arg(long, value_name = "FILE", conflicts_with = "account_dump")]
    permissions_boundary: Option<PathBuf>,
    #[command(flatten)]
    beyond: BeyondArguments,
    #[command(flatten)]
    aws: AwsArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For machines
    Json,
}

/// Audits and prints.
pub(super) fn run(
    arguments: &Arguments,
    chosen: &ChosenCatalogue,
    stdout: &mut dyn Write,
) -> Outcome {
    if arguments.account.aws.is_given() && !arguments.account.live {
        let message = "--profile, --region, --endpoint-url and --assume-role go with --live";
        return Err(Failure::input(message, None));
    }
    // The report has the notes.
    let estate = arguments.deployment.estate(Severity::Warning)?;
    let beyond = arguments.account.beyond.read(&estate)?;
    let universe = chosen.universe()?;
    let mut audit =
        Audit { beyond, measure: arguments.measure, universe: &universe, ..Audit::of(&estate) };
    if arguments.account.is_loose() || !arguments.only.is_empty() {
        // They are about roles that nobody asked for.
        audit.remarks = &[];
    }
    let requirements = selected(&audit.requirements, &arguments.only)?;
    let fix_dir = arguments.fix_dir.as_deref();
    if arguments.isolation && estate.tenants().is_empty() {
        let message = "no deployment lists `profiles`: there are no tenants to keep apart";
        let help = "list them in the estate, or name one with --for-profile".to_owned();
        return Err(Failure::message(ExitStatus::NothingToCheck, message, help));
    }
    let isolated = |report: AuditReport, actors: &[Actor<'_>]| {
        if arguments.isolation { report.with_isolation(audit.isolation(actors)) } else { report }
    };
    let report = if arguments.account.is_loose() {
        let (requirement, principal) = arguments.account.loose(&requirements)?;
        let mut report = audit.report([(&requirement, Ok(&principal))]);
        if let Some(folder) = fix_dir {
            let one = [(&requirement, &principal)];
            fixes::write(folder, &audit, one, &BTreeMap::new(), &mut report)?;
        }
        let roles = requirements.iter().map(|one| &one.role).collect();
        isolated(report, &[Actor { roles, principal: Some(&principal) }])
    } else {
        let account = arguments.account.read(&requirements)?;
        let found = || requirements.iter().map(|one| (*one, account.find(&name_of(one))));
        let mut report = audit.report(found());
        if let Some(folder) = fix_dir {
            let read = found().filter_map(|(one, principal)| Some((one, principal.ok()?)));
            fixes::write(folder, &audit, read, &account.holders, &mut report)?;
        }
        let mut actors = Vec::new();
        for (requirement, principal) in found() {
            actors.push(Actor { roles: vec![&requirement.role], principal: principal.ok() });
        }
        isolated(report, &actors)
    };
    let mut out = stdout;
    match arguments.format {
        Format::Table => report::write_table(&report, &mut out),
        Format::Json => report::write_json(&report, &mut out),
    }
    .map_err(Failure::output)?;
    Ok(match status(&report, arguments.fail_on) {
        Status::Clean => ExitStatus::Clean,
        Status::Findings => ExitStatus::Findings,
        Status::NothingToCheck => ExitStatus::NothingToCheck,
        Status::NotEvaluated => ExitStatus::CouldNotEvaluate,
    })
}

/// The requirements of the roles that are asked for.
fn selected<'r>(all: &'r [Requirement], only: &[String]) -> Result<Vec<&'r Requirement>, Failure> {
    if all.is_empty() {
        let message = "the estate names no role";
        let help = "add `roles:` to a deployment, or name a consumer and its components".to_owned();
        return Err(Failure::message(ExitStatus::NothingToCheck, message, help));
    }
    if only.is_empty() {
        return Ok(all.iter().collect());
    }
    let is = |requirement: &Requirement, name: &String| {
        requirement.role.to_string() == *name || requirement.role.arn().as_ref() == Some(name)
    };
    if let Some(name) = only.iter().find(|name| !all.iter().any(|r| is(r, name))) {
        let names: Vec<String> = all.iter().map(|r| format!("`{}`", r.role)).collect();
        let help = format!("the estate has {}", names.join(", "));
        return Err(Failure::input(format!("the estate has no role `{name}`"), help));
    }
    Ok(all.iter().filter(|r| only.iter().any(|name| is(r, name))).collect())
}

/// A role by ARN where the account is known, else by name.
fn name_of(requirement: &Requirement) -> String {
    requirement.role.arn().unwrap_or_else(|| requirement.role.to_string())
}

impl AccountArguments {
    fn is_loose(&self) -> bool {
        !self.policy.is_empty()
            || self.trust_policy.is_some()
            || self.permissions_boundary.is_some()
    }

    /// One principal made of single documents, and all that is required of it.
    fn loose(&self, requirements: &[&Requirement]) -> Result<(Requirement, IamPrincipal), Failure> {
        let requirement = united(requirements).ok_or_else(|| {
            Failure::message(ExitStatus::NothingToCheck, "no component needs anything", None)
        })?;
        let read = |path: &PathBuf| files::read(path).map(Arc::new);
        let optional = |path: &Option<PathBuf>| path.as_ref().map(read).transpose();
        let documents = Documents {
            arn: requirement.role.arn(),
            policies: self.policy.iter().map(read).collect::<Result<_, _>>()?,
            trust: optional(&self.trust_policy)?,
            permissions_boundary: optional(&self.permissions_boundary)?,
        };
        let principal = loose::principal(&documents).map_err(bad_input)?;
        Ok((requirement, principal))
    }

    fn read(&self, requirements: &[&Requirement]) -> Result<Account, Failure> {
        let selection = Selection::Named(requirements.iter().map(|one| name_of(one)).collect());
        if self.live {
            return read_live(&self.aws, &selection);
        }
        if self.account_dump.is_empty() {
            let message = "nothing says where the roles are";
            let help = "give --account-dump FILE, --live, or --policy FILE".to_owned();
            return Err(Failure::input(message, help));
        }
        let sources: Vec<Arc<Source>> = self
            .account_dump
            .iter()
            .map(|path| files::read(path).map(Arc::new))
            .collect::<Result<_, _>>()?;
        dump::read(&sources, &selection).map_err(bad_input)
    }
}

pub(super) fn bad_input(problems: Vec<BadInput>) -> Failure {
    let failures = problems.into_iter().map(|bad| {
        // A failure owns its source; problems of one file are few.
        let source = Source::new(bad.source.name(), bad.source.text());
        Failure::problems(source, [bad.problem])
    });
    failures
        .reduce(Failure::and)
        .unwrap_or_else(|| Failure::input("the input cannot be read", None))
}

#[cfg(feature = "aws")]
fn read_live(aws: &AwsArguments, selection: &Selection) -> Result<Account, Failure> {
    crate::account::live::read(&aws.options(), selection).map_err(super::aws::unreachable)
}

#[cfg(not(feature = "aws"))]
fn read_live(_: &AwsArguments, _: &Selection) -> Result<Account, Failure> {
    Err(super::aws::not_built())
}
