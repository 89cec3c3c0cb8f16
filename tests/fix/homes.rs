//! Where policies live, and what only other layers can change.

use super::account::{Dump, assert_fixes, assert_patches, estate};
use leastwise::account::loose;
use leastwise::audit::{Audit, BeyondIam};
use leastwise::consumer::Estate;
use leastwise::fix::{PrincipalFix, Verdict};
use leastwise::iam::PolicyKind;
use leastwise::source::Source;
use serde_json::{Value, json};
use std::sync::Arc;

/// Argo's workflow pods, which read and write below one prefix.
pub(crate) fn argo() -> Estate<'static> {
    estate(
        "version: 1\naccount: \"111122223333\"\nregion: eu-west-1\ndeployments:\n\
         - consumer: argo-workflows\n  version: \"3.6.4\"\n  bucket: bbb\n  key-format: \"a/{{pod.name}}\"\n\
         \x20 roles:\n  - name: pods\n    components: [workflow-pod]\n",
    )
}

pub(crate) fn policy(statement: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statement})
}

fn everything_on_s3() -> Value {
    policy(&json!([{"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]))
}

fn commands(fix: &PrincipalFix) -> Vec<&str> {
    fix.steps
        .iter()
        .map(|step| step.command.as_ref().unwrap().split_whitespace().nth(2).unwrap())
        .collect()
}

fn why(fix: &PrincipalFix) -> String {
    match &fix.permissions {
        Verdict::NotFixed { why } => why.join("\n"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_others_have_is_replaced_and_not_edited() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let of_aws = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    let own = "arn:aws:iam::111122223333:policy/team/artifacts";
    for (arn, attachments, expected) in [
        (of_aws, 1, &["put-role-policy", "detach-role-policy"][..]),
        (own, 2, &["put-role-policy", "detach-role-policy"]),
        (own, 1, &["create-policy-version"]),
    ] {
        let dump = Dump::role("pods", &[]).managed(arn, attachments, &everything_on_s3());
        let fixes = assert_fixes(&dump, &audit);
        assert_eq!(commands(&fixes[0]), expected, "{arn} {attachments}");
    }
    // A policy of which nothing is needed only goes.
    let queues = policy(&json!({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}));
    let dump = Dump::role("pods", &[("s3", everything_on_s3()), ("queues", queues.clone())])
        .managed(of_aws, 40, &queues);
    let fixes = assert_fixes(&dump, &audit);
    assert_eq!(
        commands(&fixes[0]),
        ["put-role-policy", "delete-role-policy", "detach-role-policy"]
    );
}

#[test]
fn a_user_leaves_its_group_with_what_it_needs() {
    let text = "version: 1\naccount: \"111122223333\"\ndeployments:\n- consumer: kratix\n  bucket: bbb\n  \
                path: p\n  roles:\n  - name: user/writer\n    components: [controller]\n    trust: { user: {} }\n";
    let estate = estate(text);
    let audit = Audit::of(&estate);
    let objects = policy(&json!({"Effect": "Allow", "Resource": "arn:aws:s3:::bbb/p/*",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]}));
    let list = policy(
        &json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bbb",
        "Condition": {"StringLike": {"s3:prefix": "p/*"}}}),
    );
    let too_much =
        policy(&json!({"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::ccc*"}));
    let managed = "arn:aws:iam::111122223333:policy/objects";
    let mut dump = Dump(json!({
        "RoleDetailList": [], "Policies": [],
        "UserDetailList": [{"Path": "/", "UserName": "writer", "Arn": "arn:aws:iam::111122223333:user/writer",
            "UserPolicyList": [{"PolicyName": "list", "PolicyDocument": too_much}],
            "GroupList": ["devs", "others"], "AttachedManagedPolicies": []}],
        "GroupDetailList": [
            {"GroupName": "devs", "AttachedManagedPolicies": [{"PolicyName": "objects", "PolicyArn": managed}],
             "GroupPolicyList": [{"PolicyName": "list", "PolicyDocument": list},
                {"PolicyName": "much", "PolicyDocument": too_much}]},
            {"GroupName": "others", "AttachedManagedPolicies": [], "GroupPolicyList": []}]}));
    dump.add_policy(managed, 7, &objects);
    let fixes = assert_fixes(&dump, &audit);
    assert_eq!(
        commands(&fixes[0]),
        ["put-user-policy", "attach-user-policy", "delete-user-policy", "remove-user-from-group"]
    );
    // The name that the group's policy has is taken, though only until the last step.
    assert!(fixes[0].steps[0].command.as_ref().unwrap().contains("--policy-name list-2"));
}

#[test]
fn a_denial_gives_way_where_it_must() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let allowed = json!({"Sid": "Use", "Effect": "Allow", "Resource": ["arn:aws:s3:::bbb", "arn:aws:s3:::bbb/a/*"],
        "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"]});
    let denial = json!({"Sid": "Never", "Effect": "Deny", "Action": ["s3:PutObject", "s3:DeleteObject"],
        "Resource": "*"});
    let dump = Dump::role("pods", &[("p", policy(&json!([allowed, denial])))]);
    let fixes = assert_fixes(&dump, &audit);
    let edits = fixes[0].steps[0].edits.join("\n");
    assert!(edits.contains("statement 1 (Never), Action: take out `s3:PutObject`"), "{edits}");

    // A denial that hides excess is no reason to take more away than what it hides.
    let denial =
        json!({"Effect": "Deny", "NotAction": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"});
    let wide = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    assert_fixes(&Dump::role("pods", &[("p", policy(&json!([wide, denial])))]), &audit);
}

#[test]
fn other_layers_are_named_and_left_alone() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let cap = policy(
        &json!({"Sid": "Cap", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}),
    );
    let mut dump = Dump::role("pods", &[("p", everything_on_s3())]);
    let arn = "arn:aws:iam::111122223333:policy/cap";
    dump.0["RoleDetailList"][0]["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn});
    dump.add_policy(arn, 0, &cap);
    let fixes = dump.fixes(&audit);
    assert!(fixes[0].steps.is_empty() && fixes[0].files.is_empty());
    let why = why(&fixes[0]);
    assert!(why.contains("s3:PutObject") && why.contains("permissionsBoundary layer"), "{why}");
    assert!(why.contains("no edit of an identity policy helps"), "{why}");

    // The same from an organisation, by name.
    let scp = policy(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NoWrites", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]));
    let source = Arc::new(Source::new("scp.json", scp.to_string()));
    let scp = loose::policy(&source, PolicyKind::ServiceControl).unwrap();
    let beyond = BeyondIam { service_control: vec![vec![scp]], ..BeyondIam::default() };
    let audit = Audit { beyond, ..Audit::of(&estate) };
    let fixes = Dump::role("pods", &[("p", everything_on_s3())]).fixes(&audit);
    let why = self::why(&fixes[0]);
    assert!(why.contains("serviceControlPolicy layer") && why.contains("NoWrites"), "{why}");
}

/// What a boundary stops need not be taken out of the policies below it.
#[test]
fn no_more_is_edited_than_has_to_be() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let cap =
        policy(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::bbb/a/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bbb",
         "Condition": {"StringLike": {"s3:prefix": "a/*"}}}]));
    let mut dump = Dump::role(
        "pods",
        &[(
            "p",
            policy(&json!([
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"],
         "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}])),
        )],
    );
    let arn = "arn:aws:iam::111122223333:policy/cap";
    dump.0["RoleDetailList"][0]["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn});
    dump.add_policy(arn, 0, &cap);
    let fixes = assert_fixes(&dump, &audit);
    assert_eq!(fixes[0].steps[0].edits, ["statement 0, Action: take out `s3:DeleteObject`"]);
}

#[test]
fn what_an_edit_does_not_touch_stays() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let text = r#"{"Statement": {"Resource": "arn:aws:s3:::bbb/*", "Condition": {"numericlessthan": {"aws:MultiFactorAuthAge": 3600.0},
        "StringLikeIfExists": {"aws:PrincipalTag/team": ["*"]}}, "Effect": "Allow", "Action": ["s3:getobject", "s3:*"], "Sid": "X"},
        "Version": "2012-10-17"}"#;
    let list = policy(
        &json!([{"Effect": "Allow", "Resource": ["arn:aws:s3:::bbb", "arn:aws:s3:::bbb/a/*"],
        "Action": ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListBucket"]}]),
    );
    let dump = Dump::role("pods", &[("list", list), ("x", json!("X"))]);
    let text = dump.0.to_string().replace("\"X\"", text);
    let dump = Dump(serde_json::from_str(&text).unwrap());
    let found = {
        let source = Arc::new(Source::new("account.json", text));
        let all = leastwise::account::Selection::All;
        let account = leastwise::account::dump::read(&[source], &all).unwrap();
        let principals = audit
            .requirements
            .iter()
            .map(|one| (one, account.find(&one.role.arn().unwrap()).unwrap()));
        leastwise::fix::fixes(&audit, principals, &account.holders)
    };
    assert!(found[0].permissions.is_proved(), "{:?}", found[0].permissions);
    assert_patches(&dump, &found);
    let file = found[0].files.iter().find(|file| file.name == "pods.x.json").map(|f| &f.text);
    if let Some(text) = file {
        assert!(text.contains("3600.0") && text.contains("numericlessthan"), "{text}");
        assert!(text.find("\"Resource\"") < text.find("\"Effect\""), "{text}");
    }
}

#[test]
fn roles_that_others_keep_are_left_alone() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let mut dump = Dump::role("pods", &[("p", everything_on_s3())]);
    dump.0["RoleDetailList"][0]["Path"] = json!("/aws-reserved/sso.amazonaws.com/");
    let why = why(&dump.fixes(&audit)[0]);
    assert!(why.contains("permission set"), "{why}");
}

/// A condition on the network stays, and what it decides is no gap of the fix.
#[test]
fn what_depends_on_the_network_still_does() {
    let estate = argo();
    let audit = Audit::of(&estate);
    let dump = Dump::role(
        "pods",
        &[(
            "p",
            policy(&json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::bbb", "arn:aws:s3:::bbb/*"]},
        {"Sid": "Network", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}}])),
        )],
    );
    let fixes = assert_fixes(&dump, &audit);
    let Verdict::Proved { proof, .. } = &fixes[0].permissions else { panic!("not proved") };
    assert!(proof[0].contains("only for some values of `aws:SourceVpce`"), "{proof:?}");
    assert!(!fixes[0].steps[0].edits.iter().any(|edit| edit.contains("Network")));
}
