use super::super::atom::atoms;
use super::{TrustSubject, Trusted, Unasked};
use crate::iam::PolicyKind;
use crate::syntax::parse_policy;

fn subjects(statement: &str) -> Vec<String> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
    let document = parse_policy(&text, PolicyKind::Trust).unwrap().document;
    atoms(&document).iter().map(|atom| TrustSubject::of(&atom.statement).to_string()).collect()
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
        ("StringLike", "\"system:serviceaccount:a:*\"", "any service account of the namespace `a`"),
        ("StringLike", "\"system:serviceaccount:*:b\"", "the service account `b` of any namespace"),
        (
            "StringLike",
            "\"system:serviceaccount:a*:b\"",
            "any subject like `system:serviceaccount:a*:b`",
        ),
    ] {
        assert_eq!(subjects(&irsa(operator, sub)), [expected], "{operator} {sub}");
    }
    let any_audience = |sub| irsa("StringEquals", sub).replace("A:aud", "A:azp");
    assert_eq!(
        subjects(&any_audience("\"system:serviceaccount:a:b\"")),
        ["system:serviceaccount:a:b, with a token for any audience"]
    );
    let two = irsa("StringEquals", r#"["system:serviceaccount:a:b","system:serviceaccount:a:c"]"#);
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

#[test]
fn the_same_subject_with_a_token_for_anything() {
    let account = |name: &str| Trusted::ServiceAccount {
        namespace: Some("a".to_owned()),
        name: Some(name.to_owned()),
    };
    let subject = |who, unasked| TrustSubject { who, unasked };
    let exact = subject(account("b"), None);
    let any_audience = subject(account("b"), Some(Unasked::Audience));
    let any_cluster = subject(account("b"), Some(Unasked::Cluster));
    for (one, other, expected) in [
        (&exact, &exact, true),
        (&any_audience, &exact, true),
        (&any_cluster, &any_cluster, true),
        (&any_cluster, &exact, false),
        (&exact, &any_audience, false),
        (&any_audience, &subject(account("c"), None), false),
    ] {
        assert_eq!(one.is_or_widens(other), expected, "{one} / {other}");
    }
}
