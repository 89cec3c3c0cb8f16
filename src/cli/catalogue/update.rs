//! `catalogue update`: AWS's own list of actions, put into the catalogue.

#[cfg(feature = "update")]
mod http;
mod mirror;

use crate::catalogue::{
    Catalogue, Changes, Edition, ServiceEntry, ServiceReference, Update, Updated, service_list,
};
use crate::cli::{ExitStatus, Failure, Outcome, chosen, day, files};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where AWS lists its services.
///
/// AWS: <https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html>
const LIST: &str = "https://servicereference.us-east-1.amazonaws.com/v1/service-list.json";

/// What the server said of each file, beside the cached catalogue.
const SEEN: &str = "service-reference.json";

/// Of the things that could not be done or understood, as many are shown.
const SHOWN: usize = 20;

const EXAMPLES: &str = "\
Examples:
  leastwise catalogue update                           all services, into the cache
  leastwise catalogue update --services s3,kms         only these
  leastwise catalogue update --output catalogue.txt    into a file, for --catalogue
  leastwise catalogue update --from ./mirror           service-list.json, SERVICE/SERVICE.json

Nothing is written unless everything was read and understood. Where a new catalogue is in the
cache and newer than the built-in one, every command uses it and says so; `--catalogue embedded`
does not.";

/// The arguments of `catalogue update`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Only these services
    #[arg(long, value_name = "PREFIX", value_delimiter = ',')]
    services: Vec<String>,
    /// All services, as where none is named
    #[arg(long, conflicts_with = "services")]
    all: bool,
    /// Another list of services than AWS's, or a folder with the same files
    #[arg(long, value_name = "URL|DIR", default_value = LIST, hide_default_value = true)]
    from: String,
    /// A file in place of the cache
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The day of the facts, in place of today
    #[arg(long, value_name = "YYYY-MM-DD", hide = true)]
    date: Option<String>,
}

/// What a server said of a file, to be asked later whether it changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Validators {
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
}

/// By the place of a file.
type Seen = BTreeMap<String, Validators>;

/// A file, unless it is as it was.
enum Fetched {
    #[cfg_attr(not(feature = "update"), expect(dead_code, reason = "only a server says so"))]
    Same,
    Text {
        text: String,
        validators: Validators,
    },
}

/// Something that has AWS's files.
trait Source: Sync {
    /// The list of services.
    fn list(&self) -> Result<String, String>;
    /// The place of a service's file, for messages and to know it again.
    fn place(&self, service: &ServiceEntry) -> Result<String, String>;
    /// The file at this place.
    fn file(&self, place: &str, seen: Option<&Validators>) -> Result<Fetched, String>;
}

/// Reads, merges and writes.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Outcome {
    let date = match &arguments.date {
        Some(date) if super::expand::is_date(date) => date.clone(),
        Some(date) => return Err(Failure::input(format!("`{date}` is no date"), None)),
        None => day::today(),
    };
    let source = source(&arguments.from)?;
    let folder = chosen::folder();
    // What was fetched before and is the same now is in the cached catalogue, and only there.
    let cached = chosen::cached().and_then(Result::ok);
    let cached = cached.filter(|found| found.date() >= Catalogue::embedded().date());
    let seen = match (&cached, &folder) {
        (Some(_), Some(folder)) => read_seen(&folder.join(SEEN)),
        _ => Seen::new(),
    };
    let base = cached.as_ref().unwrap_or(Catalogue::embedded());

    let list = source.list().map_err(|error| unreachable(vec![error]))?;
    let list = service_list(&list).map_err(|error| {
        unreachable(vec![format!("the list of services of {}: {error}", arguments.from)])
    })?;
    let wanted = wanted(&list, &arguments.services)?;
    let (services, seen) = fetch(&*source, &wanted, seen)?;
    let all: Vec<String> = list.iter().map(|entry| entry.service.clone()).collect();
    let what = match arguments.services.as_slice() {
        [] => String::new(),
        services => format!(" of {}", services.join(", ")),
    };
    let update = Update {
        date: &date,
        source: &format!("AWS service reference{what} from {}", arguments.from),
        services: &services,
        all: arguments.services.is_empty().then_some(&*all),
    };
    let updated = base.updated(&update).map_err(|error| unreachable(vec![error.to_string()]))?;
    let path = write(arguments.output.as_deref(), folder, &updated, &seen)?;
    report(
        &Changes::between(Edition::whole(base), Edition::whole(&updated.catalogue)),
        &updated,
        &path,
        stdout,
    )
}

fn source(from: &str) -> Result<Box<dyn Source>, Failure> {
    if from.contains("://") {
        #[cfg(feature = "update")]
        return http::Server::of_list(from)
            .map(|server| Box::new(server) as Box<dyn Source>)
            .map_err(|error| Failure::input(error, None));
        #[cfg(not(feature = "update"))]
        return Err(Failure::message(
            ExitStatus::CouldNotEvaluate,
            "this leastwise was built without the feature `update`",
            "fetch the files by other means and name their folder with --from".to_owned(),
        ));
    }
    mirror::Mirror::of_folder(Path::new(from))
        .map(|mirror| Box::new(mirror) as Box<dyn Source>)
        .map_err(|error| Failure::input(error, None))
}

