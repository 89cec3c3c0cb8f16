//! The facts about AWS's actions: which exist and since when, how far they reach, what they act
//! on, which condition keys go with them, and which of them an API call needs.
//!
//! The actions of all services stand in one list, sorted without regard to case. An
//! [`ActionId`] is a position in that list, so a name prefix such as `s3:Get*` is one range of
//! ids and a set of actions is a few ranges.
//!
//! The facts are data: `catalogue/data/catalogue.txt`, written by `tools/catalogue`, and
//! `rules/api-calls.yaml`. Both are embedded and need no file at run time.

mod action;
mod api_call;
mod changes;
mod expand;
mod format;
mod history;
mod key;
mod key_use;
mod load;
mod names;
mod reference;
mod related;
mod rows;
mod sorted_lines;
mod suggest;
mod update;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use serde::Serialize;

pub use self::action::{AccessLevel, ActionId};
pub(crate) use self::api_call::prefix_of;
pub use self::api_call::{ApiCall, ApiTable, CallOption, Dialect, Evaluation, Target};
pub use self::changes::{Change, Changes, Edition};
pub use self::format::{FormatLanguage, FormatToken, ResourceType, SiblingExtensions};
pub use self::history::RetiredAction;
pub use self::key::{ConditionKeyFact, KeyScope, ValueType};
pub use self::key_use::{Carriers, KeyUse};
pub use self::load::CatalogueError;
use self::names::Names;
pub use self::reference::{ReferenceError, ServiceEntry, ServiceReference, service_list};
pub use self::related::Scenario;
use self::sorted_lines::SortedLines;
pub use self::suggest::Suggestion;
pub use self::update::{Update, UpdateError, Updated};

/// The facts about every action of every service on one date.
///
/// It is a text whose lines are known but not copied: a look-up is a binary search, and an
/// answer is a slice of that text.
#[derive(Debug, Default)]
pub struct Catalogue {
    text: Cow<'static, str>,
    /// Where each line of the text starts, and where the last one ends.
    starts: Cow<'static, [u32]>,
    date: String,
    sections: Sections,
    names: Names,
    origin: Origin,
}

/// Where a catalogue was found. Every report says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// It is built into the program.
    #[default]
    Embedded,
    /// It was written by an update.
    Cache,
    /// The user named its file.
    File,
}

impl Origin {
    /// The word that reports use: `embedded`, `cache`, `file`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Cache => "cache",
            Self::File => "file",
        }
    }
}

/// The lines of each part of the text.
#[derive(Debug, Default)]
struct Sections {
    snapshots: Range<usize>,
    services: Range<usize>,
    keys: Range<usize>,
    sets: Range<usize>,
    types: Range<usize>,
    actions: Range<usize>,
    scenarios: Range<usize>,
    retired: Range<usize>,
}

