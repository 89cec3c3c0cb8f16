//! AWS's own managed policies, from the data of moto that serves them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its data failed")]
#![allow(dead_code, reason = "shared by test binaries that each use a part")]

use crate::moto;
use leastwise::iam::{PolicyDocument, PolicyKind};
use leastwise::syntax::parse_policy;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Entry<'t> {
    #[serde(borrow, rename = "Document")]
    document: &'t serde_json::value::RawValue,
}

/// The text of each policy, by name, sorted; `None` where moto is not installed.
pub(crate) fn texts() -> Option<Vec<(String, String)>> {
    let file = std::fs::read_to_string(moto::managed_policies()?).unwrap();
    // One literal of Python: what stands between the quotes is JSON.
    let (_, text) = file.split_once("\"\"\"").unwrap();
    let (text, _) = text.split_once("\"\"\"").unwrap();
    let entries: BTreeMap<String, Entry<'_>> = serde_json::from_str(text).unwrap();
    let text = |(name, entry): (String, Entry<'_>)| (name, entry.document.get().to_owned());
    Some(entries.into_iter().map(text).collect())
}

/// All policies with their names, sorted; `None` where moto is not installed.
pub(crate) fn policies() -> Option<Vec<(String, PolicyDocument)>> {
    let parse = |(name, text): (String, String)| {
        let parsed = parse_policy(&text, PolicyKind::Identity);
        let parsed = parsed.unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        (name, parsed.document)
    };
    Some(texts()?.into_iter().map(parse).collect())
}
