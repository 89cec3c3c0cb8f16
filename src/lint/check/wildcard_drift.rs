//! `wildcard-drift`

use super::Seen;
use super::wildcard_action::is_left_to_the_account;
use crate::catalogue::{AccessLevel, ActionId, Catalogue};
use crate::iam::{ActionPattern, Clause};
use crate::lint::policy::Subject;
use crate::lint::words::plural;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let catalogue = subject.catalogue();
    let since = since(catalogue, subject.settings.since.as_deref());
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let Clause::Is(entries) = &statement.action else { continue };
        if is_left_to_the_account(subject.policy.kind, statement) {
            continue;
        }
        // Everything grows with all that AWS adds, which `wildcard-action` says.
        let wild = |entry: &ActionPattern| !entry.is_literal() && !entry.is_any();
        for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| wild(entry)) {
            let gained = catalogue.gained(entry, &since).unwrap_or_default();
            let gained = on_resources(subject, statement.resource.as_ref(), gained);
            if gained.is_empty() {
                continue;
            }
            let mut names: Vec<&str> = gained.iter().map(|id| catalogue.name(*id)).collect();
            // The gravest first, of which five are named.
            names.sort_by_key(|name| {
                let level = catalogue.find(name).map(|id| catalogue.access_level(id));
                std::cmp::Reverse(level.unwrap_or(AccessLevel::List))
            });
            let count = names.len();
            let message = format!(
                "`{entry}` allows {count} {} that it did not on {since}: {}",
                plural(count, "action", "actions"),
                quoted(&names)
            );
            seen.push(Seen::new(Element::Action(number, at), message));
        }
    }
    seen
}

/// Those that can act on the statement's resources.
fn on_resources(
    subject: &Subject<'_>,
    resource: Option<&Clause<ArnPattern>>,
    ids: Vec<ActionId>,
) -> Vec<ActionId> {
    match resource {
        Some(Clause::Is(resources)) if !resources.contains(&ArnPattern::Any) && !ids.is_empty() => {
            let mut reach = subject.universe.reach(resources);
            ids.into_iter().filter(|id| reach.includes(*id)).collect()
        }
        _ => ids,
    }
}

/// The day to compare with: the last list of actions before it is the one that counts. Without a
/// wish, a year before the catalogue; before the first list, the first.
fn since(catalogue: &Catalogue, wish: Option<&str>) -> String {
    let year_before = || {
        let (year, day) = catalogue.date().split_once('-')?;
        Some(format!("{}-{day}", year.parse::<u32>().ok()?.checked_sub(1)?))
    };
    let date = wish.map(str::to_owned).or_else(year_before).unwrap_or_default();
    let first = || catalogue.snapshots().next();
    catalogue.snapshot_at(&date).or_else(first).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_before_the_catalogue_unless_told() {
        let catalogue = Catalogue::embedded();
        let default = since(catalogue, None);
        assert!(*default < *catalogue.date() && catalogue.snapshots().any(|day| day == default));
        assert_eq!(since(catalogue, Some("2024-11-20")), "2024-11-20");
        assert_eq!(since(catalogue, Some("2024-11-25")), "2024-11-20");
        let first = catalogue.snapshots().next().unwrap();
        assert_eq!(since(catalogue, Some("1999-01-01")), first);
    }
}
