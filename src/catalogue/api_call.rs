//! Which IAM actions an API call needs.
//!
//! An API call is not an action: `HeadBucket` is `s3:ListBucket`, a copy is a read and a write.
//! The facts are rows of `rules/api-calls.yaml`; its head explains the columns.

mod name;
mod text;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

pub(crate) use self::name::prefix_of;

/// The embedded rows.
const EMBEDDED: &str = built!("rules/api-calls.json");

/// Whose reading of a call counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Dialect {
    /// Amazon's own services.
    #[default]
    Aws,
}

/// What an action is evaluated on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The bucket.
    Bucket,
    /// The object, or in a copy the object that is written.
    Key,
    /// The object that is copied.
    SourceKey,
    /// The customer managed key that encrypts the object; without one there is no evaluation.
    KmsKey,
    /// The customer managed key that encrypts what is copied; without one there is no evaluation.
    SourceKmsKey,
    /// The role that is assumed or passed.
    Role,
    /// The DynamoDB table.
    Table,
    /// Another resource that the call names.
    Resource,
    /// `*`: the action knows no resource.
    Any,
}

/// What a caller may send with a call, or ask to see in its answer, and what then needs further
/// actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOption {
    /// An ACL (`x-amz-acl`, `x-amz-grant-*`) other than `private` for a new bucket.
    Acl,
    /// To shorten or lift a governance-mode retention.
    BypassGovernance,
    /// The checksum of an encrypted object (`x-amz-checksum-mode: ENABLED` on a HEAD).
    Checksum,
    /// A condition check among the parts of a transaction.
    ConditionCheck,
    /// A deletion among the statements or the parts of a transaction.
    Delete,
    /// An insertion among the statements.
    Insert,
    /// A legal hold on the new object.
    LegalHold,
    /// The object lock headers of the answer, which are left out without the permission.
    LockHeaders,
    /// Object lock on the new bucket.
    ObjectLock,
    /// The owner of each key (`fetch-owner`), which may be left out without the permission.
    Owner,
    /// Object ownership of the new bucket.
    Ownership,
    /// Trusted context of an identity provider.
    ProvidedContexts,
    /// An item that is put among the parts of a transaction.
    Put,
    /// A retention period on the new object.
    Retention,
    /// A query among the statements.
    Select,
    /// Session tags.
    SessionTags,
    /// A source identity.
    SourceIdentity,
    /// The source has tags, which a copy takes along.
    SourceTags,
    /// A version of the source (`versionId` in `x-amz-copy-source`).
    SourceVersionId,
    /// The number of tags in the answer, which is left out without the permission.
    TagCount,
    /// Tags on what is created.
    Tagging,
    /// An update among the statements or the parts of a transaction.
    Update,
    /// A version of the object (`versionId`).
    VersionId,
}

/// One action that is evaluated when a call is made.
///
/// It is written `ACTION on TARGET`, with ` with OPTION` or ` unless OPTION` behind it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Evaluation {
    /// The IAM action, spelled as in the catalogue.
    pub action: String,
    /// What it is evaluated on.
    pub on: Target,
    /// Evaluated only if this is sent.
    pub with: Option<CallOption>,
    /// Evaluated only if this is not sent.
    pub unless: Option<CallOption>,
}

impl Evaluation {
    /// Whether it takes place in a call with exactly these options.
    #[must_use]
    pub fn applies(&self, options: &[CallOption]) -> bool {
        self.with.is_none_or(|option| options.contains(&option))
            && self.unless.is_none_or(|option| !options.contains(&option))
    }
}

/// Why a text is not an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// The words are not in the expected order.
    #[error("`{0}` is not of the form `ACTION on TARGET [with OPTION | unless OPTION]`")]
    Form(String),
    /// A target or an option that does not exist.
    #[error("`{0}`: {1}")]
    Word(String, String),
}

impl TryFrom<String> for Evaluation {
    type Error = EvaluationError;

    fn try_from(text: String) -> Result<Self, EvaluationError> {
        let words: Vec<&str> = text.split(' ').collect();
        let (action, on, option) = match *words {
            [action, "on", on] => (action, on, None),
            [action, "on", on, kind @ ("with" | "unless"), option] => {
                (action, on, Some((kind, option)))
            }
            _ => return Err(EvaluationError::Form(text)),
        };
        let on = word(on)?;
        let option = option.map(|(kind, option)| Ok((kind, word(option)?))).transpose()?;
        Ok(Self {
            action: action.to_owned(),
            on,
            with: option.and_then(|(kind, option)| (kind == "with").then_some(option)),
            unless: option.and_then(|(kind, option)| (kind == "unless").then_some(option)),
        })
    }
}

/// Reads the kebab-case name of a variant.
fn word<'a, T: Deserialize<'a>>(word: &'a str) -> Result<T, EvaluationError> {
    let error =
        |error: serde::de::value::Error| EvaluationError::Word(word.to_owned(), error.to_string());
    T::deserialize(serde::de::value::BorrowedStrDeserializer::new(word)).map_err(error)
}

