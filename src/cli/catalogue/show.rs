//! `catalogue show`: an action, an API call, a condition key or a service.

use super::calls;
use super::expand::unknown;
use crate::catalogue::{
    AccessLevel, ActionId, ApiTable, Catalogue, ConditionKeyFact, KeyScope, ResourceType, ValueType,
};
use crate::cli::{ExitStatus, Failure, Outcome};
use crate::compare::CatalogueStamp;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More actions than these are counted by service.
const LONGEST_LIST: usize = 30;

/// Prints what the name stands for. What the catalogue says has its date; calls are no part of it.
pub(super) fn run(catalogue: &Catalogue, name: &str, stdout: &mut dyn Write) -> Outcome {
    let call = ApiTable::embedded().named(name);
    // What is known of calls is about the built-in catalogue.
    let same_name = || ApiTable::same_name(name).map(|id| Catalogue::embedded().name(id));
    let same_name = || same_name().filter(|_| call.is_none()).and_then(|one| catalogue.find(one));
    let shown = if let Some(id) = catalogue.find(name) {
        action(catalogue, id, stdout)
    } else if let Some(service) =
        catalogue.services().find(|service| service.eq_ignore_ascii_case(name))
    {
        service_of(catalogue, service, stdout)
    } else if catalogue.retired(name).is_some() {
        return Err(unknown(catalogue, name));
    } else if let Some(call) = call {
        calls::show(call, stdout)
    } else if let Some(id) = same_name() {
        action(catalogue, id, stdout)
    } else if let Some(key) = catalogue.condition_key(name) {
        condition_key(catalogue, key, stdout)
    } else if name.contains(['*', '?']) {
        let help = format!("`leastwise catalogue expand '{name}'` says what a pattern names");
        let message = format!("`{name}` is a pattern, and no name");
        return Err(Failure::message(ExitStatus::Findings, message, help));
    } else {
        let near = catalogue.suggest_key(name);
        return Err(if near.is_empty() {
            unknown(catalogue, name)
        } else {
            let date = catalogue.date();
            let message = format!(
                "`{name}` is no action and no condition key that the catalogue of {date} knows"
            );
            let near: Vec<String> = near.iter().map(|key| format!("`{key}`")).collect();
            let help = format!("did you mean the condition key {}?", near.join(" or "));
            Failure::message(ExitStatus::Findings, message, help)
        });
    };
    shown.map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}

/// Of which day it is.
fn write_stamp(catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", CatalogueStamp::of(catalogue))
}

fn action(catalogue: &Catalogue, id: ActionId, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", catalogue.name(id), catalogue.access_level(id))?;
    let since = catalogue.since(id);
    let or_before = if catalogue.snapshots().next() == Some(since) { " or before" } else { "" };
    writeln!(out, "  known since {since}{or_before}")?;
    let required: Vec<ResourceType<'_>> = catalogue.required_resource_types(id).collect();
    for resource in catalogue.resource_types(id) {
        let mark = if required.contains(&resource) { " (required)" } else { "" };
        for format in resource.arn_formats() {
            writeln!(out, "  on {}{mark}  {format}", resource.name())?;
        }
    }
    if catalogue.resource_types(id).next().is_none() {
        writeln!(out, "  on `*` only: it has no resource type")?;
    }
    for scenario in catalogue.scenarios(id) {
        let types = scenario.resource_types().filter(|(_, required)| *required);
        let types: Vec<&str> = types.map(|(kind, _)| kind.name()).collect();
        writeln!(out, "  for {}: {}", scenario.name, types.join(", "))?;
    }
    let own = catalogue.keys_on(id, "");
    for key in catalogue.keys(id) {
        let types = catalogue.resource_types(id).map(ResourceType::name);
        let with = types.filter(|kind| catalogue.keys_on(id, kind).contains(&key));
        let with: Vec<&str> = if own.contains(&key) { Vec::new() } else { with.collect() };
        let on = if with.is_empty() { String::new() } else { format!("  on {}", with.join(", ")) };
        writeln!(out, "  key {}  {}{on}", key.name, type_words(key))?;
    }
    let dependents: Vec<&str> = catalogue.dependents(id).map(|id| catalogue.name(id)).collect();
    if !dependents.is_empty() {
        writeln!(out, "  may need also {}", dependents.join(", "))?;
    }
    calls::that_need(catalogue.name(id), out)?;
    write_stamp(catalogue, out)
}

fn service_of(catalogue: &Catalogue, service: &str, out: &mut dyn Write) -> io::Result<()> {
    let ids = || catalogue.service_range(service).map(ActionId);
    writeln!(out, "{service}  {} actions", ids().count())?;
    let mut levels: BTreeMap<AccessLevel, usize> = BTreeMap::new();
    ids().for_each(|id| *levels.entry(catalogue.access_level(id)).or_default() += 1);
    for (level, count) in levels {
        writeln!(out, "  {count} {level}")?;
    }
    let supported = if catalogue.rcp_supported(service) { "apply" } else { "do not apply" };
    writeln!(out, "  resource control policies {supported}")?;
    for resource in catalogue.resource_types_of(service) {
        for format in resource.arn_formats() {
            writeln!(out, "  resource {}  {format}", resource.name())?;
        }
    }
    let prefix = format!("{service}:");
    for key in catalogue.condition_keys().filter(|key| key.name.starts_with(&prefix)) {
        writeln!(out, "  key {}  {}", key.name, type_words(key))?;
    }
    write_stamp(catalogue, out)
}

fn condition_key(
    catalogue: &Catalogue,
    key: ConditionKeyFact<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}  {}", key.name, type_words(key))?;
    let values = match key.is_multivalued() {
        Some(true) => "many values in a request: use ForAnyValue or ForAllValues",
        Some(false) => "one value in a request",
        None => "whether a request carries many values is not known",
    };
    writeln!(out, "  {values}")?;
    let scope = match key.scope {
        KeyScope::Global => Some("of all services"),
        KeyScope::Session => Some("of sessions that the service makes, with any action"),
        KeyScope::Issuer => Some("of users of an identity provider"),
        KeyScope::Service => None,
    };
    if let Some(scope) = scope {
        writeln!(out, "  {scope}")?;
    }
    actions_with(catalogue, key, out)?;
    write_stamp(catalogue, out)
}

/// The actions whose requests carry a key, or how many there are.
fn actions_with(
    catalogue: &Catalogue,
    key: ConditionKeyFact<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let with = catalogue.actions_with(key);
    if with.len() <= LONGEST_LIST {
        return with.iter().try_for_each(|id| writeln!(out, "  with {}", catalogue.name(*id)));
    }
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    with.iter().for_each(|id| *services.entry(catalogue.service(*id)).or_default() += 1);
    if services.len() <= LONGEST_LIST {
        let mut each = services.iter();
        return each
            .try_for_each(|(service, count)| writeln!(out, "  with {count} actions of {service}"));
    }
    writeln!(out, "  listed with {} actions of {} services", with.len(), services.len())
}

fn type_words(key: ConditionKeyFact<'_>) -> String {
    let words: Vec<&str> = key.types().map(ValueType::word).collect();
    if words.is_empty() { "of unknown type".to_owned() } else { words.join(" or ") }
}
