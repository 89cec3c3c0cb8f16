//! Which condition keys a request for an action can carry.

use super::{AccessLevel, ActionId, Catalogue, ConditionKeyFact, KeyScope, ResourceType};

/// Whether a request for an action can carry a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// It can, at least for some resource.
    Applies,
    /// It never does: to every such request the key is absent.
    NeverApplies,
    /// The catalogue cannot tell, or does not know the key.
    Unknown,
}

/// Which requests carry one condition key.
#[derive(Debug, Clone)]
pub struct Carriers {
    carried: Carried,
    /// For each set of keys, whether the key is in it.
    sets: Vec<bool>,
}

impl Carriers {
    /// Whether it is a key that requests for some actions never carry.
    #[must_use]
    pub fn are_some(&self) -> bool {
        self.carried != Carried::Everywhere
    }
}

/// Where a key can be, as far as it follows from the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// In a request for any action.
    Everywhere,
    /// Where the action, or a type of resource it acts on, lists it.
    WhereListed,
    /// There too, and perhaps wherever the action acts on resources: their tags.
    OnResources,
    /// There too, and perhaps wherever the action changes something: tags in the request.
    InChanges,
}

/// The actions of one call that assumes a role: one request, with all its keys.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
const OF_SESSIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

impl Carried {
    fn new(fact: ConditionKeyFact<'_>) -> Self {
        match (fact.scope, fact.name) {
            (KeyScope::Session | KeyScope::Issuer, _) => Self::Everywhere,
            (KeyScope::Service, _) => Self::WhereListed,
            (KeyScope::Global, "aws:ResourceTag/${TagKey}") => Self::OnResources,
            (KeyScope::Global, "aws:RequestTag/${TagKey}" | "aws:TagKeys") => Self::InChanges,
            (KeyScope::Global, _) => Self::Everywhere,
        }
    }
}

