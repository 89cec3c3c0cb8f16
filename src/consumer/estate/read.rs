//! From YAML to a specification: the shape of `leastwise.yaml`, with every unknown key an error.

use super::spec::{
    AlsoSpec, ClusterSpec, DeploymentSpec, EstateSpec, RoleSpec, Roles, Text, TrustSpec,
    TrustSpecKind,
};
use crate::consumer::problem::known;
use crate::consumer::yaml::{Map, Node, Value, texts};
use crate::source::Problem;

/// Keys of a deployment that are not parameters of its consumer.
pub(super) const DEPLOYMENT: [&str; 8] =
    ["name", "consumer", "version", "features", "without", "also", "shared", "roles"];

pub(super) fn estate(node: &Node, problems: &mut Vec<Problem>) -> EstateSpec {
    let mut spec = EstateSpec::default();
    let mut map = Map::of(node, "an estate", problems);
    match map.text("version", problems) {
        Some(version) if version.value == "1" => {}
        Some(version) => {
            let message =
                format!("version `{}` of the estate's format is not known", version.value);
            problems.push(
                Problem::error(version.span, message).help("this program reads `version: 1`"),
            );
        }
        None if !map.sound => {}
        None => {
            problems.push(
                Problem::error(map.start(), "`version` is missing")
                    .help("write `version: 1` at the top"),
            );
        }
    }
    spec.partition = map.text("partition", problems);
    spec.account = map.text("account", problems);
    spec.region = map.text("region", problems);
    if let Some(clusters) = map.take("clusters") {
        if let Value::Map(entries) = &clusters.value {
            spec.clusters =
                entries.iter().map(|(name, node)| cluster(name, node, problems)).collect();
        } else {
            problems.push(Problem::error(
                clusters.span,
                "`clusters` is a mapping from names to clusters",
            ));
        }
    }
    match map.take("deployments").map(|node| (&node.value, node.span)) {
        Some((Value::List(items), span)) => {
            if items.is_empty() {
                problems.push(Problem::error(span, "`deployments` is empty"));
            }
            spec.deployments = items.iter().map(|item| deployment(item, problems)).collect();
        }
        Some((_, span)) => problems.push(Problem::error(span, "`deployments` is a list")),
        None if map.sound => problems.push(Problem::error(map.start(), "`deployments` is missing")),
        None => {}
    }
    map.finish(&[], problems);
    spec
}

fn cluster(name: &Text, node: &Node, problems: &mut Vec<Problem>) -> ClusterSpec {
    let mut map = Map::of(node, "a cluster", problems);
    let spec = ClusterSpec {
        name: name.clone(),
        arn: map.text("arn", problems),
        issuer: map.text("oidc-issuer", problems),
        audience: map.text("audience", problems),
    };
    if map.sound && spec.arn.is_none() && spec.issuer.is_none() {
        let message = format!("cluster `{}` has neither `arn` nor `oidc-issuer`", name.value);
        problems.push(Problem::error(name.span, message));
    }
    map.finish(&[], problems);
    spec
}

fn deployment(node: &Node, problems: &mut Vec<Problem>) -> DeploymentSpec {
    let mut map = Map::of(node, "a deployment", problems);
    let mut spec = DeploymentSpec {
        span: map.start(),
        name: map.text("name", problems),
        consumer: map.text("consumer", problems),
        version: map.text("version", problems),
        features: map.texts("features", problems),
        without: map.texts("without", problems),
        ..DeploymentSpec::default()
    };
    if map.sound && spec.consumer.is_none() {
        problems.push(
            Problem::error(spec.span, "`consumer` is missing")
                .help("name the system that is deployed"),
        );
    }
    for (key, entries) in [("also", &mut spec.also), ("shared", &mut spec.shared)] {
        *entries = map.list(key, problems).iter().map(|item| also(key, item, problems)).collect();
    }
    let roles = map.list("roles", problems).iter().map(|item| role(item, problems)).collect();
    spec.roles = Roles::Listed(roles);
    // What is left is for the consumer's model to know.
    for (key, value) in map.rest() {
        spec.parameters.push((key.clone(), texts(&key.value, value, problems)));
    }
    spec
}

