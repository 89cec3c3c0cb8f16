//! A comparison of two versions, for people.

use super::grants::{line, write_claim, write_grant};
use super::table::words::{count, listed};
use super::visible::write_visible;
use crate::compare::{ActionsMeasure, Comparison, DiffReport, Direction, Expect, Verdict};
use crate::exact::Exactness;
use std::io::{self, Write};

/// Writes what was added and removed, layer by layer, and the verdict in the last lines.
///
/// # Errors
/// Where the writer fails.
pub fn write_diff(report: &DiffReport, out: &mut impl Write) -> io::Result<()> {
    write_visible(out, |out| write_report(report, out))
}

fn write_report(report: &DiffReport, out: &mut Vec<u8>) -> io::Result<()> {
    line(&format!("{} -> {}", report.old, report.new), 4, out)?;
    for comparison in &report.comparisons {
        writeln!(out)?;
        write_comparison(comparison, out)?;
    }
    if !report.not_compared.is_empty() {
        writeln!(out)?;
        for missing in &report.not_compared {
            line(&format!("NOT COMPARED: {}: {}", missing.layer, missing.why), 4, out)?;
        }
    }
    writeln!(out)?;
    let sum = |direction: fn(&Comparison) -> &Direction| -> usize {
        report.comparisons.iter().map(|one| direction(one).grants.len()).sum()
    };
    let (added, removed) = (sum(|one| &one.added), sum(|one| &one.removed));
    let verdict = match (report.expect, report.result) {
        (Expect::Equivalent, Verdict::Pass) => "equivalent",
        (Expect::Equivalent, Verdict::Fail) => "not equivalent",
        (Expect::NoNewAccess, Verdict::Pass) => "no new access",
        (Expect::NoNewAccess, Verdict::Fail) => "new access",
        (_, Verdict::Unknown) => "unknown: it could not be decided",
    };
    let added = count(added, "grant");
    writeln!(out, "{verdict}: {added} added, {removed} removed")?;
    writeln!(out, "{}", report.catalogue)
}

fn write_comparison(comparison: &Comparison, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", comparison.what)?;
    for note in &comparison.notes {
        line(&format!("  note: {note}"), 4, out)?;
    }
    let Comparison { added, removed, layer, .. } = comparison;
    for (mark, what, direction) in [('+', "added", added), ('-', "removed", removed)] {
        if direction.grants.is_empty() && direction.exactness == Exactness::Exact {
            writeln!(out, "  grants {what}: none")?;
            write_measure(direction, what, out)?;
            write_future(direction, out)?;
            continue;
        }
        writeln!(out, "  grants {what}")?;
        for grant in &direction.grants {
            write_grant(grant, mark, Some(*layer), out)?;
        }
        write_claim(direction.exactness, &direction.limits, out)?;
        write_measure(direction, what, out)?;
        write_future(direction, out)?;
    }
    Ok(())
}

/// How much that is, level by level.
fn write_measure(direction: &Direction, what: &str, out: &mut impl Write) -> io::Result<()> {
    let Some(measure) = &direction.measure else { return Ok(()) };
    let is_exact = measure.exactness == Exactness::Exact;
    let claim = if is_exact { "" } else { ", not exact" };
    writeln!(out, "  score of what is {what}: {:.2}{claim}", measure.score)?;
    for limit in &measure.limits {
        line(&format!("    limit of the score: {limit}"), 6, out)?;
    }
    for level in &measure.levels {
        let kinds = [
            (level.not_needed, "not on the other side at all"),
            (level.wider_resource, "on more resources"),
            (level.missing_condition, "in more contexts"),
        ];
        let some = kinds.iter().filter(|(number, _)| *number > 0);
        let kinds: Vec<String> = some.map(|(number, kind)| format!("{number} {kind}")).collect();
        let (actions, kinds) = (count(level.actions, "action"), kinds.join(", "));
        let text =
            format!("    {}: {:.1} bits, {actions}: {kinds}", level.access_level, level.bits);
        line(&text, 6, out)?;
        let of_level = |one: &&ActionsMeasure| one.access_level == level.access_level;
        if let Some(farthest) = measure.actions.iter().find(of_level) {
            let actions = listed(&farthest.actions);
            line(&format!("      the farthest, {:.1} bits: {actions}", farthest.bits), 8, out)?;
        }
    }
    Ok(())
}

/// What wildcards take in of actions that are yet to come.
fn write_future(direction: &Direction, out: &mut impl Write) -> io::Result<()> {
    direction.future.iter().try_for_each(|future| {
        let statements: Vec<String> = future.statements.iter().map(ToString::to_string).collect();
        let by = if statements.is_empty() {
            String::new()
        } else {
            format!(", by {}", statements.join(" and "))
        };
        let patterns = future.patterns.join(", ");
        line(&format!("  note: and what AWS adds later under {patterns}{by}"), 4, out)
    })
}
