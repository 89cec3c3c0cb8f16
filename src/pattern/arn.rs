//! Patterns over ARNs: six parts, of which the first five are compared each on its own.
//!
//! A wildcard works inside its part; in the sixth, the resource, `*` also crosses `:` and `/`.
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::{Part, Pattern, Syntax, push};
use std::fmt;
use std::sync::Arc;

/// A `Resource` entry or an ARN operand: `*`, or an ARN with wildcards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ArnPattern {
    /// `*`: every resource, also for actions that have none.
    Any,
    /// An ARN with wildcards.
    Arn(Arc<ArnParts>),
}

/// The six parts of an ARN pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArnParts {
    text: Box<str>,
    /// `arn`, partition, service, region, account.
    pub head: [Pattern; 5],
    /// What follows the fifth colon.
    pub resource: Pattern,
    /// Whether the text had fewer than six parts and was completed with `*`.
    pub padded: bool,
    /// The whole text as one pattern, where a `*` ends one of the first five parts.
    spilled: Option<Pattern>,
}

/// Why a text is no ARN pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnPatternError {
    /// Neither `*` nor `arn:...`.
    #[error("neither `*` nor an ARN")]
    NotAnArn,
    /// A variable before the fifth colon.
    #[error("policy variables are allowed only after the fifth colon of an ARN")]
    VariableInHead,
}

