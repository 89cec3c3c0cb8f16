//! From a model file to a `Consumer`: every name known, every reference resolved.

mod call;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_saphyr::Spanned;

use super::file;
use super::{Client, Component, Consumer, Evidence, Feature, Parameter, ParameterType, Use};
use crate::consumer::common;
use crate::consumer::condition::When;
use crate::consumer::problem::{known, span, yaml};
use crate::consumer::version::{Version, VersionRange};
use crate::source::{Problem, Span};

/// Reads one model.
///
/// # Errors
/// Everything that is wrong with it, in the order of its places.
pub fn read(text: &str) -> Result<Consumer, Vec<Problem>> {
    let file: file::Model =
        serde_saphyr::from_str(text).map_err(|error| vec![yaml(&error, text)])?;
    let mut reader =
        Reader { problems: Vec::new(), evidence: BTreeMap::new(), used: BTreeSet::new() };
    let consumer = reader.consumer(file);
    if reader.problems.is_empty() {
        return Ok(consumer);
    }
    reader.problems.sort_by_key(|problem| problem.span);
    Err(reader.problems)
}

struct Reader {
    problems: Vec<Problem>,
    evidence: BTreeMap<String, Arc<Evidence>>,
    used: BTreeSet<String>,
}

fn place<T>(spanned: &Spanned<T>) -> Span {
    span(spanned.defined)
}

