//! What a wildcard will grant of actions that AWS has yet to add.
//!
//! Two policies can allow the same today and differ tomorrow: `s3:*` also takes every action that
//! AWS adds to S3. The names that the catalogue does not know are cut into cells like any other
//! texts, by an automaton over the patterns of actions; each cell is a group with one action for
//! all of them, which may act on any resource.

use super::bits::Bits;
use super::budget::{Budget, Exactness, Limit};
use super::comparison::Comparison;
use super::language::{Language, partition};
use super::set::{RequestSet, Rule, Say, StatementRef};
use super::space::{Actions, Group, Space};
use super::universe::Resources;
use crate::evaluate::Askers;
use crate::iam::{Action, ActionPattern, Clause, Request};
use crate::pattern::Pattern;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What one set grants of actions that are yet to come, and another does not.
#[derive(Clone, Debug)]
pub struct Future {
    /// The grants, in the order of their patterns.
    pub grants: Vec<FutureGrant>,
    /// Whether these are all.
    pub exactness: Exactness,
    /// Why not, if not.
    pub limits: Vec<Limit>,
}

impl Future {
    /// Whether it is proven that there is none.
    #[must_use]
    pub fn is_proven_empty(&self) -> bool {
        self.grants.is_empty() && self.exactness == Exactness::Exact
    }
}

/// What AWS adds under these patterns of actions is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FutureGrant {
    /// The patterns, as the statements write them: `s3:*`. All actions but some, where the
    /// statement has a `NotAction`, are written `*`.
    pub patterns: Vec<String>,
    /// The statements.
    pub allowed_by: Vec<StatementRef>,
    /// One of the requests, for an action that does not exist. The evaluator has confirmed it
    /// against both sets.
    pub witness: Request,
}

/// What `left` grants of actions that the catalogue does not know and no statement names in full,
/// and `right` does not. Of today's actions [`difference`](super::difference) speaks.
#[must_use]
pub fn future<'a>(left: &RequestSet<'a>, right: &RequestSet<'a>, budget: Budget) -> Future {
    let mut comparison = Comparison::new(left, right, budget).of_the_future();
    comparison.run(usize::MAX);
    let rules: Vec<&Rule<'a>> = left.layers().iter().flat_map(|layer| &layer.rules).collect();
    let patterns = |action: &Action, allowed_by: &[StatementRef]| {
        let mut patterns: Vec<String> = rules
            .iter()
            .filter(|rule| rule.allows() && rule.names(action))
            .filter(|rule| allowed_by.contains(&rule.reference()))
            .flat_map(|rule| match &rule.statement.action {
                Clause::Is(entries) => entries
                    .iter()
                    .filter(|entry| entry.matches(action))
                    .map(|entry| entry.text().to_owned())
                    .collect(),
                Clause::Not(_) => vec!["*".to_owned()],
            })
            .collect();
        patterns.sort();
        patterns.dedup();
        patterns
    };
    let found = comparison.close();
    let mut grants: Vec<FutureGrant> = Vec::new();
    for leaf in found.leaves {
        let patterns = patterns(&leaf.witness.action, &leaf.allowed_by);
        let is_known =
            |grant: &FutureGrant| grant.patterns == patterns && grant.allowed_by == leaf.allowed_by;
        if !grants.iter().any(is_known) {
            let (allowed_by, witness) = (leaf.allowed_by, leaf.witness);
            grants.push(FutureGrant { patterns, allowed_by, witness });
        }
    }
    grants.sort_by(|a, b| (&a.patterns, &a.allowed_by).cmp(&(&b.patterns, &b.allowed_by)));
    Future { grants, exactness: found.exactness, limits: found.limits }
}

/// So many times actions of the catalogue are taken out, before the rest is given up.
const MOST_ROUNDS: usize = 24;

