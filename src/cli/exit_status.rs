//! The process's exit status, one meaning a number.

use std::process::ExitCode;

/// How a run ended. "Could not evaluate" is never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitStatus {
    /// 0: done, and nothing found.
    Clean,
    /// 1: findings at or above `--fail-on`, or an expectation missed.
    Findings,
    /// 2: bad usage or input.
    BadInput,
    /// 3: nothing to check.
    NothingToCheck,
    /// 4: could not evaluate: AWS, credentials, network, or something left unaudited.
    CouldNotEvaluate,
}

impl ExitStatus {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::BadInput => 2,
            Self::NothingToCheck => 3,
            Self::CouldNotEvaluate => 4,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
