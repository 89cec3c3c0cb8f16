//! `not-principal-with-allow`: also what it does with Deny.

use super::Seen;
use crate::iam::{AccountId, Caller, Clause, Effect, PrincipalPattern};
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::lint::{Rule, quoted};
use crate::source::Severity;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        let Some(Clause::Not(who)) = &statement.principal else { continue };
        let names: Vec<&str> = who.iter().map(PrincipalPattern::text).collect();
        let at = Element::Principals(number);
        if statement.effect == Effect::Allow {
            let message = format!(
                "`Allow` with `NotPrincipal` admits everyone but {}, unsigned requests too",
                quoted(&names)
            );
            seen.push(Seen::new(at, message));
            continue;
        }
        // AWS: with Deny the account of an exempted user or role must be exempted too:
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        let accounts: Vec<&AccountId> = who
            .iter()
            .filter_map(|one| match one {
                PrincipalPattern::Account { account, .. } => Some(account),
                _ => None,
            })
            .collect();
        let arns = || {
            who.iter().filter_map(|one| match one {
                PrincipalPattern::Arn(arn) => Some(&**arn),
                _ => None,
            })
        };
        let alone: Vec<&str> = arns()
            .filter(|arn| {
                let account = Caller::parse(arn).ok().and_then(|caller| caller.account());
                account.is_some_and(|account| !accounts.contains(&&account))
            })
            .collect();
        let all: Vec<&str> = arns().collect();
        let instead = format!(
            "write `\"Principal\": \"*\"` with the condition `\"ArnNotEquals\": {{\"aws:PrincipalArn\": {}}}`",
            json_values(&all)
        );
        if !alone.is_empty() {
            let message = format!(
                "`Deny` with `NotPrincipal` names {} without its account, which is then denied with all in it",
                quoted(&alone)
            );
            seen.push(Seen::new(at, message).severity(Severity::Warning).help(instead));
        } else if !all.is_empty() {
            let message =
                "`Deny` with `NotPrincipal` also denies each session that is not named by its ARN";
            seen.push(Seen::new(at, message).severity(Severity::Note).help(instead));
        }
    }
    seen
}