/// One API call and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApiCall {
    /// Service and operation: `s3.HeadObject`.
    pub api: String,
    /// The call is made without AWS credentials: no identity policy is asked, only the trust
    /// policy of the role.
    #[serde(default)]
    pub anonymous: bool,
    /// The request may carry `s3:prefix`, `s3:delimiter` and `s3:max-keys`; it carries those
    /// that the caller sends.
    #[serde(default)]
    pub list_keys: bool,
    /// For a key that does not exist, AWS evaluates `s3:ListBucket` on the bucket with
    /// `s3:prefix` the requested key, and answers 404 if it is allowed, else 403.
    #[serde(default)]
    pub missing_key: bool,
    /// What AWS evaluates.
    aws: Vec<Evaluation>,
    /// AWS's page on the call.
    pub page: String,
}

impl ApiCall {
    /// The service, by the name that AWS's SDKs give it: `s3`, `iot-data`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.api.split_once('.').map_or("", |(service, _)| service)
    }

    /// Whether it is a call of this service, by the SDKs' name or by the prefix of its actions.
    #[must_use]
    pub fn is_of(&self, service: &str) -> bool {
        [Some(self.service()), prefix_of(self.service())]
            .into_iter()
            .flatten()
            .any(|own| own.eq_ignore_ascii_case(service))
    }

    /// The name without the service, `HeadObject`.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.api.split_once('.').map_or(&*self.api, |(_, operation)| operation)
    }

    /// All evaluations, with and without options.
    #[must_use]
    pub fn evaluations(&self, dialect: Dialect) -> &[Evaluation] {
        match dialect {
            Dialect::Aws => &self.aws,
        }
    }

    /// The evaluations of a call with exactly these options, KMS companions included.
    pub fn needs<'a>(
        &'a self,
        dialect: Dialect,
        options: &'a [CallOption],
    ) -> impl Iterator<Item = &'a Evaluation> {
        self.evaluations(dialect).iter().filter(|evaluation| evaluation.applies(options))
    }

    /// The evaluations of a plain call, without options and on what is not encrypted.
    pub fn always(&self, dialect: Dialect) -> impl Iterator<Item = &Evaluation> {
        let encrypted = |on| matches!(on, Target::KmsKey | Target::SourceKmsKey);
        let kms = self.api.starts_with("kms.");
        self.needs(dialect, &[]).filter(move |evaluation| kms || !encrypted(evaluation.on))
    }
}

/// Why a text is not a table of API calls.
#[derive(Debug, thiserror::Error)]
pub enum ApiTableError {
    /// The text is not JSON of the expected form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A row is not after the row before it.
    #[error("`{0}` is not in its place: the rows are sorted, and each stands once")]
    Order(String),
}

/// The table of API calls.
#[derive(Debug, Default)]
pub struct ApiTable {
    calls: Vec<ApiCall>,
    /// Positions in `calls` by folded name, with the SDK's name of the service and with its IAM
    /// prefix.
    by_name: BTreeMap<String, usize>,
}

impl ApiTable {
    /// The table that is built into the program, read on first use.
    pub fn embedded() -> &'static Self {
        static TABLE: OnceLock<ApiTable> = OnceLock::new();
        // A test parses the embedded rows. Without them no call would be known, and each model
        // that names one would be an error.
        TABLE.get_or_init(|| Self::parse(EMBEDDED).unwrap_or_default())
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The text is not a list of rows, or the rows are not sorted.
    pub fn parse(text: &str) -> Result<Self, ApiTableError> {
        let calls: Vec<ApiCall> = serde_json::from_str(text)?;
        if let Some(pair) = calls.windows(2).find(|pair| pair[0].api >= pair[1].api) {
            return Err(ApiTableError::Order(pair[1].api.clone()));
        }
        let mut by_name = BTreeMap::new();
        for (at, call) in calls.iter().enumerate() {
            by_name.insert(name::folded(&call.api), at);
        }
        for (at, call) in calls.iter().enumerate() {
            if let Some(prefix) = prefix_of(call.service()) {
                by_name
                    .entry(name::folded(&format!("{prefix}:{}", call.operation())))
                    .or_insert(at);
            }
        }
        Ok(Self { by_name, calls })
    }

    /// All calls, in order.
    pub fn calls(&self) -> impl ExactSizeIterator<Item = &ApiCall> {
        self.calls.iter()
    }

    /// The call of this name, `s3.HeadObject`.
    #[must_use]
    pub fn get(&self, api: &str) -> Option<&ApiCall> {
        let at = self.calls.binary_search_by(|call| call.api.as_str().cmp(api)).ok()?;
        self.calls.get(at)
    }
}

#[cfg(test)]
mod tests;
