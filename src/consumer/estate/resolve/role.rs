//! The roles of a deployment: one for each profile where the name says so, and who may assume them.

use std::collections::BTreeSet;

use super::Resolver;
use crate::consumer::estate::names::{RoleKind, RoleRef, ServiceAccount};
use crate::consumer::estate::spec::{DeploymentSpec, RoleSpec, Roles, Text, TrustSpecKind};
use crate::consumer::estate::{Deployment, RoleUse, Trust};
use crate::consumer::model::{Component, Namespaces};
use crate::consumer::problem::known;
use crate::consumer::scope::Scope;
use crate::source::Severity;

/// What stands for a profile in names of roles and service accounts.
const PROFILE: &str = "{profile}";

impl<'c> Resolver<'c> {
    pub(super) fn roles(&mut self, spec: &DeploymentSpec, deployment: &mut Deployment<'c>) {
        let uses = match &spec.roles {
            Roles::Listed(roles) => {
                let uses: Vec<RoleUse> =
                    roles.iter().flat_map(|role| self.role(role, deployment)).collect();
                self.without_role(spec, deployment, &uses);
                uses
            }
            Roles::Asked(role) => self.role(role, deployment),
            Roles::OnePerComponent(template) => self.one_per_component(template, deployment),
        };
        deployment.uses = uses;
        self.assumed(spec, deployment);
    }

    fn one_per_component(
        &mut self,
        template: &RoleSpec,
        deployment: &Deployment<'c>,
    ) -> Vec<RoleUse> {
        let mut uses = Vec::new();
        for component in deployment.consumer.components() {
            if !self.needs_anything(deployment, component) {
                continue;
            }
            let per_profile = component.namespaces == Namespaces::Profiles
                && template.abac.is_none()
                && !deployment.parameter("profiles").is_empty();
            let profile = if per_profile { "-{profile}" } else { "" };
            let text = |value| Text { value, span: template.span };
            let base = template.name.as_ref().map_or(&deployment.name, |name| &name.value);
            let one = RoleSpec {
                name: Some(text(format!("{base}-{}{profile}", component.name))),
                span: template.span,
                components: vec![text(component.name.clone())],
                trust: template.trust.clone(),
                service_accounts: template.service_accounts.clone(),
                // Components that run once for all profiles have a role like any other.
                abac: template
                    .abac
                    .clone()
                    .filter(|_| component.namespaces == Namespaces::Profiles),
            };
            uses.extend(self.role(&one, deployment));
        }
        let is_own = |c: &Component| c.namespaces == Namespaces::Profiles;
        if let Some(abac) = &template.abac
            && !deployment.consumer.components().iter().any(is_own)
        {
            let message =
                format!("`{}` has no component that is a profile's own", deployment.consumer.name);
            self.wrong(abac.span, message, Some("leave `abac` away"));
        }
        uses
    }

    fn needs_anything(&self, deployment: &Deployment<'c>, component: &Component) -> bool {
        let scope = Scope::own(deployment);
        let used = |u: &crate::consumer::model::Use| {
            let Ok(consumer) = self.consumers.get(&u.consumer) else { return false };
            let inner = scope.of_use(u, consumer);
            consumer.component(&u.component).is_some_and(|c| inner.needs_anything(c))
        };
        scope.needs_anything(component)
            || (scope.runs(component) && component.uses.iter().any(used))
    }

    fn role(&mut self, spec: &RoleSpec, deployment: &Deployment<'c>) -> Vec<RoleUse> {
        let said = self.remarks.len();
        let components = self.components(spec, deployment);
        let profiles = deployment.parameter("profiles");
        let per_profile = per_profile(spec);
        let profiled = |name: &String| {
            deployment
                .consumer
                .component(name)
                .is_some_and(|c| c.namespaces == Namespaces::Profiles)
        };
        if let Some(name) = &spec.name
            && !per_profile
            && spec.abac.is_none()
            && profiles.len() > 1
            && components.iter().any(profiled)
        {
            let message = format!(
                "role `{}` is shared by all profiles, so each reaches the others' data",
                name.value
            );
            let help = "write `{profile}` into the role's name";
            self.remark(Severity::Warning, name.span, message, help);
        }
        if let Some(abac) = &spec.abac {
            self.abac(spec, abac, deployment, &components);
        }
        let mut uses = self.role_uses(spec, profiles, &components);
        if let Some(used) = uses.first() {
            self.usable_trust(spec, deployment, used);
        }
        let remarks = self.remarks.get(said..).unwrap_or_default();
        uses.iter_mut().for_each(|used| used.remarks = remarks.to_vec());
        uses
    }

