//! What people get told about a wrong estate or a wrong flag.

use leastwise::consumer::Estate;
use leastwise::source::Source;

use super::{consumers, problems_text, settings, snapshot};

/// The errors of an estate, or its remarks.
fn told(text: &str) -> String {
    let source = Source::new("leastwise.yaml", text);
    match Estate::read(&source, consumers()) {
        Ok(estate) => format!("accepted\n{}", problems_text(&source, &estate.remarks)),
        Err(problems) => problems_text(&source, &problems),
    }
}

fn told_of_settings(entries: &[(&str, &str)]) -> String {
    let settings = settings(entries);
    match Estate::from_settings(&settings, consumers()) {
        Ok(estate) => format!("accepted\n{}", problems_text(&settings.source(), &estate.remarks)),
        Err(problems) => problems_text(&settings.source(), &problems),
    }
}

#[test]
fn all_mistakes_of_an_estate_are_told_at_once() {
    let text = r#"version: 2
partition: aws-usgov
account: 12345
region: europe
clusters:
  prod: { arn: "arn:aws:eks:eu-west-1:1:cluster/x", oidc-isuer: "https://x.y" }
  bad: { oidc-issuer: "http://x.y/" }
  none: {}
deploymnets: []
deployments:
  - consumer: argo-workflow
  - consumer: argo-workflows
    version: "2.12"
    bucket: Acme_Argo
    key-fromat: "x"
    features: [garbage-colection, kms]
    kms-key: arn:aws:kms:eu-west-1:111122223333:alias/x
    also: [{ prefix: x }, { acces: read, access: reed }]
    roles:
      - name: "argo role"
        components: [workflow-pods]
        trust: { irsa: { cluster: prd, service-accounts: [default] } }
      - components: [server]
        trust: { irsa: {}, ec2: {} }
      - name: user/ci
        components: [server, server]
        trust: { ec2: {} }
      - name: argo-{profile}
        components: [server]
        trust: { saml: {} }
  - consumer: kubeflow-pipelines
    key-format: "{{workflow.name"
    profiles: [team-a, Team_B, team-a]
    bucket: [a, b]
  - consumer: kratix
    bucket: acme
    file-path-mode: nested
    path: ../x
"#;
    snapshot("estate-mistakes", &told(text));
}

/// One mistake in a role hides none of the others.
#[test]
fn all_mistakes_of_a_role_are_told_at_once() {
    let mut text = "version: 1\naccount: \"111122223333\"\ndeployments:\n".to_owned();
    let trust = |n: usize| {
        format!("trust: {{ irsa: {{ cluster: prod{n}, service-accounts: [account{n}] }} }}")
    };
    for (n, (deployment, role)) in [
        ("consumer: kratix", "name: bad name"),
        ("consumer: kratix", ""),
        ("consumer: kratix", "name: \"r-{profile}\""),
        ("consumer: kratix", "name: user/x"),
        ("consumer: kratik", "name: r"),
        ("name: x", "name: r"),
    ]
    .into_iter()
    .enumerate()
    {
        text.push_str(&format!("  - {deployment}\n    bucket: acme-{n}\n    roles:\n      -\n"));
        text.push_str(&format!("        components: [controler{n}]\n        {}\n", trust(n)));
        if !role.is_empty() {
            text.push_str(&format!("        {role}\n"));
        }
    }
    text.push_str("  - { consumer: kratix, bucket: acme-x, name: y, roles: [{ name: r, components: [controller], trust: { irsa: { service-accounts: [account] } } }] }\n");
    let told = told(&text);
    for n in 0..6 {
        for word in [format!("`prod{n}`"), format!("`account{n}`")] {
            assert!(told.contains(&word), "{word} is not in\n{told}");
        }
    }
    for word in ["`account` is not", "`controler0`", "`controler1`", "`controler3`", "`bad name`"] {
        assert!(told.contains(word), "{word} is not in\n{told}");
    }
}

