//! Condition keys that say who asks: a request is one only where they agree with its caller.

use super::{Callers, representatives};
use crate::evaluate::{Subject, Values, session_is_of};
use crate::exact::set::Rule;
use crate::iam::{Caller, ContextKey, ContextValue, Request, RequestContext};

const ARN: &str = "aws:PrincipalArn";

/// Keys whose values follow from the caller.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties>
const FOLLOWING: [&str; 6] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:username",
];

/// Whether only who signs a request can carry the key.
///
/// AWS: "Availability" of each key on the page above.
fn is_of_signed(key: &ContextKey) -> bool {
    let key = key.folded();
    key.starts_with("aws:principaltag/")
        || matches!(key, "aws:principalorgid" | "aws:principalorgpaths" | "aws:userid")
}

/// Callers who may tell statements apart: those of [`representatives`], and those of whom conditions
/// speak. Whom a provider vouches for comes last: few actions are theirs.
pub(crate) fn candidates<'r>(rules: impl Iterator<Item = &'r Rule<'r>> + Clone) -> Vec<Caller> {
    let mut callers = Callers::default();
    for condition in rules.clone().flat_map(|rule| &rule.statement.conditions) {
        let texts = condition.operands.iter().map(|operand| &*operand.text);
        match condition.key.folded() {
            "aws:principalarn" => {
                let spelled = texts.filter_map(|text| Caller::parse(&spelled(text)).ok());
                spelled.for_each(|caller| callers.push(caller));
            }
            "aws:principalaccount" => texts.for_each(|account| callers.of_account("aws", account)),
            _ => {}
        }
    }
    representatives(rules).into_iter().for_each(|caller| callers.push(caller));
    callers.0.sort_by_key(|caller| matches!(caller, Caller::WebIdentity(_)));
    callers.0
}

/// An ARN that a pattern of ARNs of principals may mean.
fn spelled(pattern: &str) -> String {
    let fill = |(at, field): (usize, &str)| match at {
        1 if field.contains(['*', '?']) => "aws".to_owned(),
        4 if field.contains(['*', '?']) => "123456789012".to_owned(),
        _ => field.replace('*', "example").replace('?', "x"),
    };
    pattern.splitn(6, ':').enumerate().map(fill).collect::<Vec<_>>().join(":")
}

/// Requests like `request` whose keys agree with their callers, the likeliest first: by its own
/// caller, by the one that its keys describe, by `others`. Nothing is done to one without a caller.
pub(crate) fn agreeing(request: &Request, others: &[Caller]) -> Vec<Request> {
    let Some(caller) = &request.caller else { return vec![request.clone()] };
    let bare = without(&request.context);
    let mut found = Vec::new();
    let mut push = |caller: &Caller| {
        let made = |context| Request { caller: Some(caller.clone()), context, ..request.clone() };
        found.push(made(bare.clone()));
        if let Some(arn) = role_of(caller, request) {
            let mut context = bare.clone();
            context.insert(ContextKey::new(ARN), ContextValue::Single(arn));
            found.push(made(context));
        }
    };
    if agrees(request) {
        push(caller);
    }
    for described in described(&request.context) {
        push(&described);
    }
    push(caller);
    others.iter().for_each(push);
    found.retain(agrees);
    found
}

fn follows(key: &ContextKey) -> bool {
    FOLLOWING.contains(&key.folded())
}

fn without(context: &RequestContext) -> RequestContext {
    let others = context.iter().filter(|(key, _)| !follows(key));
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Whether what the request says of its caller is so, as far as it names one.
pub(crate) fn agrees(request: &Request) -> bool {
    if request.caller.is_none() {
        return true;
    }
    let is_unsigned = request.caller == Some(Caller::Anonymous);
    if is_unsigned && request.context.iter().any(|(key, _)| is_of_signed(key)) {
        return false;
    }
    let bare = Request { context: without(&request.context), ..request.clone() };
    request.context.iter().filter(|(key, _)| follows(key)).all(|(key, value)| {
        let ContextValue::Single(value) = value else { return false };
        match (Subject::new(&bare).values(key.folded()), &request.caller) {
            (Values::One(own), _) => own == value,
            (Values::Unknown, Some(Caller::Session(own))) => session_is_of(own, value),
            _ => false,
        }
    })
}

/// The callers whom the keys of a context describe.
fn described(context: &RequestContext) -> Vec<Caller> {
    let mut callers = Callers::default();
    let text = |key: &str| match context.get(key) {
        Some(ContextValue::Single(text)) => Some(text.as_str()),
        _ => None,
    };
    if let Some(caller) = text("aws:principalarn").and_then(|arn| Caller::parse(arn).ok()) {
        callers.push(caller);
    }
    if let Some(account) = text("aws:principalaccount") {
        callers.of_account("aws", account);
    }
    if let Some(name) = text("aws:principalservicename") {
        callers.push(Caller::Service(name.into()));
    }
    callers.0
}

/// The ARN of a session's role: the one that the request names if it is that, else without a path.
fn role_of(caller: &Caller, request: &Request) -> Option<String> {
    let Caller::Session(own) = caller else { return None };
    if let Some(ContextValue::Single(role)) = request.context.get("aws:principalarn")
        && session_is_of(own, role)
    {
        return Some(role.clone());
    }
    let fields: Vec<&str> = own.splitn(6, ':').collect();
    let [_, partition, _, _, account, name] = fields.as_slice() else { return None };
    let role = name.strip_prefix("assumed-role/")?.split('/').next()?;
    Some(format!("arn:{partition}:iam::{account}:role/{role}"))
}
