//! Object keys as patterns: from a consumer's key format to what an IAM resource says.

use std::collections::BTreeSet;
use std::fmt;

use crate::pattern::escape;

/// A part of one path segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Piece {
    /// Text as it stands in the key.
    Literal(String),
    /// Any text, also with slashes in it.
    Any,
    /// A name that the deployment fills in.
    Name(String),
    /// What a condition key of the request holds.
    Variable(&'static str),
}

/// What stands between two slashes.
pub(crate) type Segment = Vec<Piece>;

/// A set of object keys (or list prefixes): literal text and stars, parts joined by `/`. It never
/// ends in text directly before a star, because `team-1*` also reaches `team-1-prod`.
///
/// `Display` is the text for an IAM resource or a `StringLike` value: a literal `*`, `?` and `$`
/// stand as `${*}`, `${?}` and `${$}`.
// AWS: `${*}`, `${?}`, `${$}` are the characters themselves:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPattern {
    segments: Vec<Segment>,
}

impl KeyPattern {
    /// Every key.
    #[must_use]
    pub fn any() -> Self {
        Self { segments: vec![vec![Piece::Any]] }
    }

    /// Whether this is every key.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.segments == [[Piece::Any]]
    }

    fn from_segments(mut segments: Vec<Segment>) -> Self {
        let is_star = |segment: &Segment| segment.as_slice() == [Piece::Any];
        // What follows the last literal is one star: `a/*/*` says no more than `a/*` to a reader,
        // and a key can hold any number of slashes.
        while segments.len() > 1 && segments.iter().rev().take(2).all(is_star) {
            segments.pop();
        }
        let open = segments.last().is_some_and(|s| s.len() > 1 && s.last() == Some(&Piece::Any));
        if open {
            segments.push(vec![Piece::Any]);
        }
        Self { segments }
    }
}

impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.segments.iter().enumerate() {
            if i > 0 {
                f.write_str("/")?;
            }
            for piece in segment {
                match piece {
                    Piece::Literal(text) => write!(f, "{}", escape(text))?,
                    Piece::Any | Piece::Name(_) => f.write_str("*")?,
                    Piece::Variable(key) => write!(f, "${{{key}}}")?,
                }
            }
        }
        Ok(())
    }
}

/// A directory of keys with names still to be filled in: a consumer's key format
/// (`artifacts/{{workflow.namespace}}/{{pod.name}}`), a path, or a model's `keys:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTemplate {
    segments: Vec<Segment>,
}

/// The name that `{{workflow.namespace}}` and a model's `${namespace}` stand for.
pub(crate) const NAMESPACE: &str = "namespace";

