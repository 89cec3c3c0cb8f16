//! Findings that are known and accepted: `leastwise-ignore.yaml`.
//!
//! Each entry names a rule and gives a reason. What else it names narrows it down; `content` pins it
//! to a statement as it was when somebody looked at it, so that the finding is back when the statement
//! says something else. An entry that suppresses nothing, is past its day, or is not pinned, is a finding
//! itself.

mod read;

pub use read::is_day;

use super::survey::Placed;
use super::{At, Finding, Linter, rules, sort};
use crate::iam::{Clause, Statement};
use crate::pattern::Pattern;
use crate::source::{Source, Span};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// The name that the file of suppressions usually has.
pub const FILE_NAME: &str = "leastwise-ignore.yaml";

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppressed {
    /// An entry of the suppressions is about it.
    Ignored {
        /// Its reason.
        reason: String,
        /// Where the entry stands: file and line.
        place: String,
    },
    /// The baseline has it.
    Baseline,
}

/// The suppressions of a file.
#[derive(Debug)]
pub struct Suppressions {
    source: Arc<Source>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    span: Span,
    rule: String,
    reason: String,
    /// The last day that it holds.
    expires: Option<String>,
    file: Option<Pattern>,
    policy: Option<Pattern>,
    sid: Option<String>,
    statement: Option<usize>,
    action: Option<String>,
    resource: Option<String>,
    principal: Option<String>,
    /// The fingerprint of the finding, or [`ANY_CONTENT`].
    content: Option<String>,
}

/// The `content` of an entry that is for a statement whatever it says.
const ANY_CONTENT: &str = "any";

impl Entry {
    /// Whether it is about a finding, whatever its content.
    fn is_about(&self, one: &Placed<'_>) -> bool {
        let said = one.said();
        let of_statement = |is: &dyn Fn(&Statement) -> bool| said.is_some_and(is);
        self.rule == one.finding.rule.id
            && self.file.as_ref().is_none_or(|file| file.matches(one.source.name()))
            && self.policy.as_ref().is_none_or(|policy| policy.matches(one.policy()))
            && self.statement.is_none_or(|number| one.statement == Some(number))
            && self.sid.as_ref().is_none_or(|sid| of_statement(&|of| of.sid.as_ref() == Some(sid)))
            && self.action.as_ref().is_none_or(|action| {
                of_statement(&|of| {
                    of.action.entries().iter().any(|one| one.text().eq_ignore_ascii_case(action))
                })
            })
            && self.resource.as_ref().is_none_or(|resource| {
                of_statement(&|of| {
                    entries(of.resource.as_ref()).iter().any(|one| one.text() == resource)
                })
            })
            && self.principal.as_ref().is_none_or(|principal| {
                of_statement(&|of| {
                    entries(of.principal.as_ref()).iter().any(|one| one.text() == principal)
                })
            })
    }

    /// Whether the finding is about what it was about when somebody wrote the entry.
    fn fits(&self, one: &Placed<'_>) -> bool {
        let content = self.content.as_deref();
        content.is_none_or(|content| content == ANY_CONTENT || content == one.fingerprint)
    }

    fn is_past(&self, today: &str) -> bool {
        self.expires.as_ref().is_some_and(|day| day.as_str() < today)
    }
}

fn entries<T>(clause: Option<&Clause<T>>) -> &[T] {
    clause.map(Clause::entries).unwrap_or_default()
}

