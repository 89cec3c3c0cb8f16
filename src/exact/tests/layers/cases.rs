//! The cases that AWS's pages on the evaluation of policies write out.

use super::world::{BUCKET, KEY, OTHER, OTHER_KEY, OWN, ROLE, SESSION, TARGET, Texts, USER};
use super::*;
use crate::evaluate::Truth;
use crate::iam::{Action, Caller, Request, RequestContext, Resource};
use crate::pattern::ArnPattern;

fn all(effect: &str, principal: &str, action: &str) -> String {
    let principal = match principal {
        "" => String::new(),
        "*" => r#""Principal":"*","#.to_owned(),
        arn => format!(r#""Principal":{{"AWS":"{arn}"}},"#),
    };
    format!(
        r#"{{"Sid":"{effect}","Effect":"{effect}",{principal}"Action":"{action}","Resource":"*"}}"#
    )
}

fn trust(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}"#)
}

fn none() -> Vec<String> {
    vec![all("Allow", "", "ec2:DescribeInstances")]
}

const READ: &str = "s3:GetObject";

/// Whether the request is allowed, by the engine, by its own check and by the evaluator; or what
/// stops it.
fn asked(texts: &Texts, action: &str, resource: &str) -> String {
    let documents = texts.parsed();
    let set = documents.set();
    let request = Request {
        caller: texts.caller.map(|caller| Caller::parse(caller).unwrap()),
        action: Action::parse(action).unwrap(),
        resource: Resource::parse(resource).unwrap(),
        resource_account: None,
        context: RequestContext::default(),
    };
    let decided = documents.decide(&request);
    let own = match set.decide(&request) {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown(_) => None,
    };
    assert_eq!(own, decided);
    let arn = ArnPattern::parse(resource, false).unwrap();
    let needed = [RequestBox::new(request.action.clone(), arn)];
    let found = gaps(&needed, &set, Budget::default());
    let boxes = RequestSet::of_boxes(Universe::embedded(), "needed", &needed);
    let included = includes(&set, &boxes, Budget::default());
    match found.gaps.first() {
        Some(gap) => {
            assert_eq!((decided, included), (Some(false), Some(false)), "{found:?}");
            gap.blocked_by.to_string()
        }
        None if found.exactness == Exactness::Exact => {
            assert_eq!((decided, included), (Some(true), Some(true)), "{found:?}");
            "allowed".to_owned()
        }
        None => {
            assert_eq!((decided, included), (None, None), "{found:?}");
            found.limits.iter().map(ToString::to_string).collect()
        }
    }
}

fn bucket(
    owner: Option<&'static str>,
    statement: String,
) -> Vec<(String, Option<&'static str>, Vec<String>)> {
    vec![(BUCKET.to_owned(), owner, vec![statement])]
}

const OBJECT: &str = "arn:aws:s3:::ab/a";

// AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
#[test]
fn a_boundary_limits_a_bucket_policy_only_where_it_names_the_role() {
    let boundary = Some(none());
    let of = |caller, principal: &str| {
        let resource = bucket(Some(OWN), all("Allow", principal, READ));
        let texts = Texts {
            caller: Some(caller),
            identity: none(),
            boundary: boundary.clone(),
            resource,
            ..Texts::default()
        };
        asked(&texts, READ, OBJECT)
    };
    assert_eq!(of(USER, USER), "allowed");
    assert_eq!(of(SESSION, SESSION), "allowed");
    assert_eq!(of(USER, "*"), "allowed");
    assert_eq!(of(ROLE, "*"), "allowed");
    assert_eq!(
        of(ROLE, ROLE),
        "allowed by the identity policy, not allowed by the permissions boundary `dev-boundary`"
    );
    assert_eq!(of(SESSION, ROLE), of(ROLE, ROLE));
    // The account alone grants nothing: identity policies have to.
    assert_eq!(of(USER, OWN), "not allowed by the identity policy `identity`");
}

#[test]
fn a_session_policy_limits_as_a_boundary_does() {
    let of = |caller, principal: &str| {
        let resource = bucket(Some(OWN), all("Allow", principal, READ));
        let session = Some(none());
        asked(
            &Texts {
                caller: Some(caller),
                identity: none(),
                session,
                resource,
                ..Texts::default()
            },
            READ,
            OBJECT,
        )
    };
    assert_eq!(of(SESSION, SESSION), "allowed");
    assert_eq!(
        of(SESSION, ROLE),
        "allowed by the identity policy, not allowed by the session policy `session`"
    );
}

