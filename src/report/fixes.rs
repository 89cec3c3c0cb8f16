//! The index of fixes: what to do for each principal, in order, and what was proved.

use super::visible::write_visible;
use crate::audit::FixStatus;
use crate::compare::CatalogueStamp;
use crate::fix::{PrincipalFix, Step, Verdict};
use serde::Serialize;
use std::io::{self, Write};

/// The version of the JSON index's shape.
const SCHEMA_VERSION: &str = "1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index<'f> {
    schema_version: &'static str,
    leastwise: &'static str,
    catalogue: &'f CatalogueStamp,
    principals: &'f [PrincipalFix],
}

/// Writes the index for machines, with a line break at the end.
///
/// # Errors
/// Where the writer fails.
pub fn write_fixes_json(
    fixes: &[PrincipalFix],
    catalogue: &CatalogueStamp,
    out: &mut impl Write,
) -> io::Result<()> {
    let leastwise = env!("CARGO_PKG_VERSION");
    let index = Index { schema_version: SCHEMA_VERSION, leastwise, catalogue, principals: fixes };
    serde_json::to_writer_pretty(&mut *out, &index)?;
    out.write_all(b"\n")
}

/// Writes the index for people, as Markdown.
///
/// # Errors
/// Where the writer fails.
pub fn write_fixes_markdown(
    fixes: &[PrincipalFix],
    catalogue: &CatalogueStamp,
    out: &mut impl Write,
) -> io::Result<()> {
    write_visible(out, |out| write_index(fixes, catalogue, out))
}

fn write_index(
    fixes: &[PrincipalFix],
    catalogue: &CatalogueStamp,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    writeln!(out, "# Fixes\n")?;
    writeln!(out, "{}, by the {catalogue}.\n", counts(fixes))?;
    writeln!(
        out,
        "Nothing was changed in AWS. The commands are to be read, and then run in this folder and in \
         this\norder. A `.patch.json` (RFC 6902) turns the live document into the one beside it, and \
         fails if the live\ndocument has changed meanwhile."
    )?;
    for fix in fixes.iter().filter(|fix| fix.status() != FixStatus::Clean) {
        writeln!(out, "\n## {}\n", fix.arn)?;
        for (side, verdict) in [("permissions", &fix.permissions), ("trust", &fix.trust)] {
            write_verdict(side, verdict, out)?;
        }
        for (number, step) in (1..).zip(&fix.steps) {
            write_step(number, step, out)?;
        }
    }
    Ok(())
}

/// How many principals are fixed, in one sentence.
#[must_use]
pub fn counts(fixes: &[PrincipalFix]) -> String {
    let of = |status| fixes.iter().filter(|fix| fix.status() == status).count();
    let mut parts = vec![format!("{} fixed and proved", of(FixStatus::Proved))];
    for (status, words) in [
        (FixStatus::Partly, "fixed in part"),
        (FixStatus::NotFixed, "not fixed"),
        (FixStatus::Clean, "with nothing to fix"),
    ] {
        if of(status) > 0 {
            parts.push(format!("{} {words}", of(status)));
        }
    }
    let all = super::table::count(fixes.len(), "principal");
    format!("{all}: {}", parts.join(", "))
}

fn write_verdict(side: &str, verdict: &Verdict, out: &mut impl Write) -> io::Result<()> {
    let (word, sentences) = match verdict {
        Verdict::Clean => return Ok(()),
        Verdict::Proved { replaced: false, proof } => ("proved after the edits below", proof),
        Verdict::Proved { replaced: true, proof } => (
            "no small edit was found; proved after the compiled policy replaces the live one",
            proof,
        ),
        Verdict::NotFixed { why } => ("NOT FIXED", why),
    };
    writeln!(out, "- **{side}**: {word}")?;
    for sentence in sentences {
        writeln!(out, "  - {sentence}")?;
    }
    Ok(())
}

fn write_step(number: usize, step: &Step, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{number}. {}", step.summary)?;
    for edit in &step.edits {
        writeln!(out, "   - {edit}")?;
    }
    match (&step.document, &step.patch) {
        (Some(document), Some(patch)) => {
            writeln!(out, "   - in full: `{document}`; as a patch: `{patch}`")?;
        }
        (Some(document), None) => writeln!(out, "   - in full: `{document}`")?,
        _ => {}
    }
    if let Some(command) = &step.command {
        writeln!(out, "\n   ```sh\n   {command}\n   ```")?;
    }
    Ok(())
}