impl Catalogue {
    /// The condition keys of an action, sorted by name: those of the action, of the action on each
    /// of its resource types, and of these types. Not [those of all services](Self::global_keys).
    ///
    /// AWS: a key of a resource type can be used with every action that has this type:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    #[must_use]
    pub fn keys(&self, id: ActionId) -> Vec<ConditionKeyFact<'_>> {
        self.facts(self.sets(id).flat_map(|set| self.set_keys(set)))
    }

    /// The condition keys of an action on resources of one of its types; those of the action alone
    /// where it does not have this type.
    #[must_use]
    pub fn keys_on(&self, id: ActionId, resource_type: &str) -> Vec<ConditionKeyFact<'_>> {
        let (own, by_type) = self.own_sets(id);
        let sets = by_type.filter(|(name, _)| name.eq_ignore_ascii_case(resource_type));
        let sets = sets.flat_map(|(name, set)| [set, self.type_set(self.service(id), name)]);
        self.facts([own].into_iter().chain(sets).flat_map(|set| self.set_keys(set)))
    }

    /// The condition keys of a resource type, whatever is done with it.
    #[must_use]
    pub fn type_keys(&self, resource_type: ResourceType<'_>) -> Vec<ConditionKeyFact<'_>> {
        self.facts(self.set_keys(resource_type.key_set()))
    }

    /// The actions that list a key among [theirs](Self::keys), in order.
    #[must_use]
    pub fn actions_with(&self, key: ConditionKeyFact<'_>) -> Vec<ActionId> {
        let lines = self.set_lines();
        let all = (0..lines.len()).map(|line| lines.key(line));
        let with: Vec<&str> =
            all.filter(|set| self.set_keys(set).any(|name| name == key.name)).collect();
        let lists = |id: &ActionId| self.sets(*id).any(|set| with.binary_search(&set).is_ok());
        self.actions().filter(lists).collect()
    }

    /// Whether a request for the action can carry this key, as a policy writes it.
    #[must_use]
    pub fn key_applies(&self, id: ActionId, key: &str) -> KeyUse {
        self.key_applies_to([id], key)
    }

    /// As [`key_applies`](Self::key_applies), for the actions of a statement together: the key
    /// applies if it does to any of them, and never if it never does to all. Of no actions at all
    /// nothing is known.
    #[must_use]
    pub fn key_applies_to(&self, ids: impl IntoIterator<Item = ActionId>, key: &str) -> KeyUse {
        let fact = self.condition_key(key);
        fact.map_or(KeyUse::Unknown, |fact| self.fact_applies_to(ids, fact))
    }

    /// As [`key_applies_to`](Self::key_applies_to), of a key that was looked up.
    #[must_use]
    pub fn fact_applies_to(
        &self,
        ids: impl IntoIterator<Item = ActionId>,
        fact: ConditionKeyFact<'_>,
    ) -> KeyUse {
        let mut found = None;
        for id in ids {
            match self.fact_applies(id, fact) {
                KeyUse::Applies => return KeyUse::Applies,
                one if found.is_none_or(|found| found == one) => found = Some(one),
                _ => found = Some(KeyUse::Unknown),
            }
        }
        match found {
            Some(KeyUse::NeverApplies) if self.is_listed(fact) => KeyUse::NeverApplies,
            _ => KeyUse::Unknown,
        }
    }

    fn fact_applies(&self, id: ActionId, fact: ConditionKeyFact<'_>) -> KeyUse {
        let lists = |id| self.sets(id).any(|set| self.set_keys(set).any(|key| key == fact.name));
        match Carried::new(fact) {
            Carried::Everywhere => KeyUse::Applies,
            _ if lists(id) => KeyUse::Applies,
            // AWS's pages on services do not name all actions with tags.
            carried if self.is_out_of_question(id, carried, &lists) => KeyUse::NeverApplies,
            _ => KeyUse::Unknown,
        }
    }

    /// Whether a request for an action that does not list a key never carries it; `lists` says which do.
    ///
    /// AWS: tags of the resource are there only for resources that support it; tags of the request
    /// only where the action takes some:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    fn is_out_of_question(
        &self,
        id: ActionId,
        carried: Carried,
        lists: &dyn Fn(ActionId) -> bool,
    ) -> bool {
        match carried {
            Carried::Everywhere => false,
            Carried::WhereListed if OF_SESSIONS.contains(&self.name(id)) => {
                !OF_SESSIONS.iter().filter_map(|name| self.find(name)).any(lists)
            }
            Carried::WhereListed => true,
            Carried::OnResources => self.references(id).next().is_none(),
            Carried::InChanges => self.access_level(id) <= AccessLevel::Read,
        }
    }

    /// Whether any action, or type of resource, lists a key. Of keys that none lists AWS's pages do not
    /// say where they are.
    fn is_listed(&self, fact: ConditionKeyFact<'_>) -> bool {
        let lines = self.set_lines();
        (0..lines.len()).any(|line| self.set_keys(lines.key(line)).any(|name| name == fact.name))
    }

    /// Which requests carry a key, made ready for questions about many actions.
    #[must_use]
    pub fn carriers(&self, fact: ConditionKeyFact<'_>) -> Carriers {
        let lines = self.set_lines();
        let lists = |line| self.set_keys(lines.key(line)).any(|name| name == fact.name);
        let sets: Vec<bool> = match Carried::new(fact) {
            Carried::Everywhere => Vec::new(),
            _ => (0..lines.len()).map(lists).collect(),
        };
        let is_listed = sets.contains(&true);
        let carried = if is_listed { Carried::new(fact) } else { Carried::Everywhere };
        Carriers { carried, sets }
    }

    /// Whether a request for an action never carries the key of these `carriers`.
    #[must_use]
    pub fn never_carries(&self, id: ActionId, carriers: &Carriers) -> bool {
        let lines = self.set_lines();
        let lists_set = |set: &str| {
            let line = if set.is_empty() { None } else { lines.find(set) };
            line.is_some_and(|line| carriers.sets.get(line as usize).is_some_and(|&lists| lists))
        };
        let lists = |id| self.sets(id).any(lists_set);
        carriers.are_some() && !lists(id) && self.is_out_of_question(id, carriers.carried, &lists)
    }

    /// The names of all sets of keys that belong to an action.
    fn sets(&self, id: ActionId) -> impl Iterator<Item = &str> {
        let (own, by_type) = self.own_sets(id);
        let service = self.service(id);
        [own]
            .into_iter()
            .chain(by_type.flat_map(move |(name, set)| [set, self.type_set(service, name)]))
    }

    /// The name of the action's own set, and of its sets on each of its types.
    pub(super) fn own_sets(&self, id: ActionId) -> (&str, impl Iterator<Item = (&str, &str)>) {
        let mut sets = self.action_lines().field(id.0, 3).split(',');
        let own = sets.next().unwrap_or_default();
        let by_type = self.references(id).map(|(name, _)| name);
        (own, by_type.zip(sets.chain(std::iter::repeat(""))))
    }

    /// The name of the set of keys of a resource type.
    fn type_set(&self, service: &str, name: &str) -> &str {
        self.resource_type(service, name).map_or("", ResourceType::key_set)
    }

    /// The names of the keys of a set.
    pub(super) fn set_keys(&self, set: &str) -> impl Iterator<Item = &str> {
        let lines = self.set_lines();
        let line = if set.is_empty() { None } else { lines.find(set) };
        line.into_iter()
            .flat_map(move |line| lines.field(line, 1).split(','))
            .filter(|key| !key.is_empty())
    }

    /// The facts of keys by their names, sorted, each once.
    fn facts<'a>(&'a self, names: impl Iterator<Item = &'a str>) -> Vec<ConditionKeyFact<'a>> {
        let lines = self.key_lines();
        let mut found: Vec<ConditionKeyFact<'_>> = names
            .filter_map(|name| lines.find(name))
            .map(|line| ConditionKeyFact::new(lines.line(line)))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests;
