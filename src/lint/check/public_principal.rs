//! `public-principal`

use super::Seen;
use crate::exact::Leaf;
use crate::iam::{AccountId, Clause, Operand, PolicyKind, PrincipalPattern, Statement};
use crate::lint::narrow::narrows;
use crate::lint::outsider::Outsiders;
use crate::lint::policy::Subject;
use crate::lint::{Rule, quoted};
use crate::source::Severity;
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
        let is_s3 = first.witness.action.text().starts_with("s3:");
        let place = Element::Principal(number, entry);
        if let Some(at) = named_source(statement) {
            // Nobody else's resource has such an ARN; S3 blocks the policy all the same.
            if is_s3 {
                let one = Seen::new(place, SOURCE).help(SOURCE_HELP).severity(Severity::Note);
                seen.push(one.also(Element::Condition(number, at), "holds a wildcard"));
            }
            continue;
        }
        let mut one = Seen::new(place, message(subject, kind, allowed.leaves(), first));
        for (at, condition) in statement.conditions.iter().enumerate() {
            one = one.also(
                Element::Condition(number, at),
                format!("`{}` keeps no stranger out", condition.key),
            );
        }
        seen.push(one.help(help(kind, is_s3)));
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

/// AWS: a wildcard in `aws:SourceArn` makes a policy public:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
const SOURCE: &str = "S3 counts `*` as public where `aws:SourceArn` holds a wildcard, and Block Public \
                      Access then refuses the policy; what gets in are the resources of the accounts \
                      that are named";
const SOURCE_HELP: &str = "name the service as the principal: `\"Principal\": {\"Service\": \
                           \"SERVICE.amazonaws.com\"}`";

/// The condition that asks for sources of accounts that are named.
fn named_source(statement: &Statement) -> Option<usize> {
    let of_an_account = |operand: &Operand| {
        let account = operand.text.split(':').nth(4).unwrap_or_default();
        AccountId::parse(account).is_ok()
    };
    statement.conditions.iter().position(|one| {
        one.key.folded() == "aws:sourcearn"
            && narrows(one)
            && one.operands.iter().all(of_an_account)
    })
}

fn help(kind: PolicyKind, is_s3: bool) -> String {
    let name = "name who may: `\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/NAME\"}`, or keep \
                strangers out: `\"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-EXAMPLE\"}}`";
    let more = if kind == PolicyKind::Trust {
        "; `sts:ExternalId` is no secret and is no substitute"
    } else if is_s3 {
        "; a website is better served by CloudFront, with `\"Principal\": {\"Service\": \
         \"cloudfront.amazonaws.com\"}` and `aws:SourceArn`"
    } else {
        ""
    };
    format!("{name}{more}")
}
