//! From a JSON tree to a policy document, with every problem on the way.
//!
//! A problem never stops the reading: what cannot be read is left out and the rest is looked at,
//! so that one run shows all that is wrong.

mod statement;

use super::{Json, JsonKey, JsonValue, Parsed};
use crate::iam::{PolicyDocument, PolicyKind, Version};
use crate::source::{Problem, Severity, Span, closest};
use std::borrow::Cow;

/// Reads the tree as a document of `kind`.
pub(super) fn lower(json: &Json<'_>, kind: PolicyKind) -> Result<Parsed, Vec<Problem>> {
    let mut lowering = Lowering { kind, problems: Vec::new() };
    let (document, places) = lowering.document(json);
    let mut problems = lowering.problems;
    problems
        .sort_by(|a, b| (a.span, b.severity, &a.message).cmp(&(b.span, a.severity, &b.message)));
    match document {
        Some(document) if problems.iter().all(|p| p.severity != Severity::Error) => {
            Ok(Parsed { document, places, notes: problems })
        }
        _ => Err(problems),
    }
}

struct Lowering {
    kind: PolicyKind,
    problems: Vec<Problem>,
}

impl Lowering {
    fn document(&mut self, json: &Json<'_>) -> (Option<PolicyDocument>, Vec<Span>) {
        const NAMES: [&str; 3] = ["Version", "Id", "Statement"];
        let JsonValue::Object(entries) = &json.value else {
            let found = json.value.kind();
            self.error(json.span, format!("a policy document is an object, this is {found}"), None);
            return (None, vec![]);
        };
        self.keys(entries, &NAMES, "a policy document");
        let version = entry(entries, "Version").map_or(Version::Absent, |json| self.version(json));
        let id = entry(entries, "Id").and_then(|json| self.id(json));
        let mut statements = Vec::new();
        let mut places = Vec::new();
        match entry(entries, "Statement") {
            None => {
                self.error(
                    json.span,
                    "the document has no `Statement`".into(),
                    Some("add `\"Statement\": [...]`".into()),
                );
            }
            Some(list) => {
                for item in list.one_or_many() {
                    if let Some(statement) = self.statement(item, version) {
                        statements.push(statement);
                        places.push(item.span);
                    }
                }
                self.unique_sids(list);
            }
        }
        (Some(PolicyDocument { version, id, statements }), places)
    }

    fn version(&mut self, json: &Json<'_>) -> Version {
        match &json.value {
            JsonValue::String(text) if text == "2012-10-17" => return Version::V2012,
            JsonValue::String(text) if text == "2008-10-17" => return Version::V2008,
            JsonValue::String(text) => self.error(
                json.span,
                format!("unknown policy language version `{text}`"),
                Some("the current version is `2012-10-17`; it names the language, not the day of the policy".into()),
            ),
            other => self.error(json.span, format!("`Version` is a string, this is {}", other.kind()), None),
        }
        Version::V2012
    }

    /// AWS: `Id` is for resource policies:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_id.html>.
    /// IAM stores and ignores it elsewhere.
    fn id(&mut self, json: &Json<'_>) -> Option<String> {
        let id = self.string(json, "`Id`")?;
        if self.kind == PolicyKind::Identity {
            self.warning(
                json.span,
                "`Id` has no meaning in an identity policy".into(),
                Some("remove it".into()),
            );
        }
        Some(id.into_owned())
    }

    /// AWS: Sids are unique in a document and, in IAM, letters and digits:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
    fn unique_sids(&mut self, list: &Json<'_>) {
        let mut seen: Vec<&str> = Vec::new();
        for item in list.one_or_many() {
            let JsonValue::Object(entries) = &item.value else { continue };
            let Some(Json { span, value: JsonValue::String(sid) }) = entry(entries, "Sid") else {
                continue;
            };
            if sid.is_empty() {
                continue;
            }
            if seen.contains(&&**sid) {
                let help = "give each statement a `Sid` of its own, or none";
                if self.kind.has_strict_sids() {
                    self.error(
                        *span,
                        format!("two statements have the Sid `{sid}`"),
                        Some(help.into()),
                    );
                } else {
                    self.warning(
                        *span,
                        format!("two statements have the Sid `{sid}`"),
                        Some(help.into()),
                    );
                }
                self.of_rule("duplicate-sid");
            }
            seen.push(sid);
        }
    }

    /// Reports keys that are unknown, misspelt in case, or there twice.
    fn keys(&mut self, entries: &[(JsonKey<'_>, Json<'_>)], known: &[&'static str], what: &str) {
        for (at, (key, _)) in entries.iter().enumerate() {
            let name = &*key.name;
            if entries.iter().take(at).any(|(before, _)| before.name == key.name) {
                self.error(
                    key.span,
                    format!("`{name}` stands here twice"),
                    Some("merge the two".into()),
                );
            } else if !known.contains(&name) {
                let help = match closest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("{what} holds {}", listed(known)),
                };
                self.error(key.span, format!("unknown element `{name}`"), Some(help));
            }
        }
    }

    fn string<'j>(&mut self, json: &'j Json<'_>, what: &str) -> Option<Cow<'j, str>> {
        match &json.value {
            JsonValue::String(text) => {
                self.characters(text, json.span);
                Some(Cow::Borrowed(text))
            }
            other => {
                self.error(
                    json.span,
                    format!("{what} is a string, this is {}", other.kind()),
                    None,
                );
                None
            }
        }
    }

    /// AWS: documents hold tab, line feed, carriage return and U+0020 to U+00FF:
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
    fn characters(&mut self, text: &str, span: Span) {
        if text.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..0x80)) {
            return;
        }
        let odd = text.chars().find(|c| !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'));
        if let Some(odd) = odd {
            self.warning(
                span,
                format!(
                    "the character U+{:04X} is outside what IAM stores in a policy",
                    u32::from(odd)
                ),
                Some("IAM takes U+0020 to U+00FF, tabs and line breaks".into()),
            );
        }
    }

    fn error(&mut self, span: Span, message: String, help: Option<String>) {
        let severity = Severity::Error;
        self.problems.push(Problem { severity, message, help, span, rule: None });
    }

    fn warning(&mut self, span: Span, message: String, help: Option<String>) {
        let severity = Severity::Warning;
        self.problems.push(Problem { severity, message, help, span, rule: None });
    }

    /// Marks the last problem as a case of a rule.
    fn of_rule(&mut self, rule: &'static str) {
        if let Some(problem) = self.problems.last_mut() {
            problem.rule = Some(rule);
        }
    }
}

fn entry<'j, 't>(entries: &'j [(JsonKey<'t>, Json<'t>)], name: &str) -> Option<&'j Json<'t>> {
    entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
