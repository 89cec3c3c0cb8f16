//! Documents in what `terraform show -json` prints of a plan or a state, and in a state file: strings in
//! the attributes of resources.
//!
//! Terraform: <https://developer.hashicorp.com/terraform/internals/json-format>

mod attribute;

use super::anywhere::{holds_a_policy, joined, kind_of_type};
use super::candidate::{Body, Candidate};
use super::found::Attachment;
use super::{Search, Shape};
use crate::iam::PolicyKind;
use crate::syntax::{Json, JsonValue};
use attribute::Attribute;
use std::collections::BTreeSet;

/// Whether it is a plan or a state.
pub(super) fn is_terraform(value: &Json<'_>) -> bool {
    let is_output = value.get("format_version").is_some()
        && ["planned_values", "values", "resource_changes"].iter().any(|k| value.get(k).is_some());
    is_output
        || value.get("terraform_version").is_some()
            && value.get("lineage").is_some()
            && value.get("resources").is_some()
}

/// A resource as far as it counts.
struct Resource<'t> {
    address: String,
    kind: &'t str,
    /// A data source, which reads and does not make.
    is_data: bool,
    values: &'t Json<'t>,
}

impl<'t> Search<'t> {
    /// A plan or a state.
    pub(super) fn terraform(&mut self, file: &'t Json<'t>) -> Shape {
        let before = self.candidates.len();
        let mut resources = Vec::new();
        let planned = file.get("planned_values").or_else(|| file.get("values"));
        if let Some(root) = planned.and_then(|values| values.get("root_module")) {
            of_module(root, &mut resources);
        }
        // What a plan reads and does not change stands in the state before it.
        let prior = file.get("prior_state").and_then(|state| state.get("values"));
        if let Some(root) = prior.and_then(|values| values.get("root_module")) {
            let mut read = Vec::new();
            of_module(root, &mut read);
            let known: BTreeSet<_> = resources.iter().map(|r| r.address.clone()).collect();
            read.retain(|resource| resource.is_data && !known.contains(&resource.address));
            resources.extend(read);
        }
        of_state_file(file, &mut resources);
        let mut copies = BTreeSet::new();
        for resource in &resources {
            self.attributes(resource, resource.values, "", &mut copies);
        }
        self.drop_copies(before, &copies);
        for change in file.get("resource_changes").map(Json::items).unwrap_or_default() {
            self.unknown_of(change);
        }
        Shape::Terraform
    }

