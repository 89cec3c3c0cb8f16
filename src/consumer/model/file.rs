//! The shape of a model file, `policies/NAME.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::catalogue::CallOption;

use super::{Access, Denial, Namespaces, Occurs, ParameterType, TrustKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Model {
    pub consumer: Spanned<String>,
    pub title: String,
    pub versions: Versions,
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub features: BTreeMap<String, Feature>,
    #[serde(default)]
    pub clients: Vec<Client>,
    /// In the order that people read them.
    pub components: Vec<Component>,
    pub evidence: BTreeMap<String, Evidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Versions {
    pub supported: Spanned<String>,
    pub newest: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parameter {
    #[serde(rename = "type")]
    pub kind: Spanned<ParameterType>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub default: Option<Spanned<String>>,
    #[serde(default)]
    pub choices: Vec<String>,
    pub summary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Feature {
    #[serde(default)]
    pub default: bool,
    pub summary: String,
    #[serde(default)]
    pub versions: Option<Spanned<String>>,
    #[serde(default)]
    pub needs: Option<Spanned<String>>,
    #[serde(default)]
    pub assumes: Option<Spanned<String>>,
    #[serde(default)]
    pub plain_http: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Client {
    #[serde(default)]
    pub versions: Option<Spanned<String>>,
    pub library: String,
    #[serde(default)]
    pub cannot: Vec<TrustKind>,
    #[serde(default)]
    pub unless: Option<String>,
    pub evidence: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Component {
    pub name: Spanned<String>,
    pub summary: String,
    #[serde(default)]
    pub service_account: Option<String>,
    #[serde(default)]
    pub namespace: Option<String>,
    #[serde(default)]
    pub namespaces: Namespaces,
    #[serde(default)]
    pub versions: Option<Spanned<String>>,
    #[serde(default)]
    pub when: Option<Spanned<String>>,
    #[serde(default)]
    pub needs_nothing: Option<String>,
    #[serde(default)]
    pub calls: Vec<Spanned<Call>>,
    #[serde(default, rename = "use")]
    pub uses: Vec<Use>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Use {
    /// `consumer/component@version`
    pub component: Spanned<String>,
    #[serde(default)]
    pub bucket: Option<Spanned<String>>,
    #[serde(default)]
    pub on: Vec<Spanned<String>>,
    #[serde(default)]
    pub inherit: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Call {
    /// One or several, separated by spaces.
    pub api: Spanned<String>,
    /// Options that are sent with it, of those the table of API calls knows.
    #[serde(default, rename = "with")]
    pub options: Vec<CallOption>,
    /// Parameters that name buckets, separated by spaces; `bucket` unless given.
    #[serde(default)]
    pub bucket: Option<Spanned<String>>,
    #[serde(default)]
    pub keys: Option<Spanned<String>>,
    #[serde(default)]
    pub from: Option<Spanned<String>>,
    #[serde(default)]
    pub prefix: Option<Spanned<String>>,
    #[serde(default)]
    pub delimiter: Option<String>,
    #[serde(default)]
    pub role: Option<Spanned<String>>,
    #[serde(default)]
    pub missing_key: Option<MissingKey>,
    #[serde(default)]
    pub when: Option<Spanned<String>>,
    #[serde(default)]
    pub versions: Option<Spanned<String>>,
    pub denied: Denial,
    #[serde(default)]
    pub denied_if: Vec<DeniedIf>,
    #[serde(default)]
    pub occurs: Occurs,
    #[serde(default)]
    pub also: Option<Access>,
    #[serde(default)]
    pub sends: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
    pub evidence: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MissingKey {
    pub denied: Denial,
    #[serde(default)]
    pub when: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DeniedIf {
    pub when: Spanned<String>,
    pub denied: Denial,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Evidence {
    pub repository: String,
    pub at: String,
    #[serde(default)]
    pub file: String,
    #[serde(default)]
    pub symbol: String,
}