impl Space<'_, '_> {
    /// A group for each set of statements that match some action which is yet to come, but for
    /// those that the left set cannot allow.
    pub(crate) fn future_groups(&mut self) -> Vec<Group> {
        let wild = |rule: &&Rule<'_>| match &rule.statement.action {
            Clause::Is(entries) => entries.iter().any(|entry| entry.as_literal().is_none()),
            Clause::Not(_) => true,
        };
        let wild: Bits =
            (0..).zip(&self.rules).filter(|(_, rule)| wild(rule)).map(|(n, _)| n).collect();
        if !self.left.may_allow(&wild) {
            return Vec::new();
        }
        if let Some(rule) = self.rules.iter().find(|rule| rule.say == Say::RcpServices) {
            self.account.overrun(
                Some(rule.reference()),
                "it is about some services alone, and actions to come are of any",
            );
        }
        // What a statement names in full is no action to come, known or not.
        let entries = self.rules.iter().flat_map(|rule| rule.statement.action.entries());
        let mut taken: BTreeSet<String> = entries.filter_map(ActionPattern::as_literal).collect();
        for _ in 0..MOST_ROUNDS {
            let (groups, known) = self.future_cells(&taken);
            if known.is_empty() {
                return groups;
            }
            taken.extend(known);
        }
        self.account.overrun(None, "its patterns of actions leave too few that are yet to come");
        Vec::new()
    }

    /// The groups of all actions but those that are `taken`, and actions that turned out to be of
    /// the catalogue.
    fn future_cells(&mut self, taken: &BTreeSet<String>) -> (Vec<Group>, Vec<String>) {
        let (any, out) = (self.rules.len(), self.rules.len() + 1);
        let mut languages = vec![(Language::of_action_names(), Bits::of(any))];
        languages.extend(taken.iter().map(|name| (Language::literal(name), Bits::of(out))));
        for (number, rule) in self.rules.iter().enumerate() {
            let entries = rule.statement.action.entries().iter();
            for entry in entries.filter(|entry| entry.as_literal().is_none()) {
                let language = Language::of_pattern(&folded(entry));
                match languages.iter_mut().find(|(known, _)| *known == language) {
                    Some((_, slots)) => slots.insert(number),
                    None => languages.push((language, Bits::of(number))),
                }
            }
        }
        let matching = |matches: &dyn Fn(usize, bool) -> bool| -> Bits {
            let rules = self.rules.iter().enumerate();
            let is =
                |(n, rule): &(usize, &&Rule<'_>)| matches(*n, rule.statement.action.is_negated());
            rules.filter(is).map(|(number, _)| number).collect()
        };
        let left = &self.left;
        let found = partition(&languages, self.account.budget.states, &|possible, certain| {
            let at_most = matching(&|n, not| {
                if not { !certain.contains(n) } else { possible.contains(n) }
            });
            !possible.contains(any) || certain.contains(out) || !left.may_allow(&at_most)
        });
        let mut groups = Vec::new();
        let mut known = Vec::new();
        let mut unreadable = false;
        for cell in &found.cells {
            if !cell.slots.contains(any) || cell.slots.contains(out) {
                continue;
            }
            let rules = matching(&|n, not| cell.slots.contains(n) != not);
            if !left.may_allow(&rules) {
                continue;
            }
            let Ok(action) = Action::parse(&cell.witness) else {
                unreadable = true;
                continue;
            };
            if self.universe.catalogue().find(action.folded()).is_some() {
                known.push(action.folded().to_owned());
                continue;
            }
            // A statement about some services alone has a say only where this is of one of them.
            let named = self.numbered(&rules);
            let rules = named.iter().filter(|(_, r)| r.names(&action)).map(|(n, _)| *n).collect();
            let action = self.readable_action(action, &rules);
            let resources = Some(Arc::new(Resources::unknown()));
            let actions = Actions::Unknown(action);
            let (askers, absent) = (Askers::Anyone, Bits::EMPTY);
            groups.push(Group { rules, actions, resources, askers, absent });
        }
        self.account.spend(found.states);
        if !found.complete || unreadable {
            self.account
                .overrun(None, "its patterns of actions need more states than the budget has");
        }
        (groups, known)
    }

    /// An action that the same statements match, and that a reader knows for an example.
    fn readable_action(&self, raw: Action, rules: &Bits) -> Action {
        let entries = self.numbered(rules);
        let entries = entries.iter().flat_map(|(_, rule)| rule.statement.action.entries());
        let filled = entries.filter(|entry| entry.matches(&raw)).map(|entry| {
            let text = if entry.is_any() { "example:Action" } else { entry.text() };
            text.replace('*', "Example").replace('?', "X")
        });
        let fits = |action: &Action| {
            self.universe.catalogue().find(action.folded()).is_none()
                && self.rules.iter().enumerate().all(|(n, r)| r.names(action) == rules.contains(n))
        };
        let plain = format!("{}:Example", raw.service());
        let mut filled = filled.chain([plain]).filter_map(|text| Action::parse(&text).ok());
        filled.find(fits).unwrap_or(raw)
    }
}

/// An entry as a pattern of whole names in lower case.
fn folded(entry: &ActionPattern) -> Pattern {
    match entry.service() {
        None => Pattern::glob("*"),
        Some(service) => Pattern::glob(&format!("{service}:{}", entry.name())),
    }
}
