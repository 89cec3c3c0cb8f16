//! What is missing, and the statement that can best take it in.

use super::bounds::Bounds;
use super::home::Home;
use super::patch::Line;
use super::plan::{Addition, Plan, with_lines};
use crate::account::{IamPrincipal, PrincipalKind};
use crate::compile::{Grant, Quota, grant, identity_policy};
use crate::consumer::{RequiredCall, Requirement, Why};
use crate::exact::{BlockKind, Budget, NamedPolicy, RequestBox, RequestSet, gaps};
use crate::iam::{Clause, Effect, Layer, PolicyDocument, Statement};
use crate::pattern::ArnPattern;
use crate::syntax;

/// The policies of a principal and where they live.
pub(super) struct Kept<'a> {
    pub(super) principal: &'a IamPrincipal,
    pub(super) homes: Vec<Home<'a>>,
}

impl Kept<'_> {
    /// The statements of a policy before any edit; of a new one, none.
    pub(super) fn before(&self, policy: usize) -> &[Statement] {
        self.principal.identity.get(policy).map_or(&[], |p| &p.document.statements)
    }

    /// All policies after the edits, a new one last.
    pub(super) fn after(&self, plan: &Plan) -> Vec<Vec<Line>> {
        (0..=self.homes.len()).map(|policy| plan.lines(policy, self.before(policy))).collect()
    }

    /// The same as documents.
    pub(super) fn documents(&self, plan: &Plan) -> Vec<PolicyDocument> {
        let policies = &self.principal.identity;
        let lines = self.after(plan).into_iter().enumerate();
        lines
            .map(|(at, lines)| with_lines(policies.get(at).map(|p| &*p.document), &lines))
            .collect()
    }

    /// Whether a policy may take in something new: it stays with the principal, or is replaced by
    /// one that does.
    fn takes(&self, plan: &Plan, policy: usize) -> bool {
        let is_changed = plan.slots.iter().any(|slot| slot.policy == policy);
        self.homes.get(policy).is_some_and(|home| home.is_own() || is_changed)
    }

    /// Where a new statement goes: into a policy that changes anyway, else into the first that is
    /// the principal's own, else into a new one.
    fn place_for_new(&self, plan: &Plan) -> usize {
        let all = 0..self.homes.len();
        let is_changed = |at: &usize| plan.slots.iter().any(|slot| slot.policy == *at);
        let has_allow = |at: &usize| self.before(*at).iter().any(|s| s.effect == Effect::Allow);
        let own = || all.clone().filter(|at| self.takes(plan, *at) && has_allow(at));
        own().find(is_changed).or_else(|| own().next()).unwrap_or(self.homes.len())
    }

    /// Whether all policies fit where they are to be stored; else what does not.
    pub(super) fn fits(&self, after: &[Vec<Line>]) -> Result<(), String> {
        let quota = match self.principal.kind {
            PrincipalKind::Role => Quota::RoleInline,
            PrincipalKind::User => Quota::UserInline,
        };
        let is_changed = |at: usize, lines: &[Line]| {
            !self.before(at).iter().eq(lines.iter().map(|line| &line.statement))
        };
        let mut inline = 0;
        for (at, lines) in after.iter().enumerate().filter(|(_, lines)| !lines.is_empty()) {
            let live = self.principal.identity.get(at).map(|policy| &*policy.document);
            let size = syntax::quota_size(&with_lines(live, lines));
            match self.homes.get(at) {
                Some(Home::Managed { .. }) if is_changed(at, lines) => {
                    let most = Quota::Managed.characters();
                    if size > most {
                        return Err(format!(
                            "a managed policy would have {size} characters, and may have {most}"
                        ));
                    }
                }
                Some(Home::Managed { .. }) => {}
                Some(Home::Shared { .. } | Home::Group { .. }) if !is_changed(at, lines) => {}
                _ => inline += size,
            }
        }
        let most = quota.characters();
        if inline > most {
            return Err(format!("the {quota} would have {inline} characters, and may have {most}"));
        }
        Ok(())
    }
}

/// The edits that put in what the identity policies lack after `plan`.
pub(super) fn additions(
    bounds: &Bounds<'_>,
    requirement: &Requirement,
    kept: &Kept<'_>,
    plan: &Plan,
) -> Vec<Addition> {
    let documents = kept.documents(plan);
    let missing = missing(bounds, requirement, kept.principal, &documents);
    let mut additions: Vec<Addition> = Vec::new();
    let place = kept.place_for_new(plan);
    let into = |statement: &Statement| {
        (0..kept.homes.len())
            .filter(|policy| kept.takes(plan, *policy))
            .find_map(|policy| extension(bounds, &kept.after(plan), policy, statement))
    };
    for statement in identity_policy(&missing).statements {
        // Buckets that have statements of their own take their part each.
        let parts: Option<Vec<Addition>> = match into(&statement) {
            Some(whole) => Some(vec![whole]),
            None => by_resource(&statement).iter().map(into).collect(),
        };
        match parts {
            Some(parts) => additions.extend(parts),
            None => additions.push(Addition::Statement { policy: place, statement }),
        }
    }
    additions
}