    /// One role for every profile: the tag of the session says which one.
    // AWS: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
    fn abac(
        &mut self,
        spec: &RoleSpec,
        abac: &Text,
        deployment: &Deployment<'c>,
        components: &[String],
    ) {
        if let Some(name) = spec.name.as_ref().filter(|name| name.value.contains(PROFILE)) {
            let message =
                format!("role `{}` is one for each profile, and `abac` is one for all", name.value);
            self.wrong(name.span, message, Some("leave `{profile}` out of the name, or `abac`"));
        }
        for name in components {
            let component = deployment.consumer.component(name);
            if component.is_some_and(|c| c.namespaces != Namespaces::Profiles) {
                let message =
                    format!("component `{name}` is no profile's own: `abac` says nothing of it");
                self.wrong(abac.span, message, Some("give it a role of its own"));
            }
        }
        match &spec.trust {
            Some(trust) if !matches!(trust.kind, TrustSpecKind::PodIdentity { .. }) => {
                let message = "`abac` needs `pod-identity`, which tags sessions with the namespace";
                self.wrong(trust.span, message, None);
            }
            _ => {}
        }
    }

    /// The roles of a deployment whose consumer is not known: their names and trusts are checked.
    pub(super) fn roles_of_unknown(&mut self, spec: &DeploymentSpec) {
        let given = spec.parameters.iter().filter(|(key, _)| key.value == "profiles");
        let profiles: Vec<String> =
            given.flat_map(|(_, values)| values).map(|profile| profile.value.clone()).collect();
        if let Roles::Listed(roles) = &spec.roles {
            for role in roles {
                self.role_uses(role, &profiles, &[]);
            }
        }
    }

    /// One for each profile where the role's name says so.
    fn role_uses(
        &mut self,
        spec: &RoleSpec,
        profiles: &[String],
        components: &[String],
    ) -> Vec<RoleUse> {
        let groups: Vec<Vec<String>> = if per_profile(spec) && !profiles.is_empty() {
            profiles.iter().map(|profile| vec![profile.clone()]).collect()
        } else {
            vec![profiles.to_vec()]
        };
        groups.into_iter().filter_map(|group| self.role_use(spec, group, components)).collect()
    }

    fn components(&mut self, spec: &RoleSpec, deployment: &Deployment<'c>) -> Vec<String> {
        let consumer = deployment.consumer;
        let mut found: Vec<String> = Vec::new();
        for text in &spec.components {
            let Some(component) = consumer.component(&text.value) else {
                let help =
                    known(&text.value, consumer.components().iter().map(|c| c.name.as_str()));
                let message = format!("{} has no component `{}`", consumer.name, text.value);
                self.wrong(text.span, message, Some(&help));
                continue;
            };
            if found.contains(&component.name) {
                self.wrong(text.span, format!("component `{}` stands twice", text.value), None);
                continue;
            }
            found.push(component.name.clone());
            let scope = Scope::own(deployment);
            if let Some(why) = &component.needs_nothing {
                let message = format!("component `{}` needs no permission", component.name);
                self.remark(Severity::Note, text.span, message, why);
            } else if !scope.includes(component.versions.as_ref()) {
                let message =
                    format!("{} {} has no `{}`", consumer.name, deployment.version, component.name);
                self.remark(Severity::Warning, text.span, message, "");
            } else if let Some(when) = component.when.as_ref().filter(|when| !when.holds(&scope)) {
                let message =
                    format!("component `{}` makes no calls without `{when}`", component.name);
                self.remark(
                    Severity::Warning,
                    text.span,
                    message,
                    "switch the feature on if it is used",
                );
            }
        }
        found
    }

    fn role_use(
        &mut self,
        spec: &RoleSpec,
        profiles: Vec<String>,
        components: &[String],
    ) -> Option<RoleUse> {
        // All that is wrong with a role is told, whatever is wrong first.
        let role = self.role_name(spec, &profiles);
        let mut service_accounts = self.service_accounts(&spec.service_accounts, &profiles);
        let trust = spec
            .trust
            .as_ref()
            .and_then(|trust| self.trust(&trust.kind, trust.span, role.as_ref(), &profiles));
        let mut role = role?;
        let trust = match (&spec.trust, role.kind) {
            (Some(written), RoleKind::Role) if matches!(written.kind, TrustSpecKind::User) => {
                if spec.name.as_ref().is_some_and(|name| name.value.starts_with("arn:")) {
                    let message = format!("`{role}` is a role, not a user");
                    self.wrong(written.span, message, None);
                }
                role.kind = RoleKind::User;
                trust
            }
            (Some(written), RoleKind::User) if !matches!(written.kind, TrustSpecKind::User) => {
                let message = format!("nobody assumes `{role}`, which is a user");
                let help = "a user has static keys: write `user: {}`";
                self.wrong(written.span, message, Some(help));
                None
            }
            (None, RoleKind::User) => Some(Trust::User),
            _ => trust,
        };
        if let Some(
            Trust::Irsa { service_accounts: of, .. }
            | Trust::PodIdentity { service_accounts: of, .. },
        ) = &trust
        {
            service_accounts.extend(of.iter().cloned());
        }
        service_accounts.sort();
        service_accounts.dedup();
        let components = components.to_vec();
        let place = spec.trust.as_ref().map_or(spec.span, |trust| trust.span);
        Some(RoleUse {
            place,
            role,
            components,
            profiles,
            service_accounts,
            trust,
            assumed_by: Vec::new(),
            abac: spec.abac.is_some(),
            remarks: Vec::new(),
        })
    }

