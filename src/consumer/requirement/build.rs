//! From an estate to requirements.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::merge::merged;
use super::{Fixed, NAMESPACE_TAG, RequiredCall, Requirement, Why};
use crate::catalogue::{ApiCall, ApiTable, CallOption, Dialect, Target as On};
use crate::consumer::estate::{Also, Deployment, Estate, Partition, RoleRef, RoleUse, Trust};
use crate::consumer::key::{KeyPattern, KeyTemplate, NAMESPACE};
use crate::consumer::model::{Call, Component, Denial, Namespaces, ParameterType, Target};
use crate::consumer::scope::Scope;
use crate::iam::{AccountId, Action, ContextKey};
use crate::parallel;
use crate::pattern::{ArnPattern, Pattern, Syntax};

/// One use of a role: by which deployment, and how.
type Use<'a> = (&'a Deployment<'a>, &'a RoleUse);

impl Estate<'_> {
    /// What each role of the estate must be able to do, sorted by role.
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        /// Fewer are not worth a thread.
        const FEW: usize = 64;
        let mut by_role: BTreeMap<&RoleRef, Vec<Use<'_>>> = BTreeMap::new();
        for deployment in &self.deployments {
            for used in &deployment.uses {
                by_role.entry(&used.role).or_default().push((deployment, used));
            }
        }
        let roles: Vec<(&RoleRef, Vec<Use<'_>>)> = by_role.into_iter().collect();
        parallel::each(&roles, FEW, |(role, uses)| self.of_all_uses(role, uses))
    }

    /// What one role must be able to do, in all its uses.
    fn of_all_uses(&self, role: &RoleRef, uses: &[Use<'_>]) -> Requirement {
        let mut requirement = empty(role);
        for (deployment, used) in uses {
            self.add(deployment, used, &mut requirement);
        }
        for names in
            [&mut requirement.deployments, &mut requirement.components, &mut requirement.profiles]
        {
            names.sort();
            names.dedup();
        }
        requirement.calls = merged(requirement.calls);
        requirement
    }

    /// What one use of a role needs, by itself.
    pub(in crate::consumer) fn requirement(
        &self,
        deployment: &Deployment<'_>,
        used: &RoleUse,
    ) -> Requirement {
        let mut requirement = empty(&used.role);
        self.add(deployment, used, &mut requirement);
        requirement
    }

    fn add(&self, deployment: &Deployment<'_>, used: &RoleUse, requirement: &mut Requirement) {
        requirement.deployments.push(deployment.name.clone());
        requirement.profiles.extend(used.profiles.iter().cloned());
        requirement.abac |= used.abac;
        requirement.components.extend(used.components.iter().cloned());
        if let Some(trust) = &used.trust
            && !requirement.trust.contains(trust)
        {
            requirement.trust.push(trust.clone());
        }
        let outer = Scope::own(deployment);
        let assumes = outer.assumes().is_some();
        for component in
            used.components.iter().filter_map(|name| deployment.consumer.component(name))
        {
            if !outer.runs(component) {
                continue;
            }
            let mut parts: Vec<(Scope<'_>, &Component)> = vec![(outer.clone(), component)];
            for other in &component.uses {
                let Ok(consumer) = self.consumers.get(&other.consumer) else { continue };
                let Some(inner) = consumer.component(&other.component) else { continue };
                parts.push((outer.of_use(other, consumer), inner));
            }
            for (scope, part) in parts {
                if !scope.runs(part) {
                    continue;
                }
                let maker = Maker {
                    scope: &scope,
                    component,
                    part,
                    used,
                    partition: self.partition,
                    filled: RefCell::default(),
                    arns: RefCell::default(),
                };
                for call in part.calls.iter().filter(|call| scope.makes(call)) {
                    // With an assumed role, a component's own role does no more than assume it.
                    let own = matches!(call.target, Target::Role(_));
                    if !assumes || own == used.assumed_by.is_empty() {
                        maker.call(call, &mut requirement.calls);
                    }
                }
            }
        }
    }
}

fn empty(role: &RoleRef) -> Requirement {
    Requirement {
        role: role.clone(),
        deployments: Vec::new(),
        components: Vec::new(),
        profiles: Vec::new(),
        abac: false,
        trust: Vec::new(),
        calls: Vec::new(),
    }
}

/// Makes the requests of one component's calls.
struct Maker<'a> {
    scope: &'a Scope<'a>,
    /// The deployment's component.
    component: &'a Component,
    /// The component whose code it is: the same, or one that it uses.
    part: &'a Component,
    used: &'a RoleUse,
    partition: Partition,
    /// Many calls are made on the same keys: what their templates have become,
    filled: RefCell<Vec<(&'a KeyTemplate, Filled)>>,
    /// and what their ARNs read as.
    arns: RefCell<FxHashMap<String, ArnPattern>>,
}

/// The keys that a template stands for.
type Filled = Rc<[KeyPattern]>;

/// Where a call goes.
struct Location<'l> {
    bucket: &'l str,
    keys: Filled,
    from: Filled,
}

