//! `rcp-without-effect`

use super::Seen;
use crate::iam::{ActionPattern, Clause, Effect, PrincipalPattern, Statement};
use crate::lint::policy::Subject;
use crate::lint::words::plural;
use crate::lint::{Rule, quoted};
use crate::pattern::ArnPattern;
use crate::source::Severity;
use crate::syntax::Element;

/// AWS: the elements of an RCP, and which effect and principals it takes:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>
pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        if statement.effect == Effect::Allow && !is_full_access(statement) {
            let message = "a resource control policy only denies: `Allow` is for AWS's own \
                           `RCPFullAWSAccess`";
            let help = "write what must not happen, with `\"Effect\": \"Deny\"`";
            seen.push(Seen::new(Element::Statement(number), message).help(help));
        }
        if statement.action.is_negated() {
            let message = "a resource control policy does not take `NotAction`";
            let help = "name the actions with `Action`, such as `s3:*`";
            seen.push(Seen::new(Element::Actions(number), message).help(help));
        }
        let is_everyone = |who: &Clause<PrincipalPattern>| matches!(who, Clause::Is(who) if *who == [PrincipalPattern::Anyone]);
        if statement.principal.as_ref().is_some_and(|who| !is_everyone(who)) {
            let message = "a resource control policy takes no principal but `*`";
            let help = "write `\"Principal\": \"*\"`, and exempt callers by conditions such as \
                        `aws:PrincipalArn`";
            seen.push(Seen::new(Element::Statement(number), message).help(help));
        }
        seen.extend(elsewhere(subject, number, statement));
    }
    seen
}

/// `RCPFullAWSAccess`.
fn is_full_access(statement: &Statement) -> bool {
    let Statement { action, resource, conditions, .. } = statement;
    conditions.is_empty()
        && matches!(action, Clause::Is(entries) if entries.iter().all(ActionPattern::is_any))
        && matches!(resource, Some(Clause::Is(entries)) if entries.contains(&ArnPattern::Any))
}

/// Actions of services to which no resource control policy applies.
fn elsewhere(subject: &Subject<'_>, number: usize, statement: &Statement) -> Option<Seen> {
    let Clause::Is(entries) = &statement.action else { return None };
    let catalogue = subject.catalogue();
    let is_elsewhere = |entry: &ActionPattern| {
        entry.service().is_some_and(|service| {
            !catalogue.service_range(service).is_empty() && !catalogue.rcp_supported(service)
        })
    };
    let first = entries.iter().position(is_elsewhere)?;
    let names: Vec<&str> =
        entries.iter().filter(|one| is_elsewhere(one)).map(ActionPattern::text).collect();
    let message = format!(
        "{} {} no service that resource control policies apply to, as of {}: nothing is denied by {}",
        quoted(&names),
        plural(names.len(), "is of", "are of"),
        catalogue.date(),
        plural(names.len(), "it", "them"),
    );
    let help = "use a service control policy, which binds the callers of the organization";
    let seen = Seen::new(Element::Action(number, first), message).help(help);
    Some(seen.severity(Severity::Warning))
}
