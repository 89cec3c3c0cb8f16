//! Small phrases that the tables share.

use crate::audit::{BlockKind, BlockedBy, WitnessValue};
use std::collections::BTreeMap;

/// How many entries of a list are written out before the rest is only counted.
const LISTED: usize = 8;

/// `1 gap`, `2 gaps`.
pub(in crate::report) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The entries of a list; of a long one the rest is counted, the JSON has it all.
pub(in crate::report) fn listed(entries: &[String]) -> String {
    let mut text = entries.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if entries.len() > LISTED {
        text.push_str(&format!(" and {} more", entries.len() - LISTED));
    }
    text
}

/// The context of a witness on a line of its own, with the line break before it.
pub(in crate::report) fn context(context: &BTreeMap<String, WitnessValue>) -> String {
    // The keys of an identity provider begin with its address, which says nothing new.
    let short = |key: &str| match key.rsplit_once(':') {
        Some((issuer, name)) if issuer.contains('.') => format!("the token's {name}"),
        _ => key.to_owned(),
    };
    let keys: Vec<String> =
        context.iter().map(|(key, value)| format!("{} {value}", short(key))).collect();
    if keys.is_empty() { String::new() } else { format!("\nwith {}", keys.join(", ")) }
}

/// Why a request is refused.
pub(super) fn blocked(by: &BlockedBy) -> String {
    let title = by.layer.title();
    let mut text = String::new();
    let others: Vec<&str> = by.allowed_by.iter().map(|layer| layer.title()).collect();
    match others.as_slice() {
        [] => {}
        [only] => text.push_str(&format!("allowed by the {only}, ")),
        [first @ .., last] => {
            text.push_str(&format!("allowed by the {} and the {last}, ", first.join(", the ")));
        }
    }
    let level = by.level.map(|level| format!(" of level {level}")).unwrap_or_default();
    match (by.kind, &by.statement) {
        (BlockKind::ImplicitDeny, _) if by.allowed_by.is_empty() => {
            format!("{}: nothing allows it", by.layer)
        }
        (BlockKind::ImplicitDeny, _) => {
            let policy = by.policy.as_ref().map(|policy| format!(" {policy}")).unwrap_or_default();
            format!("{text}not allowed by the {title}{policy}{level}")
        }
        (BlockKind::ExplicitDeny, Some(statement)) => {
            let place = match &statement.sid {
                Some(sid) => sid.clone(),
                None => statement.index.to_string(),
            };
            format!("{text}stopped by the {title} {}{level}, statement {place}", statement.policy)
        }
        (BlockKind::ExplicitDeny, None) => format!("{text}stopped by the {title}{level}"),
    }
}
