//! Policy documents that came as files of their own, and a principal made of them.

use super::assemble::{BEYOND_IAM, read};
use super::detail::DocumentText;
use super::{BadInput, IamPrincipal, NamedPolicy, PermissionsBoundary, PolicyHome, PrincipalKind};
use crate::iam::{Layer, PolicyKind};
use crate::source::{Problem, Source};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The documents of one principal.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// Its ARN, where the user says whose they are.
    pub arn: Option<String>,
    /// Its identity policies.
    pub policies: Vec<Arc<Source>>,
    /// Its trust policy.
    pub trust: Option<Arc<Source>>,
    /// Its permissions boundary.
    pub permissions_boundary: Option<Arc<Source>>,
}

/// A principal made of loose documents. A layer without a document stands in its `not_seen`.
///
/// # Errors
/// All problems of all documents.
pub fn principal(documents: &Documents) -> Result<IamPrincipal, Vec<BadInput>> {
    let mut problems = Vec::new();
    let mut take = |source: &Arc<Source>, kind| match policy(source, kind) {
        Ok(policy) => Some(policy),
        Err(found) => {
            problems.extend(found);
            None
        }
    };
    let identity: Vec<NamedPolicy> =
        documents.policies.iter().filter_map(|source| take(source, PolicyKind::Identity)).collect();
    let trust = documents.trust.as_ref().and_then(|source| take(source, PolicyKind::Trust));
    let boundary = documents
        .permissions_boundary
        .as_ref()
        .and_then(|source| take(source, PolicyKind::PermissionsBoundary));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut not_seen = BTreeSet::from(BEYOND_IAM);
    for (seen, layer) in [
        (!identity.is_empty(), Layer::Identity),
        (trust.is_some(), Layer::TrustPolicy),
        (boundary.is_some(), Layer::PermissionsBoundary),
    ] {
        if !seen {
            not_seen.insert(layer);
        }
    }
    let first = documents.policies.first().or(documents.trust.as_ref());
    let arn = documents.arn.clone();
    let arn = arn.or_else(|| Some(first?.name().to_owned())).unwrap_or_default();
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(&arn);
    let is_user = resource.starts_with("user/");
    let name = resource.rsplit('/').next().unwrap_or(resource).to_owned();
    Ok(IamPrincipal {
        kind: if is_user { PrincipalKind::User } else { PrincipalKind::Role },
        path: "/".to_owned(),
        name,
        id: None,
        identity,
        permissions_boundary: boundary
            .map_or(PermissionsBoundary::None, PermissionsBoundary::Policy),
        trust,
        groups: Vec::new(),
        tags: BTreeMap::new(),
        not_seen,
        arn,
    })
}

/// One document from a file: as such, as a JSON or percent-encoded string, or inside what
/// `get-role-policy`, `get-policy-version`, `get-role` (of a trust policy) or `get-bucket-policy`
/// print. Its name is the file's.
///
/// # Errors
/// All problems of the document.
pub fn policy(source: &Arc<Source>, kind: PolicyKind) -> Result<NamedPolicy, Vec<BadInput>> {
    let text = unwrapped(source, kind).unwrap_or_else(|| DocumentText::from_file(source));
    let home = PolicyHome::File { name: source.name().to_owned() };
    read(&text, home, kind).map_err(|problems| {
        let located =
            |problem: Problem| Problem { span: text.place.inside(problem.span).span(), ..problem };
        let bad = |problem| BadInput { source: source.clone(), problem: located(problem) };
        problems.into_iter().map(bad).collect()
    })
}

/// What the CLI wraps around a document.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wrapped<'a> {
    #[serde(borrow)]
    policy_document: Option<&'a RawValue>,
    #[serde(borrow)]
    assume_role_policy_document: Option<&'a RawValue>,
    #[serde(borrow)]
    policy_version: Option<Version<'a>>,
    #[serde(borrow)]
    role: Option<Role<'a>>,
    #[serde(borrow)]
    policy: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Role<'a> {
    #[serde(borrow)]
    assume_role_policy_document: Option<&'a RawValue>,
}

/// The document inside a wrapper; `None` where there is no wrapper.
fn unwrapped<'a>(source: &'a Arc<Source>, kind: PolicyKind) -> Option<DocumentText<'a>> {
    let text = source.text().trim_start_matches('\u{feff}');
    let wrapped: Wrapped<'a> = serde_json::from_str(text).ok()?;
    let trust = wrapped
        .assume_role_policy_document
        .or_else(|| wrapped.role.and_then(|role| role.assume_role_policy_document));
    let found = match kind {
        PolicyKind::Trust => trust,
        // `get-bucket-policy` and `get-key-policy` print the document as a string.
        PolicyKind::Resource => wrapped.policy.filter(|raw| raw.get().starts_with('"')),
        _ => wrapped.policy_document.or_else(|| Some(wrapped.policy_version?.document)),
    }?;
    Some(DocumentText::from_json(found, source))
}
