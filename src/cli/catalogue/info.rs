//! `catalogue info`: of which day it is, where it comes from, how large it is.

use crate::catalogue::{ApiTable, Catalogue};
use crate::cli::ExitStatus;
use std::io::{self, Write};

/// Prints it.
pub(super) fn run(catalogue: &Catalogue, stdout: &mut dyn Write) -> io::Result<ExitStatus> {
    let types = |service: &str| catalogue.resource_types_of(service).count();
    let types: usize = catalogue.services().map(types).sum();
    let rcp = catalogue.services().filter(|service| catalogue.rcp_supported(service)).count();
    writeln!(stdout, "date            {}", catalogue.date())?;
    writeln!(stdout, "origin          {}", catalogue.origin().word())?;
    writeln!(
        stdout,
        "services        {}, {rcp} with resource control policies",
        catalogue.services().len()
    )?;
    writeln!(stdout, "actions         {}", catalogue.len())?;
    writeln!(stdout, "resource types  {types}")?;
    writeln!(
        stdout,
        "condition keys  {}, {} of all services",
        catalogue.condition_keys().len(),
        catalogue.global_keys().count()
    )?;
    writeln!(stdout, "retired actions {}", catalogue.retired_actions().len())?;
    writeln!(stdout, "API calls       {}", ApiTable::embedded().calls().len())?;
    writeln!(stdout, "what was known, and by which source:")?;
    for (date, source) in catalogue.sources() {
        writeln!(stdout, "  {date}  {}", source.replace('\t', " "))?;
    }
    Ok(ExitStatus::Clean)
}
