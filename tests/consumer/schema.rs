//! The schema that editors use says what the reader says.

use std::collections::BTreeSet;

use leastwise::consumer::Estate;
use leastwise::source::Source;
use serde_json::Value;

use super::consumers;

const SCHEMA: &str = include_str!("../../docs/leastwise.schema.json");
const EXAMPLE: &str = include_str!("../../examples/leastwise.yaml");

fn accepts(yaml: &str) -> bool {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let value: Value = serde_saphyr::from_str(yaml).unwrap();
    jsonschema::validator_for(&schema).unwrap().is_valid(&value)
}

fn reads(yaml: &str) -> bool {
    Estate::read(&Source::new("leastwise.yaml", yaml), consumers()).is_ok()
}

fn names<'v>(value: &'v Value, pointer: &str) -> BTreeSet<&'v str> {
    match value.pointer(pointer).unwrap() {
        Value::Object(map) => map.keys().map(String::as_str).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => panic!("{pointer}: {other}"),
    }
}

#[test]
fn schema_and_reader_agree() {
    let base = "version: 1\naccount: \"111122223333\"\nclusters: { prod: { oidc-issuer: \"https://a.b/c\" } }\ndeployments:\n  - consumer: argo-workflows\n    bucket: acme-argo\n";
    let with = |line: &str| format!("{base}    {line}\n");
    let good = [
        EXAMPLE.to_owned(),
        base.to_owned(),
        with("features: garbage-collection"),
        with("without: [directory-artifacts]"),
        with("description: [anything]"),
        with("also: [{ prefix: in/, access: read }, { bucket: acme-x, access: [read, write] }]"),
        with("shared: [{ prefix: in/, access: [read, write] }]"),
        with("roles: [{ name: x, components: server, trust: { ec2: {} } }]"),
        with("roles: [{ name: user/x, components: [server], trust: { user: } }]"),
        with(
            "roles: [{ name: x, components: [server], trust: { irsa: { cluster: prod, service-accounts: argo/s } } }]",
        ),
    ];
    for yaml in good {
        assert!(reads(&yaml), "{yaml}");
        assert!(accepts(&yaml), "{yaml}");
    }
    let bad = [
        "version: 1\ndeployments: []\n".to_owned(),
        with("fetures: []"),
        with("features: [garbage]"),
        with("bucket-region: Europe"),
        with("kms-key: alias/x"),
        with("also: [{ prefix: x }]"),
        with("shared: [{ prefix: x, access: look }]"),
        with("roles: [{ name: x }]"),
        with("roles: [{ name: x, components: [server], trust: { ec2: {}, user: {} } }]"),
        with(
            "roles: [{ name: x, components: [server], trust: { irsa: { cluster: prod, service-accounts: [argo] } } }]",
        ),
        base.replace("acme-argo", "Acme"),
        base.replace("111122223333", "1111"),
    ];
    for yaml in bad {
        assert!(!reads(&yaml), "{yaml}");
        assert!(!accepts(&yaml), "{yaml}");
    }
}

#[test]
fn schema_knows_every_consumer_feature_and_parameter() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let deployment = "/$defs/deployment/properties";
    let known: BTreeSet<&str> = consumers().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names(&schema, &format!("{deployment}/consumer/enum")), known);
    let known: BTreeSet<&str> = consumers()
        .iter()
        .flat_map(leastwise::consumer::Consumer::features)
        .map(|f| f.name.as_str())
        .collect();
    assert_eq!(names(&schema, "/$defs/feature/enum"), known);
    let mut known: BTreeSet<&str> = consumers()
        .iter()
        .flat_map(leastwise::consumer::Consumer::parameters)
        .map(|p| p.name.as_str())
        .collect();
    known.extend([
        "name",
        "consumer",
        "version",
        "features",
        "without",
        "shared",
        "roles",
        "description",
        "owner",
        "labels",
    ]);
    assert_eq!(names(&schema, deployment), known);
}

#[test]
fn the_example_has_nothing_to_remark_but_what_is_left_out() {
    let source = Source::new("leastwise.yaml", EXAMPLE);
    let estate = Estate::read(&source, consumers()).unwrap();
    let said: Vec<&str> = estate.remarks.iter().map(|r| r.message.as_str()).collect();
    assert!(said.is_empty(), "{said:?}");
}
