//! How AWS is reached: the flags of every command that asks it.

use super::{ExitStatus, Failure};

/// Profile, region, endpoint and role; what is not said here comes from the environment and the
/// AWS configuration, as for every AWS tool.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How AWS is reached")]
pub(super) struct AwsArguments {
    /// The profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The region that signs the requests
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Another endpoint than AWS's
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// A role to assume first
    #[arg(long, value_name = "ARN")]
    assume_role: Option<String>,
    /// The external id that this role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "assume_role")]
    assume_role_external_id: Option<String>,
}

impl AwsArguments {
    /// Whether any of the flags was given.
    pub(super) fn is_given(&self) -> bool {
        [&self.profile, &self.region, &self.endpoint_url, &self.assume_role]
            .iter()
            .any(|flag| flag.is_some())
    }
}

#[cfg(feature = "aws")]
impl AwsArguments {
    /// What the reader of live accounts is told.
    pub(super) fn options(&self) -> crate::account::live::Options {
        use crate::account::live::{AssumeRole, Options};
        let assume_role = self.assume_role.clone().map(|arn| AssumeRole {
            arn,
            external_id: self.assume_role_external_id.clone(),
            session_name: None,
        });
        Options {
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            assume_role,
            ..Options::default()
        }
    }
}

/// AWS, its credentials or the network stood in the way.
#[cfg(feature = "aws")]
pub(super) fn unreachable(error: crate::account::live::LiveError) -> Failure {
    Failure::message(ExitStatus::CouldNotEvaluate, error.message, error.help)
}

/// This binary cannot ask AWS.
#[cfg(not(feature = "aws"))]
pub(super) fn not_built() -> Failure {
    let message = "this leastwise was built without live AWS";
    Failure::message(
        ExitStatus::CouldNotEvaluate,
        message,
        "build it with the feature `aws`".to_owned(),
    )
}
