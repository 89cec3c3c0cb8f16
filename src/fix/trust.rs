//! The search for the smallest edit of a trust policy that is proved.
//!
//! Each live statement is turned, element by element, into the expected one that it comes closest
//! to; then every edit that is not needed is undone.

use super::home::out_of_reach;
use super::patch::Line;
use super::plan::{with_document, with_lines};
use crate::account::{IamPrincipal, NamedPolicy};
use crate::audit::{Audit, TrustReport};
use crate::compile::{Fit, Quota, expected_trust};
use crate::consumer::Requirement;
use crate::exact::{Budget, Exactness, RequestSet, Universe, difference};
use crate::iam::{
    ActionPattern, Clause, Condition, Effect, Layer, PolicyDocument, PrincipalPattern, Statement,
};
use crate::source::Severity;

/// The edited trust policy.
pub(super) struct Found {
    pub(super) lines: Vec<Line>,
    /// Whether the expected policy replaces the live one.
    pub(super) replaced: bool,
}

/// One change of a trust policy.
#[derive(Clone, Debug)]
enum Edit {
    Delete(usize),
    Principal(usize, Clause<PrincipalPattern>),
    Action(usize, Clause<ActionPattern>),
    /// Puts the condition in, in place of the live ones on its key.
    Condition(usize, Condition),
    /// Takes out the condition at this place of the live statement.
    Without(usize, usize),
    Add(Statement),
}

pub(super) struct Search<'s, 'a> {
    audit: &'s Audit<'a>,
    requirement: &'s Requirement,
    principal: &'s IamPrincipal,
    actual: &'s NamedPolicy,
    expected: PolicyDocument,
    before: TrustReport,
    /// Why it could not be said whether anything is wrong.
    undecided: Vec<String>,
}

impl<'s, 'a> Search<'s, 'a> {
    /// A search; `None` where there is nothing to fix or to compare.
    pub(super) fn of(
        audit: &'s Audit<'a>,
        requirement: &'s Requirement,
        principal: &'s IamPrincipal,
    ) -> Option<Self> {
        let actual = principal.trust.as_ref()?;
        let expected = expected_trust(requirement)?;
        let (before, exactness, undecided) = audit.admission(requirement, principal);
        let is_clean = before.gaps.is_empty() && before.excess.is_empty();
        (!is_clean || exactness != Exactness::Exact).then_some(Self {
            audit,
            requirement,
            principal,
            actual,
            expected,
            before,
            undecided,
        })
    }

    /// The edits, or why there are none.
    pub(super) fn run(&self) -> Result<Found, Vec<String>> {
        if let Some(why) = out_of_reach(self.principal) {
            return Err(vec![why]);
        }
        if self.before.gaps.is_empty() && self.before.excess.is_empty() {
            let limits = self.undecided.iter();
            return Err(limits.map(|why| format!("the comparison is not exact: {why}")).collect());
        }
        let edited = self.edits().into_iter().find(|edits| self.is_right(&self.lines(edits)));
        if let Some(mut edits) = edited {
            for at in (0..edits.len()).rev() {
                let mut fewer = edits.clone();
                fewer.remove(at);
                if self.is_right(&self.lines(&fewer)) {
                    edits = fewer;
                }
            }
            let lines = self.lines(&edits);
            if self.fits(&lines) {
                return Ok(Found { lines, replaced: false });
            }
        }
        let statements = self.expected.statements.iter().cloned();
        let lines: Vec<Line> =
            statements.map(|statement| Line { origin: None, statement }).collect();
        if !self.fits(&lines) {
            let largest = Quota::Trust.largest();
            return Err(vec![format!(
                "whom the estate names needs more than the {largest} characters that a trust policy \
                 may have: use another role for some of them"
            )]);
        }
        if self.is_right(&lines) {
            return Ok(Found { lines, replaced: true });
        }
        let (after, limits) = self.judged(&lines);
        Err(self.objections(&after, limits))
    }

