//! A line that asks.

use super::cache::{Levels, PolicyCache};
use super::shape::complaints;
use crate::evaluate::{Policies, resource_layer};
use crate::iam::{
    AccountId, Action, Caller, ContextKey, ContextValue, Layer, PolicyDocument, PolicyKind,
    Request, RequestContext, Resource,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Text that borrows from the line where it holds no escape.
#[derive(Deserialize)]
struct Text<'l>(#[serde(borrow)] Cow<'l, str>);

/// One line of a batch, its policies unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Line<'l> {
    #[serde(borrow)]
    pub(super) id: Option<&'l RawValue>,
    #[serde(borrow)]
    principal: Option<Text<'l>>,
    #[serde(borrow)]
    action: Text<'l>,
    #[serde(borrow)]
    resource: Text<'l>,
    #[serde(borrow)]
    resource_account: Option<Text<'l>>,
    #[serde(borrow)]
    context: Option<Entries<'l>>,
    #[serde(borrow)]
    unknown_context: Option<Vec<Text<'l>>>,
    #[serde(borrow)]
    identity_policies: Option<&'l RawValue>,
    #[serde(borrow)]
    permissions_boundary: Option<&'l RawValue>,
    #[serde(borrow)]
    session_policy: Option<&'l RawValue>,
    #[serde(borrow)]
    resource_policy: Option<&'l RawValue>,
    #[serde(borrow)]
    trust_policy: Option<&'l RawValue>,
    #[serde(borrow)]
    key_policy: Option<&'l RawValue>,
    #[serde(borrow)]
    service_control_policies: Option<&'l RawValue>,
    #[serde(borrow)]
    resource_control_policies: Option<&'l RawValue>,
}

/// The entries of `context`, in their order.
struct Entries<'l>(Vec<(Text<'l>, &'l RawValue)>);

impl<'de: 'l, 'l> Deserialize<'de> for Entries<'l> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of condition keys")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QuestionError {
    /// What is wrong: all errors of the first broken part.
    pub message: String,
    /// The field of the line that holds a broken policy: `identityPolicies[0]`.
    pub policy: Option<String>,
}

impl QuestionError {
    fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), policy: None }
    }

    /// Serde counts columns; a line has no other.
    fn syntax(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
        let column = error.column();
        Self::new(if error.is_data() {
            message
        } else {
            format!("not valid JSON at column {column}: {message}")
        })
    }
}

/// A request and the policies that decide it.
#[derive(Clone, Debug)]
pub struct Question {
    /// The request.
    pub request: Request,
    /// The policies.
    pub policies: Policies,
}

impl Question {
    /// Reads one line, with policies from the cache.
    ///
    /// # Errors
    /// Where the line is no JSON object of the contract's shape, or a part of it cannot be read.
    pub fn parse(line: &str, cache: &mut PolicyCache) -> Result<Self, QuestionError> {
        Line::parse(line)?.read(cache)
    }
}

impl<'l> Line<'l> {
    pub(super) fn parse(text: &'l str) -> Result<Self, QuestionError> {
        let read = serde_json::from_str(text);
        // Serde would take a list for the fields in their order.
        if read.is_ok() && !text.trim_start().starts_with('{') {
            return Err(QuestionError::new(complaints(text).unwrap_or_default()));
        }
        read.map_err(|error| match complaints(text) {
            Some(message) if error.is_data() => QuestionError::new(message),
            _ => QuestionError::syntax(&error),
        })
    }
}

impl Line<'_> {
    pub(super) fn read(&self, cache: &mut PolicyCache) -> Result<Question, QuestionError> {
        let request = self.request()?;
        let mut reader = Reader { cache };
        let policies = Policies {
            identity: reader.list(
                "identityPolicies",
                self.identity_policies,
                PolicyKind::Identity,
            )?,
            permissions_boundary: reader.one(
                "permissionsBoundary",
                self.permissions_boundary,
                PolicyKind::PermissionsBoundary,
            )?,
            session: reader.list("sessionPolicy", self.session_policy, PolicyKind::Session)?,
            resource: self.resource_policy(&mut reader, &request)?,
            service_control: reader.levels(
                "serviceControlPolicies",
                self.service_control_policies,
                PolicyKind::ServiceControl,
            )?,
            resource_control: reader.levels(
                "resourceControlPolicies",
                self.resource_control_policies,
                PolicyKind::ResourceControl,
            )?,
        };
        Ok(Question { request, policies })
    }

    fn request(&self) -> Result<Request, QuestionError> {
        let quoted = |text: &Text<'_>, why: &dyn fmt::Display| {
            QuestionError::new(format!("`{}`: {why}", text.0))
        };
        let caller = match &self.principal {
            Some(text) => Some(Caller::parse(&text.0).map_err(|why| quoted(text, &why))?),
            None => None,
        };
        let resource_account = match &self.resource_account {
            Some(text) => Some(AccountId::parse(&text.0).map_err(|why| quoted(text, &why))?),
            None => None,
        };
        let action = Action::parse(&self.action.0).map_err(|why| quoted(&self.action, &why))?;
        let resource =
            Resource::parse(&self.resource.0).map_err(|why| quoted(&self.resource, &why))?;
        Ok(Request { caller, action, resource, resource_account, context: self.context()? })
    }

    fn context(&self) -> Result<RequestContext, QuestionError> {
        let mut context = RequestContext::default();
        for (key, json) in self.context.iter().flat_map(|entries| &entries.0) {
            let key = ContextKey::new(&key.0);
            let wrong = || {
                QuestionError::new(format!(
                    "`context.{key}`: a value is a string, a number, a boolean or a list of these"
                ))
            };
            let value = match json.get().as_bytes().first() {
                Some(b'n') => continue,
                Some(b'[') => {
                    let items: Vec<&RawValue> =
                        serde_json::from_str(json.get()).map_err(|_| wrong())?;
                    let items = items.into_iter().map(scalar).collect::<Option<_>>();
                    ContextValue::Many(items.ok_or_else(wrong)?)
                }
                _ => ContextValue::Single(scalar(json).ok_or_else(wrong)?),
            };
            if context.get(key.folded()).is_some() {
                return Err(QuestionError::new(format!("`context.{key}` stands here twice")));
            }
            context.insert(key, value);
        }
        for key in self.unknown_context.iter().flatten() {
            let key = ContextKey::new(&key.0);
            if context.get(key.folded()).is_some_and(|known| *known != ContextValue::Unknown) {
                return Err(QuestionError::new(format!(
                    "`{key}` has a value in `context` and stands in `unknownContext` too"
                )));
            }
            context.insert(key, ContextValue::Unknown);
        }
        Ok(context)
    }

    fn resource_policy(
        &self,
        reader: &mut Reader<'_>,
        request: &Request,
    ) -> Result<Option<Arc<PolicyDocument>>, QuestionError> {
        let layer = resource_layer(request);
        let fields = [
            ("resourcePolicy", self.resource_policy, PolicyKind::Resource, None),
            ("trustPolicy", self.trust_policy, PolicyKind::Trust, Some(Layer::TrustPolicy)),
            ("keyPolicy", self.key_policy, PolicyKind::Resource, Some(Layer::KeyPolicy)),
        ];
        let mut found = None;
        for (name, json, kind, only) in fields {
            let Some(document) = reader.one(name, json, kind)? else { continue };
            if only.is_some_and(|only| only != layer) {
                let (action, resource) = (&request.action, &request.resource);
                return Err(QuestionError::new(format!(
                    "`{name}` has no say about `{action}` on `{resource}`"
                )));
            }
            if found.replace(document).is_some() {
                return Err(QuestionError::new(
                    "a resource has one policy, the line gives it several",
                ));
            }
        }
        Ok(found)
    }
}

