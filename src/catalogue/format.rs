//! Resource types, and which ARNs their formats stand for.

use super::Catalogue;

/// A type of resource that a service defines, such as S3's `object`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType<'a> {
    service: &'a str,
    name: &'a str,
    key_set: &'a str,
    formats: &'a str,
}

impl<'a> ResourceType<'a> {
    /// Reads a line of the catalogue: `service:name`, its set of condition keys, then its formats.
    pub(super) fn new(line: &'a str) -> Self {
        let (key, rest) = line.split_once('\t').unwrap_or((line, ""));
        let (key_set, formats) = rest.split_once('\t').unwrap_or((rest, ""));
        let (service, name) = key.split_once(':').unwrap_or(("", key));
        Self { service, name, key_set, formats }
    }

    /// The name of the set of its condition keys; empty for none.
    pub(super) fn key_set(self) -> &'a str {
        self.key_set
    }

    /// The prefix of the service that defines it.
    #[must_use]
    pub fn service(self) -> &'a str {
        self.service
    }

    /// The name, as AWS's page on the service spells it.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.name
    }

    /// How its ARNs are built, usually one way:
    /// `arn:${Partition}:s3:::${BucketName}/${ObjectName}`. A `*` is any text.
    pub fn arn_formats(self) -> impl Iterator<Item = &'a str> {
        self.formats.split('\t').filter(|format| !format.is_empty())
    }
}

/// One piece of an ARN format.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FormatToken {
    /// This text, exactly.
    Literal(String),
    /// Some text.
    Placeholder {
        /// The name between `${` and `}`, or `*`.
        name: String,
        /// It never holds a `:`.
        excludes_colon: bool,
        /// It never holds a `/`.
        excludes_slash: bool,
        /// It can be the empty text.
        may_be_empty: bool,
    },
}

/// All ARNs that one format stands for, as tokens in a row.
pub type FormatLanguage = Vec<FormatToken>;

/// Which separators follow an ARN of one type in longer formats of the same service: a bucket's
/// ARN followed by `/` is an object's, so a bucket's name holds no `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SiblingExtensions {
    /// A longer format goes on with `:`.
    pub colon: bool,
    /// A longer format goes on with `/`.
    pub slash: bool,
}

impl Catalogue {
    /// How other formats of the service extend this one.
    #[must_use]
    pub fn sibling_extensions(&self, service: &str, format: &str) -> SiblingExtensions {
        let mut found = SiblingExtensions::default();
        for sibling in self.resource_types_of(service).flat_map(ResourceType::arn_formats) {
            match continuation(format, sibling) {
                Some(b':') => found.colon = true,
                Some(b'/') => found.slash = true,
                _ => {}
            }
        }
        found
    }

    /// The ARNs that a resource of this type can have, one language for each format.
    ///
    /// Each placeholder excludes only the separator that can follow it: the next character of the
    /// format or, at its end, those by which a sibling extends it. So log groups and parameters
    /// may hold `/`, and a bucket may not. The five parts before the resource hold no `:`, and
    /// region and account may be empty.
    #[must_use]
    pub fn format_languages(&self, resource_type: ResourceType<'_>) -> Vec<FormatLanguage> {
        let mut languages = Vec::new();
        for format in resource_type.arn_formats() {
            let at_end = self.sibling_extensions(resource_type.service, format);
            let language = tokens(format, at_end);
            languages.push(language.clone());
            if (resource_type.service, resource_type.name) == ("logs", "log-group") {
                // AWS: the ARN of a log group is written with and without `:*`:
                // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
                let mut with_star = language;
                with_star.push(FormatToken::Literal(":*".to_owned()));
                languages.push(with_star);
            }
        }
        languages
    }
}

/// The first character by which `longer` goes on where it is otherwise shaped as `format`,
/// whatever the names of the placeholders.
fn continuation(format: &str, longer: &str) -> Option<u8> {
    let mut longer = pieces(longer);
    let mut short = pieces(format).peekable();
    while let Some(piece) = short.next() {
        match (piece, longer.next()?) {
            (Piece::Placeholder(_), Piece::Placeholder(_)) => {}
            (Piece::Literal(here), Piece::Literal(there)) if here == there => {}
            (Piece::Literal(here), Piece::Literal(there)) if short.peek().is_none() => {
                return there.strip_prefix(here)?.bytes().next();
            }
            _ => return None,
        }
    }
    match longer.next()? {
        Piece::Literal(text) => text.bytes().next(),
        Piece::Placeholder(_) => None,
    }
}

/// A format as tokens; `at_end` says what can follow its last placeholder.
fn tokens(format: &str, at_end: SiblingExtensions) -> FormatLanguage {
    let mut colons = 0;
    let mut tokens = Vec::new();
    let mut pieces = pieces(format).peekable();
    while let Some(piece) = pieces.next() {
        let name = match piece {
            Piece::Literal(text) => {
                colons += text.matches(':').count();
                tokens.push(FormatToken::Literal(text.to_owned()));
                continue;
            }
            Piece::Placeholder(name) => name,
        };
        let follows = match pieces.peek() {
            None => at_end,
            Some(Piece::Literal(text)) => {
                SiblingExtensions { colon: text.starts_with(':'), slash: text.starts_with('/') }
            }
            Some(Piece::Placeholder(_)) => SiblingExtensions::default(),
        };
        tokens.push(FormatToken::Placeholder {
            name: name.to_owned(),
            excludes_colon: colons < 5 || follows.colon,
            excludes_slash: follows.slash,
            may_be_empty: name == "*" || matches!(colons, 3 | 4),
        });
    }
    tokens
}

/// A part of a format, as it is written.
enum Piece<'a> {
    Literal(&'a str),
    Placeholder(&'a str),
}

/// Splits a format at `${...}` and `*`. What is not closed is literal.
fn pieces(format: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = format;
    std::iter::from_fn(move || {
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
            return Some(Piece::Placeholder("*"));
        }
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|text| text.split_once('}')) {
            rest = after;
            return Some(Piece::Placeholder(name));
        }
        // A `$` or `*` further on may start the next piece; the first character cannot.
        let first = rest.chars().next()?.len_utf8();
        let end = rest[first..].find(['$', '*']).map_or(rest.len(), |at| first + at);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Literal(text))
    })
}

#[cfg(test)]
mod tests;
