//! A trust policy in its smallest parts: one statement for each subject that it names.

use crate::iam::{Clause, Condition, Effect, PolicyDocument, PrincipalPattern, Statement};

/// More subjects in one statement than this are not taken apart.
const MOST: usize = 512;

/// An allowing statement about one principal, and about one subject of it where it lists some.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Atom {
    /// The statement's place in its document.
    pub index: usize,
    /// The part.
    pub statement: Statement,
}

/// The parts of all allowing statements, in the document's order. Together they allow what the
/// document allows before its denials.
pub(super) fn atoms(document: &PolicyDocument) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for (index, statement) in document.statements.iter().enumerate() {
        if statement.effect == Effect::Allow {
            atoms.extend(split(statement).into_iter().map(|statement| Atom { index, statement }));
        }
    }
    atoms
}

/// The document that allows one part, with all denials of the whole.
pub(super) fn document_of(atom: &Atom, whole: &PolicyDocument) -> PolicyDocument {
    let denials = whole.statements.iter().filter(|s| s.effect == Effect::Deny).cloned();
    PolicyDocument {
        version: whole.version,
        id: None,
        statements: std::iter::once(atom.statement.clone()).chain(denials).collect(),
    }
}

/// Whether a condition key says who a token or a pod belongs to.
pub(super) fn names_a_subject(key: &str) -> bool {
    key.ends_with(":sub")
        || key == "aws:requesttag/kubernetes-namespace"
        || key == "aws:requesttag/kubernetes-service-account"
}

/// Whether a condition lists values of which one is enough.
fn lists_subjects(condition: &Condition) -> bool {
    let comparison = condition.operator.comparison;
    names_a_subject(condition.key.folded())
        && comparison.name().starts_with("String")
        && !comparison.is_negated()
        && condition.operands.len() > 1
}

fn split(statement: &Statement) -> Vec<Statement> {
    let mut parts = vec![statement.clone()];
    if let Some(Clause::Is(entries)) = &statement.principal {
        parts = entries.iter().map(|entry| with_principal(statement, entry.clone())).collect();
    }
    for (at, condition) in statement.conditions.iter().enumerate() {
        if !lists_subjects(condition) || parts.len() * condition.operands.len() > MOST {
            continue;
        }
        parts = parts
            .iter()
            .flat_map(|part| {
                condition.operands.iter().map(|one| with_operand(part, at, one.clone()))
            })
            .collect();
    }
    parts
}

fn with_principal(statement: &Statement, principal: PrincipalPattern) -> Statement {
    Statement { principal: Some(Clause::Is(vec![principal])), ..statement.clone() }
}

fn with_operand(statement: &Statement, at: usize, operand: crate::iam::Operand) -> Statement {
    let mut part = statement.clone();
    if let Some(condition) = part.conditions.get_mut(at) {
        condition.operands = vec![operand];
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::PolicyKind;
    use crate::syntax::parse_policy;

    #[test]
    fn each_subject_of_each_principal_is_a_part() {
        let text = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"},
            {"Effect":"Allow","Principal":{"Federated":["arn:aws:iam::111122223333:oidc-provider/a","arn:aws:iam::111122223333:oidc-provider/b"]},
             "Action":"sts:AssumeRoleWithWebIdentity",
             "Condition":{"StringEquals":{"a:sub":["x","y"],"a:aud":["p","q"]}}}]}"#;
        let document = parse_policy(text, PolicyKind::Trust).unwrap().document;
        let atoms = atoms(&document);
        assert_eq!(atoms.len(), 4);
        assert!(atoms.iter().all(|atom| atom.index == 1));
        let one = document_of(&atoms[3], &document);
        assert_eq!(one.statements.len(), 2);
        assert_eq!(one.statements[0].conditions[0].operands.len(), 1);
        assert_eq!(one.statements[0].conditions[1].operands.len(), 2);
    }
}
