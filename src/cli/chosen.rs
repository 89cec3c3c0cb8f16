//! Which catalogue a command uses: the one that the user names, or the newer one of what an update
//! wrote and what is built in. It is read when it is first asked for, so that commands that need
//! none read no file.

use super::{ExitStatus, Failure, files};
use crate::catalogue::{Catalogue, Origin};
use crate::exact::Universe;
use std::cell::OnceCell;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The word that names the built-in catalogue in place of a file.
const EMBEDDED: &str = "embedded";

/// The name of the updated catalogue in the cache folder.
pub(super) const CACHED: &str = "catalogue.txt";

/// The catalogue of a run.
#[derive(Debug)]
pub(super) struct ChosenCatalogue {
    named: Option<PathBuf>,
    /// `None` inside for the built-in one.
    found: OnceCell<Option<Catalogue>>,
}

impl ChosenCatalogue {
    /// The catalogue of this file, or the newest where none is named.
    pub(super) fn new(named: Option<PathBuf>) -> Self {
        Self { named, found: OnceCell::new() }
    }

    /// The catalogue.
    ///
    /// # Errors
    /// The named file cannot be read, or is no catalogue.
    pub(super) fn get(&self) -> Result<&Catalogue, Failure> {
        if let Some(found) = self.found.get() {
            return Ok(found.as_ref().unwrap_or(Catalogue::embedded()));
        }
        let found = match &self.named {
            Some(word) if word == Path::new(EMBEDDED) => None,
            Some(file) => Some(read(file)?),
            None => newer(),
        };
        Ok(self.found.get_or_init(|| found).as_ref().unwrap_or(Catalogue::embedded()))
    }

    /// The requests that can be, by this catalogue.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub(super) fn universe(&self) -> Result<Universe<'_>, Failure> {
        Ok(Universe::new(self.get()?))
    }
}

/// The catalogue of a file.
///
/// # Errors
/// It cannot be read, or is no catalogue.
pub(super) fn read(file: &Path) -> Result<Catalogue, Failure> {
    let source = files::read(file)?;
    Catalogue::parse(source.text().to_owned()).map_err(|error| {
        let help = "`leastwise catalogue update` writes such a file; `--catalogue embedded` uses the \
                    one that is built in";
        Failure::input(format!("`{}`: {error}", source.name()), help.to_owned())
    })
}

/// What an update left in the cache folder, if anything; with what is wrong with it.
pub(super) fn cached() -> Option<Result<Catalogue, String>> {
    let text = match fs::read_to_string(folder()?.join(CACHED)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => return Some(Err(error.to_string())),
    };
    let parsed = Catalogue::parse(text).map(|found| found.with_origin(Origin::Cache));
    Some(parsed.map_err(|error| error.to_string()))
}

/// The cached catalogue, if it is newer than the built-in one.
fn newer() -> Option<Catalogue> {
    let path = folder()?.join(CACHED);
    let unused = |why: &dyn std::fmt::Display| {
        // The built-in one is good; that it is used instead must be known.
        let _ = writeln!(
            anstream::stderr(),
            "warning: the updated catalogue `{}` is not used: {why}\n  help: run `leastwise \
             catalogue update`, or delete the file",
            path.display()
        );
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => {
            unused(&error);
            return None;
        }
    };
    // The date stands in the head: an old file is not read further.
    let date = text.lines().nth(1).and_then(|line| line.strip_prefix("date\t"));
    if date.is_some_and(|date| date <= Catalogue::embedded().date()) {
        return None;
    }
    match Catalogue::parse(text) {
        Ok(found) => Some(found.with_origin(Origin::Cache)),
        Err(error) => {
            unused(&error);
            None
        }
    }
}

/// The folder for what can be fetched again.
///
/// Of the XDG Base Directory Specification where it is set, else where the platform keeps caches.
pub(super) fn folder() -> Option<PathBuf> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let below_home = |folder: &str| variable("HOME").map(|home| PathBuf::from(home).join(folder));
    let caches =
        variable("XDG_CACHE_HOME").map(PathBuf::from).and_then(absolute).or_else(|| {
            if cfg!(target_os = "windows") {
                variable("LOCALAPPDATA").map(PathBuf::from)
            } else if cfg!(target_os = "macos") {
                below_home("Library/Caches")
            } else {
                below_home(".cache")
            }
        })?;
    Some(caches.join("leastwise"))
}

/// The failure where the platform has no place for a cache.
pub(super) fn no_folder() -> Failure {
    let help = "set XDG_CACHE_HOME, or name a file with --output".to_owned();
    Failure::message(ExitStatus::BadInput, "there is no folder for a cache", help)
}
