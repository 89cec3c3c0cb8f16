//! One principal: both searches, and the proof of what they found, read back from its text.

use super::bounds::Bounds;
use super::fill::Kept;
use super::home::{Home, out_of_reach};
use super::judge::{Judge, NEW};
use super::outcome::Verdict;
use super::patch::Line;
use super::permissions::{Found, Search};
use super::render::{Rendered, edited, fresh};
use super::trust;
use crate::account::{IamPrincipal, NamedPolicy};
use crate::audit::{Audit, Permissions};
use crate::consumer::Requirement;
use crate::exact::Exactness;
use crate::iam::{Layer, PolicyKind};
use std::collections::{BTreeMap, BTreeSet};

/// What is proposed for a principal.
pub(super) struct Proposal<'p> {
    pub(super) requirement: &'p Requirement,
    pub(super) principal: &'p IamPrincipal,
    pub(super) homes: Vec<Home<'p>>,
    pub(super) permissions: Verdict,
    /// Of each identity policy, and of a new one last, what becomes of it.
    pub(super) policies: Vec<Fate>,
    pub(super) trust: Verdict,
    pub(super) trust_policy: Option<Rendered>,
}

/// What becomes of a policy.
pub(super) enum Fate {
    /// Nothing, or there is none.
    Stays,
    /// No statement is left.
    Goes,
    /// It gets another document.
    Changes(Box<Rendered>),
}

/// Looks for the fix of one principal.
pub(super) fn proposal<'p>(
    audit: &Audit<'_>,
    requirement: &'p Requirement,
    principal: &'p IamPrincipal,
    holders: &BTreeMap<String, u32>,
) -> Proposal<'p> {
    let homes: Vec<Home<'_>> =
        principal.identity.iter().map(|policy| Home::of(policy, holders)).collect();
    let kept = Kept { principal, homes: homes.clone() };
    let (permissions, policies) = of_permissions(audit, requirement, principal, &kept);
    let (trust, trust_policy) = of_trust(audit, requirement, principal);
    Proposal { requirement, principal, homes, permissions, policies, trust, trust_policy }
}

fn of_permissions(
    audit: &Audit<'_>,
    requirement: &Requirement,
    principal: &IamPrincipal,
    kept: &Kept<'_>,
) -> (Verdict, Vec<Fate>) {
    let in_part = principal.not_seen.contains(&Layer::Identity);
    if in_part && principal.identity.is_empty() {
        return (Verdict::Clean, Vec::new());
    }
    let judge = Judge::of(audit, requirement, principal);
    if judge.accepts(&judge.before) {
        return (Verdict::Clean, Vec::new());
    }
    let refused = |why| (Verdict::NotFixed { why }, Vec::new());
    let nothing_found = judge.before.gaps.is_empty() && judge.before.excess.is_empty();
    if nothing_found && judge.before.exactness != Exactness::Exact {
        return refused(judge.objections(&judge.before));
    }
    if in_part {
        let why = "not all of its identity policies were read: give a whole account dump";
        return refused(vec![why.to_owned()]);
    }
    if let Some(why) = out_of_reach(principal) {
        return refused(vec![why]);
    }
    let bounds = Bounds::of(requirement, audit.universe);
    let found = match (Search { bounds: &bounds, kept, judge: &judge }).run() {
        Ok(found) => found,
        Err(why) => return refused(why),
    };
    let Some(fates) = fates(kept, &found) else {
        return refused(vec!["the fixed documents could not be written".to_owned()]);
    };
    let after = judge.permissions_with(stored(principal, &fates));
    if !judge.accepts(&after) {
        return refused(judge.objections(&after));
    }
    let proof = proof(requirement, principal, audit, &after);
    (Verdict::Proved { replaced: found.replaced, proof }, fates)
}

/// What becomes of each policy; `None` where a text could not be made.
fn fates(kept: &Kept<'_>, found: &Found) -> Option<Vec<Fate>> {
    let after = kept.after(&found.plan).into_iter().enumerate();
    let fate = |(at, lines): (usize, Vec<Line>)| {
        let live = kept.principal.identity.get(at);
        let is_same = kept.before(at).iter().eq(lines.iter().map(|line| &line.statement));
        if is_same {
            return Some(Fate::Stays);
        }
        if lines.is_empty() {
            return Some(Fate::Goes);
        }
        let rendered = match live {
            Some(live) => edited(live, &lines, PolicyKind::Identity)?,
            None => fresh(NEW, &lines)?,
        };
        Some(Fate::Changes(Box::new(rendered)))
    };
    after.map(fate).collect()
}

/// The identity policies as they would be stored.
fn stored(principal: &IamPrincipal, fates: &[Fate]) -> Vec<NamedPolicy> {
    let policy = |(at, fate): (usize, &Fate)| match fate {
        Fate::Stays => principal.identity.get(at).cloned(),
        Fate::Goes => None,
        Fate::Changes(rendered) => Some(rendered.policy.clone()),
    };
    fates.iter().enumerate().filter_map(policy).collect()
}

fn proof(
    requirement: &Requirement,
    principal: &IamPrincipal,
    audit: &Audit<'_>,
    after: &Permissions,
) -> Vec<String> {
    let calls: BTreeSet<&str> = requirement.granted().map(|call| call.api.as_str()).collect();
    let open: BTreeSet<&str> =
        after.gaps.iter().flat_map(|gap| &gap.depends_on).map(String::as_str).collect();
    let keys: Vec<String> = open.iter().map(|key| format!("`{key}`")).collect();
    let number = calls.len();
    let allowed = if keys.is_empty() {
        format!("all requests of the {number} needed API calls are allowed")
    } else {
        let keys = keys.join(", ");
        format!(
            "the requests of the {number} needed API calls are allowed, some of them only for some \
             values of {keys}, which an audit goes on to show"
        )
    };
    let mut sentences =
        vec![format!("{allowed}, and nothing else than what enabled features call")];
    let mut not_seen: BTreeSet<Layer> = principal.not_seen.clone();
    not_seen.retain(|layer| !audit.beyond.seen(requirement).contains(layer));
    not_seen.remove(&Layer::TrustPolicy);
    if !not_seen.is_empty() {
        let names: Vec<&str> = not_seen.iter().map(|layer| layer.name()).collect();
        sentences.push(format!("not seen, and so not part of the proof: {}", names.join(", ")));
    }
    sentences
}

fn of_trust(
    audit: &Audit<'_>,
    requirement: &Requirement,
    principal: &IamPrincipal,
) -> (Verdict, Option<Rendered>) {
    let Some(search) = trust::Search::of(audit, requirement, principal) else {
        return (Verdict::Clean, None);
    };
    let refused = |why| (Verdict::NotFixed { why }, None);
    let found = match search.run() {
        Ok(found) => found,
        Err(why) => return refused(why),
    };
    let live = principal.trust.as_ref();
    let Some(rendered) = live.and_then(|live| edited(live, &found.lines, PolicyKind::Trust)) else {
        return refused(vec!["the fixed trust policy could not be written".to_owned()]);
    };
    if !search.proves(rendered.policy.clone()) {
        return refused(vec!["the fixed trust policy, read back, is not proved".to_owned()]);
    }
    let proof = vec!["everyone whom the estate names may assume it, and nobody else".to_owned()];
    (Verdict::Proved { replaced: found.replaced, proof }, Some(rendered))
}
