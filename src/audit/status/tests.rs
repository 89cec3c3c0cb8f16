use super::{FailOn, Status, status};
use crate::audit::{
    AuditReport, CatalogueStamp, Exactness, Finding, NotAudited, PrincipalReport, SCHEMA_VERSION,
    Summary, TrustReport,
};
use crate::catalogue::Catalogue;
use crate::source::Severity;

fn principal(severity: Option<Severity>, exactness: Exactness) -> PrincipalReport {
    let finding = |severity| Finding {
        rule: "unknown-action".to_owned(),
        severity,
        message: "x".to_owned(),
        help: None,
        statement: None,
    };
    PrincipalReport {
        arn: "a".to_owned(),
        deployments: Vec::new(),
        components: Vec::new(),
        exactness,
        limits: Vec::new(),
        not_seen: Vec::new(),
        gaps: Vec::new(),
        excess: Vec::new(),
        measure: None,
        fix: None,
        trust: TrustReport::default(),
        findings: severity.map(finding).into_iter().collect(),
    }
}

fn report(principals: Vec<PrincipalReport>, not_audited: Vec<NotAudited>) -> AuditReport {
    AuditReport {
        schema_version: SCHEMA_VERSION,
        leastwise: "0",
        catalogue: CatalogueStamp::of(Catalogue::embedded()),
        summary: Summary::of(&principals, &[], &not_audited),
        principals,
        not_audited,
        findings: Vec::new(),
        isolation: None,
    }
}

#[test]
fn the_threshold_decides_between_clean_and_findings() {
    let found = [None, Some(Severity::Note), Some(Severity::Warning), Some(Severity::Error)];
    for (fail_on, codes) in [
        (FailOn::Error, [0, 0, 0, 1]),
        (FailOn::Warning, [0, 0, 1, 1]),
        (FailOn::Note, [0, 1, 1, 1]),
        (FailOn::Never, [0, 0, 0, 0]),
    ] {
        for (severity, code) in found.iter().zip(codes) {
            let report = report(vec![principal(*severity, Exactness::Exact)], Vec::new());
            assert_eq!(status(&report, fail_on).code(), code, "{fail_on:?} {severity:?}");
        }
    }
}

#[test]
fn what_was_not_evaluated_never_passes() {
    let missing = NotAudited { arn: "b".to_owned(), why: "role not found".to_owned() };
    for fail_on in [FailOn::Error, FailOn::Never] {
        let clean = principal(None, Exactness::Exact);
        let found = principal(Some(Severity::Error), Exactness::Exact);
        let undecided = principal(None, Exactness::Unknown);
        for report in [
            report(vec![clean], vec![missing.clone()]),
            report(vec![found], vec![missing.clone()]),
            report(Vec::new(), vec![missing.clone()]),
            report(vec![undecided], Vec::new()),
        ] {
            assert_eq!(status(&report, fail_on), Status::NotEvaluated);
        }
        assert_eq!(status(&report(Vec::new(), Vec::new()), fail_on), Status::NothingToCheck);
    }
}
