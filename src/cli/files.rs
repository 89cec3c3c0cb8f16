//! Files in and out. What is written appears whole or not at all.

use super::Failure;
use crate::source::Source;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Why a file is no text.
pub(super) struct Unreadable {
    /// In a few words, without the file's name.
    pub(super) why: String,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// The line that is no text; 0 where it is about the whole file.
    pub(super) line: usize,
    /// What can be made out of it, where it could be read at all.
    pub(super) text: Option<String>,
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// Says which file could not be read, and why.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    read_text(path).map_err(|unreadable| failure(path, unreadable))
}

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// Says why it could not be read.
pub(super) fn read_text(path: &Path) -> Result<Source, Unreadable> {
    let mut bytes = Vec::new();
    let mut read = || open_file(path)?.read_to_end(&mut bytes);
    read().map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes).map(|text| Source::new(name_of(path), text)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        no_text(error.as_bytes(), at)
    })
}

/// What is wrong with bytes that are text only before `at`.
fn no_text(bytes: &[u8], at: usize) -> Unreadable {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let help = "save it as UTF-8; in PowerShell by `... | Out-File -Encoding utf8 FILE`";
        let little = bytes.starts_with(&[0xff]);
        let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
        let units = units.map(if little { u16::from_le_bytes } else { u16::from_be_bytes });
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect();
        let (why, help) = ("it is UTF-16 text, not UTF-8".to_owned(), Some(help.to_owned()));
        return Unreadable { why, help, line: 0, text: Some(text) };
    }
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let byte = bytes.get(at).copied().unwrap_or_default();
    let why = format!("it is not UTF-8 text: byte 0x{byte:02x} at {line}:{column}");
    let text = String::from_utf8_lossy(bytes).into_owned();
    Unreadable { why, help: Some("save it as UTF-8".to_owned()), line, text: Some(text) }
}

/// Opens a file, or standard input for `-`.
///
/// # Errors
/// Says which file could not be opened, and why.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    open_file(path).map_err(|error| cannot_read(path, &error))
}

fn open_file(path: &Path) -> io::Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(fs::File::open(path)?))
}

/// The failure to read a file.
pub(super) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    failure(path, unreadable(error))
}

/// Why the system does not let a file be read.
pub(super) fn unreadable(error: &io::Error) -> Unreadable {
    let help = match error.kind() {
        io::ErrorKind::NotFound => Some("check the path; `-` reads standard input".to_owned()),
        io::ErrorKind::IsADirectory => Some("name a file, not a folder".to_owned()),
        _ => None,
    };
    Unreadable { why: plain(error), help, line: 0, text: None }
}

fn failure(path: &Path, Unreadable { why, help, .. }: Unreadable) -> Failure {
    Failure::input(format!("cannot read `{}`: {why}", name_of(path)), help)
}

/// What messages call a file.
pub(super) fn name_of(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// Writes several files into a folder, all or none: each is first written beside its place; if one
/// cannot be put there, those already put there are taken back.
///
/// # Errors
/// Says which file could not be written; the folder is as it was.
pub(super) fn write_all(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let created = !folder.exists();
    if folder.exists() && !folder.is_dir() {
        let message = format!("cannot write into `{}`: it is no folder", folder.display());
        return Err(Failure::input(message, "name a folder; it may be a new one".to_owned()));
    }
    fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    let result = stage(folder, files).and_then(|staged| put_in_place(folder, staged));
    if result.is_err() && created {
        // Only an empty folder goes away; that it stays is no second error.
        let _ = fs::remove_dir(folder);
    }
    result
}

/// Writes one file, whole or not at all; where the path is a link, what it leads to.
///
/// # Errors
/// Says why it could not be written; what was there is as it was.
pub(super) fn write_one(path: &Path, text: &str) -> Result<(), Failure> {
    let target = if path.is_symlink() { fs::canonicalize(path).ok() } else { None };
    let path = target.as_deref().unwrap_or(path);
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
