//! Wildcard patterns: parsed once, matched everywhere.
//!
//! `*` is any run of characters, also none; `?` is exactly one character. There is no escape by
//! backslash: a literal wildcard is written `${*}`, `${?}` or `${$}`. Whether `${...}` is a
//! variable or plain text depends on the policy's version and on where the text stands, so the
//! caller says which [`Syntax`] applies.
//!
//! INVARIANT: parts are canonical: no two neighbouring literals or runs, `?` before `*`.

mod arn;

pub use arn::{ArnPattern, ArnPatternError};

use std::borrow::Cow;
use std::fmt;

/// Which characters of a text are special.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// None: `StringEquals` in a policy of 2008.
    Literal,
    /// `*` and `?`.
    Glob,
    /// `${...}`: `StringEquals` in a policy of 2012.
    LiteralWithVariables,
    /// `*`, `?` and `${...}`.
    GlobWithVariables,
}

impl Syntax {
    const fn wildcards(self) -> bool {
        matches!(self, Self::Glob | Self::GlobWithVariables)
    }

    const fn variables(self) -> bool {
        matches!(self, Self::LiteralWithVariables | Self::GlobWithVariables)
    }
}

/// A policy variable: `${aws:username}` or `${aws:PrincipalTag/team, 'default'}`.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Variable {
    /// The context key, lower case: key names are case-insensitive.
    pub key: Box<str>,
    /// What stands in when the key has no value.
    pub default: Option<Box<str>>,
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.default {
            Some(default) => write!(f, "${{{}, '{default}'}}", self.key),
            None => write!(f, "${{{}}}", self.key),
        }
    }
}

/// One piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// This text, exactly.
    Literal(Box<str>),
    /// Exactly one character.
    One,
    /// Any run of characters, also none.
    Run,
    /// The value of a context key, as literal text.
    Variable(Variable),
}

/// Stands for what a star matches. No key holds it: it is no character.
const ANYTHING: &str = "\u{10ffff}";

/// A text with wildcards and variables. Equal patterns have equal text and equal meaning.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern {
    text: Box<str>,
    parts: Box<[Part]>,
}

impl Pattern {
    /// Reads `text` under `syntax`. Every text is a pattern: an unclosed `${` is literal text.
    #[must_use]
    pub fn parse(text: &str, syntax: Syntax) -> Self {
        let is_special = |byte: u8| match byte {
            b'*' | b'?' => syntax.wildcards(),
            b'$' => syntax.variables(),
            _ => false,
        };
        // Most are plain text: one part, and no list that grows and is cut.
        let parts: Box<[Part]> = match text.bytes().any(is_special) {
            false if text.is_empty() => Box::default(),
            false => Box::new([Part::Literal(text.into())]),
            true => parse_parts(text, syntax).into(),
        };
        Self { text: text.into(), parts }
    }

    /// A pattern of `*` and `?` only.
    #[must_use]
    pub fn glob(text: &str) -> Self {
        Self::parse(text, Syntax::Glob)
    }

    /// A pattern that matches `text` and nothing else.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self::parse(text, Syntax::Literal)
    }

    /// A pattern of these pieces, and a text that shows them.
    fn of_parts(parts: Vec<Part>) -> Self {
        let mut text = String::new();
        for part in &parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::One => text.push('?'),
                Part::Run => text.push('*'),
                Part::Variable(variable) => text.push_str(&variable.to_string()),
            }
        }
        Self { text: text.into(), parts: parts.into() }
    }

    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pieces, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The one text that this pattern matches, if it has no wildcard and no variable.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match &*self.parts {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it is `*`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        matches!(&*self.parts, [Part::Run])
    }

    /// Whether it surely matches all that `narrow` matches: it does if it matches the text of
    /// `narrow` with one unknown sign for each star, which only a star of its own can take in. To
    /// miss that is no error.
    #[must_use]
    pub fn plainly_covers(&self, narrow: &Self) -> bool {
        let plain = |part: &Part| matches!(part, Part::Literal(_) | Part::Run);
        if self == narrow || !self.parts.iter().chain(&*narrow.parts).all(plain) {
            return self == narrow;
        }
        let text: String = narrow
            .parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text,
                _ => ANYTHING,
            })
            .collect();
        !self.text.contains(ANYTHING) && self.matches(&text)
    }

    /// The variables in it, in order.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(variable) => Some(variable),
            _ => None,
        })
    }

    /// Whether it has a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    /// Whether it matches the whole of `value`. A variable that was not bound matches nothing.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match &*self.parts {
            [Part::Literal(text)] => **text == *value,
            [Part::Literal(text), Part::Run] => value.as_bytes().starts_with(text.as_bytes()),
            parts => matches_parts(parts, value),
        }
    }

    /// Puts values in place of the variables; a value is literal text even where it holds a `*`.
    /// `None` where a variable has neither a value nor a default: such an entry matches nothing.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    pub fn bind<'v>(
        &self,
        mut value_of: impl FnMut(&str) -> Option<&'v str>,
    ) -> Option<Cow<'_, Self>> {
        if !self.has_variables() {
            return Some(Cow::Borrowed(self));
        }
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &*self.parts {
            match part {
                Part::Variable(variable) => {
                    let value = value_of(&variable.key).or(variable.default.as_deref())?;
                    push(&mut parts, Part::Literal(value.into()));
                }
                other => push(&mut parts, other.clone()),
            }
        }
        Some(Cow::Owned(Self { text: self.text.clone(), parts: parts.into() }))
    }

    /// The same pattern with `*` in place of every variable: it matches whatever it would match
    /// with some values for them.
    #[must_use]
    pub fn relaxed(&self) -> Self {
        let mut parts = Vec::with_capacity(self.parts.len());
        for part in &*self.parts {
            match part {
                Part::Variable(_) => push(&mut parts, Part::Run),
                other => push(&mut parts, other.clone()),
            }
        }
        Self { text: self.text.clone(), parts: parts.into() }
    }

    /// The same pattern with its letters in lower case, for comparisons that ignore case.
    #[must_use]
    pub fn to_lowercase(&self) -> Self {
        let fold = |part: &Part| match part {
            Part::Literal(text) => Part::Literal(fold_case(text).into()),
            other => other.clone(),
        };
        Self { text: self.text.clone(), parts: self.parts.iter().map(fold).collect() }
    }
}

