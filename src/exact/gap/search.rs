//! The search for gaps: fixed dimensions first, then the open ones.

use super::given::About;
use super::{Block, Dependence, Found, Gap};
use crate::evaluate::{Subject, Truth, Values};
use crate::exact::bits::Bits;
use crate::exact::budget::Account;
use crate::exact::context::Fixed;
use crate::exact::language::Language;
use crate::exact::request_box::RequestBox;
use crate::exact::resource::{ResourceCell, Slots, resource_cells};
use crate::exact::search::{End, Search, Steps, caller_steps, key_steps};
use crate::exact::set::RequestSet;
use crate::exact::space::{Group, Key, Space};
use crate::exact::universe::Resources;
use crate::exact::variable::{Case, Reading, patterns, spelled};
use crate::exact::witness;
use crate::iam::{Clause, ContextKey, ContextValue, Request, RequestContext, Resource};
use crate::pattern::{ArnPattern, Pattern};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The search for the gaps of one set.
pub(super) struct Work<'s, 'a> {
    /// As written.
    set: &'s RequestSet<'a>,
    /// With values in place of variables.
    bound: &'s RequestSet<'a>,
    case: &'s Case,
    pub(super) space: Space<'s, 'a>,
    gaps: Vec<Gap>,
    unconfirmed: usize,
    pub(super) about: Vec<About>,
}

/// One needed box, and what the set says of its action.
pub(super) struct Needed<'n> {
    number: usize,
    pub(super) needed: &'n RequestBox,
    pub(super) group: Group,
}

/// How the requests on one cell of resources fare.
#[derive(Default)]
struct Outcome {
    gaps: Vec<Gap>,
    /// Whether one of the gaps depends on nothing.
    is_hard: bool,
}

impl<'s, 'a> Work<'s, 'a> {
    pub(super) fn new(
        set: &'s RequestSet<'a>,
        bound: &'s RequestSet<'a>,
        case: &'s Case,
        account: Account,
    ) -> Self {
        let mut space = Space::new(bound, None, account);
        space.reading = Reading { known: BTreeMap::new(), ..case.reading(Bits::EMPTY) };
        Self { set, bound, case, space, gaps: Vec::new(), unconfirmed: 0, about: Vec::new() }
    }

    /// Hands over what was found, and what is left of the budget.
    pub(super) fn close(self, found: &mut Found) -> Account {
        found.gaps.extend(self.gaps);
        found.unconfirmed += self.unconfirmed;
        self.space.account
    }

    pub(super) fn look(&mut self, number: usize, needed: &RequestBox) {
        let group = self.space.group_of(&needed.action);
        let needed = &*self.carried(needed);
        let task = Needed { number, needed, group };
        if self.is_given(&task) {
            return;
        }
        let cells = self.cells(&task);
        let mut at = 0;
        while let Some(cell) = cells.get(at) {
            // Cells that differ only in what was assumed about variables lie side by side.
            let same = |other: &&ResourceCell| other.assumed && other.resource == cell.resource;
            let more = cells.iter().skip(at + 1).take_while(same).count();
            let ways = cells.get(at..=at + more).unwrap_or_default();
            at += 1 + more;
            let outcomes: Vec<Outcome> = ways.iter().map(|way| self.fare(&task, way)).collect();
            self.join(ways, outcomes);
            if self.gaps.len() >= self.space.account.budget.leaves {
                self.space.account.overrun(None, "there are more gaps than the budget has");
                return;
            }
        }
    }

