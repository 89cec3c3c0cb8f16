//! One role: its requirement made into documents that are proved and that fit.

use super::abac::prove_isolated;
use super::prove::{Unproved, prove};
use super::{Fit, Grant, Quota, Restriction, TrustGrant, Values, identity_policy, trust_policy};
use crate::consumer::{Fixed, RequiredCall, Requirement, RoleKind, RoleRef, Trust};
use crate::iam::{PolicyDocument, PrincipalPattern};

/// The documents of one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledRole {
    /// The role or user.
    pub role: RoleRef,
    /// Its identity policy; `None` where it needs no permission at all.
    pub policy: Option<PolicyDocument>,
    /// Its trust policy; `None` for a user, and where nothing was said about trust.
    pub trust: Option<PolicyDocument>,
    /// Characters of the identity policy that count against the quota.
    pub size: usize,
    /// What is worth saying, one sentence each.
    pub warnings: Vec<String>,
    /// What was proved besides, and what the proof rests on, one sentence each.
    pub notes: Vec<String>,
}

/// Why a role has no documents.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A document does not fit where it is to be stored.
    #[error("`{role}` needs {size} characters, and the quota ({what}) is {quota}")]
    TooLarge {
        /// Whose.
        role: String,
        /// Which document.
        what: Quota,
        /// Characters that count.
        size: usize,
        /// The most that AWS stores.
        quota: usize,
    },
    /// The proof failed. This is a mistake in leastwise; the policy is not printed.
    #[error("the policy of `{role}` is not proved: {why}; this is a bug of leastwise")]
    Unproved {
        /// Whose.
        role: String,
        /// The counterexample, or what could not be decided.
        why: Unproved,
    },
}

/// Compiles a requirement: `needs ⊆ policy ⊆ may` is proved before anything is returned.
///
/// # Errors
/// A document that does not fit its quota, or a proof that failed.
pub fn compile(requirement: &Requirement, quota: Quota) -> Result<CompiledRole, CompileError> {
    let role = requirement.role.to_string();
    let policy = Some(granted_policy(requirement)).filter(|policy| !policy.statements.is_empty());
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let mut size = 0;
    if let Some(policy) = &policy {
        prove(requirement, policy)
            .map_err(|why| CompileError::Unproved { role: role.clone(), why })?;
        if requirement.abac {
            let breaking = prove_isolated(requirement, policy)
                .map_err(|why| CompileError::Unproved { role: role.clone(), why })?;
            notes.extend(said_of(&role, &breaking));
        }
        size = fit(&role, quota, policy, &mut warnings)?;
    }
    let trust = expected_trust(requirement);
    if let Some(trust) = &trust {
        fit(&role, Quota::Trust, trust, &mut warnings)?;
    }
    Ok(CompiledRole { role: requirement.role.clone(), policy, trust, size, warnings, notes })
}

/// What is proved of one role for every profile.
// AWS: Pod Identity sets the tag, and no role tag of that name wins over it:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
fn said_of(role: &str, breaking: &[String]) -> Vec<String> {
    let mut notes = vec![format!(
        "`{role}` is proved to reach the keys of no profile but the one that the tag \
         `kubernetes-namespace` names, whatever its name; EKS sets the tag to the pod's namespace, and \
         whoever else may call `sts:TagSession` on the role could set it to any text"
    )];
    if !breaking.is_empty() {
        let values: Vec<String> = breaking.iter().map(|value| format!("`{value}`")).collect();
        notes.push(format!(
            "the proof rests on the tag being a namespace: with a tag such as {} the role would reach \
             a part of another profile's keys; no namespace holds `/`",
            values.join(", ")
        ));
    }
    notes
}

/// The policy that a requirement is compiled to.
#[must_use]
pub fn granted_policy(requirement: &Requirement) -> PolicyDocument {
    identity_policy(&requirement.granted().map(grant).collect::<Vec<_>>())
}

/// The trust policy that admits whom the estate names, and nobody else; `None` for a user, and
/// where nothing was said about trust.
#[must_use]
pub fn expected_trust(requirement: &Requirement) -> Option<PolicyDocument> {
    let grants = requirement.trust.iter().filter_map(|t| trust_grant(t, requirement));
    trust_policy(&grants.collect::<Vec<_>>())
}

fn fit(
    role: &str,
    what: Quota,
    document: &PolicyDocument,
    warnings: &mut Vec<String>,
) -> Result<usize, CompileError> {
    match what.fit(document) {
        Fit::Fits(size) => Ok(size),
        Fit::NeedsIncrease(size) => {
            let (default, largest) = (what.characters(), what.largest());
            warnings.push(format!(
                "the {what} of `{role}` has {size} characters: more than the default quota of {default}, \
                 which AWS raises to {largest} on request"
            ));
            Ok(size)
        }
        Fit::TooLarge(size) => {
            Err(CompileError::TooLarge { role: role.to_owned(), what, size, quota: what.largest() })
        }
    }
}

/// A call as a grant: its action on its resource, within what bounds the call.
#[must_use]
pub fn grant(call: &RequiredCall) -> Grant {
    let restriction = call.bounds().next().map(|(key, fixed)| {
        let to = match fixed {
            Fixed::Like(pattern) => Values::Like([pattern.text().to_owned()].into()),
            Fixed::Equals(value) => Values::Equal([value.clone()].into()),
            // `bounds` yields none of these; an empty list of values would match nothing.
            Fixed::Absent => Values::Equal([String::new()].into()),
        };
        Restriction { key: key.clone(), to }
    });
    Grant { action: call.action.clone(), resource: call.resource.clone(), restriction }
}

fn trust_grant(trust: &Trust, requirement: &Requirement) -> Option<TrustGrant> {
    let role = &requirement.role;
    if role.kind == RoleKind::User {
        return None;
    }
    Some(match trust {
        Trust::Irsa { issuer, provider_arn, audience, service_accounts } => {
            TrustGrant::WebIdentity {
                provider: provider_arn.clone(),
                issuer: issuer.clone(),
                audience: audience.clone(),
                subjects: service_accounts.iter().cloned().collect(),
            }
        }
        Trust::PodIdentity { cluster_arn, account, service_accounts } => TrustGrant::PodIdentity {
            account: *account,
            cluster: cluster_arn.clone(),
            subjects: service_accounts.iter().cloned().collect(),
            any_namespace: requirement.abac,
        },
        // AWS: EC2's principal has the partition's suffix in China:
        // https://docs.amazonaws.cn/en_us/aws/latest/userguide/iam.html
        Trust::Ec2 => TrustGrant::Ec2 {
            service: if role.partition.name() == "aws-cn" {
                "ec2.amazonaws.com.cn"
            } else {
                "ec2.amazonaws.com"
            }
            .to_owned(),
        },
        Trust::Account { principals, external_id, session_tags } => TrustGrant::Principals {
            // The estate's reader took only what is a principal.
            principals: principals
                .iter()
                .filter_map(|p| PrincipalPattern::parse_aws(p).ok())
                .collect(),
            external_id: external_id.clone(),
            session_tags: *session_tags,
        },
        Trust::User => return None,
    })
}