impl KeyTemplate {
    /// Reads a key format as Argo writes it. `{{workflow.namespace}}` becomes the namespace, every
    /// other template any text. Slashes are cleaned as in Go's `path.Clean`: doubled ones fall
    /// together, `.` falls away, `..` takes its parent with it, a leading one stays.
    ///
    /// # Errors
    /// An unclosed `{{`, a `..` whose parent is not known, control characters, more than 1,024
    /// bytes.
    // AWS: an object key has at most 1,024 bytes:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    pub fn parse_format(format: &str) -> Result<Self, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = format;
        while let Some(open) = rest.find("{{") {
            push_literal(&mut pieces, &rest[..open]);
            let Some(close) = rest[open..].find("}}") else {
                return Err(format!(
                    "`{format}` opens a template with `{{{{` and does not close it with `}}}}`"
                ));
            };
            let name = rest[open + 2..open + close].trim();
            pieces.push(match name {
                "workflow.namespace" => Piece::Name(NAMESPACE.to_owned()),
                _ => Piece::Any,
            });
            rest = &rest[open + close + 2..];
        }
        push_literal(&mut pieces, rest);
        Self::clean(format, pieces)
    }

    /// Reads a plain path: no templates, every character stands for itself.
    ///
    /// # Errors
    /// As [`KeyTemplate::parse_format`].
    pub fn parse_path(path: &str) -> Result<Self, String> {
        Self::clean(path, vec![Piece::Literal(path.to_owned())])
    }

    /// Reads a model's `keys:`: `${name}` is filled in, `*` is any text.
    ///
    /// # Errors
    /// An unclosed `${`.
    pub(crate) fn parse_model(text: &str) -> Result<Self, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '*']) {
            push_literal(&mut pieces, &rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix('*') {
                pieces.push(Piece::Any);
                rest = after;
            } else if let Some((name, after)) =
                rest.strip_prefix("${").and_then(|r| r.split_once('}'))
            {
                pieces.push(Piece::Name(name.to_owned()));
                rest = after;
            } else {
                return Err(format!("`{text}` holds a `$` that is not `${{name}}`"));
            }
        }
        push_literal(&mut pieces, rest);
        Self::clean(text, pieces)
    }

    fn clean(source: &str, pieces: Vec<Piece>) -> Result<Self, String> {
        if source.len() > 1024 {
            return Err("is longer than 1024 bytes, more than a key can have".to_owned());
        }
        if source.chars().any(char::is_control) {
            return Err("holds a control character".to_owned());
        }
        let mut segments: Vec<Segment> = vec![Vec::new()];
        for piece in pieces {
            let Piece::Literal(text) = piece else {
                if let Some(segment) = segments.last_mut() {
                    segment.push(piece);
                }
                continue;
            };
            for (i, part) in text.split('/').enumerate() {
                if i > 0 {
                    segments.push(Vec::new());
                }
                if let (false, Some(segment)) = (part.is_empty(), segments.last_mut()) {
                    segment.push(Piece::Literal(part.to_owned()));
                }
            }
        }
        let rooted = source.starts_with('/');
        let mut cleaned: Vec<Segment> = Vec::new();
        for segment in segments {
            match segment.as_slice() {
                [] => {}
                [Piece::Literal(dot)] if dot == "." => {}
                [Piece::Literal(dots)] if dots == ".." => match cleaned.pop() {
                    Some(parent) if parent.iter().all(|p| matches!(p, Piece::Literal(_))) => {}
                    _ => {
                        return Err(format!("`..` in `{source}` leaves a place that is not known"));
                    }
                },
                _ => cleaned.push(merge_stars(segment)),
            }
        }
        if rooted && !cleaned.is_empty() {
            cleaned.insert(0, Vec::new());
        }
        Ok(Self { segments: cleaned })
    }

    /// The names that must be filled in, sorted.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let pieces = self.segments.iter().flatten();
        pieces
            .filter_map(|p| if let Piece::Name(name) = p { Some(name.as_str()) } else { None })
            .collect()
    }

    /// Fills names in with templates: each name stands for one or several. A name alone between
    /// slashes may bring slashes with it, and nothing at all.
    #[must_use]
    pub(crate) fn fill(&self, name: &str, values: &[Self]) -> Vec<Self> {
        let wanted = Piece::Name(name.to_owned());
        if !self.segments.iter().flatten().any(|piece| *piece == wanted) {
            return vec![self.clone()];
        }
        values
            .iter()
            .map(|value| {
                let mut segments: Vec<Segment> = Vec::new();
                for segment in &self.segments {
                    if segment.as_slice() == [wanted.clone()] {
                        // Only at the start a slash in front stays, as in Go's `path.Join`.
                        let root = value.segments.first().is_some_and(Vec::is_empty);
                        let skipped = usize::from(root && !segments.is_empty());
                        segments.extend(value.segments.iter().skip(skipped).cloned());
                        continue;
                    }
                    let mut filled = Vec::new();
                    for piece in segment {
                        if *piece == wanted {
                            filled.extend(value.segments.first().into_iter().flatten().cloned());
                        } else {
                            filled.push(piece.clone());
                        }
                    }
                    segments.push(merge_stars(filled));
                }
                Self { segments }
            })
            .collect()
    }

    /// One name as it stands, or any where there is none.
    #[must_use]
    pub(crate) fn name(value: Option<&str>) -> Self {
        let piece = value.map_or(Piece::Any, |text| Piece::Literal(text.to_owned()));
        Self { segments: vec![vec![piece]] }
    }

    /// The value of a condition key, in place of a name.
    pub(crate) fn variable(key: &'static str) -> Self {
        Self { segments: vec![vec![Piece::Variable(key)]] }
    }

    /// The keys this stands for; names left open are any text.
    #[must_use]
    pub fn pattern(&self) -> KeyPattern {
        let open = |piece: &Piece| {
            if matches!(piece, Piece::Name(_)) { Piece::Any } else { piece.clone() }
        };
        let segments =
            self.segments.iter().map(|s| merge_stars(s.iter().map(open).collect())).collect();
        KeyPattern::from_segments(segments)
    }

    /// The text as a model writes it, `${name}` for what is filled in.
    #[must_use]
    pub(crate) fn model_text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Any => "*".to_owned(),
            Piece::Name(name) => format!("${{{name}}}"),
            Piece::Variable(key) => format!("${{{key}}}"),
        };
        let segments = self.segments.iter().map(|s| s.iter().map(piece).collect::<String>());
        segments.collect::<Vec<_>>().join("/")
    }

    /// Everything below this directory.
    #[must_use]
    pub fn below(mut self) -> Self {
        self.segments.push(vec![Piece::Any]);
        self
    }

    /// Whether there is nothing in it: the root of the bucket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
}

fn merge_stars(mut segment: Segment) -> Segment {
    segment.dedup_by(|a, b| *a == Piece::Any && *b == Piece::Any);
    segment
}

#[cfg(test)]
mod tests;
