//! Whether the tenants of a deployment are kept apart: no role of one may read, write, delete or
//! list the keys of another, nor give itself the power to, nor be assumed by another.
//!
//! What a role may do is compared once with all that belongs to others; who they are is told
//! afterwards. What is proved is proved by the layers that were read.

mod assume;
mod outcome;
mod overlap;
mod power;
mod probe;
mod reach;
mod relation;
mod space;
mod tagged;

pub use outcome::{Isolation, Leak, LeakKind, LeakWitness, TenantReport, Undecided};

use super::live::{Layers, place};
use super::request::{Claim, trust_witness};
use super::{Audit, Witness, fact};
use crate::account::{IamPrincipal, PermissionsBoundary};
use crate::consumer::{RoleRef, Tenants};
use crate::exact::Exactness;
use crate::iam::Layer;
use crate::parallel;
use assume::{Admitted, Assumed};
use reach::{Found, Session};
use space::{Members, Space};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Who acts: a principal, and the estate's roles that it stands for. A principal of the account is
/// one role; loose documents stand for all roles that were asked for.
#[derive(Clone, Debug)]
pub struct Actor<'p> {
    /// The roles.
    pub roles: Vec<&'p RoleRef>,
    /// The principal; `None` where it could not be read.
    pub principal: Option<&'p IamPrincipal>,
}

impl Audit<'_> {
    /// Whether the tenants of each deployment are kept apart by these roles.
    #[must_use]
    pub fn isolation(&self, actors: &[Actor<'_>]) -> Isolation {
        let mut all = Isolation {
            tenants: Vec::new(),
            pairs: 0,
            proven: 0,
            undecided: Vec::new(),
            leaks: Vec::new(),
            exactness: Exactness::Exact,
            limits: Vec::new(),
        };
        let mut claim = Claim::default();
        for tenants in &self.estate.tenants() {
            Deployed { audit: self, tenants, space: Space::of(tenants) }
                .judge(actors, &mut all, &mut claim);
        }
        all.leaks.sort_by(|a, b| order(a).cmp(&order(b)));
        all.undecided.sort();
        let (exactness, limits) = claim.close(!all.leaks.is_empty());
        all.exactness = match (all.undecided.is_empty(), all.leaks.is_empty()) {
            (true, _) => exactness,
            (false, true) => Exactness::Unknown,
            (false, false) => Exactness::WitnessOnly,
        };
        all.limits = limits;
        all
    }
}

fn order(leak: &Leak) -> impl Ord + '_ {
    let statement = leak.statement.as_ref();
    (
        Reverse(leak.severity),
        leak.kind,
        &leak.deployment,
        &leak.from,
        &leak.role,
        statement,
        &leak.to,
    )
}

/// A role of tenants.
struct Acting<'a> {
    principal: Option<&'a IamPrincipal>,
    layers: Option<Layers<'a>>,
    /// The namespace that tags its sessions, where that says whom it serves.
    tag: Option<String>,
    serves: Members,
    /// Everybody whose role it is: more than it serves where the session's tag tells them apart.
    trusted: Members,
}

/// What was found of one role.
struct Judged {
    leaks: Vec<Leak>,
    /// Pairs of which a leak was found.
    pairs: Vec<(usize, usize)>,
    claim: Claim,
}

/// The tenants of one deployment.
struct Deployed<'a> {
    audit: &'a Audit<'a>,
    tenants: &'a Tenants<'a>,
    space: Space<'a>,
}

/// What is known of one ordered pair of tenants, the later the graver.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pair {
    Proven,
    Undecided,
    Leaks,
}

