//! What a set of matching statements means to one of two sets of requests.
//!
//! A request is allowed if no statement denies it, every gate is open, and one of the ways of its
//! case holds. Which case that is depends on whose policy governs the resource: see
//! [`crate::evaluate`], whose rules these are. Where it is not known how closely a policy names
//! the caller, or whose the resource is, there are two readings: what surely and what perhaps is
//! allowed.

use super::bits::Bits;
use super::layers::{Governed, Principal};
use super::set::{Part, RequestSet, Rule};
use crate::evaluate::{Naming, Truth};
use crate::iam::{Effect, Layer};

/// The statements of one set, by layer.
#[derive(Debug, Default)]
pub(crate) struct Side {
    layers: Vec<SideLayer>,
    /// What surely holds.
    least: Reading,
    /// What perhaps holds, where that is more.
    most: Option<Reading>,
    /// What tells the actions that are always allowed.
    always: Bits,
}

#[derive(Debug, Default)]
struct SideLayer {
    allow: Bits,
    deny: Bits,
    /// The rule that tells whether the layer has a say.
    scope: Option<usize>,
}

/// One reading of what is not known.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reading {
    deny: Bits,
    /// Denies that count only where a rule tells so.
    scoped_deny: Vec<(usize, Bits)>,
    gates: Vec<Gate>,
    /// The first whose rule tells so counts; the last has no such rule.
    cases: Vec<Case>,
}

/// A layer that has to allow, alone or with others: one of its statements has to match.
#[derive(Debug, PartialEq, Eq)]
struct Gate {
    layer: usize,
    open: Bits,
}

/// How layers combine on some resources.
#[derive(Debug, PartialEq, Eq)]
struct Case {
    scope: Option<usize>,
    /// One has to hold.
    ways: Vec<Way>,
    /// What is shut where none of them holds, in the order in which reports name it.
    gates: Vec<Gate>,
}

/// Masks each of which some matching statement has to be in, and the statements that grant.
#[derive(Debug, PartialEq, Eq)]
struct Way {
    all: Vec<Bits>,
    grants: Bits,
}

impl Way {
    fn holds(&self, matching: &Bits) -> bool {
        self.all.iter().all(|mask| matching.intersects(mask))
    }
}

impl Case {
    fn is_open(&self, matching: &Bits) -> bool {
        self.ways.iter().any(|way| way.holds(matching))
    }
}

impl Reading {
    fn case(&self, matching: &Bits) -> Option<&Case> {
        self.cases.iter().find(|case| case.scope.is_none_or(|scope| matching.contains(scope)))
    }

    fn allows(&self, matching: &Bits) -> bool {
        !self.denies(matching)
            && self.gates.iter().all(|gate| matching.intersects(&gate.open))
            && self.case(matching).is_some_and(|case| case.is_open(matching))
    }

    fn denies(&self, matching: &Bits) -> bool {
        let here =
            |(scope, deny): &(usize, Bits)| matching.contains(*scope) && matching.intersects(deny);
        matching.intersects(&self.deny) || self.scoped_deny.iter().any(here)
    }

    fn may_allow(&self, matching: &Bits) -> bool {
        let may_be = |case: &&Case| case.scope.is_none_or(|scope| matching.contains(scope));
        self.gates.iter().all(|gate| matching.intersects(&gate.open))
            && self.cases.iter().filter(may_be).any(|case| case.is_open(matching))
    }

    fn surely_allows(&self, possible: &Bits, certain: &Bits) -> bool {
        if self.denies(possible) || !self.gates.iter().all(|gate| certain.intersects(&gate.open)) {
            return false;
        }
        for case in &self.cases {
            let may_be = case.scope.is_none_or(|scope| possible.contains(scope));
            if may_be && !case.is_open(certain) {
                return false;
            }
            if case.scope.is_none_or(|scope| certain.contains(scope)) {
                return true;
            }
        }
        false
    }
}

