//! What people need to know about rules: lists, single rules, and the page of all of them.

use super::write_json;
use crate::lint::{About, Confidence, Rule};
use crate::source::Severity;
use serde::Serialize;
use std::fmt;
use std::io::{self, Write};

/// Which command looks for what a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LookedForBy {
    /// `leastwise lint`: one policy document, whoever it is for.
    Lint,
    /// `leastwise audit`: a role or user, and the deployments that use it.
    Audit,
}

impl fmt::Display for LookedForBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lint => "lint",
            Self::Audit => "audit",
        })
    }
}

/// A rule with the command that looks for it.
#[derive(Clone, Copy, Debug)]
pub struct ListedRule<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The command.
    pub by: LookedForBy,
}

impl ListedRule<'_> {
    /// What it looks at, in words.
    fn looks_at(&self) -> String {
        match (self.by, self.rule.about) {
            (LookedForBy::Audit, _) => {
                "a role or user of an estate (`audit -f leastwise.yaml`)".to_owned()
            }
            (_, About::Suppressions) => "`leastwise-ignore.yaml`".to_owned(),
            _ if self.rule.kinds.is_empty() => "policies of every kind".to_owned(),
            _ => {
                let kinds: Vec<String> = self.rule.kinds.iter().map(ToString::to_string).collect();
                kinds.join(", ")
            }
        }
    }
}

/// Writes a line for each rule.
///
/// # Errors
/// Where the writer fails.
pub fn write_rules_table(rules: &[ListedRule<'_>], out: &mut impl Write) -> io::Result<()> {
    let width = rules.iter().map(|one| one.rule.id.len()).max().unwrap_or(0);
    for one in rules {
        let Rule { id, title, severity, .. } = one.rule;
        writeln!(
            out,
            "{:<5}  {:<7}  {id:<width$}  {title}",
            one.by.to_string(),
            severity.to_string()
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleJson<'r> {
    id: &'r str,
    by: LookedForBy,
    title: &'r str,
    severity: Severity,
    confidence: Confidence,
    kinds: &'r [crate::iam::PolicyKind],
    /// Whether it compares sets of requests.
    exact: bool,
    what: &'r str,
    rationale: &'r str,
    remediation: &'r str,
    references: &'r [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    bad: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    good: Option<&'r str>,
}

/// Writes all that is known of rules as JSON.
///
/// # Errors
/// Where the writer fails.
pub fn write_rules_json(rules: &[ListedRule<'_>], out: &mut impl Write) -> io::Result<()> {
    let rule = |one: &ListedRule<'_>| -> serde_json::Result<serde_json::Value> {
        let of = one.rule;
        serde_json::to_value(RuleJson {
            id: &of.id,
            by: one.by,
            title: &of.title,
            severity: of.severity,
            confidence: of.confidence,
            kinds: &of.kinds,
            exact: of.exact,
            what: of.what.trim(),
            rationale: of.rationale.trim(),
            remediation: of.remediation.trim(),
            references: &of.references,
            bad: of.bad.as_deref(),
            good: of.good.as_deref(),
        })
    };
    let rules = rules.iter().map(rule).collect::<Result<Vec<_>, _>>()?;
    write_json(&rules, out)
}

/// Writes all about one rule, for a terminal.
///
/// # Errors
/// Where the writer fails.
pub fn write_rule(one: &ListedRule<'_>, out: &mut impl Write) -> io::Result<()> {
    let rule = one.rule;
    writeln!(out, "{}: {}", rule.id, rule.title)?;
    writeln!(out, "  found by    leastwise {}", one.by)?;
    writeln!(out, "  severity    {}", rule.severity)?;
    writeln!(out, "  confidence  {}", rule.confidence)?;
    writeln!(out, "  looks at    {}", one.looks_at())?;
    if rule.exact {
        writeln!(out, "  takes time  it compares sets of requests; `lint --quick` leaves it out")?;
    }
    for (title, text) in [
        ("What is looked for", &rule.what),
        ("Why", &rule.rationale),
        ("What to do", &rule.remediation),
    ] {
        writeln!(out, "\n{title}")?;
        wrapped(text, out)?;
    }
    for (title, text) in [("Found in", &rule.bad), ("Not found in", &rule.good)] {
        if let Some(text) = text {
            writeln!(out, "\n{title}")?;
            text.lines().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    writeln!(out, "\nSee")?;
    rule.references.iter().try_for_each(|page| writeln!(out, "  {page}"))
}

/// A paragraph in lines that a terminal holds.
fn wrapped(text: &str, out: &mut impl Write) -> io::Result<()> {
    const WIDTH: usize = 96;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "  {line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.is_empty() { Ok(()) } else { writeln!(out, "  {line}") }
}

/// Writes the page of all rules: a table for each command, and a section for each rule.
///
/// # Errors
/// Where the writer fails.
pub fn write_rules_markdown(rules: &[ListedRule<'_>], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# Rules\n")?;
    writeln!(out, "Written from `rules/` by `just docs`; a test holds it against them.\n")?;
    for (by, title, about) in [
        (
            LookedForBy::Lint,
            "What `leastwise lint` finds",
            "These are about one policy document, whoever it is for. The id is what `--only`, `--skip` and \
             `leastwise-ignore.yaml` name.",
        ),
        (
            LookedForBy::Audit,
            "What `leastwise audit` finds",
            "These are about a role or user and the deployments that use it: they need an estate \
             (`leastwise.yaml`), and an account dump, loose documents or a live account.",
        ),
    ] {
        let of: Vec<&ListedRule<'_>> = rules.iter().filter(|one| one.by == by).collect();
        writeln!(out, "## {title}\n\n{about}\n")?;
        writeln!(out, "| rule | severity | confidence | |\n|---|---|---|---|")?;
        for one in &of {
            let Rule { id, title, severity, confidence, .. } = one.rule;
            let title = title.replace('|', "\\|");
            writeln!(out, "| [`{id}`](#{}) | {severity} | {confidence} | {title} |", anchor(one))?;
        }
        writeln!(out)?;
        of.iter().try_for_each(|one| section(one, out))?;
    }
    Ok(())
}

/// The anchor of a rule's section: its id; an audit's rule says so, since lint may have one of its name.
fn anchor(one: &ListedRule<'_>) -> String {
    match one.by {
        LookedForBy::Lint => one.rule.id.clone(),
        LookedForBy::Audit => format!("{}-audit", one.rule.id),
    }
}

fn section(one: &ListedRule<'_>, out: &mut impl Write) -> io::Result<()> {
    let rule = one.rule;
    let by = if one.by == LookedForBy::Audit { " (audit)" } else { "" };
    writeln!(out, "### {}{by}\n\n{}.\n", rule.id, rule.title)?;
    writeln!(out, "- severity `{}`, confidence {}", rule.severity, rule.confidence)?;
    writeln!(out, "- looks at {}", one.looks_at())?;
    if rule.exact {
        writeln!(out, "- compares sets of requests; `lint --quick` leaves it out")?;
    }
    writeln!(out, "\n{}\n\n{}\n", rule.what.trim(), rule.rationale.trim())?;
    writeln!(out, "**What to do:** {}.\n", rule.remediation.trim().trim_end_matches('.'))?;
    let language = if rule.about == About::Suppressions { "yaml" } else { "json" };
    for (title, text) in [("Found in", &rule.bad), ("Not found in", &rule.good)] {
        if let Some(text) = text {
            writeln!(out, "{title}:\n\n```{language}\n{}\n```\n", text.trim_end())?;
        }
    }
    rule.references.iter().try_for_each(|page| writeln!(out, "- <{page}>"))?;
    writeln!(out)
}
