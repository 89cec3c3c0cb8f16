//! AWS's machine-readable service reference: the list of services, and a file for each.
//!
//! Any list may be absent, and fields that are not known here are left alone.
//! AWS: <https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html>

use serde::Deserialize;

use super::AccessLevel;

/// A service in the list of all services.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ServiceEntry {
    /// The prefix, `s3`.
    pub service: String,
    /// Where its file is.
    pub url: String,
}

/// The text is not what AWS documents.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// It is not JSON of the documented shape.
    #[error("not of the documented shape: {0}")]
    Shape(#[from] serde_json::Error),
    /// The file is of another service than the list says.
    #[error("the file is of the service `{0}`")]
    OtherService(String),
    /// The list is empty.
    #[error("no service is listed")]
    Empty,
}

/// The services of AWS's list.
///
/// # Errors
/// The text is not of the documented shape, or lists no service.
pub fn service_list(json: &str) -> Result<Vec<ServiceEntry>, ReferenceError> {
    let services: Vec<ServiceEntry> = serde_json::from_str(json)?;
    if services.is_empty() { Err(ReferenceError::Empty) } else { Ok(services) }
}

/// What AWS says of one service.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceReference {
    pub(super) name: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) actions: Vec<ActionEntry>,
    #[serde(default, deserialize_with = "list")]
    pub(super) condition_keys: Vec<KeyEntry>,
    #[serde(default, deserialize_with = "list")]
    pub(super) resources: Vec<ResourceEntry>,
}

impl ServiceReference {
    /// Reads the file of a service.
    ///
    /// # Errors
    /// The text is not of the documented shape, or is about another service.
    pub fn parse(service: &str, json: &str) -> Result<Self, ReferenceError> {
        let found: Self = serde_json::from_str(json)?;
        if found.name.eq_ignore_ascii_case(service) {
            Ok(found)
        } else {
            Err(ReferenceError::OtherService(found.name))
        }
    }

    /// The prefix of the service.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.name
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ActionEntry {
    pub(super) name: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) action_condition_keys: Vec<String>,
    #[serde(default)]
    annotations: Option<Annotations>,
    #[serde(default, deserialize_with = "list")]
    pub(super) resources: Vec<NameEntry>,
}

impl ActionEntry {
    /// The access level; `None` where the file does not tell.
    pub(super) fn level(&self) -> Option<AccessLevel> {
        let Properties { is_list, is_permission_management, is_tagging_only, is_write } =
            self.annotations.as_ref()?.properties.as_ref()?;
        // Several may be true: the gravest counts.
        Some(match () {
            () if *is_permission_management => AccessLevel::Permissions,
            () if *is_tagging_only => AccessLevel::Tagging,
            () if *is_write => AccessLevel::Write,
            () if *is_list => AccessLevel::List,
            () => AccessLevel::Read,
        })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Annotations {
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Properties {
    is_list: bool,
    is_permission_management: bool,
    is_tagging_only: bool,
    is_write: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NameEntry {
    pub(super) name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct KeyEntry {
    pub(super) name: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) types: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResourceEntry {
    pub(super) name: String,
    #[serde(default, rename = "ARNFormats", deserialize_with = "list")]
    pub(super) arn_formats: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    pub(super) condition_keys: Vec<String>,
}

/// A list that may be `null`.
fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
