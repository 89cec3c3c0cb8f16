//! Trust policies: who may assume a role.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::consumer::ServiceAccount;
use crate::iam::{
    AccountId, ActionPattern, Clause, Condition, ContextKey, Effect, PolicyDocument,
    PrincipalPattern, Statement, Version,
};
use std::collections::{BTreeMap, BTreeSet};

/// One way to assume a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustGrant {
    /// A Kubernetes token of an OIDC issuer: IRSA on EKS, or a self-hosted issuer.
    WebIdentity {
        /// The ARN of the IAM OIDC provider.
        provider: String,
        /// The issuer without `https://`: the prefix of its condition keys.
        issuer: String,
        /// What the token must be for.
        audience: String,
        /// Whose token.
        subjects: BTreeSet<ServiceAccount>,
    },
    /// EKS Pod Identity.
    PodIdentity {
        /// The account of the cluster.
        account: AccountId,
        /// The cluster's ARN.
        cluster: String,
        /// Whose pods.
        subjects: BTreeSet<ServiceAccount>,
        /// Whether the namespaces of the subjects are left open: the policy tells them apart by the
        /// tag of the session.
        any_namespace: bool,
    },
    /// Instances of EC2.
    Ec2 {
        /// `ec2.amazonaws.com`, or its like in the partition.
        service: String,
    },
    /// Principals of this or another account.
    Principals {
        /// Their ARNs or account ids.
        principals: Vec<PrincipalPattern>,
        /// The secret that a third party must name.
        external_id: Option<String>,
        /// Whether their sessions carry tags that pass on to the role.
        session_tags: bool,
    },
}

