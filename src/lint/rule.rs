//! Rules as data: what each looks for, why it matters, and what to do.

use crate::iam::PolicyKind;
use crate::source::Severity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What people need to know about a rule. Its check is code, in a file of its own; lists that the
/// check looks for are here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in reports and suppressions; also the name of its file and of its fixtures.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad it is when it is found.
    pub severity: Severity,
    /// How sure a finding is.
    #[serde(default)]
    pub confidence: Confidence,
    /// What it looks at.
    #[serde(default)]
    pub about: About,
    /// The kinds of policy that it looks at; all where none is named.
    #[serde(default)]
    pub kinds: Vec<PolicyKind>,
    /// Whether its check compares sets of requests, which takes longer than reading.
    #[serde(default)]
    pub exact: bool,
    /// What is looked for.
    pub what: String,
    /// Why it matters.
    pub rationale: String,
    /// What to do about it.
    pub remediation: String,
    /// AWS's pages on it, or MinIO's.
    pub references: Vec<String>,
    /// A policy that it finds something in.
    #[serde(default)]
    pub bad: Option<String>,
    /// The same policy in order.
    #[serde(default)]
    pub good: Option<String>,
    /// What its check looks for: permissions that mean something together.
    #[serde(default)]
    pub paths: Vec<Path>,
    /// What its check looks for: condition keys.
    #[serde(default)]
    pub keys: Vec<Key>,
}

/// A condition key with what is said of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its name; one that ends in `*` stands for all that begin so.
    pub name: String,
    /// What the rule says of it: half a sentence of its message.
    pub says: String,
}

impl Key {
    /// Whether it stands for a key, given in lower case.
    #[must_use]
    pub fn is(&self, folded: &str) -> bool {
        let name = self.name.to_lowercase();
        match name.strip_suffix('*') {
            Some(start) => folded.starts_with(start),
            None => name == folded,
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// A policy document.
    #[default]
    Policies,
    /// The file of suppressions.
    Suppressions,
}

/// Permissions that mean something together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// What it is called in messages.
    pub name: String,
    /// All of these actions.
    pub actions: Vec<String>,
    /// What they lead to, where the rule's rationale does not say it.
    #[serde(default)]
    pub leads_to: Option<String>,
    /// The service that has to be passed a role, where `iam:PassRole` is among the actions.
    #[serde(default)]
    pub passed_to: Option<String>,
    /// How bad it is, where that differs from the rule.
    #[serde(default)]
    pub severity: Option<Severity>,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It may well be meant as it stands.
    Low,
    /// It is seldom meant so.
    Medium,
    /// It follows from AWS's documents.
    #[default]
    High,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// Why a text is no rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It is not JSON of the expected form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Something that a rule must say is missing.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A reference is no page of AWS or MinIO.
    #[error("`{0}` is not an address at https://docs.aws.amazon.com/ or https://min.io/docs/")]
    Reference(String),
}

/// Whose word is taken for what the rules say.
const PAGES: [&str; 2] = ["https://docs.aws.amazon.com/", "https://min.io/docs/"];

impl Rule {
    /// Whether it looks at policies of this kind.
    #[must_use]
    pub fn is_about(&self, kind: PolicyKind) -> bool {
        self.about == About::Policies && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }

    /// Reads a rule: its file in `rules/` as JSON.
    ///
    /// # Errors
    /// The text is not JSON, has a key too many or too few, or says nothing where it should.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let rule: Self = serde_json::from_str(text)?;
        for (name, value) in [
            ("id", &rule.id),
            ("title", &rule.title),
            ("what", &rule.what),
            ("rationale", &rule.rationale),
            ("remediation", &rule.remediation),
        ] {
            if value.trim().is_empty() {
                return Err(RuleError::Empty(name));
            }
        }
        if rule.references.is_empty() {
            return Err(RuleError::Empty("references"));
        }
        let is_known = |page: &String| PAGES.iter().any(|start| page.starts_with(start));
        match rule.references.iter().find(|page| !is_known(page)) {
            Some(page) => Err(RuleError::Reference(page.clone())),
            None => Ok(rule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"x","title":"t","severity":"warning","what":"a","rationale":"b",
        "remediation":"c","references":["https://docs.aws.amazon.com/x"]}"#;

    #[test]
    fn a_rule_says_everything_and_nothing_else() {
        assert_eq!(Rule::parse(GOOD).unwrap().severity, Severity::Warning);
        for (from, to) in [
            (r#""rationale":"b","#, ""),
            (r#""rationale":"b""#, r#""rationale":" ""#),
            ("warning", "fatal"),
            (r#""id":"x""#, r#""id":"x","fix":"y""#),
            ("https://docs.aws.amazon.com/x", "https://example.org"),
            (r#"["https://docs.aws.amazon.com/x"]"#, "[]"),
        ] {
            let changed = GOOD.replace(from, to);
            assert!(changed != GOOD && Rule::parse(&changed).is_err(), "{from} {to}");
        }
    }
}
