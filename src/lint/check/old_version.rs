//! `missing-version` and `old-version`

use super::Seen;
use crate::iam::{Clause, Statement, Version};
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::pattern::{Pattern, Syntax};
use crate::source::Severity;
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, rule: &Rule) -> Vec<Seen> {
    let (is, id) = match subject.policy.document.version {
        Version::V2012 => return Vec::new(),
        Version::Absent => ("the document has no `Version`, which means", "missing-version"),
        Version::V2008 => ("the document's `Version` is", "old-version"),
    };
    if rule.id != id {
        return Vec::new();
    }
    let variables: Vec<(Element, &str)> =
        subject.statements().flat_map(|(number, statement)| variables(number, statement)).collect();
    if variables.is_empty() {
        let message = format!("{is} the policy language of 2008-10-17");
        return vec![Seen::new(Element::Version, message)];
    }
    let mut texts: Vec<&str> = variables.iter().map(|(_, text)| *text).collect();
    texts.sort_unstable();
    texts.dedup();
    let message = format!(
        "{is} the policy language of 2008-10-17, which knows no variables: {} {} read letter by letter",
        quoted(&texts),
        if texts.len() == 1 { "is" } else { "are" }
    );
    let seen = Seen::new(Element::Version, message).severity(Severity::Error);
    vec![variables.iter().fold(seen, |seen, (at, _)| seen.also(*at, "a variable was meant"))]
}

/// The texts of a statement that hold a variable in the language of 2012.
fn variables(number: usize, statement: &Statement) -> Vec<(Element, &str)> {
    let is_meant = |text: &str| {
        text.contains("${")
            && (Pattern::parse(text, Syntax::GlobWithVariables).has_variables()
                || ["${*}", "${?}", "${$}"].iter().any(|escape| text.contains(escape)))
    };
    let entries = statement.resource.as_ref().map(Clause::entries).unwrap_or_default();
    let resources =
        entries.iter().enumerate().map(|(at, arn)| (Element::Resource(number, at), arn.text()));
    let conditions = statement.conditions.iter().enumerate();
    let operands = conditions
        .filter(|(_, condition)| condition.operator.comparison.allows_variables())
        .flat_map(|(at, condition)| {
            let operands = condition.operands.iter().enumerate();
            operands.map(move |(value, operand)| {
                (Element::Operand(number, at, value), operand.text.as_str())
            })
        });
    resources.chain(operands).filter(|(_, text)| is_meant(text)).collect()
}
