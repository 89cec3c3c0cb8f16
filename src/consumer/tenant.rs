//! The tenants of a deployment: its profiles, each with keys of its own.

use super::estate::{Deployment, Estate, RoleRef, RoleUse, ServiceAccount};
use super::model::{Access, Namespaces};
use super::requirement::{Fixed, RequiredCall};
use crate::pattern::ArnPattern;
use crate::source::Span;
use std::collections::BTreeSet;
use std::fmt;

/// The tenants of one deployment.
#[derive(Clone, Debug)]
pub struct Tenants<'e> {
    /// Where they live.
    pub deployment: &'e Deployment<'e>,
    /// The profiles, in the order written. Of a single one the second is any other profile: there is
    /// somebody to be kept apart from, whatever it is called.
    pub tenants: Vec<Tenant>,
    /// What they share on purpose: keys as ARNs of objects, and how.
    pub shared: Vec<(ArnPattern, Vec<Access>)>,
}

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its profile, which is its Kubernetes namespace too; `None` for any that is not listed.
    pub profile: Option<String>,
    /// Its keys, as ARNs of objects: all that a component of the profile's own reads, writes or lists.
    pub keys: BTreeSet<ArnPattern>,
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.profile.as_deref().unwrap_or("any other profile"))
    }
}

impl Estate<'_> {
    /// The tenants of each deployment that lists profiles.
    #[must_use]
    pub fn tenants(&self) -> Vec<Tenants<'_>> {
        self.deployments.iter().filter_map(|deployment| self.tenants_of(deployment)).collect()
    }

    fn tenants_of<'e>(&'e self, deployment: &'e Deployment<'e>) -> Option<Tenants<'e>> {
        let profiles = deployment.parameter("profiles");
        let components = own_components(deployment);
        if profiles.is_empty() || components.is_empty() {
            return None;
        }
        let other = (profiles.len() == 1).then_some(None);
        let tenants = profiles.iter().map(Some).chain(other).filter_map(|profile| {
            let keys = self.keys(deployment, &components, profile)?;
            Some(Tenant { profile: profile.cloned(), keys })
        });
        let shared = deployment.shared.iter().flat_map(|shared| {
            let arn = |keys| format!("arn:{}:s3:::{}/{keys}", self.partition, shared.bucket);
            let read =
                move |keys| Some((ArnPattern::parse(&arn(keys), true).ok()?, &shared.access));
            shared.keys.iter().filter_map(read)
        });
        let shared = shared.map(|(keys, access)| (keys, access.clone())).collect();
        Some(Tenants { deployment, tenants: tenants.collect(), shared })
    }

    /// The keys of what runs for `profile` alone.
    fn keys(
        &self,
        deployment: &Deployment<'_>,
        components: &[String],
        profile: Option<&String>,
    ) -> Option<BTreeSet<ArnPattern>> {
        let name = |component: &String| {
            let name = deployment.consumer.component(component)?.service_account.clone()?;
            Some(ServiceAccount { namespace: profile?.clone(), name })
        };
        let used = RoleUse {
            place: Span::default(),
            role: RoleRef::parse("tenant", self.account, self.partition).ok()?,
            components: components.to_vec(),
            profiles: profile.into_iter().cloned().collect(),
            service_accounts: components.iter().filter_map(name).collect(),
            trust: None,
            assumed_by: Vec::new(),
            abac: false,
            remarks: Vec::new(),
        };
        let requirement = self.requirement(deployment, &used);
        Some(requirement.calls.iter().flat_map(keys_of).collect())
    }
}

impl Tenants<'_> {
    /// Whether sessions of `role` serve one profile each, which their tags name.
    #[must_use]
    pub fn is_abac(&self, role: &RoleRef) -> bool {
        self.deployment.uses.iter().any(|used| used.role == *role && used.abac)
    }

    /// The tenants, by their places, whose own components run as `role`.
    #[must_use]
    pub fn served_by(&self, role: &RoleRef) -> BTreeSet<usize> {
        let own = own_components(self.deployment);
        let uses = self.deployment.uses.iter().filter(|used| {
            used.role == *role && used.components.iter().any(|name| own.contains(name))
        });
        let profiles: BTreeSet<&String> = uses.flat_map(|used| &used.profiles).collect();
        let is_served =
            |tenant: &Tenant| tenant.profile.as_ref().is_some_and(|p| profiles.contains(p));
        (0..).zip(&self.tenants).filter(|(_, tenant)| is_served(tenant)).map(|(at, _)| at).collect()
    }
}

/// The components that run once for each profile and call anything.
fn own_components(deployment: &Deployment<'_>) -> Vec<String> {
    let components = deployment.consumer.components().iter();
    let own =
        components.filter(|c| c.namespaces == Namespaces::Profiles && c.needs_nothing.is_none());
    own.map(|component| component.name.clone()).collect()
}

/// The keys that a call is about: those of its object, or those that it lists.
fn keys_of(call: &RequiredCall) -> Vec<ArnPattern> {
    let resource = call.resource.text();
    if call.action.service() != "s3" {
        return Vec::new();
    }
    if resource.contains('/') {
        return vec![call.resource.clone()];
    }
    let prefix = |(key, fixed): &(_, Fixed)| match fixed {
        Fixed::Like(prefix) if crate::iam::ContextKey::folded(key) == "s3:prefix" => {
            ArnPattern::parse(&format!("{resource}/{prefix}"), true).ok()
        }
        _ => None,
    };
    call.fixed.iter().filter_map(prefix).collect()
}
