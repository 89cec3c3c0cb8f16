//! The policies of one request, from files.

use crate::cli::Failure;
use crate::cli::policy_file::read_policy;
use crate::evaluate::{Policies, resource_layer};
use crate::iam::{Layer, PolicyDocument, PolicyKind, Request};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file for each policy.
#[derive(Debug, clap::Args)]
#[group(multiple = true, conflicts_with = "batch")]
pub(super) struct LayerArguments {
    /// An identity policy of the caller
    #[arg(long, value_name = "FILE")]
    identity_policy: Vec<PathBuf>,
    /// The caller's permissions boundary
    #[arg(long, value_name = "FILE")]
    permissions_boundary: Option<PathBuf>,
    /// A session policy
    #[arg(long, value_name = "FILE")]
    session_policy: Vec<PathBuf>,
    /// The resource's policy
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trust_policy", "key_policy"])]
    resource_policy: Option<PathBuf>,
    /// The trust policy of the role that is assumed
    #[arg(long, value_name = "FILE", conflicts_with = "key_policy")]
    trust_policy: Option<PathBuf>,
    /// The policy of the KMS key
    #[arg(long, value_name = "FILE")]
    key_policy: Option<PathBuf>,
    /// The service control policies of one level, separated by commas; once for each level, from
    /// the root to the account
    #[arg(long, value_name = "FILE,FILE")]
    scp: Vec<String>,
    /// The resource control policies of one level, as for --scp
    #[arg(long, value_name = "FILE,FILE")]
    rcp: Vec<String>,
}

impl LayerArguments {
    /// Sees to it that the policy of a role or a key is asked about that role or key.
    ///
    /// # Errors
    /// Where it has no say about the request.
    pub(super) fn check(&self, request: &Request) -> Result<(), Failure> {
        let layer = resource_layer(request);
        for (flag, path, own) in [
            ("--trust-policy", &self.trust_policy, Layer::TrustPolicy),
            ("--key-policy", &self.key_policy, Layer::KeyPolicy),
        ] {
            if path.is_some() && own != layer {
                let (action, resource) = (&request.action, &request.resource);
                return Err(Failure::input(
                    format!("`{flag}` has no say about `{action}` on `{resource}`"),
                    "the policy of a bucket or a queue goes to `--resource-policy`".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Reads all files.
    ///
    /// # Errors
    /// Those of every file.
    pub(super) fn read(&self) -> Result<Policies, Failure> {
        let mut reader = Reader { failure: None };
        let resource = [
            (&self.resource_policy, PolicyKind::Resource),
            (&self.trust_policy, PolicyKind::Trust),
            (&self.key_policy, PolicyKind::Resource),
        ];
        let policies = Policies {
            identity: reader.all(&self.identity_policy, PolicyKind::Identity),
            permissions_boundary: self
                .permissions_boundary
                .as_deref()
                .and_then(|path| reader.one(path, PolicyKind::PermissionsBoundary)),
            session: reader.all(&self.session_policy, PolicyKind::Session),
            resource: resource
                .iter()
                .find_map(|(path, kind)| Some((path.as_deref()?, *kind)))
                .and_then(|(path, kind)| reader.one(path, kind)),
            service_control: reader.levels(&self.scp, PolicyKind::ServiceControl),
            resource_control: reader.levels(&self.rcp, PolicyKind::ResourceControl),
        };
        match reader.failure {
            Some(failure) => Err(failure),
            None => Ok(policies),
        }
    }
}

/// Reads files and collects what is wrong with them.
struct Reader {
    failure: Option<Failure>,
}

impl Reader {
    fn one(&mut self, path: &Path, kind: PolicyKind) -> Option<Arc<PolicyDocument>> {
        match read_policy(path, kind) {
            Ok(document) => Some(Arc::new(document)),
            Err(failure) => {
                self.failure = Some(match self.failure.take() {
                    Some(before) => before.and(failure),
                    None => failure,
                });
                None
            }
        }
    }

    fn all(&mut self, paths: &[PathBuf], kind: PolicyKind) -> Vec<Arc<PolicyDocument>> {
        paths.iter().filter_map(|path| self.one(path, kind)).collect()
    }

    fn levels(&mut self, levels: &[String], kind: PolicyKind) -> Vec<Vec<Arc<PolicyDocument>>> {
        let paths = |level: &String| -> Vec<PathBuf> {
            level.split(',').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
        };
        levels.iter().map(|level| self.all(&paths(level), kind)).collect()
    }
}
