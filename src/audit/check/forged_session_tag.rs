//! `forged-session-tag`

use super::{Seen, Subject, places};
use crate::iam::{Action, Clause, Effect, PrincipalPattern};

pub(super) fn look(subject: &Subject<'_>) -> Vec<Seen> {
    let (Some(trust), true) = (&subject.principal.trust, subject.requirement.abac) else {
        return Vec::new();
    };
    let Ok(tags) = Action::parse("sts:TagSession") else { return Vec::new() };
    let mut seen = Vec::new();
    for (place, statement) in places(trust) {
        let named = statement.action.entries().iter().any(|entry| entry.matches(&tags));
        if statement.effect != Effect::Allow || named == statement.action.is_negated() {
            continue;
        }
        let is_eks = |principal: &PrincipalPattern| matches!(principal, PrincipalPattern::Service(name) if name.starts_with("pods.eks."));
        let only_eks = matches!(&statement.principal,
            Some(Clause::Is(entries)) if entries.iter().all(is_eks));
        if !only_eks {
            let message =
                "others than EKS Pod Identity may tag its sessions, and so choose the profile";
            seen.push(Seen::new(message.to_owned()).at(place));
        }
    }
    seen
}
