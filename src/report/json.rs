//! Reports as JSON.

use serde::Serialize;
use std::io::{self, Write};

/// Writes a report as indented JSON with a line break at the end. Equal reports give equal bytes.
///
/// # Errors
/// Where the writer fails.
pub fn write_json(report: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
