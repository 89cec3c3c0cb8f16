//! A small world of policies and requests, and what the evaluator says of each.

use super::*;
use crate::evaluate::{Outcome, Policies, decide};
use crate::iam::{AccountId, Action, Caller, ContextKey, ContextValue, Request, Resource};
use std::sync::Arc;

pub(super) const OWN: &str = "111111111111";
pub(super) const OTHER: &str = "222222222222";
pub(super) const ROLE: &str = "arn:aws:iam::111111111111:role/app";
pub(super) const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/app/one";
pub(super) const USER: &str = "arn:aws:iam::111111111111:user/ann";
pub(super) const BUCKET: &str = "arn:aws:s3:::ab";

/// The documents of one principal, parsed.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub(super) caller: Option<&'static str>,
    pub(super) identity: Vec<String>,
    pub(super) boundary: Option<Vec<String>>,
    pub(super) session: Option<Vec<String>>,
    /// Whose policy, who owns it, the statements.
    pub(super) resource: Vec<(String, Option<&'static str>, Vec<String>)>,
    pub(super) service_control: Vec<Vec<String>>,
    pub(super) resource_control: Vec<Vec<String>>,
}

/// The same, parsed.
#[derive(Debug)]
pub(super) struct Documents {
    caller: Option<Caller>,
    identity: Arc<PolicyDocument>,
    boundary: Option<Arc<PolicyDocument>>,
    session: Option<Arc<PolicyDocument>>,
    resource: Vec<(Resource, Option<AccountId>, Arc<PolicyDocument>)>,
    service_control: Vec<Arc<PolicyDocument>>,
    resource_control: Vec<Arc<PolicyDocument>>,
}

impl Texts {
    pub(super) fn parsed(&self) -> Documents {
        let parse = |kind, all: &[String]| Arc::new(document(kind, &all.join(",")));
        let levels = |kind, all: &[Vec<String>]| all.iter().map(|l| parse(kind, l)).collect();
        let resource = self.resource.iter().map(|(resource, owner, statements)| {
            let is_role = resource.contains(":role/");
            let kind = if is_role { PolicyKind::Trust } else { PolicyKind::Resource };
            let owner = owner.map(|owner| AccountId::parse(owner).unwrap());
            (Resource::parse(resource).unwrap(), owner, parse(kind, statements))
        });
        Documents {
            caller: self.caller.map(|caller| Caller::parse(caller).unwrap()),
            identity: parse(PolicyKind::Identity, &self.identity),
            boundary: self.boundary.as_ref().map(|b| parse(PolicyKind::PermissionsBoundary, b)),
            session: self.session.as_ref().map(|s| parse(PolicyKind::Session, s)),
            resource: resource.collect(),
            service_control: levels(PolicyKind::ServiceControl, &self.service_control),
            resource_control: levels(PolicyKind::ResourceControl, &self.resource_control),
        }
    }
}

const SCPS: [&str; 3] = ["scp-root", "scp-unit", "scp-account"];
const RCPS: [&str; 3] = ["rcp-root", "rcp-unit", "rcp-account"];

