//! AWS's own managed policies, about 1,580 of them, as moto serves them: all are read, written back
//! and read again to the same value, and each is compared with its neighbours by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "support/managed.rs"]
mod managed;
#[path = "support/moto.rs"]
mod moto;

use leastwise::exact::{Budget, NamedPolicy, RequestSet, Universe, difference, includes};
use leastwise::iam::{ActionPattern, Clause, Effect, Layer, PolicyDocument, PolicyKind, Statement};
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

/// The statement, one for each action and resource that it names.
fn split(statement: &Statement) -> Vec<Statement> {
    let mut parts = vec![statement.clone()];
    if let Clause::Is(actions) = &statement.action {
        let one = |action: &ActionPattern| Statement {
            action: Clause::Is(vec![action.clone()]),
            ..statement.clone()
        };
        parts = actions.iter().map(one).collect();
    }
    let of = |part: Statement| match &part.resource {
        Some(Clause::Is(resources)) => resources
            .iter()
            .map(|one| Statement { resource: Some(Clause::Is(vec![one.clone()])), ..part.clone() })
            .collect(),
        _ => vec![part],
    };
    parts.into_iter().flat_map(of).collect()
}

/// What must not change what a policy allows, or change it in one way only, on real policies.
#[test]
fn laws_hold_for_real_policies() {
    let Some(policies) = managed::policies() else {
        eprintln!("skipped: moto is not installed");
        return;
    };
    let (mut proved, mut asked) = (0, 0);
    let mut within = |why: &str, inner: &RequestSet<'_>, outer: &RequestSet<'_>| {
        let found = includes(outer, inner, Budget::default());
        assert_ne!(found, Some(false), "{why}");
        asked += 1;
        proved += usize::from(found == Some(true));
    };
    for pair in policies.windows(2).step_by(4 * STEP) {
        let [(name, document), (_, other)] = pair else { continue };
        let with = |statements: Vec<Statement>| PolicyDocument { statements, ..document.clone() };
        let own = set(name, document);
        let statements = &document.statements;
        let reversed = with(statements.iter().rev().chain(statements.first()).cloned().collect());
        within(name, &own, &set("reversed", &reversed));
        within(name, &set("reversed", &reversed), &own);
        // Few enough to be quick.
        if statements.iter().map(|s| split(s).len()).sum::<usize>() < 150 {
            let parts = with(statements.iter().flat_map(split).collect());
            within(name, &own, &set("parts", &parts));
            within(name, &set("parts", &parts), &own);
        }
        let others =
            |effect| other.statements.iter().map(move |s| Statement { effect, ..s.clone() });
        let more = with(statements.iter().cloned().chain(others(Effect::Allow)).collect());
        within(name, &own, &set("more", &more));
        let less = with(statements.iter().cloned().chain(others(Effect::Deny)).collect());
        within(name, &set("less", &less), &own);
        let layers = [(Layer::Identity, document), (Layer::PermissionsBoundary, other)];
        let layers = layers
            .map(|(layer, document)| (layer, vec![NamedPolicy { name: name.as_str(), document }]));
        within(name, &RequestSet::new(Universe::embedded(), layers), &own);
    }
    assert!(asked > 500 && proved * 10 > asked * 7, "{proved} of {asked} are proved");
}
