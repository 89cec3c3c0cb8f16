//! What wildcards grant of actions that are yet to come.

use super::*;
use crate::catalogue::Catalogue;
use crate::iam::{Action, Request, RequestContext, Resource};
use proptest::prelude::*;

fn allow(actions: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":[{actions}],"Resource":"*"}}"#)
}

/// What is granted to come, one line each.
fn grants(left: &str, right: &str) -> Vec<String> {
    let (left, right) = (identity(left), identity(right));
    let found = future(&set(&left), &set(&right), Budget::default());
    assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
    let line = |g: &FutureGrant| format!("{}: {}", g.patterns.join(", "), g.witness.action);
    found.grants.iter().map(line).collect()
}

#[test]
fn a_wildcard_grants_more_than_the_list_of_all_that_it_takes_today() {
    let catalogue = Catalogue::embedded();
    let ids = catalogue.service_range("s3");
    let all: Vec<String> =
        ids.map(|id| format!("\"{}\"", catalogue.name(crate::catalogue::ActionId(id)))).collect();
    let (wild, listed) = (allow("\"s3:*\""), allow(&all.join(",")));
    assert_eq!(witnesses_today(&wild, &listed), 0);
    assert_eq!(grants(&wild, &listed), ["s3:*: s3:Example"]);
    assert_eq!(grants(&listed, &wild), [""; 0]);
    let (wild, listed) = (identity(&wild), identity(&listed));
    assert_eq!(includes(&set(&listed), &set(&wild), Budget::default()), Some(false));
    assert_eq!(includes(&set(&wild), &set(&listed), Budget::default()), Some(true));
    assert_eq!(equivalent(&set(&wild), &set(&listed), Budget::default()), Some(false));
}

fn witnesses_today(left: &str, right: &str) -> usize {
    let (left, right) = (identity(left), identity(right));
    difference(&set(&left), &set(&right), Budget::default()).leaves.len()
}

#[test]
fn patterns_lie_to_each_other_as_their_names_do() {
    let get = allow("\"s3:Get*\"");
    let object = allow("\"s3:GetObject*\"");
    assert_eq!(grants(&object, &get), [""; 0]);
    assert_eq!(grants(&get, &object), ["s3:Get*: s3:GetExample"]);
    assert_eq!(grants(&get, &allow("\"s3:G*\",\"s3:Put*\"")), [""; 0]);
    assert_eq!(grants(&allow("\"*\""), &allow("\"s3:*\"")), ["*: example:Action"]);
    assert_eq!(grants(&allow("\"s3:GetObject\""), &allow("\"s3:PutObject\"")), [""; 0]);
    // All but some, and what a Deny takes.
    let but = r#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#;
    assert_eq!(grants(but, &allow("\"*\"")), [""; 0]);
    assert_eq!(grants(&allow("\"*\""), but), ["*: s3:Example"]);
    let denied =
        format!(r#"{},{{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}}"#, allow("\"s3:*\""));
    assert_eq!(grants(&get, &denied), ["s3:Get*: s3:GetExample"]);
    assert_eq!(grants(&denied, &allow("\"s3:*\"")), [""; 0]);
    // An action that is named in full is one of today's.
    let named = allow("\"s3:Future\"");
    assert_eq!(grants(&named, &allow("\"s3:GetObject\"")), [""; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn actions_to_come_are_all_looked_at(
        left in prop::collection::vec(("s3:[gxe*?]{1,4}|\\*|s3:get[ob*]{1,2}", prop::bool::weighted(0.8)), 1..4),
        right in prop::collection::vec(("s3:[gxe*?]{1,4}|s3:get[ob*]{1,2}", prop::bool::weighted(0.8)), 1..4),
    ) {
        let text = |entries: &[(String, bool)]| {
            let one = |(action, allow): &(String, bool)| format!(
                r#"{{"Effect":"{}","Action":"{action}","Resource":"*"}}"#,
                if *allow { "Allow" } else { "Deny" });
            entries.iter().map(one).collect::<Vec<_>>().join(",")
        };
        let (l, r) = (identity(&text(&left)), identity(&text(&right)));
        let (l, r) = (set(&l), set(&r));
        let found = future(&l, &r, Budget::default());
        prop_assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
        let literal = |name: &str| left.iter().chain(&right).any(|(entry, _)| entry == name);
        let mut names = vec!["s3:".to_owned()];
        let mut all = Vec::new();
        for _ in 0..4 {
            names = names.iter()
                .flat_map(|n| ["g", "x", "e", "q"].map(|c| format!("{n}{c}"))).collect();
            all.extend(names.iter().cloned());
        }
        all.extend(["s3:getx", "s3:getobx", "s3:getob", "other:get"].map(str::to_owned));
        for name in all.iter().filter(|n| !literal(n) && Catalogue::embedded().find(n).is_none()) {
            let request = Request {
                caller: None,
                action: Action::parse(name).unwrap(),
                resource: Resource::parse("arn:aws:s3:::b/k").unwrap(),
                resource_account: None,
                context: RequestContext::default(),
            };
            let differs =
                l.decide(&request).is_true() && r.decide(&request).is_false();
            prop_assert!(!differs || !found.grants.is_empty(), "{}", name);
        }
        for grant in &found.grants {
            let action = grant.witness.action.folded();
            prop_assert!(Catalogue::embedded().find(action).is_none() && !literal(action));
            prop_assert!(l.decide(&grant.witness).is_true());
            prop_assert!(r.decide(&grant.witness).is_false());
        }
    }
}
