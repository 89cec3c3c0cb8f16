//! What a file holds, told from its JSON before it is read as anything.

use crate::iam::PolicyKind;
use crate::source::Source;
use crate::syntax::decode_document;
use serde_json::{Map, Value};

/// What a file seems to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A policy document, bare or as the AWS CLI prints it; its kind where its text tells. A text
    /// that is no JSON is one too: its reader says what is wrong.
    Policy(Option<PolicyKind>),
    /// Roles and users: a dump, or answers about single ones.
    Principals,
}

/// What a file seems to hold.
///
/// A policy that names principals is a trust policy if all its actions are about assuming a role,
/// else a resource policy; one that names none is an identity policy.
#[must_use]
pub fn content(source: &Source) -> Content {
    let text = source.text().trim_start_matches('\u{feff}');
    let values: Result<Vec<Value>, _> =
        serde_json::Deserializer::from_str(text).into_iter().collect();
    match values.as_deref() {
        Ok([one]) => of_value(one),
        Ok([]) => Content::Policy(None),
        Ok(_) => Content::Principals,
        Err(_) => of_text(text),
    }
}

/// A percent-encoded document, or no document.
fn of_text(text: &str) -> Content {
    match serde_json::from_str::<Value>(&decode_document(text)) {
        Ok(Value::Object(object)) => Content::Policy(kind_of(&object)),
        _ => Content::Policy(None),
    }
}

fn of_value(value: &Value) -> Content {
    let object = match value {
        Value::Object(object) => object,
        Value::String(text) => return of_text(text),
        Value::Array(_) => return Content::Principals,
        _ => return Content::Policy(None),
    };
    let has = |key: &str| object.contains_key(key);
    let inner = |key: &str| match object.get(key)? {
        Value::Object(inner) => kind_of(inner),
        Value::String(text) => match of_text(text) {
            Content::Policy(kind) => kind,
            Content::Principals => None,
        },
        _ => None,
    };
    if has("Statement") {
        Content::Policy(kind_of(object))
    } else if has("PolicyDocument") {
        Content::Policy(inner("PolicyDocument"))
    } else if let Some(Value::String(_)) = object.get("Policy") {
        Content::Policy(inner("Policy"))
    } else if has("PolicyVersion") && !has("Policy") {
        Content::Policy(Some(PolicyKind::Identity))
    } else if has("AssumeRolePolicyDocument") && !has("RolePolicyList") {
        Content::Policy(Some(PolicyKind::Trust))
    } else if object.get("Role").is_some_and(|role| role.get("RolePolicyList").is_none()) {
        // `get-role` shows who may assume a role, and nothing of what it may do.
        Content::Policy(Some(PolicyKind::Trust))
    } else if [
        "UserDetailList",
        "RoleDetailList",
        "GroupDetailList",
        "Policies",
        "Role",
        "User",
        "RoleName",
        "UserName",
    ]
    .iter()
    .any(|key| has(key))
    {
        Content::Principals
    } else {
        Content::Policy(None)
    }
}

/// The kind of a policy document; none where it has no statement.
fn kind_of(document: &Map<String, Value>) -> Option<PolicyKind> {
    let statements: Vec<&Value> = match document.get("Statement")? {
        Value::Array(statements) => statements.iter().collect(),
        one => vec![one],
    };
    if statements.is_empty() {
        return None;
    }
    let names = |statement: &&Value| {
        statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
    };
    if !statements.iter().any(names) {
        return Some(PolicyKind::Identity);
    }
    let assumes = statements.iter().all(|statement| assumes_a_role(statement));
    Some(if assumes { PolicyKind::Trust } else { PolicyKind::Resource })
}

fn assumes_a_role(statement: &Value) -> bool {
    let is_one = |action: &Value| {
        let action = action.as_str().unwrap_or_default().to_ascii_lowercase();
        ["sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext"]
            .iter()
            .any(|known| action.starts_with(known))
    };
    statement.get("Resource").is_none()
        && match statement.get("Action") {
            Some(Value::Array(actions)) => !actions.is_empty() && actions.iter().all(is_one),
            Some(action) => is_one(action),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{Content, content};
    use crate::iam::PolicyKind::{Identity, Resource, Trust};
    use crate::source::Source;

    #[test]
    fn files_are_told_apart() {
        let trust = r#"{"Statement":{"Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}}"#;
        for (text, expected) in [
            (trust, Content::Policy(Some(Trust))),
            (
                r#"{"Statement":[{"Action":"s3:*","Resource":"*"}]}"#,
                Content::Policy(Some(Identity)),
            ),
            (
                r#"{"Statement":[{"Principal":"*","Action":"s3:*","Resource":"*"}]}"#,
                Content::Policy(Some(Resource)),
            ),
            (
                r#"{"Statement":[{"Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}"#,
                Content::Policy(Some(Resource)),
            ),
            (r#"{"Version":"2012-10-17","Statement":[]}"#, Content::Policy(None)),
            (
                r#""%7B%22Statement%22:[%7B%22Action%22:%22s3:*%22%7D]%7D""#,
                Content::Policy(Some(Identity)),
            ),
            (
                "%7B%22Statement%22:[%7B%22Action%22:%22s3:*%22%7D]%7D",
                Content::Policy(Some(Identity)),
            ),
            (
                r#"{"Policy":"{\"Statement\":{\"Principal\":\"*\",\"Action\":\"s3:*\"}}"}"#,
                Content::Policy(Some(Resource)),
            ),
            (
                r#"{"RoleName":"r","PolicyName":"p","PolicyDocument":{"Statement":{"Action":"s3:*"}}}"#,
                Content::Policy(Some(Identity)),
            ),
            (
                r#"{"Role":{"RoleName":"r","AssumeRolePolicyDocument":{}}}"#,
                Content::Policy(Some(Trust)),
            ),
            (r#"{"RoleName":"r","RolePolicyList":[]}"#, Content::Principals),
            (r#"{"RoleDetailList":[]}"#, Content::Principals),
            (r#"{"Role":{}} {"PolicyName":"p"}"#, Content::Principals),
            ("no JSON", Content::Policy(None)),
            ("", Content::Policy(None)),
        ] {
            assert_eq!(content(&Source::new("f", text)), expected, "{text}");
        }
    }
}
