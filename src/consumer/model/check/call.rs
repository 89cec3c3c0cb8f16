//! One call of a model: what it is made on, and whether the API call is made on such a thing.

use serde_saphyr::Spanned;

use super::{Reader, place};
use crate::catalogue::{ApiTable, Dialect, Target as On};
use crate::consumer::key::{KeyTemplate, NAMESPACE};
use crate::consumer::model::file;
use crate::consumer::model::{Call, Consumer, MissingKey, Parameter, ParameterType, Target};
use crate::consumer::problem::known;
use crate::source::Problem;

impl Reader {
    pub(super) fn call(
        &mut self,
        spanned: &Spanned<file::Call>,
        consumer: &Consumer,
    ) -> Option<Call> {
        let raw = &spanned.value;
        let buckets: Vec<String> = match &raw.bucket {
            None => vec!["bucket".to_owned()],
            Some(names) => names.value.split_whitespace().map(str::to_owned).collect(),
        };
        if let Some(names) = &raw.bucket {
            for name in &buckets {
                self.bucket(names, name, consumer);
            }
        }
        if raw.evidence.is_empty() {
            self.wrong(spanned, "a call without evidence");
        }
        let target = match (&raw.keys, &raw.prefix, &raw.role) {
            (Some(keys), None, None) => Target::Keys(self.keys(keys, consumer)?),
            (None, None, Some(role)) => {
                if consumer.parameter(&role.value).is_none_or(|p| p.kind != ParameterType::Role) {
                    self.wrong(
                        role,
                        format!("`{}` is not a parameter that names a role", role.value),
                    );
                }
                Target::Role(role.value.clone())
            }
            (None, prefix, None) => Target::Bucket {
                prefix: match prefix {
                    Some(prefix) => Some(self.keys(prefix, consumer)?),
                    None => None,
                },
                delimiter: raw.delimiter.clone(),
            },
            _ => {
                self.wrong(spanned, "a call has one of `keys`, `prefix` and `role`");
                return None;
            }
        };
        self.apis(raw, &target);
        Some(Call {
            apis: raw.api.value.split_whitespace().map(str::to_owned).collect(),
            options: raw.options.clone(),
            buckets,
            target,
            from: raw.from.as_ref().and_then(|from| self.keys(from, consumer)),
            missing_key: raw.missing_key.as_ref().map(|missing| MissingKey {
                denied: missing.denied,
                when: missing.when.as_ref().and_then(|w| self.when(w, consumer)),
            }),
            when: raw.when.as_ref().and_then(|w| self.when(w, consumer)),
            versions: raw.versions.as_ref().map(|v| self.range(v)),
            denied: raw.denied,
            denied_if: raw
                .denied_if
                .iter()
                .filter_map(|d| Some((self.when(&d.when, consumer)?, d.denied)))
                .collect(),
            occurs: raw.occurs,
            also: raw.also,
            sends: raw.sends.clone(),
            note: raw.note.clone(),
            evidence: self.cited(&raw.evidence),
        })
    }

    /// The API calls exist, and what the call says fits what they do.
    fn apis(&mut self, raw: &file::Call, target: &Target) {
        let table = ApiTable::embedded();
        for name in raw.api.value.split_whitespace() {
            let Some(api) = table.get(name) else {
                let service = name.split('.').next().unwrap_or_default();
                let near = table
                    .calls()
                    .map(|c| c.api.as_str())
                    .filter(|c| c.split('.').next() == Some(service));
                let help = known(name, near);
                self.problems.push(
                    Problem::error(place(&raw.api), format!("unknown API call `{name}`"))
                        .help(help),
                );
                continue;
            };
            for evaluation in api.needs(Dialect::Aws, &raw.options) {
                let fits = match evaluation.on {
                    On::Bucket => !matches!(target, Target::Role(_)),
                    On::Key => matches!(target, Target::Keys(_)),
                    On::SourceKey => raw.from.is_some(),
                    On::KmsKey | On::SourceKmsKey => true,
                    On::Role => matches!(target, Target::Role(_)),
                    On::Table | On::Resource | On::Any => false,
                };
                if !fits {
                    let message =
                        format!("`{name}` is made on something else than this call names");
                    self.wrong(&raw.api, message);
                }
            }
            let on_keys = api.needs(Dialect::Aws, &raw.options).any(|e| e.on == On::Key);
            if raw.keys.is_some() && !on_keys {
                self.wrong(&raw.api, format!("`{name}` is made on no key"));
            }
            if raw.prefix.is_some() && !api.list_keys {
                self.wrong(&raw.api, format!("`{name}` sends no prefix"));
            }
            if raw.missing_key.is_some() && !api.missing_key {
                self.wrong(&raw.api, format!("`{name}` has no answer for a missing key"));
            }
        }
    }

    fn keys(&mut self, text: &Spanned<String>, consumer: &Consumer) -> Option<KeyTemplate> {
        let keys = match KeyTemplate::parse_model(&text.value) {
            Ok(keys) => keys,
            Err(message) => {
                self.wrong(text, message);
                return None;
            }
        };
        for name in keys.names() {
            let fits = |p: &Parameter| {
                matches!(
                    p.kind,
                    ParameterType::KeyFormat | ParameterType::Path | ParameterType::Names
                )
            };
            if name != NAMESPACE && !consumer.parameter(name).is_some_and(fits) {
                let names = consumer.parameters().filter(|p| fits(p)).map(|p| p.name.as_str());
                let help = known(name, names);
                self.problems.push(
                    Problem::error(
                        place(text),
                        format!("`${{{name}}}` is not a parameter for keys"),
                    )
                    .help(help),
                );
            }
        }
        Some(keys)
    }
}