/// `text` in lower case, letter by letter, whatever stands around a letter.
#[must_use]
pub fn fold_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `text` with `*`, `?` and `$` written so that a policy of 2012 reads them literally.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' => out.push_str("${*}"),
            '?' => out.push_str("${?}"),
            '$' => out.push_str("${$}"),
            c => out.push(c),
        }
    }
    out
}

fn parse_parts(text: &str, syntax: Syntax) -> Vec<Part> {
    let is_special = |c: char| match c {
        '*' | '?' => syntax.wildcards(),
        '$' => syntax.variables(),
        _ => false,
    };
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest.find(is_special).unwrap_or(rest.len());
        let (literal, special) = rest.split_at_checked(plain).unwrap_or((rest, ""));
        push(&mut parts, Part::Literal(literal.into()));
        let Some(first) = special.chars().next() else { break };
        let after = special.get(1..).unwrap_or_default();
        let (part, after) = match first {
            '*' => (Part::Run, after),
            '?' => (Part::One, after),
            // A dollar that starts no variable is literal text.
            _ => parse_variable(special).unwrap_or_else(|| (Part::Literal("$".into()), after)),
        };
        push(&mut parts, part);
        rest = after;
    }
    parts
}

/// A `${...}` at the start of `text`, and what follows it.
fn parse_variable(text: &str) -> Option<(Part, &str)> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find('}')?;
    let (inside, after) = (inside.get(..end)?, inside.get(end + 1..)?);
    let part = match inside {
        "*" | "?" | "$" => Part::Literal(inside.into()),
        _ => {
            let (key, default) = match inside.split_once(',') {
                Some((key, default)) => {
                    let quoted =
                        default.trim().strip_prefix('\'').and_then(|d| d.strip_suffix('\''));
                    (key, Some(quoted?.into()))
                }
                None => (inside, None),
            };
            let key = key.trim();
            if key.is_empty() || key.contains(['$', '{']) {
                return None;
            }
            Part::Variable(Variable { key: key.to_lowercase().into(), default })
        }
    };
    Some((part, after))
}

/// Appends a part and keeps the parts canonical.
fn push(parts: &mut Vec<Part>, part: Part) {
    match (parts.last_mut(), part) {
        (_, Part::Literal(text)) if text.is_empty() => {}
        (Some(Part::Literal(before)), Part::Literal(text)) => {
            *before = format!("{before}{text}").into();
        }
        (Some(Part::Run), Part::Run) => {}
        (Some(last @ Part::Run), Part::One) => {
            *last = Part::One;
            parts.push(Part::Run);
        }
        (_, part) => parts.push(part),
    }
}

/// Greedy matching with one point of return: the last run may always take one character more.
fn matches_parts(parts: &[Part], value: &str) -> bool {
    let bytes = value.as_bytes();
    let (mut part, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match parts.get(part) {
            None if at == bytes.len() => return true,
            Some(Part::Run) if part + 1 == parts.len() => return true,
            Some(Part::Run) => {
                retry = Some((part + 1, at));
                Some(0)
            }
            Some(Part::Literal(text)) => bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(text.as_bytes()))
                .then_some(text.len()),
            Some(Part::One) => character_length(bytes, at),
            None | Some(Part::Variable(_)) => None,
        };
        if let Some(length) = step {
            part += 1;
            at += length;
            continue;
        }
        match retry {
            Some((after_run, from)) => match character_length(bytes, from) {
                Some(length) => {
                    retry = Some((after_run, from + length));
                    part = after_run;
                    at = from + length;
                }
                None => return false,
            },
            None => return false,
        }
    }
}

/// Bytes of the character that starts at `at`; `None` at the end.
fn character_length(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at).map(|first| match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    })
}

#[cfg(test)]
mod tests;