impl<'a> Maker<'a> {
    fn call(&self, call: &'a Call, out: &mut Vec<RequiredCall>) {
        let keys = match &call.target {
            Target::Keys(keys) => self.fill(keys),
            Target::Bucket { prefix: Some(prefix), .. } => self.fill(prefix),
            Target::Bucket { prefix: None, .. } | Target::Role(_) => Rc::default(),
        };
        let from = call.from.as_ref().map(|from| self.fill(from)).unwrap_or_default();
        if let Target::Role(parameter) = &call.target {
            self.at(call, &Location { bucket: parameter, keys, from }, out);
            return;
        }
        for bucket in call.buckets.iter().filter_map(|name| self.scope.bucket(name)) {
            self.at(
                call,
                &Location { bucket, keys: Rc::clone(&keys), from: Rc::clone(&from) },
                out,
            );
        }
        let wanted = |also: &&Also| call.also.is_some_and(|access| also.access.contains(&access));
        for also in self.scope.deployment.also.iter().filter(wanted) {
            let filled: Vec<Filled> = also.keys.iter().map(|keys| self.fill(keys)).collect();
            let keys = filled.iter().flat_map(|keys| keys.iter().cloned()).collect();
            self.at(call, &Location { bucket: &also.bucket, keys, from: Rc::default() }, out);
        }
    }

    fn at(&self, call: &Call, place: &Location<'_>, out: &mut Vec<RequiredCall>) {
        for api in call.apis.iter().filter_map(|name| ApiTable::embedded().get(name)) {
            let options = self.options(call);
            for evaluation in api.needs(Dialect::Aws, &options) {
                let Ok(action) = Action::parse(&evaluation.action) else { continue };
                let list = is_list(&action);
                let requests = match evaluation.on {
                    On::Bucket if list => self.lists(call, place),
                    On::Bucket => vec![(self.bucket(place.bucket), Vec::new())],
                    On::Key => place
                        .keys
                        .iter()
                        .map(|key| (self.object(place.bucket, key), Vec::new()))
                        .collect(),
                    On::SourceKey => place
                        .from
                        .iter()
                        .map(|key| (self.object(place.bucket, key), Vec::new()))
                        .collect(),
                    On::KmsKey | On::SourceKmsKey => self.kms(),
                    On::Role => {
                        self.role(place.bucket).into_iter().map(|arn| (arn, Vec::new())).collect()
                    }
                    On::Table | On::Resource | On::Any => Vec::new(),
                };
                let why = match evaluation.on {
                    On::KmsKey | On::SourceKmsKey => Why::Kms,
                    _ => Why::Call,
                };
                for (resource, fixed) in requests {
                    self.push(call, api, (&action, why, self.denied(call)), &resource, fixed, out);
                }
            }
            self.missing_key(call, api, place, out);
        }
    }

    /// What is sent with the call; the tags of a session go along to a role that it assumes.
    fn options(&self, call: &Call) -> Vec<CallOption> {
        let tagged = self.used.trust.as_ref().is_some_and(Trust::passes_tags_on);
        let tags = tagged && matches!(call.target, Target::Role(_));
        call.options.iter().copied().chain(tags.then_some(CallOption::SessionTags)).collect()
    }

