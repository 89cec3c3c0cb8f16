//! The same decision once more, slowly, as a tree of what matched and what did not.

mod text;
mod variables;

use super::combine::{decide, is_always_allowed};
use super::decision::Decision;
use super::layers::{Reach, cannot_assume, resource_layer};
use super::policies::Policies;
use super::statement::Match;
use super::subject::Subject;
use super::{Truth, Values, Why};
use crate::iam::{
    ActionPattern, Caller, Clause, Condition, Effect, Layer, PolicyDocument, PrincipalPattern,
    Request,
};
use crate::pattern::ArnPattern;
use serde::Serialize;
use std::sync::Arc;

/// Why a request was decided as it was. Prints as an indented tree.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The decision.
    pub decision: Decision<'p>,
    /// What is to be known about it: whose the resource is, and what was not looked at.
    pub notes: Vec<String>,
    /// The layers that were given, in order, level by level.
    pub layers: Vec<LayerExplanation>,
}

/// One layer, or one level of an organization's policies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerExplanation {
    /// Which.
    pub layer: Layer,
    /// The level from the root to the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// Why it has no say, if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent: Option<&'static str>,
    /// Its policies.
    pub policies: Vec<PolicyExplanation>,
}

/// One policy of a layer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyExplanation {
    /// Its statements, in order.
    pub statements: Vec<StatementExplanation>,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementExplanation {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: &'static str,
    /// `matched`, `notMatched` or `unknown`.
    pub result: &'static str,
    /// Its elements.
    pub elements: Vec<ElementExplanation>,
}

/// One element of a statement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ElementExplanation {
    /// `Action`, `NotResource`, or the operator and key of a condition.
    pub element: String,
    /// `matched`, `notMatched` or `unknown`.
    pub result: &'static str,
    /// What was compared, or why it is not known.
    pub because: String,
}

/// Decides a request and tells why.
#[must_use]
pub fn explain<'p>(request: &Request, policies: &'p Policies) -> Explanation<'p> {
    let decision = decide(request, policies);
    let subject = Subject::new(request);
    let reach = Reach::of(&subject);
    let always = is_always_allowed(request).then_some("AWS allows this action to every caller");
    let one = |layer, level, documents: &[Arc<PolicyDocument>]| LayerExplanation {
        layer,
        level,
        silent: always.or_else(|| reach.silent(layer, request)),
        policies: documents.iter().map(|document| policy(document, subject, policies)).collect(),
    };
    let single = |document: &Option<Arc<PolicyDocument>>| Vec::from_iter(document.clone());
    let whole = [
        (Layer::Identity, policies.identity.clone()),
        (Layer::PermissionsBoundary, single(&policies.permissions_boundary)),
        (Layer::SessionPolicy, policies.session.clone()),
        (resource_layer(request), single(&policies.resource)),
    ];
    let mut layers: Vec<LayerExplanation> = whole
        .iter()
        .filter(|(_, documents)| !documents.is_empty())
        .map(|(layer, documents)| one(*layer, None, documents))
        .collect();
    for (layer, levels) in [
        (Layer::ServiceControlPolicy, &policies.service_control),
        (Layer::ResourceControlPolicy, &policies.resource_control),
    ] {
        layers.extend(levels.iter().enumerate().map(|(level, ds)| one(layer, Some(level), ds)));
    }
    let mut notes = notes(&subject);
    let documents = whole.iter().flat_map(|(_, documents)| documents);
    let organization = [&policies.service_control, &policies.resource_control];
    let levels = organization.into_iter().flatten().flatten();
    let statements = documents.chain(levels).flat_map(|document| &document.statements);
    notes.extend(variables::wildcards_in_values(statements, subject));
    Explanation { decision, notes, layers }
}

fn notes(subject: &Subject<'_>) -> Vec<String> {
    let request = subject.request();
    let caller = request.caller.as_ref();
    let mut notes = Vec::new();
    match (caller.and_then(Caller::account), subject.owner()) {
        (Some(account), Some(owner)) if account == owner => {
            notes.push(format!("account {account} asks and owns the resource"));
        }
        (Some(account), Some(owner)) => notes.push(format!(
            "account {account} asks, account {owner} owns the resource: both have to allow"
        )),
        (_, None) if request.action.service() == "s3" && caller.is_some() => {
            notes.push("whose bucket it is, was not said".into());
        }
        _ => {}
    }
    if caller == Some(&Caller::Anonymous) && request.action.service() == "s3" {
        notes.push("S3 Block Public Access is not looked at".into());
    }
    notes.extend(cannot_assume(request).map(str::to_owned));
    if matches!(caller, Some(Caller::Session(_)))
        && subject.values("aws:principalarn") == Values::Unknown
    {
        notes.push(
            "the session's ARN does not tell the path of its role; where that matters, give the role's \
             ARN as `aws:PrincipalArn`"
                .into(),
        );
    }
    if resource_layer(request) == Layer::KeyPolicy {
        notes.push("grants of the key are not looked at".into());
    }
    notes
}

