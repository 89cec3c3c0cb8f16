//! From a report to an exit status.

use super::{AuditReport, PrincipalReport};
use crate::source::Severity;
use std::fmt;

/// From which severity on findings fail the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Note,
    /// Nothing: findings are only shown.
    Never,
}

impl FailOn {
    /// Whether a finding of a severity fails the run.
    #[must_use]
    pub const fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => matches!(severity, Severity::Error),
            Self::Warning => !matches!(severity, Severity::Note),
            Self::Note => true,
            Self::Never => false,
        }
    }
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the threshold was found.
    Clean,
    /// Something was.
    Findings,
    /// The estate names nobody to audit.
    NothingToCheck,
    /// Somebody could not be audited, or an answer could not be computed.
    NotEvaluated,
}

impl Status {
    /// The exit status of the process. 2 is bad usage or input, which never comes this far.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::NothingToCheck => 3,
            Self::NotEvaluated => 4,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clean => "clean",
            Self::Findings => "findings",
            Self::NothingToCheck => "nothing to check",
            Self::NotEvaluated => "could not evaluate",
        })
    }
}

/// How a run with this report ends. What could not be evaluated outweighs everything: it is never
/// "clean", and never only "findings".
#[must_use]
pub fn status(report: &AuditReport, fail_on: FailOn) -> Status {
    let unknown = report.principals.iter().any(|p| p.exactness == super::Exactness::Unknown);
    // A pair of tenants that is undecided is not isolated.
    let undecided = report.isolation.as_ref().is_some_and(|found| !found.undecided.is_empty());
    if !report.not_audited.is_empty() || unknown || undecided {
        return Status::NotEvaluated;
    }
    if report.principals.is_empty() {
        return Status::NothingToCheck;
    }
    let on_principals = report.principals.iter().flat_map(PrincipalReport::severities);
    let on_estate = report.findings.iter().map(|finding| finding.severity);
    let leaks = report.isolation.iter().flat_map(|found| &found.leaks).map(|leak| leak.severity);
    if on_principals.chain(on_estate).chain(leaks).any(|severity| fail_on.fails(severity)) {
        Status::Findings
    } else {
        Status::Clean
    }
}

#[cfg(test)]
mod tests;
