//! Who may assume a role, and whether the deployed version can work that way.

use std::collections::BTreeSet;

use super::{Cluster, Resolver};
use crate::consumer::estate::spec::{RoleSpec, Text, TrustSpecKind};
use crate::consumer::estate::{Deployment, RoleRef, RoleUse, Trust};
use crate::consumer::model::{Consumer, TrustKind};
use crate::consumer::problem::known;
use crate::consumer::version::Version;
use crate::iam::PrincipalPattern;
use crate::source::{Severity, Span};

impl<'c> Resolver<'c> {
    pub(super) fn trust(
        &mut self,
        kind: &TrustSpecKind,
        at: Span,
        role: Option<&RoleRef>,
        profiles: &[String],
    ) -> Option<Trust> {
        match kind {
            TrustSpecKind::Irsa { cluster, service_accounts } => {
                let service_accounts = self.service_accounts(service_accounts, profiles);
                let cluster = cluster.as_ref()?;
                let found = self.named_cluster(cluster)?;
                let (issuer, audience) = (found.issuer.clone(), found.audience.clone());
                if issuer.is_none() && !found.wrong {
                    let message = format!(
                        "cluster `{}` has no `oidc-issuer`, which `irsa` needs",
                        cluster.value
                    );
                    self.wrong(cluster.span, message, None);
                }
                let issuer = issuer?;
                let role = role?;
                let Some(account) = role.account else {
                    self.wrong(at, "`irsa` needs the `account` of the role", None);
                    return None;
                };
                // AWS: a provider is named by its URL, in the account of the role that trusts it:
                // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
                let provider_arn =
                    format!("arn:{}:iam::{account}:oidc-provider/{issuer}", role.partition);
                Some(Trust::Irsa { issuer, provider_arn, audience, service_accounts })
            }
            TrustSpecKind::PodIdentity { cluster, service_accounts } => {
                let service_accounts = self.service_accounts(service_accounts, profiles);
                let cluster = cluster.as_ref()?;
                let found = self.named_cluster(cluster)?;
                let arn = found.arn.clone();
                if arn.is_none() && !found.wrong {
                    let message = format!(
                        "cluster `{}` has no `arn`, which `pod-identity` needs",
                        cluster.value
                    );
                    self.wrong(cluster.span, message, None);
                }
                let (cluster_arn, account) = arn?;
                Some(Trust::PodIdentity { cluster_arn, account, service_accounts })
            }
            TrustSpecKind::Ec2 => Some(Trust::Ec2),
            TrustSpecKind::Account { principals, external_id } => {
                for principal in principals {
                    self.principal(principal);
                }
                if let Some(id) = external_id
                    && !external_id_fits(&id.value)
                {
                    let help = "2 to 1,224 letters, digits and `+=,.@:/-_`";
                    self.wrong(
                        id.span,
                        "the external id has a form that AWS does not accept",
                        Some(help),
                    );
                }
                let mut principals: Vec<String> =
                    principals.iter().map(|p| p.value.clone()).collect();
                principals.sort();
                principals.dedup();
                Some(Trust::Account {
                    principals,
                    external_id: external_id.as_ref().map(|id| id.value.clone()),
                    session_tags: false,
                })
            }
            TrustSpecKind::User => Some(Trust::User),
        }
    }

    /// Who is trusted: an account, its root, a role or a user, of the estate's own partition.
    // AWS: what a principal can be:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    // AWS: no access reaches across partitions:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    fn principal(&mut self, text: &Text) {
        let value = &text.value;
        let lasting = match PrincipalPattern::parse_aws(value) {
            Ok(PrincipalPattern::Account { .. }) => true,
            Ok(PrincipalPattern::Arn(_)) => {
                RoleRef::parse(value, None, self.partition).is_ok_and(|role| role.account.is_some())
            }
            _ => false,
        };
        if !lasting {
            let help = "an ARN of a role, user or account root, or an account";
            self.wrong(text.span, format!("`{value}` is not a principal"), Some(help));
        } else if let Some(partition) = value.split(':').nth(1)
            && partition != self.partition.name()
        {
            let message = format!("`{value}` is not in partition `{}`", self.partition);
            self.wrong(text.span, message, None);
        }
    }

    fn named_cluster(&mut self, name: &Text) -> Option<&Cluster> {
        if !self.clusters.contains_key(&name.value) {
            let help = known(&name.value, self.clusters.keys().map(String::as_str));
            self.wrong(name.span, format!("unknown cluster `{}`", name.value), Some(&help));
        }
        self.clusters.get(&name.value)
    }

    /// A kind of trust that the deployed version's client library does not know.
    pub(super) fn usable_trust(
        &mut self,
        spec: &RoleSpec,
        deployment: &Deployment<'c>,
        used: &RoleUse,
    ) {
        let told = spec.trust.as_ref().zip(used.trust.as_ref());
        let (at, kind) = match (told, &spec.abac) {
            (Some((trust, kind)), _) => (trust.span, kind.kind()),
            // Only there sessions are tagged.
            (None, Some(abac)) => (abac.span, TrustKind::PodIdentity),
            (None, None) => return,
        };
        let mut parties: Vec<(&Consumer, Version)> =
            vec![(deployment.consumer, deployment.version.clone())];
        let components =
            used.components.iter().filter_map(|name| deployment.consumer.component(name));
        for inner in components.flat_map(|c| &c.uses) {
            if let Ok(consumer) = self.consumers.get(&inner.consumer) {
                parties.push((consumer, inner.version.clone()));
            }
        }
        let mut said = BTreeSet::new();
        for (consumer, version) in parties {
            for client in &consumer.clients {
                let about = client.versions.as_ref().is_none_or(|range| range.contains(&version));
                if !about || !client.cannot.contains(&kind) || !said.insert(&consumer.name) {
                    continue;
                }
                let message = format!(
                    "{} {version} cannot use `{kind}`: it has {}",
                    consumer.name, client.library
                );
                let help = match &client.unless {
                    Some(unless) => format!("it can if {unless}"),
                    None => "use another kind of trust, or a newer version".to_owned(),
                };
                self.remark(Severity::Warning, at, message, &help);
            }
        }
    }
}

/// The form of an external id.
// AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
fn external_id_fits(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@:/-_".contains(c);
    (2..=1224).contains(&id.len()) && id.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_ids() {
        for (id, fits) in
            [("ab", true), ("a", false), ("acme/ci:1", true), ("a b", false), ("é2", false)]
        {
            assert_eq!(external_id_fits(id), fits, "{id}");
        }
    }
}
