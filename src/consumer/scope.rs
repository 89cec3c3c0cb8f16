//! What is true of one component of one deployment: version, features, parameters.

use std::collections::BTreeSet;

use super::condition::{Facts, When};
use super::estate::Deployment;
use super::model::{Call, Component, Consumer, Use};
use super::version::{Version, VersionRange};

/// A consumer as a deployment has it: its own, or one whose component it uses.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub deployment: &'a Deployment<'a>,
    pub consumer: &'a Consumer,
    pub version: &'a Version,
    features: BTreeSet<&'a str>,
    /// The deployment's parameter that the consumer calls `bucket`.
    bucket: &'a str,
}

impl<'a> Scope<'a> {
    /// The deployment's own consumer.
    pub(super) fn own(deployment: &'a Deployment<'a>) -> Self {
        let features = deployment.features.iter().map(String::as_str).collect();
        let (consumer, version) = (deployment.consumer, &deployment.version);
        Self { deployment, consumer, version, features, bucket: "bucket" }
    }

    /// Another consumer of which this one uses a component.
    pub(super) fn of_use(&self, used: &'a Use, consumer: &'a Consumer) -> Self {
        let inherited =
            used.inherit.iter().map(String::as_str).filter(|f| self.features.contains(f));
        let features = used.on.iter().map(String::as_str).chain(inherited).collect();
        Self {
            deployment: self.deployment,
            consumer,
            version: &used.version,
            features,
            bucket: &used.bucket,
        }
    }

    pub(super) fn includes(&self, range: Option<&VersionRange>) -> bool {
        range.is_none_or(|range| range.contains(self.version))
    }

    pub(super) fn holds(&self, when: Option<&When>) -> bool {
        when.is_none_or(|when| when.holds(self))
    }

    /// Whether the component runs at all.
    pub(super) fn runs(&self, component: &Component) -> bool {
        self.includes(component.versions.as_ref()) && self.holds(component.when.as_ref())
    }

    /// Whether the call is made.
    pub(super) fn makes(&self, call: &Call) -> bool {
        self.includes(call.versions.as_ref()) && self.holds(call.when.as_ref())
    }

    /// The bucket that a parameter names, if it has a value.
    pub(super) fn bucket(&self, parameter: &str) -> Option<&'a str> {
        let name = if parameter == "bucket" { self.bucket } else { parameter };
        self.deployment.parameter(name).first().map(String::as_str)
    }

    /// Whether the component has any call that it can make.
    pub(super) fn needs_anything(&self, component: &Component) -> bool {
        self.runs(component)
            && component.calls.iter().any(|call| {
                let place = call.buckets.iter().any(|b| self.bucket(b).is_some());
                place && self.makes(call)
            })
    }

    /// The features of the call that somebody switched on by name.
    pub(super) fn switched_on<'w>(&self, when: Option<&'w When>) -> Option<&'w str> {
        let named = |f: &&str| self.feature(f) && self.deployment.switched_on.contains(*f);
        when.map(When::features).unwrap_or_default().into_iter().find(named)
    }

    /// Whether the connection is plain HTTP.
    pub(super) fn plain_http(&self) -> bool {
        self.consumer.features().any(|f| f.plain_http && self.feature(&f.name))
    }

    /// The parameter that names the role which components assume, where they do.
    pub(super) fn assumes(&self) -> Option<&'a str> {
        self.consumer
            .features()
            .filter(|f| self.feature(&f.name))
            .find_map(|f| f.assumes.as_deref())
    }
}

impl Facts for Scope<'_> {
    fn feature(&self, name: &str) -> bool {
        let has = self.consumer.feature(name).is_some_and(|f| self.includes(f.versions.as_ref()));
        has && self.features.contains(name)
    }

    fn parameter_is(&self, name: &str, value: &str) -> bool {
        match name {
            "bucket-region" => self.deployment.region.as_deref() == Some(value),
            _ => self.deployment.parameter(name).iter().any(|found| found == value),
        }
    }
}
