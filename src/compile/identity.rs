//! From grants to the smallest readable identity policy that gives them.
//!
//! Grants of one action on one resource are merged; a resource or a prefix that another covers is
//! dropped; actions with the same resources and the same condition share a statement. The proof in
//! `prove` holds the result against the requirement, so a mistake here is never printed.

use crate::iam::{
    Action, ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect,
    Operand, OperandKind, PolicyDocument, Quantifier, Statement, Version,
};
use crate::pattern::{ArnPattern, Pattern, Syntax};
use std::collections::{BTreeMap, BTreeSet};

/// What a statement's condition says of one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Restriction {
    /// The key, such as `s3:prefix`.
    pub key: ContextKey,
    /// What its value must be.
    pub to: Values,
}

/// The values that a key may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Values {
    /// One of these, letter by letter (`StringEquals`).
    Equal(BTreeSet<String>),
    /// What one of these patterns matches, as they are written in the policy (`StringLike`).
    Like(BTreeSet<String>),
}

/// One action on one resource, under at most one restriction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// The action, spelt as AWS spells it.
    pub action: Action,
    /// The resource.
    pub resource: ArnPattern,
    /// `None`: whatever the request carries.
    pub restriction: Option<Restriction>,
}

/// The policy document that gives these grants. Equal sets of grants give equal documents.
#[must_use]
pub fn identity_policy(grants: &[Grant]) -> PolicyDocument {
    let mut statements: Vec<Statement> = group(&merge(grants)).into_iter().map(statement).collect();
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    for statement in &mut statements {
        if let Some(sid) = &mut statement.sid {
            let count = used.entry(sid.clone()).or_default();
            *count += 1;
            if *count > 1 {
                *sid = format!("{sid}{count}");
            }
        }
    }
    PolicyDocument { version: Version::V2012, id: None, statements }
}

type Target = (ArnPattern, Option<Restriction>);

/// Per action, the targets that are left after merging.
fn merge(grants: &[Grant]) -> BTreeMap<Action, BTreeSet<Target>> {
    let mut by_target: BTreeMap<(Action, ArnPattern), Vec<Option<Restriction>>> = BTreeMap::new();
    for grant in grants {
        let key = (grant.action.clone(), grant.resource.clone());
        by_target.entry(key).or_default().push(grant.restriction.clone());
    }
    let mut by_action: BTreeMap<Action, BTreeSet<Target>> = BTreeMap::new();
    for ((action, resource), restrictions) in by_target {
        let targets = by_action.entry(action).or_default();
        targets.extend(
            unite(restrictions).into_iter().map(|restriction| (resource.clone(), restriction)),
        );
    }
    for targets in by_action.values_mut() {
        let all = targets.clone();
        targets.retain(|(resource, restriction)| {
            !all.iter().any(|(other, theirs)| {
                other != resource && theirs == restriction && other.plainly_covers(resource)
            })
        });
    }
    by_action
}

/// Restrictions on one key become one; a grant without any makes the others void.
fn unite(restrictions: Vec<Option<Restriction>>) -> Vec<Option<Restriction>> {
    let mut equal: BTreeMap<ContextKey, BTreeSet<String>> = BTreeMap::new();
    let mut like = equal.clone();
    for restriction in restrictions {
        match restriction {
            None => return vec![None],
            Some(Restriction { key, to: Values::Equal(values) }) => {
                equal.entry(key).or_default().extend(values);
            }
            Some(Restriction { key, to: Values::Like(patterns) }) => {
                like.entry(key).or_default().extend(patterns);
            }
        }
    }
    let equal = equal.into_iter().map(|(key, values)| (key, Values::Equal(values)));
    let like = like.into_iter().map(|(key, patterns)| (key, Values::Like(broadest(&patterns))));
    equal.chain(like).map(|(key, to)| Some(Restriction { key, to })).collect()
}

/// The patterns that no other pattern of the set covers.
fn broadest(patterns: &BTreeSet<String>) -> BTreeSet<String> {
    let covered =
        |one: &String| patterns.iter().any(|other| other != one && covers_text(other, one));
    patterns.iter().filter(|one| !covered(one)).cloned().collect()
}

fn covers_text(wide: &str, narrow: &str) -> bool {
    let read = |text| Pattern::parse(text, Syntax::GlobWithVariables);
    read(wide).plainly_covers(&read(narrow))
}

/// Actions with the same resources under the same restriction, in the order of the document.
fn group(
    by_action: &BTreeMap<Action, BTreeSet<Target>>,
) -> Vec<(Target, Vec<ArnPattern>, Vec<Action>)> {
    let mut groups: BTreeMap<(Option<Restriction>, Vec<ArnPattern>), Vec<Action>> = BTreeMap::new();
    for (action, targets) in by_action {
        let mut by_restriction: BTreeMap<Option<Restriction>, Vec<ArnPattern>> = BTreeMap::new();
        for (resource, restriction) in targets {
            by_restriction.entry(restriction.clone()).or_default().push(resource.clone());
        }
        for key in by_restriction {
            groups.entry(key).or_default().push(action.clone());
        }
    }
    let mut ordered: Vec<_> = groups
        .into_iter()
        .filter_map(|((restriction, resources), actions)| {
            let first = resources.first()?.clone();
            Some(((first, restriction), resources, actions))
        })
        .collect();
    // Buckets before objects, then services, then actions: a stable order that reads well.
    ordered.sort_by_key(|((first, _), resources, actions)| {
        let service = actions.first().map(|a| a.service().to_owned());
        (
            service != Some("s3".to_owned()),
            service,
            is_object(first),
            actions.clone(),
            resources.clone(),
        )
    });
    ordered
}

