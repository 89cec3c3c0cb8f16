//! Documents in CloudFormation and SAM templates, and policies in YAML.
//!
//! A document of a template is read as it would be deployed: functions are worked out as far as the
//! template tells, with the account, region and partition of AWS's own examples. What it does not tell is
//! open: a stand-in is there, of which nothing is said. Where conditions choose between parts, the
//! document is read twice, once with all of them true and once with all of them false, so that every
//! part is seen.
//!
//! AWS: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

mod function;
mod name;
mod property;
mod text;
mod value;
mod write;

use super::anywhere::{holds_a_policy, joined, looks_like_a_policy, says_it_is_a_policy};
use super::candidate::{Body, Candidate};
use super::{Search, Shape};
use crate::account::{Place, Written};
use crate::syntax::{Json, JsonValue};
use function::function_of;
use property::Property;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use value::{Reading, Value};
use write::Made;

/// Whether it is a template: it says so, or has resources with types.
pub(super) fn is_template(value: &Json<'_>) -> bool {
    let is_resource = |resource: &Json<'_>| {
        resource.get("Type").and_then(Json::text).is_some_and(|name| name.contains("::"))
    };
    value.get("AWSTemplateFormatVersion").is_some()
        || value.get("Resources").is_some_and(|resources| {
            resources.entries().iter().any(|(_, resource)| is_resource(resource))
        })
}

/// A template as far as functions look at it.
#[derive(Default)]
struct Template<'f> {
    /// The text of the file.
    file: &'f str,
    is_json: bool,
    parameters: BTreeMap<&'f str, &'f Json<'f>>,
    mappings: BTreeMap<&'f str, &'f Json<'f>>,
    resources: BTreeMap<&'f str, &'f Json<'f>>,
}

impl<'f> Template<'f> {
    fn of(file: &'f str, json: &'f Json<'f>, is_json: bool) -> Self {
        let section = |name: &str| {
            let entries = json.get(name).map(Json::entries).unwrap_or_default();
            entries.iter().map(|(key, value)| (&*key.name, value)).collect()
        };
        Self {
            file,
            is_json,
            parameters: section("Parameters"),
            mappings: section("Mappings"),
            resources: section("Resources"),
        }
    }
}

/// A resource whose properties are looked through.
#[derive(Clone, Copy)]
struct Resource<'f> {
    template: &'f Template<'f>,
    kind: &'f str,
    json: &'f Json<'f>,
}

