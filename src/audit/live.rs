//! What a principal may do: its layers as a set of requests, and what is known of its requests.

use super::StatementPlace;
use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary};
use crate::exact::{self, RequestSet, StatementRef, Universe};
use crate::iam::{Clause, Effect, Layer, PolicyDocument, Statement};
use crate::pattern::ArnPattern;
use std::collections::BTreeSet;

/// The layers that were read of one principal, each with its policies.
pub(super) struct Layers<'a> {
    layers: Vec<(Layer, Vec<&'a NamedPolicy>)>,
}

impl<'a> Layers<'a> {
    /// Identity policies, the boundary if there is one, and each level of service control policies.
    pub(super) fn of(principal: &'a IamPrincipal, service_control: &'a [NamedPolicy]) -> Self {
        let mut layers = vec![(Layer::Identity, principal.identity.iter().collect())];
        if principal.is_service_linked() {
            return Self { layers };
        }
        if let PermissionsBoundary::Policy(policy) = &principal.permissions_boundary {
            layers.push((Layer::PermissionsBoundary, vec![policy]));
        }
        let levels =
            service_control.iter().map(|policy| (Layer::ServiceControlPolicy, vec![policy]));
        layers.extend(levels);
        Self { layers }
    }

    /// What all of them together allow, and what `extra` layers leave of it.
    pub(super) fn set<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        extra: impl IntoIterator<Item = (Layer, Vec<exact::NamedPolicy<'s>>)>,
    ) -> RequestSet<'s> {
        let named = |policy: &&'s NamedPolicy| exact::NamedPolicy {
            name: &policy.name,
            document: &policy.document,
        };
        let own = self.layers.iter().map(|(layer, all)| (*layer, all.iter().map(named).collect()));
        RequestSet::new(universe, own.chain(extra))
    }

    /// The same layers with each resource of an identity policy's allowing statement in a statement
    /// of its own, so that an answer tells which of them is meant.
    pub(super) fn apart(&self) -> Apart<'a> {
        let mut policies = Vec::new();
        for (layer, all) in &self.layers {
            for policy in all {
                policies.push(TakenApart::of(*layer, policy));
            }
        }
        Apart {
            layers: self.layers.iter().map(|(layer, all)| (*layer, all.len())).collect(),
            policies,
        }
    }

    /// The statements of the principal's own policies.
    pub(super) fn identity(&self) -> impl Iterator<Item = &'a Statement> {
        let own = self.layers.iter().filter(|(layer, _)| *layer == Layer::Identity);
        own.flat_map(|(_, policies)| policies.iter().flat_map(|p| &p.document.statements))
    }

    /// The statements of all layers.
    pub(super) fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.layers.iter().flat_map(|(_, policies)| {
            policies.iter().flat_map(|policy| &policy.document.statements)
        })
    }

    /// The condition keys that any statement looks at, in lower case.
    pub(super) fn keys(&self) -> BTreeSet<&'a str> {
        self.statements().flat_map(|s| &s.conditions).map(|c| c.key.folded()).collect()
    }
}

/// Layers with one resource a statement.
pub(super) struct Apart<'a> {
    /// Each layer, and how many policies it has.
    layers: Vec<(Layer, usize)>,
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
        let (mut statements, mut origin) = (Vec::new(), Vec::new());
        for (index, statement) in policy.document.statements.iter().enumerate() {
            let parts = match &statement.resource {
                Some(Clause::Is(entries))
                    if layer == Layer::Identity && statement.effect == Effect::Allow =>
                {
                    let part = |entry: &ArnPattern| Statement {
                        resource: Some(Clause::Is(vec![entry.clone()])),
                        ..statement.clone()
                    };
                    entries.iter().map(part).collect()
                }
                _ => vec![statement.clone()],
            };
            origin.extend(parts.iter().map(|_| index));
            statements.extend(parts);
        }
        let document = PolicyDocument { statements, ..(*policy.document).clone() };
        Self { layer, policy, document, origin }
    }
}

impl Apart<'_> {
    /// What all layers together allow, and what `extra` layers leave of it.
    pub(super) fn set<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        extra: impl IntoIterator<Item = (Layer, Vec<exact::NamedPolicy<'s>>)>,
    ) -> RequestSet<'s> {
        let mut policies = self.policies.iter().map(|taken| exact::NamedPolicy {
            name: &taken.policy.name,
            document: &taken.document,
        });
        let own: Vec<(Layer, Vec<exact::NamedPolicy<'s>>)> = self
            .layers
            .iter()
            .map(|(layer, count)| (*layer, policies.by_ref().take(*count).collect()))
            .collect();
        RequestSet::new(universe, own.into_iter().chain(extra))
    }

    /// Where the whole of a statement stands, a part of which the engine's answer means.
    pub(super) fn place(&self, found: &StatementRef) -> Option<StatementPlace> {
        let is_it = |taken: &&TakenApart<'_>| {
            taken.layer == found.layer && taken.policy.name == found.policy
        };
        let index = *self.policies.iter().find(is_it)?.origin.get(found.index)?;
        Some(StatementPlace { index, ..place(found) })
    }
}

/// Where a statement of the engine's answer stands.
pub(super) fn place(found: &StatementRef) -> StatementPlace {
    let StatementRef { policy, sid, index, .. } = found.clone();
    StatementPlace { policy, sid, index }
}
