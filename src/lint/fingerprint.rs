//! What a finding is about, as a short text that stays the same when other things move.
//!
//! It depends on the rule, the kind of the policy, the policy's name inside its file (nothing, where
//! the file is the document), what the statement says, and the element that is at fault. It does not
//! depend on the file's name, on lines, on other statements, on the order of lists, on `Sid`, or on
//! how the finding is worded. A statement that says more, or less, has another fingerprint.

use super::{Finding, Located};
use crate::iam::{Clause, PolicyDocument, PolicyKind, Statement};
use crate::syntax::Element;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The fingerprint of a finding in a document with this text: 32 hexadecimal digits. `policy` is the
/// document's name inside its file.
#[must_use]
pub fn fingerprint(
    one: &Located,
    kind: PolicyKind,
    policy: &str,
    document: Option<&PolicyDocument>,
    text: &str,
) -> String {
    let mut parts = vec![one.finding.rule.id.clone(), kind.to_string(), policy.to_owned()];
    let statement = |number: usize| document.and_then(|of| of.statements.get(number));
    let own = one.statement.map(|(number, _)| number);
    parts.push(own.and_then(statement).map(said).unwrap_or_default());
    if one.statement.is_none_or(|(_, whole)| whole != one.span) {
        parts.push(written(text.get(one.span.start..one.span.end).unwrap_or_default()));
    }
    let mut others: Vec<String> =
        others(&one.finding, own).filter_map(statement).map(said).collect();
    others.sort();
    parts.extend(others);
    digest(&parts)
}

/// The fingerprint of a finding in a file that is no document, at this text.
pub(super) fn of_text(finding: &Finding, text: &str) -> String {
    digest(&[finding.rule.id.clone(), finding.message.clone(), written(text)])
}

/// The fingerprint of what is the same in two documents: it changes with either.
pub(super) fn of_both(one: &str, other: &str) -> String {
    digest(&[one.to_owned(), other.to_owned()])
}

fn digest(parts: &[String]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts run together to the same text.
        digest.update(part.len().to_string());
        digest.update(b":");
        digest.update(part);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The other statements that take part in a finding.
fn others(finding: &Finding, own: Option<usize>) -> impl Iterator<Item = usize> {
    let mut numbers: Vec<usize> =
        finding.also.iter().filter_map(|(at, _): &(Element, _)| at.statement()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().filter(move |number| Some(*number) != own)
}

/// What a statement says, in one order and without its name.
fn said(statement: &Statement) -> String {
    let Statement { sid: _, effect, principal, action, resource, conditions } = statement;
    let mut lines = vec![effect.to_string()];
    if let Some(principal) = principal {
        lines.push(clause("Principal", principal, |one| {
            format!("{} {}", one.kind().unwrap_or_default(), one.text())
        }));
    }
    lines.push(clause("Action", action, |one| one.text().to_lowercase()));
    if let Some(resource) = resource {
        lines.push(clause("Resource", resource, |one| one.text().to_owned()));
    }
    let mut written: Vec<String> = conditions
        .iter()
        .map(|one| {
            let values = sorted(one.operands.iter().map(|operand| operand.text.clone()));
            format!("{} {} {values:?}", one.operator, one.key.to_string().to_lowercase())
        })
        .collect();
    written.sort();
    lines.extend(written);
    lines.join("\n")
}

fn clause<T>(name: &str, clause: &Clause<T>, text: impl Fn(&T) -> String) -> String {
    let not = if clause.is_negated() { "Not" } else { "" };
    format!("{not}{name} {:?}", sorted(clause.entries().iter().map(text)))
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}

/// A piece of JSON without the spaces between its parts; the text itself where it is none.
fn written(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => value.to_string(),
        Err(_) => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use crate::exact::Universe;
    use crate::iam::PolicyKind::Identity;
    use crate::lint::{Linter, Policy, Settings, Storage, fingerprint};
    use crate::syntax::parse_policy;

    /// The fingerprints of what `unknown-action` finds.
    fn found(policy: &str, statements: &str) -> Vec<String> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let settings = Settings { only: vec!["unknown-action".to_owned()], ..Settings::default() };
        let linter = Linter::new(Universe::embedded(), settings).unwrap();
        let parsed = parse_policy(&text, Identity).unwrap();
        let findings = linter.findings(&Policy {
            document: &parsed.document,
            kind: Identity,
            notes: &parsed.notes,
            storage: Storage::Unknown,
        });
        let located = Linter::located(findings, &text);
        let of = |one| fingerprint(one, Identity, policy, Some(&parsed.document), &text);
        located.iter().map(of).collect()
    }

    #[test]
    fn a_fingerprint_follows_its_statement_and_nothing_else() {
        let base = r#"{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:HeadBucket"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::c"]}"#;
        let first = found("", base);
        assert_eq!(first.len(), 1);
        let other = r#"{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}"#;
        for same in [
            format!("{other},\n\n{base}"),
            base.replace(r#""Sid":"A","#, ""),
            base.replace(r#""s3:GetObject","s3:HeadBucket""#, r#""s3:HeadBucket", "S3:getobject""#),
            base.replace(
                r#""arn:aws:s3:::b","arn:aws:s3:::c""#,
                r#""arn:aws:s3:::c","arn:aws:s3:::b""#,
            ),
        ] {
            assert_eq!(found("", &same), first, "{same}");
        }
        for changed in [
            base.replace("s3:GetObject", "s3:*"),
            base.replace(r#""arn:aws:s3:::b","#, r#""*","#),
            base.replace(r#""arn:aws:s3:::b","#, ""),
            base.replace("Allow", "Deny"),
            base.replace(r#"}"#, r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#),
            base.replace("s3:HeadBucket", "s3:HeadObject"),
        ] {
            assert_ne!(found("", &changed), first, "{changed}");
        }
        assert_ne!(found("role/app inline:x", base), first);
        let two = base.replace("s3:GetObject", "s3:HeadObject");
        let two = found("", &two);
        assert!(two.len() == 2 && two[0] != two[1], "{two:?}");
    }
}
