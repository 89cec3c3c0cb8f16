//! `leastwise compile`: the least policies of a deployment or of an estate.

use super::deployment::DeploymentArguments;
use super::{ExitStatus, Failure, Outcome, files};
use crate::compile::{self, CompiledRole, Quota};
use crate::iam::PolicyDocument;
use crate::source::Severity;
use crate::syntax;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  leastwise compile argo-workflows --bucket acme-argo --component workflow-pod
  leastwise compile argo-workflows --bucket acme-argo --with garbage-collection \\
      --key-format 'artifacts/{{workflow.namespace}}/{{pod.name}}' --service-account argo/default \\
      --account 111122223333 --irsa-issuer https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE
  leastwise compile -f leastwise.yaml -o out/
  leastwise compile kubeflow-pipelines --bucket acme-kfp --component profile --abac

On stdout: the policy, when there is one role and no trust was asked for; else an object of roles,
each with `policy` and `trust`. Every policy is proved before it is printed: it allows all that the
components need, and nothing that no enabled feature calls.";

/// The arguments of `compile`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    deployment: DeploymentArguments,
    /// Write ROLE.policy.json and ROLE.trust.json into this folder: all of them or none
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,
    /// The form of the documents
    #[arg(long, value_enum, default_value_t = Format::Json, help_heading = "Output")]
    format: Format,
    /// Where the policy will be stored; a policy that does not fit is an error
    #[arg(long, value_enum, default_value_t = Storage::Managed, help_heading = "Output")]
    storage: Storage,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// IAM policy documents
    Json,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Storage {
    /// A managed policy: 6,144 characters
    Managed,
    /// Inline in a role: 10,240
    RoleInline,
    /// Inline in a user: 2,048
    UserInline,
}

impl From<Storage> for Quota {
    fn from(storage: Storage) -> Self {
        match storage {
            Storage::Managed => Self::Managed,
            Storage::RoleInline => Self::RoleInline,
            Storage::UserInline => Self::UserInline,
        }
    }
}

/// Compiles, proves and prints.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let Format::Json = arguments.format;
    arguments.deployment.needs_no_profile()?;
    let estate = arguments.deployment.estate(Severity::Note)?;
    let has_remarks = !estate.remarks.is_empty();
    let requirements = estate.requirements();
    if requirements.is_empty() {
        return Err(Failure::message(
            ExitStatus::NothingToCheck,
            "no role is listed",
            "say under `roles` of a deployment which role its components have".to_owned(),
        ));
    }
    let mut roles = Vec::new();
    let mut failure: Option<Failure> = None;
    for requirement in &requirements {
        match compile::compile(requirement, arguments.storage.into()) {
            Ok(role) => roles.push(role),
            Err(error) => {
                let next = Failure::input(error.to_string(), help(&error));
                failure = Some(match failure {
                    Some(before) => before.and(next),
                    None => next,
                });
            }
        }
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    let mut stderr = anstream::stderr();
    for role in &roles {
        for warning in &role.warnings {
            let _ = writeln!(stderr, "warning: {warning}");
        }
        for note in &role.notes {
            let _ = writeln!(stderr, "note: {note}");
        }
        if role.policy.is_none() {
            let _ = writeln!(stderr, "note: `{}` needs no permission", role.role);
        }
    }
    if roles.iter().all(|role| role.policy.is_none() && role.trust.is_none()) {
        let message = "no component here needs any AWS permission";
        let help = if has_remarks { "see the warnings above" } else { "give it no role" };
        return Err(Failure::message(ExitStatus::NothingToCheck, message, help.to_owned()));
    }
    match &arguments.output {
        Some(folder) => write_files(folder, &roles),
        None => print(&roles, stdout),
    }
}

fn help(error: &compile::CompileError) -> Option<String> {
    match error {
        compile::CompileError::Unproved { .. } => None,
        compile::CompileError::TooLarge { .. } => Some(
            "use fewer buckets, prefixes or service accounts for one role, or another --storage"
                .to_owned(),
        ),
    }
}

/// A role's documents as they are printed.
#[derive(Serialize)]
struct Documents<'r> {
    policy: &'r Option<PolicyDocument>,
    trust: &'r Option<PolicyDocument>,
}

fn print(roles: &[CompiledRole], stdout: &mut dyn Write) -> Outcome {
    let text = match roles {
        [CompiledRole { policy: Some(policy), trust: None, .. }] => syntax::to_pretty(policy),
        _ => {
            let by_name: BTreeMap<String, Documents<'_>> = roles
                .iter()
                .map(|role| {
                    (name(role, roles), Documents { policy: &role.policy, trust: &role.trust })
                })
                .collect();
            serde_json::to_string_pretty(&by_name)
                .map_err(|error| Failure::input(error.to_string(), None))?
        }
    };
    writeln!(stdout, "{text}").map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}

/// The role's name; its ARN where another account has a role of that name.
fn name(role: &CompiledRole, roles: &[CompiledRole]) -> String {
    let short = role.role.to_string();
    let alone = roles.iter().filter(|other| other.role.to_string() == short).count() == 1;
    if alone { short } else { role.role.arn().unwrap_or(short) }
}

fn write_files(folder: &std::path::Path, roles: &[CompiledRole]) -> Outcome {
    let mut all = Vec::new();
    for role in roles {
        let stem = name(role, roles).replace(['/', ':'], "-");
        for (kind, document) in [("policy", &role.policy), ("trust", &role.trust)] {
            if let Some(document) = document {
                all.push((format!("{stem}.{kind}.json"), syntax::to_pretty(document) + "\n"));
            }
        }
    }
    all.sort();
    let twice = all.windows(2).find(|pair| pair.first().map(|f| &f.0) == pair.last().map(|f| &f.0));
    if let Some([(file, _), ..]) = twice {
        return Err(Failure::input(format!("two roles would be written to `{file}`"), None));
    }
    files::write_all(folder, &all)?;
    let _ = writeln!(anstream::stderr(), "wrote {} files into `{}`", all.len(), folder.display());
    Ok(ExitStatus::Clean)
}
