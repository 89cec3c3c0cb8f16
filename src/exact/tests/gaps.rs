//! Needed requests that are not allowed, and those whose fate depends on open keys.

use super::model::{self, Value};
use super::random::{Layers, documents, layers, model_of, set_of};
use super::*;
use crate::iam::{Action, ContextKey, ContextValue};
use crate::pattern::{ArnPattern, Pattern};
use proptest::prelude::*;

fn needed(action: &str, resource: &str, fixed: &[(&str, Fixed)]) -> RequestBox {
    let fixed = fixed.iter().map(|(key, fixed)| (ContextKey::new(key), fixed.clone())).collect();
    let arn = ArnPattern::parse(resource, true).unwrap();
    RequestBox { fixed, ..RequestBox::new(Action::parse(action).unwrap(), arn) }
}

fn like(pattern: &str) -> Fixed {
    Fixed::Like(Pattern::glob(pattern))
}

/// One line for each gap: the request, what stops it, on what it depends.
fn lines(needed: &[RequestBox], layers: &[(Layer, &str)]) -> Vec<String> {
    let documents: Vec<(Layer, PolicyDocument)> =
        layers.iter().map(|(layer, text)| (*layer, identity(text))).collect();
    let policies = documents
        .iter()
        .map(|(layer, document)| (*layer, vec![NamedPolicy { name: layer.name(), document }]));
    let found = gaps(needed, &RequestSet::new(Universe::embedded(), policies), Budget::default());
    let value = |value: &Option<ContextValue>| match value {
        None => "absent".to_owned(),
        Some(ContextValue::Single(text)) => format!("{text:?}"),
        Some(other) => format!("{other:?}"),
    };
    let line = |gap: &Gap| {
        let w = &gap.witness;
        let context: Vec<String> =
            w.context.iter().map(|(k, v)| format!(" {k}={}", value(&Some(v.clone())))).collect();
        let depends: Vec<String> = gap
            .depends_on
            .iter()
            .map(|d| {
                let value = if d.is_variable { "?".to_owned() } else { value(&d.through) };
                format!(" unless {}={value}", d.key)
            })
            .collect();
        format!(
            "{} {}{}: {}{}",
            w.action,
            w.resource,
            context.concat(),
            gap.blocked_by,
            depends.concat()
        )
    };
    let mut lines: Vec<String> = found.gaps.iter().map(line).collect();
    lines.extend(found.limits.iter().map(|limit| format!("{}: {limit}", found.exactness)));
    lines
}

const READ: &str =
    r#"{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}"#;

#[test]
fn what_is_allowed_is_no_gap() {
    let object = needed("s3:GetObject", "arn:aws:s3:::acme/artifacts/*", &[]);
    assert_eq!(lines(std::slice::from_ref(&object), &[(Layer::Identity, READ)]), [""; 0]);
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert_eq!(lines(&[object], &[(Layer::Identity, all)]), [""; 0]);
}

#[test]
fn the_layer_that_blocks_is_named() {
    let object = needed("s3:GetObject", "arn:aws:s3:::acme/artifacts/*", &[]);
    let boundary = r#"{"Effect":"Allow","Action":"s3:List*","Resource":"*"}"#;
    assert_eq!(
        lines(
            std::slice::from_ref(&object),
            &[(Layer::Identity, READ), (Layer::PermissionsBoundary, boundary)],
        ),
        [
            "s3:GetObject arn:aws:s3:::acme/artifacts/example-key: allowed by the identity policy, not allowed by the permissions boundary `permissionsBoundary`"
        ],
    );
    let deny = format!(
        r#"{READ},{{"Sid":"No","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::acme/artifacts/secret/*"}}"#
    );
    assert_eq!(
        lines(std::slice::from_ref(&object), &[(Layer::Identity, &deny)]),
        [
            "s3:GetObject arn:aws:s3:::acme/artifacts/secret/example-key: stopped by the identity policy `identity`, statement `No`"
        ],
    );
    let put = needed("s3:PutObject", "arn:aws:s3:::acme/*", &[]);
    assert_eq!(
        lines(&[put], &[(Layer::Identity, READ)]),
        [
            "s3:PutObject arn:aws:s3:::acme/example-key: not allowed by the identity policy `identity`"
        ],
    );
}

