//! Live accounts: against moto, and against a stub for what moto never shows.
#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "support/moto.rs"]
mod moto;
#[path = "support/stub.rs"]
mod stub;

use leastwise::account::live::{self, AssumeRole, Credentials, LiveError, Options};
use leastwise::account::{Account, NamedPolicy, PermissionsBoundary, Selection, dump};
use leastwise::source::Source;
use leastwise::syntax::to_compact;
use moto::Moto;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use stub::{Stub, error};

/// Roles and a user with every kind of layer.
const SEED: &str = r#"
def doc(action, resource, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(Effect="Allow", Action=action, Resource=resource, **more)]})
trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
cap = iam.create_policy(PolicyName="cap", Path="/caps/", PolicyDocument=doc("s3:*", "*"))["Policy"]["Arn"]
logs = iam.create_policy(PolicyName="logs", PolicyDocument=doc("s3:*", "*"))["Policy"]["Arn"]
iam.create_policy_version(PolicyArn=logs, PolicyDocument=doc("s3:PutObject", "arn:aws:s3:::acme+logs/*"), SetAsDefault=True)
iam.create_role(RoleName="argo", Path="/ci/", AssumeRolePolicyDocument=trust, PermissionsBoundary=cap, Tags=[{"Key": "team", "Value": "ci"}])
iam.put_role_policy(RoleName="argo", PolicyName="objects", PolicyDocument=doc(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-argo/100% a+b/*"))
iam.put_role_policy(RoleName="argo", PolicyName="list", PolicyDocument=doc("s3:ListBucket", "arn:aws:s3:::acme-argo", Condition={"StringLike": {"s3:prefix": ["a/*", "ü/*"]}}))
iam.attach_role_policy(RoleName="argo", PolicyArn=logs)
iam.create_role(RoleName="empty", AssumeRolePolicyDocument=trust)
iam.create_group(GroupName="developers")
iam.put_group_policy(GroupName="developers", PolicyName="lists", PolicyDocument=doc("s3:ListAllMyBuckets", "*"))
iam.create_group(GroupName="writers")
iam.attach_group_policy(GroupName="writers", PolicyArn=logs)
for name in ["alice", "bob"]:
    iam.create_user(UserName=name, Path="/staff/", PermissionsBoundary=cap)
    iam.add_user_to_group(GroupName="developers", UserName=name)
iam.add_user_to_group(GroupName="writers", UserName="alice")
iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=doc("s3:GetObject", "arn:aws:s3:::alice/*"))
iam.attach_user_policy(UserName="alice", PolicyArn=logs)
"#;

const DUMP: &str = "d = iam.get_account_authorization_details()\ndel d['ResponseMetadata']\nprint(json.dumps(d, default=str))";

/// What is the same for every reader: all but places.
fn shown(account: &Account) -> BTreeMap<&str, Vec<String>> {
    let policy =
        |policy: &NamedPolicy| format!("{} {}", policy.name(), to_compact(&policy.document));
    let principal = |p: &leastwise::account::IamPrincipal| {
        let mut lines: Vec<String> = p.identity.iter().chain(&p.trust).map(policy).collect();
        if let PermissionsBoundary::Policy(boundary) = &p.permissions_boundary {
            lines.push(policy(boundary));
        }
        let mut groups = p.groups.clone();
        groups.sort();
        lines.push(format!("{} {} {} {:?} {groups:?} {:?}", p.kind, p.path, p.name, p.id, p.tags));
        lines.push(format!("not seen {:?}", p.not_seen));
        lines.sort();
        lines
    };
    account.principals.iter().map(|(arn, p)| (&**arn, principal(p))).collect()
}

/// Credentials that any loopback server takes.
fn options(url: &str) -> Options {
    Options {
        region: Some("us-east-1".into()),
        endpoint_url: Some(url.into()),
        credentials: Some(Credentials {
            access_key_id: "test".into(),
            secret_access_key: "test".into(),
            session_token: None,
        }),
        ..Options::default()
    }
}

fn named(names: &[&str]) -> Selection {
    Selection::Named(names.iter().map(|&name| name.to_owned()).collect())
}

fn fails(options: &Options) -> LiveError {
    live::read(options, &Selection::All).unwrap_err()
}

#[test]
fn live_and_dump_show_the_same_account() {
    let Some(moto) = Moto::start(&[]) else { return };
    moto.boto3(SEED);
    let whole = live::read(&options(&moto.url()), &Selection::All).unwrap();
    assert_eq!(whole.unreadable, []);
    assert_eq!(whole.principals.len(), 4);
    assert_eq!(whole.id.unwrap().to_string(), "123456789012");

    let names = ["argo", "role/empty", "user/alice", "arn:aws:iam::123456789012:user/staff/bob"];
    let some = live::read(&options(&moto.url()), &named(&names)).unwrap();
    assert_eq!(some.unreadable, []);
    assert_eq!(shown(&some), shown(&whole));

    let dumped = Arc::new(Source::new("boto3", moto.boto3(DUMP)));
    let dumped = dump::read(&[dumped], &Selection::All).unwrap();
    assert_eq!(dumped.unreadable, []);
    assert_eq!(shown(&dumped), shown(&whole));

    // Our own dump holds what the live account holds, boundaries too, which boto3's may lack.
    let own = live::dump(&options(&moto.url()), &Selection::All).unwrap();
    assert_eq!(own.missing, []);
    let own = dump::read(&[Arc::new(Source::new("own", own.text))], &Selection::All).unwrap();
    assert_eq!(shown(&own), shown(&whole));

    let argo = whole.find("argo").unwrap();
    assert_eq!(argo.arn, "arn:aws:iam::123456789012:role/ci/argo");
    let texts: Vec<String> = argo.identity.iter().map(|p| to_compact(&p.document)).collect();
    assert!(texts.iter().any(|text| text.contains("acme-argo/100% a+b/*")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("acme+logs")), "{texts:?}");
    assert!(matches!(&argo.permissions_boundary, PermissionsBoundary::Policy(_)));

    let wrong = ["argos", "role/empty", "arn:aws:iam::123456789012:role/argo"];
    let wrong = live::read(&options(&moto.url()), &named(&wrong)).unwrap();
    assert_eq!(wrong.principals.len(), 1);
    let missing: Vec<_> = wrong.unreadable.iter().map(|n| (&*n.arn, &*n.why)).collect();
    assert_eq!(
        missing,
        [("argos", "role not found"), ("arn:aws:iam::123456789012:role/argo", "role not found")]
    );
    let help = wrong.unreadable[1].help.as_deref();
    assert_eq!(help, Some("did you mean `arn:aws:iam::123456789012:role/ci/argo`?"));

    let role = |arn: &str| AssumeRole {
        arn: arn.into(),
        external_id: Some("x-1".into()),
        session_name: None,
    };
    let assumed = Options {
        assume_role: Some(role("arn:aws:iam::123456789012:role/empty")),
        ..options(&moto.url())
    };
    assert_eq!(shown(&live::read(&assumed, &Selection::All).unwrap()), shown(&whole));
    let other = Options {
        assume_role: Some(role("arn:aws:iam::999999999999:role/audit")),
        ..options(&moto.url())
    };
    let other = live::read(&other, &named(&["argo"])).unwrap();
    assert_eq!(other.id.unwrap().to_string(), "999999999999");
    assert_eq!(other.unreadable.len(), 1);
}

fn role_detail(name: &str) -> String {
    let document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
    format!(
        "<Path>/</Path><RoleName>{name}</RoleName><RoleId>AROA{name}</RoleId>\
         <Arn>arn:aws:iam::111122223333:role/{name}</Arn><CreateDate>2024-01-02T03:04:05Z</CreateDate>\
         <AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument>"
    )
}

#[test]
fn pages_are_read_to_the_end() {
    let stub = Stub::start(|call| {
        let (name, more) = match call.get("Marker").map(String::as_str) {
            None => ("one", "<IsTruncated>true</IsTruncated><Marker>m1</Marker>"),
            Some("m1") => ("two", "<IsTruncated>true</IsTruncated><Marker>m2</Marker>"),
            _ => ("three", "<IsTruncated>false</IsTruncated>"),
        };
        let role = role_detail(name);
        (200, format!("<RoleDetailList><member>{role}</member></RoleDetailList>{more}"))
    });
    let account = live::read(&options(&stub.url), &Selection::All).unwrap();
    let names: Vec<&str> = account.principals.values().map(|p| &*p.name).collect();
    assert_eq!(names, ["one", "three", "two"]);
    let calls = stub.calls.lock().unwrap();
    let call = "GetAccountAuthorizationDetails";
    assert_eq!(
        *calls,
        ["GetCallerIdentity".into(), call.into(), format!("{call} m1"), format!("{call} m2")]
    );
}

#[test]
fn pages_that_lead_nowhere_are_no_account() {
    for marker in ["", "<Marker>again</Marker>"] {
        let stub = Stub::start(move |_| (200, format!("<IsTruncated>true</IsTruncated>{marker}")));
        let error = fails(&options(&stub.url));
        assert!(error.message.contains("says that more follows, but not where"), "{error}");
    }
}

#[test]
fn lists_of_one_role_are_paged_too() {
    let stub = Stub::start(|call| {
        let first = !call.contains_key("Marker");
        let more = if first { "<IsTruncated>true</IsTruncated><Marker>m</Marker>" } else { "" };
        let page = if first { "1" } else { "2" };
        let body = match &*call["Action"] {
            "GetRole" => format!("<Role>{}</Role>", role_detail(&call["RoleName"])),
            "ListRolePolicies" => {
                format!("<PolicyNames><member>inline{page}</member></PolicyNames>{more}")
            }
            "GetRolePolicy" => format!(
                "<RoleName>app</RoleName><PolicyName>{}</PolicyName><PolicyDocument>\
                 {{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}}}\
                 </PolicyDocument>",
                call["PolicyName"]
            ),
            "ListAttachedRolePolicies" => format!(
                "<AttachedPolicies><member><PolicyArn>arn:aws:iam::aws:policy/p{page}</PolicyArn></member></AttachedPolicies>{more}"
            ),
            "GetPolicy" => "<Policy><DefaultVersionId>v7</DefaultVersionId></Policy>".to_owned(),
            "GetPolicyVersion" => format!(
                "<PolicyVersion><VersionId>{}</VersionId><IsDefaultVersion>true</IsDefaultVersion>\
                 <Document>{{\"Statement\":{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}}}</Document></PolicyVersion>",
                call["VersionId"]
            ),
            other => panic!("{other}"),
        };
        (200, body)
    });
    let account = live::read(&options(&stub.url), &named(&["app"])).unwrap();
    let names: Vec<&str> =
        account.find("app").unwrap().identity.iter().map(NamedPolicy::name).collect();
    assert_eq!(
        names,
        [
            "inline:inline1",
            "inline:inline2",
            "managed:arn:aws:iam::aws:policy/p1",
            "managed:arn:aws:iam::aws:policy/p2"
        ]
    );
}

#[test]
fn a_refused_role_does_not_stop_the_others() {
    let stub = Stub::start(|call| {
        let role = call.get("RoleName").map_or("", String::as_str);
        match (&*call["Action"], role) {
        ("GetPolicy", _) => error(403, "AccessDenied", "no"),
        ("GetRole", "hidden") => error(403, "AccessDenied", "User is not authorized to perform: iam:GetRole"),
        ("GetRole", "gone") => error(404, "NoSuchEntity", "The role with name gone cannot be found."),
        ("GetRole", name) => (200, format!("<Role>{}</Role>", role_detail(name))),
        ("ListRolePolicies", "secret") => error(403, "AccessDenied", "no"),
        ("ListRolePolicies", "busy") => error(400, "Throttling", "Rate exceeded"),
        ("ListRolePolicies", _) => (200, "<PolicyNames/>".into()),
        ("ListAttachedRolePolicies", "limited") => (
            200,
            "<AttachedPolicies><member><PolicyArn>arn:aws:iam::111122223333:policy/p</PolicyArn></member></AttachedPolicies>".into(),
        ),
        _ => (200, "<AttachedPolicies/>".into()),
    }
    });
    let names = ["hidden", "secret", "open", "gone", "busy", "limited"];
    let account = live::read(&options(&stub.url), &named(&names)).unwrap();
    assert_eq!(
        account.principals.keys().collect::<Vec<_>>(),
        ["arn:aws:iam::111122223333:role/open"]
    );
    let lines: Vec<String> = account
        .unreadable
        .iter()
        .map(|n| format!("{}: {} ({})", n.arn, n.why, n.help.as_deref().unwrap_or_default()))
        .collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/account"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!("refused", lines.join("\n")) });
    assert!(account.find("hidden").unwrap_err().why.contains("iam:GetRole"));

    let dumped = live::dump(&options(&stub.url), &named(&names)).unwrap();
    let missing: Vec<&str> = dumped.missing.iter().map(|missing| &*missing.arn).collect();
    assert_eq!(
        missing,
        [
            "arn:aws:iam::111122223333:policy/p",
            "arn:aws:iam::111122223333:role/busy",
            "arn:aws:iam::111122223333:role/secret",
            "gone",
            "hidden"
        ]
    );
    let read = dump::read(&[Arc::new(Source::new("own", dumped.text))], &Selection::All).unwrap();
    assert_eq!(shown(&read), shown(&account));
}

#[test]
fn what_refuses_everything_is_an_error_with_a_remedy() {
    let stub = Stub::start(|_| error(403, "AccessDenied", "not authorized"));
    let denied = fails(&options(&stub.url));
    assert!(denied.message.contains("`iam:GetAccountAuthorizationDetails` is denied"), "{denied}");
    assert!(denied.help.unwrap().contains("own-policy"));

    // Nothing listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let started = Instant::now();
    let dead = fails(&options(&format!("http://{free}")));
    assert!(dead.message.contains(&free.to_string()), "{dead}");
    assert!(dead.message.contains("refused"), "{dead}");
    assert!(dead.help.unwrap().contains("--endpoint-url"));
    assert!(started.elapsed() < Duration::from_secs(20));

    // Something listens and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let quick = Options { operation_timeout: Duration::from_secs(1), ..options(&url) };
    let late = fails(&quick);
    assert!(late.message.contains("no answer in time"), "{late}");
    assert!(late.message.contains(&url), "{late}");

    // What answers is not AWS.
    let stub = Stub::start_all(|_| (200, "<html><body>Log in</body></html>".into()));
    let strange = fails(&options(&stub.url));
    assert!(strange.message.contains(&stub.url), "{strange}");

    let no_url = fails(&options("127.0.0.1:5000"));
    assert!(no_url.message.contains("is no URL"), "{no_url}");
}

#[test]
fn without_credentials_there_is_a_clear_error() {
    // The environment belongs to the whole process: a child gets its own.
    for (variables, expected) in [
        (&[][..], "no AWS credentials"),
        (&[("AWS_PROFILE", "not-there")][..], "not-there"),
        (&[("AWS_CA_BUNDLE", "/not/there.pem")][..], "`AWS_CA_BUNDLE` names `/not/there.pem`"),
        (
            &[("AWS_CA_BUNDLE", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))][..],
            "holds no certificate",
        ),
    ] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--ignored", "--exact", "child_without_credentials", "--nocapture"]);
        child.env_clear().env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", "/nonexistent");
        child.envs(variables.iter().copied());
        let output = child.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.contains(expected), "{variables:?}: {text}");
        assert!(text.contains("help: "), "{text}");
    }
}

#[test]
#[ignore = "run by `without_credentials_there_is_a_clear_error` in an environment of its own"]
fn child_without_credentials() {
    let stub = Stub::start(|_| panic!("nothing may be sent without credentials"));
    let options = Options { endpoint_url: Some(stub.url), ..Options::default() };
    let error = fails(&options);
    eprintln!("error: {error}\nhelp: {}", error.help.as_deref().unwrap_or_default());
}
