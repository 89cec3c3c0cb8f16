use super::{write_json, write_table};
use crate::audit::{
    ActionsMeasure, AuditReport, BlockKind, BlockedBy, CatalogueStamp, Exactness, Excess, Finding,
    Gap, LevelMeasure, Measure, NotAudited, PrincipalReport, SCHEMA_VERSION, StatementPlace,
    Summary, TrustExcess, TrustGap, TrustReport, TrustSubject, TrustWitness, Trusted, When,
    Witness, WitnessValue,
};
use crate::catalogue::{AccessLevel, Origin};
use crate::consumer::{Denial, Occurs};
use crate::iam::Layer;
use crate::source::Severity;
use std::collections::BTreeMap;

fn witness(action: &str, resource: &str, context: &[(&str, &str)]) -> Witness {
    let context = context
        .iter()
        .map(|(key, value)| ((*key).to_owned(), WitnessValue::One((*value).to_owned())))
        .collect();
    Witness { action: action.to_owned(), resource: resource.to_owned(), context }
}

fn statement(policy: &str, sid: Option<&str>, index: usize) -> StatementPlace {
    StatementPlace { policy: policy.to_owned(), sid: sid.map(str::to_owned), index }
}

fn gaps() -> Vec<Gap> {
    let on_bucket = witness(
        "s3:ListBucket",
        "arn:aws:s3:::acme-argo",
        &[("s3:delimiter", "/"), ("s3:prefix", "artifacts/argo/example/")],
    );
    let on_key = witness("s3:AbortMultipartUpload", "arn:aws:s3:::acme-argo/artifacts/argo/x", &[]);
    vec![
        Gap {
            severity: Severity::Error,
            denied: Denial::Fatal,
            occurs: Occurs::Certain,
            calls: vec!["s3.HeadObject".to_owned(), "s3.ListObjectsV2".to_owned()],
            actions: vec!["s3:ListBucket".to_owned()],
            witness: on_bucket,
            blocked_by: BlockedBy {
                layer: Layer::Identity,
                level: None,
                policy: None,
                kind: BlockKind::ImplicitDeny,
                statement: None,
                allowed_by: Vec::new(),
            },
            depends_on: Vec::new(),
        },
        Gap {
            severity: Severity::Warning,
            denied: Denial::Leak,
            occurs: Occurs::Possible,
            calls: vec!["s3.AbortMultipartUpload".to_owned()],
            actions: vec!["s3:AbortMultipartUpload".to_owned()],
            witness: on_key,
            blocked_by: BlockedBy {
                layer: Layer::PermissionsBoundary,
                level: None,
                policy: Some("boundary:arn:aws:iam::111122223333:policy/cap".to_owned()),
                allowed_by: vec![Layer::Identity],
                kind: BlockKind::ExplicitDeny,
                statement: Some(statement(
                    "boundary:arn:aws:iam::111122223333:policy/cap",
                    Some("OnlyFromVpc"),
                    2,
                )),
            },
            depends_on: vec!["aws:SourceVpce".to_owned()],
        },
    ]
}

fn excess() -> Vec<Excess> {
    let many = (1..=12).map(|n| format!("s3:GetObject{n}")).collect();
    vec![
        Excess {
            severity: Severity::Error,
            access_level: AccessLevel::Permissions,
            actions: vec!["s3:PutObjectAcl".to_owned()],
            resource: "arn:aws:s3:::acme-argo/*".to_owned(),
            except: Vec::new(),
            when: Vec::new(),
            witness: witness("s3:PutObjectAcl", "arn:aws:s3:::acme-argo/example", &[]),
            statement: statement("inline:objects", Some("Objects"), 1),
        },
        Excess {
            severity: Severity::Error,
            access_level: AccessLevel::List,
            actions: vec!["s3:ListBucket".to_owned()],
            resource: "arn:aws:s3:::acme-argo".to_owned(),
            except: Vec::new(),
            when: vec![When {
                key: "s3:prefix".to_owned(),
                is: "absent or not like `artifacts/argo/*`".to_owned(),
            }],
            witness: witness(
                "s3:ListBucket",
                "arn:aws:s3:::acme-argo",
                &[("s3:prefix", "artifacts/other-namespace/")],
            ),
            statement: statement("inline:objects", None, 0),
        },
        Excess {
            severity: Severity::Warning,
            access_level: AccessLevel::Read,
            actions: many,
            resource: "arn:aws:s3:::acme-argo/*".to_owned(),
            except: vec!["arn:aws:s3:::acme-argo/artifacts/argo/*".to_owned()],
            when: Vec::new(),
            witness: witness("s3:GetObject1", "arn:aws:s3:::acme-argo/example", &[]),
            statement: statement("inline:objects", None, 1),
        },
    ]
}

