//! `cross-tenant-listing`

use super::{Seen, Subject};
use crate::audit::listing::{self, Listing};
use crate::audit::{Excess, WitnessValue};
use crate::source::Severity;

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let listing = Listing::of(subject.requirement);
    let mut seen: Vec<Seen> = Vec::new();
    // What a tolerated call uses is no more than a note there, and nothing to repeat here.
    let grave = |excess: &&Excess| excess.severity > Severity::Note;
    for excess in subject.excess.iter().filter(grave) {
        if !listing::crosses(&listing, &excess.witness) {
            continue;
        }
        let witness = &excess.witness;
        let prefix = match witness.context.get("s3:prefix") {
            Some(WitnessValue::One(prefix)) => format!("with `s3:prefix` `{prefix}`"),
            _ => "without a prefix".to_owned(),
        };
        let message = format!(
            "`{}` on `{}` {prefix} lists keys that are not its own",
            witness.action, witness.resource
        );
        if !seen.iter().any(|one| one.message == message) {
            seen.push(Seen::new(message).at(excess.statement.clone()));
        }
    }
    seen
}
