//! The estate: deployments of consumers, the roles of their components, and who may assume them.
//!
//! A `leastwise.yaml`, the flags of a command and the input of the terraform protocol all become
//! the same specification first, and one function resolves it.

mod names;
mod read;
mod resolve;
mod settings;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use super::key::{KeyPattern, KeyTemplate};
use super::model::{Access, Consumer, TrustKind};
use super::registry::Consumers;
use super::version::Version;
use crate::iam::AccountId;
use crate::source::{Problem, Source, Span};

pub use names::{KmsKey, Partition, RoleKind, RoleRef, ServiceAccount};
pub use settings::Settings;

/// A whole estate, checked.
#[derive(Clone, Debug)]
pub struct Estate<'c> {
    /// The models that it was checked against.
    pub(super) consumers: &'c Consumers,
    /// The partition of its accounts.
    pub partition: Partition,
    /// The account of roles that are given by name.
    pub account: Option<AccountId>,
    /// The region of buckets that name none.
    pub region: Option<String>,
    /// The deployments, in the order written.
    pub deployments: Vec<Deployment<'c>>,
    /// Warnings and notes about it.
    pub remarks: Vec<Problem>,
}

/// One installed consumer.
#[derive(Clone, Debug)]
pub struct Deployment<'c> {
    /// Its name, unique in the estate.
    pub name: String,
    /// What is installed.
    pub consumer: &'c Consumer,
    /// Its version.
    pub version: Version,
    /// The features that are on.
    pub features: BTreeSet<String>,
    /// Those of them that somebody asked for by name.
    pub switched_on: BTreeSet<String>,
    /// Every parameter that has a value.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// Places that the key format does not cover.
    pub also: Vec<Also>,
    /// Places that its tenants share on purpose.
    pub shared: Vec<Shared>,
    /// The region of its buckets, where it is known.
    pub region: Option<String>,
    /// The account of its buckets, where it is not the role's.
    pub bucket_account: Option<AccountId>,
    /// The key that encrypts its buckets.
    pub kms_key: Option<KmsKey>,
    /// Who runs as what.
    pub uses: Vec<RoleUse>,
    /// Remarks on the deployment as a whole.
    pub(super) remarks: Vec<Problem>,
}

impl Deployment<'_> {
    /// The values of a parameter; none where it has none.
    #[must_use]
    pub fn parameter(&self, name: &str) -> &[String] {
        self.parameters.get(name).map_or(&[], Vec::as_slice)
    }
}

/// An entry of `also:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// The bucket.
    pub bucket: String,
    /// The keys: a prefix, or one key and what lies below it.
    pub(super) keys: Vec<KeyTemplate>,
    /// What is done there.
    pub access: Vec<Access>,
}

/// An entry of `shared:`: what tenants may do to keys of each other there is meant. It grants nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The bucket.
    pub bucket: String,
    /// The keys.
    pub keys: Vec<KeyPattern>,
    /// What is shared.
    pub access: Vec<Access>,
}

/// A role of a deployment, for one profile where its name says so.
#[derive(Clone, Debug)]
pub struct RoleUse {
    /// Where it stands: its trust where it has one, else its name.
    pub(super) place: Span,
    /// The role or user.
    pub role: RoleRef,
    /// The components that run as it.
    pub components: Vec<String>,
    /// The profiles that it serves; empty for all that there are.
    pub profiles: Vec<String>,
    /// The service accounts that its components run as, where they are known.
    pub service_accounts: Vec<ServiceAccount>,
    /// Who may assume it; `None` where nothing is said.
    pub trust: Option<Trust>,
    /// The roles whose holders assume this one for their calls on storage.
    pub assumed_by: Vec<RoleRef>,
    /// Whether it serves every profile, each by the namespace that tags its sessions.
    pub abac: bool,
    /// Remarks on it.
    pub(super) remarks: Vec<Problem>,
}

/// Who may assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Kubernetes service accounts by their web identity tokens.
    Irsa {
        /// The issuer as IAM writes it, without `https://`.
        issuer: String,
        /// The ARN of the identity provider, in the role's account.
        provider_arn: String,
        /// What the tokens are for, `sts.amazonaws.com`.
        audience: String,
        /// Whose tokens.
        service_accounts: Vec<ServiceAccount>,
    },
    /// Kubernetes service accounts by EKS Pod Identity.
    PodIdentity {
        /// The cluster's ARN.
        cluster_arn: String,
        /// The cluster's account.
        account: AccountId,
        /// Whose pods.
        service_accounts: Vec<ServiceAccount>,
    },
    /// EC2 instances with its instance profile.
    Ec2,
    /// Other principals.
    Account {
        /// Their ARNs, or account ids.
        principals: Vec<String>,
        /// What they must send besides.
        external_id: Option<String>,
        /// Whether their sessions carry tags that pass on to the role.
        session_tags: bool,
    },
    /// A user with static keys: there is nothing to assume.
    User,
}

impl Trust {
    /// Whether sessions under this trust carry tags that pass on to every role they assume.
    // AWS: the tags that EKS Pod Identity adds are transitive:
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    pub(super) fn passes_tags_on(&self) -> bool {
        matches!(self, Self::PodIdentity { .. })
    }

    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> TrustKind {
        match self {
            Self::Irsa { .. } => TrustKind::Irsa,
            Self::PodIdentity { .. } => TrustKind::PodIdentity,
            Self::Ec2 => TrustKind::Ec2,
            Self::Account { .. } => TrustKind::Account,
            Self::User => TrustKind::User,
        }
    }
}

impl<'c> Estate<'c> {
    /// The models that it was checked against.
    #[must_use]
    pub fn consumers(&self) -> &'c Consumers {
        self.consumers
    }

    /// The remarks on one role and on the deployments that use it, sorted by place.
    #[must_use]
    pub fn remarks_on(&self, role: &RoleRef) -> Vec<Problem> {
        let mut found: Vec<Problem> = Vec::new();
        for deployment in &self.deployments {
            let mut own = deployment.uses.iter().filter(|used| used.role == *role).peekable();
            if own.peek().is_some() {
                found.extend(deployment.remarks.iter().cloned());
            }
            found.extend(own.flat_map(|used| used.remarks.iter().cloned()));
        }
        found.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        found.dedup();
        found
    }

    /// Reads a `leastwise.yaml`.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of its places.
    pub fn read(source: &Source, consumers: &'c Consumers) -> Result<Self, Vec<Problem>> {
        let node = super::yaml::read(source.text()).map_err(|problem| vec![problem])?;
        let mut problems = Vec::new();
        let spec = read::estate(&node, &mut problems);
        resolve::estate(&spec, consumers, problems)
    }

    /// Takes one deployment from settings: command-line flags, or the terraform protocol's input.
    ///
    /// # Errors
    /// All that is wrong with them; the spans lie in [`Settings::source`].
    pub fn from_settings(
        settings: &Settings,
        consumers: &'c Consumers,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let spec = settings.spec(consumers, &mut problems);
        resolve::estate(&spec, consumers, problems)
    }
}
