//! AWS's own managed policies, about 1,580 of them, as moto serves them: all are read, written back
//! and read again to the same value, and each is compared with its neighbours by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "support/managed.rs"]
mod managed;
#[path = "support/moto.rs"]
mod moto;

use leastwise::exact::{Budget, RequestSet, Universe, difference};
use leastwise::iam::{Layer, PolicyDocument, PolicyKind};
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

/// One pair of neighbours in so many is compared: without optimisation all take long.
const STEP: usize = if cfg!(debug_assertions) { 3 } else { 1 };

fn set<'a>(name: &'a str, document: &'a PolicyDocument) -> RequestSet<'a> {
    RequestSet::of_document(Universe::embedded(), Layer::Identity, name, document)
}

#[test]
fn neighbours_differ_as_the_evaluator_says() {
    let Some(policies) = managed::policies() else {
        eprintln!("skipped: moto is not installed");
        return;
    };
    let (mut pairs, mut witnesses) = (0, 0);
    for pair in policies.windows(2).step_by(STEP) {
        let [(a, first), (b, second)] = pair else { continue };
        let (first, second) = (set(a, first), set(b, second));
        for (left, right) in [(&first, &second), (&second, &first)] {
            let found = difference(left, right, Budget::default());
            pairs += 1;
            witnesses += found.leaves.len();
            for leaf in &found.leaves {
                assert!(left.decide(&leaf.witness).is_true(), "{a} {b}: {:?}", leaf.witness);
                assert!(right.decide(&leaf.witness).is_false(), "{a} {b}: {:?}", leaf.witness);
            }
        }
        // Nothing is more than itself.
        assert!(difference(&first, &first, Budget::default()).leaves.is_empty(), "{a}");
    }
    assert!(pairs > 400 && witnesses > pairs, "{pairs} differences with {witnesses} witnesses");
}
