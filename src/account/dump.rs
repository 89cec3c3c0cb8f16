//! Accounts from files: what IAM's API answered, as the AWS CLI or an SDK printed it.
//!
//! The pages of `get-account-authorization-details` may lie in one file or in several, next to the
//! answers of `get-role`, `get-user`, `get-role-policy` and their like. Documents may be JSON
//! objects, JSON strings, or percent-encoded strings.
//!
//! A file is walked once with its documents left as borrowed slices; only those of the selected
//! principals are parsed, so that a dump of hundreds of megabytes needs little more than its text.

mod entry;
mod shape;
#[cfg(feature = "aws")]
pub(super) mod write;

use super::assemble::assemble;
use super::detail::{Details, DocumentText, PrincipalDetail, span_of};
use super::{Account, BadInput, Place, PrincipalKind, Selection};
use crate::source::{Problem, Source, Span};
use crate::syntax::syntax_error;
use serde_json::value::RawValue;
use shape::{Answer, Entry};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How to get a whole dump.
const DUMP_AGAIN: &str = "dump again with `aws iam get-account-authorization-details > dump.json`";

/// Reads an account from one or several files.
///
/// # Errors
/// All problems of all files: text that is no JSON or is cut off, pages that are missing, entries
/// that are not what IAM answers. A policy document that does not parse is no such error: its
/// principals stand in [`Account::unreadable`].
pub fn read(sources: &[Arc<Source>], selection: &Selection) -> Result<Account, Vec<BadInput>> {
    let mut reader = Reader::default();
    for source in sources {
        reader.source(source);
    }
    let details = reader.finish()?;
    Ok(assemble(&details, selection))
}

/// An inline policy that came without its principal.
struct Apart<'a> {
    kind: PrincipalKind,
    owner: String,
    name: String,
    text: DocumentText<'a>,
    source: &'a Arc<Source>,
    span: Span,
}

