//! The dimension of who asks: callers that stand for all callers.
//!
//! A policy names principals exactly or by their account, never by a pattern. So a few callers
//! stand for all: those that are named, some other of each account that is named, and strangers.

mod keys;

use super::set::Rule;
use crate::iam::{Caller, PrincipalPattern};
pub(crate) use keys::{agreeing, agrees, candidates};

/// An account, a role and the like that nobody names.
const STRANGER: &str = "999999999999";

/// Callers whom the statements tell apart. Federated sessions of users are not among them unless
/// one is named: they stand and fall with their user.
pub(crate) fn representatives<'r>(rules: impl Iterator<Item = &'r Rule<'r>>) -> Vec<Caller> {
    let mut callers = Callers::default();
    for rule in rules {
        let Some(clause) = &rule.statement.principal else { continue };
        for entry in clause.entries() {
            callers.named(entry);
        }
    }
    callers.strangers();
    callers.0
}

#[derive(Default)]
struct Callers(Vec<Caller>);

impl Callers {
    fn push(&mut self, caller: Caller) {
        if !self.0.contains(&caller) {
            self.0.push(caller);
        }
    }

    fn named(&mut self, entry: &PrincipalPattern) {
        match entry {
            PrincipalPattern::Anyone | PrincipalPattern::Deleted(_) => {}
            PrincipalPattern::Account { account, text } => {
                let partition = text.split(':').nth(1).unwrap_or("aws");
                self.of_account(partition, account.text());
            }
            PrincipalPattern::Arn(arn) => self.named_arn(arn),
            PrincipalPattern::Service(name) => self.push(Caller::Service(name.clone())),
            PrincipalPattern::Federated(name) => self.push(Caller::WebIdentity(name.clone())),
            // Whose the id is, is not known: each account's callers stand for its owner.
            PrincipalPattern::CanonicalUser(_) => self.of_account("aws", STRANGER),
        }
    }

    fn named_arn(&mut self, arn: &str) {
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, partition, _, _, account, name] = fields.as_slice() else { return };
        if let Ok(caller) = Caller::parse(arn) {
            self.push(caller);
        }
        if let Some(path) = name.strip_prefix("role/") {
            let role = path.rsplit('/').next().unwrap_or(path);
            self.session(partition, account, role, "example-session");
        } else if let Some(rest) = name.strip_prefix("assumed-role/") {
            let role = rest.split('/').next().unwrap_or(rest);
            self.session(partition, account, role, "example-session");
        }
        self.of_account(partition, account);
    }

    fn session(&mut self, partition: &str, account: &str, role: &str, session: &str) {
        let arn = format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}");
        self.push(Caller::Session(arn.into()));
    }

    /// Callers of an account whom nobody names.
    fn of_account(&mut self, partition: &str, account: &str) {
        let arn = |name: &str| format!("arn:{partition}:iam::{account}:{name}").into();
        self.push(Caller::Role(arn("role/example-role")));
        self.push(Caller::User(arn("user/example-user")));
        self.push(Caller::Root(arn("root")));
        self.session(partition, account, "example-role", "example-session");
    }

    fn strangers(&mut self) {
        self.of_account("aws", STRANGER);
        self.push(Caller::Service("example.amazonaws.com".into()));
        let provider = format!("arn:aws:iam::{STRANGER}:oidc-provider/example.com");
        self.push(Caller::WebIdentity(provider.into()));
        let provider = format!("arn:aws:iam::{STRANGER}:saml-provider/example");
        self.push(Caller::WebIdentity(provider.into()));
        self.push(Caller::Anonymous);
    }
}
