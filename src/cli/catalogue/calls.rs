//! `leastwise catalogue calls`: what API calls need, and one of them in full.

use crate::catalogue::{ApiCall, ApiTable, Catalogue, Dialect, Target};
use crate::cli::{ExitStatus, Failure, Outcome};
use std::io::{self, Write};

/// Lists the calls of a service, or all; one evaluation a line.
pub(super) fn list(service: Option<&str>, stdout: &mut dyn Write) -> Outcome {
    let table = ApiTable::embedded();
    let calls: Vec<&ApiCall> =
        table.calls().filter(|call| service.is_none_or(|name| call.is_of(name))).collect();
    if let (Some(service), []) = (service, &*calls) {
        let mut known: Vec<&str> = table.calls().map(ApiCall::service).collect();
        known.dedup();
        let message = format!("no call of `{service}` needs an action of another name");
        let help = format!("the services with such calls are {}", known.join(", "));
        return Err(Failure::message(ExitStatus::NothingToCheck, message, help));
    }
    let width = calls.iter().map(|call| call.api.len()).max().unwrap_or_default();
    let actions = calls.iter().flat_map(|call| call.evaluations(Dialect::Aws));
    let action_width = actions.map(|need| need.action.len()).max().unwrap_or_default();
    let mut lines = || -> io::Result<()> {
        for call in &calls {
            if call.evaluations(Dialect::Aws).is_empty() {
                writeln!(stdout, "{:width$}  no permission", call.api)?;
            }
            for need in call.evaluations(Dialect::Aws) {
                let (on, condition) = (need.on.to_string(), need.condition());
                let line = format!(
                    "{:width$}  {:action_width$}  on {on}  {condition}",
                    call.api, need.action
                );
                writeln!(stdout, "{}", line.trim_end())?;
            }
        }
        Ok(())
    };
    lines().map_err(Failure::output)?;
    Ok(ExitStatus::Clean)
}

/// One call with all that it may need.
pub(super) fn show(call: &ApiCall, stdout: &mut dyn Write) -> io::Result<()> {
    writeln!(stdout, "{}  an API call  {}", call.api, call.page)?;
    for need in call.evaluations(Dialect::Aws) {
        let condition = match need.condition() {
            text if text.is_empty() => text,
            text if need.with.is_some() => format!("  only {text}"),
            text => format!("  {text}"),
        };
        let encrypted = matches!(need.on, Target::KmsKey | Target::SourceKmsKey);
        let where_encrypted = if encrypted && call.service() != "kms" {
            ", where a customer managed key encrypts the data"
        } else {
            ""
        };
        writeln!(stdout, "  needs {} on {}{where_encrypted}{condition}", need.action, need.on)?;
    }
    if call.evaluations(Dialect::Aws).is_empty() {
        writeln!(stdout, "  needs no permission")?;
    }
    if call.missing_key {
        writeln!(
            stdout,
            "  a missing key answers 404 only with s3:ListBucket on the bucket, s3:prefix being the key"
        )?;
    }
    if call.anonymous {
        writeln!(stdout, "  is made without credentials: only the role's trust policy is asked")?;
    }
    Ok(())
}

/// The calls that need an action, as one line; none for an action that only its own call needs.
pub(super) fn that_need(action: &str, stdout: &mut dyn Write) -> io::Result<()> {
    let calls: Vec<&str> = ApiTable::embedded()
        .calls()
        .filter(|call| call.evaluations(Dialect::Aws).iter().any(|need| need.action == action))
        .filter(|call| !action.ends_with(&format!(":{}", call.operation())))
        .map(|call| call.api.as_str())
        .collect();
    if calls.is_empty() {
        return Ok(());
    }
    writeln!(stdout, "  needed by the calls {}", calls.join(", "))
}

/// The actions that the call of this name always needs, in order; none for a name of no call.
pub(super) fn actions_of(name: &str) -> Option<(&'static ApiCall, Vec<&'static str>)> {
    let call = ApiTable::embedded().named(name)?;
    let mut actions: Vec<&str> =
        call.always(Dialect::Aws).map(|need| need.action.as_str()).collect();
    actions.sort_by_key(|action| Catalogue::embedded().find(action));
    actions.dedup();
    Some((call, actions))
}