impl Search<'_> {
    /// A template.
    pub(super) fn template(&mut self, json: &Json<'_>, is_json: bool) -> Shape {
        let source = self.source.clone();
        let template = Template::of(source.text(), json, is_json);
        for (name, resource) in json.get("Resources").map(Json::entries).unwrap_or_default() {
            if name.name.starts_with("Fn::") || name.name.starts_with('!') {
                let why = format!("`{}` makes resources only when it is deployed", name.name);
                let help =
                    "look at the template that it makes: `get-template --template-stage Processed`";
                self.not_read(name.name.to_string(), name.span, why, Some(help.to_owned()));
                continue;
            }
            let Some(kind) = resource.get("Type").and_then(Json::text) else { continue };
            if let Some(properties) = resource.get("Properties") {
                let found = Resource { template: &template, kind, json: properties };
                self.properties(found, properties, &name.name, "");
            }
        }
        Shape::CloudFormation
    }

    /// A policy in YAML; functions in it have nothing to look at.
    pub(super) fn yaml_policy(&mut self, json: &Json<'_>, path: &str) {
        let source = self.source.clone();
        let template = Template { file: source.text(), ..Template::default() };
        let resource = Resource { template: &template, kind: "", json };
        self.made(resource, json, path.to_owned(), None);
    }

    /// Looks for policies in YAML that is no template.
    pub(super) fn yaml_anywhere(&mut self, json: &Json<'_>, path: &str) -> Shape {
        let is_whole = path.is_empty() && says_it_is_a_policy(json);
        let is_json = |text: &str| text.trim_start().starts_with('{');
        let is_text =
            || json.text().is_some_and(|text| is_json(text) && holds_a_policy(text, false));
        if is_whole || looks_like_a_policy(json) || is_text() {
            self.yaml_policy(json, path);
            return Shape::Policy;
        }
        let mut shape = Shape::Other;
        for (key, value) in json.entries() {
            shape = shape.max(self.yaml_anywhere(value, &joined(path, &key.name)));
        }
        for (at, item) in json.items().iter().enumerate() {
            shape = shape.max(self.yaml_anywhere(item, &format!("{path}[{at}]")));
        }
        shape
    }

    fn properties(&mut self, resource: Resource<'_>, value: &Json<'_>, name: &str, path: &str) {
        for (key, inner) in value.entries() {
            let path = joined(path, &key.name);
            match property::of(resource.kind, &key.name, inner) {
                Some(property) => {
                    self.made(resource, inner, format!("{name} {path}"), Some(property));
                }
                None => self.properties(resource, inner, name, &path),
            }
        }
        for (at, item) in value.items().iter().enumerate() {
            let path = format!("{path}[{at}]");
            if looks_like_a_policy(item) {
                let property = property::anywhere(resource.kind);
                self.made(resource, item, format!("{name} {path}"), Some(property));
            } else {
                self.properties(resource, item, name, &path);
            }
        }
    }

    /// A document, once or once for each way that conditions may turn out.
    fn made(
        &mut self,
        resource: Resource<'_>,
        json: &Json<'_>,
        name: String,
        property: Option<Property>,
    ) {
        let read = |holds: bool| {
            let mut reading = Reading::new(resource.template, holds);
            let value = reading.value(json);
            (value, reading.conditions)
        };
        let (value, conditions) = read(true);
        let first = write::document(&value);
        let second = if conditions.is_empty() { None } else { write::document(&read(false).0) };
        let differ = match (&first, &second) {
            (Some(first), Some(second)) => first.text != second.text,
            _ => false,
        };
        let names = conditions.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let (names, s) = (names.join(" and "), if names.len() == 1 { "s" } else { "" });
        let variants = match (first, second) {
            (Some(first), Some(second)) if differ => {
                let not = if s.is_empty() { "do not hold" } else { "does not hold" };
                vec![
                    (first, Some(format!("where {names} hold{s}"))),
                    (second, Some(format!("where {names} {not}"))),
                ]
            }
            (Some(one), _) | (None, Some(one)) => vec![(one, None)],
            (None, None) => {
                let is_left_out = matches!(value, Value::Absent | Value::Null(_));
                if !is_left_out {
                    let why = "not known yet: it is made when the template is deployed".to_owned();
                    let help = function_of(json).map(|function| {
                        let name = function.name;
                        format!("`{name}` gives it; look at the deployed policy, or at the template that is made")
                    });
                    self.not_read(name, json.span, why, help);
                }
                return;
            }
        };
        let mut seen = BTreeSet::new();
        for (made, variant) in variants {
            let Made { text, pieces, open, gaps } = made;
            for gap in gaps.into_iter().filter(|gap| seen.insert(*gap)) {
                let why = "a statement is not known yet: it is made when the template is deployed";
                self.not_read(name.clone(), gap, why.to_owned(), None);
            }
            let written = Written::Made(Arc::new(pieces));
            let place = Place::File { source: self.source.clone(), span: json.span, written };
            let mut candidate = Candidate::new(name.clone(), place, Body::Made(text.into()));
            candidate.open = open;
            candidate.variant = variant;
            if let Some(property) = property {
                property.describe(resource, &mut candidate);
            }
            self.candidates.push(candidate);
        }
    }
}

/// Whether a value of a template is text or something that gives text.
fn is_string(json: &Json<'_>) -> bool {
    matches!(json.value, JsonValue::String(_))
}