impl Side {
    /// The statements of a set, which have the numbers from `first` on. `always` tells whether it
    /// has what AWS allows to everyone, whatever the policies say.
    pub(crate) fn new(set: &RequestSet<'_>, first: usize, always: bool) -> Self {
        let mut side = Self::default();
        let mut at = first;
        for layer in set.layers() {
            let numbered = || (at..).zip(&layer.rules);
            let scope = matches!(layer.part, Part::Resource(_)).then_some(at);
            let mask =
                |effect| Mask { scope, at_least: Naming::any, sure: false }.of(numbered(), effect);
            let (mut allow, mut deny) = (Bits::EMPTY, Bits::EMPTY);
            match layer.part {
                Part::Always if always => side.always = numbered().map(|(n, _)| n).collect(),
                Part::Always => {}
                _ => (allow, deny) = (mask(Effect::Allow), mask(Effect::Deny)),
            }
            side.layers.push(SideLayer { allow, deny, scope });
            at += layer.rules.len();
        }
        let reading = |sure| Making { set, first, sure }.reading();
        side.least = reading(true);
        if set.principal().is_some() {
            side.most = Some(reading(false)).filter(|most| *most != side.least);
        }
        side
    }

    fn most(&self) -> &Reading {
        self.most.as_ref().unwrap_or(&self.least)
    }

    /// Whether requests that exactly these statements match are surely allowed.
    pub(crate) fn allows(&self, matching: &Bits) -> bool {
        self.least.allows(matching) || matching.intersects(&self.always)
    }

    /// Whether they are allowed, or it is not known.
    pub(crate) fn perhaps_allows(&self, matching: &Bits) -> bool {
        self.most().allows(matching) || matching.intersects(&self.always)
    }

    /// Whether they may be allowed after some more statements drop out.
    pub(crate) fn may_allow(&self, matching: &Bits) -> bool {
        self.most().may_allow(matching) || matching.intersects(&self.always)
    }

    /// Whether these statements, which surely match, deny.
    pub(crate) fn denies(&self, certain: &Bits) -> bool {
        self.most().denies(certain)
    }

    /// Whether `certain` statements allow, and no `possible` one denies.
    pub(crate) fn surely_allows(&self, possible: &Bits, certain: &Bits) -> bool {
        self.least.surely_allows(possible, certain) || certain.intersects(&self.always)
    }

    /// The layers that stop requests that exactly these statements match: those that deny, then
    /// those that do not allow.
    pub(crate) fn blocking(&self, matching: &Bits) -> Vec<usize> {
        let denying = |at: &usize| self.denying(*at, matching).is_some();
        let mut stopping: Vec<usize> = (0..self.layers.len()).filter(denying).collect();
        for gate in self.gates(matching) {
            if !matching.intersects(&gate.open) && !stopping.contains(&gate.layer) {
                stopping.push(gate.layer);
            }
        }
        stopping
    }

    /// The layers that have to allow requests which these statements match, and do.
    pub(crate) fn open(&self, matching: &Bits) -> Vec<usize> {
        let open = |gate: &&Gate| {
            matching.intersects(&gate.open) && self.denying(gate.layer, matching).is_none()
        };
        let mut layers: Vec<usize> = self.gates(matching).filter(open).map(|g| g.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        layers
    }

    fn gates<'s>(&'s self, matching: &Bits) -> impl Iterator<Item = &'s Gate> {
        let case = self.least.case(matching).map_or(&[][..], |case| &case.gates);
        self.least.gates.iter().chain(case)
    }

    /// The statements of one layer that deny requests which these statements match, if any does.
    pub(crate) fn denying(&self, layer: usize, matching: &Bits) -> Option<Bits> {
        let layer = self.layers.get(layer)?;
        let has_say = layer.scope.is_none_or(|scope| matching.contains(scope));
        let denying = layer.deny.intersection(matching);
        (has_say && !denying.is_empty()).then_some(denying)
    }

    /// The statements of one layer that allow.
    pub(crate) fn allowing(&self, layer: usize) -> Bits {
        self.layers.get(layer).map_or_else(Bits::default, |layer| layer.allow.clone())
    }

    /// All statements that allow, of every layer.
    pub(crate) fn all_allowing(&self) -> Bits {
        self.layers.iter().fold(Bits::default(), |all, layer| all.union(&layer.allow))
    }

    /// All statements that deny, of every layer.
    pub(crate) fn all_denying(&self) -> Bits {
        self.layers.iter().fold(Bits::default(), |all, layer| all.union(&layer.deny))
    }

    /// The statements that grant requests which exactly these statements match: those of identity
    /// policies, and those of a resource policy where it needs no identity policy.
    pub(crate) fn granting(&self, matching: &Bits) -> Bits {
        let ways = self.most().case(matching).map_or(&[][..], |case| &case.ways);
        let holding = ways.iter().filter(|way| way.holds(matching));
        holding.fold(Bits::EMPTY, |all, way| all.union(&way.grants)).intersection(matching)
    }

    /// The layer of the policy that governs the resource of requests which these statements match.
    pub(crate) fn governing(&self, matching: &Bits) -> Option<usize> {
        let governs = |layer: &SideLayer| layer.scope.is_some_and(|scope| matching.contains(scope));
        self.layers.iter().position(governs)
    }
}

