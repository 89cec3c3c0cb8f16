//! One policy for every profile: that it serves each, and keeps each from all others.

use super::Unproved;
use crate::consumer::{NAMESPACE_TAG, Requirement};
use crate::exact::{
    self, Budget, Counterexample, Difference, Exactness, NamedPolicy, RequestBox, RequestSet,
    SpecialValue, Universe, generic_difference, special_values,
};
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect, Layer,
    Operand, OperandKind, PolicyDocument, Quantifier, Statement, Version,
};
use crate::pattern::{ArnPattern, Part, Pattern};
use std::collections::BTreeSet;

/// A profile that stands for another than the one that the tag names, where none is listed.
const SOMEBODY: &str = "example-profile";

/// Proves of a policy with the session's namespace in its resources that every listed profile can do
/// what it needs, and that no value of the tag reaches the keys of a profile of another name. Values
/// that do all the same are returned: they hold what no namespace does.
///
/// # Errors
/// A profile that lacks something, a request on another's keys, or what could not be decided.
pub(super) fn prove_isolated(
    requirement: &Requirement,
    policy: &PolicyDocument,
) -> Result<Vec<String>, Unproved> {
    let universe = Universe::embedded();
    let own = RequestSet::of_document(universe, Layer::Identity, "policy", policy);
    for profile in &requirement.profiles {
        let needs: Vec<RequestBox> =
            requirement.needs().filter_map(|call| call.requests_of(profile)).collect();
        match exact::prove(&needs, &own, &own, Budget::default()) {
            Err(Counterexample::Gap(gap)) => {
                let request = format!("{} on {}", gap.witness.action, gap.witness.resource);
                return Err(Unproved::Missing(format!("{request} for profile `{profile}`")));
            }
            Err(Counterexample::Undecided(limits)) => return Err(undecided(&limits)),
            Err(Counterexample::Excess(_)) | Ok(_) => {}
        }
    }
    let somebody = requirement.profiles.first().map_or(SOMEBODY, String::as_str);
    let keys = keys_of(requirement, somebody);
    let layer = |layer, name, document| (layer, vec![NamedPolicy { name, document }]);
    let reached = RequestSet::new(
        universe,
        [
            layer(Layer::Identity, "policy", policy),
            layer(Layer::SessionPolicy, "keys of another profile", &keys),
        ],
    );
    let nothing = RequestSet::new(universe, [(Layer::Identity, Vec::new())]);
    let Difference { leaves, limits, exactness } =
        &generic_difference(&reached, &nothing, Budget::default());
    if let Some(leaf) = leaves.first() {
        let request = format!("{} on {}", leaf.witness.action, leaf.witness.resource);
        return Err(Unproved::Excess(format!("{request} of another profile, whatever the tag")));
    }
    if *exactness != Exactness::Exact || !limits.is_empty() {
        return Err(undecided(limits));
    }
    let tag = ContextKey::new(NAMESPACE_TAG);
    let found = special_values(&reached, &nothing, &tag, &[somebody], Budget::default());
    let breaking = found.into_iter().filter(|special| special.value != somebody);
    breaking
        .map(|SpecialValue { value, difference }| {
            if difference.leaves.is_empty() {
                Err(undecided(&difference.limits))
            } else {
                Ok(value)
            }
        })
        .collect()
}

fn undecided(limits: &[exact::Limit]) -> Unproved {
    let limits: Vec<String> = limits.iter().map(ToString::to_string).collect();
    Unproved::Undecided(limits.join("; "))
}

/// Every request on the keys of one profile, and every list that shows some.
fn keys_of(requirement: &Requirement, profile: &str) -> PolicyDocument {
    let mut resources: Vec<ArnPattern> = Vec::new();
    let mut lists: Vec<(ArnPattern, Pattern)> = Vec::new();
    let own =
        requirement.may().filter(|call| call.action.service() == "s3" && call.names_a_profile());
    for requests in own.filter_map(|call| call.requests_of(profile)) {
        let prefix = requests.fixed.iter().find_map(|(key, fixed)| match fixed {
            exact::Fixed::Like(pattern) if key.folded() == "s3:prefix" => Some(pattern.clone()),
            _ => None,
        });
        match prefix {
            Some(prefix) => lists.push((requests.resource, prefix)),
            None => resources.push(requests.resource),
        }
    }
    let mut statements = vec![allow(&["s3:*"], resources, None)];
    for (bucket, prefix) in lists {
        let above: BTreeSet<&str> = match prefix.parts().first() {
            Some(Part::Literal(start)) => {
                start.char_indices().filter_map(|(at, _)| start.get(..at)).collect()
            }
            _ => BTreeSet::new(),
        };
        let operand = |pattern: Pattern| Operand {
            text: pattern.text().to_owned(),
            kind: OperandKind::String,
            value: crate::iam::OperandValue::Text(pattern),
        };
        let all = above.into_iter().map(Pattern::literal).chain([prefix.clone()]);
        let operator = ConditionOperator {
            quantifier: Quantifier::One,
            comparison: Comparison::StringLike,
            // A list without a prefix shows all keys.
            if_exists: true,
        };
        let key = ContextKey::new("s3:prefix");
        let condition = Condition { operator, key, operands: all.map(operand).collect() };
        let actions = ["s3:ListBucket", "s3:ListBucketVersions"];
        statements.push(allow(&actions, vec![bucket.clone()], Some(condition)));
        statements.push(allow(&["s3:ListBucketMultipartUploads"], vec![bucket], None));
    }
    PolicyDocument { version: Version::V2012, id: None, statements }
}

fn allow(actions: &[&str], resources: Vec<ArnPattern>, condition: Option<Condition>) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(actions.iter().filter_map(|a| ActionPattern::parse(a).ok()).collect()),
        resource: Some(Clause::Is(resources)),
        conditions: condition.into_iter().collect(),
    }
}