#[test]
fn open_keys_make_no_false_alarm() {
    let tls = format!(
        r#"{READ},{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}"#
    );
    let open = needed("s3:GetObject", "arn:aws:s3:::acme/*", &[]);
    assert_eq!(
        lines(&[open], &[(Layer::Identity, &tls)]),
        ["s3:GetObject arn:aws:s3:::acme/example-key aws:SecureTransport=\"false\": \
          stopped by the identity policy `identity`, statement 1 unless aws:SecureTransport=\"true\""],
    );
    let fixed = [("aws:SecureTransport", Fixed::Equals("true".into()))];
    let https = needed("s3:GetObject", "arn:aws:s3:::acme/*", &fixed);
    assert_eq!(lines(&[https], &[(Layer::Identity, &tls)]), [""; 0]);
    let fixed = [("aws:SecureTransport", Fixed::Equals("false".into()))];
    let http = needed("s3:GetObject", "arn:aws:s3:::acme/*", &fixed);
    assert_eq!(
        lines(&[http], &[(Layer::Identity, &tls)]),
        ["s3:GetObject arn:aws:s3:::acme/example-key aws:SecureTransport=\"false\": \
          stopped by the identity policy `identity`, statement 1"],
    );
    let endpoint = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*",
        "Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}}"#;
    let open = needed("s3:GetObject", "arn:aws:s3:::acme/*", &[]);
    assert_eq!(
        lines(&[open], &[(Layer::Identity, endpoint)]),
        [
            "s3:GetObject arn:aws:s3:::acme/example-key: not allowed by the identity policy `identity` unless aws:SourceVpce=\"vpce-1a2b3c4d\""
        ],
    );
}

#[test]
fn a_list_needs_its_prefix() {
    let role = r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
        "Condition":{"StringLike":{"s3:prefix":"artifacts/*"}}}"#;
    let list = |fixed| needed("s3:ListBucket", "arn:aws:s3:::acme", &[("s3:prefix", fixed)]);
    let layers = [(Layer::Identity, role)];
    assert_eq!(lines(&[list(like("artifacts/argo/*"))], &layers), [""; 0]);
    assert_eq!(
        lines(&[list(like("art*"))], &layers),
        [
            "s3:ListBucket arn:aws:s3:::acme s3:prefix=\"art\": not allowed by the identity policy `identity`"
        ],
    );
    assert_eq!(
        lines(&[list(Fixed::Absent)], &layers),
        ["s3:ListBucket arn:aws:s3:::acme: not allowed by the identity policy `identity`"],
    );
}

#[test]
fn variables_make_it_depend_on_their_keys() {
    let role = r#"{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::acme/${aws:PrincipalTag/kubernetes-namespace}/*"}"#;
    let object = needed("s3:GetObject", "arn:aws:s3:::acme/team-a/*", &[]);
    assert_eq!(
        lines(&[object], &[(Layer::Identity, role)]),
        [
            "s3:GetObject arn:aws:s3:::acme/team-a/example-key: not allowed by the identity policy `identity` \
          unless aws:PrincipalTag/kubernetes-namespace=?"
        ],
    );
}

const TEAM: &str = "artifacts/${aws:PrincipalTag/kubernetes-namespace}/*";

/// What every tenant needs, whichever its tag says, and a policy that gives a prefix of it.
fn tenant(prefix: &str) -> (Vec<RequestBox>, String) {
    let like = Pattern::parse(TEAM, crate::pattern::Syntax::GlobWithVariables);
    let needed = vec![
        needed("s3:GetObject", &format!("arn:aws:s3:::acme/{TEAM}"), &[]),
        needed("s3:ListBucket", "arn:aws:s3:::acme", &[("s3:prefix", Fixed::Like(like))]),
    ];
    let policy = format!(
        r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/{prefix}"}},
           {{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
             "Condition":{{"StringLike":{{"s3:prefix":"{prefix}"}}}}}}"#
    );
    (needed, policy)
}

