//! One pattern as a row of tokens: the steps of its automaton.

use crate::catalogue::FormatToken;
use crate::pattern::{ArnPattern, Part, Pattern};
use std::sync::OnceLock;

/// Which characters a wildcard takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    Any,
    NoColon,
    NoSlash,
    /// Neither `:` nor `/`.
    Neither,
}

impl Class {
    /// The class that leaves out the given separators.
    pub(crate) const fn excluding(colon: bool, slash: bool) -> Self {
        match (colon, slash) {
            (false, false) => Self::Any,
            (true, false) => Self::NoColon,
            (false, true) => Self::NoSlash,
            (true, true) => Self::Neither,
        }
    }

    pub(crate) const fn takes(self, letter: char) -> bool {
        match self {
            Self::Any => true,
            Self::NoColon => letter != ':',
            Self::NoSlash => letter != '/',
            Self::Neither => letter != ':' && letter != '/',
        }
    }

    /// Whether it takes every character that `other` takes.
    const fn covers(self, other: Self) -> bool {
        match self {
            Self::Any => true,
            Self::NoColon => matches!(other, Self::NoColon | Self::Neither),
            Self::NoSlash => matches!(other, Self::NoSlash | Self::Neither),
            Self::Neither => matches!(other, Self::Neither),
        }
    }
}

/// Letters that stand for the values of policy variables, each for a piece of one. They come in
/// pairs of cases like other letters do, and no policy can hold them: AWS allows letters up to
/// U+00FF.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>
pub(crate) const fn is_opaque(letter: char) -> bool {
    matches!(letter, '\u{10400}'..='\u{1044f}')
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Token {
    /// This character.
    Letter(char),
    /// Any character whose lower case is this one.
    Folded(char),
    /// Exactly one character.
    One(Class),
    /// Any run of characters, also none.
    Run(Class),
    /// The end of the pattern.
    End,
}

impl Token {
    /// Whether a wildcard of `class` would take whatever this token takes.
    pub(super) fn is_covered_by(self, class: Class) -> bool {
        match self {
            Self::Letter(letter) | Self::Folded(letter) => class.takes(letter),
            Self::One(own) | Self::Run(own) => class.covers(own),
            Self::End => false,
        }
    }

    /// Whether some character is one that both take.
    pub(super) fn shares_a_letter_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::End, _) | (_, Self::End) => false,
            (Self::Letter(a), Self::Letter(b)) | (Self::Folded(a), Self::Folded(b)) => a == b,
            (Self::Letter(upper), Self::Folded(lower))
            | (Self::Folded(lower), Self::Letter(upper)) => folds_to(upper, lower),
            (Self::Letter(letter), Self::One(class) | Self::Run(class))
            | (Self::One(class) | Self::Run(class), Self::Letter(letter)) => class.takes(letter),
            // No letter that is not a separator folds to one, and each class takes all others.
            (Self::Folded(letter), Self::One(class) | Self::Run(class))
            | (Self::One(class) | Self::Run(class), Self::Folded(letter)) => class.takes(letter),
            (Self::One(_) | Self::Run(_), Self::One(_) | Self::Run(_)) => true,
        }
    }
}

/// All other letters whose lower case is `letter`.
pub(super) fn uppercase(letter: char) -> impl Iterator<Item = char> {
    // Pairs of a lower-case letter and one of its upper-case letters, sorted. Some letters have
    // several: the Ångström sign is a third `å`.
    static PAIRS: OnceLock<Vec<(char, char)>> = OnceLock::new();
    let pairs = PAIRS.get_or_init(|| {
        let single = |upper: char| {
            let mut lower = upper.to_lowercase();
            lower.next().filter(|lower| *lower != upper).filter(|_| lower.next().is_none())
        };
        let mut pairs: Vec<(char, char)> =
            ('\0'..=char::MAX).filter_map(|upper| Some((single(upper)?, upper))).collect();
        pairs.sort_unstable();
        pairs
    });
    let from = pairs.partition_point(|(lower, _)| *lower < letter);
    pairs.iter().skip(from).take_while(move |(lower, _)| *lower == letter).map(|(_, upper)| *upper)
}

/// Whether `letter` in lower case is `lower`.
pub(super) fn folds_to(letter: char, lower: char) -> bool {
    let mut folded = letter.to_lowercase();
    folded.next() == Some(lower) && folded.next().is_none()
}

/// The strings that one pattern matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Language {
    tokens: Vec<Token>,
    /// Whether an opaque letter stands for any text, also in part of what other tokens ask for.
    loose: bool,
}

