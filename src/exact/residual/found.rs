//! What was found of one shape, and the request that proves it best.

use super::shape::Shaped;
use crate::catalogue::ActionId;
use crate::exact::caller::agrees;
use crate::exact::difference::Leaf;
use crate::exact::universe::Universe;
use crate::exact::witness;
use crate::iam::{Action, Caller, ContextValue, Request, RequestContext, Resource};
use crate::pattern::{Part, Pattern};
use std::collections::BTreeSet;

/// So many of a row's actions are tried for a witness.
const TRIED: usize = 8;

/// Actions that readers know: a request of one of them says more.
const FAMILIAR: [&str; 20] = [
    "s3:PutBucketPolicy",
    "s3:PutObjectAcl",
    "iam:AttachRolePolicy",
    "kms:PutKeyPolicy",
    "s3:PutObject",
    "s3:DeleteObject",
    "kms:Decrypt",
    "sts:AssumeRole",
    "dynamodb:PutItem",
    "lambda:InvokeFunction",
    "ec2:RunInstances",
    "s3:PutObjectTagging",
    "ec2:CreateTags",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "dynamodb:GetItem",
    "s3:ListBucket",
    "s3:ListAllMyBuckets",
    "iam:ListRoles",
    "ec2:DescribeInstances",
];

/// What was found of one shape.
pub(super) struct Found<'l, 's, 'a> {
    pub(super) shaped: Shaped<'s, 'a>,
    pub(super) ids: BTreeSet<ActionId>,
    pub(super) principals: BTreeSet<String>,
    /// The leaves, each with a request of the shape.
    leaves: Vec<(&'l Leaf, Request)>,
}

impl<'l, 's, 'a> Found<'l, 's, 'a> {
    pub(super) const fn new(shaped: Shaped<'s, 'a>) -> Self {
        Self { shaped, ids: BTreeSet::new(), principals: BTreeSet::new(), leaves: Vec::new() }
    }

    pub(super) fn push(&mut self, leaf: &'l Leaf, principal: Option<String>, request: Request) {
        self.ids.extend(leaf.actions.ids());
        self.principals.extend(principal);
        self.leaves.push((leaf, request));
    }

    /// A request for one of `ids`, or for an action that the catalogue does not know.
    pub(super) fn witness(
        &self,
        universe: &Universe<'_>,
        ids: &[ActionId],
        in_difference: &dyn Fn(&Request) -> bool,
    ) -> Option<Request> {
        let catalogue = universe.catalogue();
        let mut ids: Vec<ActionId> = ids.to_vec();
        let place = |id: &ActionId| {
            let name = catalogue.name(*id);
            FAMILIAR.iter().position(|known| *known == name).unwrap_or(FAMILIAR.len())
        };
        ids.sort_by_key(place);
        let of = |id: &ActionId| {
            let with =
                self.leaves.iter().filter(|(leaf, _)| leaf.actions.ids().any(|own| own == *id));
            let (leaf, request) = with.min_by_key(|(_, request)| plainness(request))?;
            let action = Action::parse(catalogue.name(*id)).ok()?;
            let mut request = Request { action, ..request.clone() };
            if leaf.any_resource {
                let text = witness::any_resource(&universe.resources(*id));
                request.resource = Resource::parse(&text).ok()?;
            }
            in_difference(&request).then_some(request)
        };
        let found = ids.iter().take(TRIED).find_map(of);
        let plainest = || {
            let requests = self.leaves.iter().map(|(_, request)| request);
            requests.min_by_key(|request| plainness(request)).cloned()
        };
        found.or_else(plainest).map(|request| self.plain(universe, request, in_difference))
    }

