//! Rules that hold for requirements.

use leastwise::consumer::{Denial, Fixed, Why};

use proptest::prelude::*;

use super::{consumers, estate, from_settings};

proptest! {
    /// Whatever two profiles are called, neither's role has anything to do with the other's keys.
    #[test]
    fn profiles_are_isolated(stem in "[a-z]([a-z0-9-]{0,6}[a-z0-9])?", tail in "(-?[a-z0-9]){1,4}") {
        let other = format!("{stem}{tail}");
        for (own, foreign) in [(&stem, &other), (&other, &stem)] {
            let estate = from_settings(&[
                ("consumer", "kubeflow-pipelines"),
                ("bucket", "acme-kfp"),
                ("for-profile", own),
                ("components", "profile"),
            ]);
            let requirement = estate.requirements().remove(0);
            for call in requirement.may() {
                for root in ["artifacts", "v2/artifacts"] {
                    let key = format!("{root}/{foreign}/x");
                    let reached = match call.fixed.iter().find(|(name, _)| name.text() == "s3:prefix") {
                        Some((_, Fixed::Like(pattern))) => pattern.matches(&key),
                        Some(_) => true,
                        None => call.resource.matches(&format!("arn:aws:s3:::acme-kfp/{key}")),
                    };
                    prop_assert!(!reached, "{own} reaches {key}: {} {}", call.api, call.resource);
                }
            }
        }
    }
}

#[test]
fn a_role_in_several_deployments_gets_the_union() {
    let text = r#"version: 1
deployments:
  - name: a
    consumer: kratix
    bucket: acme-a
    roles: [{ name: shared, components: [controller] }]
  - name: b
    consumer: argo-workflows
    bucket: acme-b
    roles: [{ name: shared, components: [server] }]
"#;
    let requirements = estate(text).requirements();
    assert_eq!(requirements.len(), 1);
    assert_eq!(requirements[0].deployments, ["a", "b"]);
    assert_eq!(requirements[0].components, ["controller", "server"]);
    for deployment in ["a", "b"] {
        let bucket = format!("acme-{deployment}");
        let calls = requirements[0].calls.iter().filter(|c| c.deployment == deployment);
        assert!(calls.map(|c| c.resource.text()).all(|arn| arn.contains(&bucket)));
    }
}

