//! One deployment from settings by name: command-line flags, or the terraform protocol's input.

use super::resolve::AUDIENCE;
use super::spec::{
    AlsoSpec, ClusterSpec, DeploymentSpec, EstateSpec, RoleSpec, Roles, Text, TrustSpec,
    TrustSpecKind,
};
use crate::consumer::model::{Consumer, ParameterType};
use crate::consumer::problem::known;
use crate::consumer::registry::Consumers;
use crate::source::{Problem, Source, Span};

/// Settings besides the consumer's own parameters. Lists are comma-separated or JSON.
const NAMES: [&str; 22] = [
    "abac",
    "account",
    "also",
    "components",
    "consumer",
    "consumer-version",
    "ec2",
    "external-id",
    "features",
    "for-profile",
    "irsa-audience",
    "irsa-issuer",
    "name",
    "partition",
    "pod-identity-cluster",
    "principals",
    "profiles",
    "region",
    "role",
    "service-accounts",
    "user",
    "without",
];

/// The name of the cluster that settings describe.
const CLUSTER: &str = "cluster";

/// Settings in the order given. `_` and `-` in names are the same; a name may be given several
/// times where it stands for a list.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What problems call them, `settings` if nothing else was said.
    origin: Option<&'static str>,
    /// One line for each setting, so that a problem has a place.
    text: String,
    entries: Vec<(String, Text)>,
}

impl Settings {
    /// None yet; problems will say that they are from `origin`.
    #[must_use]
    pub fn from_origin(origin: &'static str) -> Self {
        Self { origin: Some(origin), ..Self::default() }
    }

