//! What rules look for, one file for each shape of question.

mod absent;
mod condition_key_never_applies;
mod confused_deputy;
mod from_reader;
mod impossible;
mod impossible_arn;
mod key_may_be_absent;
mod kms_context_trap;
mod leads_to;
mod list_bucket_without_prefix;
mod misleading_wildcard;
mod not_action_with_allow;
mod not_principal_with_allow;
mod oidc;
mod old_version;
mod operator_of_another_type;
mod pod_identity;
mod portability;
mod prefix_without_slash;
mod private_source_ip;
mod public_principal;
mod rcp_without_effect;
mod redundant;
mod redundant_entry;
mod resource_never_matches;
mod set_operator;
mod size_near_quota;
mod string_equals_with_wildcard;
mod unknown_action;
mod unknown_condition_key;
mod wildcard_action;
mod wildcard_drift;
mod wildcard_resource_on_write;

pub(super) use resource_never_matches::{Mismatch, mismatches};

use super::memory::Memory;
use super::policy::Subject;
use super::{At, Finding, Located, Policy, Rule};
use crate::exact::Universe;
use crate::source::{Problem, Severity};
use crate::syntax::{Element, Places};
use std::sync::OnceLock;

/// What a check saw. The rule gives the severity and the help where the check does not.
pub(super) struct Seen {
    message: String,
    help: Option<String>,
    at: At,
    also: Vec<(Element, String)>,
    severity: Option<Severity>,
}

impl Seen {
    fn new(at: Element, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { message, help: None, at: At::Element(at), also: Vec::new(), severity: None }
    }

    /// What to do about it, where it can be said more closely than the rule does.
    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// How bad it is here.
    fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    /// What else takes part in it.
    fn also(mut self, at: Element, how: impl Into<String>) -> Self {
        self.also.push((at, how.into()));
        self
    }
}

type Look = fn(&Subject<'_>, &Rule) -> Vec<Seen>;

/// Embeds the rules of `rules/lint`, each with its check.
macro_rules! wired {
    ($($id:literal => $look:path,)*) => {
        &[$((built!("rules/lint/", $id, ".json"), $look as Look),)*]
    };
}

/// The text of each rule, and the check that it stands for, sorted by id.
pub(super) static CHECKS: &[(&str, Look)] = wired! {
    "action-needs-star" => resource_never_matches::look,
    "arn-unparsable" => from_reader::look,
    "binary-unparsable" => from_reader::look,
    "bool-unparsable" => from_reader::look,
    "bucket-action-on-object" => resource_never_matches::look,
    "condition-key-never-applies" => condition_key_never_applies::look,
    "confused-deputy" => confused_deputy::look,
    "credentials-exposure" => leads_to::look,
    "data-exposure" => leads_to::look,
    "date-unparsable" => from_reader::look,
    "dead-principal" => from_reader::look,
    "deny-never-fires" => impossible::deny,
    "duplicate-sid" => from_reader::look,
    "empty-list" => from_reader::look,
    "expired-suppression" => nothing,
    "for-all-values-without-null-check" => key_may_be_absent::look,
    "if-exists-widens" => key_may_be_absent::look,
    "impossible-arn" => impossible_arn::look,
    "impossible-condition" => impossible::condition,
    "invalid-policy" => from_reader::look,
    "ip-unparsable" => from_reader::look,
    "kms-context-trap" => kms_context_trap::look,
    "list-bucket-without-prefix" => list_bucket_without_prefix::look,
    "misleading-wildcard" => misleading_wildcard::look,
    "missing-set-operator" => set_operator::look,
    "missing-version" => old_version::look,
    "not-action-with-allow" => not_action_with_allow::look,
    "not-principal-with-allow" => not_principal_with_allow::look,
    "numeric-unparsable" => from_reader::look,
    "object-action-on-bucket" => resource_never_matches::look,
    "oidc-missing-aud" => oidc::missing_aud,
    "oidc-missing-sub" => oidc::missing_sub,
    "oidc-other-issuer" => oidc::other_issuer,
    "oidc-wildcard-sub" => oidc::wildcard_sub,
    "old-version" => old_version::look,
    "operator-of-another-type" => operator_of_another_type::look,
    "pod-identity-without-source" => pod_identity::without_source,
    "pod-identity-without-tag-session" => pod_identity::without_tag_session,
    "portability" => portability::look,
    "prefix-without-slash" => prefix_without_slash::look,
    "private-source-ip" => private_source_ip::look,
    "privilege-escalation" => leads_to::look,
    "public-principal" => public_principal::look,
    "rcp-without-effect" => rcp_without_effect::look,
    "redundant-entry" => redundant_entry::look,
    "redundant-statement" => redundant::redundant,
    "resource-never-matches" => resource_never_matches::look,
    "set-operator-on-single-value" => set_operator::look,
    "shadowed-statement" => redundant::shadowed,
    "short-arn" => from_reader::look,
    "size-near-quota" => size_near_quota::look,
    "string-equals-with-wildcard" => string_equals_with_wildcard::look,
    "unknown-action" => unknown_action::look,
    "unknown-condition-key" => unknown_condition_key::look,
    "unpinned-suppression" => nothing,
    "unused-suppression" => nothing,
    "variable-in-arn-head" => from_reader::look,
    "wildcard-action" => wildcard_action::look,
    "wildcard-drift" => wildcard_drift::look,
    "wildcard-resource-on-write" => wildcard_resource_on_write::look,
};

/// Of rules about suppressions, which are judged when all findings are there.
fn nothing(_: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    Vec::new()
}

/// The rule that what a reader says is a case of, where no other is about just that.
const ANY_OTHER: &str = "invalid-policy";

/// All rules, sorted by id. A test reads each of the embedded texts.
pub fn rules() -> impl ExactSizeIterator<Item = &'static Rule> {
    wired().iter().map(|(rule, _)| rule)
}