impl Documents {
    pub(super) fn set(&self) -> RequestSet<'_> {
        fn named<'a>(name: &'a str, document: &'a Arc<PolicyDocument>) -> NamedPolicy<'a> {
            NamedPolicy { name, document }
        }
        let scps = SCPS.into_iter().zip(&self.service_control);
        let rcps = RCPS.into_iter().zip(&self.resource_control);
        let layers = Layers {
            caller: self.caller.clone(),
            identity: vec![named("identity", &self.identity)],
            permissions_boundary: self.boundary.as_ref().map(|d| named("dev-boundary", d)),
            session: self.session.iter().map(|d| named("session", d)).collect(),
            resource: self
                .resource
                .iter()
                .map(|(resource, owner, d)| ResourcePolicy {
                    resource: resource.clone(),
                    owner: *owner,
                    policy: named(resource.text(), d),
                })
                .collect(),
            service_control: scps.map(|(name, d)| vec![named(name, d)]).collect(),
            resource_control: rcps.map(|(name, d)| vec![named(name, d)]).collect(),
        };
        RequestSet::of_principal(Universe::embedded(), &layers)
    }

    /// Whether the policy of the request's resource is known.
    pub(super) fn governs(&self, request: &Request) -> bool {
        self.resource.iter().any(|(resource, _, _)| resource == &request.resource)
    }

    /// What `simulate` says; `None` where it does not know.
    pub(super) fn decide(&self, request: &Request) -> Option<bool> {
        let under = |own: &str| {
            // Other services act on buckets too, and their policies have no say about that.
            let service = match own {
                BUCKET => "s3",
                KEY | OTHER_KEY => "kms",
                _ => "sts",
            };
            let rest = request.resource.text().strip_prefix(own);
            request.action.service() == service
                && (rest == Some("") || own == BUCKET && rest.is_some_and(|r| r.starts_with('/')))
        };
        let found = self.resource.iter().find(|(resource, _, _)| under(resource.text()));
        let mut asked = Request { caller: self.caller.clone(), ..request.clone() };
        let resource = match (found, &self.caller) {
            (Some((_, owner, document)), _) => {
                asked.resource_account = owner.or(request.resource_account);
                Some(Arc::clone(document))
            }
            (None, None) => None,
            // A policy that leaves it to the account.
            (None, Some(_)) => Some(Arc::new(document(
                PolicyKind::Resource,
                &format!(
                    r#"{{"Effect":"Allow","Principal":{{"AWS":"{OWN}"}},"Action":"*","Resource":"*"}}"#
                ),
            ))),
        };
        let policies = Policies {
            identity: vec![Arc::clone(&self.identity)],
            permissions_boundary: self.boundary.clone(),
            session: self.session.iter().cloned().collect(),
            resource,
            service_control: self.service_control.iter().map(|d| vec![Arc::clone(d)]).collect(),
            resource_control: self.resource_control.iter().map(|d| vec![Arc::clone(d)]).collect(),
        };
        match decide(&asked, &policies).outcome {
            Outcome::Allowed => Some(true),
            Outcome::ExplicitDeny | Outcome::ImplicitDeny => Some(false),
            Outcome::Unknown(_) => None,
        }
    }
}

pub(super) const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/k";
pub(super) const OTHER_KEY: &str = "arn:aws:kms:eu-west-1:222222222222:key/k";
pub(super) const TARGET: &str = "arn:aws:iam::111111111111:role/target";
pub(super) const OTHER_TARGET: &str = "arn:aws:iam::222222222222:role/target";

/// Every request of the world, by a caller that is filled in later.
pub(super) fn requests(caller: Option<&str>) -> Vec<Request> {
    let on = [
        ("s3:GetObject", "arn:aws:s3:::ab/a"),
        ("s3:GetObject", "arn:aws:s3:::ab/b"),
        ("s3:GetObject", "arn:aws:s3:::x/a"),
        ("s3:ListBucket", BUCKET),
        ("s3:GetBucketPolicy", BUCKET),
        ("s3:ListBucket", "arn:aws:s3:::x"),
        ("s3:ListAllMyBuckets", "*"),
        ("kms:Decrypt", KEY),
        ("kms:Decrypt", OTHER_KEY),
        ("kms:RetireGrant", KEY),
        ("sts:AssumeRole", TARGET),
        ("sts:AssumeRole", OTHER_TARGET),
        ("sts:AssumeRoleWithWebIdentity", TARGET),
    ];
    let mut requests = Vec::new();
    for (action, resource) in on {
        for value in [None, Some("a"), Some("b"), Some("c")] {
            let mut context = crate::iam::RequestContext::default();
            if let Some(value) = value {
                context.insert(ContextKey::new("t:k"), ContextValue::Single(value.to_owned()));
            }
            if caller == Some(SESSION) {
                let own = ContextValue::Single(ROLE.to_owned());
                context.insert(ContextKey::new("aws:PrincipalArn"), own);
            }
            requests.push(Request {
                caller: caller.map(|caller| Caller::parse(caller).unwrap()),
                action: Action::parse(action).unwrap(),
                resource: Resource::parse(resource).unwrap(),
                resource_account: None,
                context,
            });
        }
    }
    requests
}
