//! All consumers we know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::model::{self, Consumer, Use};
use super::problem::known;
use crate::source::{Problem, Source};

/// The models in `policies/`, by file stem, as they were when this was built.
pub(super) const FILES: [(&str, &str); 4] = [
    ("argo-workflows", include_str!("../../policies/argo-workflows.yaml")),
    ("kratix", include_str!("../../policies/kratix.yaml")),
    ("kubeflow-pipelines", include_str!("../../policies/kubeflow-pipelines.yaml")),
    ("massdriver", include_str!("../../policies/massdriver.yaml")),
];

/// Models of consumers by name. Each is read when it is asked for first.
#[derive(Debug)]
pub struct Consumers {
    by_name: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    text: Cow<'static, str>,
    model: OnceLock<Result<Consumer, Vec<String>>>,
}

/// What is wrong with models, each entry with its file and, where there is one, its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ModelErrors(pub Vec<String>);

impl Consumers {
    /// The models that are part of the program. The tests of the project see to it that nothing is
    /// wrong with them.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Consumers> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            Self::of(FILES.map(|(stem, text)| (stem.to_owned(), Cow::Borrowed(text))))
        })
    }

    /// Reads models, each with the name of its file without `.yaml`.
    ///
    /// # Errors
    /// All that is wrong with them and with the references between them.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, ModelErrors> {
        let owned =
            |(stem, text): &(&str, &str)| ((*stem).to_owned(), Cow::Owned((*text).to_owned()));
        let consumers = Self::of(files.iter().map(owned));
        let mut wrong = Vec::new();
        for (stem, entry) in &consumers.by_name {
            match entry.model(stem) {
                Err(problems) => wrong.extend_from_slice(problems),
                Ok(consumer) => {
                    let uses = consumer
                        .components()
                        .iter()
                        .flat_map(|c| c.uses.iter().map(move |u| (c, u)));
                    for (component, used) in uses {
                        let whose = format!("{stem}.yaml: {}", component.name);
                        let problems = consumers.wrong_with(used).into_iter();
                        wrong.extend(problems.map(|problem| format!("{whose}: {problem}")));
                    }
                }
            }
        }
        if wrong.is_empty() { Ok(consumers) } else { Err(ModelErrors(wrong)) }
    }

    fn of(files: impl IntoIterator<Item = (String, Cow<'static, str>)>) -> Self {
        let entry = |(stem, text)| (stem, Entry { text, model: OnceLock::new() });
        Self { by_name: files.into_iter().map(entry).collect() }
    }

    fn wrong_with(&self, used: &Use) -> Vec<String> {
        let Ok(other) = self.get(&used.consumer) else {
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
        self.by_name.iter().filter_map(|(stem, entry)| entry.model(stem).ok())
    }

    /// The consumer of that name.
    ///
    /// # Errors
    /// A help text: the nearest name, or all of them.
    pub fn get(&self, name: &str) -> Result<&Consumer, String> {
        match self.by_name.get_key_value(name) {
            Some((stem, entry)) => entry.model(stem).map_err(|problems| problems.join("; ")),
            None => Err(known(name, self.by_name.keys().map(String::as_str))),
        }
    }
}

impl Entry {
    fn model(&self, stem: &str) -> Result<&Consumer, &[String]> {
        self.model.get_or_init(|| read(stem, &self.text)).as_ref().map_err(Vec::as_slice)
    }
}

fn read(stem: &str, text: &str) -> Result<Consumer, Vec<String>> {
    match model::read(text) {
        Ok(consumer) if consumer.name != stem => {
            Err(vec![format!("{stem}.yaml: the consumer is `{}`, unlike the file", consumer.name)])
        }
        Ok(consumer) => Ok(consumer),
        Err(problems) => {
            let source = Source::new(format!("{stem}.yaml"), text);
            let told = |problem: Problem| {
                let help = problem.help.map(|help| format!(" ({help})")).unwrap_or_default();
                let at = source.position(problem.span.start);
                format!("{}:{at}: {}{help}", source.name(), problem.message)
            };
            Err(problems.into_iter().map(told).collect())
        }
    }
}

#[cfg(test)]
mod tests;