#[test]
fn every_level_of_an_organization_has_to_allow() {
    let everything = || vec![all("Allow", "", "*")];
    let texts = |service_control| Texts {
        caller: Some(ROLE),
        identity: everything(),
        resource: bucket(Some(OWN), all("Allow", "*", READ)),
        service_control,
        ..Texts::default()
    };
    assert_eq!(asked(&texts(vec![everything(), everything()]), READ, OBJECT), "allowed");
    assert_eq!(
        asked(&texts(vec![everything(), none()]), READ, OBJECT),
        "allowed by the identity policy, not allowed by the service control policy `scp-unit` of level 1"
    );
    let denied = vec![vec![all("Allow", "", "*"), all("Deny", "", "s3:*")]];
    assert_eq!(
        asked(&texts(denied.clone()), READ, OBJECT),
        "allowed by the identity policy, stopped by the service control policy `scp-root` of level 0, statement `Deny`"
    );
    // It does not bind roles that AWS made for a service.
    let linked =
        "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    assert_eq!(asked(&Texts { caller: Some(linked), ..texts(denied) }, READ, OBJECT), "allowed");
}

// AWS: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
#[test]
fn a_resource_control_policy_denies_what_it_covers() {
    let texts = Texts {
        caller: Some(ROLE),
        identity: vec![all("Allow", "", "*")],
        resource_control: vec![vec![all("Deny", "*", "*")]],
        ..Texts::default()
    };
    assert_eq!(
        asked(&texts, READ, OBJECT),
        "allowed by the identity policy, stopped by the resource control policy `rcp-root` of level 0, statement `Deny`"
    );
    assert_eq!(asked(&texts, "ec2:DescribeInstances", "*"), "allowed");
}

// AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
#[test]
fn across_accounts_both_have_to_allow() {
    let of = |identity: bool, principal: &str, owner| {
        let identity = if identity { vec![all("Allow", "", READ)] } else { none() };
        let resource = bucket(owner, all("Allow", principal, READ));
        asked(&Texts { caller: Some(ROLE), identity, resource, ..Texts::default() }, READ, OBJECT)
    };
    for principal in [OWN, ROLE, "*"] {
        assert_eq!(of(true, principal, Some(OTHER)), "allowed", "{principal}");
        assert_eq!(
            of(false, principal, Some(OTHER)),
            "allowed by the resource policy, not allowed by the identity policy `identity`"
        );
    }
    assert_eq!(
        of(true, USER, Some(OTHER)),
        "allowed by the identity policy, not allowed by the resource policy `arn:aws:s3:::ab`"
    );
    assert_eq!(of(true, USER, Some(OWN)), "allowed");
    assert_eq!(of(false, ROLE, Some(OWN)), "allowed");
    // Nobody said whose it is.
    assert_eq!(of(true, ROLE, None), "allowed");
    let limit = of(false, ROLE, None);
    assert!(limit.contains("whose account owns the resource is not known"), "{limit}");
}

// AWS: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
#[test]
fn a_key_policy_decides_alone_unless_it_delegates() {
    let of = |identity: bool, key: &str, principal: &str| {
        let identity = if identity { vec![all("Allow", "", "kms:*")] } else { none() };
        let resource = vec![(key.to_owned(), None, vec![all("Allow", principal, "kms:*")])];
        asked(
            &Texts { caller: Some(ROLE), identity, resource, ..Texts::default() },
            "kms:Decrypt",
            key,
        )
    };
    assert_eq!(of(true, KEY, OWN), "allowed");
    assert_eq!(of(false, KEY, ROLE), "allowed");
    assert_eq!(
        of(true, KEY, USER),
        "allowed by the identity policy, not allowed by the key policy `arn:aws:kms:eu-west-1:111111111111:key/k`"
    );
    assert_eq!(
        of(false, KEY, OWN),
        "allowed by the key policy, not allowed by the identity policy `identity`"
    );
    assert_eq!(of(true, OTHER_KEY, ROLE), "allowed");
    assert_eq!(
        of(false, OTHER_KEY, ROLE),
        "allowed by the key policy, not allowed by the identity policy `identity`"
    );
}