    fn document(&self, lines: &[Line]) -> PolicyDocument {
        with_lines(Some(&self.actual.document), lines)
    }

    fn fits(&self, lines: &[Line]) -> bool {
        !matches!(Quota::Trust.fit(&self.document(lines)), Fit::TooLarge(_))
    }

    fn judged(&self, lines: &[Line]) -> (TrustReport, Option<Vec<String>>) {
        self.judge(with_document(self.actual, self.document(lines)))
    }

    /// Who may assume the role with another trust policy; and why that is not all, if it is not.
    fn judge(&self, trust: NamedPolicy) -> (TrustReport, Option<Vec<String>>) {
        let principal = IamPrincipal { trust: Some(trust), ..self.principal.clone() };
        let (report, exactness, limits) = self.audit.admission(self.requirement, &principal);
        (report, (exactness != Exactness::Exact).then_some(limits))
    }

    fn is_right(&self, lines: &[Line]) -> bool {
        let (after, limits) = self.judged(lines);
        limits.is_none() && self.accepts(&after)
    }

    /// Whether a trust policy, as it would be read back, leaves nothing to fix.
    pub(super) fn proves(&self, trust: NamedPolicy) -> bool {
        let (after, limits) = self.judge(trust);
        limits.is_none() && self.accepts(&after)
    }

    /// Nobody too many, and nobody missing but where a further condition stood before.
    fn accepts(&self, after: &TrustReport) -> bool {
        let is_old = |gap: &crate::audit::TrustGap| {
            gap.severity < Severity::Error
                && self.before.gaps.iter().any(|before| before.subject == gap.subject)
        };
        after.excess.is_empty() && after.gaps.iter().all(is_old)
    }

    fn objections(&self, after: &TrustReport, limits: Option<Vec<String>>) -> Vec<String> {
        let gaps = after.gaps.iter().map(|gap| format!("{} would still be refused", gap.subject));
        let excess = after.excess.iter();
        let excess = excess.map(|excess| format!("{} would still be admitted", excess.subject));
        let limits = limits.into_iter().flatten();
        let limits = limits.map(|limit| format!("the comparison is not exact: {limit}"));
        gaps.chain(excess).chain(limits).collect()
    }

    /// Sets of edits to try: conditions that nobody asked for stay if they can.
    fn edits(&self) -> [Vec<Edit>; 2] {
        [false, true].map(|drop_others| {
            let mut edits = Vec::new();
            let mut left: Vec<usize> = self.live().map(|(index, _)| index).collect();
            for expected in &self.expected.statements {
                match self.nearest(expected, &left) {
                    Some((index, live)) => {
                        left.retain(|other| *other != index);
                        edits.extend(turned(index, live, expected, drop_others));
                    }
                    None => edits.push(Edit::Add(expected.clone())),
                }
            }
            edits.extend(left.into_iter().map(Edit::Delete));
            edits
        })
    }

    fn live(&self) -> impl Iterator<Item = (usize, &'s Statement)> {
        let statements = self.actual.document.statements.iter().enumerate();
        statements.filter(|(_, statement)| statement.effect == Effect::Allow)
    }

