//! `unknown-action`

use super::{Seen, portability};
use crate::catalogue::{ActionId, ApiTable, Catalogue, Dialect, Suggestion, prefix_of};
use crate::iam::{ActionPattern, Clause, Effect, Statement};
use crate::lint::policy::Subject;
use crate::lint::words::plural;
use crate::lint::{Rule, quoted};
use crate::source::closest;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, entry) in statement.action.entries().iter().enumerate() {
            // What MinIO has is another rule's.
            if subject.expansion(number, at).is_empty() && !portability::is_of_minio(entry) {
                seen.push(about(subject, statement, entry, Element::Action(number, at)));
            }
        }
    }
    seen
}

fn about(subject: &Subject<'_>, statement: &Statement, entry: &ActionPattern, at: Element) -> Seen {
    let date = subject.catalogue().date();
    let what = match entry.as_literal() {
        Some(_) => "is no action in",
        None => "matches no action of",
    };
    let so = match (&statement.action, statement.effect) {
        (Clause::Is(_), Effect::Allow) => "grants nothing",
        (Clause::Is(_), Effect::Deny) => "forbids nothing",
        (Clause::Not(_), _) => "exempts nothing",
    };
    let message = format!("`{entry}` {what} the catalogue of {date}: it {so}");
    let seen = Seen::new(at, message);
    match meant(subject, entry) {
        Some(help) => seen.help(help),
        None => seen,
    }
}

/// What to write instead.
fn meant(subject: &Subject<'_>, entry: &ActionPattern) -> Option<String> {
    let catalogue = subject.catalogue();
    let service = entry.service()?;
    let is_service = !catalogue.service_range(service).is_empty();
    if let Some(gone) = catalogue.retired(entry.text()) {
        let since = gone.last_seen;
        return Some(format!("AWS no longer lists it (it did on {since}): remove the entry"));
    }
    if entry.is_literal() {
        return match catalogue.suggest(entry.text()) {
            Suggestion::Nothing if !is_service => Some(other_service(catalogue, entry, service)),
            Suggestion::Nothing => {
                without_star(catalogue, entry).or_else(|| in_other_services(catalogue, entry))
            }
            found => Some(found.to_string()),
        };
    }
    if is_service {
        calls_like(entry).or_else(|| wildcard_meant(subject, entry, service))
    } else {
        Some(other_service(catalogue, entry, service))
    }
}

/// The prefix is that of no service.
fn other_service(catalogue: &Catalogue, entry: &ActionPattern, prefix: &str) -> String {
    let near = prefix_of(prefix).or_else(|| {
        closest(prefix, catalogue.services()).filter(|_| last_seen(catalogue, prefix).is_none())
    });
    let name = entry.text().split_once(':').map_or("*", |(_, name)| name);
    match near {
        Some(near) => {
            let written = format!("{near}:{name}");
            let exists = catalogue.expand_text(&written).is_ok_and(|found| !found.is_empty());
            let meant = if exists { written } else { format!("{near}:") };
            format!("no service has the prefix `{prefix}`; did you mean `{meant}`?")
        }
        None => match last_seen(catalogue, prefix) {
            Some(day) => {
                format!(
                    "AWS no longer lists the service `{prefix}` (it did on {day}): remove the entry"
                )
            }
            None => format!("no service has the prefix `{prefix}`"),
        },
    }
}

/// The last day on which AWS listed a service that it lists no longer.
fn last_seen<'c>(catalogue: &'c Catalogue, prefix: &str) -> Option<&'c str> {
    let gone = catalogue.retired_actions();
    let of_it = gone.filter(|gone| gone.name.split(':').next() == Some(prefix));
    of_it.map(|gone| gone.last_seen).max()
}

/// The beginning of several names, without the star: `ec2:Describe`.
fn without_star(catalogue: &Catalogue, entry: &ActionPattern) -> Option<String> {
    let written = format!("{entry}*");
    let count: u32 =
        catalogue.expand_text(&written).ok()?.iter().map(|ids| ids.end - ids.start).sum();
    let is_start = entry.name().text().len() > 2 && count > 1;
    is_start.then(|| format!("did you mean `{written}`? {count} actions begin so"))
}

/// The action of this name in other services, where there are few.
fn in_other_services(catalogue: &Catalogue, entry: &ActionPattern) -> Option<String> {
    const FEW: usize = 3;
    let name = entry.name().as_literal()?;
    let found: Vec<&str> = catalogue
        .services()
        .filter_map(|service| catalogue.find(&format!("{service}:{name}")))
        .map(|id| catalogue.name(id))
        .take(FEW + 1)
        .collect();
    let few = (1..=FEW).contains(&found.len());
    few.then(|| format!("another service has it: did you mean {}?", quoted(&found)))
}

/// A wildcard whose beginning is misspelt: `s3:Lists*`.
fn wildcard_meant(subject: &Subject<'_>, entry: &ActionPattern, service: &str) -> Option<String> {
    let name = entry.name().text();
    let start = name.strip_suffix('*').filter(|start| !start.contains(['*', '?']))?;
    let catalogue = subject.catalogue();
    let known: Vec<&str> = catalogue
        .service_range(service)
        .filter_map(|id| Some(catalogue.name(ActionId(id)).split_once(':')?.1))
        .collect();
    // A letter that is wrong is likelier than one that is missing or too much.
    let of_length = |length: usize| {
        let mut starts: Vec<&str> =
            known.iter().filter_map(|name| name.get(..length).filter(|_| length > 2)).collect();
        starts.sort_unstable();
        starts.dedup();
        closest(start, starts)
    };
    let lengths = [start.len(), start.len() + 1, start.len().saturating_sub(1)];
    let near = lengths.into_iter().find_map(of_length)?;
    Some(format!("did you mean `{service}:{near}*`?"))
}

/// What the API calls need whose names the wildcard matches.
pub(super) fn calls_like(entry: &ActionPattern) -> Option<String> {
    let table = ApiTable::embedded();
    // What a call needs only in some cases says nothing of the wildcard.
    let calls: Vec<_> = table
        .calls()
        .filter(|call| call.always(Dialect::Aws).next().is_some())
        .filter(|call| call.api.split('.').next() == entry.service())
        .filter(|call| entry.name().matches(&call.operation().to_ascii_lowercase()))
        .collect();
    let mut needs: Vec<&str> = calls
        .iter()
        .flat_map(|call| call.always(Dialect::Aws))
        .map(|evaluation| evaluation.action.as_str())
        .collect();
    needs.sort_unstable();
    needs.dedup();
    let names: Vec<&str> = calls.iter().map(|call| call.operation()).collect();
    if needs.is_empty() {
        return None;
    }
    let (call, need) = (
        plural(names.len(), "the API call", "the API calls"),
        plural(names.len(), "needs", "need"),
    );
    Some(format!("{call} {} {need} {}", quoted(&names), quoted(&needs)))
}
