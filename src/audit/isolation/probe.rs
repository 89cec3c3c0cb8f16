//! What a tenant must not do to others, as statements: one for each way in which it could, and for
//! each class of tenants that its role treats alike.
//!
//! What a role may do depends on a key or a prefix only through the patterns of its statements that
//! match. So all keys and prefixes of others between which no pattern tells stand for each other,
//! and of two hundred tenants there are a few classes.

use super::power::powers;
use super::relation::{Relation, of_arns, of_patterns};
use super::space::{Members, Space, prefix_of};
use crate::evaluate::{Truth, Values, condition};
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect, Operand,
    OperandKind, OperandValue, Quantifier, Statement,
};
use crate::pattern::{ArnPattern, Pattern};
use std::collections::{BTreeMap, BTreeSet};

/// In which way a statement reaches others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Anything on one of their objects.
    Objects,
    /// A list that shows their keys.
    Lists,
    /// A list that shows their folder, and nothing in it.
    Names,
    /// Power over the bucket that they share.
    Powers,
    /// Power over its own permissions.
    Itself,
}

/// One way to reach some tenants.
#[derive(Debug)]
pub(super) struct Probe {
    pub reach: Reach,
    /// The requests.
    pub statement: Statement,
    /// Whose keys are reached, all of them alike.
    pub to: Members,
}

/// What a role's statements look at.
pub(super) struct Looks<'s> {
    /// Entries of resources.
    pub resources: Vec<&'s ArnPattern>,
    /// Conditions on the prefix of a list, each with the effect of its statement.
    pub prefixes: Vec<(&'s Condition, Effect)>,
    /// Keys that are no leak, as ARNs of objects.
    pub exempt: Vec<&'s ArnPattern>,
}

impl<'s> Looks<'s> {
    pub(super) fn at(
        statements: impl Iterator<Item = &'s Statement>,
        exempt: Vec<&'s ArnPattern>,
    ) -> Self {
        let mut looks = Self { resources: Vec::new(), prefixes: Vec::new(), exempt };
        for statement in statements {
            for entry in statement.resource.iter().flat_map(Clause::entries) {
                if !looks.resources.contains(&entry) {
                    looks.resources.push(entry);
                }
            }
            for condition in statement.conditions.iter().filter(|c| c.key.folded() == PREFIX) {
                let one = (condition, statement.effect);
                if !looks.prefixes.contains(&one) {
                    looks.prefixes.push(one);
                }
            }
        }
        looks.resources.extend(looks.exempt.clone());
        looks
    }

    /// All that reaches others than `own`.
    pub(super) fn probes(&self, space: &Space<'_>, own: &Members) -> Vec<Probe> {
        let mut probes = self.objects(space, own);
        probes.extend(self.lists(space, own));
        let resource = |bucket: &str| ArnPattern::parse(bucket, false).ok();
        for (bucket, all) in &space.buckets {
            let (to, Some(bucket)) = (all.members.without(own), resource(bucket)) else { continue };
            if to.is_empty() {
                continue;
            }
            // AWS: a list of uploads is under no condition on a prefix:
            // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
            let uploads = ["s3:ListBucketMultipartUploads"].into_iter();
            let statement = allow(uploads, bucket.clone(), Vec::new());
            probes.push(Probe { reach: Reach::Lists, statement, to: to.clone() });
            let actions = powers().iter().flat_map(|power| &power.actions).map(String::as_str);
            let statement = allow(actions, bucket, Vec::new());
            probes.push(Probe { reach: Reach::Powers, statement, to });
        }
        probes
    }

    fn objects(&self, space: &Space<'_>, own: &Members) -> Vec<Probe> {
        let mut classes: Classes<'_, &ArnPattern> = Classes::default();
        for (keys, members) in &space.keys {
            let to = members.without(own);
            if to.is_empty() {
                continue;
            }
            let relations = self.resources.iter().map(|entry| of_arns(entry, keys));
            classes.add("", signature(relations), *keys, &to);
        }
        let probe = |(keys, to): (&ArnPattern, Members)| Probe {
            reach: Reach::Objects,
            statement: allow(["s3:*"].into_iter(), keys.clone(), Vec::new()),
            to,
        };
        classes.all().map(probe).collect()
    }