/// Which statements of a layer count.
struct Mask {
    scope: Option<usize>,
    at_least: fn(Naming) -> Truth,
    sure: bool,
}

impl Mask {
    /// Those with `effect` that name the caller: for Allows surely or perhaps, as `sure` has it,
    /// for Denies the other way round.
    fn of<'r, 'a: 'r>(
        &self,
        rules: impl Iterator<Item = (usize, &'r Rule<'a>)>,
        effect: Effect,
    ) -> Bits {
        let wants_sure = self.sure == (effect == Effect::Allow);
        let counts = |rule: &Rule<'_>| {
            let truth = (self.at_least)(rule.naming);
            rule.statement.effect == effect && (truth.is_true() || !wants_sure && !truth.is_false())
        };
        let rules = rules.filter(|(number, rule)| Some(*number) != self.scope && counts(rule));
        rules.map(|(number, _)| number).collect()
    }
}

/// The making of one reading.
struct Making<'m, 'a> {
    set: &'m RequestSet<'a>,
    first: usize,
    sure: bool,
}

/// A principal's own layers that have to allow together.
#[derive(Default)]
struct Own {
    identity: Option<Gate>,
    /// Boundary and session policy.
    inside: Vec<Gate>,
    boundary: Option<Bits>,
}

impl Own {
    fn masks(&self, first: &[&Bits]) -> Vec<Bits> {
        let inside = self.inside.iter().map(|gate| &gate.open);
        first.iter().copied().chain(inside).cloned().collect()
    }
}

/// A resource policy's Allows, by how closely they name the caller.
struct Named {
    direct: Bits,
    role: Bits,
    account: Bits,
}

impl Making<'_, '_> {
    fn reading(&self) -> Reading {
        let mut reading = Reading::default();
        let mut own = Own::default();
        let mut governed: Vec<(usize, usize, usize, Named)> = Vec::new();
        let mut number = self.first;
        for (at, layer) in self.set.layers().iter().enumerate() {
            let scope = matches!(layer.part, Part::Resource(_)).then_some(number);
            let numbered = || (number..).zip(&layer.rules);
            let mask =
                |at_least, effect| Mask { scope, at_least, sure: self.sure }.of(numbered(), effect);
            let any = |effect| mask(Naming::any, effect);
            let gate = || Gate { layer: at, open: any(Effect::Allow) };
            // A layer that perhaps does not bind the caller stops it in the stricter reading only.
            let binds = |binds: Truth| binds.is_true() || self.sure;
            match layer.part {
                Part::Filter => reading.gates.push(gate()),
                Part::Gate(truth) if binds(truth) => reading.gates.push(gate()),
                Part::Identity => own.identity = Some(gate()),
                Part::Boundary(truth) if binds(truth) => {
                    own.boundary = Some(any(Effect::Allow));
                    own.inside.push(gate());
                }
                Part::Session => own.inside.push(gate()),
                Part::Resource(resource) => governed.push((
                    at,
                    number,
                    resource,
                    Named {
                        direct: mask(|naming| naming.direct, Effect::Allow),
                        role: mask(|naming| naming.role, Effect::Allow),
                        account: mask(|naming| naming.account, Effect::Allow),
                    },
                )),
                _ => {}
            }
            match (layer.part, scope) {
                (Part::Always, _) => {}
                (Part::Gate(truth) | Part::Boundary(truth) | Part::Denies(truth), _)
                    if !binds(truth) => {}
                (_, Some(scope)) => reading.scoped_deny.push((scope, any(Effect::Deny))),
                (_, None) => reading.deny.union_with(&any(Effect::Deny)),
            }
            number += layer.rules.len();
        }
        let Some(principal) = self.set.principal() else {
            let grants = reading.gates.first().map(|gate| gate.open.clone());
            let ways = vec![Way { all: Vec::new(), grants: grants.unwrap_or_default() }];
            reading.cases.push(Case { scope: None, ways, gates: Vec::new() });
            return reading;
        };
        for (layer, scope, resource, named) in governed {
            if let Some(governed) = principal.governed(resource) {
                let case = self.case(principal, governed, layer, &own, &named);
                reading.cases.push(Case { scope: Some(scope), ..case });
            }
        }
        reading.cases.push(Self::left_to_account(&own));
        reading
    }

