//! Sets of requests as policies describe them: layers of documents.

use super::language::Language;
use super::layers::{Layers, Principal, TRUST_ACTIONS};
use super::ranges::push;
use super::universe::Universe;
use super::variable::patterns;
use crate::catalogue::Catalogue;
use crate::evaluate::{Naming, Truth, matches};
use crate::iam::{
    AccountId, Action, ActionPattern, Caller, Clause, Effect, Layer, PolicyDocument, Request,
    Statement,
};
use crate::pattern::{ArnPattern, Pattern};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A policy document and what reports call it.
#[derive(Clone, Debug)]
pub struct NamedPolicy<'a> {
    /// `inline:objects`, an ARN, a file name.
    pub name: &'a str,
    /// The document.
    pub document: &'a PolicyDocument,
}

/// Where a statement stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementRef {
    /// In which layer.
    pub layer: Layer,
    /// On which level from the root to the account, in an organization's policies.
    pub level: Option<usize>,
    /// In which policy, by its name.
    pub policy: String,
    /// At which position in the document, from 0.
    pub index: usize,
    /// Under which name.
    pub sid: Option<String>,
}

impl StatementRef {
    /// Whether no policy has it: AWS itself allows so much.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.policy == super::layers::ROOT
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`, statement {}", self.layer, self.policy, self.index)?;
        match &self.sid {
            Some(sid) => write!(f, " `{sid}`"),
            None => Ok(()),
        }
    }
}

/// The requests that layers of policies allow.
#[derive(Clone, Debug)]
pub struct RequestSet<'a> {
    universe: &'a Universe<'a>,
    layers: Vec<RuleLayer<'a>>,
    /// Whose layers these are, where they combine as those of one principal.
    principal: Option<Principal<'a>>,
}

impl<'a> RequestSet<'a> {
    /// What the intersection of `layers` allows.
    ///
    /// A request is allowed if in every layer some statement allows it and none denies it; a layer
    /// without policies allows nothing. Each level of service or resource control policies is a
    /// layer of its own. The policies of a principal combine otherwise where resources have
    /// policies too: see [`RequestSet::of_principal`].
    #[must_use]
    pub fn new(
        universe: &'a Universe<'a>,
        layers: impl IntoIterator<Item = (Layer, Vec<NamedPolicy<'a>>)>,
    ) -> Self {
        let layers = layers
            .into_iter()
            .map(|(layer, policies)| RuleLayer::gate(universe.catalogue(), layer, &policies));
        Self { universe, layers: layers.collect(), principal: None }
    }

    /// What the policies of one principal and of the resources it uses allow together, by the
    /// rules of [`crate::evaluate`] for the same and for another account.
    #[must_use]
    pub fn of_principal(universe: &'a Universe<'a>, layers: &Layers<'a>) -> Self {
        let (principal, layers) = layers.prepared(universe.catalogue());
        Self { universe, layers, principal: Some(principal) }
    }

    /// What is left of the set by one more layer, which has to allow as well.
    #[must_use]
    pub fn within(mut self, layer: Layer, policies: &[NamedPolicy<'a>]) -> Self {
        self.layers.push(RuleLayer::gate(self.universe.catalogue(), layer, policies));
        self
    }

    /// What one document, alone in its layer, allows.
    #[must_use]
    pub fn of_document(
        universe: &'a Universe<'a>,
        layer: Layer,
        name: &'a str,
        document: &'a PolicyDocument,
    ) -> Self {
        Self::new(universe, [(layer, vec![NamedPolicy { name, document }])])
    }

    /// What `statements` allow; reports call their policy `name`.
    pub(crate) fn of_statements(
        universe: &'a Universe<'a>,
        layer: Layer,
        name: &'a str,
        statements: Vec<Statement>,
    ) -> Self {
        let none = Self { universe, layers: Vec::new(), principal: None };
        none.within_statements(layer, name, statements)
    }

    /// What is left of the set by one more layer of statements, which have to allow as well.
    pub(crate) fn within_statements(
        mut self,
        layer: Layer,
        name: &'a str,
        statements: Vec<Statement>,
    ) -> Self {
        let catalogue = self.universe.catalogue();
        let rule =
            |(index, statement)| Rule::new(catalogue, layer, name, index, Cow::Owned(statement));
        let rules = statements.into_iter().enumerate().map(rule).collect();
        let part = Part::Filter;
        self.layers.push(RuleLayer { layer, level: None, policies: vec![name], part, rules });
        self
    }

    /// Whether the set holds `request`, by the evaluator's reading of each statement.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Truth {
        let own = self.principal.as_ref().map_or(Truth::True, |own| own.decide(request));
        // A principal's own layers have been looked at.
        let is_other =
            |layer: &&RuleLayer<'_>| self.principal.is_none() || matches!(layer.part, Part::Filter);
        Truth::all(std::iter::once(own).chain(self.layers.iter().filter(is_other).map(|layer| {
            let any = |allows: bool| {
                let rules = layer.rules.iter().filter(|rule| rule.allows() == allows);
                Truth::any(rules.map(|rule| matches(&rule.statement, request)))
            };
            any(false).negate().and(any(true))
        })))
    }

    /// Whose requests these are, where that is known.
    pub(crate) fn caller(&self) -> Option<&Caller> {
        self.principal.as_ref()?.caller()
    }

    /// The account that owns the resource whose policy is a layer of the set.
    pub(crate) fn owner(&self, layer: Option<usize>) -> Option<AccountId> {
        match self.layers.get(layer?)?.part {
            Part::Resource(at) => self.principal.as_ref()?.governed(at)?.owner,
            _ => None,
        }
    }

    /// Whether a statement of the layer has to match whatever the set allows.
    pub(crate) fn has_to_allow(&self, layer: &RuleLayer<'_>) -> bool {
        // A resource policy may allow what no other policy does.
        let is_governed = || self.layers.iter().any(|l| matches!(l.part, Part::Resource(_)));
        match layer.part {
            Part::Filter => true,
            Part::Gate(binds) => binds.is_true(),
            Part::Identity | Part::Session => !is_governed(),
            Part::Boundary(binds) => binds.is_true() && !is_governed(),
            Part::Resource(_) | Part::Denies(_) | Part::Always => false,
        }
    }

    /// Whose policies these are, where they are a principal's.
    pub(crate) fn principal(&self) -> Option<&Principal<'a>> {
        self.principal.as_ref()
    }

    /// The set with each statement changed.
    pub(crate) fn with_rules(&self, change: impl Fn(&Rule<'a>) -> Rule<'a>) -> Self {
        let layers = self.layers.iter().map(|layer| RuleLayer {
            rules: layer.rules.iter().map(&change).collect(),
            policies: layer.policies.clone(),
            ..*layer
        });
        let principal = self.principal.clone();
        Self { universe: self.universe, layers: layers.collect(), principal }
    }

    pub(crate) fn universe(&self) -> &'a Universe<'a> {
        self.universe
    }

    pub(crate) fn layers(&self) -> &[RuleLayer<'a>] {
        &self.layers
    }
}

/// The statements of one layer.
#[derive(Clone, Debug)]
pub(crate) struct RuleLayer<'a> {
    pub(crate) layer: Layer,
    /// The level from the root to the account, in an organization's policies.
    pub(crate) level: Option<usize>,
    /// The names of its policies.
    pub(crate) policies: Vec<&'a str>,
    pub(crate) part: Part,
    pub(crate) rules: Vec<Rule<'a>>,
}

/// What part a layer has in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// It has to allow, whatever the other layers say.
    Filter,
    /// The same, for a principal whom it binds.
    Gate(Truth),
    /// The identity policies of a principal.
    Identity,
    /// Its permissions boundary, if that binds it.
    Boundary(Truth),
    /// Its session policies.
    Session,
    /// The policy of a resource: the first rule tells which requests it governs.
    Resource(usize),
    /// It denies and never allows, if it binds the principal.
    Denies(Truth),
    /// What AWS allows to everyone.
    Always,
}

impl<'a> RuleLayer<'a> {
    /// A layer that has to allow.
    fn gate(catalogue: &Catalogue, layer: Layer, policies: &[NamedPolicy<'a>]) -> Self {
        let rules = policies.iter().flat_map(|policy| {
            policy.document.statements.iter().enumerate().map(|(index, statement)| {
                let statement = Cow::Borrowed(statement);
                let mut rule = Rule::new(catalogue, layer, policy.name, index, statement);
                if layer == Layer::TrustPolicy {
                    rule.keep_trust_actions(catalogue);
                }
                rule
            })
        });
        let rules = rules.collect();
        let policies = policies.iter().map(|policy| policy.name).collect();
        Self { layer, level: None, policies, part: Part::Filter, rules }
    }
}

/// One statement, made ready for comparisons.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) statement: Cow<'a, Statement>,
    pub(crate) layer: Layer,
    pub(crate) level: Option<usize>,
    policy: &'a str,
    index: usize,
    /// The actions of the catalogue, as sorted ranges of ids.
    pub(crate) ids: Vec<Range<u32>>,
    /// The actions that it names and the catalogue does not know.
    pub(crate) unknown: Vec<Action>,
    /// The resource entries, where they tell resources apart.
    pub(crate) resources: Vec<Language>,
    /// Whether it is about what is no ARN: the resource `*`.
    pub(crate) on_star: bool,
    /// Whether policy variables stand in it.
    pub(crate) varies: bool,
    /// How closely it names the principal whose set this is. Its `Principal` is then gone.
    pub(crate) naming: Naming,
    /// Of which actions its policy has a say.
    pub(crate) say: Say,
}

/// Of which actions a policy has a say, whatever its statements name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// Of all.
    Everything,
    /// Of those of the services that RCPs cover.
    RcpServices,
    /// Of those that a role's trust policy decides about.
    Trust,
}

impl Say {
    /// Whether it has one of an action that the catalogue does not know.
    fn of(self, action: &Action) -> bool {
        match self {
            Self::Everything => true,
            Self::RcpServices => Catalogue::embedded().rcp_supported(action.service()),
            Self::Trust => action.service() == "sts",
        }
    }
}

impl<'a> Rule<'a> {
    pub(crate) fn new(
        catalogue: &Catalogue,
        layer: Layer,
        policy: &'a str,
        index: usize,
        statement: Cow<'a, Statement>,
    ) -> Self {
        let (ids, unknown) = ids(catalogue, &statement.action);
        let (resources, on_star) = resources(&statement);
        let varies = patterns(&statement).any(Pattern::has_variables);
        let naming = Naming { direct: Truth::True, ..Naming::NOBODY };
        Self {
            statement,
            layer,
            level: None,
            policy,
            index,
            ids,
            unknown,
            resources,
            on_star,
            varies,
            naming,
            say: Say::Everything,
        }
    }

    /// The same statement of the same actions with other elements.
    pub(crate) fn with(&self, statement: Statement) -> Self {
        let (resources, on_star) = resources(&statement);
        let varies = patterns(&statement).any(Pattern::has_variables);
        Self { statement: Cow::Owned(statement), resources, on_star, varies, ..self.clone() }
    }

    pub(crate) fn allows(&self) -> bool {
        self.statement.effect == Effect::Allow
    }

    /// Whether it allows the list of all buckets by an ARN, though that action acts on none.
    pub(crate) fn allows_buckets_by_arn(&self) -> bool {
        let lists = |entry: &ActionPattern| {
            entry.service() == Some("s3") && entry.name().matches("listallmybuckets")
        };
        let resources = match &self.statement.resource {
            Some(Clause::Is(entries)) => entries.as_slice(),
            _ => &[],
        };
        self.allows()
            && !self.on_star
            && matches!(&self.statement.action, Clause::Is(entries) if entries.iter().any(lists))
            && resources.iter().any(|entry| entry.text() == "arn:aws:s3:::*")
    }

    /// Whether it matches whoever asks, in whatever context.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.statement.conditions.is_empty() && self.statement.principal.is_none()
    }

    /// Whether it names the resources that it is *not* about.
    pub(crate) fn excludes_resources(&self) -> bool {
        self.statement.resource.as_ref().is_some_and(Clause::is_negated)
    }

    pub(crate) fn reference(&self) -> StatementRef {
        StatementRef {
            layer: self.layer,
            level: self.level,
            policy: self.policy.to_owned(),
            index: self.index,
            sid: self.statement.sid.clone(),
        }
    }

    /// Takes some actions out, given in lower case.
    pub(crate) fn forget_actions(&mut self, catalogue: &Catalogue, names: &[&str]) {
        for id in names.iter().filter_map(|name| catalogue.find(name)) {
            let around = |range: &Range<u32>| {
                [range.start..range.end.min(id.0), range.start.max(id.0 + 1)..range.end]
            };
            let parts = self.ids.iter().flat_map(around).filter(|range| range.start < range.end);
            self.ids = parts.collect();
        }
    }

    /// Leaves only the actions of services that RCPs cover.
    pub(crate) fn keep_rcp_services(&mut self, catalogue: &Catalogue) {
        let services = catalogue.services().filter(|service| catalogue.rcp_supported(service));
        let mut kept: Vec<Range<u32>> = Vec::new();
        for service in services.map(|service| catalogue.service_range(service)) {
            let common = |own: &Range<u32>| own.start.max(service.start)..own.end.min(service.end);
            kept.extend(self.ids.iter().map(common).filter(|range| range.start < range.end));
        }
        kept.sort_unstable_by_key(|range| range.start);
        self.ids = kept;
        self.say = Say::RcpServices;
    }

    /// Leaves only the actions that a trust policy decides about.
    fn keep_trust_actions(&mut self, catalogue: &Catalogue) {
        let of_trust = |range: &Range<u32>| {
            let ids = TRUST_ACTIONS.iter().filter_map(|name| catalogue.find(name));
            let within = ids.map(|id| id.0).filter(|id| range.contains(id)).collect::<Vec<u32>>();
            within.into_iter().map(|id| id..id + 1)
        };
        let mut ids: Vec<Range<u32>> = self.ids.iter().flat_map(of_trust).collect();
        ids.sort_unstable_by_key(|range| range.start);
        self.ids.clear();
        ids.into_iter().for_each(|range| push(&mut self.ids, range));
        self.say = Say::Trust;
        self.unknown.retain(|action| self.say.of(action));
    }

    /// Whether an action that the catalogue does not know is one of its.
    pub(crate) fn names(&self, action: &Action) -> bool {
        let clause = &self.statement.action;
        let named =
            clause.entries().iter().any(|entry| entry.matches(action)) != clause.is_negated();
        named && self.say.of(action)
    }
}

/// The entries of a statement's resources, where they tell resources apart, and whether it is about
/// the resource `*`.
fn resources(statement: &Statement) -> (Vec<Language>, bool) {
    match &statement.resource {
        None => (Vec::new(), true),
        Some(clause) if clause.entries().contains(&ArnPattern::Any) => {
            (Vec::new(), !clause.is_negated())
        }
        Some(clause) => {
            (clause.entries().iter().map(Language::of_arn).collect(), clause.is_negated())
        }
    }
}

/// The actions of a clause: those of the catalogue as sorted ranges that neither overlap nor touch,
/// and those that it names in full and the catalogue does not know.
fn ids(catalogue: &Catalogue, clause: &Clause<ActionPattern>) -> (Vec<Range<u32>>, Vec<Action>) {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    let mut unknown = Vec::new();
    for entry in clause.entries() {
        let found = catalogue.expand(entry);
        if found.is_empty() && entry.as_literal().is_some() {
            unknown.extend(Action::parse(entry.text()));
        }
        ranges.extend(found);
    }
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    ranges.into_iter().for_each(|range| push(&mut merged, range));
    if !clause.is_negated() {
        return (merged, unknown);
    }
    let mut from = 0;
    let mut others = Vec::with_capacity(merged.len() + 1);
    for range in merged {
        others.push(from..range.start);
        from = range.end;
    }
    others.push(from..catalogue.len());
    others.retain(|range| range.start < range.end);
    (others, unknown)
}