fn policy(
    document: &PolicyDocument,
    subject: Subject<'_>,
    policies: &Policies,
) -> PolicyExplanation {
    let bounded = policies.permissions_boundary.is_some();
    let statements = document.statements.iter().map(|statement| {
        let found = Match { statement, subject, bounded };
        let elements: Vec<_> = found.elements();
        let all = Truth::all(elements.iter().map(|(_, truth)| *truth));
        let conditions = &statement.conditions;
        let first_condition = elements.len() - conditions.len();
        let explained = elements.into_iter().enumerate().map(|(at, (element, truth))| {
            let condition = at.checked_sub(first_condition).and_then(|at| conditions.get(at));
            let because = match (truth, condition) {
                (
                    Truth::Unknown(Why::ValueUnknown) | Truth::True | Truth::False,
                    Some(condition),
                ) => condition_because(condition, subject),
                (Truth::Unknown(why), Some(condition)) => {
                    format!("{}; {why}", condition_because(condition, subject))
                }
                // How closely a principal is named says itself why it is not known.
                (Truth::Unknown(why), None) if !element.ends_with("Principal") => {
                    format!("{}; {why}", because(&element, &found))
                }
                (_, None) => because(&element, &found),
            };
            ElementExplanation { element, result: result(truth), because }
        });
        StatementExplanation {
            sid: statement.sid.clone(),
            effect: if statement.effect == Effect::Allow { "Allow" } else { "Deny" },
            result: result(all),
            elements: explained.collect(),
        }
    });
    PolicyExplanation { statements: statements.collect() }
}

const fn result(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "matched",
        Truth::False => "notMatched",
        Truth::Unknown(_) => "unknown",
    }
}

/// What an element lists, against what the request has.
fn because(element: &str, found: &Match<'_, '_>) -> String {
    let request = found.subject.request();
    let statement = found.statement;
    if element.ends_with("Principal") {
        let entries = statement.principal.as_ref().map_or(&[][..], Clause::entries);
        let caller = request.caller.as_ref().map_or("nobody known", Caller::text);
        let naming = found.principal();
        let mut how = match naming {
            naming if naming.direct.is_true() => "",
            naming if naming.role.is_true() => ", its role",
            naming if naming.account.is_true() => ", its account, whose own policies decide",
            _ => "",
        }
        .to_owned();
        if let Some(why) = naming.doubt() {
            how.push_str(&format!("; {why}"));
        }
        format!("{} against `{caller}`{how}", listed(entries.iter().map(PrincipalPattern::text)))
    } else if element.ends_with("Action") {
        let entries = statement.action.entries();
        format!("{} against `{}`", listed(entries.iter().map(ActionPattern::text)), request.action)
    } else {
        let entries = statement.resource.as_ref().map_or(&[][..], Clause::entries);
        let told = variables::values(variables::in_resources(statement), found.subject);
        let entries = listed(entries.iter().map(ArnPattern::text));
        format!("{entries} against `{}`{told}", request.resource)
    }
}

fn condition_because(condition: &Condition, subject: Subject<'_>) -> String {
    let operands = listed(condition.operands.iter().map(|operand| operand.text.as_str()));
    let value = match subject.values(condition.key.folded()) {
        Values::Absent => "no value".to_owned(),
        Values::One(value) => format!("`{value}`"),
        Values::Many(values) => {
            format!("the set of {}", listed(values.iter().map(String::as_str)))
        }
        Values::Unknown => "a value that is not known".to_owned(),
    };
    let told = variables::values(variables::in_condition(condition), subject);
    format!("{operands} against {value}{told}")
}

/// The first entries in backticks.
fn listed<'e>(entries: impl ExactSizeIterator<Item = &'e str>) -> String {
    const SHOWN: usize = 5;
    let more = entries.len().saturating_sub(SHOWN);
    let mut text =
        entries.take(SHOWN).map(|entry| format!("`{entry}`")).collect::<Vec<_>>().join(", ");
    if text.is_empty() {
        text.push_str("nothing");
    }
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
