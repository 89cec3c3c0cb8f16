//! Where a policy was read.

use crate::source::{Position, Source, Span};
use std::fmt;
use std::sync::Arc;

/// Where a policy was read.
#[derive(Clone)]
pub enum Place {
    /// A file, or a part of one.
    File {
        /// The file.
        source: Arc<Source>,
        /// Its part.
        span: Span,
        /// Whether the policy stands there as JSON: places in it are places in the file. Else it
        /// is a string, escaped or percent-encoded, with places of its own.
        plain: bool,
    },
    /// An answer of AWS's API, by the permission that the call needs: `iam:GetRolePolicy`.
    Api(&'static str),
}

impl Place {
    /// Its part of the file; an empty span where it is none.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::File { span, .. } => *span,
            Self::Api(_) => Span::default(),
        }
    }

    /// Line and column of its start, where it is a file.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::File { source, span, .. } => Some(source.position(span.start)),
            Self::Api(_) => None,
        }
    }

    /// The place of a part of the policy, given by its span in the policy's own text.
    #[must_use]
    pub fn inside(&self, part: Span) -> Self {
        match self {
            Self::File { source, span, plain: true } => {
                Self::File { source: source.clone(), span: part.shifted(span.start), plain: true }
            }
            other => other.clone(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { source, span, .. } => {
                write!(f, "{}:{}", source.name(), source.position(span.start))
            }
            Self::Api(call) => f.write_str(call),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
