//! From a specification to an estate: every name checked, every rule applied.

mod deployment;
mod role;
mod trust;

use std::collections::BTreeMap;

use super::names::{self, Partition};
use super::spec::{ClusterSpec, EstateSpec, Text};
use super::{Deployment, Estate, RoleRef, Trust};
use crate::consumer::problem::known;
use crate::consumer::registry::Consumers;
use crate::iam::AccountId;
use crate::source::{Problem, Severity, Span};

/// The audience of tokens for AWS.
// AWS: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
pub(super) const AUDIENCE: &str = "sts.amazonaws.com";

pub(super) fn estate<'c>(
    spec: &EstateSpec,
    consumers: &'c Consumers,
    problems: Vec<Problem>,
) -> Result<Estate<'c>, Vec<Problem>> {
    let mut resolver = Resolver {
        consumers,
        problems,
        remarks: Vec::new(),
        partition: Partition::default(),
        account: None,
        region: None,
        clusters: BTreeMap::new(),
    };
    resolver.head(spec);
    let mut deployments: Vec<Deployment<'c>> = Vec::new();
    for spec in &spec.deployments {
        let Some(deployment) = resolver.deployment(spec) else { continue };
        if deployments.iter().any(|d| d.name == deployment.name) {
            let at =
                spec.name.as_ref().or(spec.consumer.as_ref()).map_or(spec.span, |text| text.span);
            let message = format!("a second deployment is named `{}`", deployment.name);
            resolver.wrong(at, message, Some("give each deployment a `name` of its own"));
        }
        deployments.push(deployment);
    }
    let Resolver { mut problems, mut remarks, partition, account, region, clusters, .. } = resolver;
    problems.extend(shared_accounts(&deployments, &clusters));
    if problems.is_empty() {
        remarks.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        remarks.dedup();
        return Ok(Estate { consumers, partition, account, region, deployments, remarks });
    }
    problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    problems.dedup();
    Err(problems)
}

struct Cluster {
    /// Whether something in it is wrong, so that what it lacks needs no further word.
    wrong: bool,
    arn: Option<(String, AccountId)>,
    issuer: Option<String>,
    audience: String,
}

struct Resolver<'c> {
    consumers: &'c Consumers,
    problems: Vec<Problem>,
    remarks: Vec<Problem>,
    partition: Partition,
    account: Option<AccountId>,
    region: Option<String>,
    clusters: BTreeMap<String, Cluster>,
}

impl Resolver<'_> {
    fn wrong(&mut self, at: Span, message: impl Into<String>, help: Option<&str>) {
        let problem = Problem::error(at, message);
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    fn remark(&mut self, severity: Severity, at: Span, message: impl Into<String>, help: &str) {
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.remarks.push(Problem {
            severity,
            message: message.into(),
            help,
            span: at,
            rule: None,
        });
    }

    fn head(&mut self, spec: &EstateSpec) {
        if let Some(text) = &spec.region {
            if names::is_region(&text.value) {
                self.region = Some(text.value.clone());
            } else {
                self.wrong(
                    text.span,
                    format!("`{}` is not a region", text.value),
                    Some("as `eu-west-1`"),
                );
            }
        }
        match &spec.partition {
            Some(text) => match Partition::parse(&text.value) {
                Some(partition) => self.partition = partition,
                None => {
                    let help = known(&text.value, Partition::names());
                    self.wrong(
                        text.span,
                        format!("unknown partition `{}`", text.value),
                        Some(&help),
                    );
                }
            },
            None => {
                let told =
                    self.region.as_deref().map(names::partition_of).and_then(Partition::parse);
                self.partition = told.unwrap_or_default();
            }
        }
        if let (Some(region), Some(text)) = (&self.region, &spec.partition)
            && names::partition_of(region) != self.partition.name()
        {
            let message = format!("region `{region}` is not in partition `{}`", text.value);
            self.wrong(text.span, message, None);
        }
        self.account = spec.account.as_ref().and_then(|text| self.account_id(text));
        for cluster in &spec.clusters {
            let resolved = self.cluster(cluster);
            self.clusters.insert(cluster.name.value.clone(), resolved);
        }
    }

    fn account_id(&mut self, text: &Text) -> Option<AccountId> {
        let account = AccountId::parse(&text.value).ok();
        if account.is_none() {
            let message = format!("`{}` is not an account", text.value);
            self.wrong(text.span, message, Some("an AWS account is 12 digits; write it in quotes"));
        }
        account
    }

    fn cluster(&mut self, spec: &ClusterSpec) -> Cluster {
        let arn = spec.arn.as_ref().and_then(|text| match names::cluster_arn(&text.value) {
            Some((partition, account)) => {
                if partition != self.partition {
                    let message = format!("the cluster is not in partition `{}`", self.partition);
                    self.wrong(text.span, message, None);
                }
                Some((text.value.clone(), account))
            }
            None => {
                let help = "as `arn:aws:eks:eu-west-1:111122223333:cluster/NAME`";
                self.wrong(
                    text.span,
                    format!("`{}` is not the ARN of an EKS cluster", text.value),
                    Some(help),
                );
                None
            }
        });
        let issuer = spec.issuer.as_ref().and_then(|text| {
            let issuer = names::issuer(&text.value);
            if issuer.is_none() {
                let help = "an `https://` URL without query and without a slash at the end";
                self.wrong(text.span, format!("`{}` is not an issuer", text.value), Some(help));
            }
            issuer
        });
        let audience = spec.audience.as_ref().map_or(AUDIENCE, |text| &text.value).to_owned();
        let wrong =
            arn.is_none() && spec.arn.is_some() || issuer.is_none() && spec.issuer.is_some();
        Cluster { wrong, arn, issuer, audience }
    }
}

/// A service account has one role: the last annotation or association wins, the others are dead,
/// and of an annotation and an association a pod uses one.
fn shared_accounts(
    deployments: &[Deployment<'_>],
    clusters: &BTreeMap<String, Cluster>,
) -> Vec<Problem> {
    let named = |is: &dyn Fn(&Cluster) -> bool, or: &String| {
        clusters.iter().find(|(_, cluster)| is(cluster)).map_or(or, |(name, _)| name).clone()
    };
    let mut owners: BTreeMap<(String, String), RoleRef> = BTreeMap::new();
    let mut problems = Vec::new();
    for deployment in deployments {
        for used in &deployment.uses {
            let (cluster, accounts) = match &used.trust {
                Some(Trust::Irsa { issuer, service_accounts, .. }) => {
                    (named(&|c| c.issuer.as_ref() == Some(issuer), issuer), service_accounts)
                }
                Some(Trust::PodIdentity { cluster_arn, service_accounts, .. }) => {
                    let is =
                        |c: &Cluster| c.arn.as_ref().is_some_and(|(arn, _)| arn == cluster_arn);
                    (named(&is, cluster_arn), service_accounts)
                }
                _ => continue,
            };
            for account in accounts {
                let key = (cluster.clone(), account.to_string());
                let owner = owners.entry(key).or_insert_with(|| used.role.clone());
                if *owner != used.role {
                    let (text, first, second) =
                        (account.to_string(), owner.to_string(), used.role.to_string());
                    let message = format!(
                        "service account `{text}` is in two roles, `{first}` and `{second}`"
                    );
                    let help =
                        "a pod gets one role: give the service account to one, with all components";
                    problems.push(Problem::error(used.place, message).help(help));
                }
            }
        }
    }
    problems
}
