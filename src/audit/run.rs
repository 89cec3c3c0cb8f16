//! One audit: the estate's roles against what an account says of them.

use super::check::{self, Subject, Use};
use super::excess::Search;
use super::live::Layers;
use super::request::Claim;
use super::{
    AuditReport, BeyondIam, CatalogueStamp, Excess, Finding, Gap, Measure, NotAudited,
    PrincipalReport, SCHEMA_VERSION, Summary, TrustReport, fact, gap, trust,
};
use crate::account::{IamPrincipal, NotRead};
use crate::compile::expected_trust;
use crate::consumer::{Estate, Requirement, RoleRef};
use crate::exact::{BlockKind, Exactness, Universe};
use crate::iam::Layer;
use crate::lint::Linter;
use crate::parallel;
use crate::source::{Problem, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What principals are audited against.
#[derive(Debug)]
pub struct Audit<'a> {
    /// Who is installed, and which roles they have.
    pub estate: &'a Estate<'a>,
    /// What is required of each role of the estate; what others need tells whose keys a listing
    /// reaches.
    pub requirements: Vec<Requirement>,
    /// The requests that can be.
    pub universe: &'a Universe<'a>,
    /// What is known beside IAM.
    pub beyond: BeyondIam,
    /// What the estate's reader remarked; its notes go into the report.
    pub remarks: &'a [Problem],
    /// Whether to measure how much too much each principal may do.
    pub measure: bool,
}

/// What a principal may do, against what it needs.
#[derive(Clone, Debug)]
pub struct Permissions {
    /// What it needs and lacks.
    pub gaps: Vec<Gap>,
    /// What it may do and no enabled feature does.
    pub excess: Vec<Excess>,
    /// How much this claims.
    pub exactness: Exactness,
    /// Why it claims less than everything.
    pub limits: Vec<String>,
}

impl<'a> Audit<'a> {
    /// An audit of an estate with the built-in catalogue.
    #[must_use]
    pub fn of(estate: &'a Estate<'a>) -> Self {
        Self {
            estate,
            requirements: estate.requirements(),
            universe: Universe::embedded(),
            beyond: BeyondIam::default(),
            remarks: &estate.remarks,
            measure: false,
        }
    }