    /// The live statement that admits some of those that are expected, or is about the same
    /// principal.
    fn nearest(&self, expected: &Statement, left: &[usize]) -> Option<(usize, &'s Statement)> {
        let free = || self.live().filter(|(index, _)| left.contains(index));
        let shares = |(_, live): &(usize, &Statement)| {
            let entries = |s: &'_ Statement| -> Vec<PrincipalPattern> {
                s.principal.as_ref().map(|c| c.entries().to_vec()).unwrap_or_default()
            };
            let theirs = entries(expected);
            entries(live).iter().any(|entry| theirs.contains(entry))
        };
        let universe = self.audit.universe;
        free().find(|(_, live)| meet(universe, live, expected)).or_else(|| free().find(shares))
    }

    fn lines(&self, edits: &[Edit]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, live) in self.actual.document.statements.iter().enumerate() {
            let mut statement = live.clone();
            let mut is_gone = false;
            for edit in edits {
                match edit {
                    Edit::Delete(at) if *at == index => is_gone = true,
                    Edit::Principal(at, clause) if *at == index => {
                        statement.principal = Some(clause.clone());
                    }
                    Edit::Action(at, clause) if *at == index => statement.action = clause.clone(),
                    Edit::Condition(at, new) if *at == index => {
                        put(&mut statement.conditions, new);
                    }
                    Edit::Without(at, which) if *at == index => {
                        let gone = live.conditions.get(*which);
                        statement.conditions.retain(|condition| Some(condition) != gone);
                    }
                    _ => {}
                }
            }
            if !is_gone {
                lines.push(Line { origin: Some(index), statement });
            }
        }
        for edit in edits {
            if let Edit::Add(statement) = edit {
                let mut statement = statement.clone();
                let taken = |name: &String| {
                    lines.iter().any(|line| line.statement.sid.as_ref() == Some(name))
                };
                if let Some(sid) = statement.sid.clone() {
                    let numbered = (2..).map(|number| format!("{sid}{number}"));
                    let mut names = std::iter::once(sid.clone()).chain(numbered);
                    statement.sid = names.find(|name| !taken(name));
                }
                lines.push(Line { origin: None, statement });
            }
        }
        lines
    }
}

/// The edits that turn a live statement into an expected one.
fn turned(index: usize, live: &Statement, expected: &Statement, drop_others: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    if let Some(principal) = &expected.principal
        && live.principal.as_ref() != Some(principal)
    {
        let kept = live.principal.as_ref().map(|clause| in_order(clause, principal));
        edits.push(Edit::Principal(index, kept.unwrap_or_else(|| principal.clone())));
    }
    if live.action != expected.action {
        edits.push(Edit::Action(index, in_order(&live.action, &expected.action)));
    }
    for (at, condition) in live.conditions.iter().enumerate() {
        if drop_others && !expected.conditions.iter().any(|c| c.key == condition.key) {
            edits.push(Edit::Without(index, at));
        }
    }
    for condition in &expected.conditions {
        if !live.conditions.contains(condition) {
            edits.push(Edit::Condition(index, condition.clone()));
        }
    }
    edits
}

/// The expected entries, those that were there before first and in their order.
fn in_order<T: Clone + PartialEq>(live: &Clause<T>, expected: &Clause<T>) -> Clause<T> {
    let (Clause::Is(old), Clause::Is(new)) = (live, expected) else { return expected.clone() };
    Clause::Is(ordered(old, new))
}

fn ordered<T: Clone + PartialEq>(old: &[T], new: &[T]) -> Vec<T> {
    let stay = old.iter().filter(|entry| new.contains(entry));
    let come = new.iter().filter(|entry| !old.contains(entry));
    stay.chain(come).cloned().collect()
}

/// Puts a condition in, in place of those on its key; operands that stay keep their order.
fn put(conditions: &mut Vec<Condition>, new: &Condition) {
    let is_same = |c: &Condition| c.key == new.key && c.operator == new.operator;
    conditions.retain(|c| c.key != new.key || is_same(c));
    match conditions.iter_mut().find(|c| is_same(c)) {
        Some(known) => known.operands = ordered(&known.operands, &new.operands),
        None => conditions.push(new.clone()),
    }
}

fn meet(universe: &Universe<'_>, one: &Statement, other: &Statement) -> bool {
    let document = |statement: &Statement| PolicyDocument {
        version: crate::iam::Version::V2012,
        id: None,
        statements: vec![statement.clone()],
    };
    let (one, other) = (document(one), document(other));
    let named = |document| vec![crate::exact::NamedPolicy { name: "trust", document }];
    let layers = [(Layer::TrustPolicy, named(&one)), (Layer::TrustPolicy, named(&other))];
    let both = RequestSet::new(universe, layers);
    let nothing = RequestSet::new(universe, [(Layer::TrustPolicy, Vec::new())]);
    !difference(&both, &nothing, Budget::default()).is_proven_empty()
}
