//! AWS's own managed policies, from the data of moto that serves them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its data failed")]

use crate::moto;
use leastwise::iam::{PolicyDocument, PolicyKind};
use leastwise::syntax::parse_policy;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Entry<'t> {
    #[serde(borrow, rename = "Document")]
    document: &'t serde_json::value::RawValue,
}

/// All policies with their names, sorted; `None` where moto is not installed.
pub(crate) fn policies() -> Option<Vec<(String, PolicyDocument)>> {
    let file = std::fs::read_to_string(moto::managed_policies()?).unwrap();
    // One literal of Python: what stands between the quotes is JSON.
    let (_, text) = file.split_once("\"\"\"").unwrap();
    let (text, _) = text.split_once("\"\"\"").unwrap();
    let entries: BTreeMap<String, Entry<'_>> = serde_json::from_str(text).unwrap();
    let parse = |(name, entry): (String, Entry<'_>)| {
        let parsed = parse_policy(entry.document.get(), PolicyKind::Identity);
        let parsed = parsed.unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        (name, parsed.document)
    };
    Some(entries.into_iter().map(parse).collect())
}
