//! `not-action-with-allow`

use super::Seen;
use crate::iam::{ActionPattern, Clause};
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::lint::{Rule, quoted};
use crate::syntax::Element;

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let Clause::Not(entries) = &statement.action else { continue };
        let names: Vec<&str> = entries.iter().map(ActionPattern::text).collect();
        let catalogue = subject.catalogue();
        let allowed = (0..catalogue.len()).filter(|id| subject.names(number, *id)).count();
        let message = format!(
            "`Allow` with `NotAction` allows everything but {}: {allowed} actions today, and whatever AWS adds",
            quoted(&names)
        );
        let help = format!(
            "name the actions that are used with `Action`; to forbid these, write a statement with \
             `\"Effect\": \"Deny\", \"Action\": {}`",
            json_values(&names)
        );
        seen.push(Seen::new(Element::Actions(number), message).help(help));
    }
    seen
}
