//! Whether policies grant some access, or grant access to everyone.

use super::subject::{Layers, document, everything, limits, plural};
use super::{CatalogueStamp, Grant, Holder, SCHEMA_VERSION, Subject, Verdict};
use crate::exact::{Budget, Exactness, NamedPolicy, RequestSet, Universe, residual};
use crate::iam::{ActionPattern, Clause, Effect, Layer, PolicyKind, Statement};
use crate::lint::outsider::{self, Outsiders};
use crate::pattern::ArnPattern;
use serde::Serialize;
use std::fmt;

/// What policies are asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// That they grant none of these.
    AccessNotGranted(Vec<AskedAccess>),
    /// That they grant nothing to everyone.
    NoPublicAccess,
}

/// Access that is not to be granted: any of some actions, on any of some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedAccess {
    /// The actions.
    pub action: ActionPattern,
    /// The resources; `None` for all.
    pub resource: Option<ArnPattern>,
}

impl fmt::Display for AskedAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Some(resource) => write!(f, "{},{}", self.action, resource.text()),
            None => write!(f, "{}", self.action),
        }
    }
}

/// What the policies answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// Version of this shape.
    pub schema_version: &'static str,
    /// The version of leastwise.
    pub leastwise: &'static str,
    /// Which facts about actions were used.
    pub catalogue: CatalogueStamp,
    /// `access-not-granted` or `no-public-access`.
    pub check: &'static str,
    /// What is not to be granted; empty where it is public access.
    pub asked: Vec<String>,
    /// Whether all policies pass.
    pub result: Verdict,
    /// One for each that was asked.
    pub policies: Vec<Checked>,
}

/// What one policy, set of policies or role answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// What it is called.
    pub policy: String,
    /// What it was read as: `bucket policy`, `role`.
    pub read_as: String,
    /// Whether it passes.
    pub result: Verdict,
    /// Whether what is listed is all.
    pub exactness: Exactness,
    /// The statements or budgets that are the reason where it may not be.
    pub limits: Vec<String>,
    /// What is worth knowing besides.
    pub notes: Vec<String>,
    /// What it grants of what was asked about.
    pub grants: Vec<Grant>,
}

/// Why a question cannot be put to a subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` is {what}, which names no principals: whether access is public can be asked of \
         resource policies and trust policies"
)]
pub struct Unanswerable {
    name: String,
    what: String,
}

/// Puts a question to policies and roles, to each by itself.
///
/// # Errors
/// Where one of them cannot answer it.
pub fn check(
    universe: &Universe<'_>,
    question: &Question,
    subjects: &[Subject],
    budget: Budget,
) -> Result<CheckReport, Unanswerable> {
    let check = Check { universe, budget };
    let mut policies = Vec::new();
    for subject in subjects {
        policies.push(match question {
            Question::AccessNotGranted(asked) => check.access(subject, asked),
            Question::NoPublicAccess => check.public(subject)?,
        });
    }
    let (name, asked) = match question {
        Question::AccessNotGranted(asked) => {
            ("access-not-granted", asked.iter().map(ToString::to_string).collect())
        }
        Question::NoPublicAccess => ("no-public-access", Vec::new()),
    };
    // What fails outweighs what is not known: the check is over any of them.
    let result = policies.iter().map(|one| one.result).max().unwrap_or(Verdict::Unknown);
    Ok(CheckReport {
        schema_version: SCHEMA_VERSION,
        leastwise: env!("CARGO_PKG_VERSION"),
        catalogue: CatalogueStamp::of(universe.catalogue()),
        check: name,
        asked,
        result,
        policies,
    })
}

/// What the engine calls the statements of a question.
const ASKED: &str = "asked";

struct Check<'u> {
    universe: &'u Universe<'u>,
    budget: Budget,
}