#[test]
fn a_trust_policy_decides_alone_unless_it_names_the_account() {
    let of = |caller, identity: bool, principal: &str, boundary| {
        let identity = if identity { vec![all("Allow", "", "sts:AssumeRole")] } else { none() };
        let resource = vec![(TARGET.to_owned(), None, vec![trust(principal)])];
        asked(
            &Texts { caller: Some(caller), identity, boundary, resource, ..Texts::default() },
            "sts:AssumeRole",
            TARGET,
        )
    };
    assert_eq!(of(ROLE, false, ROLE, None), "allowed");
    assert_eq!(of(ROLE, true, OWN, None), "allowed");
    assert!(of(ROLE, false, OWN, None).ends_with("not allowed by the identity policy `identity`"));
    assert!(of(ROLE, true, USER, None).contains("not allowed by the trust policy"));
    // AWS's pages disagree on whether the boundary of a user counts here.
    let limit = of(USER, true, USER, Some(none()));
    assert!(limit.contains("AWS's pages disagree"), "{limit}");
}

#[test]
fn the_account_s_own_root_user_keeps_its_bucket_policy() {
    let root = "arn:aws:iam::111111111111:root";
    let texts = |owner| Texts {
        caller: Some(root),
        resource: bucket(owner, all("Deny", "*", "s3:*")),
        ..Texts::default()
    };
    assert_eq!(asked(&texts(Some(OWN)), "s3:GetBucketPolicy", BUCKET), "allowed");
    assert!(asked(&texts(Some(OWN)), "s3:ListBucket", BUCKET).contains("statement `Deny`"));
    assert!(asked(&texts(Some(OTHER)), "s3:GetBucketPolicy", BUCKET).contains("statement `Deny`"));
}

#[test]
fn the_statement_of_a_bucket_policy_is_blamed_for_what_it_alone_grants() {
    let texts = Texts {
        caller: Some(ROLE),
        identity: vec![all("Allow", "", READ)],
        resource: bucket(Some(OWN), all("Allow", ROLE, "s3:PutObject")),
        ..Texts::default()
    };
    let needed = identity(&all("Allow", "", READ));
    let documents = texts.parsed();
    let found = residual(&documents.set(), &set(&needed), Budget::default());
    assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
    let rows: Vec<(String, &[String])> =
        found.rows.iter().map(|row| (row.statement.to_string(), row.actions.as_slice())).collect();
    let statement = "resourcePolicy `arn:aws:s3:::ab`, statement 0 `Allow`".to_owned();
    assert_eq!(rows, [(statement, &["s3:PutObject".to_owned()][..])]);
    assert_eq!(found.rows[0].witness.caller, Caller::parse(ROLE).ok());
}

#[test]
fn who_asks_is_not_known() {
    let texts = |principal: &str| Texts {
        identity: none(),
        resource: bucket(Some(OWN), all("Allow", principal, READ)),
        ..Texts::default()
    };
    let limit = asked(&texts(ROLE), READ, OBJECT);
    assert!(limit.contains("who asks is not known"), "{limit}");
}

/// What is known of the caller beforehand may equal the text of a variable.
#[test]
fn facts_of_the_caller_may_meet_variables() {
    let nothing = identity(r#"{"Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"}"#);
    let nothing = set(&nothing);
    for (caller, condition) in [
        (ROLE, r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/${aws:PrincipalTag/t}"}"#),
        (ROLE, r#""StringLike":{"aws:PrincipalArn":"*/${aws:PrincipalTag/t}"}"#),
        (ROLE, r#""StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalTag/t}"}"#),
        (USER, r#""StringEquals":{"aws:username":"${aws:PrincipalTag/t}"}"#),
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"s3:DeleteBucket","Resource":"*","Condition":{{{condition}}}}}"#
        );
        let texts = Texts { caller: Some(caller), identity: vec![statement], ..Texts::default() };
        let documents = texts.parsed();
        let found = difference(&documents.set(), &nothing, Budget::default());
        assert!(!found.is_proven_empty(), "{condition}: {found:?}");
    }
}
