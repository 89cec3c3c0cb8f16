//! The same request, made by several calls, stands once.

use super::{Fixed, RequiredCall, Why};
use crate::consumer::model::{Denial, Occurs};
use crate::iam::ContextKey;

/// Sorted, each once; of two that differ only in how bad a refusal is, the worse one.
pub(super) fn merged(mut calls: Vec<RequiredCall>) -> Vec<RequiredCall> {
    calls.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut kept: Vec<RequiredCall> = Vec::new();
    for call in calls {
        let same = |earlier: &&mut RequiredCall| {
            let (a, b) = (order(earlier), order(&call));
            (a.0, a.1) == (b.0, b.1)
                && earlier.occurs <= call.occurs
                && earlier.denied <= call.denied
        };
        match kept.iter_mut().rev().take(4).find(same) {
            Some(earlier) => {
                if (earlier.occurs, earlier.denied) == (call.occurs, call.denied) {
                    earlier.evidence.extend(call.evidence);
                    earlier.evidence.sort();
                    earlier.evidence.dedup();
                    // It is made whatever the feature that leads to the one of them.
                    earlier.feature =
                        earlier.feature.take().filter(|f| Some(f) == call.feature.as_ref());
                    earlier.note = earlier.note.take().or(call.note);
                }
                earlier.switched_on |= call.switched_on;
            }
            None => kept.push(call),
        }
    }
    kept
}

type Order<'c> = (
    (&'c str, &'c str, &'c str),
    (&'c str, &'c str, Why, &'c [(ContextKey, Fixed)]),
    (Occurs, Denial),
);

fn order(call: &RequiredCall) -> Order<'_> {
    (
        (&call.deployment, &call.component, &call.api),
        (call.action.text(), call.resource.text(), call.why, &call.fixed),
        (call.occurs, call.denied),
    )
}
