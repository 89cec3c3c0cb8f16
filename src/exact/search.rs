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

/// One value of one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Start,
    Caller(Caller),
    Value(ContextKey, Option<ContextValue>),
}

#[derive(Clone, Debug)]
struct Node {
    rules: Bits,
    before: usize,
    choice: Choice,
    assumed: bool,
}

/// The nodes from one cell of resources on.
#[derive(Debug)]
pub(crate) struct Search {
    nodes: Vec<Node>,
    /// The nodes of the last level.
    last: Vec<usize>,
}

/// A value of a dimension: the statements that it lets through, and whether that is certain.
pub(crate) struct Step {
    pub(crate) rules: Bits,
    pub(crate) choice: Choice,
    pub(crate) assumed: bool,
}

impl Search {
    pub(crate) fn new(rules: &Bits, assumed: bool) -> Self {
        let start = Node { rules: rules.clone(), before: 0, choice: Choice::Start, assumed };
        Self { nodes: vec![start], last: vec![0] }
    }

    /// The sets of statements of the last level.
    pub(crate) fn ends(&self) -> impl Iterator<Item = End<'_>> {
        self.last.iter().filter_map(|at| {
            let node = self.nodes.get(*at)?;
            Some(End { search: self, at: *at, rules: &node.rules, assumed: node.assumed })
        })
    }

    /// The union of the sets of the last level.
    pub(crate) fn alive(&self) -> Bits {
        self.ends().fold(Bits::default(), |all, end| all.union(end.rules))
    }

    /// Goes on by one dimension, at which the statements `on` look. Sets that `keep` refuses are
    /// dropped. False where the budget does not suffice.
    pub(crate) fn step(
        &mut self,
        on: &Bits,
        steps: &[Step],
        most: usize,
        keep: &dyn Fn(&Bits) -> bool,
    ) -> bool {
        let mut next: Vec<usize> = Vec::new();
        let mut known: FxHashMap<Bits, usize> = FxHashMap::default();
        let mut enough = true;
        let none = &Bits::EMPTY;
        let dropped: Vec<Bits> = steps.iter().map(|step| on.without(&step.rules)).collect();
        for at in std::mem::take(&mut self.last) {
            let Some(node) = self.nodes.get(at).cloned() else { continue };
            // Nobody looks: the request need not say anything here.
            let looked_at = node.rules.intersects(on);
            let pass = Step { rules: Bits::EMPTY, choice: Choice::Start, assumed: false };
            let ways = steps.iter().zip(&dropped).filter(|_| looked_at);
            let ways = ways.chain((!looked_at).then_some((&pass, none)));
            for (step, dropped) in ways {
                let rules = node.rules.without(dropped);
                if !keep(&rules) {
                    continue;
                }
                let assumed = node.assumed || step.assumed;
                let new = Node { rules, before: at, choice: step.choice.clone(), assumed };
                match known.get(&new.rules).and_then(|place| self.nodes.get_mut(*place)) {
                    None if next.len() >= most => enough = false,
                    None => {
                        known.insert(new.rules.clone(), self.nodes.len());
                        next.push(self.nodes.len());
                        self.nodes.push(new);
                    }
                    // What needs no assumption is the better witness.
                    Some(node) if node.assumed && !assumed => *node = new,
                    Some(_) => {}
                }
            }
        }
        self.last = next;
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
            match &node.choice {
                Choice::Caller(found) => caller = Some(found.clone()),
                Choice::Value(key, Some(value)) => context.insert(key.clone(), value.clone()),
                Choice::Value(_, None) | Choice::Start => {}
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
) -> Vec<Step> {
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
    steps
}

/// The values of a key that the statements `rules` tell apart, as steps.
pub(crate) fn key_steps(
    space: &mut Space<'_, '_>,
    key: usize,
    rules: &Bits,
    fixed: Option<&Fixed>,
) -> (Bits, Vec<Step>) {
    let Some((name, on)) = space.keys.get(key).map(|k| (k.key.clone(), k.on.intersection(rules)))
    else {
        return (Bits::EMPTY, Vec::new());
    };
    let cells = space.key_cells(key, &on, fixed);
    let step = |cell: &super::context::KeyCell| Step {
        rules: cell.rules.clone(),
        choice: Choice::Value(name.clone(), cell.value.clone()),
        assumed: cell.assumed,
    };
    let steps = cells.iter().map(step).collect();
    (on, steps)
}