    /// The needed requests without the keys that no request for their action carries.
    fn carried<'n>(&self, needed: &'n RequestBox) -> Cow<'n, RequestBox> {
        let universe = self.space.universe;
        let Some(id) = universe.catalogue().find(needed.action.text()) else {
            return Cow::Borrowed(needed);
        };
        let never =
            |key: &&Key| key.domain.is_unlisted(universe, id) && needed.fixed(&key.key).is_none();
        let keys = self.space.keys.iter().filter(never);
        let absent: Vec<_> = keys.map(|key| (key.key.clone(), Fixed::Absent)).collect();
        let mut needed = Cow::Borrowed(needed);
        if !absent.is_empty() {
            needed.to_mut().fixed.extend(absent);
        }
        needed
    }

    /// The cells of the needed resources.
    fn cells(&mut self, task: &Needed<'_>) -> Vec<ResourceCell> {
        let Some(resources) = task.group.resources.clone() else { return Vec::new() };
        let rules = self.space.numbered(&task.group.rules);
        let within = match &task.needed.resource {
            ArnPattern::Any => None,
            arn @ ArnPattern::Arn(_) => Some(Language::of_arn(arn)),
        };
        let star = resources.star && (within.is_none() || resources.formats.is_empty());
        let on_star = star.then(|| self.space.on_star(&rules, &task.group.actions));
        let Space { left, unconditional, account, reading, entries, .. } = &mut self.space;
        let slots = Slots::new(&rules, &resources, within.as_ref(), reading, entries);
        let mut settled = false;
        let seen = std::cell::Cell::new(false);
        let cells = resource_cells(&slots, on_star, account, &|possible, certain| {
            let sure = left.surely_allows(possible, &certain.intersection(unconditional));
            seen.set(seen.get() | sure);
            sure
        });
        settled |= seen.get();
        if cells.is_empty() && !settled {
            let action = &task.needed.action;
            let resource = &task.needed.resource;
            account.overrun(None, &format!("`{resource}` is nothing that `{action}` acts on"));
        }
        cells
    }

    /// Takes in how one cell fares in each of the ways that variables may turn out.
    fn join(&mut self, ways: &[ResourceCell], mut outcomes: Vec<Outcome>) {
        let hard = outcomes.iter().all(|outcome| outcome.is_hard);
        if ways.len() == 1 || hard {
            self.gaps.extend(outcomes.drain(..).take(1).flat_map(|outcome| outcome.gaps));
            return;
        }
        // Some values of the variables let the requests through, others do not.
        let Some(mut gap) = outcomes.into_iter().find_map(|o| o.gaps.into_iter().next()) else {
            return;
        };
        let common = ways.iter().map(|w| w.rules.clone()).reduce(|a, b| a.intersection(&b));
        let all = ways.iter().fold(Bits::default(), |all, way| all.union(&way.rules));
        let differing = all.without(&common.unwrap_or_default());
        gap.depends_on = self.variables(&differing);
        self.gaps.push(gap);
    }

    /// How the requests on one cell fare.
    fn fare(&mut self, task: &Needed<'_>, cell: &ResourceCell) -> Outcome {
        let mut outcome = Outcome::default();
        let certain = cell.rules.intersection(&self.space.unconditional);
        if !cell.assumed && self.space.left.surely_allows(&cell.rules, &certain) {
            return outcome;
        }
        let Some(probe) = self.probe(task, cell) else {
            self.space.account.overrun(None, "a needed resource has no readable form");
            return outcome;
        };
        let fixed: Vec<Option<Fixed>> =
            self.space.keys.iter().map(|key| fixed(task.needed, &probe, &key.key)).collect();
        let mut known = Search::new(&cell.rules, cell.assumed);
        if probe.caller.is_some() {
            self.ask(&mut known, task, &probe);
        }
        for (key, value) in fixed.iter().enumerate().filter(|(_, value)| value.is_some()) {
            self.step(&mut known, key, value.as_ref());
        }
        let ends: Vec<(Bits, RequestContext)> =
            known.ends().map(|end| (end.rules.clone(), end.request().1)).collect();
        for (rules, context) in ends {
            let mut open = Search::new(&rules, false);
            if probe.caller.is_none() {
                self.ask(&mut open, task, &probe);
            }
            for (key, _) in fixed.iter().enumerate().filter(|(_, value)| value.is_none()) {
                self.step(&mut open, key, None);
            }
            let point = Point { task, cell, probe: &probe, known: &context };
            let found = self.judge(&point, &open);
            outcome.is_hard |= found.as_ref().is_some_and(|gap| gap.depends_on.is_empty());
            outcome.gaps.extend(found);
        }
        outcome
    }

    fn ask(&mut self, search: &mut Search, task: &Needed<'_>, probe: &Request) {
        let on = self.space.on_caller.clone();
        if search.alive().intersects(&on) {
            let rules = search.alive();
            let askers = task.group.askers;
            let steps = caller_steps(&self.space, &rules, askers, probe.caller.as_ref(), probe);
            self.go_on(search, &on, &steps);
        }
    }

    fn step(&mut self, search: &mut Search, key: usize, fixed: Option<&Fixed>) {
        let alive = search.alive();
        if self.space.keys.get(key).is_some_and(|key| key.on.intersects(&alive)) {
            let (on, steps) = key_steps(&mut self.space, key, &alive, fixed);
            self.go_on(search, &on, &steps);
        }
    }

    fn go_on(&mut self, search: &mut Search, on: &Bits, steps: &Steps) {
        let most = self.space.account.budget.combinations;
        if !search.step(on, steps, most, &|_| true) {
            self.space
                .account
                .overrun(None, "there are more combinations of statements than the budget has");
        }
        self.space.account.spend(steps.len());
    }

    /// Whether the open keys let requests through that agree in everything else.
    fn judge(&mut self, point: &Point<'_>, open: &Search) -> Option<Gap> {
        let left = &self.space.left;
        let is_through = |end: &End<'_>| left.allows(end.rules);
        let through: Vec<End<'_>> = open.ends().filter(is_through).collect();
        // The nearest miss tells most: as few layers as possible stop it, none of them by a Deny.
        let nearness = |end: &End<'_>| {
            let perhaps = left.perhaps_allows(end.rules);
            (perhaps, left.denies(end.rules), left.blocking(end.rules).len(), end.assumed)
        };
        let stopped = open.ends().filter(|end| !is_through(end)).min_by_key(nearness)?;
        let generic = point.request(&stopped);
        let stops = |witness: &Request| self.set.decide(witness).is_false();
        let concrete = self.case.concrete(&generic, &[]).find(stops);
        let is_stopped = concrete.is_some() || stopped.assumed || point.cell.assumed;
        let witness = concrete.or_else(|| self.case.concrete(&generic, &[]).next())?;
        if !is_stopped {
            self.unconfirmed += 1;
            let because = match self.set.decide(&witness) {
                Truth::Unknown(why) => format!(": {why}"),
                _ => String::new(),
            };
            self.space.account.note(
                self.space.doubtful(stopped.rules),
                &format!(
                    "`{}` on `{}` may not be allowed, but no request was found that proves it{because}",
                    witness.action, witness.resource
                ),
            );
            return None;
        }
        let blocked_by = Block::new(
            self.bound,
            &self.space,
            stopped.rules,
            &point.cell.rules,
            &point.task.group.rules,
        );
        let depends_on = through
            .iter()
            .map(|end| self.dependence(point, &generic, &stopped, end))
            .min_by_key(Vec::len)
            .unwrap_or_default();
        Some(Gap { needed: point.task.number, witness, blocked_by, depends_on })
    }

    /// The fewest keys of a request that gets through on which it has to differ from one that
    /// does not.
    fn dependence(
        &self,
        point: &Point<'_>,
        stopped: &Request,
        stopped_end: &End<'_>,
        end: &End<'_>,
    ) -> Vec<Dependence> {
        let mut through = point.request(end);
        if end.assumed || stopped_end.assumed || point.cell.assumed {
            let (a, b) = (stopped_end.rules, end.rules);
            return self.variables(&a.union(b).without(&a.intersection(b)));
        }
        let keys = self.space.keys.iter().map(|key| &key.key);
        let value =
            |request: &Request, key: &ContextKey| request.context.get(key.folded()).cloned();
        let mut depends_on = Vec::new();
        for key in keys {
            let (wanted, had) = (value(&through, key), value(stopped, key));
            if wanted == had {
                continue;
            }
            let kept = through.context.clone();
            through.context = with(&kept, key, had);
            if !self.bound.decide(&through).is_true() {
                through.context = kept;
                depends_on.push(Dependence {
                    key: key.clone(),
                    through: wanted.map(|value| self.case.concrete_value(&value)),
                    is_variable: false,
                });
            }
        }
        depends_on
    }

    /// The keys of the policy variables in these statements; of all, where they have none and the
    /// variables are those of what is needed.
    fn variables(&self, rules: &Bits) -> Vec<Dependence> {
        let all = self.set.layers().iter().flat_map(|layer| &layer.rules).enumerate();
        let rules = all.filter(|(number, _)| rules.contains(*number));
        let patterns = rules.flat_map(|(_, rule)| patterns(&rule.statement));
        let mut keys: Vec<ContextKey> = patterns
            .flat_map(Pattern::variables)
            .map(|v| ContextKey::new(&spelled(&v.key)))
            .collect();
        if keys.is_empty() {
            keys.extend(self.case.open_keys().cloned());
        }
        keys.sort();
        keys.dedup();
        let depends = |key| Dependence { key, through: None, is_variable: true };
        keys.into_iter().map(depends).collect()
    }

    /// A request of the cell that carries nothing yet.
    fn probe(&self, task: &Needed<'_>, cell: &ResourceCell) -> Option<Request> {
        let resources = task.group.resources.as_ref()?;
        let rules = self.space.numbered(&task.group.rules);
        let clauses = rules.iter().filter_map(|(_, rule)| rule.statement.resource.as_ref());
        let mut entries: Vec<&ArnPattern> = clauses.flat_map(Clause::entries).collect();
        entries.push(&task.needed.resource);
        Some(Request {
            caller: task.needed.caller.clone().or_else(|| self.set.caller().cloned()),
            action: task.needed.action.clone(),
            resource: resource(cell, resources, &entries)?,
            resource_account: self
                .set
                .owner(self.space.left.governing(&cell.rules))
                .or(task.needed.resource_account),
            context: RequestContext::default(),
        })
    }
}

