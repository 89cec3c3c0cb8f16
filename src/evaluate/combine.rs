//! From the layers' answers to the decision.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>

use super::decision::{Decision, Outcome};
use super::layers::{Layers, cannot_assume};
use super::policies::Policies;
use super::principal::Naming;
use super::scan::Scan;
use super::subject::Subject;
use super::truth::{Truth, Why};
use crate::iam::{Caller, Effect, Layer, PolicyDocument, Request};
use std::ops::Deref;

/// Decides a request.
#[must_use]
pub fn decide<'p, D>(request: &Request, policies: &'p Policies<D>) -> Decision<'p>
where
    D: Deref<Target = PolicyDocument>,
{
    if is_always_allowed(request) {
        return Decision { outcome: Outcome::Allowed, matched: vec![], blocked_by: None };
    }
    let subject = Subject::new(request);
    let mut scan = Scan::new(subject, policies.permissions_boundary.is_some());
    let layers = Layers::scan(&mut scan, policies);
    let verdict = layers.verdict(&subject, policies.resource.is_some());
    let blocked_by = |layer| Decision {
        outcome: Outcome::ImplicitDeny,
        matched: vec![],
        blocked_by: Some(layer),
    };
    match (scan.deny, verdict) {
        (Truth::True, _) => {
            let matched = scan.matched(Effect::Deny);
            let blocked_by = matched.first().map(|statement| statement.layer);
            Decision { outcome: Outcome::ExplicitDeny, matched, blocked_by }
        }
        (_, Verdict { blocked_by: Some(layer), .. }) => blocked_by(layer),
        (Truth::False, Verdict { allow: Truth::True, .. }) => Decision {
            outcome: Outcome::Allowed,
            matched: scan.matched(Effect::Allow),
            blocked_by: None,
        },
        (deny, Verdict { allow, .. }) => {
            let mut reasons = scan.doubts(allow.is_true());
            let mut more = Vec::new();
            for truth in [allow, deny] {
                if let Truth::Unknown(why) = truth
                    && (!why.is_in_statement() || reasons.is_empty())
                {
                    more.push(why.to_string());
                }
            }
            reasons.append(&mut more);
            reasons.dedup();
            Decision { outcome: Outcome::Unknown(reasons), matched: vec![], blocked_by: None }
        }
    }
}

/// Whether a request is allowed, without what led to it.
pub(crate) fn allows<D>(request: &Request, policies: &Policies<D>) -> Truth
where
    D: Deref<Target = PolicyDocument>,
{
    if is_always_allowed(request) {
        return Truth::True;
    }
    let subject = Subject::new(request);
    let mut scan = Scan::new(subject, policies.permissions_boundary.is_some());
    let layers = Layers::scan(&mut scan, policies);
    scan.deny.negate().and(layers.verdict(&subject, policies.resource.is_some()).allow)
}

/// The same where nobody knows the resource's policy, and it is taken to leave the decision to
/// the caller's account: what the caller's own policies say then decides, whoever owns it.
pub(crate) fn allows_where_left_to_account<D>(request: &Request, policies: &Policies<D>) -> Truth
where
    D: Deref<Target = PolicyDocument>,
{
    if is_always_allowed(request) {
        return Truth::True;
    }
    if matches!(
        request.caller,
        Some(Caller::Service(_) | Caller::WebIdentity(_) | Caller::Anonymous)
    ) {
        return Truth::False;
    }
    if cannot_assume(request).is_some() {
        return Truth::False;
    }
    let mut scan = Scan::new(Subject::new(request), policies.permissions_boundary.is_some());
    let mut layers = Layers::scan(&mut scan, policies);
    layers.naming = Naming { account: Truth::True, ..Naming::NOBODY };
    scan.deny.negate().and(layers.cross_account().allow)
}

/// The actions that no policy has a say about.
///
/// AWS: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html> and
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub(crate) const ALWAYS_ALLOWED: [&str; 2] = ["sts:getcalleridentity", "sts:getsessiontoken"];

