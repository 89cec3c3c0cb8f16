//! Which components make a call or need an action, and what shows it.

use serde::Serialize;
use std::sync::Arc;

use super::common::KMS;
use super::condition::{Facts, When};
use super::key::KeyTemplate;
use super::model::{Call, Component, Consumer, Denial, Evidence, Occurs, Target, Use};
use super::problem::known;
use super::registry::Consumers;
use super::requirement::Why;
use crate::catalogue::{ApiTable, Catalogue, Dialect};

/// One call of one component that needs the action in question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The component.
    pub component: String,
    /// The component of another consumer that it is made of, `argo-workflows/server@3.3.10`.
    pub through: Option<String>,
    /// The API calls.
    pub calls: Vec<String>,
    /// The actions that they need and that were asked for.
    pub actions: Vec<String>,
    /// Why they need it.
    pub why: Why,
    /// What the call is made on, as the model says it.
    pub on: String,
    /// The list prefix exactly as the code sends it, where the model says more than `on` does.
    pub sends: Option<String>,
    /// When it is made; `None` for always.
    pub when: Option<String>,
    /// The versions that make it; `None` for all.
    pub versions: Option<String>,
    /// What a refusal does.
    pub denied: Denial,
    /// What it does under a condition.
    pub denied_if: Vec<(String, Denial)>,
    /// Whether it is known to be made.
    pub occurs: Occurs,
    /// What a reader should know besides.
    pub note: Option<String>,
    /// Where this is from.
    pub evidence: Vec<Arc<Evidence>>,
}

impl Consumers {
    /// Every call of a consumer that needs an action (`s3:ListBucket`), or that is the API call
    /// (`s3.HeadBucket`, `s3:HeadBucket`, `HeadBucket`), in the model's order.
    ///
    /// # Errors
    /// A message for an unknown consumer, or for a name that is neither action nor API call.
    pub fn explain(&self, consumer: &str, asked: &str) -> Result<Vec<Explanation>, String> {
        let model =
            self.get(consumer).map_err(|help| format!("unknown consumer `{consumer}`: {help}"))?;
        let asked = Asked::parse(asked)?;
        let mut found = Vec::new();
        for component in model.components() {
            explain_calls(component, component, None, &asked, &mut found);
            for used in &component.uses {
                let inner = self
                    .get(&used.consumer)
                    .ok()
                    .and_then(|c: &Consumer| c.component(&used.component));
                if let Some(inner) = inner {
                    explain_calls(component, inner, Some(used), &asked, &mut found);
                }
            }
        }
        Ok(found)
    }
}

/// What somebody asks about.
enum Asked {
    Action(String),
    Api(String),
}

impl Asked {
    fn parse(text: &str) -> Result<Self, String> {
        let table = ApiTable::embedded();
        if let Some(id) = Catalogue::embedded().find(text) {
            return Ok(Self::Action(Catalogue::embedded().name(id).to_owned()));
        }
        table.named(text).map(|call| Self::Api(call.api.clone())).ok_or_else(|| {
            let dotted = text.replacen(':', ".", 1);
            let dotted = if dotted.contains('.') { dotted } else { format!("s3.{dotted}") };
            let near = known(
                &dotted,
                table.calls().map(|c| c.api.as_str()).filter(|c| c.starts_with("s3.")),
            );
            let near = if near.len() > 80 {
                "an action is `service:Name`, an API call `service.Name`"
            } else {
                &near
            };
            format!("`{text}` is neither an action nor an API call: {near}")
        })
    }
}

