//! What rules look for, one file each.

mod boundary_not_read;
mod cross_tenant_listing;
mod document;
mod forged_session_tag;
mod idle_service_account;
mod policy_size;
mod shared_role;
mod unusable_trust;

pub(super) use document::linter;

use super::{Excess, Finding, StatementPlace};
use crate::account::{IamPrincipal, NamedPolicy, PermissionsBoundary};
use crate::consumer::{Deployment, Estate, Requirement, RoleUse};
use crate::iam::{PolicyKind, Statement};
use crate::lint::{Linter, Rule};
use crate::source::Severity;
use std::sync::OnceLock;

/// One use of a role: by which deployment, and how.
pub(super) type Use<'a> = (&'a Deployment<'a>, &'a RoleUse);

/// What a check looks at: one principal, and what is known about it so far.
pub(super) struct Subject<'a> {
    pub principal: &'a IamPrincipal,
    pub estate: &'a Estate<'a>,
    pub requirement: &'a Requirement,
    /// Where the estate uses it.
    pub uses: &'a [Use<'a>],
    /// The rules about documents.
    pub linter: &'a Linter<'a>,
    /// What it may do and does not need.
    pub excess: &'a [Excess],
}

impl<'a> Subject<'a> {
    /// Its policies about what it may do, its own first, then the boundary.
    fn policies(&self) -> impl Iterator<Item = (&'a NamedPolicy, PolicyKind)> {
        let boundary = match &self.principal.permissions_boundary {
            PermissionsBoundary::Policy(policy) => Some((policy, PolicyKind::PermissionsBoundary)),
            PermissionsBoundary::None | PermissionsBoundary::NotRead { .. } => None,
        };
        self.principal.identity.iter().map(|policy| (policy, PolicyKind::Identity)).chain(boundary)
    }
}

/// The statements of a policy, each with its place.
fn places(policy: &NamedPolicy) -> impl Iterator<Item = (StatementPlace, &Statement)> {
    policy.document.statements.iter().enumerate().map(|(index, statement)| {
        let (policy, sid) = (policy.name().to_owned(), statement.sid.clone());
        (StatementPlace { policy, sid, index }, statement)
    })
}

/// What a check saw. The rule gives the severity where the check does not.
#[derive(Default)]
struct Seen {
    message: String,
    help: Option<String>,
    statement: Option<StatementPlace>,
    severity: Option<Severity>,
}

impl Seen {
    fn new(message: String) -> Self {
        Self { message, ..Self::default() }
    }

    fn at(self, statement: StatementPlace) -> Self {
        Self { statement: Some(statement), ..self }
    }

    fn help(self, help: String) -> Self {
        Self { help: Some(help), ..self }
    }
}

type Look = fn(&Subject<'_>) -> Vec<Seen>;

/// The text of each rule, and the check that it stands for.
const CHECKS: [(&str, Look); 7] = [
    (built!("rules/audit/boundary-not-read.json"), boundary_not_read::look),
    (built!("rules/audit/cross-tenant-listing.json"), cross_tenant_listing::look),
    (built!("rules/audit/forged-session-tag.json"), forged_session_tag::look),
    (built!("rules/audit/idle-service-account.json"), idle_service_account::look),
    (built!("rules/audit/policy-size.json"), policy_size::look),
    (built!("rules/audit/shared-role.json"), shared_role::look),
    (built!("rules/audit/unusable-trust.json"), unusable_trust::look),
];

/// All rules of an audit, sorted by id: its own, and those of the linter that it takes in. A test
/// reads each of the embedded texts.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let chosen = |rule: &&Rule| document::CHOSEN.contains(&&*rule.id);
    let own = wired().iter().map(|(rule, _)| rule);
    let mut all: Vec<&'static Rule> = own.chain(crate::lint::rules().filter(chosen)).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all.into_iter()
}

fn wired() -> &'static [(Rule, Look)] {
    static WIRED: OnceLock<Vec<(Rule, Look)>> = OnceLock::new();
    WIRED.get_or_init(|| {
        CHECKS.iter().filter_map(|(text, look)| Some((Rule::parse(text).ok()?, *look))).collect()
    })
}

/// What the rules say about a principal: the gravest first, then by rule and place.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for (rule, look) in wired() {
        found.extend(look(subject).into_iter().map(|seen| Finding {
            rule: rule.id.clone(),
            severity: seen.severity.unwrap_or(rule.severity),
            message: seen.message,
            help: seen.help.or_else(|| Some(rule.remediation.clone())),
            statement: seen.statement,
        }));
    }
    found.extend(document::findings(subject));
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.rule.cmp(&b.rule)));
    found
}

#[cfg(test)]
mod tests;
