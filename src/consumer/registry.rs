//! All consumers we know.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::model::{self, Consumer, Use};
use super::problem::known;
use crate::source::Source;

/// The models in `policies/`, by file stem, as they were when this was built.
pub(super) const FILES: [(&str, &str); 4] = [
    ("argo-workflows", include_str!("../../policies/argo-workflows.yaml")),
    ("kratix", include_str!("../../policies/kratix.yaml")),
    ("kubeflow-pipelines", include_str!("../../policies/kubeflow-pipelines.yaml")),
    ("massdriver", include_str!("../../policies/massdriver.yaml")),
];

/// Models of consumers by name, with every reference between them resolved.
#[derive(Clone, Debug)]
pub struct Consumers {
    by_name: BTreeMap<String, Consumer>,
}

/// What is wrong with models, each entry with its file and, where there is one, its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ModelErrors(pub Vec<String>);

impl Consumers {
    /// The models that are part of the program, read once.
    ///
    /// # Errors
    /// What is wrong with them; the tests of the project see to it that nothing is.
    pub fn embedded() -> Result<&'static Self, &'static ModelErrors> {
        static EMBEDDED: OnceLock<Result<Consumers, ModelErrors>> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::read(&FILES)).as_ref()
    }

    /// Reads models, each with the name of its file without `.yaml`.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, ModelErrors> {
        let mut wrong = Vec::new();
        let mut by_name = BTreeMap::new();
        for (stem, text) in files {
            match model::read(text) {
                Ok(consumer) if consumer.name != *stem => {
                    wrong.push(format!(
                        "{stem}.yaml: the consumer is `{}`, unlike the file",
                        consumer.name
                    ));
                }
                Ok(consumer) => {
                    by_name.insert(consumer.name.clone(), consumer);
                }
                Err(problems) => {
                    let source = Source::new(format!("{stem}.yaml"), *text);
                    wrong.extend(problems.into_iter().map(|problem| {
                        let help =
                            problem.help.map(|help| format!(" ({help})")).unwrap_or_default();
                        let at = source.position(problem.span.start);
                        format!("{}:{at}: {}{help}", source.name(), problem.message)
                    }));
                }
            }
        }
        let consumers = Self { by_name };
        for consumer in consumers.iter() {
            for component in consumer.components() {
                for used in &component.uses {
                    let problems = consumers.wrong_with(used);
                    let whose = format!("{}.yaml: {}", consumer.name, component.name);
                    wrong.extend(problems.into_iter().map(|problem| format!("{whose}: {problem}")));
                }
            }
        }
        if wrong.is_empty() { Ok(consumers) } else { Err(ModelErrors(wrong)) }
    }

    fn wrong_with(&self, used: &Use) -> Vec<String> {
        let Some(other) = self.by_name.get(&used.consumer) else {
            return vec![format!("uses an unknown consumer `{}`", used.consumer)];
        };
        let mut wrong = Vec::new();
        match other.component(&used.component) {
            None => wrong.push(format!("uses an unknown component `{}`", used.component)),
            // One level is enough, and cannot go round in a circle.
            Some(inner) if !inner.uses.is_empty() => {
                wrong.push(format!("uses `{}`, which uses another itself", used.component));
            }
            Some(_) => {}
        }
        if !other.versions.contains(&used.version) {
            wrong.push(format!(
                "uses {} at {}, which is not supported",
                used.consumer, used.version
            ));
        }
        for feature in used.on.iter().chain(&used.inherit) {
            if other.feature(feature).is_none() {
                wrong.push(format!("`{feature}` is not a feature of {}", used.consumer));
            }
        }
        wrong
    }

    /// The consumers, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Consumer> {
        self.by_name.values()
    }

    /// The consumer of that name.
    ///
    /// # Errors
    /// A help text: the nearest name, or all of them.
    pub fn get(&self, name: &str) -> Result<&Consumer, String> {
        self.by_name.get(name).ok_or_else(|| known(name, self.by_name.keys().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests;
