//! How people spell the names of API calls.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{ApiCall, ApiTable};
use crate::catalogue::{ActionId, Catalogue};

/// The IAM prefixes of the services that an SDK calls otherwise: `stepfunctions: states`.
const SERVICES: &str = built!("rules/service-names.json");

/// The IAM prefix of a service that has another name in an SDK or the AWS CLI, in lower case.
pub(crate) fn prefix_of(service: &str) -> Option<&'static str> {
    static PREFIXES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    // A test parses the embedded text. Without it only the prefixes themselves would be known.
    let prefixes = PREFIXES.get_or_init(|| serde_json::from_str(SERVICES).unwrap_or_default());
    prefixes.get(service).map(String::as_str)
}

/// `service:operation` in lower case and without the marks between the words of an operation, so
/// that `s3.HeadBucket`, `s3:head_bucket` and `aws s3api head-bucket` are one. The service is
/// empty where none is named.
pub(super) fn folded(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix("aws ").unwrap_or(&text);
    let (service, operation) = text.split_once([':', '.', ' ']).unwrap_or(("", text));
    let service = if service == "s3api" { "s3" } else { service };
    let operation: String = operation.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    format!("{service}:{operation}")
}

impl ApiTable {
    /// The call that somebody named, in any of the usual spellings: `s3.HeadBucket`,
    /// `s3:HeadBucket`, `s3.head_bucket`, `aws s3api head-bucket`, `HeadBucket`. A name without a
    /// service is one of S3, or of the only service that has it.
    ///
    /// `s3:GetObject` is a call too, of the name of an action: look for an action first.
    #[must_use]
    pub fn named(&self, text: &str) -> Option<&ApiCall> {
        let folded = folded(text);
        match folded.strip_prefix(':') {
            None => self.at(&folded),
            Some(operation) => self.at(&format!("s3:{operation}")).or_else(|| {
                let same = |call: &&ApiCall| call.operation().eq_ignore_ascii_case(operation);
                let mut found = self.calls().filter(same);
                found.next().filter(|_| found.next().is_none())
            }),
        }
    }

    /// The action whose name is that of the operation that somebody named, as it is with most
    /// calls, which have no row: `stepfunctions.StartExecution` and `aws stepfunctions
    /// start-execution` are `states:StartExecution`.
    #[must_use]
    pub fn same_name(text: &str) -> Option<ActionId> {
        let folded = folded(text);
        let (service, operation) = folded.split_once(':')?;
        let prefix = prefix_of(service).unwrap_or(service);
        Catalogue::embedded().find(&format!("{prefix}:{operation}"))
    }

    /// The call whose name someone wrote as if it were an action: `s3:HeadBucket`. `None` for an
    /// action that exists, though a call may have the same name.
    #[must_use]
    pub fn misnomer(&self, action: &str) -> Option<&ApiCall> {
        if !action.contains(':') || Catalogue::embedded().find(action).is_some() {
            return None;
        }
        self.at(&folded(action))
    }

    /// The call of the same service whose name differs by a few letters, the nearest: for
    /// `s3.HeadBuckt` it is `s3.HeadBucket`. How many depends on the length of the name.
    #[must_use]
    pub fn near(&self, text: &str) -> Option<&ApiCall> {
        let folded = folded(text);
        let (service, operation) = folded.split_once(':')?;
        let limit = 1 + operation.len() / 8;
        let of_service = |call: &&ApiCall| match service {
            "" => true,
            service => call.is_of(service),
        };
        let distance = |call: &ApiCall| {
            strsim::osa_distance(&call.operation().to_ascii_lowercase(), operation)
        };
        let near = self.calls().filter(of_service).map(|call| (distance(call), call));
        let near = near.filter(|(distance, _)| *distance <= limit);
        near.min_by_key(|(distance, call)| (*distance, &call.api)).map(|(_, call)| call)
    }

    fn at(&self, folded: &str) -> Option<&ApiCall> {
        self.calls.get(*self.by_name.get(folded)?)
    }
}
