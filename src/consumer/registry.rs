//! All consumers we know.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::model::{self, Consumer};
use super::problem::{Place, Problem, Problems};
use super::suggest;

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

impl Consumers {
    /// The models that are part of the program, read once.
    ///
    /// # Errors
    /// What is wrong with them; the tests of the project see to it that nothing is.
    pub fn embedded() -> Result<&'static Self, &'static Problems> {
        static EMBEDDED: OnceLock<Result<Consumers, Problems>> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::read(&FILES)).as_ref()
    }

    /// Reads models, each with the name of its file.
    ///
    /// # Errors
    /// All that is wrong with them, the file's name first in each message.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut by_name = BTreeMap::new();
        for (stem, text) in files {
            match model::read(text) {
                Ok(consumer) if consumer.name != *stem => {
                    let message = format!("{stem}: the file's name is not the consumer's, `{}`", consumer.name);
                    problems.push(Problem::new(Place::Whole, message));
                }
                Ok(consumer) => {
                    by_name.insert(consumer.name.clone(), consumer);
                }
                Err(Problems(found)) => problems.0.extend(found.into_iter().map(|mut problem| {
                    problem.message = format!("{stem}: {}", problem.message);
                    problem
                })),
            }
        }
        let consumers = Self { by_name };
        consumers.check_uses(&mut problems);
        problems.or(consumers)
    }

    fn check_uses(&self, problems: &mut Problems) {
        for consumer in self.iter() {
            for (component, used) in consumer.components().iter().flat_map(|c| c.uses.iter().map(move |u| (c, u))) {
                let mut wrong = |message: String| {
                    let message = format!("{}/{}: {message}", consumer.name, component.name);
                    problems.push(Problem::new(Place::Whole, message));
                };
                let Some(other) = self.by_name.get(&used.consumer) else {
                    wrong(format!("uses an unknown consumer `{}`", used.consumer));
                    continue;
                };
                match other.component(&used.component) {
                    None => wrong(format!("uses an unknown component `{}`", used.component)),
                    // One level of use is enough, and cannot go round in a circle.
                    Some(inner) if !inner.uses.is_empty() => wrong("uses a component that uses another".to_owned()),
                    Some(_) => {}
                }
                if !other.versions.contains(&used.version) {
                    wrong(format!("uses {} at {}, which is not supported", used.consumer, used.version));
                }
                for feature in used.on.iter().chain(&used.inherit) {
                    if other.feature(feature).is_none() {
                        wrong(format!("`{feature}` is not a feature of {}", used.consumer));
                    }
                }
            }
        }
    }

    /// The consumers, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Consumer> {
        self.by_name.values()
    }

    /// The consumer of that name.
    ///
    /// # Errors
    /// A problem that suggests the nearest name; its place is for the caller to set.
    pub fn get(&self, name: &str) -> Result<&Consumer, Problem> {
        self.by_name.get(name).ok_or_else(|| {
            Problem::new(Place::Whole, format!("unknown consumer `{name}`"))
                .help(suggest::help(name, self.by_name.keys().map(String::as_str)))
        })
    }
}

#[cfg(test)]
mod tests;
