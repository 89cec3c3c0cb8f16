//! What typical deployments require.

use super::{estate, from_settings, requirements_text, snapshot};

const ARGO_FORMAT: &str = "artifacts/{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}";

fn argo(version: &str, more: &[(&str, &str)]) -> String {
    let mut entries = vec![
        ("consumer", "argo-workflows"),
        ("consumer-version", version),
        ("bucket", "acme-argo"),
        ("key-format", ARGO_FORMAT),
        ("service-accounts", "argo/default"),
    ];
    entries.extend(more);
    requirements_text(&from_settings(&entries).requirements())
}

#[test]
fn argo_by_version() {
    for version in ["3.3", "3.4.0", "3.5.9", "4.1"] {
        let text = argo(version, &[("features", "garbage-collection,ui-uploads")]);
        snapshot(&format!("argo-workflows-{version}"), &text);
    }
}

#[test]
fn argo_with_every_feature() {
    let features = "garbage-collection,region-discovery,create-bucket,object-lock,bucket-encryption,archive-logs";
    let key = "arn:aws:kms:eu-west-1:111122223333:key/abc";
    let text =
        argo("3.7", &[("features", features), ("kms-key", key), ("bucket-region", "eu-west-1")]);
    snapshot("argo-workflows-features", &text);
}

#[test]
fn argo_with_an_assumed_role() {
    let text = argo(
        "3.7",
        &[
            ("features", "assume-role"),
            ("target-role", "arn:aws:iam::444455556666:role/argo-data"),
            ("account", "111122223333"),
            ("components", "workflow-pod"),
            ("role", "argo-pods"),
        ],
    );
    snapshot("argo-workflows-assume-role", &text);
}

#[test]
fn argo_in_china_reads_elsewhere_too() {
    let also = r#"[{"prefix": "in/data.csv", "access": "read"}, {"bucket": "acme-out", "prefix": "o$t/", "access": ["write"]}]"#;
    let key = "arn:aws-cn:kms:cn-north-1:111122223333:key/abc";
    let text = argo(
        "3.7",
        &[
            ("region", "cn-north-1"),
            ("kms-key", key),
            ("also", also),
            ("components", "workflow-pod"),
        ],
    );
    snapshot("argo-workflows-also", &text);
}

#[test]
fn kratix_modes() {
    let kratix = |more: &[(&str, &str)]| {
        let mut entries = vec![("consumer", "kratix"), ("bucket", "acme-kratix")];
        entries.extend(more);
        requirements_text(&from_settings(&entries).requirements())
    };
    snapshot("kratix-root", &kratix(&[]));
    snapshot(
        "kratix-destinations",
        &kratix(&[("path", "clusters/"), ("destinations", "dev,prod"), ("cleanup", "all")]),
    );
    let flat = kratix(&[
        ("path", "clusters"),
        ("file-path-mode", "none"),
        ("features", "region-discovery,insecure"),
    ]);
    snapshot("kratix-none-insecure", &flat);
}

#[test]
fn kubeflow_pipelines_with_profiles() {
    let estate = estate(
        r#"
version: 1
account: "111122223333"
clusters:
  prod: { oidc-issuer: "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE" }
deployments:
  - consumer: kubeflow-pipelines
    bucket: acme-kfp
    profiles: [team-1, team-1-prod]
    roles:
      - name: kfp-api
        components: [api-server]
        trust: { irsa: { cluster: prod, service-accounts: [kubeflow/ml-pipeline] } }
      - name: "kfp-{profile}"
        components: [profile]
        trust: { irsa: { cluster: prod, service-accounts: ["{profile}/default-editor"] } }
      - name: kfp-ui
        components: [ui, argo-server, argo-controller]
        trust: { irsa: { cluster: prod, service-accounts: [kubeflow/ml-pipeline-ui, kubeflow-argo-workflows/argo-server] } }
"#,
    );
    snapshot("kubeflow-pipelines", &requirements_text(&estate.requirements()));
}

#[test]
fn massdriver_with_its_three_buckets() {
    let estate = from_settings(&[
        ("consumer", "massdriver"),
        ("bucket", "acme-massdriver"),
        ("state_bucket", "acme-state"),
        ("argo_bucket", "acme-argo"),
        ("features", "garbage-collection,region-discovery"),
    ]);
    snapshot("massdriver", &requirements_text(&estate.requirements()));
}
