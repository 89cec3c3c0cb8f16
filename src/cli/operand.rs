//! What `diff` and `check` are about: a document, a set of documents, or a role or user.

use super::audit::bad_input;
use super::failure::print_notes;
use super::{Failure, files};
use crate::account::{Account, Content, Selection, content, dump, loose};
use crate::compare::{Holder, Subject};
use crate::iam::PolicyKind;
use crate::source::{Problem, Source};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The kinds of policy as users call them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    /// Attached to a user, group or role
    Identity,
    /// Who may assume a role
    Trust,
    /// Attached to a bucket, a key, a queue
    Resource,
    /// The most that identity policies can grant
    PermissionsBoundary,
    /// A service control policy
    Scp,
    /// A resource control policy
    Rcp,
    /// Passed when a session is made
    Session,
}

impl Kind {
    /// The kind.
    pub(super) const fn policy_kind(self) -> PolicyKind {
        match self {
            Self::Identity => PolicyKind::Identity,
            Self::Trust => PolicyKind::Trust,
            Self::Resource => PolicyKind::Resource,
            Self::PermissionsBoundary => PolicyKind::PermissionsBoundary,
            Self::Scp => PolicyKind::ServiceControl,
            Self::Rcp => PolicyKind::ResourceControl,
            Self::Session => PolicyKind::Session,
        }
    }
}

/// An operand whose files were read, but not yet as policies of a kind.
pub(super) struct Operand {
    name: String,
    holds: Holds,
}

enum Holds {
    /// Policies that stand together, each with the kind that its text tells.
    Policies(Vec<(Arc<Source>, Option<PolicyKind>)>),
    Principal(Box<crate::account::IamPrincipal>),
}

