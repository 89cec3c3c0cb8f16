//! Makes the tables that leastwise has built in, so that no process has to: where the lines of the
//! catalogue start, and the YAML of `rules/` as JSON, which is read ten times as fast.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const CATALOGUE: &str = "src/catalogue/data/catalogue.txt";
const RULES: &str = "rules";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let text = fs::read_to_string(CATALOGUE)?;
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
    fs::write(out.join("line_starts.rs"), format!("&{starts:?}"))?;
    to_json(Path::new(RULES), &out)?;
    for input in [CATALOGUE, RULES, "build.rs"] {
        writeln!(io::stdout(), "cargo::rerun-if-changed={input}")?;
    }
    Ok(())
}

/// Writes each YAML file of a folder and of those in it as JSON, under the same path.
fn to_json(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out.join(folder))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            to_json(&path, out)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path)?;
            let value: serde_json::Value = serde_saphyr::from_str(&text)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            fs::write(out.join(path.with_extension("json")), serde_json::to_string(&value)?)?;
        }
    }
    Ok(())
}
