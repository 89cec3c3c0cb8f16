//! Who a statement of a trust policy admits, in words.

use crate::iam::{Clause, Condition, PrincipalPattern, Quantifier, Statement};

/// The prefix of a service account's name in a Kubernetes token.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// What is said of a subject whose token may be for anything.
pub(super) const ANY_AUDIENCE: &str = ", with a token for any audience";

/// Who a statement about one principal admits.
pub(super) fn subject(statement: &Statement) -> String {
    let entries = statement.principal.as_ref().map(Clause::entries).unwrap_or_default();
    let [principal] = entries else { return "several principals".to_owned() };
    match principal {
        PrincipalPattern::Anyone if statement.conditions.is_empty() => "anyone".to_owned(),
        PrincipalPattern::Anyone => "anyone who meets the statement's conditions".to_owned(),
        PrincipalPattern::Account { account, .. } => {
            format!("every principal of account {account} that may call `sts:AssumeRole`")
        }
        PrincipalPattern::Arn(arn) => arn.to_string(),
        PrincipalPattern::Deleted(id) => format!("the deleted principal `{id}`"),
        PrincipalPattern::Service(name) if name.starts_with("pods.eks.") => pod(statement),
        PrincipalPattern::Service(name) => format!("the service `{name}`"),
        PrincipalPattern::Federated(provider) => identity(statement, provider),
        PrincipalPattern::CanonicalUser(id) => format!("the canonical user `{id}`"),
    }
}