#[test]
fn one_policy_for_all_tenants_is_proved_for_every_tag() {
    let universe = Universe::embedded();
    let proved = |prefix: &str| {
        let (needed, policy) = tenant(prefix);
        let document = identity(&policy);
        let may = RequestSet::of_boxes(universe, "may", &needed);
        prove(&needed, &set(&document), &may, Budget::default())
    };
    assert_eq!(proved(TEAM).unwrap(), Proof { needed: 2 });
    assert!(matches!(proved("artifacts/*"), Err(Counterexample::Excess(_))));
    let first = "artifacts/${aws:PrincipalTag/kubernetes-namespace}/a*";
    assert!(matches!(proved(first), Err(Counterexample::Gap(_))));
    let other = "artifacts/${aws:PrincipalTag/team}/*";
    assert!(matches!(proved(other), Err(Counterexample::Gap(gap)) if gap.depends_on.len() == 1));
    assert!(matches!(proved("artifacts/team-a/*"), Err(Counterexample::Gap(_))));
}

#[test]
fn a_policy_for_all_tenants_gives_one_tenant_its_own() {
    let (_, policy) = tenant(TEAM);
    let tag = [("aws:PrincipalTag/kubernetes-namespace", Fixed::Equals("team-a".into()))];
    let own = needed("s3:GetObject", "arn:aws:s3:::acme/artifacts/team-a/*", &tag);
    assert_eq!(lines(&[own], &[(Layer::Identity, &policy)]), [""; 0]);
    let others = needed("s3:GetObject", "arn:aws:s3:::acme/artifacts/team-b/*", &tag);
    assert_eq!(
        lines(&[others], &[(Layer::Identity, &policy)]),
        [
            "s3:GetObject arn:aws:s3:::acme/artifacts/team-b/example-key aws:PrincipalTag/kubernetes-namespace=\"team-a\": not allowed by the identity policy `identity`"
        ],
    );
}

#[test]
fn a_resource_that_the_action_never_has_proves_nothing() {
    let object = needed("s3:ListBucket", "arn:aws:s3:::acme/key", &[]);
    assert_eq!(
        lines(&[object], &[(Layer::Identity, READ)]),
        ["unknown: `arn:aws:s3:::acme/key` is nothing that `s3:ListBucket` acts on"],
    );
}