/// Reads the files of an operand: one that may be a file, a folder, `-`, or `DUMP.json#role/NAME`;
/// or several files that stand together.
///
/// # Errors
/// All files that cannot be read, and what is wrong with a dump.
pub(super) fn load(texts: &[String]) -> Result<Operand, Failure> {
    let name = texts.join(", ");
    let mut policies = Vec::new();
    let mut failed: Option<Failure> = None;
    for text in texts {
        match load_one(text) {
            Ok(Holds::Policies(found)) => policies.extend(found),
            Ok(Holds::Principal(principal)) if texts.len() == 1 => {
                return Ok(Operand { name, holds: Holds::Principal(principal) });
            }
            Ok(Holds::Principal(_)) => {
                let message = format!("`{text}` is a role or user, not one of several policies");
                let help = "name one role or user on each side".to_owned();
                failed = and(failed, Failure::input(message, help));
            }
            Err(failure) => failed = and(failed, failure),
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(Operand { name, holds: Holds::Policies(policies) }),
    }
}

fn load_one(text: &str) -> Result<Holds, Failure> {
    let path = Path::new(text);
    if !path.exists()
        && let Some((file, name)) = text.rsplit_once('#')
    {
        return one_of(Path::new(file), name);
    }
    let paths = if path.is_dir() { documents_of(path)? } else { vec![path.to_owned()] };
    let mut policies = Vec::new();
    for file in &paths {
        let source = Arc::new(files::read(file)?);
        match content(&source) {
            Content::Policy(kind) => policies.push((source, kind)),
            Content::Principals if path.is_dir() => {
                let message = format!("`{}` holds roles or users, not a policy", file.display());
                let help = "a folder is the policies that are attached to one principal".to_owned();
                return Err(Failure::input(message, help));
            }
            Content::Principals => return only_one(&source),
        }
    }
    Ok(Holds::Policies(policies))
}

/// The JSON files of a folder, sorted.
fn documents_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| files::cannot_read(folder, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| files::cannot_read(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        let message = format!("the folder `{}` has no `.json` file", folder.display());
        let help = "put the policies of one principal there, a document in each file".to_owned();
        return Err(Failure::input(message, help));
    }
    Ok(paths)
}

/// The role or user of a dump that a name picks.
fn one_of(file: &Path, name: &str) -> Result<Holds, Failure> {
    let source = Arc::new(files::read(file)?);
    let selection = Selection::Named(vec![name.to_owned()]);
    let account = dump::read(&[source], &selection).map_err(bad_input)?;
    let missing = |not_read: crate::account::NotRead| {
        Failure::input(format!("`{name}` of `{}`: {}", file.display(), not_read.why), not_read.help)
    };
    let principal = account.find(name).map_err(missing)?.clone();
    Ok(Holds::Principal(Box::new(principal)))
}

/// The one role or user of a file.
fn only_one(source: &Arc<Source>) -> Result<Holds, Failure> {
    let name = source.name();
    let mut account: Account =
        dump::read(std::slice::from_ref(source), &Selection::All).map_err(bad_input)?;
    let names: Vec<String> = account.names().map(str::to_owned).collect();
    match names.as_slice() {
        [_] => {}
        [] => {
            let message = format!("`{name}` names no role and no user");
            return Err(Failure::input(message, None));
        }
        [first, ..] => {
            let short = first.splitn(6, ':').nth(5).unwrap_or(first);
            let message = format!("`{name}` has {} roles and users", names.len());
            return Err(Failure::input(message, format!("say which: `{name}#{short}`")));
        }
    }
    if let Some(not_read) = account.unreadable.pop() {
        let message = format!("`{}` of `{name}`: {}", not_read.arn, not_read.why);
        return Err(Failure::input(message, not_read.help));
    }
    match account.principals.pop_first() {
        Some((_, principal)) => Ok(Holds::Principal(Box::new(principal))),
        None => Err(Failure::input(format!("`{name}` describes no role and no user"), None)),
    }
}

/// Reads all operands as policies of one kind, the given one or what their texts tell; what was not
/// given is said on stderr.
///
/// # Errors
/// All problems of all documents, with their places; documents of different kinds.
pub(super) fn read(operands: Vec<Operand>, given: Option<Kind>) -> Result<Vec<Subject>, Failure> {
    let kind = match given {
        Some(kind) => kind.policy_kind(),
        None => guess(&operands)?,
    };
    let mut failed: Option<Failure> = None;
    let mut subjects = Vec::new();
    for Operand { name, holds } in operands {
        let holder = match holds {
            Holds::Principal(principal) => Holder::Principal(principal),
            Holds::Policies(sources) => {
                let mut policies = Vec::new();
                for (source, _) in &sources {
                    match loose::policy(source, kind) {
                        Ok(policy) => {
                            say_notes(source, &policy);
                            policies.push(policy);
                        }
                        Err(problems) => failed = and(failed, bad_input(problems)),
                    }
                }
                Holder::Policies(kind, policies)
            }
        };
        subjects.push(Subject { name, holder });
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(subjects),
    }
}

/// The one kind that the texts of all policies tell.
fn guess(operands: &[Operand]) -> Result<PolicyKind, Failure> {
    let mut told: Vec<(PolicyKind, &str)> = Vec::new();
    let mut any = false;
    for operand in operands {
        if let Holds::Policies(sources) = &operand.holds {
            any = true;
            for (source, kind) in sources {
                if let Some(kind) = kind
                    && !told.iter().any(|(known, _)| known == kind)
                {
                    told.push((*kind, source.name()));
                }
            }
        }
    }
    if let [(first, one), (second, other), ..] = told.as_slice() {
        let message = format!("`{one}` reads as {}, `{other}` as {}", a(*first), a(*second));
        let help = "compare policies of one kind, or say with --kind what all of them are";
        return Err(Failure::input(message, help.to_owned()));
    }
    let kind = told.first().map_or(PolicyKind::Identity, |(kind, _)| *kind);
    if any {
        // A terminal that cannot be written to is no reason to stop.
        use std::io::Write as _;
        let names: Vec<String> =
            operands.iter().map(|operand| format!("`{}`", operand.name)).collect();
        let names = names.join(" and ");
        let _ = writeln!(
            anstream::stderr(),
            "note: {names} read as {} (say otherwise with --kind)",
            a(kind)
        );
    }
    Ok(kind)
}

fn a(kind: PolicyKind) -> String {
    let article = if kind == PolicyKind::Identity { "an" } else { "a" };
    format!("{article} {kind}")
}

/// Reads each operand by itself: of the kind that is given, or that its own text tells.
///
/// # Errors
/// Those of [`read`], of all operands.
pub(super) fn read_each(
    operands: Vec<Operand>,
    given: Option<Kind>,
) -> Result<Vec<Subject>, Failure> {
    let (mut subjects, mut failed) = (Vec::new(), None);
    for operand in operands {
        match read(vec![operand], given) {
            Ok(found) => subjects.extend(found),
            Err(failure) => failed = and(failed, failure),
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(subjects),
    }
}

/// Shows the warnings of a policy's reading.
fn say_notes(source: &Source, policy: &crate::account::NamedPolicy) {
    let moved = |problem: &Problem| Problem {
        span: policy.place.inside(problem.span).span(),
        ..problem.clone()
    };
    let notes: Vec<Problem> = policy.notes.iter().map(moved).collect();
    let _ = print_notes(&mut anstream::stderr(), source, &notes);
}

fn and(failed: Option<Failure>, more: Failure) -> Option<Failure> {
    Some(match failed {
        Some(failure) => failure.and(more),
        None => more,
    })
}

/// Loads several operands; what is wrong with any of them is said at once.
///
/// # Errors
/// Those of [`load`].
pub(super) fn load_all(operands: &[&[String]]) -> Result<Vec<Operand>, Failure> {
    let stdin = operands.iter().flat_map(|texts| texts.iter()).filter(|text| *text == "-").count();
    if stdin > 1 {
        return Err(Failure::input("standard input can be read once only", None));
    }
    let (mut loaded, mut failed) = (Vec::new(), None);
    for texts in operands {
        match load(texts) {
            Ok(operand) => loaded.push(operand),
            Err(failure) => failed = and(failed, failure),
        }
    }
    match failed {
        Some(failure) => Err(failure),
        None => Ok(loaded),
    }
}
