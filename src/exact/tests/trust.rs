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

/// A trust policy has a say of the calls of STS that act on its role, and of nothing else.
#[test]
fn other_actions_are_granted_to_nobody() {
    let assume = |actions: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:user/ann"}},"Action":[{actions}]}}"#
        )
    };
    let plain = assume(r#""sts:AssumeRole""#);
    let more =
        assume(r#""sts:AssumeRole","s3:GetObject","s3:Future","sts:GetSessionToken","iam:*""#);
    assert_eq!(assumers(&more, &plain), "exact\n");
    let (more, plain) = (trust(&more), trust(&plain));
    assert_eq!(equivalent(&set_of(&more), &set_of(&plain), Budget::default()), Some(true));
    let all = trust(&assume(r#""sts:*""#));
    let found = difference(&set_of(&all), &set_of(&plain), Budget::default());
    let names = |leaf: &Leaf| {
        let catalogue = crate::catalogue::Catalogue::embedded();
        leaf.actions.ids().map(|id| catalogue.name(id)).collect::<Vec<_>>()
    };
    let mut names: Vec<&str> = found.leaves.iter().flat_map(names).collect();
    names.sort_unstable();
    names.dedup();
    // Whom a policy names as a user brings no token.
    assert_eq!(names, ["sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession"]);
}

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

#[test]
fn what_a_request_says_of_its_caller_is_so() {
    const ROLE: &str = "arn:aws:iam::111122223333:role/x";
    let allow = |rest: &str| format!(r#"{{"Effect":"Allow","Action":"sts:AssumeRole",{rest}}}"#);
    let who = |condition: &str| allow(&format!(r#""Principal":"*","Condition":{{{condition}}}"#));
    let by_arn = who(&format!(r#""ArnEquals":{{"aws:PrincipalArn":"{ROLE}"}}"#));
    let by_account = who(r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#);
    let role = allow(&format!(r#""Principal":{{"AWS":"{ROLE}"}}"#));
    let account = allow(r#""Principal":{"AWS":"111122223333"}"#);
    // The same in other words: never a caller of whom something else is said than what it is.
    for (one, other) in [(&by_arn, &role), (&by_account, &account)] {
        for (left, right) in [(one, other), (other, one)] {
            let found = assumers(left, right);
            assert!(!found.contains(" by "), "{found}");
            assert!(!found.starts_with("exact"), "nothing is proved: {found}");
        }
    }
    let more = assumers(&by_account, &role);
    assert!(
        more.contains("sts:AssumeRole by arn:aws:iam::111122223333:role/example-role\n"),
        "{more}"
    );
    let like = who(r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/admin-*"}"#);
    let more = assumers(&like, &role);
    assert!(more.contains("sts:AssumeRole by arn:aws:iam::111122223333:role/admin-"), "{more}");
    assert!(!more.contains("PrincipalArn="), "{more}");
    let any = who(r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin-*"}"#);
    let more = assumers(&any, &role);
    assert!(more.contains("sts:AssumeRole by arn:aws:iam::"), "{more}");
    let unsigned = who(r#""StringNotEquals":{"aws:PrincipalAccount":"111122223333"}"#);
    let more = assumers(&unsigned, &account);
    assert!(more.starts_with("exact\nsts:AssumeRole by arn:aws:iam::999999999999:"), "{more}");
}

#[test]
fn what_denies_strangers_need_not_deny_the_unsigned() {
    let perimeter = |operators: [&str; 2]| {
        let [org, service] = operators;
        let text = format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}},
               {{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{{
                 "{org}":{{"aws:PrincipalOrgID":"o-a"}},
                 "{service}":{{"aws:PrincipalIsAWSService":"false"}}}}}}"#
        );
        document(PolicyKind::Resource, &text)
    };
    let (strict, lax) = (
        perimeter(["StringNotEqualsIfExists", "BoolIfExists"]),
        perimeter(["StringNotEquals", "Bool"]),
    );
    let universe = Universe::embedded();
    let set = |document| RequestSet::of_document(universe, Layer::ResourcePolicy, "p", document);
    let found = difference(&set(&lax), &set(&strict), Budget::default());
    let callers: Vec<_> =
        found.leaves.iter().filter_map(|leaf| leaf.witness.caller.as_ref()).collect();
    assert!(callers.iter().any(|caller| caller.text() == "*"), "{found:?}");
    assert!(difference(&set(&strict), &set(&lax), Budget::default()).is_proven_empty());
}
