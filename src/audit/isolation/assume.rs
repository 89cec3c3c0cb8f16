//! Which tenants may assume the role of another.
//!
//! A profile is a Kubernetes namespace. Its pods have tokens whose subject begins with
//! `system:serviceaccount:NAMESPACE:`, sessions of EKS Pod Identity with the namespace as a tag, or
//! its own role, from which they may go on to others.

use super::outcome::LeakKind;
use super::probe::{equals, text};
use super::reach::document;
use super::relation::{Relation, of_patterns};
use super::space::Members;
use crate::account::{IamPrincipal, NamedPolicy};
use crate::audit::live::Layers;
use crate::audit::request::Claim;
use crate::consumer::{Tenants, Trust};
use crate::exact::{self, Budget, RequestSet, StatementRef, Universe, difference};
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ContextValue, Effect, Layer, OperandValue,
    PrincipalPattern, Request, Statement,
};
use crate::pattern::{ArnPattern, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// A tenant that may assume the role, and how.
pub(super) struct Admitted {
    pub who: Members,
    pub witness: Request,
    pub statement: Option<StatementRef>,
}

impl Admitted {
    pub(super) const KIND: LeakKind = LeakKind::Assume;
}

/// The role of some tenants, and who else there is.
pub(super) struct Assumed<'s> {
    pub universe: &'s Universe<'s>,
    pub tenants: &'s Tenants<'s>,
    pub principal: &'s IamPrincipal,
    pub trust: &'s NamedPolicy,
    /// Whom the role serves.
    pub own: &'s Members,
    /// The roles of others, with their layers and whom they serve.
    pub others: &'s [(&'s IamPrincipal, &'s Layers<'s>, &'s Members)],
}

const PROBES: &str = "other tenants";
const SUBJECT: &str = "system:serviceaccount:";
const NAMESPACE: &str = "aws:RequestTag/kubernetes-namespace";

struct Probe {
    statement: Statement,
    who: Members,
}

