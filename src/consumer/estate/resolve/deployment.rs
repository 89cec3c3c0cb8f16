//! One deployment: its consumer, version, features and parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::Resolver;
use crate::consumer::common::KMS;
use crate::consumer::estate::names::{self, KmsKey};
use crate::consumer::estate::read::DEPLOYMENT;
use crate::consumer::estate::spec::{AlsoSpec, DeploymentSpec, RoleSpec, Roles, Text};
use crate::consumer::estate::{Also, Deployment, RoleRef, Shared};
use crate::consumer::key::KeyTemplate;
use crate::consumer::model::{
    Access, Call, Component, Consumer, Feature, Parameter, ParameterType, Use,
};
use crate::consumer::problem::known;
use crate::consumer::version::Version;
use crate::source::{Problem, Severity};

impl<'c> Resolver<'c> {
    pub(super) fn deployment(&mut self, spec: &DeploymentSpec) -> Option<Deployment<'c>> {
        let Some(consumer) = self.consumer(spec.consumer.as_ref()) else {
            self.roles_of_unknown(spec);
            return None;
        };
        let said = self.remarks.len();
        let version = self.version(consumer, spec.version.as_ref());
        let parameters = self.parameters(consumer, spec);
        let kms_key =
            parameters.get("kms-key").and_then(|v| v.first()).and_then(|v| KmsKey::parse(v).ok());
        let mut deployment = Deployment {
            name: spec.name.as_ref().map_or(&consumer.name, |name| &name.value).clone(),
            consumer,
            version,
            features: BTreeSet::new(),
            switched_on: BTreeSet::new(),
            also: spec.also.iter().filter_map(|also| self.also(also, &parameters)).collect(),
            shared: spec.shared.iter().filter_map(|also| self.shared(also, &parameters)).collect(),
            region: None,
            bucket_account: first(&parameters, "bucket-account")
                .and_then(|v| crate::iam::AccountId::parse(v).ok()),
            kms_key,
            parameters,
            uses: Vec::new(),
            remarks: Vec::new(),
        };
        self.bucket_region(spec, &mut deployment);
        self.features(spec, &mut deployment);
        self.missing(spec, &deployment);
        self.unused_access(spec, consumer);
        deployment.remarks = self.remarks.get(said..).unwrap_or_default().to_vec();
        self.roles(spec, &mut deployment);
        Some(deployment)
    }

    fn consumer(&mut self, written: Option<&Text>) -> Option<&'c Consumer> {
        let written = written?;
        match self.consumers.get(&written.value) {
            Ok(consumer) => Some(consumer),
            Err(help) => {
                let message = format!("unknown consumer `{}`", written.value);
                self.wrong(written.span, message, Some(&help));
                None
            }
        }
    }

    /// An access of `also` that no component has.
    fn unused_access(&mut self, spec: &DeploymentSpec, consumer: &Consumer) {
        let inner =
            |used: &Use| self.consumers.get(&used.consumer).ok()?.component(&used.component);
        let own = consumer.components().iter();
        let all: Vec<&Component> =
            own.flat_map(|c| c.uses.iter().filter_map(inner).chain([c])).collect();
        let mut unused = Vec::new();
        for text in spec.also.iter().flat_map(|also| &also.access) {
            let does =
                |call: &Call| call.also.is_some_and(|access| access.to_string() == text.value);
            if !all.iter().flat_map(|component| &component.calls).any(does) {
                unused.push(text);
            }
        }
        for text in unused {
            let message = format!("no component of {} does `{}`", consumer.name, text.value);
            self.remark(Severity::Warning, text.span, message, "nothing is granted for it");
        }
    }

    fn version(&mut self, consumer: &Consumer, written: Option<&Text>) -> Version {
        let Some(text) = written else { return consumer.newest.clone() };
        let Some(version) = Version::parse(&text.value) else {
            let help = format!("as `{}`", consumer.newest);
            self.wrong(text.span, format!("`{}` is not a version", text.value), Some(&help));
            return consumer.newest.clone();
        };
        if !consumer.versions.contains(&version) {
            let message = format!("{} `{}` is not known", consumer.name, text.value);
            let help =
                format!("known are versions {}, the newest {}", consumer.versions, consumer.newest);
            self.wrong(text.span, message, Some(&help));
        } else if version.is_newer_than(&consumer.newest) {
            let message = format!(
                "{} {version} is newer than the newest version that the model was read from, {}",
                consumer.name, consumer.newest
            );
            self.remark(Severity::Warning, text.span, message, "its calls may differ");
        }
        version
    }

    fn parameters(
        &mut self,
        consumer: &Consumer,
        spec: &DeploymentSpec,
    ) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, values) in &spec.parameters {
            let Some(parameter) = consumer.parameter(&key.value) else {
                let names = consumer.parameters().map(|p| p.name.as_str()).chain(DEPLOYMENT);
                let message = format!(
                    "unknown key `{}`, which is no parameter of {}",
                    key.value, consumer.name
                );
                self.wrong(key.span, message, Some(&known(&key.value, names)));
                continue;
            };
            let several = matches!(
                parameter.kind,
                ParameterType::Names | ParameterType::Profiles | ParameterType::Choice
            );
            if values.len() > 1 && !several {
                self.wrong(key.span, format!("`{}` has one value", key.value), None);
            }
            for (i, value) in values.iter().enumerate() {
                if values.iter().take(i).any(|earlier| earlier.value == value.value) {
                    self.wrong(
                        value.span,
                        format!("`{}` stands twice in `{}`", value.value, key.value),
                        None,
                    );
                }
                self.value(parameter, value);
            }
            found.insert(key.value.clone(), values.iter().map(|v| v.value.clone()).collect());
        }
        for parameter in consumer.parameters() {
            let given = found.get(&parameter.name).is_some_and(|values| !values.is_empty());
            if !given && parameter.required {
                let at = spec.consumer.as_ref().map_or(spec.span, |text| text.span);
                let message = format!("`{}` of the deployment is missing", parameter.name);
                self.wrong(at, message, Some(&parameter.summary));
            }
            if !given && !parameter.default.is_empty() {
                found.insert(parameter.name.clone(), parameter.default.clone());
            }
        }
        found
    }

    fn value(&mut self, parameter: &Parameter, text: &Text) {
        let value = &text.value;
        let wrong: Option<(String, String)> = match parameter.kind {
            ParameterType::Bucket => names::bucket_problem(value)
                .map(|help| (format!("`{value}` is not a bucket's name"), help)),
            ParameterType::KeyFormat => KeyTemplate::parse_format(value)
                .err()
                .map(|why| (format!("the key format cannot be used: {why}"), String::new())),
            ParameterType::Path | ParameterType::Names => match KeyTemplate::parse_path(value) {
                Err(why) => Some((format!("the path cannot be used: {why}"), String::new())),
                Ok(path) if path.is_empty() && parameter.kind == ParameterType::Names => {
                    Some((format!("`{value}` is not a name"), String::new()))
                }
                Ok(_) => None,
            },
            ParameterType::Profiles => (!names::is_label(value)).then(|| {
                let help = "a profile is a namespace: lower-case letters, digits and `-`";
                (format!("`{value}` is not a profile's name"), help.to_owned())
            }),
            ParameterType::Choice => (!parameter.choices.contains(value)).then(|| {
                let help = known(value, parameter.choices.iter().map(String::as_str));
                (format!("`{value}` is not a value of `{}`", parameter.name), help)
            }),
            ParameterType::Role => RoleRef::parse(value, self.account, self.partition)
                .err()
                .map(|why| (format!("`{value}` {why}"), String::new())),
            ParameterType::KmsKey => KmsKey::parse(value).err().map(|why| {
                (
                    format!("`{value}` {why}"),
                    "as `arn:aws:kms:eu-west-1:111122223333:key/ID`".to_owned(),
                )
            }),
            ParameterType::Region => (!names::is_region(value))
                .then(|| (format!("`{value}` is not a region"), "as `eu-west-1`".to_owned())),
            ParameterType::Account => {
                self.account_id(text);
                None
            }
            // Its entries are read as a list of their own.
            ParameterType::Also => None,
        };
        if let Some((message, help)) = wrong {
            self.wrong(text.span, message, (!help.is_empty()).then_some(&help));
        }
    }

    /// A key is in the region of the buckets it encrypts.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    fn bucket_region(&mut self, spec: &DeploymentSpec, deployment: &mut Deployment<'c>) {
        let given = first(&deployment.parameters, "bucket-region").map(str::to_owned);
        let of_key = deployment.kms_key.as_ref().map(|key| key.region.clone());
        if let (Some(given), Some(of_key)) = (&given, &of_key)
            && given != of_key
        {
            let at = place(spec, "kms-key");
            let message = format!("the key is in `{of_key}` and the bucket in `{given}`");
            self.wrong(at, message, Some("S3 encrypts with a key of the bucket's own region"));
        }
        // A policy with another partition's ARNs would match nothing.
        let key_arn = deployment.kms_key.as_ref().map(|key| key.arn.as_str());
        let key_partition = key_arn.and_then(|arn| arn.split(':').nth(1));
        let told = [
            ("bucket-region", given.as_deref().map(names::partition_of)),
            ("kms-key", key_partition),
        ];
        for (name, partition) in told {
            if let Some(partition) = partition.filter(|found| *found != self.partition.name()) {
                let message =
                    format!("`{name}` is in partition `{partition}`, not `{}`", self.partition);
                self.wrong(place(spec, name), message, Some("set `partition`"));
            }
        }
        deployment.region = given.or(of_key).or_else(|| self.region.clone());
    }

    fn features(&mut self, spec: &DeploymentSpec, deployment: &mut Deployment<'c>) {
        let consumer = deployment.consumer;
        let mut on: BTreeSet<String> =
            consumer.features().filter(|f| f.default).map(|f| f.name.clone()).collect();
        let mut off = BTreeSet::new();
        for text in &spec.without {
            if self.feature(consumer, text).is_some() {
                on.remove(&text.value);
                off.insert(text.value.clone());
            }
        }
        for text in &spec.features {
            let Some(feature) = self.feature(consumer, text) else { continue };
            if off.contains(&feature.name) {
                let message =
                    format!("feature `{}` is both in `features` and in `without`", feature.name);
                self.wrong(text.span, message, None);
            }
            if let Some(range) = &feature.versions
                && !range.contains(&deployment.version)
            {
                let message =
                    format!("{} {} has no `{}`", consumer.name, deployment.version, feature.name);
                self.remark(
                    Severity::Warning,
                    text.span,
                    message,
                    &format!("it comes with {range}"),
                );
            }
            if let Some(needed) = &feature.needs
                && !spec.features.iter().any(|f| f.value == *needed)
            {
                let message = format!("feature `{}` does nothing without `{needed}`", feature.name);
                self.remark(Severity::Warning, text.span, message, &format!("add `{needed}`"));
            }
            if let Some(needed) = &feature.needs_parameter
                && deployment.parameter(needed).is_empty()
            {
                let message = format!("feature `{}` needs `{needed}`", feature.name);
                self.wrong(text.span, message, None);
            }
            on.insert(feature.name.clone());
            deployment.switched_on.insert(feature.name.clone());
        }
        for feature in consumer.features() {
            // A parameter that only this feature uses switches it on.
            if let Some(parameter) = &feature.needs_parameter
                && !deployment.parameter(parameter).is_empty()
                && !off.contains(&feature.name)
            {
                on.insert(feature.name.clone());
                deployment.switched_on.insert(feature.name.clone());
            }
        }
        if off.contains(KMS) {
            deployment.kms_key = None;
        }
        deployment.features = on;
    }

    fn feature(&mut self, consumer: &'c Consumer, text: &Text) -> Option<&'c Feature> {
        let feature = consumer.feature(&text.value);
        if feature.is_none() {
            let help = known(&text.value, consumer.features().map(|f| f.name.as_str()));
            let message = format!("{} has no feature `{}`", consumer.name, text.value);
            self.wrong(text.span, message, Some(&help));
        }
        feature
    }

    /// Buckets that are not given: their calls are left out, and somebody should know; most of all
    /// where a component was asked for that makes them.
    fn missing(&mut self, spec: &DeploymentSpec, deployment: &Deployment<'c>) {
        let at = spec.consumer.as_ref().map_or(spec.span, |text| text.span);
        for parameter in deployment.consumer.parameters() {
            let absent = deployment.parameter(&parameter.name).is_empty();
            if parameter.kind == ParameterType::Bucket && !parameter.required && absent {
                let message =
                    format!("`{}` is not given, so calls on it are left out", parameter.name);
                let makes = |component: &Component| {
                    component.calls.iter().any(|call| call.buckets.contains(&parameter.name))
                        || component.uses.iter().any(|used| used.bucket == parameter.name)
                };
                let asked = match &spec.roles {
                    Roles::Listed(roles) => roles.iter().any(|role| has(role, deployment, makes)),
                    Roles::Asked(role) => has(role, deployment, makes),
                    Roles::OnePerComponent(_) => true,
                };
                let severity = if asked { Severity::Warning } else { Severity::Note };
                self.remark(severity, at, message, &parameter.summary);
            }
        }
    }

    fn also(
        &mut self,
        spec: &AlsoSpec,
        parameters: &BTreeMap<String, Vec<String>>,
    ) -> Option<Also> {
        let access = spec.access.iter().filter_map(|text| match text.value.as_str() {
            "read" => Some(Access::Read),
            "write" => Some(Access::Write),
            "delete" => Some(Access::Delete),
            other => {
                let help = known(other, ["read", "write", "delete"]);
                self.problems.push(
                    Problem::error(text.span, format!("`{other}` is not an access")).help(help),
                );
                None
            }
        });
        let access = access.collect();
        let bucket = match &spec.bucket {
            Some(text) => {
                if let Some(help) = names::bucket_problem(&text.value) {
                    self.wrong(
                        text.span,
                        format!("`{}` is not a bucket's name", text.value),
                        Some(&help),
                    );
                }
                text.value.clone()
            }
            None => first(parameters, "bucket")?.to_owned(),
        };
        let prefix = spec.prefix.as_ref().map_or("", |text| &text.value);
        let keys = match KeyTemplate::parse_format(prefix) {
            Ok(keys) => keys,
            Err(why) => {
                let at = spec.prefix.as_ref().map(|text| text.span).unwrap_or_default();
                self.wrong(at, format!("the prefix cannot be used: {why}"), None);
                return None;
            }
        };
        // A prefix without a slash at its end may be the key of one object.
        let keys = if keys.is_empty() || prefix.ends_with('/') {
            vec![keys.below()]
        } else {
            vec![keys.clone(), keys.below()]
        };
        Some(Also { bucket, keys, access })
    }

    /// Places that tenants share are written like those of `also`; names in them stand for any.
    fn shared(
        &mut self,
        spec: &AlsoSpec,
        parameters: &BTreeMap<String, Vec<String>>,
    ) -> Option<Shared> {
        let Also { bucket, keys, access } = self.also(spec, parameters)?;
        Some(Shared { bucket, keys: keys.iter().map(KeyTemplate::pattern).collect(), access })
    }
}

/// Whether a role has a component that does something.
fn has(role: &RoleSpec, deployment: &Deployment<'_>, does: impl Fn(&Component) -> bool) -> bool {
    let named = role.components.iter();
    named.filter_map(|text| deployment.consumer.component(&text.value)).any(does)
}

fn first<'p>(parameters: &'p BTreeMap<String, Vec<String>>, name: &str) -> Option<&'p str> {
    parameters.get(name)?.first().map(String::as_str)
}

/// Where a parameter stands.
fn place(spec: &DeploymentSpec, name: &str) -> crate::source::Span {
    let found = spec.parameters.iter().find(|(key, _)| key.value == name);
    found.map_or(spec.span, |(key, values)| values.first().map_or(key.span, |value| value.span))
}