fn also(key: &str, node: &Node, problems: &mut Vec<Problem>) -> AlsoSpec {
    let mut map = Map::of(node, &format!("an entry of `{key}`"), problems);
    let spec = AlsoSpec {
        bucket: map.text("bucket", problems),
        prefix: map.text("prefix", problems),
        access: map.texts("access", problems),
    };
    if map.sound && spec.access.is_empty() {
        let help = "write one or several of read, write, delete";
        problems.push(Problem::error(map.start(), "`access` is missing").help(help));
    }
    map.finish(&[], problems);
    spec
}

fn role(node: &Node, problems: &mut Vec<Problem>) -> RoleSpec {
    let mut map = Map::of(node, "a role", problems);
    let name = map.text("name", problems);
    if map.sound && name.is_none() {
        problems.push(Problem::error(map.start(), "`name` of the role is missing"));
    }
    let components = map.texts("components", problems);
    if map.sound && components.is_empty() {
        problems.push(Problem::error(map.start(), "`components` of the role is missing"));
    }
    let trust = map.take("trust").and_then(|node| trust(node, problems));
    let service_accounts = map.texts("service-accounts", problems);
    let abac = map.text("abac", problems);
    if let Some(text) = abac.as_ref().filter(|a| !matches!(a.value.as_str(), "true" | "false")) {
        problems.push(Problem::error(text.span, "`abac` is `true` or `false`"));
    }
    let abac = abac.filter(|text| text.value == "true");
    let span = name.as_ref().map_or(map.start(), |name| name.span);
    map.finish(&[], problems);
    RoleSpec { name, span, components, trust, service_accounts, abac }
}

fn trust(node: &Node, problems: &mut Vec<Problem>) -> Option<TrustSpec> {
    const KINDS: [&str; 5] = ["irsa", "pod-identity", "ec2", "account", "user"];
    let Value::Map(entries) = &node.value else {
        problems.push(Problem::error(node.span, "`trust` is a mapping with one kind of trust"));
        return None;
    };
    let [(key, value)] = entries.as_slice() else {
        let message = format!("`trust` has {} kinds of trust; it needs one", entries.len());
        problems
            .push(Problem::error(node.span, message).help(format!("one of {}", KINDS.join(", "))));
        return None;
    };
    let mut map = Map::of(value, "a trust", problems);
    let kind = match key.value.as_str() {
        "irsa" | "pod-identity" => {
            let cluster = map.text("cluster", problems);
            let service_accounts = map.texts("service-accounts", problems);
            if map.sound && cluster.is_none() {
                problems
                    .push(Problem::error(key.span, format!("`{}` needs a `cluster`", key.value)));
            }
            if map.sound && service_accounts.is_empty() {
                let message = format!("`{}` needs `service-accounts`", key.value);
                problems
                    .push(Problem::error(key.span, message).help("list them as `namespace/name`"));
            }
            match key.value.as_str() {
                "irsa" => TrustSpecKind::Irsa { cluster, service_accounts },
                _ => TrustSpecKind::PodIdentity { cluster, service_accounts },
            }
        }
        "ec2" => TrustSpecKind::Ec2,
        "account" => {
            let principals = map.texts("principals", problems);
            if map.sound && principals.is_empty() {
                problems.push(Problem::error(key.span, "`account` needs `principals`"));
            }
            TrustSpecKind::Account { principals, external_id: map.text("external-id", problems) }
        }
        "user" => TrustSpecKind::User,
        other => {
            let problem = Problem::error(key.span, format!("unknown kind of trust `{other}`"));
            problems.push(problem.help(known(other, KINDS)));
            return None;
        }
    };
    map.finish(&[], problems);
    Some(TrustSpec { span: key.span, kind })
}