impl Reader {
    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>) {
        self.problems.push(Problem::error(place(at), message));
    }

    fn consumer(&mut self, file: file::Model) -> Consumer {
        self.evidence = file
            .evidence
            .into_iter()
            .map(|(id, e)| (id.clone(), Arc::new(evidence(id, e))))
            .collect();
        let versions = self.range(&file.versions.supported);
        let newest = match Version::parse(&file.versions.newest.value) {
            Some(version) if versions.contains(&version) => version,
            _ => {
                self.wrong(&file.versions.newest, "is not a supported version");
                Version::zero()
            }
        };
        let mut parameters: BTreeMap<String, Parameter> =
            common::parameters().into_iter().map(|p| (p.name.clone(), p)).collect();
        for (name, raw) in file.parameters {
            parameters.insert(name.clone(), parameter(name, raw));
        }
        let mut features: BTreeMap<String, Feature> =
            common::features().into_iter().map(|f| (f.name.clone(), f)).collect();
        for (name, raw) in file.features {
            let feature = self.feature(name.clone(), &raw, &parameters);
            features.insert(name, feature);
        }
        let clients = file.clients.into_iter().map(|c| self.client(c)).collect();
        let mut consumer = Consumer {
            name: file.consumer.value,
            title: file.title,
            versions,
            newest,
            parameters,
            features,
            components: Vec::new(),
            clients,
            evidence: BTreeMap::new(),
        };
        for raw in file.components {
            if consumer.component(&raw.name.value).is_some() {
                self.wrong(&raw.name, format!("component `{}` stands twice", raw.name.value));
            }
            let component = self.component(raw, &consumer);
            consumer.components.push(component);
        }
        for id in self.evidence.keys() {
            if !self.used.contains(id) {
                self.problems
                    .push(Problem::error(Span::default(), format!("evidence `{id}` is not used")));
            }
        }
        consumer.evidence = std::mem::take(&mut self.evidence);
        consumer
    }

    fn feature(
        &mut self,
        name: String,
        raw: &file::Feature,
        parameters: &BTreeMap<String, Parameter>,
    ) -> Feature {
        if let Some(parameter) = &raw.assumes
            && parameters.get(&parameter.value).is_none_or(|p| p.kind != ParameterType::Role)
        {
            self.wrong(
                parameter,
                format!("`{}` is not a parameter that names a role", parameter.value),
            );
        }
        Feature {
            name,
            default: raw.default,
            summary: raw.summary.clone(),
            versions: raw.versions.as_ref().map(|v| self.range(v)),
            needs: raw.needs.as_ref().map(|n| n.value.clone()),
            needs_parameter: raw.assumes.as_ref().map(|n| n.value.clone()),
            assumes: raw.assumes.as_ref().map(|n| n.value.clone()),
            plain_http: raw.plain_http,
        }
    }

    fn client(&mut self, raw: file::Client) -> Client {
        Client {
            versions: raw.versions.as_ref().map(|v| self.range(v)),
            library: raw.library,
            cannot: raw.cannot,
            unless: raw.unless,
            evidence: self.cited(&raw.evidence),
        }
    }

    fn component(&mut self, raw: file::Component, consumer: &Consumer) -> Component {
        let says_nothing = raw.needs_nothing.is_some();
        if says_nothing != (raw.calls.is_empty() && raw.uses.is_empty()) {
            self.wrong(&raw.name, "has either calls or `needs-nothing`");
        }
        Component {
            name: raw.name.value,
            summary: raw.summary,
            service_account: raw.service_account,
            namespace: raw.namespace,
            namespaces: raw.namespaces,
            versions: raw.versions.as_ref().map(|v| self.range(v)),
            when: raw.when.as_ref().and_then(|w| self.when(w, consumer)),
            needs_nothing: raw.needs_nothing,
            calls: raw.calls.iter().filter_map(|call| self.call(call, consumer)).collect(),
            uses: raw.uses.iter().filter_map(|raw| self.reference(raw, consumer)).collect(),
        }
    }

    fn reference(&mut self, raw: &file::Use, consumer: &Consumer) -> Option<Use> {
        let parts = raw
            .component
            .value
            .split_once('/')
            .and_then(|(c, rest)| Some((c, rest.split_once('@')?)));
        let Some((other, (component, version))) = parts else {
            self.wrong(&raw.component, "is not `consumer/component@version`");
            return None;
        };
        let Some(version) = Version::parse(version) else {
            self.wrong(&raw.component, format!("`{version}` is not a version"));
            return None;
        };
        let bucket = match &raw.bucket {
            None => "bucket".to_owned(),
            Some(name) => {
                self.bucket(name, &name.value, consumer);
                name.value.clone()
            }
        };
        for name in &raw.inherit {
            self.feature_name(name, &name.value, consumer);
        }
        Some(Use {
            written: raw.component.value.clone(),
            consumer: other.to_owned(),
            component: component.to_owned(),
            version,
            bucket,
            on: raw.on.iter().map(|n| n.value.clone()).collect(),
            inherit: raw.inherit.iter().map(|n| n.value.clone()).collect(),
        })
    }

    fn when(&mut self, text: &Spanned<String>, consumer: &Consumer) -> Option<When> {
        let when = match When::parse(&text.value) {
            Ok(when) => when,
            Err(message) => {
                self.wrong(text, message);
                return None;
            }
        };
        when.names(&mut |name| match name {
            Ok(feature) => self.feature_name(text, feature, consumer),
            Err((name, value)) => match consumer.parameter(name) {
                None => self.wrong(text, format!("`{name}` is not a parameter")),
                Some(p)
                    if p.kind == ParameterType::Choice && !p.choices.iter().any(|c| c == value) =>
                {
                    self.wrong(text, format!("`{value}` is not a value of `{name}`"));
                }
                Some(_) => {}
            },
        });
        Some(when)
    }

    fn feature_name<T>(&mut self, at: &Spanned<T>, name: &str, consumer: &Consumer) {
        if consumer.feature(name).is_none() {
            let help = known(name, consumer.features().map(|f| f.name.as_str()));
            self.problems
                .push(Problem::error(place(at), format!("`{name}` is not a feature")).help(help));
        }
    }

    fn bucket<T>(&mut self, at: &Spanned<T>, name: &str, consumer: &Consumer) {
        if consumer.parameter(name).is_none_or(|p| p.kind != ParameterType::Bucket) {
            self.wrong(at, format!("`{name}` is not a parameter that names a bucket"));
        }
    }

    fn range(&mut self, text: &Spanned<String>) -> VersionRange {
        VersionRange::parse(&text.value).unwrap_or_else(|| {
            self.wrong(text, format!("`{}` is not a range of versions", text.value));
            VersionRange::everything()
        })
    }

    fn cited(&mut self, ids: &[Spanned<String>]) -> Vec<Arc<Evidence>> {
        let mut found = Vec::new();
        for id in ids {
            match self.evidence.get(&id.value) {
                Some(evidence) => found.push(Arc::clone(evidence)),
                None => {
                    let help = known(&id.value, self.evidence.keys().map(String::as_str));
                    let message = format!("evidence `{}` does not exist", id.value);
                    self.problems.push(Problem::error(place(id), message).help(help));
                }
            }
            self.used.insert(id.value.clone());
        }
        found
    }
}

fn evidence(id: String, raw: file::Evidence) -> Evidence {
    Evidence { id, repository: raw.repository, at: raw.at, file: raw.file, symbol: raw.symbol }
}

fn parameter(name: String, raw: file::Parameter) -> Parameter {
    Parameter {
        name,
        kind: raw.kind.value,
        required: raw.required,
        default: raw.default.map(|d| d.value).into_iter().collect(),
        choices: raw.choices,
        summary: raw.summary,
    }
}
