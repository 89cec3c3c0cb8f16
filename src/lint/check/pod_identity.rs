//! `pod-identity-without-source`, `pod-identity-without-tag-session`

use super::Seen;
use crate::catalogue::ActionId;
use crate::iam::{Clause, Condition, Effect, PrincipalPattern, Statement};
use crate::lint::narrow::narrows;
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

/// What EKS says of a pod that asks for the role.
///
/// AWS: the session tags are in the request, and conditions may ask for them:
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>,
/// <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
const TELLING: [&str; 11] = [
    "aws:requesttag/eks-cluster-arn",
    "aws:requesttag/eks-cluster-name",
    "aws:requesttag/kubernetes-namespace",
    "aws:requesttag/kubernetes-pod-name",
    "aws:requesttag/kubernetes-pod-uid",
    "aws:requesttag/kubernetes-service-account",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "sts:externalid",
];

/// The statements that let EKS Pod Identity do something, with the entry that names it.
fn grants<'a>(subject: &Subject<'a>) -> Vec<(usize, usize, &'a Statement)> {
    let entry = |statement: &Statement| {
        match statement.principal.as_ref()? {
        Clause::Is(entries) => entries.iter().position(|entry| {
            matches!(entry, PrincipalPattern::Service(name) if name.starts_with("pods.eks."))
        }),
        Clause::Not(_) => None,
    }
    };
    let grants = subject.grants();
    grants.filter_map(|(number, one)| Some((number, entry(one)?, one))).collect()
}

fn of<'a>(
    subject: &Subject<'a>,
    grants: &[(usize, usize, &'a Statement)],
    action: Option<ActionId>,
) -> Vec<(usize, usize, &'a Statement)> {
    let named = |number| action.is_some_and(|action| subject.names(number, action.0));
    grants.iter().copied().filter(|(number, ..)| named(*number)).collect()
}

pub(super) fn without_source(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let grants = grants(subject);
    let assume = subject.id("sts:AssumeRole");
    let tells = |key: &str| TELLING.contains(&key);
    // A Deny of all others does the same.
    let denied = subject.statements().any(|(_, statement)| {
        let holds_for_others =
            |one: &Condition| tells(one.key.folded()) && one.operator.comparison.is_negated();
        statement.effect == Effect::Deny && statement.conditions.iter().any(holds_for_others)
    });
    let mut seen = Vec::new();
    for (number, entry, statement) in of(subject, &grants, assume) {
        if denied || statement.conditions.iter().any(|one| tells(one.key.folded()) && narrows(one))
        {
            continue;
        }
        let message = "every EKS cluster of the account may give the role to any of its pods: nothing \
                       is asked about where the request comes from";
        seen.push(Seen::new(Element::Principal(number, entry), message));
    }
    seen
}

pub(super) fn without_tag_session(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let grants = grants(subject);
    let catalogue = subject.catalogue();
    if !of(subject, &grants, catalogue.find("sts:TagSession")).is_empty() {
        return Vec::new();
    }
    let assume = of(subject, &grants, catalogue.find("sts:AssumeRole"));
    let message = format!(
        "EKS Pod Identity sends session tags, and {} is not allowed to it: pods get no credentials",
        quoted(&["sts:TagSession"])
    );
    let seen = assume.iter().map(|(number, ..)| Seen::new(Element::Actions(*number), &message));
    seen.collect()
}
