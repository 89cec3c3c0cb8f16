//! `compile`, `consumers` and `terraform-external`, as users drive them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::fs;
use support::{leastwise, leastwise_with, snapshot};

#[test]
fn each_consumer_compiles_from_flags() {
    let runs: [(&str, &[&str]); 8] = [
        (
            "argo_workflow_pod",
            &[
                "argo-workflows",
                "--bucket",
                "acme-argo",
                "--component",
                "workflow-pod",
                "--key-format",
                "artifacts/{{workflow.namespace}}/{{pod.name}}",
                "--service-account",
                "argo/default",
                "--account",
                "111122223333",
                "--irsa-issuer",
                "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
            ],
        ),
        (
            "argo_every_feature",
            &[
                "argo-workflows",
                "--bucket",
                "acme-argo",
                "--with",
                "garbage-collection,region-discovery,create-bucket,object-lock,bucket-encryption,archive-logs",
                "--component",
                "workflow-pod",
                "--component",
                "gc-pod",
                "--kms-key",
                "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                "--bucket-region",
                "eu-west-1",
            ],
        ),
        (
            "argo_old_server",
            &[
                "argo-workflows",
                "--bucket",
                "acme-argo",
                "--consumer-version",
                "3.3",
                "--component",
                "server",
            ],
        ),
        (
            "argo_gc_before_listing",
            &[
                "argo-workflows",
                "--bucket",
                "acme-argo",
                "--consumer-version",
                "3.5.8",
                "--with",
                "garbage-collection",
                "--component",
                "gc-pod",
            ],
        ),
        ("kratix", &["kratix", "--bucket", "acme-kratix", "--set", "path=clusters/prod"]),
        (
            "kubeflow_api_server",
            &["kubeflow-pipelines", "--bucket", "acme-kfp", "--component", "api-server"],
        ),
        (
            "kubeflow_profile_in_china",
            &[
                "kubeflow-pipelines",
                "--bucket",
                "acme-kfp",
                "--component",
                "profile",
                "--for-profile",
                "team-1",
                "--partition",
                "aws-cn",
                "--account",
                "111122223333",
                "--ec2",
            ],
        ),
        (
            "massdriver",
            &[
                "massdriver",
                "--bucket",
                "acme-md",
                "--set",
                "state-bucket=acme-md-state",
                "--set",
                "argo-bucket=acme-md-argo",
            ],
        ),
    ];
    for (name, arguments) in runs {
        let run = leastwise(&[&["compile"], arguments].concat());
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        snapshot("compile", name, &run.shown());
    }
}

#[test]
fn an_assumed_role_does_the_work_and_trusts_the_pods() {
    let estate = r#"
version: 1
account: "111122223333"
deployments:
  - consumer: argo-workflows
    bucket: acme-argo
    features: [assume-role]
    target-role: argo-target
    roles:
      - { name: argo-pods, components: [workflow-pod], trust: { ec2: {} } }
"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leastwise.yaml");
    fs::write(&path, estate).unwrap();
    let run = leastwise(&["compile", "-f", path.to_str().unwrap()]);
    snapshot(
        "compile",
        "argo_assume_role",
        &run.shown().replace(folder.path().to_str().unwrap(), "DIR"),
    );
}

#[test]
fn an_estate_compiles_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let run = leastwise(&["compile", "-f", "examples/leastwise.yaml", "-o", out.to_str().unwrap()]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let mut files: Vec<_> = fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let all: Vec<String> = files
        .iter()
        .map(|f| format!("## {f}\n{}", fs::read_to_string(out.join(f)).unwrap()))
        .collect();
    snapshot("compile", "example_estate", &all.concat());

    // Once more over the same files: the same bytes.
    leastwise(&["compile", "-f", "examples/leastwise.yaml", "-o", out.to_str().unwrap()]);
    for (file, before) in files.iter().zip(&all) {
        assert_eq!(before.split_once('\n').unwrap().1, fs::read_to_string(out.join(file)).unwrap());
    }
}

