//! What is compared or asked: policies that stand together, or a role or user with its layers.

use super::StatementPlace;
use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary, Place};
use crate::exact::{self, Limit, RequestSet, StatementRef, Universe};
use crate::iam::{
    AccountId, ActionPattern, Clause, Effect, Layer, PolicyDocument, PolicyKind, Presence,
    PrincipalPattern, Statement, Version,
};
use crate::pattern::ArnPattern;
use std::fmt;

/// One side of a comparison.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What reports call it: as the user named it.
    pub name: String,
    /// What it is.
    pub holder: Holder,
}

/// Whose policies are looked at.
#[derive(Clone, Debug)]
pub enum Holder {
    /// Policies of one kind that are attached to one principal, resource or target.
    Policies(PolicyKind, Vec<NamedPolicy>),
    /// A role or user as an account has it.
    Principal(Box<IamPrincipal>),
}

impl Holder {
    /// What it is, for a message.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Policies(kind, policies) if policies.len() == 1 => kind.to_string(),
            Self::Policies(kind, _) => plural(*kind),
            Self::Principal(principal) => principal.kind.to_string(),
        }
    }
}

/// Several policies of a kind.
pub(super) fn plural(kind: PolicyKind) -> String {
    match kind {
        PolicyKind::PermissionsBoundary => "permissions boundaries".to_owned(),
        _ => kind.to_string().replace("policy", "policies"),
    }
}

/// Why two subjects cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NotComparable {
    pub(super) old: String,
    pub(super) new: String,
}

impl fmt::Display for NotComparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {} are of different kinds", self.old, self.new)
    }
}

/// Layers of policies made ready for comparisons: each resource of an allowing statement stands in
/// a statement of its own, so that an answer tells which of them is meant.
#[derive(Debug, Default)]
pub(super) struct Layers<'a> {
    layers: Vec<(Layer, Vec<TakenApart<'a>>)>,
}

#[derive(Debug)]
struct TakenApart<'a> {
    /// What the engine calls it.
    called: String,
    /// None for what stands for policies that are not there.
    policy: Option<&'a NamedPolicy>,
    document: PolicyDocument,
    /// For each statement the one that it was a part of.
    origin: Vec<usize>,
}

/// What reports call a policy that allows everything.
pub(super) const EVERYTHING: &str = "everything";

impl<'a> Layers<'a> {
    /// The policies of one kind.
    pub(super) fn of(
        kind: PolicyKind,
        policies: impl IntoIterator<Item = &'a NamedPolicy>,
    ) -> Self {
        Self::default().and(kind, policies)
    }

    /// A layer more.
    pub(super) fn and(
        mut self,
        kind: PolicyKind,
        policies: impl IntoIterator<Item = &'a NamedPolicy>,
    ) -> Self {
        let apart = policies.into_iter().map(TakenApart::of).collect();
        self.layers.push((kind.layer(), apart));
        self
    }

    /// What a principal's identity policies allow within its boundary.
    pub(super) fn of_principal(principal: &'a IamPrincipal) -> Self {
        let identity = Self::of(PolicyKind::Identity, &principal.identity);
        match &principal.permissions_boundary {
            PermissionsBoundary::Policy(policy) if !principal.is_service_linked() => {
                identity.and(PolicyKind::PermissionsBoundary, [policy])
            }
            _ => identity,
        }
    }

    /// The same with a statement that allows everything beside the policies of the first layer.
    pub(super) fn beside_everything(mut self, kind: PolicyKind) -> Self {
        let document = everything(kind);
        let called = EVERYTHING.to_owned();
        let taken = TakenApart { called, policy: None, document, origin: vec![0] };
        match self.layers.first_mut() {
            Some((_, policies)) => policies.push(taken),
            None => self.layers.push((kind.layer(), vec![taken])),
        }
        self
    }

