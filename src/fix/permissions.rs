//! The search for the smallest edit of identity policies that is proved.

use super::bounds::Bounds;
use super::fill::{Kept, additions, compiled};
use super::home::Home;
use super::judge::Judge;
use super::narrow::{Alternative, alternatives, denials};
use super::patch::Line;
use super::plan::{Plan, Slot};
use crate::audit::{BlockKind, Permissions, StatementPlace};
use crate::iam::{Effect, Layer};
use crate::source::Severity;

/// So often new edits are looked for: a denial that goes may uncover what it hid.
const ROUNDS: usize = 4;

/// What was found.
pub(super) struct Found {
    pub(super) plan: Plan,
    /// Whether a compiled policy replaces the live ones.
    pub(super) replaced: bool,
}

pub(super) struct Search<'s, 'a> {
    pub(super) bounds: &'s Bounds<'a>,
    pub(super) kept: &'s Kept<'s>,
    pub(super) judge: &'s Judge<'s, 'a>,
}

impl Search<'_, '_> {
    /// The edits, or why there are none.
    pub(super) fn run(&self) -> Result<Found, Vec<String>> {
        let mut plan = Plan::default();
        let mut after = self.judge.before.clone();
        let mut why = Vec::new();
        for _ in 0..ROUNDS {
            let blocked = self.judge.blocked_elsewhere(&after);
            if !blocked.is_empty() {
                return Err(blocked);
            }
            let known = plan.clone();
            self.add_slots(&mut plan, &after);
            plan.additions = additions(self.bounds, self.judge.requirement, self.kept, &plan);
            if plan.slots.len() == known.slots.len() && plan.additions == known.additions {
                break;
            }
            after = self.judge.permissions(&self.kept.documents(&plan));
            if self.judge.accepts(&after) {
                self.minimise(&mut plan);
                match self.kept.fits(&self.kept.after(&plan)) {
                    Ok(()) => return Ok(Found { plan, replaced: false }),
                    Err(too_large) => why = vec![too_large],
                }
                break;
            }
        }
        if why.is_empty() {
            why = self.judge.objections(&after);
        }
        let blocked = self.judge.blocked_elsewhere(&after);
        if !blocked.is_empty() {
            return Err(blocked);
        }
        self.replacement(&plan).ok_or(why)
    }

    /// A choice for each statement that is in the way.
    fn add_slots(&self, plan: &mut Plan, after: &Permissions) {
        let lines = self.kept.after(plan);
        let excess = after.excess.iter().filter(|excess| excess.severity > Severity::Note);
        let excess = excess.map(|excess| &excess.statement);
        let denied = after.gaps.iter().filter(|gap| {
            let by = &gap.blocked_by;
            (by.layer, by.kind) == (Layer::Identity, BlockKind::ExplicitDeny)
                && gap.depends_on.is_empty()
                && gap.severity > Severity::Note
        });
        let denied = denied.filter_map(|gap| gap.blocked_by.statement.as_ref());
        let mut new = Vec::new();
        for place in excess.chain(denied) {
            let Some((policy, index)) = self.live_place(place, &lines) else { continue };
            if !plan.has(policy, index) && !new.contains(&(policy, index)) {
                new.push((policy, index));
            }
        }
        for (policy, index) in new {
            let Some(statement) = self.kept.before(policy).get(index) else { continue };
            let alternatives = match statement.effect {
                Effect::Allow => alternatives(self.bounds, statement),
                Effect::Deny => denials(self.bounds, statement),
            };
            let chosen = alternatives.len().saturating_sub(1);
            plan.slots.push(Slot { policy, index, alternatives, chosen });
        }
        plan.slots.sort_by_key(|slot| (slot.policy, slot.index));
    }

    /// The statement of the live policies that a statement after the edits was.
    fn live_place(&self, place: &StatementPlace, lines: &[Vec<Line>]) -> Option<(usize, usize)> {
        let policies = &self.kept.principal.identity;
        let policy = policies.iter().position(|policy| policy.name() == place.policy)?;
        Some((policy, lines.get(policy)?.get(place.index)?.origin?))
    }

    /// Undoes every edit that is not needed, the dear ones for cheaper ones.
    fn minimise(&self, plan: &mut Plan) {
        for at in 0..plan.slots.len() {
            let Some(slot) = plan.slots.get(at).cloned() else { continue };
            let cost = |choice: usize| slot.alternatives.get(choice).map_or(0, |a| a.cost);
            let mut cheaper: Vec<usize> =
                (0..slot.alternatives.len()).filter(|c| cost(*c) < cost(slot.chosen)).collect();
            cheaper.sort_by_key(|choice| cost(*choice));
            for choice in cheaper {
                let mut other = plan.clone();
                other.slots.iter_mut().skip(at).take(1).for_each(|slot| slot.chosen = choice);
                if self.is_right(&other) {
                    *plan = other;
                    break;
                }
            }
        }
        for at in (0..plan.additions.len()).rev() {
            let mut other = plan.clone();
            other.additions.remove(at);
            if self.is_right(&other) {
                *plan = other;
            }
        }
    }

    fn is_right(&self, plan: &Plan) -> bool {
        self.judge.accepts(&self.judge.permissions(&self.kept.documents(plan)))
    }

    /// The compiled policy in place of the policies that are in the way, of all that allow
    /// anything, or of all.
    fn replacement(&self, tried: &Plan) -> Option<Found> {
        let in_the_way = |policy: usize| tried.slots.iter().any(|slot| slot.policy == policy);
        let all = |_: usize| true;
        let attempts: [(&dyn Fn(usize) -> bool, bool); 4] =
            [(&in_the_way, true), (&in_the_way, false), (&all, true), (&all, false)];
        let homes = self.kept.homes.len();
        attempts.into_iter().find_map(|(goes, keep_denials)| {
            let mut slots = Vec::new();
            for policy in (0..homes).filter(|policy| goes(*policy)) {
                for (index, statement) in self.kept.before(policy).iter().enumerate() {
                    if keep_denials && statement.effect == Effect::Deny {
                        continue;
                    }
                    let cost = usize::MAX;
                    let gone = Alternative { cost, statements: Vec::new(), successor: 0 };
                    slots.push(Slot { policy, index, alternatives: vec![gone], chosen: 0 });
                }
            }
            let own = |slot: &&Slot| self.kept.homes.get(slot.policy).is_some_and(Home::is_own);
            let place = slots.iter().find(own).map_or(homes, |slot| slot.policy);
            let plan = Plan { slots, additions: compiled(self.bounds, place) };
            let fits = self.kept.fits(&self.kept.after(&plan)).is_ok();
            (fits && self.is_right(&plan)).then_some(Found { plan, replaced: true })
        })
    }
}
