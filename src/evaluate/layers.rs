//! What each layer says about one request, and which layers have a say at all.

use super::Values;
use super::askers::Askers;
use super::policies::Policies;
use super::principal::{Naming, session_is_of};
use super::scan::Scan;
use super::subject::{Subject, field};
use super::truth::{Truth, Why};
use crate::catalogue::Catalogue;
use crate::iam::{Caller, Layer, PolicyDocument, Request};
use std::ops::Deref;

/// The layers' answers. A layer that does not apply allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layers {
    pub(super) identity: Truth,
    pub(super) boundary: Truth,
    pub(super) session: Truth,
    /// Whether and how closely the resource's policy allows the caller.
    pub(super) naming: Naming,
    /// What kind of resource policy that is.
    pub(super) resource_layer: Layer,
    /// Whether an identity policy counts only where the resource's policy lets the account decide.
    pub(super) resource_decides: bool,
    /// Whether the resource policy is a trust policy and the caller a user.
    pub(super) trusts_user: bool,
    pub(super) service_control: Truth,
}

impl Layers {
    /// Looks at every statement of every layer that has a say.
    pub(super) fn scan<'p, D>(scan: &mut Scan<'p, '_>, policies: &'p Policies<D>) -> Self
    where
        D: Deref<Target = PolicyDocument>,
    {
        let subject = scan.subject;
        let reach = Reach::of(&subject);
        let has_say = |layer| reach.silent(layer, subject.request()).is_none();
        let identity = if has_say(Layer::Identity) {
            scan.documents(Layer::Identity, None, &policies.identity, Truth::True)
        } else {
            (reach.own == Own::Everything).into()
        };
        // AWS: without a session policy, a federated user has no permissions of its own:
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        let is_federated = matches!(subject.request().caller, Some(Caller::FederatedUser(_)));
        let identity =
            if is_federated && policies.session.is_empty() { Truth::False } else { identity };
        let boundary = match &policies.permissions_boundary {
            Some(document) if has_say(Layer::PermissionsBoundary) => {
                let allow =
                    scan.document(Layer::PermissionsBoundary, None, 0, document, reach.is_bound);
                allow.any().or(reach.is_bound.negate())
            }
            _ => Truth::True,
        };
        let session = if policies.session.is_empty() || !has_say(Layer::SessionPolicy) {
            Truth::True
        } else {
            scan.documents(Layer::SessionPolicy, None, &policies.session, Truth::True)
        };
        let resource_layer = resource_layer(subject.request());
        let missing = match resource_layer {
            Layer::TrustPolicy => Naming::all(Truth::Unknown(Why::TrustPolicyMissing)),
            Layer::KeyPolicy => Naming::all(Truth::Unknown(Why::KeyPolicyMissing)),
            _ => Naming::NOBODY,
        };
        let naming = match &policies.resource {
            Some(document) => {
                scan.document(resource_layer, None, 0, document, resource_denies(&subject))
            }
            None => missing,
        };
        let naming =
            if cannot_assume(subject.request()).is_some() { Naming::NOBODY } else { naming };
        Self {
            identity,
            boundary,
            session,
            naming,
            resource_layer,
            resource_decides: resource_layer != Layer::ResourcePolicy,
            trusts_user: resource_layer == Layer::TrustPolicy
                && matches!(subject.request().caller, Some(Caller::User(_))),
            service_control: service_control(scan, policies, &reach),
        }
    }
}

/// The SCPs' answer: every level has to allow. Looks at the RCPs too, which only deny.
fn service_control<'p, D>(
    scan: &mut Scan<'p, '_>,
    policies: &'p Policies<D>,
    reach: &Reach,
) -> Truth
where
    D: Deref<Target = PolicyDocument>,
{
    let mut allow = Truth::True;
    let request = scan.subject.request();
    if reach.silent(Layer::ServiceControlPolicy, request).is_none() {
        for (level, documents) in policies.service_control.iter().enumerate() {
            let layer = Layer::ServiceControlPolicy;
            let one = scan.documents(layer, Some(level), documents, reach.is_bound);
            allow = allow.and(one.or(reach.is_bound.negate()));
        }
    }
    // AWS: RCPFullAWSAccess is attached everywhere and cannot be detached, so an RCP only denies:
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    if reach.silent(Layer::ResourceControlPolicy, request).is_none() {
        for (level, documents) in policies.resource_control.iter().enumerate() {
            scan.documents(Layer::ResourceControlPolicy, Some(level), documents, reach.is_bound);
        }
    }
    allow
}

/// Where the caller's permissions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Own {
    /// From its identity policies.
    Policies,
    /// It is the root user.
    Everything,
    /// A service, a web identity or nobody: from the resource's policy alone.
    Nothing,
}

/// Which layers reach the caller.
pub(crate) struct Reach {
    pub(crate) own: Own,
    /// Whether boundaries and policies of the organization bind it: not a service-linked role.
    ///
    /// AWS: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub(crate) is_bound: Truth,
}