    /// What the policies of a resource grant without a policy of the caller's own, which is more than
    /// to name the account and leave it to its policies: the same without the account that owns the
    /// resource, where it is known, or else any. Beside it, whether a statement names one.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub(super) fn by_themselves(mut self, owner: Option<&AccountId>) -> (Self, bool) {
        let delegates = |one: &PrincipalPattern| match one {
            PrincipalPattern::Account { account, .. } => owner.is_none_or(|own| own == account),
            _ => false,
        };
        let mut found = false;
        for taken in self.layers.iter_mut().flat_map(|(_, policies)| policies) {
            let statements = std::mem::take(&mut taken.document.statements);
            let origin = std::mem::take(&mut taken.origin);
            for (mut statement, origin) in statements.into_iter().zip(origin) {
                if let (Effect::Allow, Some(Clause::Is(named))) =
                    (statement.effect, &mut statement.principal)
                {
                    let before = named.len();
                    named.retain(|one| !delegates(one));
                    found |= named.len() < before;
                    if named.is_empty() {
                        continue;
                    }
                }
                taken.document.statements.push(statement);
                taken.origin.push(origin);
            }
        }
        (self, found)
    }

    /// All layers, as the engine takes them.
    pub(super) fn named<'s>(&'s self) -> Vec<(Layer, Vec<exact::NamedPolicy<'s>>)> {
        let of = |all: &'s [TakenApart<'a>]| all.iter().map(TakenApart::named).collect();
        self.layers.iter().map(|(layer, all)| (*layer, of(all))).collect()
    }

    /// The requests that all layers allow, and what `extra` layers leave of them.
    pub(super) fn set<'s>(
        &'s self,
        universe: &'s Universe<'s>,
        extra: impl IntoIterator<Item = (Layer, Vec<exact::NamedPolicy<'s>>)>,
    ) -> RequestSet<'s> {
        RequestSet::new(universe, self.named().into_iter().chain(extra))
    }

    /// All statements of all layers.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        let policies = self.layers.iter().flat_map(|(_, policies)| policies);
        policies.flat_map(|taken| &taken.document.statements)
    }

    /// Changes all statements, in place.
    pub(super) fn each_statement(&mut self, mut change: impl FnMut(&mut Statement)) {
        for (_, policies) in &mut self.layers {
            for taken in policies {
                taken.document.statements.iter_mut().for_each(&mut change);
            }
        }
    }

    /// The same under names that no other side has.
    pub(super) fn on_side(mut self, side: &str) -> Self {
        for (_, policies) in &mut self.layers {
            for taken in policies {
                taken.called = format!("{side}: {}", taken.called);
            }
        }
        self
    }

    /// Where a statement of an answer stands, and in which file; none for what stands for policies
    /// that are not there, or of another side.
    pub(super) fn locate(&self, found: &StatementRef) -> Option<(StatementPlace, Place)> {
        let layers = self.layers.iter().filter(|(layer, _)| *layer == found.layer);
        let mut policies = layers.flat_map(|(_, policies)| policies);
        let taken = policies.find(|taken| taken.called == found.policy)?;
        let (policy, index) = (taken.policy?, *taken.origin.get(found.index)?);
        let sid = found.sid.clone();
        let statement = StatementPlace { policy: policy.name().to_owned(), sid, index };
        Some((statement, policy.statement_place(index)))
    }
}

/// Why an answer is not exact, with the statement where the user wrote it.
pub(super) fn limits(limits: &[Limit], sides: &[&Layers<'_>]) -> Vec<String> {
    let said = |limit: &Limit| {
        let found = limit.statement.as_ref();
        let place = found.and_then(|found| sides.iter().find_map(|side| side.locate(found)));
        match place {
            Some((statement, _)) => format!("{statement}: {}", limit.reason),
            None => limit.reason.clone(),
        }
    };
    let mut texts: Vec<String> = limits.iter().map(said).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

impl<'a> TakenApart<'a> {
    fn named(&self) -> exact::NamedPolicy<'_> {
        exact::NamedPolicy { name: &self.called, document: &self.document }
    }

    fn of(policy: &'a NamedPolicy) -> Self {
        let (document, origin) = policy.document.by_resource();
        Self { called: policy.name().to_owned(), policy: Some(policy), document, origin }
    }
}

/// The document that allows every request.
pub(super) fn everything(kind: PolicyKind) -> PolicyDocument {
    let names_principals = kind.principal() == Presence::Required;
    let has_resource = kind.resource() != Presence::Forbidden;
    document(vec![Statement {
        sid: None,
        effect: Effect::Allow,
        principal: names_principals.then(|| Clause::Is(vec![PrincipalPattern::Anyone])),
        action: Clause::Is(ActionPattern::parse("*").into_iter().collect()),
        resource: has_resource.then(|| Clause::Is(vec![ArnPattern::Any])),
        conditions: Vec::new(),
    }])
}

/// A document of these statements.
pub(super) const fn document(statements: Vec<Statement>) -> PolicyDocument {
    PolicyDocument { version: Version::V2012, id: None, statements }
}
