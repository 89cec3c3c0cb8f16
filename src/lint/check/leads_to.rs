//! `privilege-escalation`, `data-exposure`, `credentials-exposure`: permissions that lead to more
//! than they seem to, listed as paths in the rules' files.
//!
//! An action counts only where the engine finds a request for it that the document really allows,
//! after what it denies: on a resource of a name that nobody chose, that carries no tag, in a direct
//! call. So a role that is named, a prefix of names or a condition on a tag keeps a path shut. Where
//! a role is passed, what it is passed to is the caller's to name.

use super::Seen;
use crate::catalogue::ActionId;
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect, Operand,
    OperandKind, Quantifier, Statement,
};
use crate::lint::policy::Subject;
use crate::lint::{Path, Rule, quoted};
use crate::pattern::{ArnPattern, Pattern};
use crate::syntax::Element;
use std::collections::BTreeMap;

/// A name that a document speaks of only by a wildcard.
const ANY_NAME: &str = "any-name";

const PASS_ROLE: &str = "iam:PassRole";

const CREATE_POLICY: &str = "iam:CreatePolicy";

/// So many paths are named in a message; the rest is counted.
const NAMED: usize = 4;

/// Where an action is granted, and on what for one.
#[derive(Clone)]
struct Granted {
    by: Vec<usize>,
    resource: String,
}

/// What was asked: an action, and in which circumstances.
type Question<'r> = (u32, Ways<'r>);

/// What a path leaves to the caller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ways<'r> {
    /// Whether the resource has a name that nobody chose.
    any_name: bool,
    /// What a role is passed to.
    passed_to: Option<&'r str>,
    /// Whether the policy that is attached is one that the caller makes, and not one of AWS's.
    makes_policy: bool,
}

struct Paths<'s, 'a, 'r> {
    subject: &'s Subject<'a>,
    known: BTreeMap<Question<'r>, Option<Granted>>,
}

/// A path that is open: each of its actions, and where it is granted.
struct Open<'r> {
    path: &'r Path,
    actions: Vec<(&'r str, u32, Granted)>,
}

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    if grants_everything(subject) {
        return Vec::new();
    }
    let mut paths = Paths { subject, known: BTreeMap::new() };
    let mut groups: Vec<(&str, Vec<Open<'_>>)> = Vec::new();
    for path in &rule.paths {
        let leads_to = path.leads_to.as_deref().unwrap_or_default();
        let known = groups.iter_mut().find(|(known, _)| *known == leads_to);
        // Who gets there with less says nothing new.
        let is_longer =
            |open: &Open<'_>| open.path.actions.iter().all(|action| path.actions.contains(action));
        if known.as_ref().is_some_and(|(_, group)| group.iter().any(is_longer)) {
            continue;
        }
        let Some(open) = paths.open(path) else { continue };
        match known {
            Some((_, group)) => group.push(open),
            None => groups.push((leads_to, vec![open])),
        }
    }
    let found = groups.into_iter().filter_map(|(leads_to, group)| {
        let one = seen(subject, leads_to, &group)?;
        Some(if rule.id == "privilege-escalation" { one.help(help(&group)) } else { one })
    });
    found.collect()
}

/// Whether all is allowed: there is nothing left to gain.
fn grants_everything(subject: &Subject<'_>) -> bool {
    let all = |statement: &Statement| {
        statement.conditions.is_empty()
            && matches!(&statement.action, Clause::Is(entries) if entries.iter().any(ActionPattern::is_any))
            && matches!(&statement.resource, Some(Clause::Is(entries)) if entries.contains(&ArnPattern::Any))
    };
    subject.statements().all(|(_, statement)| statement.effect == Effect::Allow)
        && subject.grants().any(|(_, statement)| all(statement))
}