    /// The report on principals, each with what is required of it; who was not read is not passed.
    #[must_use]
    pub fn report<'p>(
        &self,
        principals: impl IntoIterator<Item = (&'p Requirement, Result<&'p IamPrincipal, NotRead>)>,
    ) -> AuditReport {
        let (mut read, mut not_audited) = (Vec::new(), Vec::new());
        for (requirement, found) in principals {
            match found {
                Ok(principal) => read.push((requirement, principal)),
                Err(missing) => not_audited.push(NotAudited {
                    arn: missing.arn,
                    why: match missing.help {
                        Some(help) => format!("{}: {help}", missing.why),
                        None => missing.why,
                    },
                }),
            }
        }
        let mut reports = self.each(&read, &self.uses());
        reports.sort_by(|a, b| a.arn.cmp(&b.arn));
        not_audited.sort();
        let findings = self.remarks();
        AuditReport {
            schema_version: SCHEMA_VERSION,
            leastwise: env!("CARGO_PKG_VERSION"),
            catalogue: CatalogueStamp::of(self.universe.catalogue()),
            summary: Summary::of(&reports, &findings, &not_audited),
            principals: reports,
            not_audited,
            findings,
            isolation: None,
        }
    }

    /// Where the estate uses each role.
    fn uses(&self) -> BTreeMap<&RoleRef, Vec<Use<'_>>> {
        let mut uses: BTreeMap<&RoleRef, Vec<Use<'_>>> = BTreeMap::new();
        for deployment in &self.estate.deployments {
            for used in &deployment.uses {
                uses.entry(&used.role).or_default().push((deployment, used));
            }
        }
        uses
    }

    /// The reports on principals, in no order: each is on its own, so cores share them.
    fn each(
        &self,
        principals: &[(&Requirement, &IamPrincipal)],
        uses: &BTreeMap<&RoleRef, Vec<Use<'_>>>,
    ) -> Vec<PrincipalReport> {
        /// Fewer are not worth a thread.
        const FEW: usize = 32;
        let linter = check::linter(self.universe);
        parallel::each(principals, FEW, |(requirement, principal)| {
            let used = uses.get(&requirement.role).map_or(&[][..], Vec::as_slice);
            self.principal(requirement, principal, used, &linter)
        })
    }

    fn principal(
        &self,
        requirement: &Requirement,
        principal: &IamPrincipal,
        uses: &[Use<'_>],
        linter: &Linter<'_>,
    ) -> PrincipalReport {
        let mut claim = Claim::default();
        let mut not_seen: BTreeSet<Layer> = principal.not_seen.clone();
        not_seen.retain(|layer| !self.beyond.seen(requirement).contains(layer));
        // Identity policies are not seen where only a trust policy was given, and seen in part where
        // single answers of IAM do not say whether there are more.
        let in_part = not_seen.contains(&Layer::Identity);
        let only_trust = in_part && principal.identity.is_empty();
        let (mut gaps, mut excess, mut measure) = (Vec::new(), Vec::new(), None);
        if !only_trust {
            (gaps, excess, measure) =
                self.compare(requirement, principal, self.measure, &mut claim);
        }
        if in_part {
            gaps.retain(|gap| gap.blocked_by.kind == BlockKind::ExplicitDeny);
            claim.say(if only_trust {
                "no identity policy was given: what it may do was not compared"
            } else {
                "not all identity policies were read: others may allow more"
            });
        }
        let trust = self.trust(requirement, principal, &mut claim);
        let findings = check::findings(&Subject {
            principal,
            estate: self.estate,
            requirement,
            uses,
            linter,
            excess: &excess,
        });
        if requirement.trust.is_empty() && principal.trust.is_some() {
            claim.say("the estate does not say who may assume the role: trust was not compared");
        }
        let found = !gaps.is_empty() || !excess.is_empty();
        let trusted = !trust.gaps.is_empty() || !trust.excess.is_empty();
        let (mut exactness, limits) = claim.close(found || trusted);
        if in_part {
            let least = if only_trust { Exactness::WitnessOnly } else { Exactness::Unknown };
            exactness = if found || trusted { Exactness::WitnessOnly } else { least };
        }
        PrincipalReport {
            arn: principal.arn.clone(),
            deployments: requirement.deployments.clone(),
            components: requirement.components.clone(),
            exactness,
            limits,
            not_seen: not_seen.into_iter().collect(),
            gaps,
            excess,
            measure,
            trust,
            findings,
            fix: None,
        }
    }

    /// What a principal may do against what it needs, without trust and rules. Whether all its
    /// identity policies were read is for the caller to ask.
    #[must_use]
    pub fn permissions(&self, requirement: &Requirement, principal: &IamPrincipal) -> Permissions {
        let mut claim = Claim::default();
        let (gaps, excess, _) = self.compare(requirement, principal, false, &mut claim);
        let (exactness, limits) = claim.close(!gaps.is_empty() || !excess.is_empty());
        Permissions { gaps, excess, exactness, limits }
    }

    /// Who may assume a role against who should, and how sure that is.
    #[must_use]
    pub fn admission(
        &self,
        requirement: &Requirement,
        principal: &IamPrincipal,
    ) -> (TrustReport, Exactness, Vec<String>) {
        let mut claim = Claim::default();
        let trust = self.trust(requirement, principal, &mut claim);
        let (exactness, limits) = claim.close(!trust.gaps.is_empty() || !trust.excess.is_empty());
        (trust, exactness, limits)
    }

    fn compare(
        &self,
        requirement: &Requirement,
        principal: &IamPrincipal,
        measure: bool,
        claim: &mut Claim,
    ) -> (Vec<Gap>, Vec<Excess>, Option<Measure>) {
        let layers = Layers::of(principal, std::slice::from_ref(requirement), &self.beyond);
        let facts = fact::of_principal(principal);
        let gaps = gap::gaps(self.universe, requirement, principal, (&layers, &self.beyond), claim);
        let search = Search {
            universe: self.universe,
            requirement,
            others: &self.requirements,
            layers: &layers,
            facts: &facts,
        };
        let excess = search.run(claim);
        (gaps, excess, measure.then(|| search.measure()))
    }

    fn trust(
        &self,
        requirement: &Requirement,
        principal: &IamPrincipal,
        claim: &mut Claim,
    ) -> TrustReport {
        match (expected_trust(requirement), &principal.trust) {
            (Some(expected), Some(actual)) => {
                trust::compare(self.universe, &expected, actual, claim)
            }
            _ => TrustReport::default(),
        }
    }

    /// What the estate's reader noted. Its warnings are about roles, and rules repeat them there.
    fn remarks(&self) -> Vec<Finding> {
        let notes = self.remarks.iter().filter(|r| r.severity == Severity::Note);
        notes
            .map(|remark| Finding {
                rule: "estate".to_owned(),
                severity: remark.severity,
                message: remark.message.clone(),
                help: remark.help.clone(),
                statement: None,
            })
            .collect()
    }
}

/// All that several roles must be able to do, as one role: what loose documents are audited against.
#[must_use]
pub fn united(requirements: &[&Requirement]) -> Option<Requirement> {
    let mut all = requirements.iter().copied().cloned();
    let mut one = all.next()?;
    for other in all {
        one.deployments.extend(other.deployments);
        one.components.extend(other.components);
        one.profiles.extend(other.profiles);
        one.calls.extend(other.calls);
        one.trust
            .extend(other.trust.into_iter().filter(|t| !one.trust.contains(t)).collect::<Vec<_>>());
    }
    for names in [&mut one.deployments, &mut one.components, &mut one.profiles] {
        names.sort();
        names.dedup();
    }
    Some(one)
}
