//! The layers of one principal, made ready: what is known of the caller is settled beforehand.
//!
//! A principal asks for itself, so whom a statement names, and what a condition on its ARN or
//! account says, is the same for all its requests. That is asked of the evaluator once, and the
//! search looks at actions, resources and the rest of the context only.

use super::set::{NamedPolicy, Part, Rule, RuleLayer};
use crate::catalogue::Catalogue;
use crate::evaluate::{self, Naming, Own, Policies, Reach, Subject, Truth, Values, Why, condition};
use crate::iam::{
    AccountId, Action, ActionPattern, Caller, Clause, Condition, Effect, Layer, PolicyDocument,
    Request, RequestContext, Resource, Statement,
};
use crate::pattern::ArnPattern;
use std::borrow::Cow;

/// All policies of one principal and of the resources that it uses, as
/// [`Policies`](crate::evaluate::Policies) for sets of requests.
///
/// A resource whose policy is not here is taken to leave the decision to the principal's account:
/// a bucket of its own without a policy, a key or a role that delegates.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    /// Who asks; `None` where nobody said. A resource policy that names somebody is then undecided.
    pub caller: Option<Caller>,
    /// The identity policies of the caller and its groups.
    pub identity: Vec<NamedPolicy<'a>>,
    /// Its permissions boundary.
    pub permissions_boundary: Option<NamedPolicy<'a>>,
    /// The session policies; any of them may allow.
    pub session: Vec<NamedPolicy<'a>>,
    /// The policies of resources: of buckets, of KMS keys, and of roles their trust policies.
    pub resource: Vec<ResourcePolicy<'a>>,
    /// The SCPs on the caller's account, by level from the root to the account.
    pub service_control: Vec<Vec<NamedPolicy<'a>>>,
    /// The RCPs on the resources' account, by level from the root to the account.
    pub resource_control: Vec<Vec<NamedPolicy<'a>>>,
}

/// The policy of one resource.
#[derive(Clone, Debug)]
pub struct ResourcePolicy<'a> {
    /// Whose policy it is. A bucket stands for its objects too; a role has a trust policy.
    pub resource: Resource,
    /// The account that owns it, where its ARN does not say so.
    pub owner: Option<AccountId>,
    /// The policy.
    pub policy: NamedPolicy<'a>,
}

/// Whose requests a set holds.
#[derive(Clone, Debug)]
pub(crate) struct Principal<'a> {
    caller: Option<Caller>,
    /// A request of the caller, to ask about the caller alone.
    probe: Option<Request>,
    /// All but the resource's policy.
    policies: Policies<&'a PolicyDocument>,
    governed: Vec<Governed<'a>>,
}

/// A resource whose policy is known.
#[derive(Clone, Debug)]
pub(crate) struct Governed<'a> {
    resource: Resource,
    /// What kind of policy it has.
    pub(crate) layer: Layer,
    pub(crate) owner: Option<AccountId>,
    document: &'a PolicyDocument,
}

/// The calls that a trust policy decides about: those of STS that act on a role.
pub(super) const TRUST_ACTIONS: [&str; 6] = [
    "sts:setcontext",
    "sts:assumerole",
    "sts:assumerolewithwebidentity",
    "sts:assumerolewithsaml",
    "sts:tagsession",
    "sts:setsourceidentity",
];

/// Those of them that assume the role.
const ASSUME_ACTIONS: [&str; 3] =
    ["sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];

impl Governed<'_> {
    /// Whether its policy has a say about a request.
    fn governs(&self, request: &Request) -> bool {
        self.resource.governs(request.resource.text())
            && match self.layer {
                Layer::TrustPolicy => TRUST_ACTIONS.contains(&request.action.folded()),
                _ => self.resource.service() == request.action.service(),
            }
    }

    /// The actions that it has a say about, and its resources.
    fn scope(&self) -> Option<Statement> {
        let own = self.resource.text();
        let actions = match self.layer {
            Layer::TrustPolicy => TRUST_ACTIONS.map(str::to_owned).to_vec(),
            _ => vec![format!("{}:*", self.resource.service())],
        };
        let mut resources = vec![ArnPattern::parse(own, false).ok()?];
        if self.resource.is_bucket() {
            resources.push(ArnPattern::parse(&format!("{own}/*"), false).ok()?);
        }
        Some(allow(&actions, resources))
    }
}

/// A statement that allows these actions without any condition.
fn allow(actions: &[String], resources: Vec<ArnPattern>) -> Statement {
    let actions = actions.iter().filter_map(|action| ActionPattern::parse(action).ok());
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(actions.collect()),
        resource: Some(Clause::Is(resources)),
        conditions: Vec::new(),
    }
}

