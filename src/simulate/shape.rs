//! What is wrong with the shape of a line, in the words of the contract.

use crate::source::closest;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The fields of a line, and what each of them holds.
const FIELDS: [(&str, Kind); 15] = [
    ("id", Kind::Any),
    ("principal", Kind::String),
    ("action", Kind::String),
    ("resource", Kind::String),
    ("resourceAccount", Kind::String),
    ("context", Kind::Object),
    ("unknownContext", Kind::Strings),
    ("identityPolicies", Kind::Any),
    ("permissionsBoundary", Kind::Any),
    ("sessionPolicy", Kind::Any),
    ("resourcePolicy", Kind::Any),
    ("trustPolicy", Kind::Any),
    ("keyPolicy", Kind::Any),
    ("serviceControlPolicies", Kind::Any),
    ("resourceControlPolicies", Kind::Any),
];

const REQUIRED: [&str; 2] = ["action", "resource"];

#[derive(Clone, Copy)]
enum Kind {
    Any,
    String,
    Object,
    Strings,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::String => "a string",
            Self::Object => "an object of condition keys and their values",
            Self::Strings => "a list of condition keys",
        }
    }

    fn fits(self, json: &str) -> bool {
        match self {
            Self::Any => true,
            Self::String => json.starts_with('"'),
            Self::Object => json.starts_with('{'),
            Self::Strings => serde_json::from_str::<Vec<String>>(json).is_ok(),
        }
    }
}

/// All that is wrong with the fields of a JSON text that is no question. `None` where nothing is
/// found, or it is not JSON.
pub(super) fn complaints(line: &str) -> Option<String> {
    if !line.trim_start().starts_with('{') {
        let json: &RawValue = serde_json::from_str(line).ok()?;
        return Some(format!("a line is one JSON object, this is {}", kind_of(json.get())));
    }
    let entries: BTreeMap<String, &RawValue> = serde_json::from_str(line).ok()?;
    let mut wrong = Vec::new();
    for name in REQUIRED {
        if !entries.contains_key(name) {
            wrong.push(format!("missing field `{name}`"));
        }
    }
    for (name, json) in &entries {
        let Some((_, kind)) = FIELDS.iter().find(|(field, _)| field == name) else {
            let meant = closest(name, FIELDS.map(|(field, _)| field));
            let hint = match meant {
                Some(field) => format!("did you mean `{field}`?"),
                None => format!("there are `{}`", FIELDS.map(|(field, _)| field).join("`, `")),
            };
            wrong.push(format!("unknown field `{name}`: {hint}"));
            continue;
        };
        let is_absent = json.get() == "null" && !REQUIRED.contains(&name.as_str());
        if !is_absent && !kind.fits(json.get()) {
            let (wanted, found) = (kind.name(), kind_of(json.get()));
            wrong.push(format!("`{name}` is {wanted}, this is {found}"));
        }
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

fn kind_of(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        _ => "a number",
    }
}
