//! What is known beforehand of every request.

use crate::account::{IamPrincipal, PrincipalKind};
use crate::iam::ContextKey;

/// What every request of a principal carries because it is its own.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(super) fn of_principal(principal: &IamPrincipal) -> Vec<(ContextKey, String)> {
    let mut facts = Vec::new();
    if principal.caller().is_some() {
        facts.push((ContextKey::new("aws:PrincipalArn"), principal.arn.clone()));
        facts.push((ContextKey::new("aws:PrincipalIsAWSService"), "false".to_owned()));
        facts.push((
            ContextKey::new("aws:PrincipalType"),
            match principal.kind {
                PrincipalKind::Role => "AssumedRole".to_owned(),
                PrincipalKind::User => "User".to_owned(),
            },
        ));
    }
    if let Some(account) = principal.account() {
        facts.push((ContextKey::new("aws:PrincipalAccount"), account.to_string()));
    }
    facts
}