#[test]
fn settings_and_estate_are_one_path() {
    let by_estate = estate(
        r#"version: 1
account: "111122223333"
clusters: { cluster: { oidc-issuer: "https://oidc.example.com/1" } }
deployments:
  - consumer: argo-workflows
    version: "3.6"
    bucket: acme-argo
    key-format: "artifacts/{{workflow.namespace}}/{{pod.name}}"
    features: [garbage-collection]
    roles:
      - name: argo
        components: [workflow-pod, gc-pod]
        trust: { irsa: { cluster: cluster, service-accounts: [argo/default] } }
"#,
    );
    let by_settings = from_settings(&[
        ("consumer", "argo-workflows"),
        ("consumer_version", "3.6"),
        ("bucket", "acme-argo"),
        ("key_format", "artifacts/{{workflow.namespace}}/{{pod.name}}"),
        ("features", r#"["garbage-collection"]"#),
        ("account", "111122223333"),
        ("irsa_issuer", "https://oidc.example.com/1"),
        ("service_accounts", "argo/default"),
        ("components", "workflow-pod,gc-pod"),
        ("role", "argo"),
    ]);
    assert_eq!(by_estate.requirements(), by_settings.requirements());
}

#[test]
fn default_features_can_be_switched_off() {
    let lists = |without: &str| {
        let estate = from_settings(&[
            ("consumer", "argo-workflows"),
            ("consumer-version", "3.7"),
            ("bucket", "acme-argo"),
            ("key-format", "artifacts/{{pod.name}}"),
            ("components", "workflow-pod"),
            ("without", without),
        ]);
        let requirement = estate.requirements().remove(0);
        let lists = requirement.may().filter(|c| c.action.text() == "s3:ListBucket");
        lists.map(|c| (c.api.clone(), c.why)).collect::<Vec<_>>()
    };
    let both = lists("");
    assert!(both.contains(&("s3.HeadObject".to_owned(), Why::MissingKey)));
    assert!(both.contains(&("s3.ListObjectsV2".to_owned(), Why::Call)));
    // After the 404 of an optional input the driver asks for a directory of that name.
    assert_eq!(
        lists("directory-artifacts"),
        [("s3.HeadObject".to_owned(), Why::MissingKey), ("s3.ListObjectsV2".to_owned(), Why::Call)]
    );
    assert_eq!(lists("directory-artifacts,optional-inputs"), []);
}

#[test]
fn asking_for_the_region_is_tolerated_only_in_us_east_1() {
    for (region, denied) in
        [("us-east-1", Denial::Tolerated), ("eu-west-1", Denial::Fatal), ("", Denial::Fatal)]
    {
        for consumer in ["argo-workflows", "kratix", "kubeflow-pipelines"] {
            let estate = from_settings(&[
                ("consumer", consumer),
                ("bucket", "acme-data"),
                ("features", "region-discovery"),
                ("bucket-region", region),
            ]);
            let requirements = estate.requirements();
            let calls: Vec<_> = requirements
                .iter()
                .flat_map(leastwise::consumer::Requirement::granted)
                .filter(|c| c.action.text() == "s3:GetBucketLocation")
                .collect();
            assert!(!calls.is_empty(), "{consumer}");
            for call in calls {
                assert_eq!(call.denied, denied, "{consumer} {region}");
                assert_eq!(call.resource.text(), "arn:aws:s3:::acme-data");
            }
        }
    }
}

/// The tags of Pod Identity pass on to every role that a pod assumes, and each must allow it.
#[test]
fn tags_of_pod_identity_pass_on_to_the_assumed_role() {
    for (kind, tagged) in [("pod-identity", true), ("irsa", false)] {
        let text = format!(
            r#"version: 1
account: "111122223333"
clusters:
  prod: {{ arn: "arn:aws:eks:eu-west-1:111122223333:cluster/prod", oidc-issuer: "https://x.example.com" }}
deployments:
  - consumer: argo-workflows
    bucket: acme-argo
    target-role: arn:aws:iam::444455556666:role/storage
    features: [assume-role]
    roles:
      - name: pods
        components: [workflow-pod]
        trust: {{ {kind}: {{ cluster: prod, service-accounts: [argo/default] }} }}
"#
        );
        for requirement in estate(&text).requirements() {
            let tags = |c: &&leastwise::consumer::RequiredCall| c.action.text() == "sts:TagSession";
            let own = requirement.role.name == "pods";
            let calls: Vec<_> = requirement.needs().filter(tags).collect();
            assert_eq!(calls.len(), usize::from(own && tagged), "{kind} {}", requirement.role);
            if !own {
                let trust = leastwise::compile::expected_trust(&requirement).unwrap();
                let text = leastwise::syntax::to_compact(&trust);
                assert_eq!(text.contains("sts:TagSession"), tagged, "{text}");
            }
        }
    }
}

/// Argo in Massdriver may speak plain HTTP; the proxy never does.
#[test]
fn what_is_insecure_in_massdriver_is_argo_alone() {
    let estate = from_settings(&[
        ("consumer", "massdriver"),
        ("bucket", "acme-massdriver"),
        ("argo-bucket", "acme-argo"),
        ("features", "insecure"),
    ]);
    for requirement in estate.requirements() {
        let secure = if requirement.role.name.ends_with("s3-proxy") { "true" } else { "false" };
        for call in requirement.may() {
            let tls = call.fixed.iter().find(|(key, _)| key.text() == "aws:SecureTransport");
            assert_eq!(tls.unwrap().1, Fixed::Equals(secure.to_owned()), "{}", requirement.role);
        }
    }
}

#[test]
fn an_upload_through_the_ui_makes_the_bucket_as_any_artifact_does() {
    let actions = |component: &str| {
        let estate = from_settings(&[
            ("consumer", "argo-workflows"),
            ("bucket", "acme-argo"),
            ("components", component),
            ("features", "ui-uploads,create-bucket,object-lock,bucket-encryption"),
        ]);
        let requirement = estate.requirements().remove(0);
        let on_bucket = requirement.needs().filter(|c| !c.resource.text().contains('/'));
        let mut found: Vec<String> = on_bucket.map(|c| c.action.text().to_owned()).collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(actions("server"), actions("workflow-pod"));
    assert_eq!(actions("server").len(), 5);
}

#[test]
fn kms_companions_are_bound_to_s3_in_the_key_s_region() {
    for consumer in consumers().iter() {
        let estate = from_settings(&[
            ("consumer", &consumer.name),
            ("bucket", "acme-data"),
            ("kms-key", "arn:aws:kms:eu-central-1:444455556666:key/abc"),
        ]);
        let requirements = estate.requirements();
        let calls: Vec<_> =
            requirements.iter().flat_map(|r| &r.calls).filter(|c| c.why == Why::Kms).collect();
        assert!(!calls.is_empty(), "{}", consumer.name);
        for call in calls {
            assert_eq!(
                call.resource_account.map(|a| a.to_string()).as_deref(),
                Some("444455556666")
            );
            let via = Fixed::Equals("s3.eu-central-1.amazonaws.com".to_owned());
            assert_eq!(
                call.fixed.iter().map(|(k, f)| (k.text(), f)).collect::<Vec<_>>(),
                [("kms:ViaService", &via)]
            );
        }
    }
}

#[test]
fn every_component_either_needs_something_or_says_that_it_does_not() {
    for consumer in consumers().iter() {
        for component in consumer.components() {
            let estate = from_settings(&[
                ("consumer", &consumer.name),
                ("bucket", "acme-data"),
                ("components", &component.name),
                if consumer.name == "massdriver" {
                    ("argo-bucket", "acme-argo")
                } else {
                    ("name", "x")
                },
                if component.name == "gc-pod" {
                    ("features", "garbage-collection")
                } else {
                    ("ec2", "")
                },
            ]);
            let requirements = estate.requirements();
            let quiet = requirements.iter().all(|r| r.calls.is_empty());
            assert_eq!(
                quiet,
                component.needs_nothing.is_some(),
                "{}/{}",
                consumer.name,
                component.name
            );
        }
    }
}

#[test]
fn needs_are_granted_and_granted_may_be_done() {
    let estate = from_settings(&[
        ("consumer", "kratix"),
        ("bucket", "acme-data"),
        ("kms-key", "arn:aws:kms:eu-west-1:111122223333:key/a"),
    ]);
    for requirement in estate.requirements() {
        assert!(requirement.needs().all(leastwise::consumer::RequiredCall::is_granted));
        assert!(requirement.lesser().all(leastwise::consumer::RequiredCall::is_granted));
        assert!(
            requirement.granted().count() < requirement.may().count(),
            "HeadBucket is tolerated"
        );
        assert!(requirement.may().all(|c| !c.evidence.is_empty()));
    }
}
