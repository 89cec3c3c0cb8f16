//! Policy documents as text: JSON to the nouns of `iam`, and back.
//!
//! Reading collects every error of a document, each with its place and a remedy. Writing is
//! deterministic: equal documents give equal bytes.

mod element;
mod json;
mod lower;
mod path;
mod write;
mod yaml;

pub use element::{Element, Places};
pub(crate) use json::syntax_error;
pub use json::{Json, JsonKey, JsonValue, read_json, read_json_file, string_pieces};
pub use path::path_at;
pub use write::{to_compact, to_json, to_pretty};
pub use yaml::read_yaml_file;

use crate::iam::{PolicyDocument, PolicyKind};
use crate::source::{Problem, Span};
use std::borrow::Cow;

/// The largest document that is read, in bytes. The largest of AWS's own is 135,200 characters.
pub const LARGEST_DOCUMENT: usize = 1 << 20;

/// A document that was read, with what it is worth saying about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The document.
    pub document: PolicyDocument,
    /// Where each statement stands in the text.
    pub places: Vec<Span>,
    /// Warnings: the document is valid, or AWS takes it, but it likely means something else.
    pub notes: Vec<Problem>,
}

/// Reads a policy document of a known kind.
///
/// # Errors
/// All problems of the text, sorted by place; at least one of them is an error.
pub fn parse_policy(text: &str, kind: PolicyKind) -> Result<Parsed, Vec<Problem>> {
    if text.len() > LARGEST_DOCUMENT {
        return Err(vec![too_large(text.len())]);
    }
    let json = read_json(text).map_err(|problem| vec![problem])?;
    lower::lower(&json, kind)
}

/// Reads a policy document of a known kind from a tree that was read before, of a larger file perhaps.
/// Places are those of the document's own text.
///
/// # Errors
/// Those of [`parse_policy`].
pub fn policy_of_json(json: &Json<'_>, kind: PolicyKind) -> Result<Parsed, Vec<Problem>> {
    let size = json.span.end.saturating_sub(json.span.start);
    if size > LARGEST_DOCUMENT {
        return Err(vec![too_large(size)]);
    }
    let back = |problem: Problem| {
        let span = problem.span.shifted_back(json.span.start);
        Problem { span, ..problem }
    };
    match lower::lower(json, kind) {
        Ok(parsed) => Ok(Parsed {
            document: parsed.document,
            places: parsed.places.iter().map(|s| s.shifted_back(json.span.start)).collect(),
            notes: parsed.notes.into_iter().map(back).collect(),
        }),
        Err(problems) => Err(problems.into_iter().map(back).collect()),
    }
}

fn too_large(size: usize) -> Problem {
    let message = format!("the document has {size} bytes; no policy is that large");
    Problem::error(Span::default(), message)
        .help("name the policy document itself; an account dump goes to `--account-dump`")
}

/// A document as AWS's API returns it: percent-encoded text is decoded, plain text is left alone.
/// `+` stays `+`, as RFC 3986 has it.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
#[must_use]
pub fn decode_document(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('%') {
        return Cow::Borrowed(text);
    }
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// The characters that count against a quota of IAM: white space outside strings is free.
///
/// AWS: "IAM does not count white space":
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>. Whether spaces inside
/// strings are free too is not said; they are counted here, which is the safe reading.
#[must_use]
pub fn quota_size(document: &PolicyDocument) -> usize {
    to_compact(document).chars().count()
}

#[cfg(test)]
mod tests;