#[test]
fn a_folder_gets_all_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    // One of the files cannot be put in its place.
    fs::create_dir(folder.path().join("kratix.trust.json")).unwrap();
    fs::write(folder.path().join("argo-gc.policy.json"), "before").unwrap();
    let run = leastwise(&[
        "compile",
        "-f",
        "examples/leastwise.yaml",
        "-o",
        folder.path().to_str().unwrap(),
    ]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("kratix.trust.json"), "{}", run.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(fs::read_to_string(folder.path().join("argo-gc.policy.json")).unwrap(), "before");
}

#[test]
fn bad_input_is_told_with_place_and_remedy() {
    let runs: [(&str, &[&str]); 7] = [
        ("unknown_consumer", &["compile", "argo-workflow", "--bucket", "acme-argo"]),
        (
            "several_mistakes",
            &[
                "compile",
                "argo-workflows",
                "--bucket",
                "My_Bucket",
                "--with",
                "gc",
                "--component",
                "wrkflow-pod",
                "--consumer-version",
                "9",
            ],
        ),
        ("no_bucket", &["compile", "kratix"]),
        ("no_such_file", &["compile", "-f", "no/such/leastwise.yaml"]),
        (
            "estate_and_flags",
            &["compile", "-f", "examples/leastwise.yaml", "--bucket", "acme-argo"],
        ),
        (
            "nothing_needed",
            &["compile", "argo-workflows", "--bucket", "acme-argo", "--component", "controller"],
        ),
        (
            "unknown_profile_setting",
            &[
                "compile",
                "kratix",
                "--bucket",
                "acme-kratix",
                "--set",
                "pth=x",
                "--irsa-issuer",
                "http://x",
                "--service-account",
                "x",
            ],
        ),
    ];
    for (name, arguments) in runs {
        let run = leastwise(arguments);
        assert_eq!(run.stdout, "", "{name}");
        snapshot("cli", name, &run.shown());
    }
}