fn identity(statement: &Statement, provider: &str) -> String {
    let issuer = provider.split_once("oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    let issuer = issuer.to_lowercase();
    let who = match only_value(statement, &format!("{issuer}:sub")) {
        Some(sub) => of_subject(sub),
        None if issuer.starts_with("oidc.eks.") => "any service account of the cluster".to_owned(),
        None => format!("any identity of `{issuer}`"),
    };
    match only_value(statement, &format!("{issuer}:aud")) {
        Some(_) => who,
        None => format!("{who}{ANY_AUDIENCE}"),
    }
}

/// What a `sub` or a pattern of it stands for.
fn of_subject(sub: &str) -> String {
    let Some(account) = sub.strip_prefix(SERVICE_ACCOUNT) else {
        // `*`, `system:*` and their like reach every service account.
        return if sub.contains('*') && SERVICE_ACCOUNT.starts_with(sub.trim_end_matches('*')) {
            "any service account of the cluster".to_owned()
        } else if sub.contains(['*', '?']) {
            format!("any subject like `{sub}`")
        } else {
            sub.to_owned()
        };
    };
    match account.split_once(':') {
        _ if account == "*" => "any service account of the cluster".to_owned(),
        Some((namespace, name)) => service_account(Some(namespace), Some(name))
            .unwrap_or_else(|| "any service account of the cluster".to_owned()),
        None => format!("any subject like `{sub}`"),
    }
}

/// A pod of EKS Pod Identity, by the tags of its session.
fn pod(statement: &Statement) -> String {
    let namespace = only_value(statement, "aws:requesttag/kubernetes-namespace");
    let name = only_value(statement, "aws:requesttag/kubernetes-service-account");
    let anyone = "any pod identity association of the account".to_owned();
    let who = service_account(namespace, name).unwrap_or(anyone);
    match only_value(statement, "aws:sourcearn") {
        Some(_) => who,
        None => format!("{who}, in any cluster"),
    }
}

/// A service account by namespace and name; `*` and nothing are everything. `None` for all.
fn service_account(namespace: Option<&str>, name: Option<&str>) -> Option<String> {
    let given = |value: Option<&'_ str>| value.filter(|v| *v != "*").map(str::to_owned);
    match (given(namespace), given(name)) {
        (None, None) => None,
        (Some(namespace), None) => {
            Some(format!("any service account of the namespace `{namespace}`"))
        }
        (None, Some(name)) => Some(format!("the service account `{name}` of any namespace")),
        (Some(namespace), Some(name)) => {
            let account = format!("{SERVICE_ACCOUNT}{namespace}:{name}");
            let is_pattern = account.contains(['*', '?']);
            Some(if is_pattern { format!("any subject like `{account}`") } else { account })
        }
    }
}

/// The one value that a key must have, as its condition writes it.
fn only_value<'s>(statement: &'s Statement, key: &str) -> Option<&'s str> {
    let demands = |condition: &&Condition| {
        let operator = condition.operator;
        let name = operator.comparison.name();
        condition.key.folded() == key
            && !operator.if_exists
            && operator.quantifier != Quantifier::ForAllValues
            && !operator.comparison.is_negated()
            && (name.starts_with("String") || name.starts_with("Arn"))
    };
    let condition = statement.conditions.iter().find(demands)?;
    condition.operands.first().map(|operand| operand.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::atom::atoms;
    use super::subject;
    use crate::iam::PolicyKind;
    use crate::syntax::parse_policy;

    fn subjects(statement: &str) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let document = parse_policy(&text, PolicyKind::Trust).unwrap().document;
        atoms(&document).iter().map(|atom| subject(&atom.statement)).collect()
    }

    fn irsa(operator: &str, sub: &str) -> String {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{
            "StringEqualsIgnoreCase":{{"oidc.eks.eu-west-1.amazonaws.com/id/A:aud":"sts.amazonaws.com"}},
            "{operator}":{{"oidc.eks.eu-west-1.amazonaws.com/id/A:sub":{sub}}}}}}}"#
        )
    }

    #[test]
    fn service_accounts_by_token() {
        let cluster = "any service account of the cluster";
        for (operator, sub, expected) in [
            ("StringEquals", "\"system:serviceaccount:a:b\"", "system:serviceaccount:a:b"),
            ("StringLike", "\"system:serviceaccount:*:*\"", cluster),
            ("StringLike", "\"system:serviceaccount:*\"", cluster),
            ("StringLike", "\"system:*\"", cluster),
            ("StringLike", "\"*\"", cluster),
            ("StringLikeIfExists", "\"system:serviceaccount:a:b\"", cluster),
            ("StringNotEquals", "\"system:serviceaccount:a:b\"", cluster),
            (
                "StringLike",
                "\"system:serviceaccount:a:*\"",
                "any service account of the namespace `a`",
            ),
            (
                "StringLike",
                "\"system:serviceaccount:*:b\"",
                "the service account `b` of any namespace",
            ),
            (
                "StringLike",
                "\"system:serviceaccount:a*:b\"",
                "any subject like `system:serviceaccount:a*:b`",
            ),
        ] {
            assert_eq!(subjects(&irsa(operator, sub)), [expected], "{operator} {sub}");
        }
        let two =
            irsa("StringEquals", r#"["system:serviceaccount:a:b","system:serviceaccount:a:c"]"#);
        assert_eq!(subjects(&two), ["system:serviceaccount:a:b", "system:serviceaccount:a:c"]);
    }

    #[test]
    fn pods_services_accounts_and_everyone() {
        let pods = |conditions: &str| {
            format!(
                r#"{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},
                "Action":["sts:AssumeRole","sts:TagSession"]{conditions}}}"#
            )
        };
        let tags = r#","Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod",
            "aws:RequestTag/kubernetes-namespace":"a","aws:RequestTag/kubernetes-service-account":"b"}}"#;
        for (statement, expected) in [
            (pods(""), "any pod identity association of the account, in any cluster"),
            (pods(tags), "system:serviceaccount:a:b"),
            (
                r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#.to_owned(),
                "every principal of account 111122223333 that may call `sts:AssumeRole`",
            ),
            (r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#.to_owned(), "anyone"),
            (
                r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#.to_owned(),
                "the service `ec2.amazonaws.com`",
            ),
        ] {
            assert_eq!(subjects(&statement), [expected]);
        }
    }
}