    /// For a missing key AWS evaluates `s3:ListBucket` with the key as `s3:prefix`.
    // AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    fn missing_key(
        &self,
        call: &Call,
        api: &ApiCall,
        place: &Location<'_>,
        out: &mut Vec<RequiredCall>,
    ) {
        let Some(missing) = call.missing_key.as_ref().filter(|_| api.missing_key) else { return };
        if !self.scope.holds(missing.when.as_ref()) {
            return;
        }
        let Ok(action) = Action::parse("s3:ListBucket") else { return };
        let bucket = self.bucket(place.bucket);
        for key in place.keys.iter() {
            let fixed = vec![prefix(Fixed::Like(like(key))), delimiter(Fixed::Absent)];
            let facts = (&action, Why::MissingKey, missing.denied);
            let before = out.len();
            self.push(call, api, facts, &bucket, fixed, out);
            for made in out.iter_mut().skip(before) {
                made.feature = self.feature(missing.when.as_ref().or(call.when.as_ref()));
            }
        }
    }

    /// The list requests of a call: with each prefix it sends, or without one.
    fn lists(&self, call: &Call, place: &Location<'_>) -> Vec<(String, Vec<(ContextKey, Fixed)>)> {
        let bucket = self.bucket(place.bucket);
        let (sends, sent) = match &call.target {
            Target::Bucket { prefix, delimiter } => (prefix.is_some(), delimiter.clone()),
            _ => (false, None),
        };
        let sent = delimiter(sent.map_or(Fixed::Absent, Fixed::Equals));
        if !sends {
            return vec![(bucket, vec![prefix(Fixed::Absent), sent])];
        }
        let with =
            |key: &KeyPattern| (bucket.clone(), vec![prefix(Fixed::Like(like(key))), sent.clone()]);
        place.keys.iter().map(with).collect()
    }

    fn kms(&self) -> Vec<(String, Vec<(ContextKey, Fixed)>)> {
        let deployment = self.scope.deployment;
        let Some(key) = &deployment.kms_key else { return Vec::new() };
        // AWS: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        let via = |region: &String| {
            let service = format!("s3.{region}.{}", self.partition.suffix());
            (ContextKey::new("kms:ViaService"), Fixed::Equals(service))
        };
        vec![(key.arn.clone(), deployment.region.iter().map(via).collect())]
    }

    fn push(
        &self,
        call: &Call,
        api: &ApiCall,
        (action, why, denied): (&Action, Why, Denial),
        resource: &str,
        mut fixed: Vec<(ContextKey, Fixed)>,
        out: &mut Vec<RequiredCall>,
    ) {
        let Some(resource) = self.arn(resource) else { return };
        let deployment = self.scope.deployment;
        let own_account = self.used.role.account;
        let resource_account = match why {
            Why::Kms => deployment.kms_key.as_ref().map(|key| key.account),
            Why::Call | Why::MissingKey if action.service() == "s3" => {
                deployment.bucket_account.or(own_account)
            }
            Why::Call | Why::MissingKey => arn_account(resource.text()),
        };
        // S3 calls KMS by itself, and not over the caller's connection.
        if why != Why::Kms {
            let plain = self.scope.plain_http() && action.service() == "s3";
            let tls = if plain { "false" } else { "true" };
            fixed.push((ContextKey::new("aws:SecureTransport"), Fixed::Equals(tls.to_owned())));
        }
        fixed.sort();
        let when = call.when.as_ref().or(self.part.when.as_ref()).or(self.component.when.as_ref());
        out.push(RequiredCall {
            deployment: deployment.name.clone(),
            component: self.component.name.clone(),
            api: api.api.clone(),
            action: action.clone(),
            resource,
            resource_account,
            fixed,
            denied,
            occurs: call.occurs,
            switched_on: self.scope.switched_on(when).is_some(),
            feature: self.feature(when),
            why,
            note: call.note.clone(),
            evidence: call.evidence.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        });
    }

    /// The feature that leads to a call: one that somebody asked for before one that is on anyway.
    fn feature(&self, when: Option<&crate::consumer::condition::When>) -> Option<String> {
        use crate::consumer::condition::Facts;
        let on = |name: &&str| self.scope.feature(name);
        let any = || when.map(|w| w.features()).unwrap_or_default().into_iter().find(on);
        self.scope.switched_on(when).or_else(any).map(str::to_owned)
    }

    fn denied(&self, call: &Call) -> Denial {
        let holds = call.denied_if.iter().find(|(when, _)| self.scope.holds(Some(when)));
        holds.map_or(call.denied, |(_, denied)| *denied)
    }

    fn bucket(&self, name: &str) -> String {
        format!("arn:{}:s3:::{name}", self.partition)
    }

    fn object(&self, bucket: &str, key: &KeyPattern) -> String {
        format!("{}/{key}", self.bucket(bucket))
    }

    fn role(&self, parameter: &str) -> Option<String> {
        let text = self.scope.deployment.parameter(parameter).first()?;
        RoleRef::parse(text, self.used.role.account, self.partition).ok()?.arn()
    }

    fn arn(&self, text: &str) -> Option<ArnPattern> {
        if let Some(known) = self.arns.borrow().get(text) {
            return Some(known.clone());
        }
        let read = ArnPattern::parse(text, true).ok()?;
        self.arns.borrow_mut().insert(text.to_owned(), read.clone());
        Some(read)
    }

    /// The patterns of a model's keys, or of an `also` entry.
    fn fill(&self, template: &'a KeyTemplate) -> Filled {
        let mut filled = self.filled.borrow_mut();
        if let Some((_, known)) = filled.iter().find(|(known, _)| *known == template) {
            return Rc::clone(known);
        }
        let patterns: Filled = self.patterns(template).into();
        filled.push((template, Rc::clone(&patterns)));
        patterns
    }

    fn patterns(&self, template: &KeyTemplate) -> Vec<KeyPattern> {
        let mut filled = vec![template.clone()];
        for parameter in self.scope.consumer.parameters() {
            if !template.names().contains(parameter.name.as_str()) {
                continue;
            }
            let values = self.values(&parameter.name, parameter.kind);
            filled = filled.iter().flat_map(|t| t.fill(&parameter.name, &values)).collect();
        }
        let namespaces = self.namespaces();
        let filled = filled.iter().flat_map(|t| t.fill(NAMESPACE, &namespaces));
        filled.map(|t| t.pattern()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn values(&self, name: &str, kind: ParameterType) -> Vec<KeyTemplate> {
        let given = self.scope.deployment.parameter(name);
        let given: &[String] = if given.is_empty() {
            self.scope.consumer.parameter(name).map_or(&[], |p| &p.default)
        } else {
            given
        };
        let read = |text: &String| match kind {
            ParameterType::KeyFormat => KeyTemplate::parse_format(text).ok(),
            _ => KeyTemplate::parse_path(text).ok(),
        };
        let found: Vec<KeyTemplate> = given.iter().filter_map(read).collect();
        if found.is_empty() { vec![KeyTemplate::name(None)] } else { found }
    }

    /// The namespaces that the component's keys lie in; any where they are not known.
    fn namespaces(&self) -> Vec<KeyTemplate> {
        let accounts = || {
            self.used.service_accounts.iter().map(|a| a.namespace.clone()).collect::<BTreeSet<_>>()
        };
        if self.used.abac && self.component.namespaces == Namespaces::Profiles {
            return vec![KeyTemplate::variable(NAMESPACE_TAG)];
        }
        let names: BTreeSet<String> = match self.component.namespaces {
            Namespaces::All => BTreeSet::new(),
            Namespaces::Profiles if !self.used.profiles.is_empty() => {
                self.used.profiles.iter().cloned().collect()
            }
            Namespaces::Profiles | Namespaces::ServiceAccounts => accounts(),
        };
        if names.is_empty() {
            return vec![KeyTemplate::name(None)];
        }
        names.iter().map(|name| KeyTemplate::name(Some(name))).collect()
    }
}

/// The actions whose requests may carry `s3:prefix` and `s3:delimiter`.
// AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
fn is_list(action: &Action) -> bool {
    matches!(action.folded(), "s3:listbucket" | "s3:listbucketversions")
}

fn prefix(fixed: Fixed) -> (ContextKey, Fixed) {
    (ContextKey::new("s3:prefix"), fixed)
}

fn delimiter(fixed: Fixed) -> (ContextKey, Fixed) {
    (ContextKey::new("s3:delimiter"), fixed)
}

fn like(key: &KeyPattern) -> Pattern {
    Pattern::parse(&key.to_string(), Syntax::GlobWithVariables)
}

fn arn_account(arn: &str) -> Option<AccountId> {
    AccountId::parse(arn.split(':').nth(4)?).ok()
}
