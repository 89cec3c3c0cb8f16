//! What a request for an action involves besides it.

use super::{ActionId, Catalogue, ResourceType};

/// One way to use an action whose resources depend on what it is used for.
#[derive(Debug, Clone, Copy)]
pub struct Scenario<'a> {
    /// AWS's name of it, `EC2-VPC-EBS-Subnet`.
    pub name: &'a str,
    service: &'a str,
    types: &'a str,
    catalogue: &'a Catalogue,
}

impl<'a> Scenario<'a> {
    /// The resource types that it uses, and whether each is required.
    pub fn resource_types(self) -> impl Iterator<Item = (ResourceType<'a>, bool)> {
        super::references(self.types).filter_map(move |(name, required)| {
            Some((self.catalogue.resource_type(self.service, name)?, required))
        })
    }
}

impl Catalogue {
    /// Other actions that the caller may need as well, in order: `iam:PassRole` for
    /// `lambda:CreateFunction`. Some are needed only for some parameters of the request.
    pub fn dependents(&self, id: ActionId) -> impl Iterator<Item = ActionId> {
        let names = self.action_lines().field(id.0, 5).split(',');
        names.filter(|name| !name.is_empty()).filter_map(|name| self.find(name))
    }

    /// The ways to use an action that AWS's page tells apart, such as `ec2:RunInstances` with and
    /// without a subnet. None for most actions.
    pub fn scenarios(&self, id: ActionId) -> impl Iterator<Item = Scenario<'_>> {
        let lines = self.scenario_lines();
        let start = format!("{}/", self.name(id));
        lines.starting_with(&start).map(move |line| Scenario {
            name: lines.key(line).get(start.len()..).unwrap_or_default(),
            service: self.service(id),
            types: lines.field(line, 1),
            catalogue: self,
        })
    }
}

#[cfg(test)]
mod tests;
