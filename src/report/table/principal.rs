//! The block of one principal.

use super::measure;
use super::words::{blocked, context, listed};
use super::wrap::wrap;
use super::{COLUMNS, Rows, findings, write_rows};
use crate::audit::{
    Exactness, Excess, FixStatus, FixSummary, Gap, PrincipalReport, TrustReport, TrustWitness,
    Witness,
};
use crate::consumer::Occurs;
use std::io::{self, Write};

pub(super) fn write(principal: &PrincipalReport, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", principal.arn)?;
    let deployments = principal.deployments.join(", ");
    indented(&format!("{deployments}: {}", principal.components.join(", ")), out)?;
    indented(claim(principal), out)?;
    if !principal.not_seen.is_empty() {
        let layers: Vec<&str> = principal.not_seen.iter().map(|layer| layer.name()).collect();
        indented(&format!("not seen: {}", layers.join(", ")), out)?;
    }
    for limit in &principal.limits {
        indented(&format!("limit: {limit}"), out)?;
    }
    if principal.severities().next().is_none() && principal.exactness == Exactness::Exact {
        indented("clean: it can do all it needs, and nothing else", out)?;
    }
    write_rows(&gaps(&principal.gaps), out)?;
    write_rows(&excess(&principal.excess), out)?;
    if let Some(measure) = &principal.measure {
        measure::write(measure, out)?;
    }
    write_rows(&trust(&principal.trust), out)?;
    write_rows(&findings(&principal.findings), out)?;
    match &principal.fix {
        Some(fix) if fix.status != FixStatus::Clean => write_fix(fix, out),
        _ => Ok(()),
    }
}

/// Where the fix is, and what is not fixed.
fn write_fix(fix: &FixSummary, out: &mut impl Write) -> io::Result<()> {
    let status = match fix.status {
        FixStatus::Clean | FixStatus::Proved => "fix: proved",
        FixStatus::Partly => "fix: proved in part",
        FixStatus::NotFixed => "fix: none",
    };
    if fix.documents.is_empty() {
        indented(status, out)?;
    } else {
        indented(&format!("{status}: {}", fix.documents.join(", ")), out)?;
    }
    fix.why.iter().try_for_each(|why| indented(&format!("not fixed: {why}"), out))
}

/// Lines below the principal's own.
pub(super) fn indented(text: &str, out: &mut impl Write) -> io::Result<()> {
    wrap(text, COLUMNS - 4).lines().enumerate().try_for_each(|(number, line)| {
        let indent = if number == 0 { "  " } else { "    " };
        writeln!(out, "{indent}{line}")
    })
}

const fn claim(principal: &PrincipalReport) -> &'static str {
    match principal.exactness {
        Exactness::Exact => "exact: all there is stands here",
        Exactness::WitnessOnly => "witness-only: what stands here is true; there may be more",
        Exactness::Unknown => "unknown: it could not be decided",
    }
}

fn gaps(gaps: &[Gap]) -> Rows<3> {
    let mut rows = Rows::new([("gaps", 11), ("needed and refused", 52), ("because", 23)]);
    for gap in gaps {
        let witness = &gap.witness;
        let what = format!(
            "{}\non {}{}\nfor {}",
            listed(&gap.actions),
            witness.resource,
            context(&witness.context),
            listed(&gap.calls)
        );
        let mut because = blocked(&gap.blocked_by);
        if !gap.depends_on.is_empty() {
            because = format!("depends on {}\n{because}", gap.depends_on.join(", "));
        }
        let made = if gap.occurs == Occurs::Possible { ", if made" } else { "" };
        rows.push([format!("{}\n{}{made}", gap.severity, gap.denied), what, because]);
    }
    rows
}

fn excess(excess: &[Excess]) -> Rows<3> {
    let mut rows = Rows::new([("excess", 11), ("allowed and not needed", 52), ("granted by", 23)]);
    for entry in excess {
        let mut what = format!("{}\non {}", listed(&entry.actions), entry.resource);
        for except in &entry.except {
            what.push_str(&format!("\nexcept {except}"));
        }
        for when in &entry.when {
            let is = if when.is.starts_with("with") { "" } else { "is " };
            what.push_str(&format!("\nwhen {} {is}{}", when.key, when.is));
        }
        let Witness { action, resource, context: keys } = &entry.witness;
        what.push_str(&format!("\ne.g. {action} on {resource}{}", context(keys)));
        let severity = format!("{}\n{}", entry.severity, entry.access_level);
        rows.push([severity, what, entry.statement.to_string()]);
    }
    rows
}

fn trust(trust: &TrustReport) -> Rows<3> {
    let mut rows = Rows::new([("trust", 11), ("who may assume it", 52), ("granted by", 23)]);
    let asks =
        |witness: &TrustWitness| format!("\n{}{}", witness.action, context(&witness.context));
    for gap in &trust.gaps {
        let what = format!("{} should and cannot{}", gap.subject, asks(&gap.witness));
        rows.push([format!("{}\ngap", gap.severity), what, String::new()]);
    }
    for excess in &trust.excess {
        let what = format!("{} can and should not{}", excess.subject, asks(&excess.witness));
        rows.push([format!("{}\nexcess", excess.severity), what, excess.statement.to_string()]);
    }
    rows
}
