//! One statement's edits as operations: element by element.

use super::Operation;
use crate::fix::value::Value;
use crate::iam::{Clause, Condition, ConditionOperator, ContextKey, Statement};

/// What turns `json`, which says `was`, into `now`.
pub(super) fn operations(
    path: &str,
    json: &Value,
    was: &Statement,
    now: &Statement,
) -> Vec<Operation> {
    if was == now {
        return Vec::new();
    }
    let mut edits = Edits { path, json, written: Value::of(now), operations: Vec::new() };
    edits.operations.push(Operation::Test { path: path.to_owned(), value: json.clone() });
    if was.principal != now.principal {
        edits
            .element(["Principal", "NotPrincipal"], now.principal.as_ref().map(Clause::is_negated));
    }
    if was.action != now.action {
        edits.element(["Action", "NotAction"], Some(now.action.is_negated()));
    }
    if was.resource != now.resource {
        edits.element(["Resource", "NotResource"], now.resource.as_ref().map(Clause::is_negated));
    }
    if was.conditions != now.conditions {
        let old = json.get("Condition");
        let new = conditions(old, &edits.written, was, now);
        edits.put("Condition", old.cloned(), new);
    }
    edits.operations
}

struct Edits<'a> {
    path: &'a str,
    json: &'a Value,
    /// The whole statement as it would be written anew.
    written: Value,
    operations: Vec<Operation>,
}

impl Edits<'_> {
    /// An element that has a negated twin; `negated` is `None` where neither is there any more.
    fn element(&mut self, [plain, twin]: [&str; 2], negated: Option<bool>) {
        for (name, wanted) in [(plain, Some(false)), (twin, Some(true))] {
            let old = self.json.get(name).cloned();
            let mut new = (negated == wanted).then(|| self.written.get(name).cloned()).flatten();
            // What was a list of one stays a list.
            if let (Some(Value::Array(_)), Some(one @ Value::String(_))) = (&old, &new) {
                new = Some(Value::Array(vec![one.clone()]));
            }
            self.put(name, old, new);
        }
    }

    fn put(&mut self, name: &str, old: Option<Value>, new: Option<Value>) {
        let path = format!("{}/{name}", self.path);
        self.operations.extend(match (old, new) {
            (Some(old), Some(new)) if old != new => Some(Operation::Replace { path, value: new }),
            (None, Some(value)) => Some(Operation::Add { path, value }),
            (Some(_), None) => Some(Operation::Remove { path }),
            _ => None,
        });
    }
}

/// The `Condition` element in which only what has changed is written anew.
fn conditions(
    old: Option<&Value>,
    written: &Value,
    was: &Statement,
    now: &Statement,
) -> Option<Value> {
    let fresh = written.get("Condition");
    let Some(Value::Object(operators)) = old else { return fresh.cloned() };
    let mut kept = Vec::new();
    for (name, keys) in operators {
        let Value::Object(keys) = keys else { return fresh.cloned() };
        let Ok(operator) = ConditionOperator::parse(name) else { return fresh.cloned() };
        let mut left = Vec::new();
        for (key, value) in keys {
            let key_name = ContextKey::new(key);
            let is_it = |c: &&Condition| c.operator == operator && c.key == key_name;
            let Some(new) = now.conditions.iter().find(is_it) else { continue };
            if was.conditions.iter().find(is_it) == Some(new) {
                left.push((key.clone(), value.clone()));
            } else {
                left.push((key.clone(), one(fresh, new).unwrap_or_else(|| value.clone())));
            }
        }
        for new in now.conditions.iter().filter(|c| c.operator == operator) {
            let is_there = left.iter().any(|(key, _)| ContextKey::new(key) == new.key);
            if let (false, Some(value)) = (is_there, one(fresh, new)) {
                left.push((new.key.text().to_owned(), value));
            }
        }
        if !left.is_empty() {
            kept.push((name.clone(), Value::Object(left)));
        }
    }
    let parsed = |name: &str| ConditionOperator::parse(name).ok();
    if let Some(Value::Object(operators)) = fresh {
        let is_new = |name: &str| !kept.iter().any(|(known, _)| parsed(known) == parsed(name));
        let new: Vec<_> = operators.iter().filter(|(name, _)| is_new(name)).cloned().collect();
        kept.extend(new);
    }
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// The operands of one condition as they would be written anew.
fn one(fresh: Option<&Value>, condition: &Condition) -> Option<Value> {
    fresh?.get(&condition.operator.to_string())?.get(condition.key.text()).cloned()
}