/// A principal that no policy can hold is refused, and never left out.
#[test]
fn principals_that_no_policy_can_hold() {
    for principal in [
        "*",
        "111",
        "AIDACKCEVSQ6C2EXAMPLE",
        "arn:aws:iam::bad",
        "arn:aws:iam::1:root",
        "arn:aws:iam::111122223333:group/x",
        "arn:aws:iam::111122223333:role/x*",
        "arn:aws:sts::111122223333:assumed-role/x/y",
        "arn:aws-cn:iam::111122223333:role/x",
        "arn:aws-cn:iam::111122223333:root",
    ] {
        let text = format!(
            "version: 1\ndeployments:\n  - consumer: kratix\n    bucket: acme-x\n    roles:\n      - name: r\n        components: [controller]\n        trust: {{ account: {{ principals: [\"{principal}\"] }} }}\n"
        );
        let told = told(&text);
        assert!(told.starts_with("8:") && told.contains(principal), "{principal}: {told}");
    }
}

#[test]
fn shapes_that_are_not_an_estate() {
    let mut text = String::new();
    for estate in [
        "",
        "[]",
        "just text",
        "version: 1",
        "version: 1\ndeployments: []",
        "version: 1\ndeployments: {}",
        "version: 1\ndeployments: [x]",
        "version: 1\ndeployments:\n  - consumer: kratix\n   bucket: x",
        "version: 1\nversion: 1",
        "version: 1\n---\nversion: 1",
        "a: &a [*a]",
        "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\n[b]: 1",
        "version: 1\ndeployments:\n  - consumer: kratix\n    bucket: ~\n    roles: {}",
    ] {
        text.push_str(&format!("--- {estate:?}\n{}", told(estate)));
    }
    snapshot("estate-shapes", &text);
}

#[test]
fn a_service_account_has_one_role() {
    let text = r#"version: 1
account: "111122223333"
clusters:
  prod: { oidc-issuer: "https://oidc.example.com/1" }
  test:
    oidc-issuer: "https://oidc.example.com/2"
    arn: "arn:aws:eks:eu-west-1:111122223333:cluster/test"
deployments:
  - consumer: argo-workflows
    bucket: acme-argo
    roles:
      - name: pods
        components: [workflow-pod]
        trust: { irsa: { cluster: prod, service-accounts: [argo/default] } }
      - name: gc
        components: [gc-pod]
        trust: { irsa: { cluster: prod, service-accounts: [argo/default] } }
      - name: elsewhere
        components: [server]
        trust: { irsa: { cluster: test, service-accounts: [argo/default] } }
      - name: associated
        components: [server]
        trust: { pod-identity: { cluster: test, service-accounts: [argo/default] } }
"#;
    snapshot("estate-shared-service-account", &told(text));
}

#[test]
fn remarks_on_a_sound_estate() {
    let text = r#"version: 1
account: "111122223333"
description: free text
clusters:
  prod:
    arn: arn:aws:eks:eu-west-1:111122223333:cluster/prod
    owner: platform
deployments:
  - name: old
    consumer: argo-workflows
    version: "3.3.10"
    bucket: acme-argo
    features: [garbage-collection, object-lock]
    labels: { team: a }
    roles:
      - name: pods
        components: [workflow-pod, controller, gc-pod]
        trust: { pod-identity: { cluster: prod, service-accounts: [argo/default] } }
  - name: new
    consumer: argo-workflows
    version: "4.2"
    bucket: acme-argo-new
    roles:
      - name: gc
        components: [gc-pod]
        trust: { pod-identity: { cluster: prod, service-accounts: [argo/gc] } }
  - consumer: kubeflow-pipelines
    bucket: acme-kfp
    profiles: [team-a, team-b]
    roles:
      - name: shared
        components: [profile]
        trust: { pod-identity: { cluster: prod, service-accounts: ["{profile}/default-editor"] } }
  - consumer: kubeflow-pipelines
    name: with-also
    bucket: acme-kfp
    also: [{ prefix: x, access: [read, delete] }]
  - consumer: massdriver
    bucket: acme-massdriver
    roles:
      - { name: user/proxy, components: [s3-proxy] }
"#;
    snapshot("estate-remarks", &told(text));
}

