//! Files in and out. What is written appears whole or not at all.

use super::Failure;
use crate::source::Source;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// Says which file could not be read, and why.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(|error| cannot_read(path, &error))?;
    let name = name_of(path);
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(Failure::input(format!("`{name}` is not UTF-8 text: byte {at} is odd"), None))
        }
    }
}

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// Says which file could not be opened, and why.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = fs::File::open(path).map_err(|error| cannot_read(path, &error))?;
    Ok(Box::new(file))
}

/// The failure to read a file.
pub(super) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let help = match error.kind() {
        io::ErrorKind::NotFound => Some("check the path; `-` reads standard input".to_owned()),
        io::ErrorKind::IsADirectory => Some("name a file, not a folder".to_owned()),
        _ => None,
    };
    Failure::input(format!("cannot read `{}`: {}", name_of(path), plain(error)), help)
}

fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// Writes several files into a folder, all or none: each is first written beside its place; if one
/// cannot be put there, those already put there are taken back.
///
/// # Errors
/// Says which file could not be written; the folder is as it was.
pub(super) fn write_all(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let created = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let result = stage(folder, files).and_then(|staged| put_in_place(folder, staged));
    if result.is_err() && created {
        // Only an empty folder goes away; that it stays is no second error.
        let _ = fs::remove_dir(folder);
    }
    result
}

/// Writes one file, whole or not at all.
///
/// # Errors
/// Says why it could not be written; what was there is as it was.
pub(super) fn write_one(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let Some(name) = name else {
        let message = format!("cannot write `{}`: it is no file", path.display());
        return Err(Failure::input(message, None));
    };
    write_all(folder.unwrap_or(Path::new(".")), &[(name, text.to_owned())])
}

type Staged = Vec<(PathBuf, tempfile::NamedTempFile)>;

fn stage(folder: &Path, files: &[(String, String)]) -> Result<Staged, Failure> {
    let mut staged = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        if path.is_dir() {
            return Err(Failure::input(
                format!("cannot write `{}`: it is a folder", path.display()),
                None,
            ));
        }
        let write = || -> io::Result<tempfile::NamedTempFile> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(|error| cannot_write(&path, &error))?;
        staged.push((path, file));
    }
    Ok(staged)
}

fn put_in_place(folder: &Path, staged: Staged) -> Result<(), Failure> {
    let mut placed: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for (path, file) in staged {
        let before = fs::read(&path).ok();
        let put = file.persist(&path).map_err(|error| error.error).and_then(|_| readable(&path));
        if let Err(error) = put {
            for (path, before) in placed {
                let _ = match before {
                    Some(bytes) => fs::write(&path, bytes),
                    None => fs::remove_file(&path),
                };
            }
            return Err(cannot_write(folder, &error));
        }
        placed.push((path, before));
    }
    Ok(())
}

/// A temporary file is its owner's alone; a policy is for everyone who may read the folder.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::input(format!("cannot write `{}`: {}", path.display(), plain(error)), None)
}

/// The error's own words, without the number that the system gives it.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    text.to_lowercase()
}