#[test]
fn a_policy_is_proved_between_its_bounds() {
    let universe = Universe::embedded();
    let get = needed("s3:GetObject", "arn:aws:s3:::acme/a/*", &[]);
    let list = needed("s3:ListBucket", "arn:aws:s3:::acme", &[("s3:prefix", like("a/*"))]);
    let may = RequestSet::of_boxes(universe, "may", &[get.clone(), list.clone()]);
    let proved = |text: &str| {
        let document = identity(text);
        prove(&[get.clone(), list.clone()], &set(&document), &may, Budget::default())
    };
    let get_text =
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/a/*"}"#;
    let list_text = |prefix: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme",
            "Condition":{{"StringLike":{{"s3:prefix":"{prefix}"}}}}}}"#
        )
    };
    let both = format!("{get_text},{}", list_text("a/*"));
    assert_eq!(proved(&both).unwrap(), Proof { needed: 2 });
    assert!(matches!(proved(get_text), Err(Counterexample::Gap(gap)) if gap.needed == 1));
    let wide = format!("{get_text},{}", list_text("a*"));
    assert!(matches!(proved(&wide), Err(Counterexample::Excess(_))));
}

const KEYS: [&str; 4] = ["t:text", "t:flag", "t:number", "t:set"];

/// Values of a key, of which each condition of the model tells some apart.
fn values(key: &str) -> Vec<Value> {
    let texts: &[&str] = match key {
        "t:text" => &["", "a", "b", "A", "ab", "ba", "aa", "bb", "aab", "x"],
        "t:flag" => &["true", "false"],
        "t:number" => &["0", "0.5", "1", "2", "3", "3.5", "4"],
        _ => &[],
    };
    let one = texts.iter().map(|text| Value::One((*text).to_owned()));
    let mut all: Vec<Value> = std::iter::once(Value::Absent).chain(one).collect();
    if key == "t:set" {
        for set in
            [vec!["a"], vec!["b"], vec!["x"], vec!["a", "b"], vec!["a", "x"], vec!["ab", "ba"]]
        {
            all.push(Value::Many(set.into_iter().map(str::to_owned).collect()));
        }
    }
    all
}

/// Every way to set the open keys, but for those that no statement looks at.
pub(super) fn contexts(layers: &Layers, fixed: &str) -> Vec<Vec<(String, Value)>> {
    let looked_at = |key: &str| {
        layers.iter().flatten().flat_map(|s| &s.conditions).any(|(_, known, _)| known == key)
    };
    let mut all = vec![vec![]];
    for key in KEYS.into_iter().filter(|key| *key != fixed && looked_at(key)) {
        all = all
            .iter()
            .flat_map(|context: &Vec<(String, Value)>| {
                values(key).into_iter().map(move |value| {
                    let mut context = context.clone();
                    context.push((key.to_owned(), value));
                    context
                })
            })
            .collect();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn gaps_are_true_and_whole(
        layers in layers(),
        resource in "arn:aws:s3:::[ab*]/[ab*]{1,2}",
        fixed in prop_oneof![
            Just(Fixed::Absent), "[ab]{0,2}".prop_map(Fixed::Equals),
            "[ab*]{1,2}".prop_map(|p| Fixed::Like(Pattern::glob(&p))),
        ],
        resources in prop::collection::vec("arn:aws:s3:::[ab]/[ab]{1,2}", 12),
        texts in prop::collection::vec("[ab]{0,2}", 4),
    ) {
        // The ARN key is left out: its values would make the grid too large.
        let without_arns = |s: &model::Statement| !s.conditions.iter().any(|c| c.1 == "t:arn");
        prop_assume!(layers.iter().flatten().all(without_arns));
        let documents = documents(&layers);
        let set = set_of(&documents);
        let wanted = needed("s3:GetObject", &resource, &[("t:text", fixed.clone())]);
        let found = gaps(std::slice::from_ref(&wanted), &set, Budget::default());
        prop_assert_eq!(found.exactness, Exactness::Exact, "{:?}", found.limits);
        let grid = contexts(&layers, "t:text");
        for gap in &found.gaps {
            let witness = model_of(&gap.witness);
            prop_assert!(!model::allows(&layers, &witness), "{:?}", witness);
            if gap.depends_on.is_empty() {
                let text = witness.context.iter().find(|(key, _)| key == "t:text");
                for context in &grid {
                    let context = context.iter().chain(text).cloned().collect();
                    let other = model::Request { context, ..witness.clone() };
                    prop_assert!(!model::allows(&layers, &other), "{:?}", other);
                }
            } else {
                let mut through = gap.witness.clone();
                let rest = through.context.iter()
                    .filter(|(key, _)| gap.depends_on.iter().all(|d| d.key != **key))
                    .map(|(k, v)| (k.clone(), v.clone()));
                let changed = gap.depends_on.iter()
                    .filter_map(|d| Some((d.key.clone(), d.through.clone()?)));
                through.context = rest.chain(changed).collect();
                prop_assert!(model::allows(&layers, &model_of(&through)), "{:?}", through);
            }
        }
        for resource in resources.iter().filter(|r| wanted.resource.matches(r)) {
            let values: Vec<Value> = match &fixed {
                Fixed::Absent => vec![Value::Absent],
                Fixed::Equals(text) => vec![Value::One(text.clone())],
                Fixed::Like(p) => texts.iter().filter(|t| p.matches(t)).cloned().map(Value::One).collect(),
            };
            for value in values {
                let fate = |context: &Vec<(String, Value)>| {
                    let mut context = context.clone();
                    context.push(("t:text".to_owned(), value.clone()));
                    let action = "s3:GetObject".to_owned();
                    model::allows(&layers, &model::Request { action, resource: resource.clone(), context })
                };
                let all = grid.iter().all(fate);
                prop_assert!(all || !found.gaps.is_empty(), "{} is stopped", resource);
            }
        }
    }
}