#[test]
fn remarks_on_one_role_leave_out_the_others() {
    let text = r#"version: 1
account: "111122223333"
deployments:
  - name: a
    consumer: argo-workflows
    version: "4.3"
    bucket: acme-argo
    roles:
      - { name: pods, components: [workflow-pod, controller] }
      - { name: gc, components: [gc-pod] }
  - name: b
    consumer: argo-workflows
    bucket: acme-other
    features: [object-lock]
    roles: [{ name: other, components: [server] }]
"#;
    let estate = super::estate(text);
    let on = |name: &str| -> Vec<String> {
        let requirements = estate.requirements();
        let role = &requirements.iter().find(|r| r.role.name == name).unwrap().role;
        estate.remarks_on(role).into_iter().map(|remark| remark.message).collect()
    };
    let newer =
        "argo-workflows 4.3 is newer than the newest version that the model was read from, 4.1.2";
    assert_eq!(on("pods"), [newer, "component `controller` needs no permission"]);
    assert_eq!(on("gc"), [newer, "component `gc-pod` makes no calls without `garbage-collection`"]);
    assert_eq!(on("other"), ["feature `object-lock` does nothing without `create-bucket`"]);
}

#[test]
fn mistakes_in_settings() {
    let argo = ("consumer", "argo-workflows");
    let bucket = ("bucket", "acme-argo");
    let cases: [&[(&str, &str)]; 15] = [
        &[],
        &[("consumer", "argo"), bucket],
        &[argo],
        &[argo, bucket, ("key_fromat", "x")],
        &[argo, bucket, ("bucket_region", "cn-north-1")],
        &[
            argo,
            bucket,
            ("bucket_region", "eu-west-1"),
            ("kms_key", "arn:aws-cn:kms:cn-north-1:111122223333:key/a"),
        ],
        &[argo, bucket, ("irsa_issuer", "https://oidc.example.com/1")],
        &[
            argo,
            bucket,
            ("account", "111122223333"),
            ("irsa_issuer", "https://oidc.example.com/1"),
            ("service_accounts", "argo/default"),
        ],
        &[argo, bucket, ("ec2", "true"), ("user", "true"), ("external_id", "x")],
        &[argo, bucket, ("also", "[{]"), ("components", "[1]")],
        &[argo, bucket, ("features", "assume-role"), ("components", "workflow-pod")],
        &[("consumer", "massdriver"), bucket, ("components", "workflow-pod")],
        &[argo, bucket, ("for_profile", "x")],
        &[argo, bucket, ("irsa_issuer", "http://x.y"), ("service_accounts", "a/b")],
        &[argo, bucket, ("pod_identity_cluster", "prod"), ("service_accounts", "a/b")],
    ];
    let text: String =
        cases.iter().map(|case| format!("--- {case:?}\n{}", told_of_settings(case))).collect();
    snapshot("settings-mistakes", &text);
}

#[test]
fn a_long_scalar_is_not_said_back() {
    let long = "1".repeat(1_000_000);
    for text in [
        format!("version: {long}"),
        format!("version: \"{long}\""),
        format!("{long}: x"),
        format!("version: 1\ndeployments: [{{ consumer: kratix, bucket: b{long} }}]"),
        format!("version: 1\ndeployments: [{{ consumer: x{long} }}]"),
        format!("version: 1\ndeployments: [{{ consumer: kratix, features: [x{long}] }}]"),
    ] {
        let told = told(&text);
        assert!(told.len() < 10_000, "{} bytes", told.len());
    }
}

/// Aliases that multiply are given up on, and soon.
#[test]
fn aliases_do_not_multiply() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (of, name) in ('a'..='h').zip('b'..='i') {
        let many = vec![format!("*{of}"); 9].join(", ");
        text.push_str(&format!("{name}: &{name} [{many}]\n"));
    }
    assert!(told(&text).contains("too much in it"), "{}", told(&text));
}

#[test]
fn no_input_panics() {
    let text = "version: 1\ndeployments:\n  - consumer: argo-workflows\n    bucket: acme-argo\n    roles:\n      - name: x\n        components: [server]\n        trust: { ec2: {} }\n";
    for end in 0..text.len() {
        told(&text[..end]);
        let mut broken = text.to_owned();
        for with in [":", "[", "{profile}", "\"", "\u{0}", "é", "&a *a"] {
            broken.replace_range(end..end + 1, with);
            told(&broken);
            broken = text.to_owned();
        }
    }
}