fn resource(cell: &ResourceCell, of: &Resources, entries: &[&ArnPattern]) -> Option<Resource> {
    if cell.resource == "*" {
        return Resource::parse("*").ok();
    }
    witness::readable(&cell.resource, of, entries)
}

/// Requests that agree in all but the open keys.
struct Point<'p> {
    task: &'p Needed<'p>,
    cell: &'p ResourceCell,
    probe: &'p Request,
    /// The values of the fixed keys.
    known: &'p RequestContext,
}

impl Point<'_> {
    fn request(&self, end: &End<'_>) -> Request {
        let (caller, open) = end.request();
        let all = self.known.iter().chain(open.iter());
        Request {
            caller: caller.or_else(|| self.probe.caller.clone()),
            context: all.map(|(key, value)| (key.clone(), value.clone())).collect(),
            ..self.probe.clone()
        }
    }
}

/// What is known of a key before a resource is: from the call, or from the caller.
pub(super) fn fixed_key(needed: &RequestBox, key: &ContextKey) -> Option<Fixed> {
    let probe = Request {
        caller: needed.caller.clone(),
        action: needed.action.clone(),
        resource: Resource::parse("*").ok()?,
        resource_account: needed.resource_account,
        context: RequestContext::default(),
    };
    fixed(needed, &probe, key)
}

/// What is known of a key: from the call, or from the caller and the resource.
fn fixed(needed: &RequestBox, probe: &Request, key: &ContextKey) -> Option<Fixed> {
    needed.fixed(key).cloned().or_else(|| match Subject::new(probe).values(key.folded()) {
        Values::One(value) => Some(Fixed::Equals(value.to_owned())),
        _ => None,
    })
}

/// `context` with one key set or taken away.
fn with(context: &RequestContext, key: &ContextKey, value: Option<ContextValue>) -> RequestContext {
    let others = context.iter().filter(|(known, _)| *known != key);
    let others = others.map(|(known, value)| (known.clone(), value.clone()));
    others.chain(value.map(|value| (key.clone(), value))).collect()
}
