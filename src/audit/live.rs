//! What a principal may do: its layers as a set of requests, and what is known of its requests.

use super::{BeyondIam, StatementPlace};
use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary};
use crate::consumer::Requirement;
use crate::exact::{self, RequestSet, StatementRef, Universe};
use crate::iam::{AccountId, Caller, Layer, PolicyDocument, Resource, Statement};

/// The layers that were read of one principal, each with its policies.
pub(super) struct Layers<'a> {
    caller: Option<Caller>,
    layers: Vec<Group<'a>>,
}

/// One layer, or one level of it.
struct Group<'a> {
    layer: Layer,
    policies: Vec<&'a NamedPolicy>,
    /// Whose policy it is, and who owns that.
    resource: Option<(&'a Resource, Option<AccountId>)>,
}

impl<'a> Layers<'a> {
    /// What IAM keeps of the principal, and what is known beside it.
    pub(super) fn of(
        principal: &'a IamPrincipal,
        requirements: &[Requirement],
        beyond: &'a BeyondIam,
    ) -> Self {
        let group = |layer, policies| Group { layer, policies, resource: None };
        let mut layers = vec![group(Layer::Identity, principal.identity.iter().collect())];
        if let PermissionsBoundary::Policy(policy) = &principal.permissions_boundary {
            layers.push(group(Layer::PermissionsBoundary, vec![policy]));
        }
        if !beyond.session.is_empty() {
            layers.push(group(Layer::SessionPolicy, beyond.session.iter().collect()));
        }
        layers.extend(beyond.resource.iter().map(|one| Group {
            layer: one.layer(),
            policies: vec![&one.policy],
            resource: Some((&one.resource, requirements.iter().find_map(|r| one.owner(r)))),
        }));
        for (layer, levels) in [
            (Layer::ServiceControlPolicy, &beyond.service_control),
            (Layer::ResourceControlPolicy, &beyond.resource_control),
        ] {
            layers.extend(levels.iter().map(|level| group(layer, level.iter().collect())));
        }
        Self { caller: principal.caller(), layers }
    }

    /// What all of them together allow, and what `extra` layers leave of it.
    pub(super) fn set<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        extra: Option<(Layer, &'s str, &'s PolicyDocument)>,
    ) -> RequestSet<'s> {
        let documents = self.layers.iter().flat_map(|group| &group.policies);
        self.joined(universe, documents.map(|policy| &*policy.document), extra)
    }

    /// The same with these documents in place of the layers' own, in order.
    fn joined<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        mut documents: impl Iterator<Item = &'s PolicyDocument>,
        extra: Option<(Layer, &'s str, &'s PolicyDocument)>,
    ) -> RequestSet<'s> {
        let mut all = exact::Layers { caller: self.caller.clone(), ..exact::Layers::default() };
        for group in &self.layers {
            let named = group.policies.iter().zip(documents.by_ref());
            let named = named
                .map(|(policy, document)| exact::NamedPolicy { name: policy.name(), document });
            let mut named: Vec<exact::NamedPolicy<'s>> = named.collect();
            match (group.layer, group.resource) {
                (_, Some((resource, owner))) => {
                    let resource = resource.clone();
                    let policies = named.drain(..);
                    all.resource.extend(policies.map(|policy| exact::ResourcePolicy {
                        resource: resource.clone(),
                        owner,
                        policy,
                    }));
                }
                (Layer::PermissionsBoundary, _) => all.permissions_boundary = named.pop(),
                (Layer::SessionPolicy, _) => all.session = named,
                (Layer::ServiceControlPolicy, _) => all.service_control.push(named),
                (Layer::ResourceControlPolicy, _) => all.resource_control.push(named),
                _ => all.identity.append(&mut named),
            }
        }
        let set = RequestSet::of_principal(universe, &all);
        match extra {
            Some((layer, name, document)) => {
                set.within(layer, &[exact::NamedPolicy { name, document }])
            }
            None => set,
        }
    }

    /// The same layers with each resource of an identity policy's allowing statement in a statement
    /// of its own, so that an answer tells which of them is meant.
    pub(super) fn apart(&self) -> Apart<'_> {
        let taken = self.layers.iter().flat_map(|group| {
            group.policies.iter().map(|policy| TakenApart::of(group.layer, policy))
        });
        Apart { whole: self, policies: taken.collect() }
    }

    /// Whether a resource policy may grant something.
    pub(super) fn has_resource_policies(&self) -> bool {
        self.layers.iter().any(|group| group.resource.is_some())
    }

    /// The statements of the principal's own policies.
    pub(super) fn identity(&self) -> impl Iterator<Item = &'a Statement> {
        let own = self.layers.iter().filter(|group| group.layer == Layer::Identity);
        own.flat_map(|group| group.policies.iter().flat_map(|p| &p.document.statements))
    }

    /// The statements of all layers.
    pub(super) fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.layers
            .iter()
            .flat_map(|group| group.policies.iter().flat_map(|policy| &policy.document.statements))
    }
}

/// Layers with one resource a statement.
pub(super) struct Apart<'a> {
    whole: &'a Layers<'a>,
    policies: Vec<TakenApart<'a>>,
}

struct TakenApart<'a> {
    layer: Layer,
    policy: &'a NamedPolicy,
    document: PolicyDocument,
    /// For each statement the one that it was a part of.
    origin: Vec<usize>,
}

impl<'a> TakenApart<'a> {
    fn of(layer: Layer, policy: &'a NamedPolicy) -> Self {
        let whole =
            || ((*policy.document).clone(), (0..policy.document.statements.len()).collect());
        let (document, origin) =
            if layer == Layer::Identity { policy.document.by_resource() } else { whole() };
        Self { layer, policy, document, origin }
    }
}

impl Apart<'_> {
    /// What all layers together allow, and what `extra` leaves of it.
    pub(super) fn set<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        extra: Option<(Layer, &'s str, &'s PolicyDocument)>,
    ) -> RequestSet<'s> {
        let documents = self.policies.iter().map(|taken| &taken.document);
        self.whole.joined(universe, documents, extra)
    }

    /// Where the whole of a statement stands, a part of which the engine's answer means.
    pub(super) fn place(&self, found: &StatementRef) -> StatementPlace {
        place(&self.whole(found))
    }

    /// The whole of a statement, a part of which the engine's answer means.
    pub(super) fn whole(&self, part: &StatementRef) -> StatementRef {
        let is_it = |taken: &&TakenApart<'_>| {
            taken.layer == part.layer && taken.policy.name() == part.policy
        };
        let apart = self.policies.iter().find(is_it);
        let index = apart.and_then(|taken| taken.origin.get(part.index).copied());
        StatementRef { index: index.unwrap_or(part.index), ..part.clone() }
    }
}

/// Where a statement of the engine's answer stands.
pub(super) fn place(found: &StatementRef) -> StatementPlace {
    let StatementRef { policy, sid, index, .. } = found.clone();
    StatementPlace { policy, sid, index }
}