impl Language {
    /// What `pattern` matches; a variable stands for any text.
    pub(crate) fn of_pattern(pattern: &Pattern) -> Self {
        let mut language = Self::default();
        language.push_pattern(pattern, Class::Any, false);
        language
    }

    /// What `pattern`, in lower case, matches whatever the case of the value's letters.
    pub(crate) fn ignoring_case(pattern: &Pattern) -> Self {
        let mut language = Self::default();
        language.push_pattern(pattern, Class::Any, true);
        language
    }

    /// The ARNs that `pattern` matches: wildcards in the first five parts stop at a colon.
    pub(crate) fn of_arn(pattern: &ArnPattern) -> Self {
        let mut language = Self::literal("arn");
        // What is no ARN is matched by `*` alone, and only as a resource.
        match pattern {
            ArnPattern::Any => {
                for _ in 1..5 {
                    language.push(Token::Letter(':'));
                    language.push(Token::Run(Class::NoColon));
                }
                language.push(Token::Letter(':'));
                language.push(Token::Run(Class::Any));
            }
            ArnPattern::Arn(parts) => {
                for part in parts.head.iter().skip(1) {
                    language.push(Token::Letter(':'));
                    language.push_pattern(part, Class::NoColon, false);
                }
                language.push(Token::Letter(':'));
                language.push_pattern(&parts.resource, Class::Any, false);
            }
        }
        language
    }

    /// All names that actions may have, in lower case.
    pub(crate) fn of_action_names() -> Self {
        let mut language = Self::default();
        for token in [Token::One(Class::Neither), Token::Run(Class::Neither)] {
            language.push(token);
        }
        language.push(Token::Letter(':'));
        for token in [Token::One(Class::Neither), Token::Run(Class::Neither)] {
            language.push(token);
        }
        language
    }

    /// All ARNs that a format of the catalogue stands for.
    pub(crate) fn of_format(format: &[FormatToken]) -> Self {
        let mut language = Self::default();
        for token in format {
            match token {
                FormatToken::Literal(text) => {
                    language.tokens.extend(text.chars().map(Token::Letter));
                }
                FormatToken::Placeholder {
                    excludes_colon, excludes_slash, may_be_empty, ..
                } => {
                    let class = Class::excluding(*excludes_colon, *excludes_slash);
                    if !may_be_empty {
                        language.push(Token::One(class));
                    }
                    language.push(Token::Run(class));
                }
            }
        }
        language
    }

    /// Exactly `text`.
    pub(crate) fn literal(text: &str) -> Self {
        Self { tokens: text.chars().map(Token::Letter).collect(), loose: false }
    }

    /// The strings that the pattern matches for some texts in place of the opaque letters, in the
    /// pattern and in the strings: more than it matches for all.
    pub(crate) fn loosened(&self) -> Self {
        let mut language = Self { tokens: Vec::with_capacity(self.tokens.len()), loose: true };
        for token in &self.tokens {
            language.push(match token {
                Token::Letter(letter) | Token::Folded(letter) if is_opaque(*letter) => {
                    Token::Run(Class::Any)
                }
                other => *other,
            });
        }
        language
    }

    /// Whether an opaque letter stands in it.
    pub(crate) fn has_opaque(&self) -> bool {
        self.tokens
            .iter()
            .any(|token| matches!(token, Token::Letter(c) | Token::Folded(c) if is_opaque(*c)))
    }

    /// Whether both are the same. What is written in policies mostly begins alike, so the ends are
    /// compared first.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.loose == other.loose
            && self.tokens.len() == other.tokens.len()
            && self.tokens.iter().rev().eq(other.tokens.iter().rev())
    }

    pub(super) const fn is_loose(&self) -> bool {
        self.loose
    }

    /// Appends a step; runs of one class in a row are one run.
    pub(crate) fn push(&mut self, token: Token) {
        if !(matches!(token, Token::Run(_)) && self.tokens.last() == Some(&token)) {
            self.tokens.push(token);
        }
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The step at a place; the end, from where the text ends.
    pub(super) fn token(&self, place: usize) -> Token {
        self.tokens.get(place).copied().unwrap_or(Token::End)
    }

    fn push_pattern(&mut self, pattern: &Pattern, class: Class, folded: bool) {
        for part in pattern.parts() {
            match part {
                Part::Literal(text) if folded => {
                    self.tokens.extend(text.chars().map(Token::Folded));
                }
                Part::Literal(text) => self.tokens.extend(text.chars().map(Token::Letter)),
                Part::One => self.push(Token::One(class)),
                Part::Run | Part::Variable(_) => self.push(Token::Run(class)),
            }
        }
    }
}
