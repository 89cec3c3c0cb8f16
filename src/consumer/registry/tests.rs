use super::*;

#[test]
fn the_embedded_models_are_sound() {
    let consumers = Consumers::read(&FILES).unwrap_or_else(|problems| panic!("{problems}"));
    let names: Vec<&str> = consumers.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["argo-workflows", "kratix", "kubeflow-pipelines", "massdriver"]);
    assert_eq!(Consumers::embedded().iter().count(), names.len());
}

#[test]
fn every_model_file_is_embedded() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")).unwrap();
    let mut found: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    let embedded: Vec<String> = FILES.iter().map(|(stem, _)| format!("{stem}.yaml")).collect();
    assert_eq!(found, embedded);
}

/// A small model that holds one mistake after another.
const SMALL: &str = r#"consumer: small
title: A small model
versions: { supported: ">=1, <3", newest: "2.1" }
parameters:
  path: { type: path, summary: where }
features:
  extra: { summary: more }
components:
  - name: pod
    summary: a pod
    calls:
      - { api: s3.GetObject, keys: "${path}/*", when: extra, denied: fatal, evidence: [code] }
evidence:
  code: { repository: acme/small, at: v2.1, file: main.go, symbol: main }
"#;

#[test]
fn mistakes_in_a_model_are_told_with_their_place() {
    let cases: [(&str, &str); 19] = [
        ("consumer: small", "consumer: large"),
        ("title:", "tilte:"),
        (">=1, <3", "1 to 3"),
        ("\"2.1\"", "\"3.1\""),
        ("type: path", "type: pth"),
        ("s3.GetObject", "s3.GetObjects"),
        ("s3.GetObject", "s3.HeadBucket"),
        ("s3.GetObject", "s3.CopyObject"),
        ("${path}", "${pth}"),
        ("${path}", "$path"),
        ("keys: \"${path}/*\"", "keys: x, prefix: x"),
        ("keys: \"${path}/*\"", "bucket: path, prefix: x"),
        ("when: extra", "when: exrta"),
        ("when: extra", "when: path ="),
        ("when: extra", "versions: new"),
        ("denied: fatal", "denied: fatally"),
        ("evidence: [code]", "evidence: [cod]"),
        ("summary: a pod", "summary: a pod\n    needs-nothing: because"),
        (
            "summary: a pod",
            "summary: a pod\n    use: [{ component: small/pdo@3, inherit: [exta] }]",
        ),
    ];
    let mut told = String::new();
    for (from, to) in cases {
        let text = SMALL.replacen(from, to, 1);
        assert_ne!(text, SMALL, "{from}");
        let errors = Consumers::read(&[("small", &text)]).unwrap_err();
        told.push_str(&format!("--- {from:?} as {to:?}\n{errors}\n"));
    }
    assert!(Consumers::read(&[("small", SMALL)]).is_ok());
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/consumer"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("model-mistakes", told);
    });
}
