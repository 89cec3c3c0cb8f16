//! Trust policies: who may assume a role, against who should.

use super::*;
use std::fmt::Write as _;

fn trust(statements: &str) -> PolicyDocument {
    document(PolicyKind::Trust, statements)
}

fn set_of(document: &PolicyDocument) -> RequestSet<'_> {
    RequestSet::of_document(Universe::embedded(), Layer::TrustPolicy, "trust", document)
}

/// Who may assume the role by the left document and not by the right one.
fn assumers(left: &str, right: &str) -> String {
    let (left, right) = (trust(left), trust(right));
    let found = difference(&set_of(&left), &set_of(&right), Budget::default());
    let mut text = format!("{}\n", found.exactness);
    for leaf in &found.leaves {
        let w = &leaf.witness;
        let caller = w.caller.as_ref().map_or("anyone", |caller| caller.text());
        write!(text, "{} by {caller}", w.action).unwrap();
        for (key, value) in w.context.iter() {
            write!(text, " {key}={value:?}").unwrap();
        }
        text.push('\n');
    }
    for limit in &found.limits {
        writeln!(text, "limit: {limit}").unwrap();
    }
    text
}

const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EX";

fn irsa(conditions: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},
            "Action":"sts:AssumeRoleWithWebIdentity","Condition":{{{conditions}}}}}"#
    )
}

const SUB: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EX:sub";
const AUD: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EX:aud";

#[test]
fn a_service_account_and_nobody_else() {
    let sub = format!(r#""{SUB}":"system:serviceaccount:argo:default""#);
    let aud = format!(r#""{AUD}":"sts.amazonaws.com""#);
    let expected = irsa(&format!(r#""StringEquals":{{{sub},{aud}}}"#));
    assert_eq!(assumers(&expected, &expected), "exact\n");
    let no_aud = irsa(&format!(r#""StringEquals":{{{sub}}}"#));
    let more = assumers(&no_aud, &expected);
    assert!(
        more.starts_with(
            "exact\nsts:AssumeRoleWithWebIdentity by arn:aws:iam::111122223333:oidc-provider/"
        ),
        "{more}"
    );
    assert!(
        more.contains(&format!("{SUB}=Single(\"system:serviceaccount:argo:default\")")),
        "{more}"
    );
    assert_eq!(assumers(&expected, &no_aud), "exact\n");
    let any = irsa(&format!(
        r#""StringLike":{{"{SUB}":"system:serviceaccount:argo:*"}},"StringEquals":{{{aud}}}"#
    ));
    let more = assumers(&any, &expected);
    assert_eq!(more.lines().count(), 2, "{more}");
    assert!(more.contains("system:serviceaccount:argo:"), "{more}");
}

#[test]
fn accounts_roles_and_their_sessions() {
    let role = |arn: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{arn}"}},"Action":"sts:AssumeRole"}}"#)
    };
    let named = role("arn:aws:iam::111122223333:role/ci");
    let account = role("arn:aws:iam::111122223333:root");
    let anyone = role("*");
    assert_eq!(assumers(&named, &named), "exact\n");
    assert_eq!(assumers(&named, &account), "exact\n");
    let more = assumers(&account, &named);
    assert!(more.contains("sts:AssumeRole by arn:aws:iam::111122223333:"), "{more}");
    let more = assumers(&anyone, &account);
    assert!(more.contains("by arn:aws:iam::999999999999:"), "{more}");
    assert!(!more.contains("111122223333"), "{more}");
    // Only those with credentials can call AssumeRole at all.
    assert!(!more.contains("oidc-provider"), "{more}");
}

#[test]
fn an_external_id_that_is_missing() {
    let cross = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":"sts:AssumeRole",
                "Condition":{{{condition}}}}}"#
        )
    };
    let with = cross(r#""StringEquals":{"sts:ExternalId":"a1b2"}"#);
    assert_eq!(assumers(&with, &cross("")), "exact\n");
    let more = assumers(&cross(""), &with);
    assert_eq!(more, "exact\nsts:AssumeRole by arn:aws:iam::111122223333:role/example-role\n");
}

#[test]
fn pod_identity_needs_its_tags() {
    let pods = |condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"Service":"pods.eks.amazonaws.com"}},
                "Action":["sts:AssumeRole","sts:TagSession"],"Condition":{{{condition}}}}}"#
        )
    };
    let expected = pods(
        r#""StringEquals":{"aws:SourceAccount":"111122223333",
            "aws:RequestTag/kubernetes-namespace":"argo","aws:RequestTag/kubernetes-service-account":"default"},
           "ArnEquals":{"aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod"}"#,
    );
    assert_eq!(assumers(&expected, &expected), "exact\n");
    let loose = pods(r#""StringEquals":{"aws:SourceAccount":"111122223333"}"#);
    assert_eq!(assumers(&expected, &loose), "exact\n");
    let more = assumers(&loose, &expected);
    assert!(more.contains("sts:AssumeRole by pods.eks.amazonaws.com"), "{more}");
    assert!(more.contains("sts:TagSession by pods.eks.amazonaws.com"), "{more}");
}
