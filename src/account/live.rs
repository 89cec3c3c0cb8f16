//! Accounts from AWS itself, by read-only calls.
//!
//! A few principals are read one by one, with what each of them needs; a whole account comes in
//! pages of `GetAccountAuthorizationDetails`. Either way what an answer only names (attached
//! policies, boundaries) is fetched after it. Retries are the SDK's own. No type of the SDK leaves
//! this module, and no other module is async.

mod connect;
mod named;
mod policies;
mod tls;
mod trouble;
mod whole;

use super::assemble::assemble;
use super::lookup::resolve;
use super::{Account, NotRead, Selection};
use connect::Aws;
use policies::Fetched;
use std::time::Duration;

/// How to reach AWS. What is `None` comes from where the AWS CLI takes it: environment, profile,
/// container or instance.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile of the AWS configuration files.
    pub profile: Option<String>,
    /// The region, which also says the partition; `us-east-1` where nobody says one.
    pub region: Option<String>,
    /// Another server than AWS's, for IAM and STS.
    pub endpoint_url: Option<String>,
    /// A role to assume first.
    pub assume_role: Option<AssumeRole>,
    /// Credentials that are given outright.
    pub credentials: Option<Credentials>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long one call may take, all retries included.
    pub operation_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: None,
            region: None,
            endpoint_url: None,
            assume_role: None,
            credentials: None,
            connect_timeout: Duration::from_secs(5),
            operation_timeout: Duration::from_secs(30),
        }
    }
}

/// A role to assume before anything is read.
#[derive(Clone, Debug)]
pub struct AssumeRole {
    /// The role.
    pub arn: String,
    /// What the role's trust policy may ask for as `sts:ExternalId`.
    pub external_id: Option<String>,
    /// The session's name, `leastwise` by default.
    pub session_name: Option<String>,
}

/// An access key.
#[derive(Clone)]
pub struct Credentials {
    /// Its id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// Of temporary credentials.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Why nothing could be read: no credentials, no answer, no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LiveError {
    /// What happened, with the endpoint.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Reads the selected principals of the account that the credentials belong to.
///
/// # Errors
/// Where nothing can be read at all. A principal that alone cannot be read, for a missing
/// permission say, stands in [`Account::unreadable`].
pub fn read(options: &Options, selection: &Selection) -> Result<Account, LiveError> {
    let (aws, fetched) = fetch(options, selection)?;
    let mut account = assemble(&fetched.found, selection);
    for not_read in fetched.refused {
        account.unreadable.retain(|other| other.arn != not_read.arn);
        account.unreadable.push(not_read);
    }
    account.unreadable.sort();
    account.id = account.id.or(Some(aws.account));
    if account.partition.is_empty() {
        account.partition = aws.partition;
    }
    Ok(account)
}

/// A dump of an account, as text for a file.
#[derive(Clone, Debug)]
pub struct Dumped {
    /// The JSON, which [`super::dump::read`] reads. Boundary policies are in it.
    pub text: String,
    /// Principals and policies that were not let out, with the reasons.
    pub missing: Vec<NotRead>,
}

/// Reads as [`read`] does and gives the documents as they are, also those that do not parse.
///
/// # Errors
/// Where nothing can be read at all.
pub fn dump(options: &Options, selection: &Selection) -> Result<Dumped, LiveError> {
    let (_, mut fetched) = fetch(options, selection)?;
    let mut missing = fetched.refused;
    // What was read in part would look whole in a file.
    fetched.found.principals.retain(|principal| match &principal.failed {
        Some((why, help)) => {
            let arn = principal.arn.clone();
            missing.push(NotRead { arn, why: why.clone(), help: help.clone() });
            false
        }
        None => true,
    });
    for (arn, read) in &fetched.found.managed {
        if let Err((why, help)) = read {
            missing.push(NotRead { arn: arn.clone(), why: why.clone(), help: help.clone() });
        }
    }
    if let Selection::Named(names) = selection {
        let known = |name: &&String| resolve(&fetched.found.names, name).err();
        let said: Vec<String> = missing.iter().map(|m| m.arn.clone()).collect();
        missing.extend(names.iter().filter(|name| !said.contains(name)).filter_map(|n| known(&n)));
    }
    missing.sort();
    missing.dedup();
    Ok(Dumped { text: super::dump::write::write(&fetched.found), missing })
}

fn fetch(options: &Options, selection: &Selection) -> Result<(Aws, Fetched), LiveError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| LiveError {
        message: format!("cannot start the network runtime: {error}"),
        help: None,
    })?;
    runtime.block_on(async {
        let aws = connect::connect(options).await?;
        let mut fetched = match selection {
            Selection::All => whole::read(&aws).await?,
            Selection::Named(names) => named::read(&aws, names).await?,
        };
        policies::fetch_missing(&aws, &mut fetched.found).await?;
        Ok((aws, fetched))
    })
}