/// The trust policy that admits these and nobody else; `None` where nobody is to be admitted, as for
/// a user with static keys.
#[must_use]
pub fn trust_policy(grants: &[TrustGrant]) -> Option<PolicyDocument> {
    let mut statements: Vec<Statement> = Vec::new();
    for grant in &united(grants) {
        for statement in statements_of(grant) {
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    number_sids(&mut statements);
    (!statements.is_empty()).then_some(PolicyDocument {
        version: Version::V2012,
        id: None,
        statements,
    })
}

/// Subjects of one provider, or of one cluster, are admitted together.
fn united(grants: &[TrustGrant]) -> Vec<TrustGrant> {
    let mut united: Vec<TrustGrant> = Vec::new();
    for grant in grants {
        if !united.iter_mut().any(|earlier| earlier.takes_in(grant)) {
            united.push(grant.clone());
        }
    }
    united
}

impl TrustGrant {
    fn subjects_mut(&mut self) -> Option<&mut BTreeSet<ServiceAccount>> {
        match self {
            Self::WebIdentity { subjects, .. } | Self::PodIdentity { subjects, .. } => {
                Some(subjects)
            }
            Self::Ec2 { .. } | Self::Principals { .. } => None,
        }
    }

    /// Adds the subjects of another grant that differs in nothing else; `false` where it does.
    fn takes_in(&mut self, other: &Self) -> bool {
        let (mut own, mut others) = (self.clone(), other.clone());
        let before = own.subjects_mut().map(std::mem::take);
        let more = others.subjects_mut().map(std::mem::take);
        if own != others {
            return false;
        }
        if let (Some(subjects), Some(before), Some(more)) = (self.subjects_mut(), before, more) {
            *subjects = before.into_iter().chain(more).collect();
        }
        true
    }
}

fn number_sids(statements: &mut [Statement]) {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for sid in statements.iter_mut().filter_map(|s| s.sid.as_mut()) {
        let count = used.entry(sid.clone()).or_default();
        *count += 1;
        if *count > 1 {
            *sid = format!("{sid}{count}");
        }
    }
}

fn statements_of(grant: &TrustGrant) -> Vec<Statement> {
    match grant {
        // AWS: both `sub` and `aud`, or any service account of the cluster may assume the role:
        // https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
        TrustGrant::WebIdentity { provider, issuer, audience, subjects } => {
            let subjects = subjects
                .iter()
                .map(|s| format!("system:serviceaccount:{}:{}", s.namespace, s.name));
            vec![allow(
                "AssumeRoleWithWebIdentity",
                PrincipalPattern::Federated(provider.as_str().into()),
                &["sts:AssumeRoleWithWebIdentity"],
                vec![
                    equals(&format!("{issuer}:aud"), [audience.as_str()]),
                    equals(&format!("{issuer}:sub"), subjects),
                ],
            )]
        }
        // AWS: without conditions on the session's tags every association of the account may use the
        // role: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html. One statement for
        // each namespace: two lists in one would admit each name in each namespace.
        TrustGrant::PodIdentity { account, cluster, subjects, any_namespace: true } => {
            let names: BTreeSet<&str> = subjects.iter().map(|s| s.name.as_str()).collect();
            vec![allow(
                "PodIdentity",
                PrincipalPattern::Service("pods.eks.amazonaws.com".into()),
                &["sts:AssumeRole", "sts:TagSession"],
                vec![
                    equals("aws:SourceAccount", [account.text()]),
                    equals("aws:SourceArn", [cluster.as_str()]),
                    equals("aws:RequestTag/kubernetes-service-account", names),
                ],
            )]
        }
        TrustGrant::PodIdentity { account, cluster, subjects, any_namespace: false } => {
            let mut by_namespace: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for subject in subjects {
                by_namespace.entry(&subject.namespace).or_default().push(&subject.name);
            }
            let statement = |(namespace, names): (&str, Vec<&str>)| {
                allow(
                    "PodIdentity",
                    PrincipalPattern::Service("pods.eks.amazonaws.com".into()),
                    &["sts:AssumeRole", "sts:TagSession"],
                    vec![
                        equals("aws:SourceAccount", [account.text()]),
                        equals("aws:SourceArn", [cluster.as_str()]),
                        equals("aws:RequestTag/kubernetes-namespace", [namespace]),
                        equals("aws:RequestTag/kubernetes-service-account", names),
                    ],
                )
            };
            by_namespace.into_iter().map(statement).collect()
        }
        TrustGrant::Ec2 { service } => {
            vec![allow(
                "Ec2",
                PrincipalPattern::Service(service.as_str().into()),
                &["sts:AssumeRole"],
                vec![],
            )]
        }
        // AWS: a session whose tags are transitive needs `sts:TagSession` for every next role:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
        TrustGrant::Principals { principals, external_id, session_tags } => {
            let conditions =
                external_id.iter().map(|id| equals("sts:ExternalId", [id.as_str()])).collect();
            let actions: &[&str] = if *session_tags {
                &["sts:AssumeRole", "sts:TagSession"]
            } else {
                &["sts:AssumeRole"]
            };
            let mut statement = allow("AssumeRole", PrincipalPattern::Anyone, actions, conditions);
            statement.principal = Some(Clause::Is(principals.clone()));
            vec![statement]
        }
    }
}

fn allow(
    sid: &str,
    principal: PrincipalPattern,
    actions: &[&str],
    conditions: Vec<Condition>,
) -> Statement {
    Statement {
        sid: Some(sid.to_owned()),
        effect: Effect::Allow,
        principal: Some(Clause::Is(vec![principal])),
        action: Clause::Is(actions.iter().filter_map(|a| ActionPattern::parse(a).ok()).collect()),
        resource: None,
        conditions,
    }
}

fn equals<V: AsRef<str>>(key: &str, values: impl IntoIterator<Item = V>) -> Condition {
    Condition::equals(ContextKey::new(key), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::PolicyKind;
    use crate::syntax;

    fn subjects(all: &[(&str, &str)]) -> BTreeSet<ServiceAccount> {
        all.iter()
            .map(|(ns, name)| ServiceAccount { namespace: (*ns).into(), name: (*name).into() })
            .collect()
    }

    fn shown(grants: &[TrustGrant]) -> String {
        let document = trust_policy(grants).unwrap();
        let text = syntax::to_pretty(&document);
        let again = syntax::parse_policy(&text, PolicyKind::Trust).unwrap();
        assert_eq!((again.document, again.notes), (document, vec![]));
        text
    }

    #[test]
    fn every_kind_of_trust() {
        let account = AccountId::parse("111122223333").unwrap();
        let issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";
        let all = [
            TrustGrant::WebIdentity {
                provider: format!("arn:aws:iam::111122223333:oidc-provider/{issuer}"),
                issuer: issuer.into(),
                audience: "sts.amazonaws.com".into(),
                subjects: subjects(&[("argo", "default"), ("argo", "runner")]),
            },
            TrustGrant::PodIdentity {
                account,
                cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/prod".into(),
                subjects: subjects(&[("a", "x"), ("a", "y"), ("b", "x")]),
                any_namespace: false,
            },
            TrustGrant::Ec2 { service: "ec2.amazonaws.com.cn".into() },
            TrustGrant::Principals {
                principals: vec![
                    PrincipalPattern::parse_aws("arn:aws:iam::444455556666:role/ci").unwrap(),
                ],
                external_id: Some("s3cret".into()),
                session_tags: false,
            },
        ];
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/compile"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("every_kind_of_trust", shown(&all)));
        assert_eq!(trust_policy(&[]), None);
    }

    #[test]
    fn one_statement_for_each_provider() {
        let grant = |audience: &str, name: &str| TrustGrant::WebIdentity {
            provider: "arn:aws:iam::111122223333:oidc-provider/x.example.com".into(),
            issuer: "x.example.com".into(),
            audience: audience.into(),
            subjects: subjects(&[("argo", name)]),
        };
        let policy = trust_policy(&[grant("a", "x"), grant("b", "z"), grant("a", "y")]).unwrap();
        assert_eq!(policy.statements.len(), 2);
        let text = syntax::to_compact(&policy);
        assert!(
            text.contains(r#"["system:serviceaccount:argo:x","system:serviceaccount:argo:y"]"#)
        );

        let pods = |name: &str| TrustGrant::PodIdentity {
            account: AccountId::parse("111122223333").unwrap(),
            cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/prod".into(),
            subjects: subjects(&[("a", name)]),
            any_namespace: false,
        };
        assert_eq!(trust_policy(&[pods("x"), pods("y")]).unwrap().statements.len(), 1);
    }
}