impl Suppressions {
    /// Marks the findings that are suppressed on a day (`YYYY-MM-DD`), and adds what is wrong with
    /// the suppressions. An entry for a rule that `linter` leaves out, or for a file that was not
    /// looked at, is not called unused.
    pub fn apply<'d>(
        &self,
        findings: &mut Vec<Placed<'d>>,
        today: &str,
        linter: &Linter<'_>,
        looked_at: impl Fn(&Pattern) -> bool,
    ) {
        let ran = |id: &str| linter.rules().any(|rule| rule.id == id);
        let mut own = Vec::new();
        let mut idle = Vec::new();
        for entry in &self.entries {
            if entry.is_past(today) {
                let day = entry.expires.as_deref().unwrap_or_default();
                let message = format!("the suppression of `{}` ended after {day}", entry.rule);
                own.extend(self.finding("expired-suppression", entry, message));
                continue;
            }
            let mut used = BTreeSet::new();
            let fits = |one: &&mut Placed<'_>| entry.is_about(one) && entry.fits(one);
            for one in findings.iter_mut().filter(fits) {
                used.insert(one.fingerprint.clone());
                let (reason, place) = (entry.reason.clone(), self.place(entry));
                one.suppressed.get_or_insert(Suppressed::Ignored { reason, place });
            }
            if used.is_empty() {
                idle.push(entry);
            } else if entry.content.is_none() {
                own.extend(self.unpinned(entry, &used));
            }
        }
        // What is open now is open for good.
        for entry in idle {
            let place = self.place(entry);
            let changed = findings.iter_mut().filter(|one| one.counts() && entry.is_about(one));
            let mut reopened = false;
            for one in changed {
                reopened = true;
                one.reopened = Some(format!(
                    "it was suppressed ({}, at {place}), and what it is about has changed since",
                    entry.reason
                ));
            }
            let judged = ran(&entry.rule) && entry.file.as_ref().is_none_or(&looked_at);
            if judged && !reopened {
                let message = format!("nothing is suppressed: no finding of `{}` fits", entry.rule);
                own.extend(self.finding("unused-suppression", entry, message));
            }
        }
        own.retain(|one| ran(&one.finding.rule.id));
        findings.extend(own);
        sort(findings);
    }

    fn place(&self, entry: &Entry) -> String {
        let line = self.source.position(entry.span.start).line;
        format!("{}:{line}", self.source.name())
    }

    /// That an entry suppresses findings whatever they come to be about; these they are now.
    fn unpinned<'d>(&self, entry: &Entry, now: &BTreeSet<String>) -> Option<Placed<'d>> {
        /// More are for the program to write.
        const MOST_NAMED: usize = 3;
        let message = format!(
            "the suppression of `{}` is for whatever its statement comes to say",
            entry.rule
        );
        let mut placed = self.finding("unpinned-suppression", entry, message)?;
        let contents: Vec<String> = now.iter().map(|now| format!("`content: {now}`")).collect();
        let pin = match contents.as_slice() {
            [one] => format!("pin it to what it says now by {one}"),
            several if several.len() > MOST_NAMED => {
                "pin each finding by an entry of its own, as --write-ignore writes them".to_owned()
            }
            several => format!("pin each finding by an entry of its own: {}", several.join(", ")),
        };
        placed.finding.help = format!("{pin}, or write `content: any` if that is meant");
        Some(placed)
    }

    fn finding<'d>(&self, id: &str, entry: &Entry, message: String) -> Option<Placed<'d>> {
        let rule = rules().find(|rule| rule.id == id)?;
        let finding = Finding {
            rule,
            severity: rule.severity,
            message,
            help: rule.remediation.clone(),
            at: At::Span(entry.span),
            also: Vec::new(),
        };
        Some(Placed::in_file(finding, &self.source, entry.span))
    }
}

/// Entries that suppress findings, as YAML to append to a file of suppressions: each pinned to its
/// content, all with one reason.
#[must_use]
pub fn entries_for(findings: &[Placed<'_>], reason: &str, expires: Option<&str>) -> String {
    let mut text = String::new();
    let mut seen = Vec::new();
    for one in findings.iter().filter(|one| one.counts() && one.document.is_some()) {
        let key = (one.source.name(), &one.fingerprint);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let sid = one.said().and_then(|said| said.sid.clone()).unwrap_or_default();
        let quoted = |value: &str| serde_json::Value::from(value).to_string();
        let _ = writeln!(text, "- rule: {}", one.finding.rule.id);
        // An `*` in a name is any text there; it fits itself.
        for (name, value) in [
            ("file", one.source.name()),
            ("policy", one.policy()),
            ("sid", &sid),
            ("reason", reason),
            ("expires", expires.unwrap_or_default()),
            ("content", &one.fingerprint),
        ] {
            if !value.is_empty() {
                let _ = writeln!(text, "  {name}: {}", quoted(value));
            }
        }
    }
    text
}