impl<'a> Principal<'a> {
    pub(crate) fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    pub(crate) fn governed(&self, at: usize) -> Option<&Governed<'a>> {
        self.governed.get(at)
    }

    /// Whether the account that asks owns a resource; `None` where that is not known.
    pub(crate) fn owns(&self, governed: &Governed<'_>) -> Option<bool> {
        let account = self.caller.as_ref()?.account()?;
        Some(account == governed.owner?)
    }

    /// Whether the caller has an account whose policies have a say.
    pub(crate) fn has_account(&self) -> bool {
        !matches!(
            self.caller,
            Some(Caller::Service(_) | Caller::WebIdentity(_) | Caller::Anonymous)
        )
    }

    pub(crate) fn is_user(&self) -> bool {
        matches!(self.caller, Some(Caller::User(_)))
    }

    /// The value that a key, in lower case, has in all requests of the caller.
    pub(crate) fn fact(&self, key: &str) -> Option<&str> {
        match Subject::new(self.probe.as_ref()?).values(key) {
            Values::One(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the evaluator allows a request when this principal makes it.
    pub(crate) fn decide(&self, request: &Request) -> Truth {
        let mut asked = request.clone();
        if self.caller.is_some() {
            asked.caller.clone_from(&self.caller);
            // What follows from the caller cannot be said otherwise.
            let open = |key: &str| self.fact(key).is_none();
            let kept = request.context.iter().filter(|(key, _)| open(key.folded()));
            asked.context = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
        }
        match self.governed.iter().find(|governed| governed.governs(request)) {
            Some(governed) => {
                asked.resource_account = governed.owner.or(asked.resource_account);
                let resource = Some(governed.document);
                evaluate::allows(&asked, &Policies { resource, ..self.policies.clone() })
            }
            None => evaluate::allows_where_left_to_account(&asked, &self.policies),
        }
    }
}

fn probe(caller: Option<&Caller>) -> Option<Request> {
    Some(Request {
        caller: caller.cloned(),
        action: Action::parse("sts:AssumeRole").ok()?,
        resource: Resource::parse("*").ok()?,
        resource_account: None,
        context: RequestContext::default(),
    })
}

impl<'a> Layers<'a> {
    /// Whose they are, and what is left of them once that is known.
    pub(crate) fn prepared(&self, catalogue: &Catalogue) -> (Principal<'a>, Vec<RuleLayer<'a>>) {
        let principal = self.principal();
        let mut layers = Vec::new();
        if let Some(probe) = &principal.probe {
            let path_matters =
                matches!(self.caller, Some(Caller::Session(_))) && self.asks_for_principal_arn();
            let making = Making { catalogue, principal: &principal, probe, path_matters };
            making.layers(self, &mut layers);
        }
        (principal, layers)
    }

    fn asks_for_principal_arn(&self) -> bool {
        let own = self.identity.iter().chain(&self.permissions_boundary).chain(&self.session);
        let levels = self.service_control.iter().chain(&self.resource_control).flatten();
        let resources = self.resource.iter().map(|resource| &resource.policy);
        let statements = |policy: &NamedPolicy<'a>| policy.document.statements.iter();
        let mut statements = own.chain(levels).chain(resources).flat_map(statements);
        let asks = |condition: &Condition| condition.key.folded() == "aws:principalarn";
        statements.any(|statement| statement.conditions.iter().any(asks))
    }

    fn principal(&self) -> Principal<'a> {
        let documents = |all: &[NamedPolicy<'a>]| all.iter().map(|p| p.document).collect();
        let levels = |all: &[Vec<NamedPolicy<'a>>]| all.iter().map(|l| documents(l)).collect();
        let mut governed: Vec<Governed<'a>> = Vec::new();
        for ResourcePolicy { resource, owner, policy } in &self.resource {
            let layer = resource.policy_layer();
            // A resource has one policy.
            if !governed.iter().any(|known| known.resource == *resource) {
                let (resource, document) = (resource.clone(), policy.document);
                let owner = owner.or(resource.account());
                governed.push(Governed { resource, layer, owner, document });
            }
        }
        let policies = Policies {
            identity: documents(&self.identity),
            permissions_boundary: self.permissions_boundary.as_ref().map(|p| p.document),
            session: documents(&self.session),
            resource: None,
            service_control: levels(&self.service_control),
            resource_control: levels(&self.resource_control),
        };
        let probe = probe(self.caller.as_ref());
        Principal { caller: self.caller.clone(), probe, policies, governed }
    }
}

/// The making of a principal's layers.
struct Making<'m, 'a> {
    catalogue: &'m Catalogue,
    principal: &'m Principal<'a>,
    /// A request of the principal.
    probe: &'m Request,
    /// Whether the caller is a session, and some policy asks for the whole ARN of its role.
    path_matters: bool,
}

impl<'a> Making<'_, 'a> {
    fn layers(&self, of: &Layers<'a>, layers: &mut Vec<RuleLayer<'a>>) {
        let reach = Reach::of(&Subject::new(self.probe));
        match reach.own {
            Own::Policies => {
                // AWS: without a session policy, a federated user has no permissions of its own:
                // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
                let is_federated = matches!(of.caller, Some(Caller::FederatedUser(_)));
                let nothing = is_federated && of.session.is_empty();
                let mut identity = self.layer(Layer::Identity, None, Part::Identity, &of.identity);
                identity.rules.retain(|rule| !nothing || !rule.allows());
                self.forget_what_it_cannot_assume(&mut identity);
                layers.push(identity);
                if let Some(boundary) =
                    of.permissions_boundary.as_ref().filter(|_| !reach.is_bound.is_false())
                {
                    let part = Part::Boundary(reach.is_bound);
                    let boundary = std::slice::from_ref(boundary);
                    layers.push(self.layer(Layer::PermissionsBoundary, None, part, boundary));
                }
                if !of.session.is_empty() {
                    layers.push(self.layer(Layer::SessionPolicy, None, Part::Session, &of.session));
                }
            }
            Own::Everything => layers.push(self.root()),
            Own::Nothing => {}
        }
        for (at, governed) in self.principal.governed.iter().enumerate() {
            let policy = of.resource.iter().find(|one| one.resource == governed.resource);
            layers.extend(policy.and_then(|one| self.resource(at, governed, &one.policy)));
        }
        if !reach.is_bound.is_false() {
            if reach.own != Own::Nothing {
                for (level, policies) in of.service_control.iter().enumerate() {
                    let part = Part::Gate(reach.is_bound);
                    let layer = Layer::ServiceControlPolicy;
                    layers.push(self.layer(layer, Some(level), part, policies));
                }
            }
            for (level, policies) in of.resource_control.iter().enumerate() {
                let part = Part::Denies(reach.is_bound);
                let layer = Layer::ResourceControlPolicy;
                let mut layer = self.layer(layer, Some(level), part, policies);
                layer.rules.retain(|rule| !rule.allows());
                for rule in &mut layer.rules {
                    // AWS: RCPs cover some services, and not this action; that they do not cover
                    // `alias/aws/` does not matter, since nobody can make such an alias:
                    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
                    rule.keep_rcp_services(self.catalogue);
                    rule.forget_actions(self.catalogue, &["kms:retiregrant"]);
                }
                layers.push(layer);
            }
        }
        layers.push(self.always());
    }

    fn layer(
        &self,
        layer: Layer,
        level: Option<usize>,
        part: Part,
        policies: &[NamedPolicy<'a>],
    ) -> RuleLayer<'a> {
        let rules = policies.iter().flat_map(|policy| {
            let statements = policy.document.statements.iter().enumerate();
            statements.filter_map(|(index, statement)| {
                let mut rule = self.rule(layer, policy.name, index, statement)?;
                rule.level = level;
                Some(rule)
            })
        });
        let rules = rules.collect();
        let policies = policies.iter().map(|policy| policy.name).collect();
        RuleLayer { layer, level, policies, part, rules }
    }

    /// A statement without what the caller settles; `None` where it is not about this caller.
    fn rule(
        &self,
        layer: Layer,
        policy: &'a str,
        index: usize,
        statement: &'a Statement,
    ) -> Option<Rule<'a>> {
        let bounded = self.principal.policies.permissions_boundary.is_some();
        let mut naming = evaluate::naming(statement, self.probe, bounded);
        if self.path_matters && naming.role.is_true() {
            naming.role = Truth::Unknown(Why::ValueUnknown);
        }
        if naming.any().is_false() {
            return None;
        }
        let subject = Subject::new(self.probe);
        let known = |key: &str| match subject.values(key) {
            one @ Values::One(_) => one,
            _ => Values::Unknown,
        };
        let holds = |condition: &Condition| {
            condition::holds(condition, statement.effect, known(condition.key.folded()), known)
        };
        let truths: Vec<Truth> = statement.conditions.iter().map(holds).collect();
        if truths.contains(&Truth::False) {
            return None;
        }
        let statement = if statement.principal.is_none() && !truths.contains(&Truth::True) {
            Cow::Borrowed(statement)
        } else {
            let open = statement.conditions.iter().zip(&truths).filter(|(_, t)| !t.is_true());
            let conditions = open.map(|(condition, _)| condition.clone()).collect();
            Cow::Owned(Statement { principal: None, conditions, ..statement.clone() })
        };
        let mut rule = Rule::new(self.catalogue, layer, policy, index, statement);
        rule.naming = naming;
        Some(rule)
    }

    /// The policy of a resource, behind the rule that tells what it governs.
    fn resource(
        &self,
        at: usize,
        governed: &Governed<'_>,
        policy: &NamedPolicy<'a>,
    ) -> Option<RuleLayer<'a>> {
        let scope = Cow::Owned(governed.scope()?);
        let scope = Rule::new(self.catalogue, governed.layer, policy.name, 0, scope);
        let part = Part::Resource(at);
        let mut layer = self.layer(governed.layer, None, part, std::slice::from_ref(policy));
        if let Ok(resource) = Resource::parse(governed.resource.text()) {
            let asked = Request { resource, ..self.probe.clone() };
            let cannot = |action: &&&str| {
                Action::parse(action).is_ok_and(|action| {
                    evaluate::cannot_assume(&Request { action, ..asked.clone() }).is_some()
                })
            };
            let cannot: Vec<&str> = TRUST_ACTIONS.iter().filter(cannot).copied().collect();
            let is_trust = governed.layer == Layer::TrustPolicy;
            for rule in layer.rules.iter_mut().filter(|rule| is_trust && rule.allows()) {
                rule.forget_actions(self.catalogue, &cannot);
            }
        }
        // AWS: a bucket policy cannot keep the owner's root user from reading and replacing it:
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
        if matches!(self.principal.caller, Some(Caller::Root(_))) {
            let own = ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"];
            for rule in layer.rules.iter_mut().filter(|rule| !rule.allows()) {
                match self.principal.owns(governed) {
                    Some(true) => rule.forget_actions(self.catalogue, &own),
                    Some(false) => {}
                    None => rule.naming = Naming::all(Truth::Unknown(Why::OwnerUnknown)),
                }
            }
        }
        layer.rules.insert(0, scope);
        Some(layer)
    }

    /// Each call to assume a role has its own kind of callers, whatever their policies say.
    fn forget_what_it_cannot_assume(&self, layer: &mut RuleLayer<'a>) {
        let cannot = |action: &&str| {
            Action::parse(action).is_ok_and(|action| {
                evaluate::cannot_assume(&Request { action, ..self.probe.clone() }).is_some()
            })
        };
        let cannot: Vec<&str> = ASSUME_ACTIONS.into_iter().filter(cannot).collect();
        for rule in layer.rules.iter_mut().filter(|rule| rule.allows()) {
            rule.forget_actions(self.catalogue, &cannot);
        }
    }

    /// What the root user may do: everything that nothing denies.
    fn root(&self) -> RuleLayer<'a> {
        let rule =
            |statement| Rule::new(self.catalogue, Layer::Identity, ROOT, 0, Cow::Owned(statement));
        // It can assume no role; of the calls about sessions, that leaves those of others.
        let mut all = rule(allow(&["*".to_owned()], vec![ArnPattern::Any]));
        all.forget_actions(self.catalogue, &TRUST_ACTIONS);
        let [context, .., tag, identity] = TRUST_ACTIONS.map(str::to_owned);
        let of_sessions =
            [("federated-user/*", vec![tag, identity]), ("self", vec![context])].into_iter();
        let of_sessions = of_sessions.filter_map(|(name, actions)| {
            let arn = ArnPattern::parse(&format!("arn:*:sts::*:{name}"), false).ok()?;
            Some(rule(allow(&actions, vec![arn])))
        });
        RuleLayer {
            layer: Layer::Identity,
            level: None,
            policies: vec![ROOT],
            part: Part::Identity,
            rules: std::iter::once(all).chain(of_sessions).collect(),
        }
    }

    /// What AWS allows whatever policies say.
    fn always(&self) -> RuleLayer<'a> {
        let actions = evaluate::ALWAYS_ALLOWED.map(str::to_owned);
        let statement = Cow::Owned(allow(&actions, vec![ArnPattern::Any]));
        let rule = Rule::new(self.catalogue, Layer::Identity, ROOT, 0, statement);
        RuleLayer {
            layer: Layer::Identity,
            level: None,
            policies: Vec::new(),
            part: Part::Always,
            rules: vec![rule],
        }
    }
}

/// What reports call the permissions that no policy gives: those of a root user, and what AWS allows
/// to everyone.
pub(super) const ROOT: &str = "root user";
