//! `audit --fix-dir`: proved fixes as files, all of them or none.

use super::{Failure, files};
use crate::account::IamPrincipal;
use crate::audit::{Audit, AuditReport};
use crate::consumer::Requirement;
use crate::fix;
use crate::report;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

/// Looks for the fixes of these principals, writes them into a folder and tells the report.
///
/// # Errors
/// Says which file could not be written; the folder is as it was.
pub(super) fn write<'p>(
    folder: &Path,
    audit: &Audit<'_>,
    principals: impl IntoIterator<Item = (&'p Requirement, &'p IamPrincipal)>,
    holders: &BTreeMap<String, u32>,
    report: &mut AuditReport,
) -> Result<(), Failure> {
    let fixes = fix::fixes(audit, principals, holders);
    let mut written: Vec<(String, String)> = Vec::new();
    for fix in &fixes {
        written.extend(fix.files.iter().map(|file| (file.name.clone(), file.text.clone())));
    }
    let (mut json, mut markdown) = (Vec::new(), Vec::new());
    report::write_fixes_json(&fixes, &report.catalogue, &mut json).map_err(Failure::output)?;
    report::write_fixes_markdown(&fixes, &report.catalogue, &mut markdown)
        .map_err(Failure::output)?;
    for (name, text) in [("fixes.json", json), ("fixes.md", markdown)] {
        written.push((name.to_owned(), String::from_utf8_lossy(&text).into_owned()));
    }
    files::write_all(folder, &written)?;
    for fix in &fixes {
        let of_it = report.principals.iter_mut().filter(|principal| principal.arn == fix.arn);
        of_it.for_each(|principal| principal.fix = Some(fix.summary()));
    }
    let (number, folder) = (written.len(), folder.display());
    let counts = report::counts(&fixes);
    let _ = writeln!(
        anstream::stderr(),
        "{counts}; wrote {number} files into `{folder}`: begin with `fixes.md`"
    );
    Ok(())
}
