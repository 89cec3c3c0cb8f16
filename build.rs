//! Finds the lines of the catalogue when leastwise is built, so that no process has to.

use std::io::Write;
use std::path::PathBuf;
use std::{env, fs, io};

const CATALOGUE: &str = "src/catalogue/data/catalogue.txt";

fn main() -> io::Result<()> {
    let text = fs::read_to_string(CATALOGUE)?;
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(PathBuf::from(folder).join("line_starts.rs"), format!("&{starts:?}"))?;
    writeln!(io::stdout(), "cargo::rerun-if-changed={CATALOGUE}")?;
    writeln!(io::stdout(), "cargo::rerun-if-changed=build.rs")
}
