//! Concrete requests: the proof that a reader can try.

use super::space::{Actions, Space};
use super::universe::{Format, Resources};
use crate::catalogue::{ActionId, FormatToken};
use crate::iam::{Action, Resource};
use crate::pattern::ArnPattern;

/// One of the actions, the gravest first.
pub(crate) fn action(space: &Space<'_, '_>, actions: &Actions) -> Option<Action> {
    match actions {
        Actions::Unknown(action) => Some(action.clone()),
        Actions::Known(_) => {
            Action::parse(space.universe.catalogue().name(gravest(space, actions)?)).ok()
        }
    }
}

/// The gravest of the actions that the catalogue knows.
pub(crate) fn gravest(space: &Space<'_, '_>, actions: &Actions) -> Option<ActionId> {
    let levels = space.universe.levels();
    actions.ids().max_by_key(|id| (levels.get(id.0 as usize), std::cmp::Reverse(*id)))
}

/// A resource that an action acts on, where any will do.
pub(crate) fn any_resource(resources: &Resources) -> String {
    match resources.formats.iter().min_by_key(|format| format.tokens.len()) {
        None => "*".to_owned(),
        Some(format) if format.tokens.is_empty() => {
            "arn:aws:example:eu-west-1:123456789012:example".to_owned()
        }
        Some(format) => {
            let samples = format.tokens.iter().filter_map(|token| match token {
                FormatToken::Literal(_) => None,
                FormatToken::Placeholder { name, .. } => Some(sample(name)),
            });
            fill(format, &samples.collect::<Vec<_>>())
        }
    }
}

/// `resource`, a shortest text of its cell, with what fills its gaps made readable; every entry
/// of `entries` matches the new text as it matched the old one.
pub(crate) fn readable(
    resource: &str,
    resources: &Resources,
    entries: &[&ArnPattern],
) -> Option<Resource> {
    let before: Vec<bool> = entries.iter().map(|entry| entry.matches(resource)).collect();
    let same = |other: &str| entries.iter().zip(&before).all(|(e, was)| e.matches(other) == *was);
    let captures = resources.formats.iter().find_map(|f| Some((f, captures(f, resource)?)));
    let Some((format, shortest)) = captures else { return Resource::parse(resource).ok() };
    let mut captures: Vec<String> = shortest.iter().map(|(_, text)| (*text).to_owned()).collect();
    // What one gap may hold can depend on another, so each is tried twice.
    for place in (0..captures.len()).chain(0..captures.len()) {
        let Some((name, raw)) = shortest.get(place).copied() else { continue };
        if captures.get(place).is_none_or(|now| *now != raw) {
            continue;
        }
        for better in candidates(name, raw) {
            if let Some(capture) = captures.get_mut(place) {
                *capture = better;
            }
            let text = fill(format, &captures);
            let reads_back = |text: &str| {
                self::captures(format, text).is_some_and(|read| {
                    read.iter().map(|(_, capture)| *capture).eq(captures.iter().map(String::as_str))
                })
            };
            if same(&text) && reads_back(&text) {
                break;
            }
            if let Some(capture) = captures.get_mut(place) {
                raw.clone_into(capture);
            }
        }
    }
    Resource::parse(&fill(format, &captures)).ok()
}

/// What could stand in place of `raw`, best first.
fn candidates(name: &str, raw: &str) -> impl Iterator<Item = String> {
    // A text of a few letters that match nothing in particular is filler; a longer one says more.
    let is_filler = raw.len() < 2 || raw.bytes().all(|byte| byte == b'x');
    let kept = raw.trim_end_matches('x');
    (0..4).filter_map(move |way| match (name, way) {
        ("Partition", _) => ["aws", "aws-cn", "aws-us-gov"].get(way).map(|name| (*name).to_owned()),
        ("Region" | "Account", 0) => Some(sample(name)),
        ("Region" | "Account", _) => None,
        (_, 0) => is_filler.then(|| sample(name)),
        (_, 1) => Some(format!("{kept}{}", sample(name))),
        (_, 2) => Some(format!("{kept}/{}", sample(name))),
        _ => Some(format!("{kept}-example")),
    })
}

/// A readable value for a placeholder of an ARN format.
fn sample(name: &str) -> String {
    match name {
        "Partition" => "aws".to_owned(),
        "Region" => "eu-west-1".to_owned(),
        "Account" => "123456789012".to_owned(),
        "ObjectName" => "example-key".to_owned(),
        "KeyId" => "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned(),
        _ => {
            let base = name.strip_suffix("Name").or_else(|| name.strip_suffix("Id"));
            let mut text = String::from("example");
            for letter in base.unwrap_or(name).chars() {
                if letter.is_ascii_uppercase() || !letter.is_ascii_alphanumeric() {
                    text.push('-');
                }
                if letter.is_ascii_alphanumeric() {
                    text.push(letter.to_ascii_lowercase());
                }
            }
            text
        }
    }
}

/// The placeholders of a format with what stands in their place in `arn`.
fn captures<'f, 'a>(format: &'f Format, arn: &'a str) -> Option<Vec<(&'f str, &'a str)>> {
    fn go<'f, 'a>(
        tokens: &'f [FormatToken],
        text: &'a str,
        found: &mut Vec<(&'f str, &'a str)>,
    ) -> bool {
        let Some((token, rest)) = tokens.split_first() else { return text.is_empty() };
        match token {
            FormatToken::Literal(literal) => {
                text.strip_prefix(literal.as_str()).is_some_and(|text| go(rest, text, found))
            }
            FormatToken::Placeholder { name, excludes_colon, excludes_slash, may_be_empty } => {
                let taken =
                    |c: char| (*excludes_colon && c == ':') || (*excludes_slash && c == '/');
                let most = text.find(taken).unwrap_or(text.len());
                let least = usize::from(!may_be_empty);
                let next = match rest.first() {
                    Some(FormatToken::Literal(literal)) => literal.as_str(),
                    _ => "",
                };
                // The last one has to take all that is left; another all up to what it cannot
                // take, if that comes next.
                let first = match rest {
                    [] => text.len(),
                    _ if next.starts_with(taken) => most,
                    _ => least,
                };
                let fits = |end: &usize| text.get(*end..).is_some_and(|r| r.starts_with(next));
                for end in (first.max(least)..=most).filter(fits) {
                    let (capture, after) = text.split_at(end);
                    found.push((name, capture));
                    if go(rest, after, found) {
                        return true;
                    }
                    found.pop();
                }
                false
            }
        }
    }
    let mut found = Vec::with_capacity(format.tokens.len());
    (!format.tokens.is_empty() && go(&format.tokens, arn, &mut found)).then_some(found)
}

/// The format with these texts in place of its placeholders.
fn fill(format: &Format, captures: &[String]) -> String {
    let mut captures = captures.iter();
    let mut text = String::with_capacity(128);
    for token in &format.tokens {
        text.push_str(match token {
            FormatToken::Literal(literal) => literal,
            FormatToken::Placeholder { .. } => captures.next().map_or("", String::as_str),
        });
    }
    text
}
