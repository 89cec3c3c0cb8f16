//! Documents anywhere in a JSON file: the file itself, the answers of AWS's command line, lists of
//! documents, and whatever wraps them.

use super::{Search, Shape};
use crate::iam::PolicyKind;
use crate::syntax::{Json, JsonValue, decode_document, read_json};

/// Keys under which AWS's answers keep a document: what stands there is one, also where its text is
/// broken.
///
/// AWS: GetRolePolicy, GetRole, GetBucketPolicy, GetQueueAttributes, GetRepositoryPolicy (ECR),
/// GetResourcePolicy (Secrets Manager), DescribeVpcEndpoints, GetInlinePolicyForPermissionSet:
/// <https://docs.aws.amazon.com/cli/latest/reference/>
const KEYS: [&str; 8] = [
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Policy",
    "policyText",
    "ResourcePolicy",
    "InlinePolicy",
    "KeyPolicy",
    "policy",
];

impl<'t> Search<'t> {
    /// Looks for documents in a value, whatever it is.
    pub(super) fn anywhere(&mut self, value: &'t Json<'t>, path: &str) -> Shape {
        let before = self.candidates.len();
        if path.is_empty() && says_it_is_a_policy(value) {
            self.document(value, String::new());
        } else {
            self.below(value, path, false);
        }
        if self.candidates.len() > before { Shape::Policy } else { Shape::Other }
    }

    /// `expected` where the key says that this is a document.
    fn below(&mut self, value: &'t Json<'t>, path: &str, expected: bool) {
        match &value.value {
            JsonValue::Object(entries) => {
                if looks_like_a_policy(value) {
                    let kind = kind_of_path(path);
                    self.document(value, path.to_owned()).kind = kind;
                    return;
                }
                let organizations = kind_of_summary(value);
                for (key, inner) in entries {
                    let path = joined(path, &key.name);
                    let before = self.candidates.len();
                    if &*key.name == "Document" && value.get("VersionId").is_some() {
                        self.document(inner, path).kind = Some(PolicyKind::Identity);
                    } else {
                        self.below(inner, &path, KEYS.contains(&&*key.name));
                    }
                    if let Some(kind) = organizations {
                        self.candidates.iter_mut().skip(before).for_each(|c| c.kind = Some(kind));
                    }
                }
            }
            JsonValue::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.below(item, &format!("{path}[{at}]"), false);
                }
            }
            JsonValue::String(text) if holds_a_policy(text, expected || path.is_empty()) => {
                let kind = kind_of_path(path);
                self.document(value, path.to_owned()).kind = kind;
            }
            _ => {}
        }
    }
}

/// Whether a whole file is meant to be a policy, perhaps a broken one.
pub(super) fn says_it_is_a_policy(value: &Json<'_>) -> bool {
    let version = value.get("Version").and_then(Json::text).unwrap_or_default();
    value.get("Statement").is_some() || matches!(version, "2012-10-17" | "2008-10-17")
}

/// Whether an object somewhere in a file is a policy and not something else with a `Statement`.
pub(super) fn looks_like_a_policy(value: &Json<'_>) -> bool {
    value.get("Statement").is_some_and(|statements| {
        let statements = statements.one_or_many();
        let has = |key| statements.iter().any(|statement| statement.get(key).is_some());
        has("Effect") || has("Action") || says_it_is_a_policy(value) && statements.is_empty()
    })
}

/// Whether a string holds a policy. Where one is `expected`, its words are enough: it may be broken.
pub(super) fn holds_a_policy(text: &str, expected: bool) -> bool {
    let text = text.trim_start();
    let encoded = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%7b"));
    if !encoded && !text.starts_with('{') {
        return false;
    }
    let text = decode_document(text);
    if !text.contains("Statement") {
        return expected && text.contains("Effect");
    }
    expected || read_json(&text).is_ok_and(|json| looks_like_a_policy(&json))
}

/// AWS: `describe-policy` of Organizations says of which type its `Content` is:
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html>
fn kind_of_summary(policy: &Json<'_>) -> Option<PolicyKind> {
    kind_of_type(policy.get("PolicySummary")?.get("Type")?.text()?)
}

/// AWS: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Policy.html>
pub(super) fn kind_of_type(name: &str) -> Option<PolicyKind> {
    match name {
        "SERVICE_CONTROL_POLICY" => Some(PolicyKind::ServiceControl),
        "RESOURCE_CONTROL_POLICY" => Some(PolicyKind::ResourceControl),
        _ => None,
    }
}

fn kind_of_path(path: &str) -> Option<PolicyKind> {
    path.ends_with("AssumeRolePolicyDocument").then_some(PolicyKind::Trust)
}

/// `Roles[0].PolicyDocument`
pub(super) fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