fn wired() -> &'static [(Rule, Look)] {
    static WIRED: OnceLock<Vec<(Rule, Look)>> = OnceLock::new();
    WIRED.get_or_init(|| {
        CHECKS.iter().filter_map(|(text, look)| Some((Rule::parse(text).ok()?, *look))).collect()
    })
}

/// What is looked for, and against what.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// These rules alone; all where none is named.
    pub only: Vec<String>,
    /// These rules not.
    pub skip: Vec<String>,
    /// Whether the rules that compare sets of requests are left out.
    pub quick: bool,
    /// The day that wildcards are held against, as `YYYY-MM-DD`.
    pub since: Option<String>,
}

/// There is no rule of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{0}`")]
pub struct UnknownRule(pub String);

/// Looks at documents.
pub struct Linter<'u> {
    universe: &'u Universe<'u>,
    settings: Settings,
    checks: Vec<(&'static Rule, Look)>,
}

/// The rules that are wanted, with their checks.
fn choose(wanted: impl Fn(&Rule) -> bool) -> Vec<(&'static Rule, Look)> {
    wired().iter().filter(|(rule, _)| wanted(rule)).map(|(rule, look)| (rule, *look)).collect()
}

impl<'u> Linter<'u> {
    /// Looks by the catalogue of `universe`.
    ///
    /// # Errors
    /// The settings name a rule that is not.
    pub fn new(universe: &'u Universe<'u>, settings: Settings) -> Result<Self, UnknownRule> {
        let known = |id: &&String| rules().any(|rule| rule.id == **id);
        let named = settings.only.iter().chain(&settings.skip);
        if let Some(id) = named.clone().find(|id| !known(id)) {
            return Err(UnknownRule(id.clone()));
        }
        let wanted = |rule: &Rule| {
            (settings.only.is_empty() || settings.only.contains(&rule.id))
                && !settings.skip.contains(&rule.id)
                && !(settings.quick && rule.exact)
        };
        let checks = choose(wanted);
        Ok(Self { universe, settings, checks })
    }

    /// Looks by the rules of these ids, and by no other.
    pub(crate) fn by(universe: &'u Universe<'u>, ids: &[&str]) -> Self {
        let checks = choose(|rule| ids.contains(&&*rule.id));
        Self { universe, settings: Settings::default(), checks }
    }

    /// The rules that it looks by.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.checks.iter().map(|(rule, _)| *rule)
    }

    /// What is wrong with a document, by rule.
    #[must_use]
    pub fn findings(&self, policy: &Policy<'_>) -> Vec<Finding> {
        self.findings_by(policy, &self.memory())
    }

    /// What the catalogue says, for one thread.
    pub(super) fn memory(&self) -> Memory<'u> {
        Memory::new(self.universe.catalogue())
    }

    /// As [`findings`](Self::findings), by what was looked up before.
    pub(super) fn findings_by(&self, policy: &Policy<'_>, memory: &Memory<'_>) -> Vec<Finding> {
        let subject = Subject::new(policy, self.universe, &self.settings, memory);
        let mut found = Vec::new();
        for (rule, look) in self.checks.iter().filter(|(rule, _)| rule.is_about(policy.kind)) {
            found.extend(look(&subject, rule).into_iter().map(|seen| Finding {
                rule,
                severity: seen.severity.unwrap_or(rule.severity),
                message: seen.message,
                help: seen.help.unwrap_or_else(|| rule.remediation.clone()),
                at: seen.at,
                also: seen.also,
            }));
        }
        found
    }

    /// What is wrong with a document that could not be read.
    #[must_use]
    pub fn unreadable(&self, problems: &[Problem]) -> Vec<Finding> {
        let finding = |problem: &Problem| {
            let id = problem.rule.unwrap_or(ANY_OTHER);
            let (rule, _) = self.checks.iter().find(|(rule, _)| rule.id == id)?;
            Some(Finding {
                rule,
                severity: problem.severity,
                message: problem.message.clone(),
                help: problem.help.clone().unwrap_or_else(|| rule.remediation.clone()),
                at: At::Span(problem.span),
                also: Vec::new(),
            })
        };
        problems.iter().filter_map(finding).collect()
    }

    /// Findings at their places in the document's text, in the order of the text.
    #[must_use]
    pub fn located(findings: Vec<Finding>, text: &str) -> Vec<Located> {
        let places = if findings.is_empty() { None } else { Places::of(text) };
        let span = |element| places.as_ref().map(|places| places.span(element)).unwrap_or_default();
        let mut located: Vec<Located> = findings
            .into_iter()
            .map(|finding| {
                let (at, number) = match finding.at {
                    At::Element(element) => (span(element), element.statement()),
                    At::Span(at) => (at, places.as_ref().and_then(|places| places.statement(at))),
                };
                let statement = number.map(|number| (number, span(Element::Statement(number))));
                let also = finding.also.iter().map(|(at, how)| (span(*at), how.clone())).collect();
                Located { finding, span: at, statement, also }
            })
            .collect();
        located.sort_by(|a, b| {
            (a.span, &a.finding.rule.id, &a.finding.message).cmp(&(
                b.span,
                &b.finding.rule.id,
                &b.finding.message,
            ))
        });
        located
    }
}
