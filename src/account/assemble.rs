//! From details to an account: documents are read, groups and managed policies joined on.

use super::detail::{
    AttachedPolicies, Details, DocumentText, Failure, ManagedDetail, PrincipalDetail,
};
use super::lookup::resolve;
use super::{
    Account, IamPrincipal, NamedPolicy, NotRead, PermissionsBoundary, Place, PolicyHome,
    PrincipalKind, Selection,
};
use crate::iam::{AccountId, Layer, PolicyKind};
use crate::source::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// IAM's API shows none of these.
pub(super) const BEYOND_IAM: [Layer; 4] = [
    Layer::ResourcePolicy,
    Layer::ServiceControlPolicy,
    Layer::ResourceControlPolicy,
    Layer::KeyPolicy,
];

/// Joins what a reading found into an account.
pub(super) fn assemble(details: &Details<'_>, selection: &Selection) -> Account {
    let mut account =
        Account { names: details.names.clone(), not_seen: BEYOND_IAM.into(), ..Account::default() };
    if let Some(arn) = details.names.first() {
        let mut fields = arn.splitn(6, ':').skip(1);
        account.partition = fields.next().unwrap_or_default().to_owned();
        account.id = fields.nth(2).and_then(|id| AccountId::parse(id).ok());
    }
    let wanted: Option<BTreeSet<&str>> = match selection {
        Selection::All => None,
        Selection::Named(wanted) => {
            let mut arns = BTreeSet::new();
            for name in wanted {
                match resolve(&details.names, name) {
                    Ok(arn) => _ = arns.insert(arn),
                    Err(missing) if !account.unreadable.contains(&missing) => {
                        account.unreadable.push(missing);
                    }
                    Err(_) => {}
                }
            }
            Some(arns)
        }
    };
    let mut documents = Documents { details, managed: BTreeMap::new() };
    for detail in &details.principals {
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&*detail.arn)) {
            continue;
        }
        match documents.principal(detail) {
            Ok(principal) => _ = account.principals.insert(detail.arn.clone(), principal),
            Err((why, help)) => {
                account.unreadable.push(NotRead { arn: detail.arn.clone(), why, help });
            }
        }
    }
    account.unreadable.sort();
    for (arn, detail) in &details.managed {
        if let Ok(ManagedDetail { attachments: Some(attachments), boundaries, .. }) = detail {
            let holders = attachments.saturating_add(boundaries.unwrap_or_default());
            account.holders.insert(arn.clone(), holders);
        }
    }
    for ((arn, _), read) in documents.managed {
        if let Ok(read) = read {
            account.managed.entry(arn).or_insert(read.document);
        }
    }
    account
}

/// Reads one document that is kept somewhere.
pub(super) fn read(
    text: &DocumentText<'_>,
    home: PolicyHome,
    kind: PolicyKind,
) -> Result<NamedPolicy, Vec<Problem>> {
    let parsed = text.parse(kind)?;
    let kept = match &text.place {
        Place::File { .. } => None,
        Place::Api(_) => text.decoded().ok().map(|text| text.as_ref().into()),
    };
    Ok(NamedPolicy {
        name: home.to_string(),
        home,
        document: Arc::new(parsed.document),
        notes: parsed.notes.into(),
        place: text.place.clone(),
        statements: parsed.places.into(),
        text: kept,
    })
}

struct Documents<'d, 'a> {
    details: &'d Details<'a>,
    managed: BTreeMap<(String, PolicyKind), Result<NamedPolicy, Failure>>,
}

