//! Two sets of requests in one space: their statements numbered, their actions in groups.

mod keys;
mod parts;

use super::bits::Bits;
use super::budget::Account;
use super::context::{Fixed, KeyCell, key_cells};
use super::entries::Entries;
use super::ranges::{one, push};
use super::search::{Choice, Names, Step, Steps};
use super::set::{RequestSet, Rule, StatementRef};
use super::side::Side;
use super::universe::{Resources, Universe};
use super::variable::{Reading, has_opaque};
use crate::catalogue::ActionId;
use crate::evaluate::{Askers, reaches};
use crate::iam::{Action, Clause, Request, RequestContext, Resource};
use crate::pattern::{ArnPattern, Pattern};
use keys::keys;
pub(crate) use keys::{Key, are_one_moment};
use parts::Part;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Actions that the same statements match and that act on the same resources.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The statements.
    pub(crate) rules: Bits,
    /// The actions.
    pub(crate) actions: Actions,
    /// What they act on; `None` where it makes no difference.
    pub(crate) resources: Option<Arc<Resources>>,
    /// Who can call them.
    pub(crate) askers: Askers,
    /// The keys, by number, that some of the statements look at and these actions' requests never
    /// carry.
    pub(crate) absent: Bits,
}

/// Some actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actions {
    /// Of the catalogue, as sorted ranges of ids.
    Known(Vec<Range<u32>>),
    /// One that the catalogue does not know, but a policy names.
    Unknown(Action),
}

impl Actions {
    /// The actions of the catalogue, one by one.
    pub fn ids(&self) -> impl Iterator<Item = ActionId> + '_ {
        let ranges = match self {
            Self::Known(ranges) => ranges.as_slice(),
            Self::Unknown(_) => &[],
        };
        ranges.iter().cloned().flatten().map(ActionId)
    }
}

/// All statements of one or two sets.
pub(crate) struct Space<'s, 'a> {
    pub(crate) universe: &'a Universe<'a>,
    pub(crate) rules: Vec<&'s Rule<'a>>,
    pub(crate) entries: Entries<'s>,
    pub(crate) left: Side,
    pub(crate) right: Side,
    /// The statements that look neither at the caller nor at the context.
    pub(crate) unconditional: Bits,
    /// The statements that look at the caller.
    pub(crate) on_caller: Bits,
    pub(crate) keys: Vec<Key>,
    /// For each key, the statements that look at it or at a later one; then nothing.
    looking_from: Vec<Bits>,
    pub(crate) account: Account,
    /// How the patterns of statements with policy variables are read.
    pub(crate) reading: Reading,
    /// The values of keys that were asked for: of which key, for which statements, and what was
    /// known beforehand.
    steps: FxHashMap<(usize, Bits, Option<Fixed>), Steps>,
}

impl<'s, 'a> Space<'s, 'a> {
    pub(crate) fn new(
        left: &'s RequestSet<'a>,
        right: Option<&'s RequestSet<'a>>,
        account: Account,
    ) -> Self {
        let mut rules: Vec<&'s Rule<'a>> = Vec::new();
        let mut side = |set: &'s RequestSet<'a>, always| {
            let first = rules.len();
            rules.extend(set.layers().iter().flat_map(|layer| &layer.rules));
            Side::new(set, first, always)
        };
        // What AWS allows to everyone is no excess of anybody, and no gap.
        let left_side = side(left, right.is_none());
        let right_side = right.map(|right| side(right, true)).unwrap_or_default();
        let mut space = Self {
            universe: left.universe(),
            unconditional: numbers(&rules, Rule::is_unconditional),
            on_caller: numbers(&rules, |rule| rule.statement.principal.is_some()),
            keys: keys(left.universe(), &rules),
            entries: Entries::new(&rules),
            looking_from: Vec::new(),
            rules,
            left: left_side,
            right: right_side,
            account,
            reading: Reading::default(),
            steps: FxHashMap::default(),
        };
        space.keys.sort_by(|a, b| a.key.cmp(&b.key));
        space.looking_from = vec![Bits::EMPTY; space.keys.len() + 1];
        let mut looking = Bits::EMPTY;
        for (key, slot) in space.keys.iter().zip(&mut space.looking_from).rev() {
            looking.union_with(&key.on);
            slot.clone_from(&looking);
        }
        space
    }

    /// The statements of a set with their numbers.
    pub(crate) fn numbered(&self, rules: &Bits) -> Vec<(usize, &'s Rule<'a>)> {
        rules.iter().filter_map(|n| Some((n, *self.rules.get(n)?))).collect()
    }

