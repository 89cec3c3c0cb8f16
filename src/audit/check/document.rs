//! What the linter says of each of a principal's policies, by the rules that matter to an audit.

use super::{Finding, Subject};
use crate::account::{NamedPolicy, PolicyHome};
use crate::audit::StatementPlace;
use crate::exact::Universe;
use crate::iam::PolicyKind;
use crate::lint::{At, Linter, Policy, Storage};

/// Rules of `rules/lint`: what is wrong whoever the policy is for. Others are about taste, or about
/// what the comparison with the requirement tells better. A test finds each among the linter's.
pub(super) const CHOSEN: [&str; 7] = [
    "bucket-action-on-object",
    "dead-principal",
    "misleading-wildcard",
    "object-action-on-bucket",
    "resource-never-matches",
    "size-near-quota",
    "unknown-action",
];

/// What a policy's size is held against where it is stored by itself; the inline policies share one
/// quota, of which `policy-size` speaks.
const BY_ITSELF: &str = "size-near-quota";

/// The linter with these rules.
pub(in crate::audit) fn linter<'u>(universe: &'u Universe<'u>) -> Linter<'u> {
    Linter::by(universe, &CHOSEN)
}

pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let linter = subject.linter;
    let trust = subject.principal.trust.iter().map(|policy| (policy, PolicyKind::Trust));
    subject.policies().chain(trust).flat_map(|(policy, kind)| of(linter, policy, kind)).collect()
}

fn of(linter: &Linter<'_>, policy: &NamedPolicy, kind: PolicyKind) -> Vec<Finding> {
    let storage = match policy.home() {
        home if home.is_aws_managed() => Storage::AwsManaged,
        PolicyHome::Managed { .. } | PolicyHome::PermissionsBoundary { .. } => Storage::Managed,
        PolicyHome::Inline { .. } | PolicyHome::Trust | PolicyHome::File { .. } => Storage::Unknown,
    };
    let found = linter.findings(&Policy {
        document: &policy.document,
        kind,
        notes: &policy.notes,
        storage,
    });
    let is_by_itself = storage != Storage::Unknown || kind == PolicyKind::Trust;
    let found = found.into_iter().filter(|one| is_by_itself || one.rule.id != BY_ITSELF);
    let seen = found.map(|one| {
        let index = match one.at {
            At::Element(element) => element.statement(),
            At::Span(span) => policy.statement_around(span),
        };
        Finding {
            rule: one.rule.id.clone(),
            severity: one.severity,
            // Of a whole document its name is said, where no statement tells it.
            message: match index {
                Some(_) => one.message,
                None => format!("`{}`: {}", policy.name(), one.message),
            },
            help: Some(one.help),
            statement: index.map(|index| place(policy, index)),
        }
    });
    seen.collect()
}

fn place(policy: &NamedPolicy, index: usize) -> StatementPlace {
    let sid = policy.document.statements.get(index).and_then(|one| one.sid.clone());
    StatementPlace { policy: policy.name().to_owned(), sid, index }
}