#[test]
fn a_policy_that_does_not_fit_is_an_error_with_its_size() {
    let destinations: Vec<String> =
        (0..120).map(|n| format!("cluster-with-a-long-name-{n:03}")).collect();
    let setting = format!("destinations={}", destinations.join(","));
    let run = leastwise(&["compile", "kratix", "--bucket", "acme-kratix", "--set", &setting]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    snapshot("cli", "policy_too_large", &run.stderr);
}

#[test]
fn consumers_are_listed_shown_and_explained() {
    for (name, arguments) in [
        ("list", &["consumers"][..]),
        ("show_kratix", &["consumers", "show", "kratix"]),
        ("explain_argo_list_bucket", &["consumers", "explain", "argo-workflows", "s3:ListBucket"]),
        ("explain_kratix_head_bucket", &["consumers", "explain", "kratix", "HeadBucket"]),
    ] {
        let run = leastwise(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}");
        snapshot("consumers", name, &run.stdout);
    }
    let run = leastwise(&["consumers", "explain", "kratix", "s3:PutBucketPolicy"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(leastwise(&["consumers", "explain", "kratix", "s3:Nothing"]).status, 2);
}

const QUERY: &str = r#"{"consumer":"argo-workflows","consumer_version":"3.5","bucket":"acme-argo","components":"[\"workflow-pod\"]","key_format":"{{workflow.namespace}}/{{pod.name}}","account":"111122223333","pod_identity_cluster":"arn:aws:eks:eu-west-1:111122223333:cluster/prod","service_accounts":"[\"argo/default\"]","features":"","kms_key":""}"#;

/// Terraform writes the query to stdin, reads one object of strings from stdout, and shows stderr
/// where the status is not 0.
#[test]
fn terraform_is_answered() {
    let run = leastwise_with(&["terraform-external"], QUERY, &[]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    snapshot("terraform", "answer", &run.stdout);
    assert_eq!(run.stdout.lines().count(), 1);

    let answer: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&run.stdout).unwrap();
    let keys: Vec<&str> = answer.keys().map(String::as_str).collect();
    assert_eq!(keys, ["policy", "sha256", "size", "trust_policy", "warnings"]);
    assert_eq!(answer["size"], answer["policy"].chars().count().to_string());
    assert!(answer["warnings"].contains("pod-identity"), "{}", answer["warnings"]);
    assert_eq!(leastwise_with(&["terraform-external"], QUERY, &[]).stdout, run.stdout);
}

#[test]
fn terraform_is_told_what_is_wrong_in_one_line() {
    let queries = [
        "",
        "[]",
        r#"{"consumer": "kratix""#,
        r#"{"consumer": "kratix", "bucket": ["acme"]}"#,
        r#"{"consumer": "kratix", "bucket": "acme-kratix", "bucket": "acme-other"}"#,
        r#"{"consumer": "kratix", "bucket": "X", "pth": "a"}"#,
        r#"{"consumer": "argo-workflows", "bucket": "acme-argo"}"#,
        r#"{"consumer": "argo-workflows", "bucket": "acme-argo", "components": "controller"}"#,
        r#"{"estate": "examples/leastwise.yaml", "role": "kfp-team"}"#,
        r#"{"estate": "examples/leastwise.yaml", "role": "kratix", "bucket": "acme-kratix"}"#,
        r#"{"estate": "no/such/file.yaml", "role": "kratix"}"#,
    ];
    let mut shown = String::new();
    for query in queries {
        let run = leastwise_with(&["terraform-external"], query, &[]);
        assert_eq!(
            (run.stdout.as_str(), run.stderr.lines().count()),
            ("", 1),
            "{query}\n{}",
            run.stderr
        );
        assert_ne!(run.status, 0);
        shown += &format!("{query}\n  {} {}", run.status, run.stderr);
    }
    snapshot("terraform", "errors", &shown);
}

#[test]
fn terraform_reads_an_estate() {
    let run = leastwise_with(
        &["terraform-external"],
        r#"{"estate":"examples/leastwise.yaml","role":"kfp-team-1"}"#,
        &[],
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("artifacts/team-1/*") && !run.stdout.contains("team-1-prod"),
        "{}",
        run.stdout
    );
}

/// One policy for all profiles, with the tag of the session in place of the profile's name.
#[test]
fn one_role_for_all_profiles() {
    let kubeflow = ["compile", "kubeflow-pipelines", "--bucket", "acme-kfp", "--abac"];
    let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
    let trusted = ["--pod-identity-cluster", cluster, "--account", "111122223333"];
    let account = ["--component", "profile", "--service-account", "team-1/default-editor"];
    let run = leastwise(&[&kubeflow[..], &trusted, &account].concat());
    assert_eq!(run.status, 0);
    snapshot("compile", "kubeflow_abac", &run.shown());

    let profiles = ["--component", "profile", "--set", "profiles=team-1,team-1-prod"];
    let plain = leastwise(&[&kubeflow[..], &profiles].concat());
    assert_eq!(plain.status, 0);
    assert!(plain.stderr.contains("`team-1/x`"), "{}", plain.stderr);
    assert!(plain.stderr.contains("cannot use `pod-identity`"), "{}", plain.stderr);
    for profile in ["team-1", "team-1-prod"] {
        assert!(!plain.stdout.contains(profile));
    }

    let irsa = ["--irsa-issuer", "https://oidc.example.org", "--account", "111122223333"];
    for (more, expected) in [
        ([&irsa[..], &account].concat(), "`abac` needs `pod-identity`"),
        (vec!["--component", "api-server"], "`api-server` is no profile's own"),
        ([&profiles[..], &["--role", "kfp-{profile}"]].concat(), "is one for each profile"),
    ] {
        let run = leastwise(&[&kubeflow[..], &more].concat());
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn abac_is_refused_where_it_means_nothing() {
    for consumer in ["kratix", "argo-workflows"] {
        let run = leastwise(&["compile", consumer, "--bucket", "acme", "--abac"]);
        assert_eq!(run.status, 2, "{}", run.shown());
        assert!(run.stderr.contains("no component that is a profile's own"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}