    fn lists(&self, space: &Space<'_>, own: &Members) -> Vec<Probe> {
        let exempt: Vec<(&str, Pattern)> = self
            .exempt
            .iter()
            .filter_map(|keys| Some((keys.text().split_once('/')?.0, prefix_of(keys)?)))
            .collect();
        let mut below: Classes<'_, (&str, &Pattern)> = Classes::default();
        for (bucket, prefix, members) in &space.below {
            let to = members.without(own);
            if !to.is_empty() {
                let relations = self.relations(prefix).chain(
                    exempt.iter().filter(|(b, _)| b == bucket).map(|(_, e)| of_patterns(e, prefix)),
                );
                // Among all prefixes is the empty one, which `Null` takes for none.
                let signature = signature(relations).filter(|_| !prefix.is_any());
                below.add(bucket, signature, (*bucket, prefix), &to);
            }
        }
        let mut above: Classes<'_, (&str, &str)> = Classes::default();
        let mut names: Classes<'_, (&str, &str)> = Classes::default();
        let shown = space.shown.iter().map(|one| (one.members.without(own), space.named(one, own)));
        let shown: Vec<(Members, Members)> = shown.collect();
        // Prefixes that show the same and that nothing tells apart are one.
        let mut seen: BTreeSet<(usize, Vec<usize>)> = BTreeSet::new();
        for ((bucket, prefix), at) in &space.above {
            let Some((to, named)) = shown.get(*at).filter(|(to, _)| !to.is_empty()) else {
                continue;
            };
            let known = exempt.iter().filter(|(b, _)| b == bucket);
            let relations =
                self.truths(prefix).chain(known.map(|(_, e)| match e.matches(prefix) {
                    true => Relation::Covers,
                    false => Relation::Apart,
                }));
            let signature = signature(relations);
            if signature.as_ref().is_some_and(|one| !seen.insert((*at, one.clone()))) {
                continue;
            }
            if !named.is_empty() {
                names.add(bucket, signature.clone(), (*bucket, *prefix), named);
            }
            above.add(bucket, signature, (*bucket, *prefix), to);
        }
        let mut probes = Vec::new();
        for ((bucket, prefix), to) in below.all() {
            let like = text(Comparison::StringLike, PREFIX, prefix.clone());
            probes.extend(list(Reach::Lists, bucket, vec![like], to));
        }
        for ((bucket, prefix), to) in above.all() {
            let conditions = vec![equals(PREFIX, prefix), other_than_slash()];
            probes.extend(list(Reach::Lists, bucket, conditions, to));
        }
        for (bucket, all) in &space.buckets {
            let (to, conditions) = (all.members.without(own), vec![absent(), other_than_slash()]);
            if !to.is_empty() {
                probes.extend(list(Reach::Lists, bucket, conditions, to.clone()));
                let named = space.named(all, own);
                if !named.is_empty() {
                    let conditions = vec![absent(), equals(DELIMITER, "/")];
                    probes.extend(list(Reach::Names, bucket, conditions, named));
                }
            }
        }
        for ((bucket, prefix), to) in names.all() {
            let conditions = vec![equals(PREFIX, prefix), equals(DELIMITER, "/")];
            probes.extend(list(Reach::Names, bucket, conditions, to));
        }
        probes
    }

    /// How the conditions on a prefix take all prefixes that `within` matches.
    fn relations(&self, within: &Pattern) -> impl Iterator<Item = Relation> {
        let operands = self.prefixes.iter().flat_map(|(condition, _)| {
            let comparison = condition.operator.comparison;
            let plain = !matches!(
                comparison,
                Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
            );
            let is_null = comparison == Comparison::Null;
            condition.operands.iter().filter(move |_| !is_null).map(move |operand| (plain, operand))
        });
        operands.map(move |(plain, operand)| match &operand.value {
            OperandValue::Text(pattern) if plain => of_patterns(pattern, within),
            OperandValue::Unreadable => Relation::Apart,
            _ => Relation::Mixed,
        })
    }

