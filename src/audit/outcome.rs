//! What an audit found, in the words and the order of its report.
//!
//! These types are the machine-readable report: they serialise to it as they stand, so that no
//! second set of names exists. Everything is sorted before it is put in here.

use super::{Isolation, TrustSubject};
use crate::catalogue::AccessLevel;
use crate::compare::rounded;
pub use crate::compare::{
    ActionsMeasure, CatalogueStamp, LevelMeasure, Measure, SCHEMA_VERSION, StatementPlace, Witness,
    WitnessValue,
};
use crate::consumer::{Denial, Occurs};
use crate::exact::{BlockKind, Exactness, When};
use crate::iam::Layer;
use crate::source::Severity;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The whole audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditReport {
    /// Version of this shape; it changes only when a field changes its meaning or goes away.
    pub schema_version: &'static str,
    /// The version of leastwise.
    pub leastwise: &'static str,
    /// Which facts about actions were used.
    pub catalogue: CatalogueStamp,
    /// One for each principal that was audited, sorted by ARN.
    pub principals: Vec<PrincipalReport>,
    /// What the estate names and the audit could not read. Never counted as passed.
    pub not_audited: Vec<NotAudited>,
    /// What is worth saying about the estate as such.
    pub findings: Vec<Finding>,
    /// Whether tenants are kept apart, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolation: Option<Isolation>,
    /// The counts.
    pub summary: Summary,
}

/// What was found about one role or user.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalReport {
    /// Its ARN; for loose policy documents, a name in its place.
    pub arn: String,
    /// The deployments that use it.
    pub deployments: Vec<String>,
    /// The components that run as it.
    pub components: Vec<String>,
    /// How much the answer claims.
    pub exactness: Exactness,
    /// Which statement or budget is the reason where it claims less than everything.
    pub limits: Vec<String>,
    /// The layers that were not read: what they deny or grant is not in here.
    pub not_seen: Vec<Layer>,
    /// What it needs and lacks.
    pub gaps: Vec<Gap>,
    /// What it may do and no enabled feature does.
    pub excess: Vec<Excess>,
    /// How much too much that is in numbers, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Who may assume it.
    pub trust: TrustReport,
    /// What the rules say.
    pub findings: Vec<Finding>,
    /// The fix that was proposed; only where fixes were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixSummary>,
}

/// What was proposed for a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FixSummary {
    /// Whether it closes everything.
    pub status: FixStatus,
    /// The files of the proposed documents, in the order of the steps.
    pub documents: Vec<String>,
    /// What could not be fixed, and why.
    pub why: Vec<String>,
}

/// How far a fix goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FixStatus {
    /// There is nothing to fix.
    Clean,
    /// It closes all gaps and all excess, and that is proved.
    Proved,
    /// Of permissions and trust, one is fixed and proved, the other is not.
    Partly,
    /// Nothing is proposed.
    NotFixed,
}

/// A call that is made and refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// By what the refusal does.
    pub severity: Severity,
    /// What the refusal does; the gravest of the calls.
    #[serde(serialize_with = "as_text")]
    pub denied: Denial,
    /// Whether the call is known to be made, or may be.
    #[serde(serialize_with = "as_word")]
    pub occurs: Occurs,
    /// The API calls that are refused, sorted.
    pub calls: Vec<String>,
    /// The actions that are missing, sorted.
    pub actions: Vec<String>,
    /// A request that is refused.
    pub witness: Witness,
    /// The layer that refuses it.
    pub blocked_by: BlockedBy,
    /// Condition keys whose value decides; empty where no value lets the request through.
    pub depends_on: Vec<String>,
}

/// What refuses a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BlockedBy {
    /// The layer.
    pub layer: Layer,
    /// Its level from the root to the account, where it is an organization's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// The policy, where the layer has but one, or where a statement of it denies.
    pub policy: Option<String>,
    /// Whether nothing allows it or something denies it.
    pub kind: BlockKind,
    /// The statement that denies it.
    pub statement: Option<StatementPlace>,
    /// The layers that would let it through.
    #[serde(rename = "allowedBy")]
    pub allowed_by: Vec<Layer>,
}

/// What a principal may do and does not need.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Excess {
    /// By the access level.
    pub severity: Severity,
    /// The gravest level of the actions.
    pub access_level: AccessLevel,
    /// The actions or patterns of actions, sorted.
    pub actions: Vec<String>,
    /// On what, as the statement says it.
    pub resource: String,
    /// But not on these, which are needed.
    pub except: Vec<String>,
    /// Only in these requests; empty where in all.
    pub when: Vec<When>,
    /// A request that is allowed and not needed.
    pub witness: Witness,
    /// The statement that allows it.
    pub statement: StatementPlace,
}

