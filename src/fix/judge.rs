//! Whether a principal with other policies has what it needs, and nothing beyond.

use super::plan::with_document;
use crate::account::{IamPrincipal, NamedPolicy, PolicyHome, loose};
use crate::audit::{Audit, Gap, Permissions};
use crate::consumer::Requirement;
use crate::exact::Exactness;
use crate::iam::{Layer, PolicyDocument, PolicyKind};
use crate::source::{Severity, Source};
use crate::syntax;
use std::sync::Arc;

/// The audit of one principal, asked again for each set of policies.
pub(super) struct Judge<'j, 'a> {
    pub(super) audit: &'j Audit<'a>,
    pub(super) requirement: &'j Requirement,
    pub(super) principal: &'j IamPrincipal,
    /// As it is.
    pub(super) before: Permissions,
}

impl<'j, 'a> Judge<'j, 'a> {
    pub(super) fn of(
        audit: &'j Audit<'a>,
        requirement: &'j Requirement,
        principal: &'j IamPrincipal,
    ) -> Self {
        let before = audit.permissions(requirement, principal);
        Self { audit, requirement, principal, before }
    }

    /// What the principal may do with these documents in place of its own, in their order; one
    /// more is a new policy. A document without statements is a policy that is gone.
    pub(super) fn permissions(&self, documents: &[PolicyDocument]) -> Permissions {
        let policies = documents.iter().enumerate();
        let policies = policies.filter(|(_, document)| !document.statements.is_empty());
        let named = |(at, document): (usize, &PolicyDocument)| match self.principal.identity.get(at)
        {
            Some(policy) => Some(with_document(policy, document.clone())),
            None => {
                parsed(PolicyHome::inline(NEW), &syntax::to_compact(document), PolicyKind::Identity)
            }
        };
        self.permissions_with(policies.filter_map(named).collect())
    }

    /// The same with these policies.
    pub(super) fn permissions_with(&self, identity: Vec<NamedPolicy>) -> Permissions {
        let principal = IamPrincipal { identity, ..self.principal.clone() };
        self.audit.permissions(self.requirement, &principal)
    }

    /// Whether nothing is left to fix, and that is proved.
    pub(super) fn accepts(&self, after: &Permissions) -> bool {
        after.exactness == Exactness::Exact
            && after.excess.iter().all(|excess| excess.severity == Severity::Note)
            && after.gaps.iter().all(|gap| self.is_tolerable(gap))
    }

    /// A refusal that a fix may leave: of a tolerated call, or one that the values of open keys
    /// decide as they did before.
    pub(super) fn is_tolerable(&self, gap: &Gap) -> bool {
        let as_before = |before: &Gap| {
            before.actions == gap.actions
                && (before.depends_on == gap.depends_on
                    || (before.depends_on.is_empty()
                        && !gap.depends_on.iter().any(|key| is_bound(key))))
        };
        gap.severity == Severity::Note
            || (!gap.depends_on.is_empty() && self.before.gaps.iter().any(as_before))
    }

    /// What no edit of an identity policy can change, one sentence each.
    pub(super) fn blocked_elsewhere(&self, after: &Permissions) -> Vec<String> {
        let mut sentences = Vec::new();
        for gap in after.gaps.iter().filter(|gap| !self.is_tolerable(gap)) {
            let by = &gap.blocked_by;
            if by.layer == Layer::Identity {
                continue;
            }
            let place = by.statement.as_ref().map(|place| format!(", {place},"));
            let remedy = if by.kind == crate::audit::BlockKind::ExplicitDeny {
                "denies it: the denial has to go there"
            } else {
                "does not allow it: it has to be allowed there"
            };
            sentences.push(format!(
                "`{}` on `{}` is needed, and the {} layer{} {remedy}; no edit of an identity policy \
                 helps",
                gap.actions.join("`, `"),
                gap.witness.resource,
                by.layer,
                place.unwrap_or_default(),
            ));
        }
        let new = PolicyHome::inline(NEW).to_string();
        for excess in after.excess.iter().filter(|excess| excess.severity > Severity::Note) {
            let policy = &excess.statement.policy;
            if !self.principal.identity.iter().any(|own| own.name() == policy) && *policy != new {
                sentences.push(format!(
                    "{} allows `{}` on `{}`, and is no policy of the principal: it has to change there",
                    excess.statement,
                    excess.actions.join("`, `"),
                    excess.resource
                ));
            }
        }
        sentences.sort();
        sentences.dedup();
        sentences
    }

    /// Why what was tried is not proved, one sentence each.
    pub(super) fn objections(&self, after: &Permissions) -> Vec<String> {
        let gaps = after.gaps.iter().filter(|gap| !self.is_tolerable(gap)).map(|gap| {
            let actions = gap.actions.join("`, `");
            format!("`{actions}` on `{}` would still be refused", gap.witness.resource)
        });
        let excess = after.excess.iter().filter(|excess| excess.severity > Severity::Note);
        let excess = excess.map(|excess| {
            let witness = &excess.witness;
            format!("`{}` on `{}` would still be allowed", witness.action, witness.resource)
        });
        let limits = after.limits.iter().filter(|_| after.exactness != Exactness::Exact);
        let limits = limits.map(|limit| format!("the comparison is not exact: {limit}"));
        let mut sentences: Vec<String> = gaps.chain(excess).chain(limits).collect();
        sentences.dedup();
        sentences
    }
}

/// What a new inline policy is called, if the name is free.
pub(super) const NEW: &str = "leastwise";

/// A document as it would be read back from its home.
pub(super) fn parsed(home: PolicyHome, text: &str, kind: PolicyKind) -> Option<NamedPolicy> {
    let source = Source::new(home.to_string(), text);
    let policy = loose::policy(&Arc::new(source), kind).ok()?;
    Some(policy.kept_in(home))
}

/// Whether a key bounds what a call may be used for: what a fix itself may ask for.
fn is_bound(key: &str) -> bool {
    key.eq_ignore_ascii_case("s3:prefix") || key.eq_ignore_ascii_case("kms:ViaService")
}
