//! The sweep over the dimensions of a request: which sets of statements can match together.
//!
//! It goes level by level: a node is a set of statements that still match, and each value of the
//! next dimension lets some of them drop out. A decision depends on that set alone, so two ways to
//! the same set are one node, and there are never more nodes than sets.

use super::bits::Bits;
use super::caller::representatives;
use super::context::Fixed;
use super::space::Space;
use crate::evaluate::{Askers, Truth, names};
use crate::iam::{Caller, ContextKey, ContextValue, Request, RequestContext};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::rc::Rc;

/// One value of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Caller(Caller),
    Value(Names, Option<ContextValue>),
}

/// The names under which requests carry one value.
pub(crate) type Names = Rc<[ContextKey]>;

#[derive(Debug)]
struct Node {
    rules: Bits,
    before: usize,
    /// The step that leads here, by its level and its place there; `None` where nobody looked.
    step: Option<(usize, usize)>,
    assumed: bool,
}

/// The nodes from one cell of resources on.
#[derive(Debug)]
pub(crate) struct Search {
    nodes: Vec<Node>,
    /// The nodes of the last level.
    last: Range<usize>,
    /// The steps of all levels.
    levels: Vec<Steps>,
}

/// A value of a dimension: the statements that it lets through, and whether that is certain.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) rules: Bits,
    pub(crate) choice: Choice,
    pub(crate) assumed: bool,
}

/// The values of one dimension.
pub(crate) type Steps = Rc<[Step]>;

impl Search {
    pub(crate) fn new(rules: &Bits, assumed: bool) -> Self {
        let start = Node { rules: rules.clone(), before: 0, step: None, assumed };
        Self { nodes: vec![start], last: 0..1, levels: Vec::new() }
    }

    /// The sets of statements of the last level.
    pub(crate) fn ends(&self) -> impl Iterator<Item = End<'_>> {
        self.last.clone().filter_map(|at| {
            let node = self.nodes.get(at)?;
            Some(End { search: self, at, rules: &node.rules, assumed: node.assumed })
        })
    }

    /// The union of the sets of the last level.
    pub(crate) fn alive(&self) -> Bits {
        let mut alive = Bits::default();
        self.ends().for_each(|end| alive.union_with(end.rules));
        alive
    }

    /// Goes on by one dimension, at which the statements `on` look. Sets that `keep` refuses are
    /// dropped. False where the budget does not suffice.
    pub(crate) fn step(
        &mut self,
        on: &Bits,
        steps: &Steps,
        most: usize,
        keep: &dyn Fn(&Bits) -> bool,
    ) -> bool {
        let level = self.levels.len();
        self.levels.push(Rc::clone(steps));
        let first = self.nodes.len();
        let mut known: FxHashMap<Bits, usize> = FxHashMap::default();
        let mut enough = true;
        let dropped: Vec<Bits> = steps.iter().map(|step| on.without(&step.rules)).collect();
        for before in self.last.clone() {
            let Some(node) = self.nodes.get(before) else { continue };
            let (rules, assumed) = (node.rules.clone(), node.assumed);
            let mut enter = |new: Node| {
                if !keep(&new.rules) {
                    return;
                }
                if let Some(place) = known.get(&new.rules) {
                    // What needs no assumption is the better witness.
                    match self.nodes.get_mut(*place) {
                        Some(node) if node.assumed && !new.assumed => *node = new,
                        _ => {}
                    }
                } else if self.nodes.len() - first < most {
                    known.insert(new.rules.clone(), self.nodes.len());
                    self.nodes.push(new);
                } else {
                    enough = false;
                }
            };
            if !rules.intersects(on) {
                // Nobody looks: the request need not say anything here.
                enter(Node { rules, before, step: None, assumed });
                continue;
            }
            for (at, (step, dropped)) in steps.iter().zip(&dropped).enumerate() {
                let rules = rules.without(dropped);
                let assumed = assumed || step.assumed;
                enter(Node { rules, before, step: Some((level, at)), assumed });
            }
        }
        self.last = first..self.nodes.len();
        enough
    }
}

/// One set of statements that match together, and how to get there.
#[derive(Clone, Copy)]
pub(crate) struct End<'s> {
    search: &'s Search,
    at: usize,
    pub(crate) rules: &'s Bits,
    pub(crate) assumed: bool,
}

impl End<'_> {
    /// The caller, if anyone looked at it, and the context.
    pub(crate) fn request(&self) -> (Option<Caller>, RequestContext) {
        let mut caller = None;
        let mut context = RequestContext::default();
        let mut at = self.at;
        while let Some(node) = self.search.nodes.get(at).filter(|_| at != 0) {
            let step = node.step.and_then(|(level, at)| self.search.levels.get(level)?.get(at));
            match step.map(|step| &step.choice) {
                Some(Choice::Caller(found)) => caller = Some(found.clone()),
                Some(Choice::Value(keys, Some(value))) => {
                    keys.iter().for_each(|key| context.insert(key.clone(), value.clone()));
                }
                Some(Choice::Value(_, None)) | None => {}
            }
            at = node.before;
        }
        (caller, context)
    }
}

/// The callers that the statements `rules` tell apart, as steps; but for its caller, `probe` is a
/// request of theirs.
pub(crate) fn caller_steps(
    space: &Space<'_, '_>,
    rules: &Bits,
    askers: Askers,
    fixed: Option<&Caller>,
    probe: &Request,
) -> Steps {
    let on = space.numbered(&rules.intersection(&space.on_caller));
    let callers = match fixed {
        Some(caller) => vec![caller.clone()],
        None => representatives(on.iter().map(|(_, rule)| *rule)),
    };
    let mut steps: Vec<Step> = Vec::new();
    for caller in callers.into_iter().filter(|caller| askers.include(caller)) {
        let mut named = Bits::default();
        let mut perhaps = Bits::default();
        let asked = Request { caller: Some(caller.clone()), ..probe.clone() };
        for (number, rule) in &on {
            match names(&rule.statement, &asked) {
                Truth::True => named.insert(*number),
                Truth::Unknown(_) => perhaps.insert(*number),
                Truth::False => {}
            }
        }
        // Who is not known in full stands for others who are among the callers too.
        if !perhaps.is_empty() && matches!(caller, Caller::Role(_)) && fixed.is_none() {
            continue;
        }
        let mut add = |rules: Bits, assumed| {
            if !steps.iter().any(|step| step.rules == rules && step.assumed <= assumed) {
                steps.push(Step { rules, choice: Choice::Caller(caller.clone()), assumed });
            }
        };
        if perhaps.is_empty() {
            add(named, false);
        } else {
            add(named.clone(), true);
            for one in perhaps.iter() {
                add(named.union(&Bits::of(one)), true);
            }
            add(named.union(&perhaps), true);
        }
    }
    steps.into()
}

/// The values of a key that the statements `rules` tell apart, as steps.
pub(crate) fn key_steps(
    space: &mut Space<'_, '_>,
    key: usize,
    rules: &Bits,
    fixed: Option<&Fixed>,
) -> (Bits, Steps) {
    let on = space.keys.get(key).map(|key| key.on.intersection(rules)).unwrap_or_default();
    let steps = space.key_steps(key, &on, fixed);
    (on, steps)
}
