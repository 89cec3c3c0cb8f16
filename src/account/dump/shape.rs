//! The JSON shapes of IAM's answers, as the AWS CLI and SDKs print them.
//!
//! One shape with every key optional serves each kind of entry: which keys are there says what it
//! is, and what is missing is reported by name. Documents stay borrowed slices of the file.
//!
//! AWS: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html>

use serde::Deserialize;
use serde_json::value::RawValue;

/// One JSON value of a file.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct Answer<'a> {
    #[serde(borrow)]
    pub(super) user_detail_list: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) group_detail_list: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) role_detail_list: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub(super) policies: Option<Vec<&'a RawValue>>,
    pub(super) is_truncated: Option<bool>,
    /// Of the CLI, where `--max-items` cut its answer off.
    pub(super) next_token: Option<String>,
    #[serde(borrow)]
    pub(super) role: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) user: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) policy: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) policy_version: Option<&'a RawValue>,
}

impl Answer<'_> {
    /// Whether it is a page of `get-account-authorization-details`.
    pub(super) const fn is_page(&self) -> bool {
        self.user_detail_list.is_some()
            || self.group_detail_list.is_some()
            || self.role_detail_list.is_some()
            || self.policies.is_some()
    }
}

/// A role, user, group, managed policy, or one inline policy.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "an object")]
pub(super) struct Entry<'a> {
    pub(super) arn: Option<String>,
    pub(super) path: Option<String>,
    pub(super) role_name: Option<String>,
    pub(super) role_id: Option<String>,
    pub(super) user_name: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) group_name: Option<String>,
    pub(super) group_list: Option<Vec<String>>,
    #[serde(borrow)]
    pub(super) assume_role_policy_document: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) role_policy_list: Option<Vec<Inline<'a>>>,
    #[serde(borrow)]
    pub(super) user_policy_list: Option<Vec<Inline<'a>>>,
    #[serde(borrow)]
    pub(super) group_policy_list: Option<Vec<Inline<'a>>>,
    pub(super) attached_managed_policies: Option<Vec<Attached>>,
    pub(super) permissions_boundary: Option<Boundary>,
    pub(super) tags: Option<Vec<Tag>>,
    pub(super) policy_name: Option<String>,
    #[serde(borrow)]
    pub(super) policy_document: Option<&'a RawValue>,
    pub(super) default_version_id: Option<String>,
    pub(super) attachment_count: Option<u32>,
    pub(super) permissions_boundary_usage_count: Option<u32>,
    #[serde(borrow)]
    pub(super) policy_version_list: Option<Vec<Version<'a>>>,
    #[serde(borrow)]
    pub(super) statement: Option<&'a RawValue>,
}

/// An inline policy of a detail list.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Inline<'a> {
    pub(super) policy_name: String,
    #[serde(borrow)]
    pub(super) policy_document: &'a RawValue,
}

/// An attached managed policy.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Attached {
    pub(super) policy_arn: String,
}

/// The boundary's name. `PermissionsBoundaryType` has one value only and is not read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Boundary {
    pub(super) permissions_boundary_arn: String,
}

/// A tag.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Tag {
    pub(super) key: String,
    pub(super) value: String,
}

/// A version of a managed policy.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Version<'a> {
    pub(super) version_id: Option<String>,
    #[serde(default)]
    pub(super) is_default_version: bool,
    #[serde(borrow)]
    pub(super) document: Option<&'a RawValue>,
}
