//! How much more one set of policies allows than another, in numbers.

use crate::catalogue::{AccessLevel, Catalogue};
use crate::exact::{self, Beyond, Exactness};
use serde::Serialize;
use std::cmp::Reverse;

/// How much is allowed beyond what is needed, or beyond what another version allows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// One number for all: 0 where nothing is too much. It only grows with what is allowed.
    pub score: f64,
    /// How much the numbers claim.
    pub exactness: Exactness,
    /// Why not everything, if not.
    pub limits: Vec<String>,
    /// The counts of each access level that has any, the gravest first.
    pub levels: Vec<LevelMeasure>,
    /// The actions, those together that go equally far; the gravest first, then the farthest.
    pub actions: Vec<ActionsMeasure>,
}

/// What is too much at one access level.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelMeasure {
    /// The level.
    pub access_level: AccessLevel,
    /// How many actions reach more than is needed.
    pub actions: usize,
    /// How many of them are not needed at all.
    pub not_needed: usize,
    /// How many are needed on fewer resources.
    pub wider_resource: usize,
    /// How many are needed on just these resources, under a condition that is missing.
    pub missing_condition: usize,
    /// Their bits together.
    pub bits: f64,
}

/// Actions of one level that go equally far.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActionsMeasure {
    /// Their level.
    pub access_level: AccessLevel,
    /// How far each goes beyond what is needed: 1 is as many resources again as are needed.
    pub bits: f64,
    /// Their names, sorted.
    pub actions: Vec<String>,
}

impl Measure {
    /// What the engine measured, by level and by action.
    #[must_use]
    pub fn of(found: &exact::Measure, catalogue: &Catalogue) -> Self {
        let mut actions: Vec<ActionsMeasure> = Vec::new();
        let mut all: Vec<(Reverse<AccessLevel>, f64, &str)> = found
            .actions
            .iter()
            .map(|one| {
                let bits = rounded(one.bits);
                (Reverse(one.access_level), bits, catalogue.name(one.action))
            })
            .collect();
        all.sort_by(|a, b| (a.0.cmp(&b.0)).then(b.1.total_cmp(&a.1)).then(a.2.cmp(b.2)));
        for (Reverse(access_level), bits, name) in all {
            match actions.last_mut() {
                Some(last) if (last.access_level, last.bits) == (access_level, bits) => {
                    last.actions.push(name.to_owned());
                }
                _ => {
                    let names = vec![name.to_owned()];
                    actions.push(ActionsMeasure { access_level, bits, actions: names });
                }
            }
        }
        Self {
            score: rounded(found.score()),
            exactness: found.exactness,
            limits: found.limits.iter().map(ToString::to_string).collect(),
            levels: levels(found),
            actions,
        }
    }
}

fn levels(found: &exact::Measure) -> Vec<LevelMeasure> {
    use AccessLevel::{List, Permissions, Read, Tagging, Write};
    let level = |access_level| {
        let (actions, bits) = found.of_level(access_level);
        let of = |beyond| {
            let own = found.actions.iter().filter(|one| one.access_level == access_level);
            own.filter(|one| one.beyond == beyond).count()
        };
        LevelMeasure {
            access_level,
            actions,
            not_needed: of(Beyond::Action),
            wider_resource: of(Beyond::Resource),
            missing_condition: of(Beyond::Context),
            bits: rounded(bits),
        }
    };
    let levels = [Permissions, Tagging, Write, Read, List].map(level);
    levels.into_iter().filter(|level| level.actions > 0).collect()
}

/// Two digits behind the point: more would differ by the order in which floats are added.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
