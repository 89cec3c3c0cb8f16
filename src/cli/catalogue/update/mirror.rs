//! AWS's files in a folder: `service-list.json`, and `SERVICE/SERVICE.json` or `SERVICE.json`.

use super::{Fetched, Source, Validators};
use crate::catalogue::ServiceEntry;
use std::fs;
use std::path::{Path, PathBuf};

const LIST: &str = "service-list.json";

/// A folder with the files.
pub(super) struct Mirror {
    folder: PathBuf,
}

impl Mirror {
    /// The folder, or `v1` in it.
    pub(super) fn of_folder(folder: &Path) -> Result<Self, String> {
        let candidates = [folder.to_owned(), folder.join("v1")];
        let found = candidates.into_iter().find(|folder| folder.join(LIST).is_file());
        let missing = || format!("`{}` is no URL, and no folder with a {LIST}", folder.display());
        Ok(Self { folder: found.ok_or_else(missing)? })
    }
}

impl Source for Mirror {
    fn list(&self) -> Result<String, String> {
        read(&self.folder.join(LIST))
    }

    fn place(&self, entry: &ServiceEntry) -> Result<String, String> {
        let name = &entry.service;
        // It becomes part of a path.
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(format!("`{name}` is not the name of a service"));
        }
        let file = format!("{name}.json");
        let nested = self.folder.join(name).join(&file);
        let path = if nested.is_file() { nested } else { self.folder.join(file) };
        Ok(path.display().to_string())
    }

    fn file(&self, place: &str, _: Option<&Validators>) -> Result<Fetched, String> {
        let text = read(Path::new(place))?;
        Ok(Fetched::Text { text, validators: Validators::default() })
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}
