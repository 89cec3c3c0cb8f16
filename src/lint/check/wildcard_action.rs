//! `wildcard-action`

use super::Seen;
use crate::catalogue::{AccessLevel, ActionId};
use crate::iam::{ActionPattern, Clause, PolicyKind, PrincipalPattern, Statement};
use crate::lint::policy::Subject;
use crate::lint::words::plural;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let Clause::Is(entries) = &statement.action else { continue };
        if is_left_to_the_account(subject.policy.kind, statement) {
            continue;
        }
        let wide: Vec<usize> =
            (0..entries.len()).filter(|at| entries[*at].name().is_any()).collect();
        if wide.is_empty() {
            let entries = entries.iter().enumerate().filter(|(_, entry)| is_wildcard(entry));
            let entries =
                entries.filter(|(_, entry)| !is_for_administrators(subject.policy.kind, entry));
            seen.extend(entries.filter_map(|(at, entry)| about_verb(subject, number, at, entry)));
        } else {
            seen.extend(about_services(subject, number, statement, &wide));
        }
    }
    seen
}

fn is_wildcard(entry: &ActionPattern) -> bool {
    !entry.is_literal()
}

/// A key's policy gives its account everything, so that identity policies can decide.
///
/// AWS: the default key policy: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(super) fn is_left_to_the_account(kind: PolicyKind, statement: &Statement) -> bool {
    let account = |one: &PrincipalPattern| matches!(one, PrincipalPattern::Account { .. });
    kind == PolicyKind::Resource
        && matches!(&statement.principal, Some(Clause::Is(who)) if who.iter().all(account))
}

/// A key's policy names its administrators by verbs: `kms:Create*` and its kin.
///
/// AWS: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators>
fn is_for_administrators(kind: PolicyKind, entry: &ActionPattern) -> bool {
    kind == PolicyKind::Resource && entry.service() == Some("kms")
}

/// What an entry takes in that acts on the statement's resources.
fn reached(subject: &Subject<'_>, number: usize, entry: usize) -> Vec<ActionId> {
    let catalogue = subject.catalogue();
    let statement = subject.policy.document.statements.get(number);
    let resources = match statement.and_then(|statement| statement.resource.as_ref()) {
        Some(Clause::Is(resources)) if !resources.contains(&ArnPattern::Any) => {
            resources.as_slice()
        }
        _ => &[ArnPattern::Any],
    };
    let mut reach = subject.universe.reach(resources);
    let any = resources == [ArnPattern::Any];
    let ids = subject.expansion(number, entry).iter().flat_map(Clone::clone).map(ActionId);
    ids.filter(|id| any || (catalogue.resource_types(*id).next().is_some() && reach.includes(*id)))
        .collect()
}

/// Whole services, or everything.
fn about_services(
    subject: &Subject<'_>,
    number: usize,
    statement: &Statement,
    wide: &[usize],
) -> Option<Seen> {
    let catalogue = subject.catalogue();
    let entries = statement.action.entries();
    let mut ids: Vec<ActionId> =
        wide.iter().flat_map(|entry| reached(subject, number, *entry)).collect();
    ids.sort_unstable();
    ids.dedup();
    let changes = |id: &&ActionId| {
        !matches!(catalogue.access_level(**id), AccessLevel::List | AccessLevel::Read)
    };
    if !ids.iter().any(|id| changes(&id)) {
        return None;
    }
    let is_known = |entry: &&usize| !subject.expansion(number, **entry).is_empty();
    let names: Vec<&str> =
        wide.iter().filter(is_known).map(|entry| entries[*entry].text()).collect();
    let verb = plural(names.len(), "allows", "allow");
    let all = ids.len();
    let changing = ids.iter().filter(changes).count();
    let grave = gravest(subject, &ids);
    let among =
        if grave.is_empty() { String::new() } else { format!(", {} among them", quoted(&grave)) };
    let message = format!(
        "{} {verb} {all} {}{among}; {changing} of them change something, and AWS adds more",
        quoted(&names),
        plural(all, "action", "actions"),
    );
    let at = wide.first().map_or(Element::Actions(number), |at| Element::Action(number, *at));
    Some(Seen::new(at, message).help(instead(&names)))
}

/// What to write in place of whole services.
fn instead(names: &[&str]) -> String {
    if names.iter().all(|name| name.eq_ignore_ascii_case("s3:*")) {
        return "name the actions that are used: on objects such as `s3:GetObject`, `s3:PutObject` and \
                `s3:DeleteObject`, on the bucket such as `s3:ListBucket`"
            .to_owned();
    }
    "name the actions that are used, each with the resources that it is used on".to_owned()
}

/// Actions that change permissions, a few of each service.
fn gravest<'c>(subject: &Subject<'c>, ids: &[ActionId]) -> Vec<&'c str> {
    const OF_EACH: usize = 2;
    const IN_ALL: usize = 4;
    let catalogue = subject.catalogue();
    // Those that everyone knows first.
    const FIRST: [&str; 4] = ["iam", "kms", "s3", "organizations"];
    let rank = |id: &ActionId| {
        FIRST.iter().position(|known| *known == catalogue.service(*id)).unwrap_or(FIRST.len())
    };
    let mut ids: Vec<ActionId> = ids
        .iter()
        .copied()
        .filter(|id| catalogue.access_level(*id) == AccessLevel::Permissions)
        .collect();
    ids.sort_by_key(rank);
    let mut names: Vec<&str> = Vec::new();
    for id in &ids {
        let service = catalogue.service(*id);
        let known = names.iter().filter(|name| name.split(':').next() == Some(service)).count();
        if known < OF_EACH && names.len() < IN_ALL {
            names.push(catalogue.name(*id));
        }
    }
    names
}

/// A wildcard such as `s3:Put*`, which takes in what changes permissions beside other things.
fn about_verb(
    subject: &Subject<'_>,
    number: usize,
    at: usize,
    entry: &ActionPattern,
) -> Option<Seen> {
    let catalogue = subject.catalogue();
    let ids = reached(subject, number, at);
    let is_grave = |id: &&ActionId| catalogue.access_level(**id) == AccessLevel::Permissions;
    let grave: Vec<&str> = ids.iter().filter(is_grave).map(|id| catalogue.name(*id)).collect();
    let writes = ids.iter().any(|id| catalogue.access_level(*id) == AccessLevel::Write);
    // Where nothing else is meant, it is meant; and what only reads is classed so by its side effects.
    if grave.is_empty() || grave.len() * 2 > ids.len() || !writes {
        return None;
    }
    let message = format!(
        "`{entry}` allows {} actions, and {} of them {} permissions: {}",
        ids.len(),
        grave.len(),
        plural(grave.len(), "changes", "change"),
        quoted(&grave)
    );
    let help = "name the actions that are used, and those that change permissions only if they are";
    Some(Seen::new(Element::Action(number, at), message).help(help))
}