    /// Adds one. An empty value is as good as none.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let name = name.replace('_', "-");
        let start = self.text.len() + name.len() + 2;
        let span = Span::new(start, start + value.len());
        self.text.push_str(&format!("{name}: {value}\n"));
        self.entries.push((name, Text { value: value.to_owned(), span }));
    }

    /// The settings as a text, one a line, in which the places of problems lie.
    #[must_use]
    pub fn source(&self) -> Source {
        Source::new(self.origin.unwrap_or("settings"), self.text.clone())
    }

    fn one(&self, name: &str) -> Option<Text> {
        self.entries.iter().rev().find(|(found, _)| found == name).map(|(_, text)| text.clone())
    }

    fn is_set(&self, name: &str) -> Option<Span> {
        let text = self.one(name)?;
        (!matches!(text.value.as_str(), "false" | "0" | "no")).then_some(text.span)
    }

    fn list(&self, name: &str, problems: &mut Vec<Problem>) -> Vec<Text> {
        let given = self.entries.iter().filter(|(found, _)| found == name);
        given.flat_map(|(_, text)| split(name, text, problems)).collect()
    }

    pub(super) fn spec(&self, consumers: &Consumers, problems: &mut Vec<Problem>) -> EstateSpec {
        let consumer = self.one("consumer");
        let model = consumer.as_ref().and_then(|text| consumers.get(&text.value).ok());
        if consumer.is_none() {
            problems.push(
                Problem::error(Span::default(), "`consumer` is missing")
                    .help("name the system that is deployed"),
            );
        }
        let issuer = self.one("irsa-issuer");
        let cluster_arn = self.one("pod-identity-cluster");
        let mut clusters = Vec::new();
        if issuer.is_some() || cluster_arn.is_some() {
            let span =
                issuer.as_ref().or(cluster_arn.as_ref()).map(|text| text.span).unwrap_or_default();
            let name = Text { value: CLUSTER.to_owned(), span };
            let audience = self
                .one("irsa-audience")
                .or_else(|| Some(Text { value: AUDIENCE.to_owned(), span }));
            clusters.push(ClusterSpec { name, arn: cluster_arn, issuer, audience });
        }
        let mut deployment = DeploymentSpec {
            span: Span::default(),
            name: self.one("name"),
            consumer,
            version: self.one("consumer-version"),
            features: self.list("features", problems),
            without: self.list("without", problems),
            parameters: self.parameters(model, problems),
            also: self.also(problems),
            shared: Vec::new(),
            roles: Roles::default(),
        };
        deployment.roles = self.roles(&deployment, problems);
        EstateSpec {
            partition: self.one("partition"),
            account: self.one("account"),
            region: self.one("region"),
            clusters,
            deployments: vec![deployment],
        }
    }

    fn parameters(
        &self,
        model: Option<&Consumer>,
        problems: &mut Vec<Problem>,
    ) -> Vec<(Text, Vec<Text>)> {
        let mut found: Vec<(Text, Vec<Text>)> = Vec::new();
        let mut push = |name: &str, span: Span, values: Vec<Text>| match found
            .iter_mut()
            .find(|(key, _)| key.value == name)
        {
            Some((_, earlier)) => earlier.extend(values),
            None => found.push((Text { value: name.to_owned(), span }, values)),
        };
        let for_profile = self.one("for-profile");
        if let (Some(profile), Some(model)) = (&for_profile, model)
            && model.parameter("profiles").is_none()
        {
            let message = format!("`for-profile` means nothing: {} has no profiles", model.name);
            problems.push(Problem::error(profile.span, message));
        } else if let Some(profile) = &for_profile {
            push("profiles", profile.span, vec![profile.clone()]);
        }
        for (name, text) in &self.entries {
            if name == "profiles" && for_profile.is_none() {
                push(name, text.span, split(name, text, problems));
            }
            if NAMES.contains(&name.as_str()) {
                continue;
            }
            let Some(model) = model else { continue };
            match model.parameter(name).map(|p| p.kind) {
                Some(ParameterType::Names | ParameterType::Profiles | ParameterType::Choice) => {
                    push(name, text.span, split(name, text, problems));
                }
                Some(_) => push(name, text.span, vec![text.clone()]),
                None => {
                    let names = model.parameters().map(|p| p.name.as_str()).chain(NAMES);
                    let message = format!("unknown setting `{name}` for {}", model.name);
                    problems.push(Problem::error(text.span, message).help(known(name, names)));
                }
            }
        }
        found
    }

    /// `also` is a JSON list as the estate has it in YAML.
    fn also(&self, problems: &mut Vec<Problem>) -> Vec<AlsoSpec> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Entry {
            bucket: Option<String>,
            prefix: Option<String>,
            access: OneOrMany,
        }
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum OneOrMany {
            One(String),
            Many(Vec<String>),
        }
        let mut found = Vec::new();
        for (_, text) in self.entries.iter().filter(|(name, _)| name == "also") {
            let span = text.span;
            let placed = |value: String| Text { value, span };
            match serde_json::from_str::<Vec<Entry>>(&text.value) {
                Ok(entries) => found.extend(entries.into_iter().map(|entry| AlsoSpec {
                    bucket: entry.bucket.map(placed),
                    prefix: entry.prefix.map(placed),
                    access: match entry.access {
                        OneOrMany::One(one) => vec![placed(one)],
                        OneOrMany::Many(many) => many.into_iter().map(placed).collect(),
                    },
                })),
                Err(error) => {
                    let help =
                        r#"as `[{"bucket": "acme-data", "prefix": "in/", "access": "read"}]`"#;
                    problems.push(
                        Problem::error(span, format!("`also` cannot be read: {error}")).help(help),
                    );
                }
            }
        }
        found
    }

    fn roles(&self, deployment: &DeploymentSpec, problems: &mut Vec<Problem>) -> Roles {
        let components = self.list("components", problems);
        let service_accounts = self.list("service-accounts", problems);
        let trust = self.trust(&service_accounts, problems);
        let name = self
            .one("role")
            .or_else(|| deployment.name.clone())
            .or_else(|| deployment.consumer.clone());
        let Some(name) = name else { return Roles::default() };
        let span = name.span;
        let abac = self.is_set("abac").and_then(|_| self.one("abac"));
        let role = RoleSpec { name: Some(name), span, components, trust, service_accounts, abac };
        if role.components.is_empty() { Roles::OnePerComponent(role) } else { Roles::Asked(role) }
    }

    fn trust(&self, service_accounts: &[Text], problems: &mut Vec<Problem>) -> Option<TrustSpec> {
        let cluster = |span| Some(Text { value: CLUSTER.to_owned(), span });
        let accounts = || service_accounts.to_vec();
        let principals = self.list("principals", problems);
        let mut kinds: Vec<TrustSpec> = Vec::new();
        if let Some(text) = self.one("irsa-issuer") {
            let kind =
                TrustSpecKind::Irsa { cluster: cluster(text.span), service_accounts: accounts() };
            kinds.push(TrustSpec { span: text.span, kind });
        }
        if let Some(text) = self.one("pod-identity-cluster") {
            let kind = TrustSpecKind::PodIdentity {
                cluster: cluster(text.span),
                service_accounts: accounts(),
            };
            kinds.push(TrustSpec { span: text.span, kind });
        }
        if let Some(span) = self.is_set("ec2") {
            kinds.push(TrustSpec { span, kind: TrustSpecKind::Ec2 });
        }
        if let Some(first) = principals.first() {
            let span = first.span;
            let external_id = self.one("external-id");
            kinds
                .push(TrustSpec { span, kind: TrustSpecKind::Account { principals, external_id } });
        } else if let Some(id) = self.one("external-id") {
            problems.push(Problem::error(id.span, "`external-id` needs `principals`"));
        }
        if let Some(span) = self.is_set("user") {
            kinds.push(TrustSpec { span, kind: TrustSpecKind::User });
        }
        for second in kinds.iter().skip(1) {
            problems.push(Problem::error(
                second.span,
                "a role has one kind of trust, and this is a second",
            ));
        }
        let first = kinds.into_iter().next()?;
        let needs_accounts =
            matches!(first.kind, TrustSpecKind::Irsa { .. } | TrustSpecKind::PodIdentity { .. });
        if needs_accounts && service_accounts.is_empty() {
            let problem = Problem::error(first.span, "this kind of trust needs `service-accounts`");
            problems.push(problem.help("list them as `namespace/name`"));
        }
        Some(first)
    }

    /// Every name that is a setting of any deployment; the others are its consumer's parameters.
    #[must_use]
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }
}

/// A list: JSON, or separated by commas.
fn split(name: &str, text: &Text, problems: &mut Vec<Problem>) -> Vec<Text> {
    let place = |value: &str| Text { value: value.to_owned(), span: text.span };
    if text.value.trim_start().starts_with('[') {
        return match serde_json::from_str::<Vec<String>>(&text.value) {
            Ok(values) => values.iter().map(|value| place(value)).collect(),
            Err(error) => {
                let message = format!("`{name}` is not a JSON list of texts: {error}");
                problems.push(Problem::error(text.span, message));
                Vec::new()
            }
        };
    }
    text.value.split(',').map(str::trim).filter(|value| !value.is_empty()).map(place).collect()
}