fn measure() -> Measure {
    let level = |access_level, kinds: [usize; 3], bits| {
        let [not_needed, wider_resource, missing_condition] = kinds;
        LevelMeasure {
            access_level,
            actions: kinds.iter().sum(),
            not_needed,
            wider_resource,
            missing_condition,
            bits,
        }
    };
    let actions = |access_level, bits, names: &[&str]| ActionsMeasure {
        access_level,
        bits,
        actions: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    Measure {
        score: 7.03,
        exactness: Exactness::WitnessOnly,
        limits: vec!["inline:objects statement 3: `NumericLessThan` is not compared".to_owned()],
        levels: vec![
            level(AccessLevel::Permissions, [1, 0, 0], 661.32),
            level(AccessLevel::Read, [10, 1, 1], 6727.5),
        ],
        actions: vec![
            actions(AccessLevel::Permissions, 661.32, &["s3:PutObjectAcl"]),
            actions(AccessLevel::Read, 661.32, &["s3:GetObject1", "s3:GetObject2"]),
            actions(AccessLevel::Read, 1.0, &["s3:GetObject3"]),
        ],
    }
}

fn service_account(namespace: Option<&str>, name: Option<&str>) -> TrustSubject {
    let (namespace, name) = (namespace.map(str::to_owned), name.map(str::to_owned));
    TrustSubject { who: Trusted::ServiceAccount { namespace, name }, unasked: None }
}

fn trust() -> TrustReport {
    let request = |principal: &str, sub: &str| TrustWitness {
        action: "sts:AssumeRoleWithWebIdentity".to_owned(),
        principal: principal.to_owned(),
        context: BTreeMap::from([(
            "oidc.example.org:sub".to_owned(),
            WitnessValue::One(format!("system:serviceaccount:{sub}")),
        )]),
    };
    let provider = "arn:aws:iam::111122223333:oidc-provider/oidc.example.org";
    TrustReport {
        gaps: vec![TrustGap {
            severity: Severity::Error,
            subject: service_account(Some("argo"), Some("default")),
            witness: request(provider, "argo:default"),
        }],
        excess: vec![TrustExcess {
            severity: Severity::Error,
            subject: service_account(None, None),
            witness: request(provider, "example:example"),
            statement: statement("trust", None, 0),
        }],
    }
}

fn sample() -> AuditReport {
    let dirty = PrincipalReport {
        arn: "arn:aws:iam::111122223333:role/argo-artifacts".to_owned(),
        deployments: vec!["ci".to_owned()],
        components: vec!["workflow-pod".to_owned(), "gc-pod".to_owned()],
        exactness: Exactness::WitnessOnly,
        limits: vec!["inline:objects statement 3: `NumericLessThan` is not compared".to_owned()],
        not_seen: vec![Layer::ResourcePolicy, Layer::ServiceControlPolicy],
        gaps: gaps(),
        excess: excess(),
        measure: Some(measure()),
        trust: trust(),
        findings: vec![Finding {
            rule: "unknown-action".to_owned(),
            severity: Severity::Warning,
            message: "`s3:HeadBucket` is no action in the catalogue of 2026-09-26".to_owned(),
            help: Some("`HeadBucket` is an API call; it needs `s3:ListBucket`".to_owned()),
            statement: Some(statement("inline:objects", None, 0)),
        }],
        fix: None,
    };
    let clean = PrincipalReport {
        arn: "arn:aws:iam::111122223333:role/kratix".to_owned(),
        deployments: vec!["kratix".to_owned()],
        components: vec!["controller".to_owned()],
        exactness: Exactness::Exact,
        limits: Vec::new(),
        not_seen: Vec::new(),
        gaps: Vec::new(),
        excess: Vec::new(),
        measure: None,
        trust: TrustReport::default(),
        findings: Vec::new(),
        fix: None,
    };
    let principals = vec![dirty, clean];
    let not_audited = vec![NotAudited {
        arn: "arn:aws:iam::111122223333:role/argo-gc".to_owned(),
        why: "role not found".to_owned(),
    }];
    let findings = vec![Finding {
        rule: "component-without-role".to_owned(),
        severity: Severity::Note,
        message: "`ci`: nothing says which role `server` has".to_owned(),
        help: None,
        statement: None,
    }];
    AuditReport {
        schema_version: SCHEMA_VERSION,
        leastwise: "0.1.0",
        catalogue: CatalogueStamp {
            date: "2026-09-26".to_owned(),
            actions: 22_091,
            origin: Origin::Embedded,
        },
        summary: Summary::of(&principals, &findings, &not_audited),
        principals,
        not_audited,
        findings,
        isolation: None,
    }
}

fn text(write: impl FnOnce(&AuditReport, &mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&sample(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/report"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn the_table_is_readable_at_100_columns() {
    let table = text(write_table);
    for line in table.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert_eq!(line.trim_end(), line);
    }
    snapshots().bind(|| insta::assert_snapshot!("table", table));
}

#[test]
fn the_json_has_the_contract_s_names_in_its_order() {
    snapshots().bind(|| insta::assert_snapshot!("json", text(write_json)));
}

#[test]
fn a_writer_that_fails_is_an_error() {
    let mut full: &mut [u8] = &mut [0; 10];
    assert!(write_table(&sample(), &mut full).is_err());
    let mut full: &mut [u8] = &mut [0; 10];
    assert!(write_json(&sample(), &mut full).is_err());
}
