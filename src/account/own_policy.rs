//! What leastwise itself must be allowed to do.

/// The identity policy that a live audit needs, as JSON. `sts:GetCallerIdentity` needs none.
///
/// AWS: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html>
#[must_use]
pub fn own_policy() -> &'static str {
    include_str!("own_policy.json")
}
