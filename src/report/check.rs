//! The answers to a check, for people.

use super::grants::{line, write_claim, write_grant};
use super::table::words::count;
use super::visible::write_visible;
use crate::compare::{CheckReport, Checked, Grant, Verdict};
use crate::iam::Layer;
use std::io::{self, Write};

/// Writes each policy with what it grants of what was asked about, and a line that sums up.
///
/// # Errors
/// Where the writer fails.
pub fn write_check(report: &CheckReport, out: &mut impl Write) -> io::Result<()> {
    write_visible(out, |out| write_report(report, out))
}

fn write_report(report: &CheckReport, out: &mut Vec<u8>) -> io::Result<()> {
    let what = if report.asked.is_empty() {
        "public access".to_owned()
    } else {
        report.asked.join(" or ")
    };
    // Which of them a grant is about is said where there are several.
    let several = report.asked.len() > 1;
    for checked in &report.policies {
        write_checked(checked, &what, several, out)?;
        writeln!(out)?;
    }
    let of = |verdict| report.policies.iter().filter(|one| one.result == verdict).count();
    writeln!(
        out,
        "{}: {} checked, {} passed, {} failed, {} unknown",
        report.check,
        count(report.policies.len(), "subject"),
        of(Verdict::Pass),
        of(Verdict::Fail),
        of(Verdict::Unknown)
    )?;
    writeln!(out, "{}", report.catalogue)
}

fn write_checked(
    checked: &Checked,
    what: &str,
    several: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let answer = match checked.result {
        Verdict::Pass => format!("PASS {}: does not grant {what}", checked.policy),
        Verdict::Fail => format!("FAIL {}: grants {what}", checked.policy),
        Verdict::Unknown => format!("UNKNOWN {}: it could not be decided", checked.policy),
    };
    line(&answer, 4, out)?;
    let is_trust = checked.read_as == "trust policy" || checked.read_as == "trust policies";
    let layer = is_trust.then_some(Layer::TrustPolicy);
    for grant in &checked.grants {
        let asked = grant.asked.clone().filter(|_| several);
        write_grant(&Grant { asked, ..grant.clone() }, '!', layer, out)?;
    }
    write_claim(checked.exactness, &checked.limits, out)?;
    checked.notes.iter().try_for_each(|note| line(&format!("  note: {note}"), 4, out))
}