impl<'r> Paths<'_, '_, 'r> {
    /// A path of which each action is granted.
    fn open(&mut self, path: &'r Path) -> Option<Open<'r>> {
        let ids: Vec<(&str, ActionId)> = path
            .actions
            .iter()
            .map(|name| Some((&**name, self.subject.id(name)?)))
            .collect::<Option<_>>()?;
        // Most documents have none of them: that is seen at once.
        let named = |id: ActionId| self.subject.grants().any(|(n, _)| self.subject.names(n, id.0));
        if !ids.iter().all(|(_, id)| named(*id)) {
            return None;
        }
        let passes = path.passed_to.as_deref();
        let mut actions = Vec::new();
        for (name, id) in ids {
            // With a role to pass, the caller makes what it is passed to.
            let ways = Ways {
                any_name: passes.is_none() || name == PASS_ROLE,
                passed_to: passes.filter(|_| name == PASS_ROLE),
                makes_policy: path.actions.iter().any(|action| action == CREATE_POLICY),
            };
            let question = (id.0, ways);
            let answer = match self.known.get(&question) {
                Some(known) => known.clone(),
                None => {
                    let answer = granted(self.subject, id, ways);
                    self.known.insert(question, answer.clone());
                    answer
                }
            };
            actions.push((name, id.0, answer?));
        }
        Some(Open { path, actions })
    }
}

/// Where the document allows an action, and an example of a resource.
fn granted(subject: &Subject<'_>, id: ActionId, ways: Ways<'_>) -> Option<Granted> {
    let any_name = ways.any_name;
    let numbers: Vec<usize> = subject
        .grants()
        .map(|(number, _)| number)
        .filter(|number| subject.names(*number, id.0))
        .collect();
    if let Some(number) = plainly(subject, id, &numbers) {
        return Some(Granted { by: vec![number], resource: example(subject, id) });
    }
    if any_name && !numbers.iter().any(|number| may_be_any(subject, id, *number)) {
        return None;
    }
    let resources = if any_name { any_names(subject, id) } else { vec![ArnPattern::Any] };
    let asked = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(
            ActionPattern::parse(subject.catalogue().name(id)).into_iter().collect(),
        ),
        resource: Some(Clause::Is(resources)),
        conditions: circumstances(subject, id, ways),
    };
    let allowed = subject.allowed_to_all(&numbers, vec![asked]);
    let leaf = allowed.first()?;
    let by: Vec<usize> =
        allowed.by(leaf).into_iter().filter(|number| numbers.contains(number)).collect();
    Some(Granted { by, resource: leaf.witness.resource.text().to_owned() })
}

/// A statement that allows an action on everything, in whatever context, where none forbids it: there
/// is nothing to ask the engine.
fn plainly(subject: &Subject<'_>, id: ActionId, numbers: &[usize]) -> Option<usize> {
    let is_any = |resource: &Option<Clause<ArnPattern>>| matches!(resource, Some(Clause::Is(entries)) if entries.contains(&ArnPattern::Any));
    let on_all = |number: &&usize| {
        let statement = subject.statement(**number);
        statement.is_some_and(|one| one.conditions.is_empty() && is_any(&one.resource))
    };
    let found = numbers.iter().find(on_all)?;
    let mut denies = subject.statements().filter(|(_, one)| one.effect == Effect::Deny);
    (!denies.any(|(number, _)| subject.names(number, id.0))).then_some(*found)
}

/// Whether a statement may be about a name that nobody chose, by the ends of its ARNs.
fn may_be_any(subject: &Subject<'_>, id: ActionId, number: usize) -> bool {
    let Some(Clause::Is(entries)) = subject.statement(number).and_then(|one| one.resource.as_ref())
    else {
        return true;
    };
    let names = any_names(subject, id);
    let is_about = |entry: &ArnPattern, name: &ArnPattern| match (entry, name) {
        (ArnPattern::Arn(entry), ArnPattern::Arn(name)) => {
            entry.resource.relaxed().matches(name.resource.text())
                || entry.head.iter().any(|part| part.text().ends_with('*') && part.text() != "*")
        }
        _ => true,
    };
    entries.iter().any(|entry| names.iter().any(|name| is_about(entry, name)))
}

