//! The golden account, put into a loopback AWS, is audited as its dump is.
#![cfg(feature = "aws")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail")]

#[path = "support/moto.rs"]
mod moto;
mod support;

use moto::Moto;
use std::fs;
use std::path::Path;
use support::leastwise_with;

/// moto's account.
const ACCOUNT: &str = "123456789012";

/// Makes every principal of a dump.
const SEED: &str = r#"
def text(document):
    return document if isinstance(document, str) else json.dumps(document)
def inline(name, policies, put, key):
    for policy in policies:
        put(**{key: name}, PolicyName=policy["PolicyName"], PolicyDocument=text(policy["PolicyDocument"]))
dump = json.load(open(os.environ["DUMP"]))
for policy in dump["Policies"]:
    version = next(v for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])
    iam.create_policy(PolicyName=policy["PolicyName"], PolicyDocument=text(version["Document"]))
for group in dump["GroupDetailList"]:
    iam.create_group(GroupName=group["GroupName"])
    inline(group["GroupName"], group.get("GroupPolicyList", []), iam.put_group_policy, "GroupName")
    for attached in group["AttachedManagedPolicies"]:
        iam.attach_group_policy(GroupName=group["GroupName"], PolicyArn=attached["PolicyArn"])
for user in dump["UserDetailList"]:
    iam.create_user(UserName=user["UserName"], Path=user["Path"])
    inline(user["UserName"], user.get("UserPolicyList", []), iam.put_user_policy, "UserName")
    for group in user["GroupList"]:
        iam.add_user_to_group(GroupName=group, UserName=user["UserName"])
    for attached in user["AttachedManagedPolicies"]:
        iam.attach_user_policy(UserName=user["UserName"], PolicyArn=attached["PolicyArn"])
for role in dump["RoleDetailList"]:
    iam.create_role(RoleName=role["RoleName"], Path=role["Path"], AssumeRolePolicyDocument=text(role["AssumeRolePolicyDocument"]))
    inline(role["RoleName"], role.get("RolePolicyList", []), iam.put_role_policy, "RoleName")
    for attached in role["AttachedManagedPolicies"]:
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=attached["PolicyArn"])
"#;

#[test]
fn a_live_account_is_audited_as_its_dump() {
    let Some(moto) = Moto::start(&[]) else { return };
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let folder = tempfile::tempdir().unwrap();
    let moved = |name: &str| {
        let text = fs::read_to_string(golden.join(name)).unwrap().replace("111122223333", ACCOUNT);
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (estate, dump) = (moved("leastwise.yaml"), moved("account.json"));
    moto.boto3(&SEED.replace("os.environ[\"DUMP\"]", &format!("{dump:?}")));

    let url = moto.url();
    let variables = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", &*url),
        ("AWS_CONFIG_FILE", "/dev/null"),
    ];
    for format in ["json", "table"] {
        let of_dump = leastwise_with(
            &["audit", "-f", &estate, "--account-dump", &dump, "--format", format],
            "",
            &[],
        );
        let live =
            leastwise_with(&["audit", "-f", &estate, "--live", "--format", format], "", &variables);
        assert_eq!(of_dump.status, 1, "{}", of_dump.stderr);
        assert_eq!((live.status, live.stdout), (of_dump.status, of_dump.stdout), "{}", live.stderr);
    }

    let again = folder.path().join("again.json");
    let dumped = leastwise_with(&["dump"], "", &variables);
    assert_eq!(dumped.status, 0, "{}", dumped.stderr);
    fs::write(&again, dumped.stdout).unwrap();
    let arguments = ["audit", "-f", &estate, "--account-dump", again.to_str().unwrap()];
    assert_eq!(leastwise_with(&arguments, "", &[]).status, 1);
}