/// Whether AWS answers the request whatever the policies say.
pub(super) fn is_always_allowed(request: &Request) -> bool {
    ALWAYS_ALLOWED.contains(&request.action.folded())
}

/// What the layers say together, explicit denies aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) allow: Truth,
    /// Where it is not allowed: the first layer at fault.
    pub(super) blocked_by: Option<Layer>,
}

impl Verdict {
    /// The gates in order: the first that is shut blocks, and is only named where `allow` is false.
    fn new(allow: Truth, gates: &[(Layer, Truth)], otherwise: Layer) -> Self {
        let shut = || gates.iter().find(|(_, gate)| gate.is_false()).map_or(otherwise, |(l, _)| *l);
        Self { allow, blocked_by: allow.is_false().then(shut) }
    }
}

impl Layers {
    fn verdict(&self, subject: &Subject<'_>, has_resource_policy: bool) -> Verdict {
        let caller = subject.request().caller.as_ref();
        if let Some(Caller::Service(_) | Caller::WebIdentity(_) | Caller::Anonymous) = caller {
            return self.without_account();
        }
        let account = caller.and_then(Caller::account);
        match (account, subject.owner()) {
            (Some(account), Some(owner)) if account == owner => self.same_account(),
            (Some(_), Some(_)) => self.cross_account(),
            // Without a resource policy nothing hangs on the owner.
            _ if !has_resource_policy => self.same_account(),
            _ => {
                let (same, cross) = (self.same_account(), self.cross_account());
                match (same.allow, cross.allow) {
                    (Truth::True, Truth::True) | (Truth::False, Truth::False) => same,
                    (Truth::Unknown(_), _) => same,
                    (_, Truth::Unknown(_)) => cross,
                    _ => Verdict { allow: Truth::Unknown(Why::OwnerUnknown), blocked_by: None },
                }
            }
        }
    }

    /// The caller's account owns the resource: one of three ways in is enough, where the
    /// organization allows.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
    fn same_account(&self) -> Verdict {
        let inside = self.boundary.and(self.session);
        let role = self.naming.role;
        let delegated = if self.resource_decides { self.naming.account } else { Truth::True };
        let by_identity = self.identity.and(delegated);
        let ways = self.direct().or(role.or(by_identity).and(inside));
        let allow = self.service_control.and(ways);
        let gates = [
            (Layer::ServiceControlPolicy, self.service_control),
            (self.resource_layer, role.or(delegated)),
            (Layer::Identity, role.or(by_identity)),
            (Layer::PermissionsBoundary, self.boundary),
            (Layer::SessionPolicy, self.session),
        ];
        Verdict::new(allow, &gates, Layer::Identity)
    }

    /// What names the caller itself needs no other policy.
    ///
    /// AWS, against it for users in trust policies: "check the user's permissions boundary":
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/roles-managingrole-editing-console.html>
    fn direct(&self) -> Truth {
        match self.naming.direct {
            Truth::True if self.trusts_user && !self.boundary.is_true() => {
                Truth::Unknown(Why::BoundaryOfTrustedUser)
            }
            direct => direct,
        }
    }

    /// Another account owns the resource: both accounts have to allow.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
    fn cross_account(&self) -> Verdict {
        let gates = [
            (Layer::ServiceControlPolicy, self.service_control),
            (Layer::Identity, self.identity),
            (Layer::PermissionsBoundary, self.boundary),
            (Layer::SessionPolicy, self.session),
            (self.resource_layer, self.naming.any()),
        ];
        Verdict::new(Truth::all(gates.map(|(_, gate)| gate)), &gates, Layer::Identity)
    }

    /// A service, a web identity or an anonymous caller has no policies of its own.
    fn without_account(&self) -> Verdict {
        Verdict::new(self.naming.direct, &[], self.resource_layer)
    }
}
