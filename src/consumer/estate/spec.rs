//! An estate as somebody wrote it: text with places, nothing checked but its shape.

use crate::consumer::yaml::Placed;
use crate::source::Span;

/// Text with its place.
pub(super) type Text = Placed<String>;

#[derive(Debug, Default)]
pub(super) struct EstateSpec {
    pub partition: Option<Text>,
    pub account: Option<Text>,
    pub region: Option<Text>,
    pub clusters: Vec<ClusterSpec>,
    pub deployments: Vec<DeploymentSpec>,
}

#[derive(Debug)]
pub(super) struct ClusterSpec {
    pub name: Text,
    pub arn: Option<Text>,
    pub issuer: Option<Text>,
    pub audience: Option<Text>,
}

#[derive(Debug, Default)]
pub(super) struct DeploymentSpec {
    pub span: Span,
    pub name: Option<Text>,
    pub consumer: Option<Text>,
    pub version: Option<Text>,
    pub features: Vec<Text>,
    pub without: Vec<Text>,
    /// Everything that only the consumer's model can judge: name, values.
    pub parameters: Vec<(Text, Vec<Text>)>,
    pub also: Vec<AlsoSpec>,
    pub shared: Vec<AlsoSpec>,
    pub roles: Roles,
}

/// Who runs as what.
#[derive(Debug)]
pub(super) enum Roles {
    /// As listed; what is not listed is worth a word.
    Listed(Vec<RoleSpec>),
    /// One role that somebody asked about, and no other.
    Asked(RoleSpec),
    /// One role for each component that needs any, all with the same trust.
    OnePerComponent(RoleSpec),
}

impl Default for Roles {
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

#[derive(Debug)]
pub(super) struct AlsoSpec {
    pub bucket: Option<Text>,
    pub prefix: Option<Text>,
    pub access: Vec<Text>,
}

#[derive(Debug)]
pub(super) struct RoleSpec {
    /// `None` where it is missing, which has been said.
    pub name: Option<Text>,
    /// Where the role stands.
    pub span: Span,
    pub components: Vec<Text>,
    pub trust: Option<TrustSpec>,
    /// Service accounts that are known without a trust that names them.
    pub service_accounts: Vec<Text>,
    /// Whether one role serves every profile by the tags of its sessions.
    pub abac: Option<Text>,
}

#[derive(Debug, Clone)]
pub(super) struct TrustSpec {
    pub span: Span,
    pub kind: TrustSpecKind,
}

#[derive(Debug, Clone)]
pub(super) enum TrustSpecKind {
    /// A cluster that is missing has been said.
    Irsa {
        cluster: Option<Text>,
        service_accounts: Vec<Text>,
    },
    PodIdentity {
        cluster: Option<Text>,
        service_accounts: Vec<Text>,
    },
    Ec2,
    Account {
        principals: Vec<Text>,
        external_id: Option<Text>,
    },
    User,
}