/// A statement for each resource of a statement.
fn by_resource(statement: &Statement) -> Vec<Statement> {
    let entries = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
    let one = |entry: &ArnPattern| Statement {
        resource: Some(Clause::Is(vec![entry.clone()])),
        ..statement.clone()
    };
    entries.iter().map(one).collect()
}

/// The grants that no identity policy gives, and none denies.
fn missing(
    bounds: &Bounds<'_>,
    requirement: &Requirement,
    principal: &IamPrincipal,
    documents: &[PolicyDocument],
) -> Vec<Grant> {
    // A key's policy may allow on its own what the principal's policies do not.
    let calls: Vec<&RequiredCall> =
        requirement.granted().filter(|call| call.why != Why::Kms).collect();
    let caller = principal.caller();
    let boxes: Vec<RequestBox> =
        calls.iter().map(|call| RequestBox { caller: caller.clone(), ..call.requests() }).collect();
    let named = documents.iter().map(|document| NamedPolicy { name: "identity", document });
    let set = RequestSet::new(bounds.universe, [(Layer::Identity, named.collect())]);
    let found = gaps(&boxes, &set, Budget::default()).gaps;
    let is_missing = |gap: &&crate::exact::Gap| {
        gap.blocked_by.kind == BlockKind::ImplicitDeny && gap.depends_on.is_empty()
    };
    let mut grants: Vec<Grant> = found
        .iter()
        .filter(is_missing)
        .filter_map(|gap| calls.get(gap.needed).map(|call| grant(call)))
        .collect();
    grants.sort();
    grants.dedup();
    grants
}

/// The statement of a policy that needs the fewest new entries to give `wanted` as well.
fn extension(
    bounds: &Bounds<'_>,
    after: &[Vec<Line>],
    policy: usize,
    wanted: &Statement,
) -> Option<Addition> {
    let lines = after.get(policy)?;
    let (Clause::Is(actions), Some(Clause::Is(resources))) = (&wanted.action, &wanted.resource)
    else {
        return None;
    };
    let candidates = lines.iter().filter_map(|line| {
        let statement = &line.statement;
        let index = line.origin?;
        let is_plain = !statement.action.is_negated()
            && statement.resource.as_ref().is_some_and(|clause| !clause.is_negated());
        (statement.effect == Effect::Allow && is_plain).then_some(())?;
        let more = |actions, resources, operands| Addition::Extend {
            policy,
            index,
            actions,
            resources,
            operands,
        };
        let part = Statement { sid: None, ..statement.clone() };
        let mut choices = vec![
            (
                more(actions.clone(), Vec::new(), Vec::new()),
                Statement { action: wanted.action.clone(), ..part.clone() },
            ),
            (
                more(Vec::new(), resources.clone(), Vec::new()),
                Statement { resource: wanted.resource.clone(), ..part.clone() },
            ),
        ];
        if let ([own], [condition]) = (part.conditions.as_slice(), wanted.conditions.as_slice())
            && (own.operator, &own.key) == (condition.operator, &condition.key)
        {
            let new = Statement { conditions: wanted.conditions.clone(), ..part };
            choices.push((more(Vec::new(), Vec::new(), condition.operands.clone()), new));
        }
        // What comes must be harmless; what is there already is for others to judge.
        let is_right = |(addition, new): &(Addition, Statement)| {
            let extended = extended(statement, addition);
            bounds.are_within(std::slice::from_ref(new))
                && bounds.covers(std::slice::from_ref(&extended), std::slice::from_ref(wanted))
        };
        choices.into_iter().find(is_right).map(|(addition, _)| addition)
    });
    candidates.min_by_key(|addition| match addition {
        Addition::Extend { actions, resources, operands, .. } => {
            actions.len() + resources.len() + operands.len()
        }
        Addition::Statement { .. } => usize::MAX,
    })
}

/// A statement with what an addition brings.
fn extended(statement: &Statement, addition: &Addition) -> Statement {
    let addition = match addition.clone() {
        Addition::Extend { actions, resources, operands, .. } => {
            Addition::Extend { policy: 0, index: 0, actions, resources, operands }
        }
        other => other,
    };
    let plan = Plan { slots: Vec::new(), additions: vec![addition] };
    let mut lines = plan.lines(0, std::slice::from_ref(statement));
    lines.pop().map_or_else(|| statement.clone(), |line| line.statement)
}

/// The policy that is compiled for a requirement, as additions to one policy.
pub(super) fn compiled(bounds: &Bounds<'_>, policy: usize) -> Vec<Addition> {
    let statements = identity_policy(&bounds.grants).statements;
    statements.into_iter().map(|statement| Addition::Statement { policy, statement }).collect()
}