impl Deployed<'_> {
    fn judge(&self, actors: &[Actor<'_>], all: &mut Isolation, claim: &mut Claim) {
        let tagged = self.tagged(actors);
        let acting = self.acting(actors, &tagged, self.audit);
        let number = self.tenants.tenants.len();
        let served: Members = acting.iter().flat_map(|one| one.serves.iter()).collect();
        let mut pairs: Vec<Vec<Option<Pair>>> = (0..number)
            .map(|from| {
                let known = served.contains(from).then_some(Pair::Proven);
                (0..number).map(|to| known.filter(|_| to != from)).collect()
            })
            .collect();
        let mut note = |from: usize, to: usize, found: Pair| {
            if let Some(Some(known)) = pairs.get_mut(from).and_then(|row| row.get_mut(to)) {
                *known = found.max(*known);
            }
        };
        for (one, judged) in acting.iter().zip(self.each(&acting)) {
            let undecided = judged.as_ref().is_none_or(|judged| !judged.claim.is_exact());
            if undecided {
                one.serves
                    .iter()
                    .for_each(|from| (0..number).for_each(|to| note(from, to, Pair::Undecided)));
            }
            if let Some(judged) = judged {
                judged.pairs.iter().for_each(|(from, to)| note(*from, *to, Pair::Leaks));
                all.leaks.extend(judged.leaks);
                claim.absorb(judged.claim);
            }
        }
        let mut by_words = Claim::default();
        let shared: Vec<_> = self.tenants.shared.iter().map(|(keys, _)| keys).collect();
        let common = overlap::overlaps(self.audit.universe, &self.space, &shared, &mut by_words);
        for one in common {
            for from in one.members.iter() {
                one.members.iter().for_each(|to| note(from, to, Pair::Leaks));
            }
            all.leaks.push(Leak {
                severity: LeakKind::Overlap.severity(),
                kind: LeakKind::Overlap,
                deployment: self.name(),
                from: self.names(&one.members),
                role: None,
                to: self.names(&one.members),
                actions: Vec::new(),
                gives: None,
                witness: Some(LeakWitness::Request(Witness::of(&one.witness))),
                statement: None,
            });
        }
        claim.absorb(by_words);
        for (from, row) in pairs.iter().enumerate() {
            let of = |wanted| {
                let is = move |(_, pair): &(usize, &Option<Pair>)| **pair == Some(wanted);
                row.iter().enumerate().filter(is).map(|(to, _)| to).collect::<Members>()
            };
            all.pairs += row.iter().flatten().count();
            all.proven += of(Pair::Proven).len();
            let undecided = self.names(&of(Pair::Undecided));
            if !undecided.is_empty() {
                let (deployment, from) = (self.name(), self.names(&Members::of(from)).concat());
                all.undecided.push(Undecided { deployment, from, to: undecided });
            }
        }
        all.tenants.extend(self.reports(&acting));
    }

    fn serves(&self, actor: &Actor<'_>, abac: bool) -> Members {
        let roles = actor.roles.iter().filter(|role| self.tenants.is_abac(role) == abac);
        roles.flat_map(|role| self.tenants.served_by(role)).collect()
    }

    /// The principals of roles that serve every profile by the tags of sessions, once for each profile:
    /// the actor's place, the profile's, and the principal with its tag.
    fn tagged(&self, actors: &[Actor<'_>]) -> Vec<(usize, usize, IamPrincipal)> {
        let mut tagged = Vec::new();
        for (at, actor) in actors.iter().enumerate() {
            let Some(principal) = actor.principal else { continue };
            for place in self.serves(actor, true).iter() {
                let tenant = self.tenants.tenants.get(place);
                if let Some(profile) = tenant.and_then(|tenant| tenant.profile.as_ref()) {
                    tagged.push((at, place, tagged::of_profile(principal, profile)));
                }
            }
        }
        tagged
    }

    /// Those of the actors that serve any tenant here.
    fn acting<'p>(
        &self,
        actors: &[Actor<'p>],
        tagged: &'p [(usize, usize, IamPrincipal)],
        audit: &'p Audit<'_>,
    ) -> Vec<Acting<'p>> {
        let acting = |principal: Option<&'p IamPrincipal>, serves: Members, trusted: Members| {
            let layers = principal.map(|p| Layers::of(p, &audit.requirements, &audit.beyond));
            Acting { principal, layers, tag: None, serves, trusted }
        };
        let mut all = Vec::new();
        for (at, actor) in actors.iter().enumerate() {
            let (own, by_tag) = (self.serves(actor, false), self.serves(actor, true));
            if !own.is_empty() {
                all.push(acting(actor.principal, own.clone(), own));
            }
            if actor.principal.is_none() && !by_tag.is_empty() {
                all.push(acting(None, by_tag.clone(), by_tag.clone()));
            }
            for (_, place, principal) in tagged.iter().filter(|(of, ..)| *of == at) {
                let serves = Members::of(*place);
                let tag = Some(self.names(&serves).concat());
                all.push(Acting { tag, ..acting(Some(principal), serves, by_tag.clone()) });
            }
        }
        all
    }

    /// What is found of each, in order; `None` where it was not read. Cores share the work.
    fn each(&self, acting: &[Acting<'_>]) -> Vec<Option<Judged>> {
        const FEW: usize = 16;
        let others: Vec<(&IamPrincipal, &Layers<'_>, &Members)> = acting
            .iter()
            .filter_map(|one| Some((one.principal?, one.layers.as_ref()?, &one.serves)))
            .collect();
        parallel::each(acting, FEW, |one| self.one(one, &others))
    }

    fn one(
        &self,
        acting: &Acting<'_>,
        others: &[(&IamPrincipal, &Layers<'_>, &Members)],
    ) -> Option<Judged> {
        let (principal, layers) = (acting.principal?, acting.layers.as_ref()?);
        let own = &acting.serves;
        let (universe, tenants) = (self.audit.universe, self.tenants);
        let mut judged = Judged { leaks: Vec::new(), pairs: Vec::new(), claim: Claim::default() };
        let session = Session {
            universe,
            tenants,
            space: &self.space,
            layers,
            tag: acting.tag.as_deref(),
            own,
        };
        if principal.not_seen.contains(&Layer::Identity) {
            judged
                .claim
                .doubt(&format!("not all identity policies of `{}` were read", principal.arn));
        }
        if own.len() > 1
            && let Some(found) = session.any_use(&mut judged.claim)
        {
            self.found(principal, own, &Found { to: own.clone(), ..found }, &mut judged);
        }
        for found in session.leaks(&mut judged.claim) {
            self.found(principal, own, &found, &mut judged);
        }
        let to_itself = session.grants_to_itself(&principal.arn, &mut judged.claim);
        match &principal.permissions_boundary {
            PermissionsBoundary::None => {
                to_itself.iter().for_each(|found| self.found(principal, own, found, &mut judged));
            }
            // It grants itself no more than its boundary lets through, which may reach nobody.
            _ if to_itself.is_empty() => {}
            _ => judged.claim.doubt(&format!(
                "`{}` may grant itself whatever its permissions boundary lets through",
                principal.arn
            )),
        }
        if let Some(trust) = &principal.trust {
            let own = &acting.trusted;
            let assumed = Assumed { universe, tenants, principal, trust, own, others };
            for admitted in assumed.by_others(&mut judged.claim) {
                self.admitted(principal, own, &admitted, &mut judged);
            }
        }
        Some(judged)
    }

    fn found(&self, principal: &IamPrincipal, own: &Members, found: &Found, judged: &mut Judged) {
        judged.pairs.extend(own.iter().flat_map(|from| found.to.iter().map(move |to| (from, to))));
        let catalogue = self.audit.universe.catalogue();
        let mut actions: Vec<String> =
            found.actions.iter().map(|id| catalogue.name(*id).to_owned()).collect();
        actions.sort();
        let mut request = Witness::of(&found.witness);
        let is_fact =
            |key: &str| fact::of_principal(principal).iter().any(|(f, _)| f.text() == key);
        request.context.retain(|key, _| !is_fact(key));
        judged.leaks.push(Leak {
            severity: found.kind.severity(),
            kind: found.kind,
            deployment: self.name(),
            from: self.names(own),
            role: Some(principal.arn.clone()),
            to: self.names(&found.to),
            actions,
            gives: found.gives.map(str::to_owned),
            witness: Some(LeakWitness::Request(request)),
            statement: found.statement.as_ref().map(place),
        });
    }

    fn admitted(
        &self,
        principal: &IamPrincipal,
        own: &Members,
        admitted: &Admitted,
        judged: &mut Judged,
    ) {
        judged
            .pairs
            .extend(admitted.who.iter().flat_map(|who| own.iter().map(move |to| (who, to))));
        judged.leaks.push(Leak {
            severity: Admitted::KIND.severity(),
            kind: Admitted::KIND,
            deployment: self.name(),
            from: self.names(&admitted.who),
            role: Some(principal.arn.clone()),
            to: self.names(own),
            actions: vec![admitted.witness.action.text().to_owned()],
            gives: None,
            witness: Some(LeakWitness::Assume(trust_witness(&admitted.witness))),
            statement: admitted.statement.as_ref().map(place),
        });
    }

    fn name(&self) -> String {
        self.tenants.deployment.name.clone()
    }

    fn names(&self, members: &Members) -> Vec<String> {
        let tenants = members.iter().filter_map(|at| self.tenants.tenants.get(at));
        tenants.map(ToString::to_string).collect()
    }

    fn reports(&self, acting: &[Acting<'_>]) -> Vec<TenantReport> {
        let report = |(at, tenant): (usize, &crate::consumer::Tenant)| {
            let serving = acting.iter().filter(|one| one.serves.contains(at));
            let roles: BTreeSet<String> =
                serving.filter_map(|one| Some(one.principal?.arn.clone())).collect();
            TenantReport {
                deployment: self.name(),
                profile: tenant.to_string(),
                roles: roles.into_iter().collect(),
            }
        };
        self.tenants.tenants.iter().enumerate().map(report).collect()
    }
}