    /// How the conditions on a prefix take one prefix.
    fn truths(&self, prefix: &str) -> impl Iterator<Item = Relation> {
        self.prefixes.iter().map(move |(condition, effect)| {
            match condition::holds(condition, *effect, Values::One(prefix), |_| Values::Unknown) {
                Truth::True => Relation::Covers,
                Truth::False => Relation::Apart,
                Truth::Unknown(_) => Relation::Mixed,
            }
        })
    }
}

const PREFIX: &str = "s3:prefix";
const DELIMITER: &str = "s3:delimiter";

/// Which entries cover a target; `None` where one of them tells its parts apart.
fn signature(relations: impl Iterator<Item = Relation>) -> Option<Vec<usize>> {
    let mut covering = Vec::new();
    for (at, relation) in relations.enumerate() {
        match relation {
            Relation::Covers => covering.push(at),
            Relation::Apart => {}
            Relation::Mixed => return None,
        }
    }
    Some(covering)
}

/// Targets that nothing tells apart, each class with its first target and all of its tenants.
struct Classes<'b, T> {
    /// By bucket, and by what covers them.
    alike: BTreeMap<(&'b str, Vec<usize>), (T, Members)>,
    alone: Vec<(T, Members)>,
}

impl<T> Default for Classes<'_, T> {
    fn default() -> Self {
        Self { alike: BTreeMap::new(), alone: Vec::new() }
    }
}

impl<'b, T> Classes<'b, T> {
    /// Takes in a target.
    fn add(&mut self, bucket: &'b str, signature: Option<Vec<usize>>, target: T, to: &Members) {
        match signature {
            None => self.alone.push((target, to.clone())),
            Some(signature) => {
                let class = self.alike.entry((bucket, signature));
                class.or_insert_with(|| (target, Members::EMPTY)).1.union_with(to);
            }
        }
    }

    fn all(self) -> impl Iterator<Item = (T, Members)> {
        self.alike.into_values().chain(self.alone)
    }
}

/// A statement that allows these requests.
pub(super) fn allow<'a>(
    actions: impl Iterator<Item = &'a str>,
    resource: ArnPattern,
    conditions: Vec<Condition>,
) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(actions.filter_map(|a| ActionPattern::parse(a).ok()).collect()),
        resource: Some(Clause::Is(vec![resource])),
        conditions,
    }
}

/// Lists of the keys of a bucket.
pub(super) const LISTS: [&str; 2] = ["s3:ListBucket", "s3:ListBucketVersions"];

fn list(reach: Reach, bucket: &str, conditions: Vec<Condition>, to: Members) -> Option<Probe> {
    let bucket = ArnPattern::parse(bucket, false).ok()?;
    Some(Probe { reach, statement: allow(LISTS.into_iter(), bucket, conditions), to })
}

/// That the key has a value like this one.
pub(super) fn text(comparison: Comparison, key: &str, pattern: Pattern) -> Condition {
    Condition {
        operator: ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false },
        key: ContextKey::new(key),
        operands: vec![Operand {
            text: pattern.text().to_owned(),
            kind: OperandKind::String,
            value: OperandValue::Text(pattern),
        }],
    }
}

/// That the key has this value, letter by letter.
pub(super) fn equals(key: &str, value: &str) -> Condition {
    text(Comparison::StringEquals, key, Pattern::literal(value))
}

fn other_than_slash() -> Condition {
    text(Comparison::StringNotEquals, DELIMITER, Pattern::literal("/"))
}

fn absent() -> Condition {
    let operator = ConditionOperator {
        quantifier: Quantifier::One,
        comparison: Comparison::Null,
        if_exists: false,
    };
    let value = OperandValue::Bool(true);
    let operands = vec![Operand { text: "true".to_owned(), kind: OperandKind::String, value }];
    Condition { operator, key: ContextKey::new(PREFIX), operands }
}