/// A resource of an action.
fn example(subject: &Subject<'_>, id: ActionId) -> String {
    let names = any_names(subject, id);
    // The plainest kind: a bucket's object, not an access point's.
    let plain = names.iter().min_by_key(|name| name.text().len());
    let Some(ArnPattern::Arn(parts)) = plain else { return "*".to_owned() };
    let part = |at: usize, example: &str| match parts.head.get(at).map(Pattern::text) {
        Some("*") => example.to_owned(),
        Some(text) => text.to_owned(),
        None => String::new(),
    };
    let (partition, service) = (part(1, "aws"), part(2, "*"));
    let (region, account) = (part(3, "eu-west-1"), part(4, "123456789012"));
    format!("arn:{partition}:{service}:{region}:{account}:{}", parts.resource)
}

/// The resources of an action under a name that nobody chose, in whatever Region and account.
fn any_names(subject: &Subject<'_>, id: ActionId) -> Vec<ArnPattern> {
    let catalogue = subject.catalogue();
    let mut types: Vec<_> = catalogue.required_resource_types(id).collect();
    if types.is_empty() {
        types = catalogue.resource_types(id).collect();
    }
    let formats = types.iter().flat_map(|kind| kind.arn_formats());
    let named: Vec<ArnPattern> =
        formats.filter_map(|format| ArnPattern::parse(&named(format), false).ok()).collect();
    if named.is_empty() { vec![ArnPattern::Any] } else { named }
}

fn named(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(match variable {
            "Partition" | "Region" | "Account" => "*",
            _ => ANY_NAME,
        });
        rest = after;
    }
    text.push_str(rest);
    text
}

/// What a request says of itself, as far as the document asks: a direct call on something without
/// tags and without a boundary; a policy that allows everything is attached.
///
/// AWS: keys of IAM: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>;
/// a boundary that has to be there keeps delegation within it:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
fn circumstances(subject: &Subject<'_>, id: ActionId, ways: Ways<'_>) -> Vec<Condition> {
    let action = subject.catalogue().name(id);
    let mut found: Vec<Condition> = Vec::new();
    let asked = subject.statements().flat_map(|(_, statement)| &statement.conditions);
    for key in asked.map(|condition| &condition.key) {
        if found.iter().any(|known| known.key == *key) {
            continue;
        }
        let in_china;
        let (comparison, values) = match key.folded() {
            "iam:passedtoservice" => match ways.passed_to {
                Some(service) => {
                    in_china = format!("{service}.cn");
                    (Comparison::StringEquals, vec![service, &in_china])
                }
                None => (Comparison::Null, vec!["true"]),
            },
            "iam:policyarn" if action.starts_with("iam:Attach") => {
                let policy = if ways.makes_policy { OWN_POLICY } else { EVERYTHING };
                (Comparison::ArnLike, vec![policy])
            }
            "aws:viaawsservice" => (Comparison::Bool, vec!["false"]),
            key if confines(key) => (Comparison::Null, vec!["true"]),
            _ => continue,
        };
        found.push(condition(key, comparison, &values));
    }
    found
}

/// A policy of AWS's that allows everything.
const EVERYTHING: &str = "arn:*:iam::aws:policy/AdministratorAccess";

/// A policy that the account makes.
const OWN_POLICY: &str = "arn:*:iam::*:policy/any-name";

fn confines(key: &str) -> bool {
    const KEYS: [&str; 6] = [
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "iam:associatedresourcearn",
        "iam:permissionsboundary",
        "iam:policyarn",
    ];
    KEYS.contains(&key)
        || key.split_once(':').is_some_and(|(_, rest)| rest.starts_with("resourcetag/"))
}

