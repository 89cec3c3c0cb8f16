//! What a file holds, told from its JSON before it is read as anything.

use crate::iam::PolicyKind;
use crate::source::Source;
use crate::syntax::{Json, JsonValue, decode_document, read_json, read_json_file};

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
    match read_json_file(source.text()).as_deref() {
        Ok([one]) => content_of(one),
        Ok([]) => Content::Policy(None),
        Ok(_) => Content::Principals,
        Err(_) => of_text(source.text()),
    }
}

/// A percent-encoded document, or no document.
fn of_text(text: &str) -> Content {
    Content::Policy(read_json(&decode_document(text)).ok().as_ref().and_then(kind_of))
}

fn content_of(value: &Json<'_>) -> Content {
    if let Some(text) = value.text() {
        return of_text(text);
    }
    match value.value {
        JsonValue::Array(_) => return Content::Principals,
        JsonValue::Object(_) => {}
        _ => return Content::Policy(None),
    }
    let has = |key: &str| value.get(key).is_some();
    let inner = |key: &str| {
        let inner = value.get(key)?;
        match inner.text() {
            Some(text) => read_json(&decode_document(text)).ok().as_ref().and_then(kind_of),
            None => kind_of(inner),
        }
    };
    if has("Statement") {
        Content::Policy(kind_of(value))
    } else if has("PolicyDocument") {
        Content::Policy(inner("PolicyDocument"))
    } else if value.get("Policy").is_some_and(|policy| policy.text().is_some()) {
        Content::Policy(inner("Policy"))
    } else if has("PolicyVersion") && !has("Policy") {
        Content::Policy(Some(PolicyKind::Identity))
    } else if has("AssumeRolePolicyDocument") && !has("RolePolicyList") {
        Content::Policy(Some(PolicyKind::Trust))
    } else if value.get("Role").is_some_and(|role| role.get("RolePolicyList").is_none()) {
        // `get-role` shows who may assume a role, and nothing of what it may do.
        Content::Policy(Some(PolicyKind::Trust))
    } else if PRINCIPALS.iter().any(|key| has(key)) {
        Content::Principals
    } else {
        Content::Policy(None)
    }
}

/// What IAM's answers about roles and users hold.
const PRINCIPALS: [&str; 8] = [
    "UserDetailList",
    "RoleDetailList",
    "GroupDetailList",
    "Policies",
    "Role",
    "User",
    "RoleName",
    "UserName",
];

/// The kind of a policy document; none where it has no statement.
#[must_use]
pub fn kind_of(document: &Json<'_>) -> Option<PolicyKind> {
    let statements = document.get("Statement")?.one_or_many();
    if statements.is_empty() {
        return None;
    }
    let names = |statement: &Json<'_>| {
        statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
    };
    if !statements.iter().any(names) {
        return Some(PolicyKind::Identity);
    }
    // Of the policies of resources, those of ECR alone may name none, and those have no such action.
    let is_trust = !statements.iter().any(names_resources) && statements.iter().any(assumes_a_role);
    Some(if is_trust { PolicyKind::Trust } else { PolicyKind::Resource })
}

fn names_resources(statement: &Json<'_>) -> bool {
    ["Resource", "NotResource"].iter().any(|key| statement.get(key).is_some())
}

/// Whether one of the actions is of STS.
fn assumes_a_role(statement: &Json<'_>) -> bool {
    let is_one = |action: &Json<'_>| {
        let service = action.text().and_then(|text| text.split(':').next());
        service.is_some_and(|service| service.eq_ignore_ascii_case("sts"))
    };
    let actions = statement.get("Action").map(Json::one_or_many).unwrap_or_default();
    actions.iter().any(is_one)
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
                r#"{"Statement":{"Principal":{"AWS":"111122223333"},"Action":"STS:*"}}"#,
                Content::Policy(Some(Trust)),
            ),
            // One wrong action makes no other policy of it.
            (
                r#"{"Statement":{"Principal":"*","Action":["sts:AssumeRole","s3:GetObject"]}}"#,
                Content::Policy(Some(Trust)),
            ),
            (
                r#"{"Statement":{"Principal":"*","Action":"ecr:BatchGetImage"}}"#,
                Content::Policy(Some(Resource)),
            ),
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
