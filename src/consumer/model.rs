//! A consumer's model: its components, the calls they make, and what turns them on.

mod check;
mod file;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::condition::When;
use super::key::KeyTemplate;
use super::version::{Version, VersionRange};
use crate::catalogue::CallOption;

pub use check::read;

/// What happens when a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Denial {
    /// The feature fails.
    Fatal,
    /// A wrong result without an error.
    Silent,
    /// It works, but leaves parts behind.
    Leak,
    /// Nothing that anybody notices.
    Tolerated,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fatal => "fatal",
            Self::Silent => "silent",
            Self::Leak => "leak",
            Self::Tolerated => "tolerated",
        })
    }
}

/// Whether a call is known to be made.
#[derive(
    Clone, Copy, Default, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Occurs {
    /// The code makes it.
    #[default]
    Certain,
    /// The code is closed, or only some users' way of working leads there.
    Possible,
}

/// What an `also:` entry of a deployment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Reading objects and listing them.
    Read,
    /// Writing objects.
    Write,
    /// Deleting objects.
    Delete,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        })
    }
}

/// Where a fact about a consumer comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Evidence {
    /// The model's name for it.
    pub id: String,
    /// `owner/name` of the repository, or the document's address.
    pub repository: String,
    /// Commit or tag.
    pub at: String,
    /// Path in the repository; empty for a document.
    pub file: String,
    /// Function, type or heading.
    pub symbol: String,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.repository, self.at)?;
        for part in [&self.file, &self.symbol] {
            if !part.is_empty() {
                write!(f, " {part}")?;
            }
        }
        Ok(())
    }
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterType {
    /// A bucket's name.
    Bucket,
    /// A key format with `{{...}}` templates.
    KeyFormat,
    /// A path in the bucket.
    Path,
    /// Paths below another path, one or several.
    Names,
    /// Kubeflow profiles, one or several.
    Profiles,
    /// One or several of a fixed list.
    Choice,
    /// A role: name or ARN.
    Role,
    /// A KMS key's ARN.
    KmsKey,
    /// An AWS region.
    Region,
    /// A twelve-digit account.
    Account,
    /// Places that the key format does not cover.
    Also,
}

/// A setting of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in `leastwise.yaml` and on the command line.
    pub name: String,
    /// What it holds.
    pub kind: ParameterType,
    /// Whether a deployment must give it.
    pub required: bool,
    /// What holds when nobody gives it.
    pub default: Vec<String>,
    /// The values a choice allows.
    pub choices: Vec<String>,
    /// One line for people.
    pub summary: String,
}

/// A knob of the consumer that changes its calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// Whether it is on unless switched off.
    pub default: bool,
    /// One line for people.
    pub summary: String,
    /// The versions that have it.
    pub versions: Option<VersionRange>,
    /// A feature without which it does nothing.
    pub needs: Option<String>,
    /// A parameter without which it cannot be on.
    pub needs_parameter: Option<String>,
    /// Calls on storage are made with this parameter's role, which the component assumes.
    pub assumes: Option<String>,
    /// The connection is plain HTTP.
    pub plain_http: bool,
}

/// A trust kind as a consumer's client library sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustKind {
    /// IAM roles for service accounts: a web identity token.
    Irsa,
    /// EKS Pod Identity.
    PodIdentity,
    /// An EC2 instance profile.
    Ec2,
    /// Another principal of this or another account.
    Account,
    /// A user with static keys.
    User,
}

impl fmt::Display for TrustKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Irsa => "irsa",
            Self::PodIdentity => "pod-identity",
            Self::Ec2 => "ec2",
            Self::Account => "account",
            Self::User => "user",
        })
    }
}

/// What the client library of some versions can use to get credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The versions this is about; `None` for all.
    pub versions: Option<VersionRange>,
    /// The library with its version.
    pub library: String,
    /// The trust kinds that it does not know.
    pub cannot: Vec<TrustKind>,
    /// A setting under which it does after all.
    pub unless: Option<String>,
    /// Where this is from.
    pub evidence: Vec<Arc<Evidence>>,
}

