//! A request with everything that follows from it.

use super::Values;
use crate::iam::{AccountId, Caller, ContextValue, Request};

/// A request, and the condition keys that AWS fills in from the caller and the resource. What the
/// request's own context says wins.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[derive(Clone, Copy, Debug)]
pub struct Subject<'r> {
    request: &'r Request,
}

impl<'r> Subject<'r> {
    /// What is asked.
    #[must_use]
    pub const fn new(request: &'r Request) -> Self {
        Self { request }
    }

    /// The request itself.
    #[must_use]
    pub const fn request(&self) -> &'r Request {
        self.request
    }

    /// What the request carries for a key, given in lower case.
    #[must_use]
    pub fn values(&self, key: &str) -> Values<'r> {
        match self.request.context.get(key) {
            None => self.derived(key),
            value => value.into(),
        }
    }

    /// The account that owns the resource, if anyone said so.
    #[must_use]
    pub fn owner(&self) -> Option<AccountId> {
        self.request.resource_account.or_else(|| self.request.resource.account()).or_else(|| {
            match self.request.context.get("aws:resourceaccount") {
                Some(ContextValue::Single(account)) => AccountId::parse(account).ok(),
                _ => None,
            }
        })
    }

    /// Keys that hold what the caller and the resource already tell.
    ///
    /// AWS: "Values for the principal type" and the single keys' "Availability" on the page above.
    fn derived(&self, key: &str) -> Values<'r> {
        // The common case first: service keys and tags are never derived.
        let Some(name) = key.strip_prefix("aws:") else {
            let own = key == "s3:resourceaccount" && self.request.action.service() == "s3";
            return if own { self.values("aws:resourceaccount") } else { Values::Absent };
        };
        if name == "resourceaccount" {
            return match &self.request.resource_account {
                Some(account) => Values::One(account.text()),
                None => field(self.request.resource.text(), 4).map_or(Values::Absent, Values::One),
            };
        }
        let Some(caller) = &self.request.caller else { return Values::Absent };
        let text = match (name, caller) {
            ("principalarn", Caller::Session(_)) => return Values::Unknown,
            (
                "principalarn",
                Caller::Root(arn)
                | Caller::User(arn)
                | Caller::Role(arn)
                | Caller::FederatedUser(arn),
            ) => Some(&**arn),
            (
                "principalaccount",
                Caller::Root(arn)
                | Caller::User(arn)
                | Caller::Role(arn)
                | Caller::Session(arn)
                | Caller::FederatedUser(arn),
            ) => field(arn, 4),
            ("principaltype", caller) => match caller {
                Caller::Root(_) => Some("Account"),
                Caller::User(_) => Some("User"),
                Caller::Role(_) | Caller::Session(_) => Some("AssumedRole"),
                Caller::FederatedUser(_) => Some("FederatedUser"),
                Caller::Anonymous => Some("Anonymous"),
                Caller::Service(_) | Caller::WebIdentity(_) => None,
            },
            ("username", Caller::User(arn)) => arn.rsplit('/').next(),
            ("principalisawsservice", caller) => match caller {
                Caller::Service(_) => Some("true"),
                Caller::Anonymous | Caller::WebIdentity(_) => None,
                _ => Some("false"),
            },
            ("principalservicename", Caller::Service(name)) => Some(&**name),
            _ => None,
        };
        text.map_or(Values::Absent, Values::One)
    }
}

/// One of the six fields of an ARN, if it is there and not empty.
pub(crate) fn field(arn: &str, at: usize) -> Option<&str> {
    arn.splitn(6, ':').nth(at).filter(|field| !field.is_empty())
}