    /// Of these statements, those that surely match, given that only keys from this one on are open.
    pub(crate) fn certain(&self, rules: &Bits, from: usize) -> Bits {
        match self.looking_from.get(from) {
            Some(looking) => rules.without(looking),
            None => rules.clone(),
        }
    }

    /// The first of some statements of which it is not known how closely it names the caller.
    pub(crate) fn doubtful(&self, rules: &Bits) -> Option<StatementRef> {
        let numbered = self.numbered(rules);
        let rule = numbered.iter().find(|(_, rule)| rule.naming.doubt().is_some());
        rule.map(|(_, rule)| rule.reference())
    }

    /// The values of a key that the statements `on` it tell apart. Asked again, they are not made
    /// again.
    pub(crate) fn key_steps(&mut self, key: usize, on: &Bits, fixed: Option<&Fixed>) -> Steps {
        let at = (key, on.clone(), fixed.cloned());
        if let Some(known) = self.steps.get(&at) {
            return Rc::clone(known);
        }
        let rules = self.numbered(on);
        let Self { keys, reading, account, .. } = self;
        let Some(Key { key: name, alias, domain, .. }) = keys.get(key) else {
            return Steps::default();
        };
        let names: Names = std::iter::once(name).chain(alias).cloned().collect();
        let cells = key_cells((&names, domain), &rules, fixed, reading, account);
        let step = |cell: KeyCell| Step {
            rules: cell.rules,
            choice: Choice::Value(Rc::clone(&names), cell.value),
            assumed: cell.assumed,
        };
        let steps: Steps = cells.into_iter().map(step).collect();
        self.steps.insert(at, Rc::clone(&steps));
        steps
    }

