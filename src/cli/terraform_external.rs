//! `leastwise terraform-external`: the protocol of Terraform's external data source.
//!
//! One flat JSON object of strings comes in on stdin and one goes out on stdout. On error there is one
//! line on stderr, nothing on stdout, and an exit status that is not 0.
//! Terraform: <https://registry.terraform.io/providers/hashicorp/external/latest/docs/data-sources/external>

use super::{ExitStatus, Failure, Outcome, files};
use crate::compile::{self, CompiledRole, Quota};
use crate::consumer::{Consumers, Estate, Requirement, Settings};
use crate::source::{Problem, Severity, Source};
use crate::syntax::{self, JsonValue};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

const HELP: &str = "\
The query names a deployment in snake_case, as the flags of `compile` do, every value a string,
lists and objects as JSON text:
  { \"consumer\": \"argo-workflows\", \"bucket\": \"acme-argo\", \"components\": \"[\\\"workflow-pod\\\"]\" }
or a role of an estate:
  { \"estate\": \"leastwise.yaml\", \"role\": \"argo-artifacts\" }
The result has policy, trust_policy, sha256 (of policy), size and warnings.

Example:
  echo '{\"consumer\": \"kratix\", \"bucket\": \"acme\"}' | leastwise terraform-external";

/// The arguments of `terraform-external`: none, the query is on stdin.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct Arguments {}

/// All keys are always there, in this order; the empty string where there is none.
#[derive(Serialize)]
struct Answer {
    policy: String,
    sha256: String,
    size: String,
    trust_policy: String,
    warnings: String,
}

/// Answers the query on stdin.
pub(super) fn run(_: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let answer =
        answer().map_err(|failure| Failure::message(failure.status(), failure.one_line(), None))?;
    let text =
        serde_json::to_string(&answer).map_err(|error| Failure::input(error.to_string(), None))?;
    writeln!(stdout, "{text}").map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}

fn answer() -> Result<Answer, Failure> {
    let query = files::read(Path::new("-"))?;
    let pairs = read_query(&query)?;
    let value =
        |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    match value("estate").filter(|path| !path.is_empty()) {
        Some(path) => {
            let known = ["estate", "role"];
            if let Some((odd, _)) = pairs
                .iter()
                .find(|(key, value)| !known.contains(&key.as_str()) && !value.is_empty())
            {
                return Err(Failure::input(
                    format!("`{odd}` does not go with `estate`; only `role` does"),
                    None,
                ));
            }
            let source = files::read(Path::new(path))?;
            let estate = Estate::read(&source, Consumers::embedded())
                .map_err(|problems| Failure::problems(source, problems))?;
            let requirement = named(estate.requirements(), value("role"))?;
            documents(&requirement, &estate.remarks_on(&requirement.role))
        }
        None => {
            let mut settings = Settings::default();
            pairs.iter().for_each(|(name, value)| settings.set(name, value));
            let estate = Estate::from_settings(&settings, Consumers::embedded())
                .map_err(|problems| Failure::problems(settings.source(), problems))?;
            let requirement = only(estate.requirements())?;
            documents(&requirement, &estate.remarks_on(&requirement.role))
        }
    }
}

/// The query's pairs, in its order.
fn read_query(source: &Source) -> Result<Vec<(String, String)>, Failure> {
    let json = syntax::read_json(source.text()).map_err(|problem| {
        Failure::input(format!("the query on stdin is {}", problem.message), None)
    })?;
    let JsonValue::Object(entries) = json.value else {
        return Err(Failure::input("the query on stdin is not a JSON object", None));
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in entries {
        match value.value {
            JsonValue::String(text) if pairs.iter().all(|(name, _)| *name != key.name) => {
                pairs.push((key.name.into_owned(), text.into_owned()));
            }
            JsonValue::String(_) => {
                return Err(Failure::input(
                    format!("`{}` stands in the query twice", key.name),
                    None,
                ));
            }
            other => {
                let message =
                    format!("`{}` is a string in a query, this is {}", key.name, other.kind());
                return Err(Failure::input(message, "write lists with jsonencode()".to_owned()));
            }
        }
    }
    Ok(pairs)
}

fn named(requirements: Vec<Requirement>, role: Option<&str>) -> Result<Requirement, Failure> {
    let Some(role) = role.filter(|role| !role.is_empty()) else {
        return only(requirements);
    };
    let names: Vec<String> = requirements.iter().map(|r| r.role.to_string()).collect();
    let found = requirements
        .into_iter()
        .find(|r| r.role.to_string() == role || r.role.arn().as_deref() == Some(role));
    found.ok_or_else(|| {
        Failure::input(
            format!("the estate has no role `{role}`"),
            format!("it has {}", names.join(", ")),
        )
    })
}

fn only(requirements: Vec<Requirement>) -> Result<Requirement, Failure> {
    let names: Vec<String> = requirements.iter().map(|r| r.role.to_string()).collect();
    let mut all = requirements.into_iter();
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::message(
            ExitStatus::NothingToCheck,
            "no component here needs any permission",
            None,
        )),
        (Some(_), Some(_)) => {
            let message = format!("the query describes several roles: {}", names.join(", "));
            Err(Failure::input(
                message,
                "name the `components` of one role, or with `estate` its `role`".to_owned(),
            ))
        }
    }
}

fn documents(requirement: &Requirement, remarks: &[Problem]) -> Result<Answer, Failure> {
    let CompiledRole { policy, trust, size, warnings, .. } =
        compile::compile(requirement, Quota::Managed)
            .map_err(|error| Failure::input(error.to_string(), None))?;
    let Some(policy) = policy else {
        let message =
            format!("`{}` needs no permission: give it no role", requirement.components.join(", "));
        return Err(Failure::message(ExitStatus::NothingToCheck, message, None));
    };
    let policy = syntax::to_compact(&policy);
    let loud = remarks.iter().filter(|remark| remark.severity >= Severity::Warning);
    let warnings: Vec<String> = loud.map(|remark| remark.message.clone()).chain(warnings).collect();
    Ok(Answer {
        sha256: Sha256::digest(policy.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        size: size.to_string(),
        trust_policy: trust.as_ref().map(syntax::to_compact).unwrap_or_default(),
        warnings: warnings.join("\n"),
        policy,
    })
}
