//! What a principal needs and lacks.

use super::live::{Layers, place};
use super::request::Claim;
use super::{BeyondIam, BlockedBy, Gap, StatementPlace, Witness, sample};
use crate::account::IamPrincipal;
use crate::consumer::{Denial, Fixed, RequiredCall, Requirement, Why};
use crate::exact::{self, Block, BlockKind, Budget, RequestBox, Universe};
use crate::iam::{ContextValue, Layer, Request};
use crate::source::Severity;
use std::collections::BTreeMap;

/// The calls of a requirement that are refused, the gravest first.
pub(super) fn gaps(
    universe: &Universe<'_>,
    requirement: &Requirement,
    principal: &IamPrincipal,
    (layers, beyond): (&Layers<'_>, &BeyondIam),
    claim: &mut Claim,
) -> Vec<Gap> {
    let caller = principal.caller();
    // Many calls make the same requests; each set of them is looked at once.
    let mut boxes: Vec<RequestBox> = Vec::new();
    let mut makers: Vec<Vec<&RequiredCall>> = Vec::new();
    for call in &requirement.calls {
        for requests in requests_of(call, requirement) {
            let requests = RequestBox { caller: caller.clone(), ..requests };
            match boxes.iter().position(|known| *known == requests) {
                Some(at) => makers.get_mut(at).into_iter().for_each(|calls| calls.push(call)),
                None => {
                    boxes.push(requests);
                    makers.push(vec![call]);
                }
            }
        }
    }
    let found = exact::gaps(&boxes, &layers.set(universe, None), Budget::default());
    claim.take(found.exactness, &found.limits);
    let mut groups: BTreeMap<Group, Gap> = BTreeMap::new();
    for refused in &found.gaps {
        for call in makers.get(refused.needed).into_iter().flatten() {
            let refusal = Refusal::of(call, refused);
            // A key's policy may allow on its own what the principal's policies do not.
            // AWS: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
            let is_open = call.why == Why::Kms && !beyond.governs(&call.resource);
            if is_open && refusal.blocked_by.kind == BlockKind::ImplicitDeny {
                continue;
            }
            let group = Group::of(call, &refusal);
            let gap = gap(call, refusal);
            match groups.get_mut(&group) {
                Some(known) => merge(known, gap),
                None => _ = groups.insert(group, gap),
            }
        }
    }
    let mut gaps: Vec<Gap> = groups.into_values().collect();
    for gap in &mut gaps {
        gap.calls.sort();
        gap.calls.dedup();
    }
    gaps.sort_by(|a, b| {
        let key = |gap: &Gap| (gap.denied, gap.actions.clone(), gap.witness.clone());
        b.severity.cmp(&a.severity).then_with(|| key(a).cmp(&key(b)))
    });
    gaps
}

/// The requests of a call; of a role that serves profiles by the tags of its sessions, those of each
/// profile that is listed.
fn requests_of(call: &RequiredCall, requirement: &Requirement) -> Vec<RequestBox> {
    let by_tag = requirement.abac && call.names_a_profile() && !requirement.profiles.is_empty();
    let profiles = requirement.profiles.iter().filter(|_| by_tag);
    let each: Vec<RequestBox> = profiles.filter_map(|profile| call.requests_of(profile)).collect();
    if each.is_empty() { vec![call.requests()] } else { each }
}

/// Gaps that one line of a report tells: the same action on the same resource, refused alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    action: String,
    resource: String,
    blocked_by: (Layer, BlockKind, Option<StatementPlace>),
    depends_on: Vec<String>,
}

impl Group {
    fn of(call: &RequiredCall, refusal: &Refusal) -> Self {
        let BlockedBy { layer, kind, statement, .. } = refusal.blocked_by.clone();
        Self {
            action: call.action.folded().to_owned(),
            resource: call.resource.text().to_owned(),
            blocked_by: (layer, kind, statement),
            depends_on: refusal.depends_on.clone(),
        }
    }
}

fn gap(call: &RequiredCall, refusal: Refusal) -> Gap {
    let severity = match call.denied {
        Denial::Tolerated => Severity::Note,
        _ if !refusal.depends_on.is_empty() => Severity::Warning,
        _ if call.is_needed() => Severity::Error,
        _ => Severity::Warning,
    };
    Gap {
        severity,
        denied: call.denied,
        occurs: call.occurs,
        calls: vec![call.api.clone()],
        actions: vec![call.action.text().to_owned()],
        witness: Witness::of(&refusal.request),
        blocked_by: refusal.blocked_by,
        depends_on: refusal.depends_on,
    }
}

/// Takes a gap of the same group in; what is said of it is said of the gravest.
fn merge(known: &mut Gap, other: Gap) {
    known.calls.extend(other.calls);
    if (other.severity, known.denied) > (known.severity, other.denied) {
        known.severity = other.severity;
        known.denied = other.denied;
        known.occurs = other.occurs;
        known.witness = other.witness;
    }
}

/// A request that is made and refused.
struct Refusal {
    request: Request,
    blocked_by: BlockedBy,
    /// The keys that decide; empty where no value of any key helps.
    depends_on: Vec<String>,
}

impl Refusal {
    fn of(call: &RequiredCall, gap: &exact::Gap) -> Self {
        let mut depends_on: Vec<String> =
            gap.depends_on.iter().map(|dependence| dependence.key.text().to_owned()).collect();
        depends_on.sort();
        depends_on.dedup();
        let Block { layer, level, policy, kind, statement, allowed_by } = &gap.blocked_by;
        // Of an implicit denial the engine names the statement that comes closest; that is of use
        // only where its condition is what decides.
        let named = *kind == BlockKind::ExplicitDeny || !depends_on.is_empty();
        let statement = statement.as_ref().filter(|_| named).map(place);
        let blocked_by = BlockedBy {
            layer: *layer,
            level: *level,
            policy: policy.clone(),
            kind: *kind,
            statement,
            allowed_by: allowed_by.clone(),
        };
        Self { request: completed(call, &gap.witness), blocked_by, depends_on }
    }
}

/// A witness as a reader needs it: the list prefix that the call sends is there also where no
/// policy looks at it, and TLS is not, which every call has.
fn completed(call: &RequiredCall, request: &Request) -> Request {
    let mut request = request.clone();
    let kept = request.context.iter().filter(|(key, _)| key.folded() != "aws:securetransport");
    request.context = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, fixed) in call.fixed.iter().filter(|(key, _)| key.folded() == "s3:prefix") {
        if let Fixed::Like(pattern) = fixed
            && request.context.get(key.folded()).is_none()
        {
            let sample = ContextValue::Single(sample::of(pattern));
            request.context.insert(key.clone(), sample);
        }
    }
    request
}