impl Reach {
    pub(crate) fn of(subject: &Subject<'_>) -> Self {
        let own = match &subject.request().caller {
            Some(Caller::Root(_)) => Own::Everything,
            Some(Caller::Service(_) | Caller::WebIdentity(_) | Caller::Anonymous) => Own::Nothing,
            _ => Own::Policies,
        };
        let is_linked = |arn: &str| {
            field(arn, 5).is_some_and(|name| name.starts_with("role/aws-service-role/"))
        };
        let linked = match &subject.request().caller {
            Some(Caller::Role(arn)) => is_linked(arn).into(),
            Some(Caller::Session(arn)) => match subject.values("aws:principalarn") {
                Values::One(role) if session_is_of(arn, role) => is_linked(role).into(),
                // The path is not told, and AWS gives these roles this name.
                _ if arn.contains(":assumed-role/AWSServiceRoleFor") => {
                    Truth::Unknown(Why::ServiceLinkedRole)
                }
                _ => Truth::False,
            },
            _ => Truth::False,
        };
        Self { own, is_bound: linked.negate() }
    }

    /// Why a layer has no say about the caller and the request, if it has none.
    pub(super) fn silent(&self, layer: Layer, request: &Request) -> Option<&'static str> {
        const LINKED: &str = "it does not bind service-linked roles";
        match (layer, self.own) {
            (Layer::PermissionsBoundary, _) if self.is_bound.is_false() => Some(LINKED),
            (Layer::Identity | Layer::PermissionsBoundary | Layer::SessionPolicy, own) => match own
            {
                Own::Policies => None,
                Own::Everything => Some("the root user may do everything that nothing denies"),
                Own::Nothing => Some("the caller has no policies of its own"),
            },
            (Layer::ServiceControlPolicy, Own::Nothing) => {
                Some("it binds users, roles and root users only")
            }
            (Layer::ServiceControlPolicy | Layer::ResourceControlPolicy, _)
                if self.is_bound.is_false() =>
            {
                Some(LINKED)
            }
            (Layer::ResourceControlPolicy, _) if !rcps_cover(request) => {
                Some("RCPs do not cover the service or the action")
            }
            _ => None,
        }
    }
}

/// Why the caller cannot make this request of a role, whatever the role's trust policy says.
pub(crate) fn cannot_assume(request: &Request) -> Option<&'static str> {
    let caller = request.caller.as_ref()?;
    if resource_layer(request) != Layer::TrustPolicy {
        return None;
    }
    // AWS: "You cannot use AWS account root user credentials to call AssumeRole":
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    if matches!(caller, Caller::Root(_)) {
        return Some("a root user cannot assume a role");
    }
    (!Askers::of(request.action.folded()).include(caller))
        .then_some("a caller of this kind has no credentials for this call")
}

/// What the policy of the request's resource is: a trust policy, a key policy or any other
/// resource policy.
///
/// AWS: roles and KMS keys need a grant of their own policy, also in the same account:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
#[must_use]
pub fn resource_layer(request: &Request) -> Layer {
    let resource = || field(request.resource.text(), 5).unwrap_or_default();
    match request.action.service() {
        "sts" => match request.action.name() {
            "assumerole" | "assumerolewithwebidentity" | "assumerolewithsaml" => Layer::TrustPolicy,
            "tagsession" | "setsourceidentity" if !resource().starts_with("federated-user/") => {
                Layer::TrustPolicy
            }
            "setcontext" if resource().starts_with("role/") => Layer::TrustPolicy,
            _ => Layer::ResourcePolicy,
        },
        "kms" if resource().starts_with("key/") => Layer::KeyPolicy,
        _ => Layer::ResourcePolicy,
    }
}

/// Whether Denies of the resource policy count.
///
/// AWS: a bucket policy cannot keep the owner's root user from reading and replacing it:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html>
fn resource_denies(subject: &Subject<'_>) -> Truth {
    let action = &subject.request().action;
    let about_policy = action.service() == "s3"
        && matches!(action.name(), "getbucketpolicy" | "putbucketpolicy" | "deletebucketpolicy");
    match &subject.request().caller {
        Some(caller @ Caller::Root(_)) if about_policy => match subject.owner() {
            Some(owner) => (caller.account() != Some(owner)).into(),
            None => Truth::Unknown(Why::OwnerUnknown),
        },
        _ => Truth::True,
    }
}

/// Whether RCPs have a say about the request.
///
/// AWS: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
fn rcps_cover(request: &Request) -> bool {
    let of_aws = || {
        request.action.service() == "kms"
            && field(request.resource.text(), 5).is_some_and(|r| r.starts_with("alias/aws/"))
    };
    Catalogue::embedded().rcp_supported(request.action.service())
        && request.action.folded() != "kms:retiregrant"
        && !of_aws()
}