impl Catalogue {
    /// The catalogue that is built into the program.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Catalogue> = OnceLock::new();
        // A test reads the embedded text with `parse`. Were it broken all the same, no action
        // would exist, and every policy would be full of unknown actions.
        EMBEDDED.get_or_init(|| {
            Self::index(load::EMBEDDED.into(), load::EMBEDDED_STARTS.into()).unwrap_or_default()
        })
    }

    /// The day of the facts, as `YYYY-MM-DD`. Whoever says that an action does not exist says
    /// this date with it, because AWS adds actions every week.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Where it was found; [`File`](Origin::File) for one that was [parsed](Self::parse), unless
    /// [said otherwise](Self::with_origin).
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The same catalogue, found there.
    #[must_use]
    pub fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The package, version and checksum that the facts were taken from, separated by tabs.
    pub fn source(&self) -> &str {
        self.sources().last().map_or("", |(_, source)| source)
    }

    /// The date of each [snapshot](Self::snapshots), and the package, version and checksum that it
    /// was taken from, separated by tabs.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let lines = self.snapshot_lines();
        (0..lines.len()).map(move |line| lines.line(line).split_once('\t').unwrap_or_default())
    }

    /// How many actions there are. Their ids are `0..len()`.
    pub fn len(&self) -> u32 {
        self.action_lines().len()
    }

    /// Whether there is no action at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All actions, in order.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = ActionId> + use<> {
        (0..self.len()).map(ActionId)
    }

    /// The prefixes of all services, in order: `a2c`, `a4b`, `access-analyzer` and so on.
    pub fn services(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.service_lines().len()).map(|line| self.service_lines().key(line))
    }

    /// The action of this name, whatever its case: `s3:getobject` is `s3:GetObject`.
    pub fn find(&self, name: &str) -> Option<ActionId> {
        self.names.find(self.action_lines(), name).map(ActionId)
    }

    /// The name as AWS spells it, `s3:GetObject`; empty for an id that is not in this catalogue.
    pub fn name(&self, id: ActionId) -> &str {
        self.action_lines().key(id.0)
    }

    /// The service prefix of an action, `s3`.
    pub fn service(&self, id: ActionId) -> &str {
        self.name(id).split(':').next().unwrap_or_default()
    }

    /// How far the action reaches, in AWS's own classes.
    pub fn access_level(&self, id: ActionId) -> AccessLevel {
        // `parse` refuses any other word; the gravest class is the safe answer all the same.
        self.action_lines().field(id.0, 1).parse().unwrap_or(AccessLevel::Permissions)
    }

    /// What the action acts on. None at all means that it is evaluated on the resource `*`.
    ///
    /// Several types are alternatives (`s3:GetObject`: an object, or an object behind an access
    /// point) unless they are [required](Self::required_resource_types).
    pub fn resource_types(&self, id: ActionId) -> impl Iterator<Item = ResourceType<'_>> {
        self.references(id).filter_map(move |(name, _)| self.resource_type(self.service(id), name))
    }

    /// Those resource types that AWS's page marks as required: a request names one of each
    /// (`kms:CreateAlias`: the alias and the key). The mark is AWS's and not always meant so
    /// (`dynamodb:TagResource` has it on table and stream).
    pub fn required_resource_types(&self, id: ActionId) -> impl Iterator<Item = ResourceType<'_>> {
        self.references(id)
            .filter(|(_, required)| *required)
            .filter_map(move |(name, _)| self.resource_type(self.service(id), name))
    }

    /// The resource type of this name (whatever its case) that the service defines.
    pub fn resource_type(&self, service: &str, name: &str) -> Option<ResourceType<'_>> {
        let line = self.type_lines().find(&format!("{service}:{name}"))?;
        Some(ResourceType::new(self.type_lines().line(line)))
    }

    /// Names the resources of an action: its service, and its resource types as one text. Actions
    /// with equal keys act on the same resources.
    pub(crate) fn resource_key(&self, id: ActionId) -> (&str, &str) {
        (self.service(id), self.action_lines().field(id.0, 2))
    }

    /// All resource types that the service defines, in order.
    pub fn resource_types_of(&self, service: &str) -> impl Iterator<Item = ResourceType<'_>> {
        let lines = self.type_lines().starting_with(&format!("{service}:"));
        lines.map(|line| ResourceType::new(self.type_lines().line(line)))
    }

    /// Whether resource control policies apply to the service's resources.
    ///
    /// AWS: the services that support RCPs are a list, which grows:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    pub fn rcp_supported(&self, service: &str) -> bool {
        self.service_lines()
            .find(service)
            .is_some_and(|line| self.service_lines().field(line, 1) == "rcp")
    }

    /// The ids of all actions of a service; empty for a service that is not known.
    pub fn service_range(&self, service: &str) -> Range<u32> {
        self.action_lines().starting_with(&format!("{service}:"))
    }

    fn snapshot_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.snapshots)
    }

    fn service_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.services)
    }

    fn key_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.keys)
    }

    fn set_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.sets)
    }

    fn type_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.types)
    }

    fn action_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.actions)
    }

    fn scenario_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.scenarios)
    }

    fn retired_lines(&self) -> SortedLines<'_> {
        self.section(&self.sections.retired)
    }

    fn section(&self, lines: &Range<usize>) -> SortedLines<'_> {
        let starts = self.starts.get(lines.start..=lines.end).unwrap_or_default();
        SortedLines::new(&self.text, starts)
    }

    /// Names of resource types as an action's line refers to them, and whether each is required.
    fn references(&self, id: ActionId) -> impl Iterator<Item = (&str, bool)> {
        references(self.action_lines().field(id.0, 2))
    }
}

/// Names of resource types, separated by commas, and whether each is marked as required.
fn references(names: &str) -> impl Iterator<Item = (&str, bool)> {
    names
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.strip_suffix('*').map_or((name, false), |required| (required, true)))
}
