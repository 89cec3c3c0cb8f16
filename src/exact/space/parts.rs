//! Actions told apart by the condition keys that requests for them carry.

use super::{Key, Space};
use crate::evaluate::{Values, condition};
use crate::exact::bits::Bits;
use crate::exact::domain::Carriage;
use crate::exact::ranges;
use crate::iam::Condition;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Actions that the same statements match.
pub(super) struct Part {
    pub(super) rules: Bits,
    pub(super) ids: Vec<Range<u32>>,
    /// As in [`Group`](super::Group).
    pub(super) absent: Bits,
}

/// Parts, of which no two have the same statements and keys.
#[derive(Default)]
struct Parts {
    all: Vec<Part>,
    places: FxHashMap<(Bits, Bits), usize>,
}

impl Parts {
    fn add(&mut self, part: Part) {
        let place =
            *self.places.entry((part.rules.clone(), part.absent.clone())).or_insert(self.all.len());
        match self.all.get_mut(place) {
            Some(known) => known.ids = ranges::union(&known.ids, &part.ids),
            None => self.all.push(part),
        }
    }
}

impl Space<'_, '_> {
    /// The parts once more for those of their actions whose requests never carry some of the keys
    /// that the statements look at.
    pub(super) fn by_carried_keys(&self, parts: Vec<Part>) -> Vec<Part> {
        let scoped = |(number, key): (usize, &'_ Key)| {
            Some((number, key.on.clone(), Arc::clone(key.domain.carriage()?)))
        };
        let scoped: Vec<(usize, Bits, Arc<Carriage>)> =
            self.keys.iter().enumerate().filter_map(scoped).collect();
        if scoped.is_empty() {
            return parts;
        }
        let mut found = Parts::default();
        for part in parts {
            let mut of_part = vec![part];
            for (number, on, carriage) in &scoped {
                for at in 0..of_part.len() {
                    let Some(part) = of_part.get_mut(at).filter(|part| part.rules.intersects(on))
                    else {
                        continue;
                    };
                    let (can, never) = carriage.split(self.universe, &part.ids);
                    let mut without = part.absent.clone();
                    without.insert(*number);
                    if can.is_empty() {
                        part.absent = without;
                    } else if !never.is_empty() {
                        part.ids = can;
                        let rules = part.rules.clone();
                        of_part.push(Part { rules, ids: never, absent: without });
                    }
                }
            }
            for mut part in of_part {
                if !part.absent.is_empty() {
                    (part.rules, part.absent) = self.without_keys(&part.rules, &part.absent);
                }
                if self.left.may_allow(&part.rules) {
                    found.add(part);
                }
            }
        }
        found.all.sort_by(|a, b| a.absent.cmp(&b.absent));
        found.all
    }

    /// Of these statements, those that can match where the keys `absent` are; and those of the keys
    /// at which one of them still looks.
    fn without_keys(&self, rules: &Bits, absent: &Bits) -> (Bits, Bits) {
        let mut rules = rules.clone();
        let absent: Vec<(usize, &Key)> =
            absent.iter().filter_map(|number| Some((number, self.keys.get(number)?))).collect();
        for (_, key) in &absent {
            for (number, rule) in self.numbered(&rules.intersection(&key.on)) {
                let fails = |condition: &&Condition| {
                    let effect = rule.statement.effect;
                    let unknown = |_: &str| Values::Unknown;
                    condition.key == key.key
                        && condition::holds(condition, effect, Values::Absent, unknown).is_false()
                };
                if rule.statement.conditions.iter().any(|condition| fails(&condition)) {
                    rules.remove(number);
                }
            }
        }
        let looks = |(_, key): &&(usize, &Key)| key.on.intersects(&rules);
        let absent = absent.iter().filter(looks).map(|(number, _)| *number).collect();
        (rules, absent)
    }
}