    /// Looks through the attributes of a resource. `copies` takes the places of what repeats, as far as
    /// the type tells, a document of another resource.
    fn attributes(
        &mut self,
        resource: &Resource<'t>,
        value: &'t Json<'t>,
        path: &str,
        copies: &mut BTreeSet<usize>,
    ) {
        for (key, inner) in value.entries() {
            let path = joined(path, &key.name);
            match &inner.value {
                JsonValue::String(text) => {
                    let known = attribute::of(resource.kind, &key.name, resource.is_data);
                    if known.is_some_and(|known| known.is_copy) {
                        copies.insert(inner.span.start);
                    }
                    let is_document = match known {
                        Some(_) => !text.trim().is_empty(),
                        None => key.name != "minified_json" && holds_a_policy(text, false),
                    };
                    if is_document {
                        self.attribute(resource, inner, &path, known);
                    }
                }
                JsonValue::Object(_) => self.attributes(resource, inner, &path, copies),
                JsonValue::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.attributes(resource, item, &format!("{path}[{at}]"), copies);
                    }
                }
                _ => {}
            }
        }
    }

    fn attribute(
        &mut self,
        resource: &Resource<'t>,
        value: &'t Json<'t>,
        path: &str,
        known: Option<&Attribute>,
    ) {
        let candidate = self.document(value, format!("{} {path}", resource.address));
        let owner = resource.values.get("arn").and_then(Json::text);
        if let Some(owner) = owner.filter(|_| resource.kind.starts_with("aws_iam_")) {
            candidate.owner = Some(owner.to_owned());
        }
        let Some(known) = known else { return };
        candidate.kind = known.kind;
        candidate.service = known.service;
        candidate.attachment = known.attachment;
        let is_of_aws = owner.and_then(|arn| arn.split(':').nth(4)) == Some("aws");
        if is_of_aws && known.attachment == Some(Attachment::CustomerManaged) {
            candidate.attachment = Some(Attachment::AwsManaged);
        }
        if resource.kind == "aws_organizations_policy" {
            // AWS's provider: a policy without a type is a service control policy.
            let name = resource.values.get("type").and_then(Json::text);
            candidate.kind = match name {
                Some(name) => kind_of_type(name),
                None => Some(PolicyKind::ServiceControl),
            };
        }
    }

    /// Drops documents that only repeat one which stands at a resource of its own.
    fn drop_copies(&mut self, from: usize, copies: &BTreeSet<usize>) {
        let found = self.candidates.split_off(from);
        let text = |body: &Body<'t>| match body {
            Body::String(text) => squeezed(text),
            Body::Tree(_) | Body::Made(_) => String::new(),
        };
        let (mut seen, mut dropped) = (BTreeSet::new(), BTreeSet::new());
        for is_copy in [false, true] {
            for candidate in &found {
                let start = candidate.place.span().start;
                if copies.contains(&start) == is_copy
                    && !seen.insert(text(&candidate.body))
                    && is_copy
                {
                    dropped.insert(start);
                }
            }
        }
        let is_kept = |candidate: &Candidate<'t>| !dropped.contains(&candidate.place.span().start);
        let kept = found.into_iter().filter(is_kept);
        self.candidates.extend(kept);
    }

    /// Documents that a change makes and that are computed only when it is applied.
    fn unknown_of(&mut self, change: &'t Json<'t>) {
        let kind = change.get("type").and_then(Json::text).unwrap_or_default();
        let address = change.get("address").and_then(Json::text).unwrap_or("?");
        let is_data = change.get("mode").and_then(Json::text) == Some("data");
        let unknown = change.get("change").and_then(|change| change.get("after_unknown"));
        if let Some(unknown) = unknown {
            self.unknown_below(
                unknown,
                "",
                &mut |key| attribute::of(kind, key, is_data).is_some(),
                address,
            );
        }
    }

    fn unknown_below(
        &mut self,
        value: &'t Json<'t>,
        path: &str,
        is_document: &mut impl FnMut(&str) -> bool,
        address: &str,
    ) {
        for (key, inner) in value.entries() {
            let path = joined(path, &key.name);
            match &inner.value {
                JsonValue::Bool(true) if is_document(&key.name) => {
                    let why = "not known yet: it is computed when the plan is applied".to_owned();
                    let help = "look at it again once it is applied, in a state or an account dump";
                    self.not_read(format!("{address} {path}"), inner.span, why, Some(help.into()));
                }
                JsonValue::Array(items) => {
                    for (at, item) in items.iter().enumerate() {
                        self.unknown_below(item, &format!("{path}[{at}]"), is_document, address);
                    }
                }
                _ => self.unknown_below(inner, &path, is_document, address),
            }
        }
    }
}

/// The resources of a module and of those below it.
fn of_module<'t>(module: &'t Json<'t>, all: &mut Vec<Resource<'t>>) {
    for resource in module.get("resources").map(Json::items).unwrap_or_default() {
        let text = |key: &str| resource.get(key).and_then(Json::text);
        if let (Some(address), Some(kind), Some(values)) =
            (text("address"), text("type"), resource.get("values"))
        {
            let is_data = text("mode") == Some("data");
            all.push(Resource { address: address.to_owned(), kind, is_data, values });
        }
    }
    for module in module.get("child_modules").map(Json::items).unwrap_or_default() {
        of_module(module, all);
    }
}

/// The resources of a state file, which has a form of its own.
fn of_state_file<'t>(file: &'t Json<'t>, all: &mut Vec<Resource<'t>>) {
    for resource in file.get("resources").map(Json::items).unwrap_or_default() {
        let text = |key: &str| resource.get(key).and_then(Json::text);
        let (Some(kind), Some(name)) = (text("type"), text("name")) else { continue };
        let is_data = text("mode") == Some("data");
        for instance in resource.get("instances").map(Json::items).unwrap_or_default() {
            let Some(values) = instance.get("attributes") else { continue };
            let mut address = text("module").map(|module| format!("{module}.")).unwrap_or_default();
            address.push_str(if is_data { "data." } else { "" });
            address.push_str(&format!("{kind}.{name}"));
            match instance.get("index_key").map(|key| &key.value) {
                Some(JsonValue::String(key)) => address.push_str(&format!("[{key:?}]")),
                Some(JsonValue::Number(key)) => address.push_str(&format!("[{key}]")),
                _ => {}
            }
            all.push(Resource { address, kind, is_data, values });
        }
    }
}

/// A text without the white space between its JSON tokens.
fn squeezed(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let keep = |c: &char| {
        let is_end = *c == '"' && !escaped;
        escaped = inside && *c == '\\' && !escaped;
        inside ^= is_end;
        inside || !c.is_ascii_whitespace()
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::squeezed;

    #[test]
    fn space_between_tokens_is_nothing() {
        assert_eq!(
            squeezed("{ \"a b\" :\n[1, \"c \\\" d\\\\\" ] }"),
            "{\"a b\":[1,\"c \\\" d\\\\\"]}"
        );
    }
}