    /// A resource whose policy is not known: what the caller's own policies say decides.
    fn left_to_account(own: &Own) -> Case {
        let Some(identity) = &own.identity else {
            return Case { scope: None, ways: Vec::new(), gates: Vec::new() };
        };
        let grants = identity.open.clone();
        let ways = vec![Way { all: own.masks(&[&grants]), grants }];
        Case { scope: None, ways, gates: own.gates(&[]) }
    }

    /// A resource whose policy is known.
    fn case(
        &self,
        principal: &Principal<'_>,
        governed: &Governed<'_>,
        layer: usize,
        own: &Own,
        named: &Named,
    ) -> Case {
        let Named { direct, role, account } = named;
        let any = direct.union(role).union(account);
        let by_policy = Gate { layer, open: any.clone() };
        let Some(identity) = own.identity.as_ref().filter(|_| principal.has_account()) else {
            // A service, a web identity or an anonymous caller has no policies of its own.
            let ways = vec![Way { all: vec![direct.clone()], grants: direct.clone() }];
            let gates = vec![Gate { layer, open: direct.clone() }];
            return Case { scope: None, ways, gates };
        };
        let grants = identity.open.clone();
        // Where it is not known whose the resource is, what another account's owner would allow is
        // sure, and what the own account would allow is possible: it is always more.
        let is_own = principal.owns(governed).unwrap_or(!self.sure);
        if !is_own {
            // AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
            let ways = vec![Way { all: own.masks(&[&grants, &any]), grants }];
            let mut gates = own.gates(&[]);
            gates.push(by_policy);
            return Case { scope: None, ways, gates };
        }
        // AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
        let decides = governed.layer != Layer::ResourcePolicy;
        // AWS's pages disagree on whether the boundary of a user whom a trust policy names limits it.
        let bounded = self.sure && governed.layer == Layer::TrustPolicy && principal.is_user();
        let mut alone = vec![direct.clone()];
        alone.extend(own.boundary.clone().filter(|_| bounded));
        let mut identity_way = own.masks(&[&grants]);
        let mut gates = own.gates(&[role]);
        if decides {
            identity_way.push(account.clone());
            gates.insert(0, Gate { layer, open: role.union(account) });
        }
        let ways = vec![
            Way { all: identity_way, grants },
            Way { all: alone, grants: direct.clone() },
            Way { all: own.masks(&[role]), grants: role.clone() },
        ];
        Case { scope: None, ways, gates }
    }
}

impl Own {
    /// What has to be open; `instead` of the identity policies others may grant.
    fn gates(&self, instead: &[&Bits]) -> Vec<Gate> {
        let copy = |gate: &Gate| Gate { layer: gate.layer, open: gate.open.clone() };
        let mut gates: Vec<Gate> = self.identity.iter().chain(&self.inside).map(copy).collect();
        if let Some(identity) = gates.first_mut().filter(|_| self.identity.is_some()) {
            for mask in instead {
                identity.open.union_with(mask);
            }
        }
        gates
    }
}
