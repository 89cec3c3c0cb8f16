//! The files that are linted, and the documents in them.

use crate::account::BadInput;
use crate::cli::Failure;
use crate::cli::files::{self, Unreadable};
use crate::iam::PolicyKind;
use crate::intake::{self, Found, Intake, Shape};
use crate::report::Unread;
use crate::source::{Problem, Severity, Source};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How files are read.
#[derive(Clone, Copy)]
pub(super) struct Options {
    /// What the policies are, where nothing tells.
    pub(super) kind: Option<PolicyKind>,
    /// Whether managed policies of AWS are looked at.
    pub(super) with_aws_managed: bool,
    /// Whether a file that is named need not hold a policy.
    pub(super) if_any: bool,
}

/// What was read.
pub(super) struct Inputs {
    found: Vec<Intake>,
    /// Files that no document could be told apart in, with what is wrong with them.
    pub(super) broken: Vec<(Arc<Source>, Vec<Problem>)>,
    /// Everything that could not be read.
    pub(super) not_read: Vec<Unread>,
    /// How many files hold no policy.
    pub(super) without_policy: usize,
    names: BTreeSet<String>,
    /// The folders that were named.
    folders: Vec<PathBuf>,
    options: Options,
}

impl Inputs {
    /// Reads files, folders and standard input.
    ///
    /// # Errors
    /// Standard input is named twice.
    pub(super) fn read(paths: &[PathBuf], options: Options) -> Result<Self, Failure> {
        if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            return Err(Failure::input("standard input can be read once only", None));
        }
        let mut inputs = Self {
            found: Vec::new(),
            broken: Vec::new(),
            not_read: Vec::new(),
            without_policy: 0,
            names: BTreeSet::new(),
            folders: Vec::new(),
            options,
        };
        // A file that is named is meant to be a policy; one that is only there need not be.
        let mut files: Vec<(PathBuf, bool)> = Vec::new();
        for path in paths {
            let path = clean(path);
            if path.is_dir() {
                inputs.walk(&path, &mut files);
                inputs.folders.push(path);
            } else {
                files.push((path, !options.if_any));
            }
        }
        files.sort_by(|a, b| (&a.0, !a.1).cmp(&(&b.0, !b.1)));
        files.dedup_by(|a, b| a.0 == b.0);
        for (path, is_named) in files {
            inputs.file(&path, is_named);
        }
        Ok(inputs)
    }

    /// The documents to look at.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Found> {
        self.all().filter(|found| self.options.with_aws_managed || !found.is_aws_managed())
    }

    fn all(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().flat_map(|intake| &intake.documents)
    }

    /// How many managed policies of AWS were passed over.
    pub(super) fn aws_managed(&self) -> usize {
        self.all().count() - self.documents().count()
    }

    /// How many files were looked at.
    pub(super) fn files(&self) -> usize {
        self.names.len()
    }

    /// The names of the files that were looked at.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether all files that a pattern of names may be about were looked for: what stands before its
    /// first wildcard lies in a folder that was searched.
    pub(super) fn searched(&self, pattern: &str) -> bool {
        let fixed = Path::new(pattern.split(['*', '?']).next().unwrap_or_default());
        let mut inside = fixed.components();
        let is_below = fixed.is_relative() && inside.all(|part| part != Component::ParentDir);
        self.folders.iter().any(|folder| match folder.as_path() {
            here if here == Path::new(".") => is_below,
            folder => fixed.starts_with(folder),
        })
    }

    fn unread(&mut self, file: &str, unreadable: Unreadable) {
        let Unreadable { why, help, line, .. } = unreadable;
        let name = file.to_owned();
        self.not_read.push(Unread { file: name.clone(), name, line, why, help, pending: false });
    }

    /// The files of a folder and its folders that may hold policies. What begins with a dot is not
    /// for us, nor are other people's packages.
    fn walk(&mut self, folder: &Path, files: &mut Vec<(PathBuf, bool)>) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let name = folder.display().to_string();
                return self.unread(&name, files::unreadable(&error));
            }
        };
        for entry in entries.flatten() {
            let path = clean(&entry.path());
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.')
                || name == "node_modules"
                || name == crate::lint::suppress::FILE_NAME
            {
                continue;
            }
            if kind.is_dir() {
                self.walk(&path, files);
            } else if path.extension().is_some_and(|ending| {
                ["json", "yaml", "yml", "template"]
                    .iter()
                    .any(|known| ending.eq_ignore_ascii_case(known))
            }) {
                files.push((path, false));
            }
        }
    }

    fn file(&mut self, path: &Path, is_named: bool) {
        let kind = self.options.kind;
        let source = match files::read_text(path) {
            Ok(source) => Arc::new(source),
            Err(unreadable) => {
                let name = files::name_of(path);
                self.names.insert(name.clone());
                let is_other = |text: &String| !is_named && !looks_like_a_policy(text);
                if unreadable.text.as_ref().is_some_and(is_other) {
                    self.without_policy += 1;
                    return;
                }
                return self.unread(&name, unreadable);
            }
        };
        self.names.insert(source.name().to_owned());
        if is_named && path.extension().is_some_and(|ending| ending == "tf") {
            return self.unread(source.name(), hcl());
        }
        let read = match intake::read(&source, kind) {
            Ok(intake) if intake.shape == Shape::Other && is_named => {
                intake::read_as_policy(&source, kind)
            }
            read => read,
        };
        match read {
            Ok(intake) if intake.shape == Shape::Other => self.without_policy += 1,
            Ok(intake) => self.take(&source, intake),
            Err(_) if !is_named && !looks_like_a_policy(source.text()) => self.without_policy += 1,
            Err(problems) => self.break_file(&source, problems),
        }
    }

    /// A file that is no JSON and no YAML, but should hold a policy.
    fn break_file(&mut self, source: &Arc<Source>, problems: Vec<BadInput>) {
        let problems: Vec<Problem> = problems.into_iter().map(|bad| bad.problem).collect();
        if let Some(first) = problems.first() {
            self.not_read.push(Unread {
                name: source.name().to_owned(),
                file: source.name().to_owned(),
                line: source.position(first.span.start).line,
                why: first.message.clone(),
                help: first.help.clone(),
                pending: false,
            });
        }
        self.broken.push((Arc::clone(source), problems));
    }

    fn take(&mut self, source: &Source, intake: Intake) {
        let file = source.name();
        for found in &intake.documents {
            let Err(problems) = &found.document else { continue };
            let errors = problems.iter().filter(|one| one.severity == Severity::Error);
            let mut lines = errors.map(|one| {
                let at = found.place.inside(one.span).position().map_or(0, |at| at.line);
                (at, one.message.clone())
            });
            let Some((line, first)) = lines.next() else { continue };
            let more = lines.count();
            let why = if more > 0 { format!("{first}, and {more} more") } else { first };
            let name = found.name.clone();
            let file = file.to_owned();
            self.not_read.push(Unread { name, file, line, why, help: None, pending: false });
        }
        for not_read in &intake.not_read {
            self.not_read.push(Unread {
                name: not_read.name.clone(),
                file: file.to_owned(),
                line: not_read.place.position().map_or(0, |at| at.line),
                why: not_read.why.clone(),
                help: not_read.help.clone(),
                pending: matches!(intake.shape, Shape::Terraform | Shape::CloudFormation),
            });
        }
        if intake.more_follows {
            let why = "it is one page of an answer, and says that more follow".to_owned();
            let help = "ask again without `--no-paginate` and `--max-items`".to_owned();
            self.unread(file, Unreadable { why, help: Some(help), line: 0, text: None });
        }
        self.found.push(intake);
    }
}

/// Why a file in Terraform's own language is not read.
fn hcl() -> Unreadable {
    Unreadable {
        why: "its policies are known only when Terraform has read it".to_owned(),
        help: Some(
            "look at its plan: `terraform show -json plan.out | leastwise lint -`".to_owned(),
        ),
        line: 0,
        text: None,
    }
}

/// A path as people write it in reports: relative to where they are, without `./`.
fn clean(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let path = if path.is_absolute() { path.strip_prefix(&here).unwrap_or(path) } else { path };
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let cleaned: PathBuf = parts.collect();
    if cleaned.as_os_str().is_empty() { PathBuf::from(".") } else { cleaned }
}

/// Whether somebody meant a policy by a text that is no JSON.
fn looks_like_a_policy(text: &str) -> bool {
    ["\"Statement\"", "\"PolicyDocument\"", "AWSTemplateFormatVersion", "2012-10-17"]
        .iter()
        .any(|word| text.contains(word))
}