    fn role_name(&mut self, spec: &RoleSpec, profiles: &[String]) -> Option<RoleRef> {
        let written = spec.name.as_ref()?;
        let mut name = written.value.clone();
        if per_profile(spec) {
            let Some(profile) = profiles.first() else {
                let message = "`{profile}` stands for nothing: the deployment lists no `profiles`";
                self.wrong(written.span, message, None);
                return None;
            };
            name = name.replace(PROFILE, profile);
        }
        match RoleRef::parse(&name, self.account, self.partition) {
            Ok(role) => {
                if role.partition != self.partition {
                    let message = format!("role `{name}` is not in partition `{}`", self.partition);
                    self.wrong(written.span, message, None);
                }
                Some(role)
            }
            Err(why) => {
                self.wrong(written.span, format!("role `{name}` {why}"), None);
                None
            }
        }
    }

    pub(super) fn service_accounts(
        &mut self,
        texts: &[Text],
        profiles: &[String],
    ) -> Vec<ServiceAccount> {
        let mut found = Vec::new();
        for text in texts {
            if text.value.contains(PROFILE) && profiles.is_empty() {
                self.wrong(
                    text.span,
                    "`{profile}` stands for nothing: the deployment lists no `profiles`",
                    None,
                );
                continue;
            }
            let names: Vec<String> = if text.value.contains(PROFILE) {
                profiles.iter().map(|profile| text.value.replace(PROFILE, profile)).collect()
            } else {
                vec![text.value.clone()]
            };
            for name in names {
                match ServiceAccount::parse(&name) {
                    Some(account) => found.push(account),
                    None => {
                        self.wrong(
                            text.span,
                            format!("`{name}` is not a service account"),
                            Some("as `namespace/name`"),
                        );
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Components that need something and have no role.
    fn without_role(
        &mut self,
        spec: &DeploymentSpec,
        deployment: &Deployment<'c>,
        uses: &[RoleUse],
    ) {
        for component in deployment.consumer.components() {
            let has_role = uses.iter().any(|used| used.components.contains(&component.name));
            if !has_role && self.needs_anything(deployment, component) {
                let at = spec
                    .name
                    .as_ref()
                    .or(spec.consumer.as_ref())
                    .map_or(spec.span, |text| text.span);
                let message =
                    format!("component `{}` of `{}` has no role", component.name, deployment.name);
                self.remark(Severity::Note, at, message, "what it needs is not looked at");
            }
        }
    }

    /// The role that components assume gets their calls on storage, and trusts their own roles.
    fn assumed(&mut self, spec: &DeploymentSpec, deployment: &mut Deployment<'c>) {
        let scope = Scope::own(deployment);
        let Some(parameter) = scope.assumes() else { return };
        let Some(target) = deployment.parameter(parameter).first() else { return };
        let Ok(role) = RoleRef::parse(target, self.account, self.partition) else { return };
        let at = spec.parameters.iter().find(|(key, _)| key.value == parameter);
        let at = at.map_or(spec.span, |(key, _)| key.span);
        let bases: Vec<&RoleUse> =
            deployment.uses.iter().filter(|used| !used.components.is_empty()).collect();
        if bases.iter().any(|used| used.role == role) {
            let message = format!("role `{role}` is listed and is the `{parameter}` of the others");
            self.wrong(
                at,
                message,
                Some("what the assumed role needs follows from the roles that assume it"),
            );
            return;
        }
        let principals: Vec<Option<String>> = bases.iter().map(|used| used.role.arn()).collect();
        if role.account.is_none() || principals.iter().any(Option::is_none) {
            self.wrong(at, format!("`{parameter}` needs the `account` of the roles"), None);
            return;
        }
        let tagged = |used: &&RoleUse| used.trust.as_ref().is_some_and(Trust::passes_tags_on);
        let session_tags = bases.iter().any(tagged);
        let mut principals: Vec<String> = principals.into_iter().flatten().collect();
        principals.sort();
        principals.dedup();
        let gather = |of: fn(&RoleUse) -> &Vec<String>| -> Vec<String> {
            bases
                .iter()
                .flat_map(|used| of(used).clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect()
        };
        let used = RoleUse {
            place: at,
            role,
            components: gather(|used| &used.components),
            profiles: gather(|used| &used.profiles),
            service_accounts: bases
                .iter()
                .flat_map(|used| used.service_accounts.clone())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            trust: Some(Trust::Account { principals, external_id: None, session_tags }),
            assumed_by: bases.iter().map(|used| used.role.clone()).collect(),
            abac: bases.iter().any(|used| used.abac),
            remarks: Vec::new(),
        };
        if !used.components.is_empty() {
            deployment.uses.push(used);
        }
    }
}

/// Whether there is a role for each profile.
fn per_profile(spec: &RoleSpec) -> bool {
    spec.name.as_ref().is_some_and(|name| name.value.contains(PROFILE))
}
