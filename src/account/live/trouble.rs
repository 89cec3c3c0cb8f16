//! What can go wrong with a call, in words.

use super::LiveError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

/// Why a call failed.
pub(super) enum Trouble {
    /// There is no such thing.
    Missing,
    /// The service answered and refused.
    Refused {
        /// The permission that the call needs: `iam:GetRole`.
        call: &'static str,
        code: String,
        message: String,
    },
    /// There are no usable credentials.
    Credentials { why: String },
    /// Nothing answered, or nothing that can be read.
    Unreachable { why: String },
}

impl Trouble {
    pub(super) fn of<E>(error: &SdkError<E>, call: &'static str) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        if let SdkError::ServiceError(answer) = error {
            let status = answer.raw().status().as_u16();
            let metadata = answer.err().meta();
            let code = metadata.code().map_or_else(|| format!("HTTP {status}"), str::to_owned);
            if code == "NoSuchEntity" {
                return Self::Missing;
            }
            let message = metadata.message().unwrap_or_default().to_owned();
            return Self::Refused { call, code, message };
        }
        let timed_out = matches!(error, SdkError::TimeoutError(_))
            || matches!(error, SdkError::DispatchFailure(failure) if failure.is_timeout());
        let mut chain = Vec::new();
        let mut next: Option<&(dyn Error + 'static)> = error.source();
        while let Some(error) = next {
            if error.downcast_ref::<CredentialsError>().is_some() {
                return Self::Credentials { why: innermost(error) };
            }
            chain.push(error.to_string());
            next = error.source();
        }
        let why = chain.pop().unwrap_or_else(|| error.to_string());
        let why = if timed_out { format!("no answer in time ({why})") } else { why };
        Self::Unreachable { why }
    }

    /// Whether nothing else can succeed either.
    pub(super) const fn is_fatal(&self) -> bool {
        matches!(self, Self::Credentials { .. } | Self::Unreachable { .. })
    }

    /// What happened and what to do, where it ends the reading.
    pub(super) fn fatal(&self, endpoint: &str) -> LiveError {
        let (message, help) = match self {
            Self::Missing => (format!("`{endpoint}` does not know what it was asked for"), None),
            Self::Credentials { why } => (
                format!("no AWS credentials: {why}"),
                Some(
                    "log in (`aws sso login`), name a profile with `--profile`, or set \
                     `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
                        .to_owned(),
                ),
            ),
            Self::Unreachable { why } => (
                format!("no usable answer from {endpoint}: {why}"),
                Some(
                    "check `--endpoint-url` (`AWS_ENDPOINT_URL`), `--region`, the network and its \
                     proxy, or read a dump instead: `--account-dump FILE`"
                        .to_owned(),
                ),
            ),
            Self::Refused { code, .. } if is_about_credentials(code) => (
                format!("{endpoint} does not take the credentials: {}", self.why("")),
                Some("log in again, or name another profile with `--profile`".to_owned()),
            ),
            Self::Refused { .. } => (format!("{endpoint}: {}", self.why("")), self.help()),
        };
        LiveError { message, help }
    }

    /// What happened to one call, in one line; `caller` is who made it.
    pub(super) fn why(&self, caller: &str) -> String {
        match self {
            Self::Missing => "it does not exist".to_owned(),
            Self::Refused { call, code, message } if is_denial(code) => {
                let to = if caller.is_empty() { String::new() } else { format!(" to `{caller}`") };
                if message.is_empty() {
                    format!("`{call}` is denied{to}")
                } else {
                    format!("`{call}` is denied{to}: {message}")
                }
            }
            Self::Refused { call, code, message } => format!("`{call}`: {code}: {message}"),
            Self::Credentials { why } | Self::Unreachable { why } => why.clone(),
        }
    }

    /// The remedy.
    pub(super) fn help(&self) -> Option<String> {
        match self {
            Self::Refused { call, code, .. } if is_denial(code) => Some(format!(
                "allow `{call}`; `leastwise own-policy` prints all that an audit needs"
            )),
            Self::Refused { code, .. } if code.contains("Throttl") => {
                Some("wait a little and run again".to_owned())
            }
            _ => None,
        }
    }
}

fn is_denial(code: &str) -> bool {
    matches!(code, "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation")
}

fn is_about_credentials(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "RequestExpired"
    )
}

/// The cause of all causes, which says the most. Its first line: the SDK lists every place where it
/// looked, also those that nobody uses.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    let text = last.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.trim_end_matches(" Attempted:").trim_end_matches('.').to_owned()
}
