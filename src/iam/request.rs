//! One request: who does what to which resource, and what else is known about it.

use super::{AccountId, Action, Caller, RequestContext};
use std::fmt;

/// The resource of a request: an ARN, or `*` for actions that have none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource(Box<str>);

impl Resource {
    /// Reads an ARN of six parts, or `*`.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text == "*" || (text.starts_with("arn:") && text.splitn(6, ':').count() == 6) {
            Ok(Self(text.into()))
        } else {
            Err(
                "a resource is an ARN of six parts, `arn:partition:service:region:account:resource`, or `*`",
            )
        }
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The account in the ARN; S3's bucket ARNs have none.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        AccountId::parse(self.0.split(':').nth(4)?).ok()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request as AWS sees it when it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks; `None` where nobody said.
    pub caller: Option<Caller>,
    /// What for.
    pub action: Action,
    /// On what.
    pub resource: Resource,
    /// Whose resource it is, where that was said (`aws:ResourceAccount`).
    pub resource_account: Option<AccountId>,
    /// The condition keys it carries.
    pub context: RequestContext,
}
