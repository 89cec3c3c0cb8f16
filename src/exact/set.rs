//! Sets of requests as policies describe them: layers of documents.

use super::language::Language;
use super::universe::Universe;
use crate::catalogue::Catalogue;
use crate::evaluate::{Truth, matches};
use crate::iam::{
    Action, ActionPattern, Clause, Effect, Layer, PolicyDocument, Request, Statement,
};
use crate::pattern::ArnPattern;
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
    /// In which policy, by its name.
    pub policy: String,
    /// At which position in the document, from 0.
    pub index: usize,
    /// Under which name.
    pub sid: Option<String>,
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
///
/// A request is allowed if in every layer some statement allows it and none denies it; a layer
/// without policies allows nothing. Each level of service or resource control policies is a layer
/// of its own.
#[derive(Clone, Debug)]
pub struct RequestSet<'a> {
    universe: &'a Universe<'a>,
    layers: Vec<RuleLayer<'a>>,
}

impl<'a> RequestSet<'a> {
    /// What the intersection of `layers` allows.
    #[must_use]
    pub fn new(
        universe: &'a Universe<'a>,
        layers: impl IntoIterator<Item = (Layer, Vec<NamedPolicy<'a>>)>,
    ) -> Self {
        let layers = layers.into_iter().map(|(layer, policies)| {
            let rules = policies
                .into_iter()
                .flat_map(|policy| {
                    let statements = policy.document.statements.iter().map(Cow::Borrowed);
                    statements
                        .enumerate()
                        .map(move |(index, statement)| (policy.name, index, statement))
                })
                .map(|(name, index, statement)| {
                    Rule::new(universe.catalogue(), layer, name, index, statement)
                })
                .collect();
            RuleLayer { layer, rules }
        });
        Self { universe, layers: layers.collect() }
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
        let rule = |(index, statement)| {
            Rule::new(universe.catalogue(), layer, name, index, Cow::Owned(statement))
        };
        let rules = statements.into_iter().enumerate().map(rule).collect();
        Self { universe, layers: vec![RuleLayer { layer, rules }] }
    }

    /// Whether the set holds `request`, by the evaluator's reading of each statement.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Truth {
        Truth::all(self.layers.iter().map(|layer| {
            let any = |allows: bool| {
                let rules = layer.rules.iter().filter(|rule| rule.allows() == allows);
                Truth::any(rules.map(|rule| matches(&rule.statement, request)))
            };
            any(false).negate().and(any(true))
        }))
    }

    /// The set with each statement changed.
    pub(crate) fn with_rules(&self, change: impl Fn(&Rule<'a>) -> Rule<'a>) -> Self {
        let layers = self.layers.iter().map(|layer| RuleLayer {
            layer: layer.layer,
            rules: layer.rules.iter().map(&change).collect(),
        });
        Self { universe: self.universe, layers: layers.collect() }
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
    pub(crate) rules: Vec<Rule<'a>>,
}

/// One statement, made ready for comparisons.
#[derive(Clone, Debug)]
pub(crate) struct Rule<'a> {
    pub(crate) statement: Cow<'a, Statement>,
    pub(crate) layer: Layer,
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
}

impl<'a> Rule<'a> {
    fn new(
        catalogue: &Catalogue,
        layer: Layer,
        policy: &'a str,
        index: usize,
        statement: Cow<'a, Statement>,
    ) -> Self {
        let (ids, unknown) = ids(catalogue, &statement.action);
        let (resources, on_star) = resources(&statement);
        Self { statement, layer, policy, index, ids, unknown, resources, on_star }
    }

    /// The same statement of the same actions with other elements.
    pub(crate) fn with(&self, statement: Statement) -> Self {
        let (resources, on_star) = resources(&statement);
        Self { statement: Cow::Owned(statement), resources, on_star, ..self.clone() }
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
            policy: self.policy.to_owned(),
            index: self.index,
            sid: self.statement.sid.clone(),
        }
    }

    /// Whether an action that the catalogue does not know is one of its.
    pub(crate) fn names(&self, action: &Action) -> bool {
        let clause = &self.statement.action;
        clause.entries().iter().any(|entry| entry.matches(action)) != clause.is_negated()
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
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
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