impl Documents<'_, '_> {
    fn principal(&mut self, detail: &PrincipalDetail<'_>) -> Result<IamPrincipal, Failure> {
        if let Some(failure) = &detail.failed {
            return Err(failure.clone());
        }
        let mut not_seen = BTreeSet::from(BEYOND_IAM);
        if !detail.lists_policies {
            if detail.policies.inline.is_empty() {
                let why = format!("none of its policies was read, only the {} itself", detail.kind);
                let help = format!(
                    "add the answers of `aws iam get-{0}-policy` for it, or dump the account with \
                     `aws iam get-account-authorization-details`",
                    detail.kind
                );
                return Err((why, Some(help)));
            }
            not_seen.insert(Layer::Identity);
        }
        let mut identity = self.attached(&detail.policies, None)?;
        for group in &detail.groups {
            let Some(found) = self.details.groups.get(group) else {
                let why = format!("its group `{group}` was not read");
                let help = "dump the account without a filter, so that its groups are there";
                return Err((why, Some(help.to_owned())));
            };
            identity.extend(self.attached(found, Some(group))?);
        }
        let trust = match (&detail.trust, detail.kind) {
            (Some(text), PrincipalKind::Role) => {
                let read = read(text, PolicyHome::Trust, PolicyKind::Trust);
                Some(read.map_err(|problems| unparsed("the trust policy", text, &problems))?)
            }
            (None, PrincipalKind::Role) => {
                return Err(("its trust policy was not read".to_owned(), None));
            }
            (_, PrincipalKind::User) => None,
        };
        Ok(IamPrincipal {
            arn: detail.arn.clone(),
            kind: detail.kind,
            path: detail.path.clone(),
            name: detail.name.clone(),
            id: detail.id.clone(),
            identity,
            permissions_boundary: self.boundary(detail, &mut not_seen)?,
            trust,
            groups: detail.groups.clone(),
            tags: detail.tags.clone(),
            not_seen,
        })
    }

    fn attached(
        &mut self,
        policies: &AttachedPolicies<'_>,
        group: Option<&String>,
    ) -> Result<Vec<NamedPolicy>, Failure> {
        let mut all = Vec::new();
        for (name, text) in &policies.inline {
            let home = PolicyHome::Inline { name: name.clone(), group: group.cloned() };
            let what = format!("the policy `{home}`");
            let read = read(text, home, PolicyKind::Identity);
            all.push(read.map_err(|problems| unparsed(&what, text, &problems))?);
        }
        for arn in &policies.managed {
            let Some(read) = self.managed(arn, PolicyKind::Identity) else {
                let why = format!("the attached policy `{arn}` was not read");
                let help = "dump the account without a filter, or with the filters \
                            `LocalManagedPolicy` and `AWSManagedPolicy` too";
                return Err((why, Some(help.to_owned())));
            };
            let home = PolicyHome::Managed { arn: arn.clone(), group: group.cloned() };
            all.push(read?.kept_in(home));
        }
        Ok(all)
    }

    fn boundary(
        &mut self,
        detail: &PrincipalDetail<'_>,
        not_seen: &mut BTreeSet<Layer>,
    ) -> Result<PermissionsBoundary, Failure> {
        let Some(arn) = &detail.boundary else { return Ok(PermissionsBoundary::None) };
        match self.managed(arn, PolicyKind::PermissionsBoundary) {
            Some(read) => {
                let home = PolicyHome::PermissionsBoundary { arn: arn.clone() };
                Ok(PermissionsBoundary::Policy(read?.kept_in(home)))
            }
            None => {
                not_seen.insert(Layer::PermissionsBoundary);
                // A dump lists attached policies; a boundary is not attached.
                let why =
                    "its permissions boundary is not in the dump; `leastwise dump` fetches it too";
                Ok(PermissionsBoundary::NotRead { arn: arn.clone(), why: why.to_owned() })
            }
        }
    }

    /// A managed policy, read once; `None` where it is not among the details.
    fn managed(&mut self, arn: &str, kind: PolicyKind) -> Option<Result<NamedPolicy, Failure>> {
        let key = (arn.to_owned(), kind);
        if let Some(read) = self.managed.get(&key) {
            return Some(read.clone());
        }
        let result = match self.details.managed.get(arn)? {
            Err((why, help)) => {
                Err((format!("the policy `{arn}` was not read: {why}"), help.clone()))
            }
            Ok(ManagedDetail { document, .. }) => {
                let home = PolicyHome::Managed { arn: arn.to_owned(), group: None };
                let fail = |problems: Vec<_>| {
                    unparsed(&format!("the policy `{arn}`"), document, &problems)
                };
                read(document, home, kind).map_err(fail)
            }
        };
        self.managed.insert(key, result.clone());
        Some(result)
    }
}

fn unparsed(what: &str, text: &DocumentText<'_>, problems: &[Problem]) -> Failure {
    (format!("{what} cannot be read: {}", text.explain(problems)), None)
}