fn condition(key: &ContextKey, comparison: Comparison, values: &[&str]) -> Condition {
    let operator = ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false };
    let operand = |value: &&str| Operand::parse(comparison, value, OperandKind::String, false);
    Condition { operator, key: key.clone(), operands: values.iter().map(operand).collect() }
}

/// What to do about ways that lead to the same.
fn help(group: &[Open<'_>]) -> String {
    /// Actions whose requests tell the boundary of the user or role.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#available-keys-for-iam>
    const WITH_BOUNDARY: [&str; 4] =
        ["iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy"];
    let actions = || group.iter().flat_map(|open| &open.actions);
    let example = actions().next().map_or("*", |(_, _, granted)| &granted.resource);
    let example = example.replace(ANY_NAME, "NAME").replace("123456789012", "111122223333");
    if group.iter().any(|open| open.path.passed_to.is_some()) {
        return format!(
            "name the roles that may be passed, in the statement that allows `iam:PassRole`: \
             `\"Resource\": \"{example}\"`"
        );
    }
    let name = format!("name what is meant, such as `\"Resource\": \"{example}\"`");
    let by_boundary: Vec<&str> =
        actions().map(|(name, ..)| *name).filter(|name| WITH_BOUNDARY.contains(name)).collect();
    if by_boundary.is_empty() {
        return name;
    }
    format!(
        "{name}; or let {} write within a boundary only: `\"Condition\": {{\"StringEquals\": \
         {{\"iam:PermissionsBoundary\": \"arn:aws:iam::111122223333:policy/BOUNDARY\"}}}}`",
        quoted(&by_boundary)
    )
}

fn seen(subject: &Subject<'_>, leads_to: &str, group: &[Open<'_>]) -> Option<Seen> {
    let first = group.first().and_then(|open| open.actions.first())?;
    let place = place(subject, first.1, &first.2)?;
    let mut ways: Vec<String> = group.iter().map(way).collect();
    let more = ways.len().saturating_sub(NAMED);
    ways.truncate(NAMED);
    if more > 0 {
        ways.push(format!("{more} more"));
    }
    let ways = match ways.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => ways.concat(),
    };
    let mut one =
        Seen::new(place, format!("{leads_to}: {ways}; for one on `{}`", first.2.resource));
    let severity = group.iter().filter_map(|open| open.path.severity).max();
    if let Some(severity) = severity {
        one = one.severity(severity);
    }
    // Whatever else takes part, entry by entry.
    let mut others: Vec<(Element, Vec<&str>, &str)> = Vec::new();
    for (name, id, granted) in group.iter().flat_map(|open| &open.actions) {
        let Some(at) = self::place(subject, *id, granted).filter(|at| *at != place) else {
            continue;
        };
        match others.iter_mut().find(|(known, ..)| *known == at) {
            Some((_, names, _)) if names.contains(name) => {}
            Some((_, names, _)) => names.push(name),
            None => others.push((at, vec![name], &granted.resource)),
        }
    }
    for (at, names, resource) in others {
        one = one.also(at, format!("allows {}, for one on `{resource}`", quoted(&names)));
    }
    Some(one)
}

/// A path in a sentence.
fn way(open: &Open<'_>) -> String {
    let actions = &open.path.actions;
    match actions.split_first() {
        Some((first, rest)) if !rest.is_empty() => format!("`{first}` with {}", quoted(rest)),
        _ => quoted(actions),
    }
}

/// The entry that grants an action.
fn place(subject: &Subject<'_>, id: u32, granted: &Granted) -> Option<Element> {
    let number = *granted.by.first()?;
    let statement = subject.statement(number)?;
    if statement.action.is_negated() {
        return Some(Element::Actions(number));
    }
    let entries = 0..statement.action.entries().len();
    let names =
        |entry: &usize| subject.expansion(number, *entry).iter().any(|range| range.contains(&id));
    Some(
        entries
            .into_iter()
            .find(names)
            .map_or(Element::Actions(number), |e| Element::Action(number, e)),
    )
}