impl Assumed<'_> {
    /// Everybody whom the role does not serve and its trust policy admits.
    pub(super) fn by_others(&self, claim: &mut Claim) -> Vec<Admitted> {
        let mut probes = self.pods();
        probes.extend(self.roles());
        let mut admitted: Vec<Admitted> = Vec::new();
        for probes in probes.chunks(24) {
            let wanted = document(probes.iter().map(|probe| probe.statement.clone()).collect());
            let named = |name, document| exact::NamedPolicy { name, document };
            let layers = [
                (Layer::TrustPolicy, vec![named(self.trust.name(), &*self.trust.document)]),
                (Layer::TrustPolicy, vec![named(PROBES, &wanted)]),
            ];
            let both = RequestSet::new(self.universe, layers);
            let nothing = RequestSet::new(self.universe, [(Layer::TrustPolicy, Vec::new())]);
            for leaf in claim.took(difference(&both, &nothing, Budget::default())).leaves {
                let statement = leaf.allowed_by.iter().find(|by| by.policy != PROBES).cloned();
                let reached = leaf.allowed_by.iter().filter(|by| by.policy == PROBES);
                for probe in reached.filter_map(|by| probes.get(by.index)) {
                    let who = probe.who.clone();
                    let witness =
                        readable(&leaf.witness, &|request| both.decide(request).is_true());
                    let statement = statement.clone();
                    match admitted.iter_mut().find(|known| known.statement == statement) {
                        Some(known) => known.who.union_with(&who),
                        None => admitted.push(Admitted { who, witness, statement }),
                    }
                }
            }
        }
        admitted
    }

    fn trusting(&self) -> impl Iterator<Item = &Statement> {
        self.trust.document.statements.iter()
    }

    /// Pods in the namespaces of others, one statement for those whom the policy does not tell apart.
    fn pods(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        let mut principals: BTreeSet<&PrincipalPattern> = BTreeSet::new();
        principals
            .extend(self.trusting().filter_map(|s| s.principal.as_ref()).flat_map(Clause::entries));
        let issuers: BTreeSet<String> = self.issuers(&principals);
        for provider in issuers {
            let Some((_, issuer)) = provider.split_once(":oidc-provider/") else { continue };
            let key = format!("{issuer}:sub");
            for (namespace, who) in self.classes(&key, |n| format!("{SUBJECT}{n}:*")) {
                let like = Pattern::glob(&format!("{SUBJECT}{namespace}:*"));
                probes.push(Probe {
                    statement: allow(
                        PrincipalPattern::Federated(provider.as_str().into()),
                        "sts:AssumeRoleWithWebIdentity",
                        vec![text(Comparison::StringLike, &key, like)],
                    ),
                    who,
                });
            }
        }
        let is_eks = |principal: &&&PrincipalPattern| matches!(principal, PrincipalPattern::Service(name) if name.starts_with("pods.eks."));
        if let Some(eks) = principals.iter().find(is_eks) {
            for (namespace, who) in self.classes(NAMESPACE, str::to_owned) {
                probes.push(Probe {
                    statement: allow(
                        (*eks).clone(),
                        "sts:AssumeRole",
                        vec![equals(NAMESPACE, &namespace)],
                    ),
                    who,
                });
            }
        }
        probes
    }

    /// The providers whose tokens name Kubernetes service accounts, by ARN.
    fn issuers(&self, principals: &BTreeSet<&PrincipalPattern>) -> BTreeSet<String> {
        let known = self.tenants.deployment.uses.iter().filter_map(|used| match &used.trust {
            Some(Trust::Irsa { provider_arn, .. }) => Some(provider_arn.clone()),
            _ => None,
        });
        let known: BTreeSet<String> = known.collect();
        let of_eks = principals.iter().filter_map(|principal| match principal {
            PrincipalPattern::Federated(arn) if arn.contains(":oidc-provider/oidc.eks.") => {
                Some(arn.to_string())
            }
            _ => None,
        });
        of_eks.chain(known.clone()).collect()
    }

    /// A namespace for each class of other tenants between whom no condition on `key` tells; `value`
    /// is what the key holds for a namespace.
    fn classes(&self, key: &str, value: impl Fn(&str) -> String) -> Vec<(String, Members)> {
        let key = key.to_lowercase();
        let conditions: Vec<&Condition> =
            self.trusting().flat_map(|s| &s.conditions).filter(|c| c.key.folded() == key).collect();
        let mut classes: BTreeMap<(Vec<usize>, Option<usize>), (String, Members)> = BTreeMap::new();
        for (at, tenant) in self.tenants.tenants.iter().enumerate() {
            let Some(profile) = tenant.profile.as_ref().filter(|_| !self.own.contains(at)) else {
                continue;
            };
            let target = Pattern::glob(&value(profile));
            let (mut covering, mut alone) = (Vec::new(), None);
            let operands = conditions.iter().flat_map(|c| &c.operands);
            for (place, operand) in operands.enumerate() {
                let relation = match &operand.value {
                    OperandValue::Text(pattern) => of_patterns(pattern, &target),
                    OperandValue::Bool(_) => Relation::Apart,
                    _ => Relation::Mixed,
                };
                match relation {
                    Relation::Covers => covering.push(place),
                    Relation::Apart => {}
                    Relation::Mixed => alone = Some(at),
                }
            }
            let class = classes.entry((covering, alone));
            class.or_insert_with(|| (profile.clone(), Members::EMPTY)).1.insert(at);
        }
        classes.into_values().collect()
    }

    /// The roles of others, where the policy names one or its account.
    fn roles(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        for (role, layers, serves) in self.others {
            let who = serves.without(self.own);
            let mut named = false;
            let mut by_account = false;
            for entry in
                self.trusting().filter_map(|s| s.principal.as_ref()).flat_map(Clause::entries)
            {
                match entry {
                    PrincipalPattern::Anyone => named = true,
                    PrincipalPattern::Arn(arn) => {
                        let session = format!(":assumed-role/{}/", role.name);
                        named |= **arn == role.arn || arn.contains(&session);
                    }
                    PrincipalPattern::Account { account, .. } => {
                        by_account |= role.account().as_ref() == Some(account);
                    }
                    _ => {}
                }
            }
            // AWS: an account that is trusted leaves it to its own policies who may assume the role:
            // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
            let possible = named || (by_account && self.may_ask(layers));
            if possible && !who.is_empty() && role.arn != self.principal.arn {
                let principal = PrincipalPattern::Arn(role.arn.as_str().into());
                probes
                    .push(Probe { statement: allow(principal, "sts:AssumeRole", Vec::new()), who });
            }
        }
        probes
    }

    /// Whether these layers may allow to assume the role; they may where its ARN is not known.
    fn may_ask(&self, layers: &Layers<'_>) -> bool {
        let Ok(resource) = ArnPattern::parse(&self.principal.arn, false) else { return true };
        let asking = super::probe::allow(["sts:AssumeRole"].into_iter(), resource, Vec::new());
        let asking = document(vec![asking]);
        let extra = Some((Layer::SessionPolicy, PROBES, &asking));
        let allowed = layers.set(self.universe, extra);
        let nothing = RequestSet::new(self.universe, [(Layer::Identity, Vec::new())]);
        exact::includes(&nothing, &allowed, Budget::default()) != Some(true)
    }
}

/// The request with a name of a service account where the shortest subject has none.
fn readable(request: &Request, allowed: &dyn Fn(&Request) -> bool) -> Request {
    let mut named = request.clone();
    for (key, value) in request.context.iter() {
        if let ContextValue::Single(text) = value
            && text.starts_with(SUBJECT)
            && text.ends_with(':')
        {
            let text = format!("{text}default-editor");
            named.context.insert(key.clone(), ContextValue::Single(text));
        }
    }
    if allowed(&named) { named } else { request.clone() }
}

fn allow(principal: PrincipalPattern, action: &str, conditions: Vec<Condition>) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: Some(Clause::Is(vec![principal])),
        action: Clause::Is(ActionPattern::parse(action).into_iter().collect()),
        resource: None,
        conditions,
    }
}