impl ArnPattern {
    /// Reads `text`; `variables` tells whether `${...}` is a variable.
    ///
    /// AWS: an ARN with fewer than six parts is completed with `*`:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    ///
    /// # Errors
    /// Where the text is neither `*` nor an ARN, or a variable stands before the fifth colon.
    pub fn parse(text: &str, variables: bool) -> Result<Self, ArnPatternError> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Ok(Self::Any);
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        if fields.len() < 2
            || !Pattern::glob(fields.first().copied().unwrap_or_default()).matches("arn")
        {
            return Err(ArnPatternError::NotAnArn);
        }
        let head_text = fields.get(..5.min(fields.len())).unwrap_or_default();
        if variables && head_text.iter().any(|field| field.contains("${")) {
            return Err(ArnPatternError::VariableInHead);
        }
        let head = std::array::from_fn(|i| Pattern::glob(fields.get(i).copied().unwrap_or("*")));
        let syntax = if variables { Syntax::GlobWithVariables } else { Syntax::Glob };
        let spills = head_text.iter().any(|field| field.ends_with('*'));
        Ok(Self::Arn(Arc::new(ArnParts {
            text: text.into(),
            head,
            resource: Pattern::parse(fields.get(5).copied().unwrap_or("*"), syntax),
            padded: fields.len() < 6,
            spilled: spills.then(|| {
                let missing = ":*".repeat(6_usize.saturating_sub(fields.len()));
                Pattern::parse(&format!("{text}{missing}"), syntax)
            }),
        })))
    }

    /// The ARN that a text's pattern spells: cut at its first five literal colons, so that a
    /// wildcard stays inside its part. `None` where it spells no ARN.
    #[must_use]
    pub fn of_pattern(pattern: &Pattern) -> Option<Self> {
        if pattern.is_any() {
            return Some(Self::Any);
        }
        let mut parts: Vec<Vec<Part>> = Vec::new();
        let mut current = Vec::new();
        for part in pattern.parts() {
            let Part::Literal(text) = part else {
                push(&mut current, part.clone());
                continue;
            };
            let mut rest = &**text;
            while parts.len() < 5
                && let Some((before, after)) = rest.split_once(':')
            {
                push(&mut current, Part::Literal(before.into()));
                parts.push(std::mem::take(&mut current));
                rest = after;
            }
            push(&mut current, Part::Literal(rest.into()));
        }
        parts.push(current);
        let missing = 6_usize.saturating_sub(parts.len());
        let spills = parts.iter().take(5).any(|part| part.last() == Some(&Part::Run));
        let spilled = spills.then(|| {
            let mut whole = pattern.parts().to_vec();
            for _ in 0..missing {
                push(&mut whole, Part::Literal(":".into()));
                push(&mut whole, Part::Run);
            }
            Pattern::of_parts(whole)
        });
        let is_arn = parts.len() > 1;
        let mut parts = parts.into_iter().map(Pattern::of_parts);
        let mut next = || parts.next().unwrap_or_else(|| Pattern::glob("*"));
        let head: [Pattern; 5] = std::array::from_fn(|_| next());
        let resource = next();
        (is_arn && head.first().is_some_and(|first| first.matches("arn"))).then(|| {
            let (text, padded) = (pattern.text().into(), missing > 0);
            Self::Arn(Arc::new(ArnParts { text, head, resource, padded, spilled }))
        })
    }

    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Any => "*",
            Self::Arn(parts) => &parts.text,
        }
    }

    /// Whether any part holds a variable.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        matches!(self, Self::Arn(parts) if parts.resource.has_variables() || parts.varies_in_head())
    }

    /// Whether it matches `value`, part by part. Only `*` matches what is no ARN.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Arn(parts) => parts.matches(value, &parts.resource),
        }
    }

    /// Whether it matches `value` only in AWS's other reading, in which a `*` at the end of one
    /// of the first five parts reaches beyond the colon. The pages disagree, so a caller reports
    /// such a match as undecided.
    #[must_use]
    pub fn spills_over(&self, value: &str) -> bool {
        match self {
            Self::Any => false,
            Self::Arn(parts) => {
                parts.spilled.as_ref().is_some_and(|whole| whole.matches(value))
                    && !self.matches(value)
            }
        }
    }

    /// The whole text as one pattern, as AWS's other reading has it, where that differs: a `*` ends one
    /// of the first five parts.
    #[must_use]
    pub fn spilled(&self) -> Option<&Pattern> {
        match self {
            Self::Any => None,
            Self::Arn(parts) => parts.spilled.as_ref(),
        }
    }

    /// The same pattern with values in place of its variables; `None` where one has none.
    pub fn bind<'v>(
        &self,
        mut value_of: impl FnMut(&str) -> Option<&'v str>,
    ) -> Option<std::borrow::Cow<'_, Self>> {
        use std::borrow::Cow;
        match self {
            // What a value brings is cut into parts like what is written.
            Self::Arn(parts) if parts.varies_in_head() => {
                Self::of_pattern(&*parts.whole().bind(value_of)?).map(Cow::Owned)
            }
            Self::Arn(parts) if parts.resource.has_variables() => {
                let resource = parts.resource.bind(&mut value_of)?.into_owned();
                let spilled = match &parts.spilled {
                    Some(whole) => Some(whole.bind(&mut value_of)?.into_owned()),
                    None => None,
                };
                let (text, head) = (parts.text.clone(), parts.head.clone());
                let padded = parts.padded;
                Some(Cow::Owned(Self::Arn(Arc::new(ArnParts {
                    text,
                    head,
                    resource,
                    padded,
                    spilled,
                }))))
            }
            _ => Some(Cow::Borrowed(self)),
        }
    }

    /// Whether it surely matches all that `narrow` matches. To miss that is no error.
    #[must_use]
    pub fn plainly_covers(&self, narrow: &Self) -> bool {
        match (self, narrow) {
            (Self::Any, _) => true,
            (_, Self::Any) => false,
            (Self::Arn(wide), Self::Arn(narrow)) => {
                wide.head == narrow.head && wide.resource.plainly_covers(&narrow.resource)
            }
        }
    }

    /// The same pattern with `*` in place of every variable.
    #[must_use]
    pub fn relaxed(&self) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Arn(parts) => {
                let head = std::array::from_fn(|i| parts.head[i].relaxed());
                let resource = parts.resource.relaxed();
                let spilled = parts.spilled.as_ref().map(Pattern::relaxed);
                Self::Arn(Arc::new(ArnParts { head, resource, spilled, ..(**parts).clone() }))
            }
        }
    }
}

impl ArnParts {
    fn varies_in_head(&self) -> bool {
        self.head.iter().any(Pattern::has_variables)
    }

    /// All parts as one pattern.
    fn whole(&self) -> Pattern {
        let mut all = Vec::new();
        for part in &self.head {
            part.parts().iter().for_each(|piece| push(&mut all, piece.clone()));
            push(&mut all, Part::Literal(":".into()));
        }
        self.resource.parts().iter().for_each(|piece| push(&mut all, piece.clone()));
        Pattern { text: self.text.clone(), parts: all.into() }
    }

    fn matches(&self, value: &str, resource: &Pattern) -> bool {
        let mut rest = value;
        for part in &self.head {
            // Fields are short: a search made for long texts takes longer to begin.
            let Some(colon) = rest.bytes().position(|byte| byte == b':') else { return false };
            let (field, after) = rest.split_at(colon);
            let is_it = match part.as_literal() {
                Some(text) => text == field,
                None => part.matches(field),
            };
            if !is_it {
                return false;
            }
            rest = after.get(1..).unwrap_or_default();
        }
        resource.matches(rest)
    }
}

impl fmt::Display for ArnPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
