//! Configuration, credentials and who we are.

use super::trouble::Trouble;
use super::{LiveError, Options, tls};
use crate::iam::AccountId;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_iam::config::{Credentials, SharedCredentialsProvider, SharedHttpClient};

/// A connection, and whose account it shows.
pub(super) struct Aws {
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) account: AccountId,
    pub(super) partition: String,
    /// For messages.
    pub(super) endpoint: String,
    /// Who we are, for messages.
    pub(super) caller: String,
}

/// Where IAM is asked when nobody says a region. IAM is global within a partition.
const DEFAULT_REGION: &str = "us-east-1";

/// Loads the configuration, assumes the role that was asked for, and asks STS who we are, so that
/// what is wrong with endpoint or credentials shows before anything else.
pub(super) async fn connect(options: &Options) -> Result<Aws, LiveError> {
    let config = configure(options).await?;
    let region = config.region().map(ToString::to_string).unwrap_or_default();
    let endpoint = config.endpoint_url().map_or_else(|| format!("AWS ({region})"), str::to_owned);
    let sts = aws_sdk_sts::Client::new(&config);
    let identity = sts.get_caller_identity().send().await;
    let identity = identity.map_err(|error| {
        let mut trouble = Trouble::of(&error, "sts:GetCallerIdentity");
        let profile = options.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
        if let (Trouble::Credentials { why }, Some(profile)) = (&mut trouble, profile) {
            *why = format!("{why} (profile `{profile}`)");
        }
        trouble.fatal(&endpoint)
    })?;
    let caller = identity.arn().unwrap_or_default().to_owned();
    let Some(account) = identity.account().and_then(|id| AccountId::parse(id).ok()) else {
        return Err(LiveError {
            message: format!("{endpoint} answers, but not as AWS does: it names no account"),
            help: Some("check `--endpoint-url` (`AWS_ENDPOINT_URL`) and the proxy".to_owned()),
        });
    };
    Ok(Aws {
        iam: aws_sdk_iam::Client::new(&config),
        account,
        partition: caller.split(':').nth(1).unwrap_or("aws").to_owned(),
        endpoint,
        caller,
    })
}

async fn configure(options: &Options) -> Result<SdkConfig, LiveError> {
    let loopback = options.endpoint_url.as_deref().is_some_and(is_loopback);
    let http = tls::http_client(loopback)?;
    if let Some(url) = &options.endpoint_url
        && !url.starts_with("http://")
        && !url.starts_with("https://")
    {
        return Err(LiveError {
            message: format!("the endpoint `{url}` is no URL"),
            help: Some(format!("write `https://{url}` or `http://{url}`")),
        });
    }
    let mut config = load(options, http.clone(), options.region.as_deref()).await;
    if config.region().is_none() {
        config = load(options, http, Some(DEFAULT_REGION)).await;
    }
    let Some(role) = &options.assume_role else { return Ok(config) };
    let mut provider = AssumeRoleProvider::builder(&role.arn)
        .session_name(role.session_name.as_deref().unwrap_or("leastwise"))
        .configure(&config);
    if let Some(external_id) = &role.external_id {
        provider = provider.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    Ok(config.into_builder().credentials_provider(provider).build())
}

async fn load(options: &Options, http: SharedHttpClient, region: Option<&str>) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(options.connect_timeout)
        .operation_timeout(options.operation_timeout)
        .build();
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(timeouts);
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(key) = &options.credentials {
        loader = loader.credentials_provider(Credentials::new(
            &key.access_key_id,
            &key.secret_access_key,
            key.session_token.clone(),
            None,
            "leastwise",
        ));
    }
    loader.load().await
}

/// A server on this machine is never behind a proxy.
fn is_loopback(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start))
}