fn is_object(resource: &ArnPattern) -> bool {
    matches!(resource, ArnPattern::Arn(parts) if parts.resource.text().contains('/'))
}

fn statement(
    ((first, restriction), resources, actions): (Target, Vec<ArnPattern>, Vec<Action>),
) -> Statement {
    Statement {
        sid: Some(sid(&actions, is_object(&first))),
        effect: Effect::Allow,
        principal: None,
        // An action is an action pattern, so none is lost here.
        action: Clause::Is(
            actions.iter().filter_map(|a| ActionPattern::parse(a.text()).ok()).collect(),
        ),
        resource: Some(Clause::Is(resources)),
        conditions: restriction.into_iter().map(condition).collect(),
    }
}

fn condition(restriction: Restriction) -> Condition {
    let Restriction { key, to } = restriction;
    let patterns = match to {
        Values::Equal(values) => return Condition::equals(key, values),
        Values::Like(patterns) => patterns,
    };
    let comparison = Comparison::StringLike;
    let operator = ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false };
    let operand = |text: &String| Operand::parse(comparison, text, OperandKind::String, true);
    Condition { operator, key, operands: patterns.iter().map(operand).collect() }
}

/// A name that says what the statement is for and that stays when resources change.
fn sid(actions: &[Action], objects: bool) -> String {
    let service = actions.first().map(Action::service).unwrap_or_default();
    match service {
        "s3" if objects => {
            let verb = |action: &Action| match action.name() {
                name if name.starts_with("delete") => 2,
                name if name.starts_with("get") || name == "listobjects" => 0,
                _ => 1,
            };
            let verbs: BTreeSet<usize> = actions.iter().map(verb).collect();
            let words: String =
                verbs.iter().filter_map(|v| ["Read", "Write", "Delete"].get(*v)).copied().collect();
            format!("{words}Objects")
        }
        "s3" => match actions {
            [one] => {
                one.text().split_once(':').map_or_else(String::new, |(_, name)| name.to_owned())
            }
            _ => "UseBucket".to_owned(),
        },
        "kms" => "UseKey".to_owned(),
        "sts" => "AssumeRole".to_owned(),
        other => {
            let letters = other.chars().filter(char::is_ascii_alphanumeric);
            let mut name: String = letters.collect();
            name.get_mut(..1).map(str::make_ascii_uppercase);
            format!("Use{name}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    fn grant(action: &str, resource: &str, prefix: Option<&str>) -> Grant {
        let restriction = prefix.map(|prefix| Restriction {
            key: ContextKey::new("s3:prefix"),
            to: Values::Like([prefix.to_owned()].into()),
        });
        Grant {
            action: Action::parse(action).unwrap(),
            resource: ArnPattern::parse(resource, true).unwrap(),
            restriction,
        }
    }

    #[test]
    fn grants_become_few_statements() {
        let grants = [
            grant("s3:PutObject", "arn:aws:s3:::b/a/*", None),
            grant("s3:GetObject", "arn:aws:s3:::b/a/*", None),
            grant("s3:GetObject", "arn:aws:s3:::b/a/deep/*", None),
            grant("s3:ListBucket", "arn:aws:s3:::b", Some("a/*")),
            grant("s3:ListBucket", "arn:aws:s3:::b", Some("a/deep/*")),
            grant("s3:ListBucket", "arn:aws:s3:::b", Some("z/")),
            grant("s3:DeleteObject", "arn:aws:s3:::b/gone/*", None),
            grant("s3:DeleteObject", "arn:aws:s3:::c/gone/*", None),
        ];
        let expected = r#"{"Version":"2012-10-17","Statement":[{"Sid":"ListBucket","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::b","Condition":{"StringLike":{"s3:prefix":["a/*","z/"]}}},{"Sid":"DeleteObjects","Effect":"Allow","Action":"s3:DeleteObject","Resource":["arn:aws:s3:::b/gone/*","arn:aws:s3:::c/gone/*"]},{"Sid":"ReadWriteObjects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/a/*"}]}"#;
        assert_eq!(syntax::to_compact(&identity_policy(&grants)), expected);
        let mut reversed = grants.to_vec();
        reversed.reverse();
        assert_eq!(identity_policy(&reversed), identity_policy(&grants));
    }

    #[test]
    fn a_use_without_prefix_lifts_the_condition() {
        let grants = [
            grant("s3:ListBucket", "arn:aws:s3:::b", Some("a/*")),
            grant("s3:ListBucket", "arn:aws:s3:::b", None),
        ];
        assert!(identity_policy(&grants).statements[0].conditions.is_empty());
    }

    #[test]
    fn siblings_cover_nothing_of_each_other() {
        assert!(!covers_text("team-1/*", "team-1-prod/*"));
        assert!(covers_text("team-1/*", "team-1/x/*"));
        assert!(covers_text("*", "x"));
        assert!(!covers_text("a${*}*", "ab"));
        assert!(covers_text("*/x/*", "ns1/x/*"));
        assert!(covers_text("team-*-x/*", "team-a-x/b/*"));
        assert!(covers_text("a/*", "a/*/b/*") && !covers_text("a/*/b/*", "a/*"));
        assert!(!covers_text("*/x/*", "ns1/*/*"));
        assert!(!covers_text("a?b/*", "a*b/*") && !covers_text("a?b", "a*b"));
    }
}