fn explain_calls(
    component: &Component,
    part: &Component,
    through: Option<&Use>,
    asked: &Asked,
    found: &mut Vec<Explanation>,
) {
    let made = |call: &&Call| through.is_none_or(|used| used.can_make(call));
    for call in part.calls.iter().filter(made) {
        for why in [Why::Call, Why::MissingKey, Why::Kms] {
            let (calls, actions) = matching(call, why, asked);
            if calls.is_empty() {
                continue;
            }
            let missing = call.missing_key.as_ref().filter(|_| why == Why::MissingKey);
            let whens =
                [part.when.as_ref(), call.when.as_ref(), missing.and_then(|m| m.when.as_ref())];
            let both = |a: When, b: When| When::And(Box::new(a), Box::new(b));
            let kms = (why == Why::Kms).then(|| When::Feature(KMS.to_owned()));
            let when = whens.into_iter().flatten().cloned().chain(kms).reduce(both);
            found.push(Explanation {
                component: component.name.clone(),
                through: through.map(|used| used.written.clone()),
                calls,
                actions,
                why,
                on: on(call, why),
                sends: call.sends.clone(),
                when: when.map(|when| when.to_string()),
                versions: call
                    .versions
                    .as_ref()
                    .or(part.versions.as_ref())
                    .map(ToString::to_string),
                denied: missing.map_or(call.denied, |missing| missing.denied),
                denied_if: match missing {
                    Some(_) => Vec::new(),
                    None => call
                        .denied_if
                        .iter()
                        .map(|(when, denied)| (when.to_string(), *denied))
                        .collect(),
                },
                occurs: call.occurs,
                note: call.note.clone(),
                evidence: call.evidence.clone(),
            });
        }
    }
}

impl Use {
    /// Whether the used version makes the call, with every feature on that can be.
    fn can_make(&self, call: &Call) -> bool {
        let versions = call.versions.as_ref();
        versions.is_none_or(|range| range.contains(&self.version))
            && call.when.as_ref().is_none_or(|when| when.holds(self))
    }
}

impl Facts for Use {
    fn feature(&self, name: &str) -> bool {
        self.on.iter().chain(&self.inherit).any(|feature| feature == name)
    }

    fn parameter_is(&self, _name: &str, _value: &str) -> bool {
        true
    }
}

/// The API calls of one call that were asked for, with their actions.
fn matching(call: &Call, why: Why, asked: &Asked) -> (Vec<String>, Vec<String>) {
    let mut calls = Vec::new();
    let mut actions = Vec::new();
    for api in call.apis.iter().filter_map(|name| ApiTable::embedded().get(name)) {
        let needed: Vec<String> = match why {
            Why::MissingKey if call.missing_key.is_some() && api.missing_key => {
                vec!["s3:ListBucket".to_owned()]
            }
            Why::MissingKey => Vec::new(),
            Why::Call | Why::Kms => {
                let evaluations = api.needs(Dialect::Aws, &call.options);
                let kms = |action: &str| action.starts_with("kms:");
                evaluations
                    .filter(|e| kms(&e.action) == (why == Why::Kms))
                    .map(|e| e.action.clone())
                    .collect()
            }
        };
        let asked_for: Vec<String> = match asked {
            Asked::Action(action) => needed.into_iter().filter(|n| n == action).collect(),
            Asked::Api(name) if *name == api.api => needed,
            Asked::Api(_) => Vec::new(),
        };
        if !asked_for.is_empty() {
            calls.push(api.api.clone());
            actions.extend(asked_for);
        }
    }
    actions.sort();
    actions.dedup();
    (calls, actions)
}

/// What a call is made on, in the model's words.
fn on(call: &Call, why: Why) -> String {
    let buckets: Vec<String> = call.buckets.iter().map(|name| format!("${{{name}}}")).collect();
    let buckets = buckets.join(" and ");
    let prefix = |keys: &KeyTemplate| format!("{buckets} with s3:prefix {}", keys.model_text());
    match (&call.target, why) {
        (_, Why::Kms) => "${kms-key}".to_owned(),
        (Target::Keys(keys), Why::MissingKey) => prefix(keys),
        (Target::Keys(keys), Why::Call) => format!("{buckets}/{}", keys.model_text()),
        (Target::Bucket { prefix: Some(keys), .. }, _) => prefix(keys),
        (Target::Bucket { prefix: None, .. }, _)
            if call.apis.iter().any(|a| a == "s3.HeadBucket") =>
        {
            format!("{buckets} without s3:prefix")
        }
        (Target::Bucket { prefix: None, .. }, _) => buckets,
        (Target::Role(parameter), _) => format!("${{{parameter}}}"),
    }
}

impl Call {
    /// What the call is made on, as the model says it: a bucket, or keys of one.
    #[must_use]
    pub fn place(&self) -> String {
        on(self, Why::Call)
    }
}
