//! Rules as data: what each looks for, why it matters, and what to do.

use crate::source::Severity;
use serde::Deserialize;

/// What people need to know about a rule. Its check is code, in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in reports and suppressions.
    pub id: String,
    /// One line.
    pub title: String,
    /// How bad it is when it is found.
    pub severity: Severity,
    /// What is looked for.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// AWS's pages on it.
    pub references: Vec<String>,
}

/// Why a text is no rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It is not YAML of the expected form.
    #[error(transparent)]
    Yaml(#[from] serde_saphyr::Error),
    /// Something that a rule must say is missing.
    #[error("`{0}` is empty")]
    Empty(&'static str),
    /// A reference is no page of AWS.
    #[error("`{0}` is not an address at https://docs.aws.amazon.com/")]
    Reference(String),
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// The text is not YAML, has a key too many or too few, or says nothing where it should.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let rule: Self = serde_saphyr::from_str(text)?;
        for (name, value) in [
            ("id", &rule.id),
            ("title", &rule.title),
            ("what", &rule.what),
            ("why", &rule.why),
            ("remedy", &rule.remedy),
        ] {
            if value.trim().is_empty() {
                return Err(RuleError::Empty(name));
            }
        }
        if rule.references.is_empty() {
            return Err(RuleError::Empty("references"));
        }
        match rule.references.iter().find(|page| !page.starts_with("https://docs.aws.amazon.com/"))
        {
            Some(page) => Err(RuleError::Reference(page.clone())),
            None => Ok(rule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id: x\ntitle: t\nseverity: warning\nwhat: a\nwhy: b\nremedy: c\n\
                        references: [https://docs.aws.amazon.com/x]\n";

    #[test]
    fn a_rule_says_everything_and_nothing_else() {
        assert_eq!(Rule::parse(GOOD).unwrap().severity, Severity::Warning);
        for (from, to) in [
            ("why: b\n", ""),
            ("why: b", "why: ' '"),
            ("warning", "fatal"),
            ("id: x", "id: x\nfix: y"),
            ("https://docs.aws.amazon.com/x", "https://example.org"),
            ("[https://docs.aws.amazon.com/x]", "[]"),
        ] {
            assert!(Rule::parse(&GOOD.replace(from, to)).is_err(), "{from} {to}");
        }
    }
}
