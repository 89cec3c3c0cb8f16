//! AWS's own managed policies, about 1,580 of them, as moto serves them: all are read, written back
//! and read again to the same value.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "support/moto.rs"]
mod moto;

use leastwise::iam::PolicyKind;
use leastwise::syntax::{parse_policy, to_compact, to_pretty};
use moto::Moto;
use std::collections::BTreeMap;

const POLICIES: &str = "
policies = iam.get_account_authorization_details(Filter=['AWSManagedPolicy'])['Policies']
print(json.dumps({p['Arn']: json.dumps(v['Document'])
    for p in policies for v in p['PolicyVersionList'] if v['IsDefaultVersion']}))
";

#[test]
fn managed_policies_survive_the_round_trip() {
    let Some(moto) = Moto::start(&[("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")]) else { return };
    let policies: BTreeMap<String, String> = serde_json::from_str(&moto.boto3(POLICIES)).unwrap();
    assert!(policies.len() > 1_400, "only {} policies", policies.len());
    let mut failures = Vec::new();
    for (name, text) in &policies {
        match parse_policy(text, PolicyKind::Identity) {
            Err(problems) => failures.push(format!("{name}: {problems:?}")),
            Ok(first) => {
                for written in [to_compact(&first.document), to_pretty(&first.document)] {
                    let second = parse_policy(&written, PolicyKind::Identity).unwrap();
                    assert_eq!(second.document, first.document, "{name}");
                    assert_eq!(to_compact(&second.document), to_compact(&first.document));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