/// The text of a string, number or boolean.
fn scalar(json: &RawValue) -> Option<String> {
    match json.get().as_bytes().first()? {
        b'"' => serde_json::from_str(json.get()).ok(),
        b'[' | b'{' | b'n' => None,
        _ => Some(json.get().to_owned()),
    }
}

struct Reader<'c> {
    cache: &'c mut PolicyCache,
}

type Documents = Vec<Arc<PolicyDocument>>;

impl Reader<'_> {
    fn policy(
        &mut self,
        name: impl fmt::Display,
        json: &str,
        kind: PolicyKind,
    ) -> Result<Arc<PolicyDocument>, QuestionError> {
        self.cache.policy(json, kind).map_err(|message| QuestionError {
            message: message.to_string(),
            policy: Some(name.to_string()),
        })
    }

    fn one(
        &mut self,
        name: &str,
        json: Option<&RawValue>,
        kind: PolicyKind,
    ) -> Result<Option<Arc<PolicyDocument>>, QuestionError> {
        json.map(|json| self.policy(name, json.get(), kind)).transpose()
    }

    /// A list of policies; one alone is a list of one.
    fn list(
        &mut self,
        name: &str,
        json: Option<&RawValue>,
        kind: PolicyKind,
    ) -> Result<Documents, QuestionError> {
        let levels =
            self.layer(json, kind, |reader, json| Ok(vec![reader.documents(name, json, kind)?]))?;
        Ok(levels.first().cloned().unwrap_or_default())
    }

    /// A list of levels.
    fn levels(
        &mut self,
        name: &str,
        json: Option<&RawValue>,
        kind: PolicyKind,
    ) -> Result<Levels, QuestionError> {
        let levels = self.layer(json, kind, |reader, json| {
            if !json.get().starts_with('[') {
                return Err(QuestionError::new(format!(
                    "`{name}` is a list of levels, from the root to the account, each a list of policies"
                )));
            }
            let levels = items(name, json)?.into_iter().enumerate();
            let read = levels.map(|(at, level)| reader.documents(&format!("{name}[{at}]"), level, kind));
            read.collect()
        })?;
        Ok((*levels).clone())
    }

    /// What `read` makes of a field, or made of it before.
    fn layer(
        &mut self,
        json: Option<&RawValue>,
        kind: PolicyKind,
        read: impl FnOnce(&mut Self, &RawValue) -> Result<Levels, QuestionError>,
    ) -> Result<Arc<Levels>, QuestionError> {
        let Some(json) = json else { return Ok(Arc::default()) };
        if let Some(levels) = self.cache.layer(json.get(), kind) {
            return Ok(levels);
        }
        let before = self.cache.policies_read();
        let levels = read(self, json)?;
        if self.cache.policies_read() == before {
            Ok(self.cache.keep_layer(json.get(), kind, levels))
        } else {
            Ok(Arc::new(levels))
        }
    }

    fn documents(
        &mut self,
        name: &str,
        json: &RawValue,
        kind: PolicyKind,
    ) -> Result<Documents, QuestionError> {
        let read = items(name, json)?.into_iter().enumerate();
        read.map(|(at, item)| self.policy(format_args!("{name}[{at}]"), item.get(), kind)).collect()
    }
}

/// The items of a list; what is no list is its own single item.
fn items<'l>(name: &str, json: &'l RawValue) -> Result<Vec<&'l RawValue>, QuestionError> {
    if json.get().starts_with('[') {
        serde_json::from_str(json.get())
            .map_err(|error| QuestionError::new(format!("`{name}`: {error}")))
    } else {
        Ok(vec![json])
    }
}
