use super::*;

#[test]
fn the_embedded_models_are_sound() {
    let consumers = Consumers::embedded().unwrap_or_else(|problems| panic!("{problems}"));
    let names: Vec<&str> = consumers.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["argo-workflows", "kratix", "kubeflow-pipelines", "massdriver"]);
}
