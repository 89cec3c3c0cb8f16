//! One request: who does what to which resource, and what else is known about it.

use super::{AccountId, Action, Caller, Layer, RequestContext};
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

    /// The service in the ARN: `s3`; empty for `*`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.0.split(':').nth(2).unwrap_or_default()
    }

    /// What is behind the fifth colon; empty for `*`.
    fn name(&self) -> &str {
        self.0.splitn(6, ':').nth(5).unwrap_or_default()
    }

    /// What kind of policy the resource has of its own, if it has any.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
    #[must_use]
    pub fn policy_layer(&self) -> Layer {
        match self.service() {
            "kms" if self.name().starts_with("key/") => Layer::KeyPolicy,
            "iam" if self.name().starts_with("role/") => Layer::TrustPolicy,
            _ => Layer::ResourcePolicy,
        }
    }

    /// Whether it is a bucket, whose policy governs its objects too.
    ///
    /// AWS: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html>
    #[must_use]
    pub fn is_bucket(&self) -> bool {
        self.0.split(':').skip(2).take(3).eq(["s3", "", ""]) && !self.name().contains('/')
    }

    /// Whether the policy of this resource is about another one, an ARN or a pattern of ARNs: about
    /// itself, and about the objects of a bucket.
    #[must_use]
    pub fn governs(&self, other: &str) -> bool {
        match other.strip_prefix(self.text()) {
            Some("") => true,
            Some(rest) => self.is_bucket() && rest.starts_with('/'),
            None => false,
        }
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

#[cfg(test)]
mod tests {
    use super::{Layer, Resource};

    #[test]
    fn what_policies_of_resources_are_about() {
        for (arn, layer, other, governs) in [
            ("arn:aws:s3:::acme", Layer::ResourcePolicy, "arn:aws:s3:::acme/a/b", true),
            ("arn:aws:s3:::acme", Layer::ResourcePolicy, "arn:aws:s3:::acme-logs/a", false),
            ("arn:aws:s3:::acme", Layer::ResourcePolicy, "arn:aws:s3:::acme", true),
            ("arn:aws:s3:::acme/a", Layer::ResourcePolicy, "arn:aws:s3:::acme/a/b", false),
            ("arn:aws:kms:eu-west-1:111122223333:key/k", Layer::KeyPolicy, "*", false),
            ("arn:aws:kms:eu-west-1:111122223333:alias/k", Layer::ResourcePolicy, "*", false),
            ("arn:aws:iam::111122223333:role/a/b", Layer::TrustPolicy, "*", false),
            ("arn:aws:iam::111122223333:user/a", Layer::ResourcePolicy, "*", false),
            (
                "arn:aws:sqs:eu-west-1:111122223333:q",
                Layer::ResourcePolicy,
                "arn:aws:sqs:eu-west-1:111122223333:q/x",
                false,
            ),
            ("*", Layer::ResourcePolicy, "*", true),
        ] {
            let resource = Resource::parse(arn).unwrap();
            assert_eq!(
                (resource.policy_layer(), resource.governs(other)),
                (layer, governs),
                "{arn}"
            );
        }
    }
}
