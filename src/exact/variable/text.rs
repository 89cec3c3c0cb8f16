//! Real texts: how keys are spelled, and what may stand for opaque letters.

use super::bind::patterns;
use crate::exact::language::is_opaque;
use crate::exact::set::Rule;
use crate::iam::{ContextValue, Request};
use crate::pattern::{Part, Pattern};
use std::collections::BTreeSet;

/// A key in lower case as AWS spells it.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(crate) fn spelled(key: &str) -> String {
    const NAMES: &[&str] = &[
        "aws:PrincipalTag/",
        "aws:ResourceTag/",
        "aws:RequestTag/",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalType",
        "aws:ResourceAccount",
        "aws:RequestedRegion",
        "aws:SourceAccount",
        "aws:SourceArn",
    ];
    let known = NAMES.iter().find(|name| {
        let exact = !name.ends_with('/');
        let lower = name.to_ascii_lowercase();
        if exact { key == lower } else { key.starts_with(&lower) }
    });
    match known {
        Some(name) => format!("{name}{}", key.get(name.len()..).unwrap_or_default()),
        None => key.to_owned(),
    }
}

/// A realistic value of a key.
pub(super) fn sample(key: &str) -> String {
    match key {
        "aws:principalaccount" | "aws:resourceaccount" | "aws:sourceaccount" => "123456789012",
        "aws:username" => "example-user",
        "aws:userid" => "AIDAEXAMPLEUSERID",
        "aws:requestedregion" => "eu-west-1",
        "aws:principalorgid" | "aws:resourceorgid" => "o-exampleorgid",
        "aws:principaltype" => "AssumedRole",
        "aws:sourceip" => "192.0.2.1",
        _ => {
            let last = key.rsplit(['/', ':']).next().unwrap_or(key);
            return format!("example-{last}");
        }
    }
    .to_owned()
}

/// At most so many texts of statements are tried as values.
const MOST_TEXTS: usize = 64;

/// What values may have to be to meet something by chance: pieces of what the statements and a
/// request say.
pub(crate) fn texts<'r, 'a: 'r>(
    rules: impl Iterator<Item = &'r Rule<'a>>,
    request: &Request,
) -> BTreeSet<String> {
    let mut whole: Vec<String> = Vec::new();
    for part in rules.flat_map(|rule| patterns(&rule.statement)).flat_map(Pattern::parts) {
        if let Part::Literal(text) = part {
            whole.push(text.to_string());
        }
    }
    whole.extend(request.resource.text().splitn(6, ':').last().map(str::to_owned));
    whole.extend(request.context.iter().filter_map(|(_, value)| match value {
        ContextValue::Single(text) => Some(text.clone()),
        _ => None,
    }));
    let is_separator = |c: char| matches!(c, '/' | ':' | '*' | '?') || is_opaque(c);
    let mut texts = BTreeSet::new();
    for text in whole {
        let plain: String = text.chars().filter(|c| !is_opaque(*c)).collect();
        texts.extend(text.split(is_separator).map(str::to_owned));
        texts.extend(plain.split_once('/').map(|(_, rest)| rest.to_owned()));
        texts.insert(plain);
        if texts.len() >= MOST_TEXTS {
            break;
        }
    }
    texts
}

/// `text` with each letter's piece of its text: one character, and the last letter's all the rest.
/// A letter of the other case brings its piece in the other case.
pub(super) fn fill(text: &str, pairs: &[(&str, &str)]) -> String {
    if !text.contains(is_opaque) {
        return text.to_owned();
    }
    let mut filled = String::with_capacity(text.len());
    for letter in text.chars() {
        let own = pairs.iter().find_map(|(letters, value)| {
            let lower = letter.to_lowercase().next()?;
            let at = letters.chars().position(|own| own == lower)?;
            let last = at + 1 == letters.chars().count();
            let most = if last { usize::MAX } else { 1 };
            let piece: String = value.chars().skip(at).take(most).collect();
            Some(if letter == lower { piece } else { swap_case(&piece) })
        });
        match own {
            Some(piece) => filled.push_str(&piece),
            None => filled.push(letter),
        }
    }
    filled
}

fn swap_case(text: &str) -> String {
    let swap =
        |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}
