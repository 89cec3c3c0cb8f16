//! Documents that were found, and their reading, which all cores share.

use super::found::{Attachment, Found};
use crate::account::{Place, kind_of};
use crate::iam::PolicyKind;
use crate::parallel;
use crate::source::{Problem, Span};
use crate::syntax::{Json, decode_document, policy_of_json, read_json};
use std::sync::Arc;

/// A document that was found and is still to be read.
pub(super) struct Candidate<'t> {
    /// What it is called inside its file; empty where it is the file.
    pub(super) name: String,
    /// Its kind, where its place tells.
    pub(super) kind: Option<PolicyKind>,
    pub(super) place: Place,
    pub(super) body: Body<'t>,
    pub(super) open: Vec<Span>,
    pub(super) variant: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) attachment: Option<Attachment>,
    pub(super) service: Option<&'static str>,
}

/// How a document came.
pub(super) enum Body<'t> {
    /// As a part of the file's JSON.
    Tree(&'t Json<'t>),
    /// In a string, which may be percent-encoded.
    String(&'t str),
    /// Made of the file's parts.
    Made(Arc<str>),
}

impl<'t> Candidate<'t> {
    pub(super) const fn new(name: String, place: Place, body: Body<'t>) -> Self {
        Self {
            name,
            kind: None,
            place,
            body,
            open: Vec::new(),
            variant: None,
            owner: None,
            attachment: None,
            service: None,
        }
    }

    fn read(&self, file: &str, given: Option<PolicyKind>) -> Found {
        let kind = |json: &Json<'_>| {
            self.kind.or(given).or_else(|| kind_of(json)).unwrap_or(PolicyKind::Identity)
        };
        let of_text = |text: &str| match read_json(text) {
            Ok(json) => (kind(&json), policy_of_json(&json, kind(&json))),
            Err(problem) => {
                (self.kind.or(given).unwrap_or(PolicyKind::Identity), Err(vec![problem]))
            }
        };
        let ((kind, document), text): (_, Option<Arc<str>>) = match &self.body {
            Body::Tree(json) => ((kind(json), policy_of_json(json, kind(json))), None),
            Body::String(string) => {
                let text = decode_document(string);
                (of_text(&text), Some(text.as_ref().into()))
            }
            Body::Made(text) => (of_text(text), Some(text.clone())),
        };
        let mut name = file.to_owned();
        for part in
            [Some(self.name.as_str()).filter(|name| !name.is_empty()), self.variant.as_deref()]
                .into_iter()
                .flatten()
        {
            name.push(' ');
            name.push_str(part);
        }
        let mut found = Found {
            name,
            kind,
            place: self.place.clone(),
            document,
            open: self.open.clone(),
            variant: self.variant.clone(),
            owner: self.owner.clone(),
            attachment: self.attachment,
            service: self.service,
            text,
        };
        if !found.open.is_empty() {
            keep_what_is_known(&mut found);
        }
        found
    }
}

/// Nothing is said of a stand-in.
fn keep_what_is_known(found: &mut Found) {
    let open = std::mem::take(&mut found.open);
    let known = |problem: &Problem| !open.iter().any(|open| open.holds(problem.span));
    match &mut found.document {
        Ok(parsed) => parsed.notes.retain(known),
        Err(problems) => {
            // A document that only its stand-ins spoil keeps a word about why it cannot be read.
            if problems.iter().any(known) {
                problems.retain(known);
            }
        }
    }
    found.open = open;
}

/// Reads documents in their order.
pub(super) fn read_all(
    candidates: &[Candidate<'_>],
    file: &str,
    given: Option<PolicyKind>,
) -> Vec<Found> {
    /// A thread costs more than reading these.
    const FEW: usize = 64;
    parallel::each(candidates, FEW, |candidate| candidate.read(file, given))
}

/// The kind that a path tells: `policies/scp/deny-regions.json`, `rcp-data-perimeter.json`.
pub(super) fn kind_of_name(name: &str) -> Option<PolicyKind> {
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    let has = |word: &str| {
        words().any(|found| {
            let plural = found.strip_suffix(['s', 'S']).unwrap_or(found);
            plural.eq_ignore_ascii_case(word)
        })
    };
    match (has("scp"), has("rcp")) {
        (true, false) => Some(PolicyKind::ServiceControl),
        (false, true) => Some(PolicyKind::ResourceControl),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_tell_the_kind() {
        use PolicyKind::{ResourceControl, ServiceControl};
        for (name, kind) in [
            ("policies/scps/deny.json", Some(ServiceControl)),
            ("deny-SCP.json", Some(ServiceControl)),
            ("rcp_perimeter.json", Some(ResourceControl)),
            ("scp/rcp.json", None),
            ("describe.json", None),
        ] {
            assert_eq!(kind_of_name(name), kind, "{name}");
        }
    }
}