#[derive(Default)]
struct Reader<'a> {
    details: Details<'a>,
    /// Position in `details.principals` by ARN, with the whole entry for comparison.
    seen: BTreeMap<String, (usize, &'a str)>,
    apart: Vec<Apart<'a>>,
    /// The last page, if it says that another one follows.
    open: Option<(&'a Arc<Source>, Span)>,
    problems: Vec<BadInput>,
}

impl<'a> Reader<'a> {
    fn source(&mut self, source: &'a Arc<Source>) {
        let text = source.text().trim_start_matches('\u{feff}');
        let offset = source.text().len() - text.len();
        if text.trim().is_empty() {
            let problem = Problem::error(Span::default(), "the file is empty").help(DUMP_AGAIN);
            self.problem(source, problem);
            return;
        }
        for value in serde_json::Deserializer::from_str(text).into_iter::<&'a RawValue>() {
            match value {
                Ok(raw) => self.value(raw, source),
                Err(error) => {
                    let mut problem = syntax_error(source.text(), offset, text, &error);
                    if error.is_eof() {
                        problem.message = "the file is cut off: its JSON does not end".to_owned();
                        problem.help = Some(DUMP_AGAIN.to_owned());
                    }
                    self.problem(source, problem);
                    return;
                }
            }
        }
    }

    /// One JSON value: an answer, or a list of answers.
    fn value(&mut self, raw: &'a RawValue, source: &'a Arc<Source>) {
        if raw.get().starts_with('[') {
            let Some(items) = self.parse::<Vec<&'a RawValue>>(raw, source) else { return };
            for item in items {
                self.answer(item, source);
            }
        } else {
            self.answer(raw, source);
        }
    }

    fn answer(&mut self, raw: &'a RawValue, source: &'a Arc<Source>) {
        let Some(answer) = self.parse::<Answer<'a>>(raw, source) else { return };
        if answer.is_page() {
            let more = answer.is_truncated == Some(true) || answer.next_token.is_some();
            self.open = more.then(|| (source, span_of(source, raw.get())));
            for item in answer.user_detail_list.into_iter().flatten() {
                self.principal(item, source, PrincipalKind::User, true);
            }
            for item in answer.role_detail_list.into_iter().flatten() {
                self.principal(item, source, PrincipalKind::Role, true);
            }
            for item in answer.group_detail_list.into_iter().flatten() {
                self.group(item, source);
            }
            for item in answer.policies.into_iter().flatten() {
                self.managed(item, None, source);
            }
            return;
        }
        if let Some(role) = answer.role {
            self.principal(role, source, PrincipalKind::Role, false);
        } else if let Some(user) = answer.user {
            self.principal(user, source, PrincipalKind::User, false);
        } else if let Some(policy) = answer.policy {
            self.managed(policy, answer.policy_version, source);
        } else if answer.policy_version.is_some() {
            let message = "a policy version does not say whose it is";
            let problem = Problem::error(span_of(source, raw.get()), message).help(
                "pass the document itself as a policy, or put `get-policy` and `get-policy-version` \
                 together: {\"Policy\": {...}, \"PolicyVersion\": {...}}",
            );
            self.problem(source, problem);
        } else {
            self.single(raw, source);
        }
    }

    /// A value that is no page and has no wrapper.
    fn single(&mut self, raw: &'a RawValue, source: &'a Arc<Source>) {
        let Some(entry) = self.parse::<Entry<'a>>(raw, source) else { return };
        let span = span_of(source, raw.get());
        if let (Some(name), Some(document)) = (&entry.policy_name, entry.policy_document) {
            let text = DocumentText::from_json(document, source);
            let (kind, owner) = match (entry.role_name, entry.user_name) {
                (Some(role), _) => (PrincipalKind::Role, role),
                (_, Some(user)) => (PrincipalKind::User, user),
                _ => {
                    let message = "this policy is of no role and no user";
                    let problem = Problem::error(span, message)
                        .help("add its `RoleName` or `UserName`; groups come with a whole dump");
                    self.problem(source, problem);
                    return;
                }
            };
            self.apart.push(Apart { kind, owner, name: name.clone(), text, source, span });
        } else if entry.role_name.is_some() {
            self.principal(raw, source, PrincipalKind::Role, false);
        } else if entry.user_name.is_some() {
            self.principal(raw, source, PrincipalKind::User, false);
        } else if entry.group_name.is_some() {
            self.group(raw, source);
        } else if entry.policy_version_list.is_some() {
            self.managed(raw, None, source);
        } else {
            let (message, help) = if entry.statement.is_some() {
                (
                    "this is a policy document, which does not say whose it is",
                    "pass it as a policy: `--policy FILE`, `--trust-policy FILE` or \
                     `--permissions-boundary FILE`",
                )
            } else {
                (
                    "this is no answer of IAM about roles, users, groups or policies",
                    "expected what `aws iam get-account-authorization-details`, `get-role`, \
                     `get-user`, `get-role-policy` or `get-user-policy` print",
                )
            };
            self.problem(source, Problem::error(span, message).help(help));
        }
    }

    fn finish(mut self) -> Result<Details<'a>, Vec<BadInput>> {
        if let Some((source, span)) = self.open.take() {
            let problem = Problem::error(span, "the dump is cut off: its last page says that more follow")
                .help(format!(
                    "give all pages, in their order, or {DUMP_AGAIN}, without `--max-items` and `--no-paginate`"
                ));
            self.problem(source, problem);
        }
        for apart in std::mem::take(&mut self.apart) {
            self.join(apart);
        }
        self.same_account();
        if self.problems.is_empty() { Ok(self.details) } else { Err(self.problems) }
    }

    /// Puts an inline policy to its principal.
    fn join(&mut self, apart: Apart<'a>) {
        let Apart { kind, owner, name, text, source, span } = apart;
        let mut principals = self.details.principals.iter_mut();
        let found = principals.find(|p| p.kind == kind && p.name.eq_ignore_ascii_case(&owner));
        let Some(PrincipalDetail { policies, .. }) = found else {
            let message = format!("no file describes the {kind} `{owner}` that has this policy");
            let help = format!("add what `aws iam get-{kind} --{kind}-name {owner}` prints");
            self.problem(source, Problem::error(span, message).help(help));
            return;
        };
        match policies.inline.iter().find(|(held, _)| *held == name) {
            None => policies.inline.push((name, text)),
            Some((_, held)) if held.says_the_same(&text) => {}
            Some((_, held)) => {
                let message = format!("the policy `{name}` of `{owner}` differs at {}", held.place);
                let problem = Problem::error(span, message).help("keep the newer of the two");
                self.problem(source, problem);
            }
        }
    }

    /// One reading is one account: names would be ambiguous otherwise.
    fn same_account(&mut self) {
        let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
        let Some(first) = self.details.principals.first() else { return };
        let id = account(&first.arn);
        let other = self.details.principals.iter().find(|p| account(&p.arn) != id);
        if let Some(other) = other
            && let Place::File { source, span, .. } = other.place.clone()
        {
            let message =
                format!("the files are of two accounts: `{}` and `{}`", first.arn, other.arn);
            let problem = Problem::error(span, message).help("read one account at a time");
            self.problems.push(BadInput { source, problem });
        }
    }

    fn parse<T: serde::Deserialize<'a>>(
        &mut self,
        raw: &'a RawValue,
        source: &'a Arc<Source>,
    ) -> Option<T> {
        match serde_json::from_str(raw.get()) {
            Ok(value) => Some(value),
            Err(error) => {
                let start = span_of(source, raw.get()).start;
                let mut problem = syntax_error(source.text(), start, raw.get(), &error);
                if error.is_data() {
                    let plain = problem.message.trim_start_matches("not valid JSON: ");
                    problem.message = format!("not what IAM answers: {plain}");
                }
                self.problem(source, problem);
                None
            }
        }
    }

    fn problem(&mut self, source: &Arc<Source>, problem: Problem) {
        self.problems.push(BadInput { source: source.clone(), problem });
    }
}
