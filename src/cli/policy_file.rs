//! Policy documents in files.

use super::{Failure, failure::print_notes, files};
use crate::iam::{PolicyDocument, PolicyKind};
use crate::source::Source;
use crate::syntax::{Parsed, decode_document, parse_policy};
use std::borrow::Cow;
use std::path::Path;

/// Reads a policy document of a known kind: plain, percent-encoded, or as a JSON string, as
/// `aws s3api get-bucket-policy --query Policy` prints it. Warnings go to stderr.
///
/// # Errors
/// Where the file cannot be read, and every error in the document.
pub(super) fn read_policy(path: &Path, kind: PolicyKind) -> Result<PolicyDocument, Failure> {
    let (source, parsed) = read_parsed(path, kind)?;
    // That a warning cannot be shown is no reason to stop.
    let _ = print_notes(&mut anstream::stderr(), &source, &parsed.notes);
    Ok(parsed.document)
}

fn read_parsed(path: &Path, kind: PolicyKind) -> Result<(Source, Parsed), Failure> {
    let source = files::read(path)?;
    let source = match serde_json::from_str::<String>(source.text()) {
        Ok(text) => Source::new(source.name(), text),
        Err(_) => source,
    };
    let source = match decode_document(source.text()) {
        Cow::Borrowed(_) => source,
        Cow::Owned(text) => Source::new(source.name(), text),
    };
    match parse_policy(source.text(), kind) {
        Ok(parsed) => Ok((source, parsed)),
        Err(problems) => Err(Failure::problems(source, problems)),
    }
}
