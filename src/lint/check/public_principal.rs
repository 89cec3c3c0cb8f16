//! `public-principal`

use super::Seen;
use crate::exact::Leaf;
use crate::iam::{Clause, PolicyKind, PrincipalPattern, Statement};
use crate::lint::outsider::Outsiders;
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let open: Vec<(usize, usize, &Statement)> = subject
        .grants()
        .filter_map(|(number, statement)| Some((number, anyone(statement)?, statement)))
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    let kind = subject.policy.kind;
    let outsiders = Outsiders::of(subject.statements().map(|(_, statement)| statement));
    let mut seen = Vec::new();
    for (number, entry, statement) in open {
        let allowed = subject.allowed(&[number], vec![outsiders.unrelated(kind)]);
        let Some(first) = allowed.first() else { continue };
        let mut one = Seen::new(
            Element::Principal(number, entry),
            message(subject, kind, allowed.leaves(), first),
        );
        for (at, condition) in statement.conditions.iter().enumerate() {
            one = one.also(
                Element::Condition(number, at),
                format!("`{}` keeps no stranger out", condition.key),
            );
        }
        seen.push(one.help(help(kind)));
    }
    seen
}

/// The entry that names everyone.
fn anyone(statement: &Statement) -> Option<usize> {
    match statement.principal.as_ref()? {
        Clause::Is(entries) => entries.iter().position(|one| *one == PrincipalPattern::Anyone),
        Clause::Not(_) => None,
    }
}

fn message(subject: &Subject<'_>, kind: PolicyKind, leaves: &[Leaf], first: &Leaf) -> String {
    let catalogue = subject.catalogue();
    let mut names: Vec<&str> =
        leaves.iter().flat_map(|leaf| leaf.actions.ids()).map(|id| catalogue.name(id)).collect();
    names.sort_unstable();
    names.dedup();
    if kind == PolicyKind::Trust {
        return "`*` lets anyone who has an AWS account assume the role".to_owned();
    }
    let what = match names.as_slice() {
        [] => quoted(&[first.witness.action.text()]),
        names => quoted(names),
    };
    format!("`*` lets anyone call {what}, as on `{}`", first.witness.resource)
}

fn help(kind: PolicyKind) -> &'static str {
    if kind == PolicyKind::Trust {
        "name who may: `\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/NAME\"}`, or keep \
         strangers out: `\"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-EXAMPLE\"}}`; \
         `sts:ExternalId` is no secret and is no substitute"
    } else {
        "name who may: `\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/NAME\"}`, or keep \
         strangers out: `\"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-EXAMPLE\"}}`; \
         a website is better served by CloudFront, with \
         `\"Principal\": {\"Service\": \"cloudfront.amazonaws.com\"}` and `aws:SourceArn`"
    }
}