/// What a call is made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A bucket itself; `prefix` for a list.
    Bucket {
        /// The list prefix that is sent; `None` where the request carries none.
        prefix: Option<KeyTemplate>,
        /// The delimiter that is sent.
        delimiter: Option<String>,
    },
    /// Keys of a bucket.
    Keys(KeyTemplate),
    /// A role, named by a parameter.
    Role(String),
}

/// A missing key must answer 404 and not 403, which takes the right to list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingKey {
    /// What a 403 in its place does.
    pub denied: Denial,
    /// When it matters; `None` for always.
    pub when: Option<When>,
}

/// One API operation, or several of one function, that a component makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `s3.HeadObject`, ...
    pub apis: Vec<String>,
    /// What is sent with it that needs further actions.
    pub options: Vec<CallOption>,
    /// The parameters that name the buckets.
    pub buckets: Vec<String>,
    /// What it is made on.
    pub target: Target,
    /// The keys that a copy reads.
    pub from: Option<KeyTemplate>,
    /// Whether it relies on a 404 for a missing key.
    pub missing_key: Option<MissingKey>,
    /// When it is made; `None` for always.
    pub when: Option<When>,
    /// The versions that make it; `None` for all.
    pub versions: Option<VersionRange>,
    /// What a refusal does.
    pub denied: Denial,
    /// What a refusal does under a condition; the first that holds counts.
    pub denied_if: Vec<(When, Denial)>,
    /// Whether it is known to be made.
    pub occurs: Occurs,
    /// Which `also:` entries repeat it elsewhere.
    pub also: Option<Access>,
    /// The prefix exactly as the code sends it, where the pattern says less.
    pub sends: Option<String>,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where this is from.
    pub evidence: Vec<Arc<Evidence>>,
}

/// Which workflow namespaces a component's keys lie in.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Namespaces {
    /// Those of the role's service accounts.
    #[default]
    ServiceAccounts,
    /// The profiles, each its own namespace.
    Profiles,
    /// All of them.
    All,
}

/// Another consumer's component that is part of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// As written: `consumer/component@version`.
    pub written: String,
    /// The other consumer.
    pub consumer: String,
    /// Its component.
    pub component: String,
    /// Its version.
    pub version: Version,
    /// The parameter here that is its `bucket`.
    pub bucket: String,
    /// Its features that are on here always.
    pub on: Vec<String>,
    /// Its features that are on when the feature of that name is on here.
    pub inherit: Vec<String>,
}

/// A part of a consumer that runs under its own identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// The Kubernetes service account it runs as unless configured otherwise.
    pub service_account: Option<String>,
    /// The namespace of that account; `None` where each workflow or profile has its own.
    pub namespace: Option<String>,
    /// Which namespaces its keys lie in.
    pub namespaces: Namespaces,
    /// The versions that have it.
    pub versions: Option<VersionRange>,
    /// When it runs at all.
    pub when: Option<When>,
    /// Why it needs nothing, where it does not.
    pub needs_nothing: Option<String>,
    /// The calls of its own code.
    pub calls: Vec<Call>,
    /// Other consumers' components that it is made of.
    pub uses: Vec<Use>,
}

/// A system that keeps data in S3, as its model describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The versions that the model covers.
    pub versions: VersionRange,
    /// The newest version that the model was read from, the default.
    pub newest: Version,
    pub(super) parameters: BTreeMap<String, Parameter>,
    pub(super) features: BTreeMap<String, Feature>,
    pub(super) components: Vec<Component>,
    /// What its client libraries can use.
    pub clients: Vec<Client>,
    /// All evidence, by id.
    pub evidence: BTreeMap<String, Arc<Evidence>>,
}

impl Consumer {
    /// The components, in the model's order.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// The features, sorted by name.
    pub fn features(&self) -> impl Iterator<Item = &Feature> {
        self.features.values()
    }

    /// The parameters, sorted by name.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values()
    }

    /// The component of that name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|c| c.name == name)
    }

    /// The feature of that name.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.get(name)
    }

    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }
}