    /// The same proof with nothing in it that says nothing: no key that does not matter, and
    /// nobody in particular where anyone will do.
    fn plain(
        &self,
        universe: &Universe<'_>,
        request: Request,
        in_difference: &dyn Fn(&Request) -> bool,
    ) -> Request {
        let fits =
            |other: &Request| agrees(other) && in_difference(other) && self.shaped.speaks_of(other);
        let mut best = request;
        let keys: Vec<_> = best.context.iter().map(|(key, _)| key.clone()).collect();
        for key in keys {
            let without = best.context.iter().filter(|(other, _)| **other != key);
            let context: RequestContext =
                without.map(|(key, value)| (key.clone(), value.clone())).collect();
            // A key that is always there does not matter where any value of it will do.
            let domain = universe.domain(key.folded());
            let matters = domain.is_always_there
                && !domain.all().is_some_and(|all| {
                    all.into_iter().all(|value| {
                        let mut other = best.clone();
                        other.context.insert(key.clone(), ContextValue::Single(value.to_owned()));
                        fits(&other)
                    })
                });
            let other = Request { context, ..best.clone() };
            if !matters && fits(&other) {
                best = other;
                continue;
            }
            let Some(ContextValue::Single(value)) = best.context.get(key.folded()) else {
                continue;
            };
            for sample in self.samples(key.folded(), value) {
                let mut other = best.clone();
                other.context.insert(key.clone(), ContextValue::Single(sample));
                if fits(&other) {
                    best = other;
                    break;
                }
            }
        }
        let is_open = self.principals.contains("*");
        if is_open && best.caller.is_some() && !best.action.folded().starts_with("sts:") {
            let other = Request { caller: Some(Caller::Anonymous), ..best.clone() };
            if fits(&other) {
                best = other;
            }
        }
        best
    }

    /// What reads better for a key than `value`, which is the shortest of its kind.
    fn samples(&self, key: &str, value: &str) -> Vec<String> {
        if is_filler(value) {
            return samples(key).iter().map(|sample| (*sample).to_owned()).collect();
        }
        let like = self.shaped.patterns_of(key).filter(|pattern| pattern.matches(value));
        like.filter_map(filled).collect()
    }
}

/// A text that a pattern matches: of `repo:acme/*` it is `repo:acme/example`, of `team*`
/// `team-example`, which says more than `team`.
fn filled(pattern: &Pattern) -> Option<String> {
    let mut text = String::new();
    for part in pattern.parts() {
        match part {
            Part::Literal(literal) => text.push_str(literal),
            Part::Run if text.ends_with(char::is_alphanumeric) => text.push_str("-example"),
            Part::Run => text.push_str("example"),
            _ => return None,
        }
    }
    Some(text)
}

/// Requests on resources of the main partition, with little context, read best.
fn plainness(request: &Request) -> (bool, usize, usize) {
    let resource = request.resource.text();
    let elsewhere = resource != "*" && !resource.starts_with("arn:aws:");
    (elsewhere, request.context.iter().count(), resource.len())
}

/// Whether a value is the shortest of its kind, and says nothing.
fn is_filler(value: &str) -> bool {
    value.len() < 4 && value.bytes().all(|byte| byte == b'x' || byte == b'0')
}

/// What a real request may carry for a key.
fn samples(key: &str) -> &'static [&'static str] {
    match key {
        "aws:sourceip" => &["203.0.113.10"],
        "aws:sourcevpc" => &["vpc-0a1b2c3d4e5f67890"],
        "aws:sourcevpce" => &["vpce-0a1b2c3d4e5f67890"],
        "aws:principalorgid" | "aws:resourceorgid" | "aws:sourceorgid" => &["o-exampleorg"],
        "aws:sourceaccount"
        | "aws:principalaccount"
        | "aws:resourceaccount"
        | "s3:resourceaccount" => &["999999999999"],
        "aws:requestedregion" => &["eu-west-1", "us-east-1"],
        "aws:userid" => &["AIDAEXAMPLEUSERID"],
        "aws:username" => &["example-user"],
        "aws:useragent" => &["example-agent/1.0"],
        "s3:prefix" => &["example/"],
        "sts:externalid" => &["example-external-id"],
        key if key.starts_with("aws:requesttag/")
            || key.starts_with("aws:resourcetag/")
            || key.starts_with("aws:principaltag/") =>
        {
            &["example"]
        }
        key if key.ends_with(":sub") => &["example-subject"],
        _ => &[],
    }
}