/// The entries of the services that are asked for.
fn wanted<'a>(
    list: &'a [ServiceEntry],
    services: &[String],
) -> Result<Vec<&'a ServiceEntry>, Failure> {
    if services.is_empty() {
        return Ok(list.iter().collect());
    }
    let find = |name: &String| {
        let found = list.iter().find(|entry| entry.service.eq_ignore_ascii_case(name));
        found.ok_or_else(|| Failure::input(format!("AWS lists no service `{name}`"), None))
    };
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for one in services.iter().map(find) {
        match one {
            Ok(one) => found.push(one),
            Err(failure) => failures.push(failure),
        }
    }
    failures.into_iter().reduce(Failure::and).map_or(Ok(found), Err)
}

/// The files of the services that are not as they were, and what is known of all files now.
fn fetch(
    source: &dyn Source,
    wanted: &[&ServiceEntry],
    mut seen: Seen,
) -> Result<(Vec<ServiceReference>, Seen), Failure> {
    /// As many at a time.
    const CONNECTIONS: usize = 8;
    let one =
        |entry: &ServiceEntry| -> Result<(String, Option<(ServiceReference, Validators)>), String> {
            let place = source.place(entry)?;
            match source.file(&place, seen.get(&place))? {
                Fetched::Same => Ok((place, None)),
                Fetched::Text { text, validators } => {
                    let file = ServiceReference::parse(&entry.service, &text);
                    let file = file.map_err(|error| format!("{place}: {error}"))?;
                    Ok((place, Some((file, validators))))
                }
            }
        };
    let next = std::sync::atomic::AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(entry) = wanted.get(at) else { return done };
            done.push((at, one(entry)));
        }
    };
    let mut results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(worker)).collect();
        let done = workers.into_iter().filter_map(|worker| worker.join().ok());
        done.flatten().collect::<Vec<_>>()
    });
    results.sort_by_key(|(at, _)| *at);
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    if results.len() < wanted.len() {
        errors.push("not all files were read".to_owned());
    }
    for (_, result) in results {
        match result {
            Ok((place, Some((file, validators)))) => {
                seen.insert(place, validators);
                files.push(file);
            }
            Ok((_, None)) => {}
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok((files, seen)) } else { Err(unreachable(errors)) }
}

/// What stood in the way; nothing was written.
fn unreachable(errors: Vec<String>) -> Failure {
    let more = errors.len().saturating_sub(SHOWN);
    let help = "nothing was written; the catalogue is as it was";
    let failure = |error: String, help: Option<String>| {
        Failure::message(ExitStatus::CouldNotEvaluate, error, help)
    };
    let last = match more {
        0 => None,
        more => Some(failure(format!("{more} more files could not be read"), None)),
    };
    let shown = errors.into_iter().take(SHOWN).enumerate();
    let all = shown.map(|(at, error)| failure(error, (at == 0).then(|| help.to_owned())));
    let all = all.chain(last).reduce(Failure::and);
    all.unwrap_or_else(|| failure("the catalogue cannot be updated".to_owned(), None))
}

fn read_seen(path: &Path) -> Seen {
    // Without it everything is fetched again.
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Writes the catalogue to the file, or to the cache.
fn write(
    output: Option<&Path>,
    folder: Option<PathBuf>,
    updated: &Updated,
    seen: &Seen,
) -> Result<PathBuf, Failure> {
    if let Some(path) = output {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| Failure::input("--output names no file", None))?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        files::write_all(
            parent.unwrap_or(Path::new(".")),
            &[(name.to_owned(), updated.text.clone())],
        )?;
        return Ok(path.to_owned());
    }
    let folder = folder.ok_or_else(chosen::no_folder)?;
    let seen = serde_json::to_string_pretty(seen).unwrap_or_default();
    let all = [(chosen::CACHED.to_owned(), updated.text.clone()), (SEEN.to_owned(), seen)];
    files::write_all(&folder, &all)?;
    Ok(folder.join(chosen::CACHED))
}

fn report(
    changes: &Changes<'_>,
    updated: &Updated,
    path: &Path,
    stdout: &mut dyn Write,
) -> Outcome {
    let mut stderr = anstream::stderr();
    for remark in updated.remarks.iter().take(SHOWN) {
        let _ = writeln!(stderr, "warning: {remark}");
    }
    if let Some(more @ 1..) = updated.remarks.len().checked_sub(SHOWN) {
        let _ = writeln!(stderr, "warning: {more} more things were left out");
    }
    let catalogue = &updated.catalogue;
    writeln!(
        stdout,
        "catalogue of {} with {} actions: {} added, {} gone, {} changed\nwritten to {}",
        catalogue.date(),
        catalogue.len(),
        changes.added.len(),
        changes.removed.len(),
        changes.changed.len(),
        path.display()
    )
    .map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}
