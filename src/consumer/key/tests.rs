use super::*;

/// The patterns of a format for these namespaces, as text.
fn keys(format: &str, namespaces: &[&str]) -> Result<Vec<String>, String> {
    let names: Vec<KeyTemplate> = if namespaces.is_empty() {
        vec![KeyTemplate::name(None)]
    } else {
        namespaces.iter().map(|n| KeyTemplate::name(Some(n))).collect()
    };
    let filled = KeyTemplate::parse_format(format)?.fill(NAMESPACE, &names);
    Ok(filled.into_iter().map(|t| t.below().pattern().to_string()).collect())
}

#[test]
fn key_formats_become_keys() {
    let argo: &[&str] = &["argo"];
    let both: &[&str] = &["team-1", "team-2"];
    let table: [(&str, &[&str], &[&str]); 21] = [
        ("", argo, &["*"]),
        ("/", argo, &["*"]),
        ("{{workflow.name}}/{{pod.name}}", argo, &["*"]),
        ("artifacts", argo, &["artifacts/*"]),
        ("artifacts/", argo, &["artifacts/*"]),
        ("/artifacts", argo, &["/artifacts/*"]),
        ("a//b/./c/../d", argo, &["a/b/d/*"]),
        (
            "artifacts/{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}",
            argo,
            &["artifacts/argo/*"],
        ),
        (
            "artifacts/{{ workflow.namespace }}/{{pod.name}}",
            both,
            &["artifacts/team-1/*", "artifacts/team-2/*"],
        ),
        ("artifacts/{{workflow.namespace}}/{{pod.name}}", &[], &["artifacts/*"]),
        ("{{workflow.namespace}}/{{workflow.name}}", argo, &["argo/*"]),
        ("{{workflow.namespace}}-data/{{workflow.name}}", argo, &["argo-data/*"]),
        ("team-{{workflow.name}}", argo, &["team-*/*"]),
        ("{{workflow.name}}/logs", argo, &["*/logs/*"]),
        ("{{workflow.name}}{{pod.name}}/x", argo, &["*/x/*"]),
        (
            "logs/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/x-{{pod.name}}",
            argo,
            &["logs/*/*/x-*/*"],
        ),
        ("{{=sprig.replace('/', '-', workflow.name)}}/out", argo, &["*/out/*"]),
        ("a*b/c?d/e$f", argo, &["a${*}b/c${?}d/e${$}f/*"]),
        ("${*}/x", argo, &["${$}{${*}}/x/*"]),
        ("data/..hidden/x", argo, &["data/..hidden/x/*"]),
        ("über/{{workflow.namespace}}", argo, &["über/argo/*"]),
    ];
    for (format, namespaces, expected) in table {
        assert_eq!(
            keys(format, namespaces).as_deref(),
            Ok(expected.map_owned().as_slice()),
            "{format}"
        );
    }
}

trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}
impl MapOwned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|&s| s.to_owned()).collect()
    }
}

#[test]
fn formats_that_cannot_be_read_are_refused() {
    let long = "x".repeat(1025);
    for format in ["{{workflow.name", "../x", "{{workflow.name}}/../x", "a/../../b", "a\nb", &long]
    {
        assert!(keys(format, &["argo"]).is_err(), "{format}");
    }
}

#[test]
fn model_keys_take_whole_paths_for_a_name() {
    let model = KeyTemplate::parse_model("${path}/${destinations}/.kratix/*").unwrap();
    assert_eq!(model.names().into_iter().collect::<Vec<_>>(), ["destinations", "path"]);
    let paths = [KeyTemplate::parse_path("/a/b").unwrap()];
    let filled = &model.fill("path", &paths)[0];
    let destinations = [KeyTemplate::name(None)];
    let filled = &filled.fill("destinations", &destinations)[0];
    assert_eq!(filled.pattern().to_string(), "/a/b/*/.kratix/*");

    let root = [KeyTemplate::parse_path("").unwrap()];
    assert_eq!(model.fill("path", &root)[0].pattern().to_string(), "*/.kratix/*");
    assert!(KeyTemplate::parse_model("a$b").is_err());

    let join = |path: &str, destination: &str| {
        let filled = &model.fill("path", &[KeyTemplate::parse_path(path).unwrap()])[0];
        let filled = &filled.fill("destinations", &[KeyTemplate::parse_path(destination).unwrap()]);
        filled[0].pattern().to_string()
    };
    assert_eq!(join("a", "/b/"), "a/b/.kratix/*");
    assert_eq!(join("/a", "/b"), "/a/b/.kratix/*");
    assert_eq!(join("", "/b"), "/b/.kratix/*");
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the format, no pattern ends in text right before a star.
        #[test]
        fn a_star_at_the_end_follows_a_slash(format in "[a-z*?$./{}-]{0,24}", ns in "[a-z][a-z0-9-]{0,5}") {
            for key in keys(&format, &[&ns]).unwrap_or_default() {
                prop_assert!(key == "*" || key.ends_with("/*"), "{format} gave {key}");
                prop_assert!(!key.ends_with("/*/*"), "{format} gave {key}");
            }
        }
    }
}