impl Check<'_> {
    /// What a subject grants of what was asked about: what it allows and a set does not that is
    /// everything but what was asked about.
    fn access(&self, subject: &Subject, asked: &[AskedAccess]) -> Checked {
        let (layers, first, notes, is_whole) = match &subject.holder {
            Holder::Policies(kind, policies) => {
                (Layers::of(*kind, policies), *kind, Vec::new(), true)
            }
            Holder::Principal(principal) => {
                // A boundary that was not read can only take away.
                let is_whole = !principal.not_seen.contains(&Layer::Identity);
                let layers = Layers::of_principal(principal);
                (layers, PolicyKind::Identity, unread(principal), is_whole)
            }
        };
        let has_resource = first != PolicyKind::Trust;
        let deny = |asked: &AskedAccess| Statement {
            sid: None,
            effect: Effect::Deny,
            principal: None,
            action: Clause::Is(vec![asked.action.clone()]),
            resource: has_resource
                .then(|| Clause::Is(vec![asked.resource.clone().unwrap_or(ArnPattern::Any)])),
            conditions: Vec::new(),
        };
        let mut all_but_asked = everything(PolicyKind::Identity);
        if let (Some(allow), false) = (all_but_asked.statements.first_mut(), has_resource) {
            allow.resource = None;
        }
        all_but_asked.statements.extend(asked.iter().map(deny));
        let set = layers.set(self.universe, []);
        let all_but_asked =
            RequestSet::of_document(self.universe, Layer::Identity, ASKED, &all_but_asked);
        let found = residual(&set, &all_but_asked, self.budget);
        let grants: Vec<Grant> = found
            .rows
            .into_iter()
            .map(|row| {
                // The statements that deny are what was asked, after the one that allows.
                let which = row.denied_by.as_ref().and_then(|deny| deny.index.checked_sub(1));
                let asked = which.and_then(|which| asked.get(which)).map(ToString::to_string);
                Grant { asked, ..Grant::of(row, &layers, &Layers::default()) }
            })
            .collect();
        let is_proved = found.exactness == Exactness::Exact && is_whole;
        Checked {
            policy: subject.name.clone(),
            read_as: subject.holder.what(),
            result: Verdict::of(!grants.is_empty(), is_proved),
            exactness: found.exactness,
            limits: limits(&found.limits, &[&layers]),
            notes,
            grants,
        }
    }

    /// What a subject grants to outsiders.
    fn public(&self, subject: &Subject) -> Result<Checked, Unanswerable> {
        let (mut layers, kind) = match &subject.holder {
            Holder::Policies(kind @ (PolicyKind::Resource | PolicyKind::Trust), policies) => {
                (Layers::of(*kind, policies), *kind)
            }
            Holder::Principal(principal) if principal.trust.is_some() => {
                (Layers::of(PolicyKind::Trust, &principal.trust), PolicyKind::Trust)
            }
            holder => {
                let article =
                    if holder.what().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                let what = format!("{article} {}", holder.what());
                return Err(Unanswerable { name: subject.name.clone(), what });
            }
        };
        layers.each_statement(outsider::settle);
        let outsiders = Outsiders::of(layers.statements());
        let unrelated = document(outsiders.statements(kind));
        let layer = kind.layer();
        let asked = NamedPolicy { name: ASKED, document: &unrelated };
        let set = layers.set(self.universe, [(layer, vec![asked])]);
        let nothing = RequestSet::new(self.universe, [(layer, Vec::new())]);
        let found = residual(&set, &nothing, self.budget);
        let none = Layers::default();
        let grants: Vec<Grant> =
            found.rows.into_iter().map(|row| Grant::of(row, &layers, &none)).collect();
        let notes = self.anyone_of_a_provider(&layers, &outsiders, kind);
        Ok(Checked {
            policy: subject.name.clone(),
            read_as: kind.to_string(),
            result: Verdict::of(!grants.is_empty(), found.exactness == Exactness::Exact),
            exactness: found.exactness,
            limits: limits(&found.limits, &[&layers]),
            notes,
            grants,
        })
    }

    /// Notes on identity providers of one's own whose every identity is let in.
    fn anyone_of_a_provider(
        &self,
        layers: &Layers<'_>,
        outsiders: &Outsiders,
        kind: PolicyKind,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        for (provider, statement) in outsiders.own_providers(kind) {
            let one = document(vec![statement]);
            let asked = NamedPolicy { name: ASKED, document: &one };
            let set = layers.set(self.universe, [(kind.layer(), vec![asked])]);
            let nothing = RequestSet::new(self.universe, [(kind.layer(), Vec::new())]);
            let found = residual(&set, &nothing, self.budget);
            let place = found.rows.first().and_then(|row| layers.locate(&row.statement));
            if let Some((place, _)) = place {
                notes.push(format!(
                    "{place} lets in identities of `{provider}` whose subject it does not name: not \
                     everyone, but everyone whom that provider vouches for"
                ));
            }
        }
        notes
    }
}

/// Which layers of a principal were not read.
fn unread(principal: &crate::account::IamPrincipal) -> Vec<String> {
    let mut notes = Vec::new();
    if principal.not_seen.contains(&Layer::Identity) {
        notes.push(format!("not all {} were read", plural(PolicyKind::Identity)));
    }
    if let crate::account::PermissionsBoundary::NotRead { arn, .. } =
        &principal.permissions_boundary
    {
        notes.push(format!("the permissions boundary `{arn}` was not read: it may stop this"));
    }
    notes
}