/// Who may assume a role, against who should.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrustReport {
    /// Who should and cannot.
    pub gaps: Vec<TrustGap>,
    /// Who can and should not.
    pub excess: Vec<TrustExcess>,
}

/// Somebody who should be able to assume the role and is not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrustGap {
    /// How bad.
    pub severity: Severity,
    /// Who; in words: `system:serviceaccount:argo:default`.
    #[serde(serialize_with = "as_text")]
    pub subject: TrustSubject,
    /// A request that is refused.
    pub witness: TrustWitness,
}

/// Somebody who can assume the role and should not be able to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrustExcess {
    /// How bad.
    pub severity: Severity,
    /// Who; in words: `any service account of the cluster`.
    #[serde(serialize_with = "as_text")]
    pub subject: TrustSubject,
    /// A request that is allowed.
    pub witness: TrustWitness,
    /// The statement that allows it.
    pub statement: StatementPlace,
}

/// A request to assume a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TrustWitness {
    /// `sts:AssumeRole` and its like.
    pub action: String,
    /// Who asks.
    pub principal: String,
    /// The condition keys that matter.
    pub context: BTreeMap<String, WitnessValue>,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id: `unknown-action`.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// What was seen, with the names.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The statement it is about, if it is about one.
    pub statement: Option<StatementPlace>,
}

/// A principal of the estate that could not be audited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotAudited {
    /// Its ARN, or its name where the account is not known.
    pub arn: String,
    /// Why.
    pub why: String,
}

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Principals that were audited.
    pub principals: usize,
    /// Calls that are refused.
    pub gaps: usize,
    /// Grants that nothing needs.
    pub excess: usize,
    /// Who should be able to assume a role and is not.
    pub trust_gaps: usize,
    /// Who can assume a role and should not.
    pub trust_excess: usize,
    /// What rules found, on principals and on the estate.
    pub findings: usize,
    /// Principals that could not be audited.
    pub not_audited: usize,
    /// What breaks the isolation of tenants, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaks: Option<usize>,
    /// All of the above by severity: errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// The scores of all principals together, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

impl AuditReport {
    /// The same report with what was found about the isolation of tenants.
    #[must_use]
    pub fn with_isolation(mut self, isolation: Isolation) -> Self {
        let of = |severity| isolation.leaks.iter().filter(|l| l.severity == severity).count();
        self.summary.leaks = Some(isolation.leaks.len());
        self.summary.errors += of(Severity::Error);
        self.summary.warnings += of(Severity::Warning);
        self.summary.notes += of(Severity::Note);
        self.isolation = Some(isolation);
        self
    }
}

impl PrincipalReport {
    /// The severity of everything in it, in no order.
    pub fn severities(&self) -> impl Iterator<Item = Severity> {
        let gaps = self.gaps.iter().map(|gap| gap.severity);
        let excess = self.excess.iter().map(|excess| excess.severity);
        let trust_gaps = self.trust.gaps.iter().map(|gap| gap.severity);
        let trust_excess = self.trust.excess.iter().map(|excess| excess.severity);
        let findings = self.findings.iter().map(|finding| finding.severity);
        gaps.chain(excess).chain(trust_gaps).chain(trust_excess).chain(findings)
    }
}

impl Summary {
    /// Counts what is in a report.
    #[must_use]
    pub fn of(
        principals: &[PrincipalReport],
        findings: &[Finding],
        not_audited: &[NotAudited],
    ) -> Self {
        let sum = |count: fn(&PrincipalReport) -> usize| principals.iter().map(count).sum();
        let severities: Vec<Severity> = principals
            .iter()
            .flat_map(PrincipalReport::severities)
            .chain(findings.iter().map(|finding| finding.severity))
            .collect();
        let of = |severity| severities.iter().filter(|s| **s == severity).count();
        let on_principals: usize = sum(|p| p.findings.len());
        Self {
            principals: principals.len(),
            gaps: sum(|p| p.gaps.len()),
            excess: sum(|p| p.excess.len()),
            trust_gaps: sum(|p| p.trust.gaps.len()),
            trust_excess: sum(|p| p.trust.excess.len()),
            findings: on_principals + findings.len(),
            not_audited: not_audited.len(),
            leaks: None,
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
            score: measured(principals),
        }
    }
}

/// The sum of the scores, where there are any.
fn measured(principals: &[PrincipalReport]) -> Option<f64> {
    let scores = principals.iter().filter_map(|principal| Some(principal.measure.as_ref()?.score));
    scores.reduce(|all, one| all + one).map(rounded)
}

fn as_text<T: fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn as_word<S: Serializer>(occurs: &Occurs, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match occurs {
        Occurs::Certain => "certain",
        Occurs::Possible => "possible",
    })
}