    /// The actions in groups, but for those that the left set cannot allow. Those whose requests can
    /// carry all keys come first.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        for Part { rules, ids, absent } in self.by_carried_keys(self.sweep()) {
            let tells_resources =
                rules.iter().any(|n| self.rules.get(n).is_some_and(|r| !r.resources.is_empty()));
            let tells_callers = rules.intersects(&self.on_caller);
            if tells_resources || tells_callers {
                groups.extend(self.split(&rules, &ids, &absent));
            } else {
                let (actions, askers) = (Actions::Known(ids), Askers::Anyone);
                groups.push(Group { rules, actions, resources: None, askers, absent });
            }
        }
        groups.extend(self.unknown_actions());
        groups
    }

    /// The group of one action.
    pub(crate) fn group_of(&self, action: &Action) -> Group {
        let known = self.universe.catalogue().find(action.folded());
        let rules = numbers(&self.rules, |rule| match known {
            Some(id) => rule.ids.iter().any(|range| range.contains(&id.0)),
            None => rule.names(action),
        });
        let (actions, resources) = match known {
            Some(id) => (Actions::Known(one(id.0..id.0 + 1)), self.universe.resources(id)),
            None => (Actions::Unknown(action.clone()), Arc::new(Resources::unknown())),
        };
        let (askers, absent) = (Askers::of(action.folded()), Bits::EMPTY);
        Group { rules, actions, resources: Some(resources), askers, absent }
    }

    /// Sets of statements that match some action together, with all their actions.
    fn sweep(&self) -> Vec<Part> {
        let ranges = self.rules.iter().map(|rule| rule.ids.len()).sum::<usize>();
        let mut turns: Vec<(u32, usize, bool)> = Vec::with_capacity(2 * ranges);
        for (number, rule) in self.rules.iter().enumerate() {
            for range in &rule.ids {
                turns.push((range.start, number, true));
                turns.push((range.end, number, false));
            }
        }
        turns.sort_unstable();
        let mut matching = Bits::default();
        let mut from = 0;
        let mut found: Vec<Part> = Vec::new();
        let mut places: FxHashMap<Bits, usize> = FxHashMap::default();
        for (at, number, enters) in turns {
            if at > from && !matching.is_empty() && self.left.may_allow(&matching) {
                match places.get(&matching).and_then(|place| found.get_mut(*place)) {
                    Some(part) => part.ids.push(from..at),
                    None => {
                        places.insert(matching.clone(), found.len());
                        let (rules, ids) = (matching.clone(), one(from..at));
                        found.push(Part { rules, ids, absent: Bits::EMPTY });
                    }
                }
            }
            from = at;
            if enters {
                matching.insert(number);
            } else {
                matching.remove(number);
            }
        }
        found
    }

    /// The statements that match the resource `*` of an action without resource types.
    pub(crate) fn on_star(&self, rules: &[(usize, &Rule<'_>)], actions: &Actions) -> Bits {
        let action = match actions {
            Actions::Unknown(action) => Some(action.clone()),
            Actions::Known(_) => actions
                .ids()
                .next()
                .and_then(|id| Action::parse(self.universe.catalogue().name(id)).ok()),
        };
        let (Some(action), Ok(resource)) = (action, Resource::parse("*")) else {
            return rules.iter().filter(|(_, rule)| rule.on_star).map(|(n, _)| *n).collect();
        };
        let context = RequestContext::default();
        let request = Request { caller: None, action, resource, resource_account: None, context };
        let on_star = rules.iter().filter(|(_, rule)| reaches(&rule.statement, &request).is_true());
        on_star.map(|(number, _)| *number).collect()
    }

    /// The actions of a group by what they act on and by who can call them.
    fn split(&self, rules: &Bits, ids: &[Range<u32>], absent: &Bits) -> Vec<Group> {
        let catalogue = self.universe.catalogue();
        let (near, far) = self.near_and_far(rules, ids);
        let mut groups: Vec<Group> = Vec::new();
        let mut places: FxHashMap<(Option<usize>, Askers, bool), usize> = FxHashMap::default();
        for id in near.into_iter().flatten() {
            let resources = self.universe.resources(ActionId(id));
            let askers = if &*resources.service == "sts" {
                Askers::of(&catalogue.name(ActionId(id)).to_ascii_lowercase())
            } else {
                Askers::Anyone
            };
            // The evaluator reads a Deny of this one action in a way of its own.
            let lists_buckets = resources.star && catalogue.name(ActionId(id)) == LISTS_BUCKETS;
            let place =
                *places.entry((resources.number, askers, lists_buckets)).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(Group { actions: Actions::Known(ranges), .. }) => push(ranges, id..id + 1),
                _ => {
                    let actions = Actions::Known(one(id..id + 1));
                    let (rules, resources) = (rules.clone(), Some(resources));
                    let absent = absent.clone();
                    groups.push(Group { rules, actions, resources, askers, absent });
                }
            }
        }
        if !far.is_empty() {
            let actions = Actions::Known(far);
            let (rules, absent) = (rules.clone(), absent.clone());
            groups.push(Group { rules, actions, resources: None, askers: Askers::Anyone, absent });
        }
        groups
    }

    /// The actions whose resources some entry may tell apart, and those that none can reach:
    /// their service stands in no ARN that an entry names.
    fn near_and_far(&self, rules: &Bits, ids: &[Range<u32>]) -> (Vec<Range<u32>>, Vec<Range<u32>>) {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Default::default();
        };
        let service = |id| self.universe.catalogue().service(ActionId(id));
        if rules.intersects(&self.on_caller) || service(first.start) == service(last.end - 1) {
            return (ids.to_vec(), Vec::new());
        }
        let mut heads: Vec<&Pattern> = Vec::new();
        for (_, rule) in self.numbered(rules) {
            for entry in rule.statement.resource.iter().flat_map(Clause::entries) {
                if let ArnPattern::Arn(parts) = entry {
                    let [_, _, service, ..] = &parts.head;
                    heads.push(service);
                }
            }
        }
        heads.sort_unstable();
        heads.dedup();
        let (mut near, mut far) = (Vec::new(), Vec::new());
        let mut ids = ids.iter().cloned().peekable();
        for (service, names) in self.universe.services() {
            let reached = names.iter().any(|name| match name {
                Some(name) => heads.iter().any(|head| has_opaque(head) || head.matches(name)),
                None => true,
            });
            while let Some(range) = ids.peek_mut() {
                if range.start >= service.end {
                    break;
                }
                let here = range.start..range.end.min(service.end);
                push(if reached { &mut near } else { &mut far }, here.clone());
                range.start = here.end;
                if range.start >= range.end {
                    ids.next();
                }
            }
        }
        (near, far)
    }

    /// A group for each action that a statement names and the catalogue does not know.
    fn unknown_actions(&self) -> Vec<Group> {
        let mut named: BTreeMap<&str, &Action> = BTreeMap::new();
        for action in self.rules.iter().flat_map(|rule| &rule.unknown) {
            named.entry(action.folded()).or_insert(action);
        }
        let groups = named.values().map(|action| self.group_of(action));
        groups.filter(|group| self.left.may_allow(&group.rules)).collect()
    }
}

const LISTS_BUCKETS: &str = "s3:ListAllMyBuckets";

/// The numbers of the statements for which `is` holds.
fn numbers<'a>(rules: &[&Rule<'a>], is: impl Fn(&Rule<'a>) -> bool) -> Bits {
    rules.iter().enumerate().filter(|(_, rule)| is(rule)).map(|(number, _)| number).collect()
}
