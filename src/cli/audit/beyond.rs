//! The policies that IAM does not keep with a role, from files.

use super::bad_input;
use crate::account::NamedPolicy;
use crate::account::loose;
use crate::audit::{BeyondIam, ResourcePolicy};
use crate::cli::{Failure, files};
use crate::consumer::Estate;
use crate::iam::{Layer, PolicyKind, Resource};
use std::path::Path;
use std::sync::Arc;

/// What else decides about requests.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What else decides")]
pub(super) struct BeyondArguments {
    /// The service control policies of one level, separated by commas; once for each level, from
    /// the root to the account
    #[arg(long, value_name = "FILE,FILE", num_args = 1..)]
    scp: Vec<String>,
    /// The resource control policies of one level, as for --scp
    #[arg(long, value_name = "FILE,FILE", num_args = 1..)]
    rcp: Vec<String>,
    /// A bucket's policy, or that of another resource by its ARN; may be repeated
    #[arg(long, value_name = "BUCKET_OR_ARN=FILE")]
    resource_policy: Vec<String>,
    /// The policy of a KMS key; may be repeated
    #[arg(long, value_name = "ARN=FILE")]
    key_policy: Vec<String>,
    /// A session policy that every session of the roles gets; may be repeated
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<String>,
}

impl BeyondArguments {
    /// Reads all files.
    ///
    /// # Errors
    /// Those of every file.
    pub(super) fn read(&self, estate: &Estate<'_>) -> Result<BeyondIam, Failure> {
        let mut reader = Reader { failure: None };
        let keys = self.key_policy.iter().map(|given| ("--key-policy", given));
        let others = self.resource_policy.iter().map(|given| ("--resource-policy", given));
        let mut beyond = BeyondIam {
            session: reader.all(&self.session_policy, PolicyKind::Session),
            service_control: reader.levels(&self.scp, PolicyKind::ServiceControl),
            resource_control: reader.levels(&self.rcp, PolicyKind::ResourceControl),
            resource: Vec::new(),
        };
        for (flag, given) in others.chain(keys) {
            match named(flag, given, estate) {
                Ok((resource, _)) if beyond.resource.iter().any(|r| r.resource == resource) => {
                    let message = format!("`{flag} {given}`: a resource has one policy");
                    reader.fail(Failure::input(message, None));
                }
                Ok((resource, path)) => {
                    let policy = reader.one(path, PolicyKind::Resource);
                    let whole = |policy| ResourcePolicy { resource, policy };
                    beyond.resource.extend(policy.map(whole));
                }
                Err(failure) => reader.fail(failure),
            }
        }
        match reader.failure {
            Some(failure) => Err(failure),
            None => Ok(beyond),
        }
    }
}

/// Whose policy it is, and the file.
fn named<'g>(
    flag: &str,
    given: &'g str,
    estate: &Estate<'_>,
) -> Result<(Resource, &'g str), Failure> {
    let of_key = flag == "--key-policy";
    let shape = if of_key { "ARN=FILE" } else { "BUCKET_OR_ARN=FILE" };
    let bad = |why: &str| {
        Failure::input(format!("`{flag} {given}`: {why}"), format!("write `{flag} {shape}`"))
    };
    let Some((name, path)) =
        given.split_once('=').filter(|(name, path)| !name.is_empty() && !path.is_empty())
    else {
        return Err(bad("it says not whose policy it is"));
    };
    let arn = match name.strip_prefix("arn:") {
        Some(_) => name.to_owned(),
        None => format!("arn:{}:s3:::{name}", estate.partition.name()),
    };
    if arn.contains(['*', '?', '$']) {
        return Err(bad("a policy belongs to one resource, named without wildcards"));
    }
    let resource = Resource::parse(&arn).map_err(bad)?;
    let is_key = resource.policy_layer() == Layer::KeyPolicy;
    if of_key != is_key {
        return Err(bad(if of_key {
            "that is not the ARN of a KMS key"
        } else {
            "the policy of a KMS key goes to `--key-policy`"
        }));
    }
    match resource.service() {
        "iam" => Err(bad("who may assume a role is not what this audit compares")),
        "s3" if !resource.is_bucket() => Err(bad("a bucket has a policy, its objects have not")),
        _ => Ok((resource, path)),
    }
}

/// Reads files and collects what is wrong with them.
struct Reader {
    failure: Option<Failure>,
}

impl Reader {
    fn fail(&mut self, failure: Failure) {
        self.failure = Some(match self.failure.take() {
            Some(before) => before.and(failure),
            None => failure,
        });
    }

    fn one(&mut self, path: &str, kind: PolicyKind) -> Option<NamedPolicy> {
        let read = files::read(Path::new(path)).map(Arc::new);
        match read.and_then(|source| loose::policy(&source, kind).map_err(bad_input)) {
            Ok(policy) => Some(policy),
            Err(failure) => {
                self.fail(failure);
                None
            }
        }
    }

    fn all(&mut self, paths: &[String], kind: PolicyKind) -> Vec<NamedPolicy> {
        paths.iter().filter_map(|path| self.one(path, kind)).collect()
    }

    fn levels(&mut self, levels: &[String], kind: PolicyKind) -> Vec<Vec<NamedPolicy>> {
        let paths = |level: &String| -> Vec<String> {
            level.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect()
        };
        levels.iter().map(|level| self.all(&paths(level), kind)).collect()
    }
}
