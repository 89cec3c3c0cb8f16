//! What requests can carry under a condition key.

use super::ranges::push;
use super::universe::Universe;
use super::variable::has_opaque;
use crate::catalogue::{ActionId, Carriers, Catalogue, ConditionKeyFact, KeyScope, ValueType};
use crate::iam::{Comparison, Condition, Decimal, Instant, Operand, OperandValue};
use std::net::IpAddr;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How truth values are written in a request.
const WORDS: [&str; 2] = ["true", "false"];

/// What is known of a key's values. Of a key that is not settled, nothing is taken to be impossible.
///
/// The pages on global keys, on claims of identity providers and on S3 say of each key when it is there and
/// how many values it has. Those of other services leave out keys and actions that AWS's own policies use.
#[derive(Debug, Default)]
pub(crate) struct Domain {
    /// Whether the catalogue can be relied upon.
    is_settled: bool,
    /// Whether every request carries it.
    pub(crate) is_always_there: bool,
    /// Whether a request carries several values, where that is known.
    pub(crate) is_multivalued: Option<bool>,
    /// What one value is: one of these; anything where there are none.
    types: Vec<ValueType>,
    /// Where some requests do not carry it, by the catalogue: which.
    carriage: Option<Arc<Carriage>>,
}

impl Domain {
    pub(crate) fn new(fact: ConditionKeyFact<'_>, carriage: Option<Arc<Carriage>>) -> Self {
        let is_settled = fact.scope != KeyScope::Service || fact.name.starts_with("s3:");
        let mut types: Vec<ValueType> = fact.types().map(ValueType::element).collect();
        types.dedup();
        types.retain(|_| is_settled);
        let is_multivalued = fact.is_multivalued().filter(|many| *many || is_settled);
        let is_always_there = fact.is_always_carried();
        Self { is_settled, is_always_there, is_multivalued, types, carriage }
    }

    /// Which actions' requests never carry it, where there are some and that is sure.
    pub(crate) fn carriage(&self) -> Option<&Arc<Carriage>> {
        self.carriage.as_ref().filter(|_| self.is_settled)
    }

    /// Whether no request for the action carries it, as far as the catalogue knows.
    pub(crate) fn is_unlisted(&self, universe: &Universe<'_>, id: ActionId) -> bool {
        self.carriage.as_ref().is_some_and(|carriage| carriage.never_carries(universe, id))
    }

    /// All values, where they are few.
    pub(crate) fn all(&self) -> Option<[&'static str; 2]> {
        (self.types == [ValueType::Bool]).then_some(WORDS)
    }

    /// The same where no condition compares it with the text of a policy variable.
    pub(crate) fn all_by(&self, conditions: &[&Condition]) -> Option<[&'static str; 2]> {
        let is_known = |operand: &Operand| match &operand.value {
            OperandValue::Text(pattern) => !pattern.has_variables() && !has_opaque(pattern),
            OperandValue::Arn(_) | OperandValue::ArnText(_) => false,
            _ => true,
        };
        let mut operands = conditions.iter().flat_map(|condition| &condition.operands);
        self.all().filter(|_| operands.all(is_known))
    }

    /// Of values that tell `conditions` apart, those that a request can carry. Where texts are
    /// compared, too, all are left: a class of texts has one representative, and another of its
    /// members may be a number.
    pub(crate) fn keep_possible(&self, conditions: &[&Condition], values: &mut Vec<String>) {
        let operands = || {
            conditions.iter().flat_map(|condition| match condition.operator.comparison {
                Comparison::Null => &[],
                _ => condition.operands.as_slice(),
            })
        };
        let is_of_its_kind = |operand: &Operand| match &operand.value {
            OperandValue::Number(_) => self.types.contains(&ValueType::Numeric),
            OperandValue::Date(_) => self.types.contains(&ValueType::Date),
            OperandValue::Block(_) => self.types.contains(&ValueType::IpAddress),
            _ => false,
        };
        if operands().next().is_none() {
            let samples: Vec<&str> = self.types.iter().filter_map(|one| sample(*one)).collect();
            if let [sample, ..] = samples.as_slice() {
                *values = vec![(*sample).to_owned()];
            }
        } else if operands().all(is_of_its_kind) {
            values.retain(|value| self.types.iter().any(|one| is_of(*one, value)));
        }
    }
}

/// A value of a type whose values are not all texts.
const fn sample(one: ValueType) -> Option<&'static str> {
    match one {
        ValueType::Numeric => Some("1"),
        ValueType::Date => Some("1767225600"),
        ValueType::IpAddress => Some("203.0.113.7"),
        _ => None,
    }
}

/// Whether a text is a value of a type.
fn is_of(one: ValueType, value: &str) -> bool {
    match one {
        ValueType::Numeric => Decimal::parse(value).is_some(),
        ValueType::Date => Instant::parse(value).is_some(),
        ValueType::IpAddress => value.parse::<IpAddr>().is_ok(),
        ValueType::Bool => WORDS.contains(&value),
        _ => true,
    }
}

/// Which actions' requests never carry a key; found for each service when it is first asked for.
#[derive(Debug)]
pub(crate) struct Carriage {
    carriers: Carriers,
    /// Where what the catalogue does not list is sure not to be: in these actions; `None`: in all.
    sure: Option<Range<u32>>,
    /// By the place of the service.
    never: Vec<OnceLock<Vec<Range<u32>>>>,
}

impl Carriage {
    /// None where requests for any action can carry it.
    pub(crate) fn new(universe: &Universe<'_>, fact: ConditionKeyFact<'_>) -> Option<Self> {
        let carriers = universe.catalogue().carriers(fact);
        let never = universe.services().iter().map(|_| OnceLock::new()).collect();
        // AWS's own policies have tags in conditions on actions of other services that list none.
        let sure =
            (fact.scope == KeyScope::Global).then(|| universe.catalogue().service_range("s3"));
        carriers.are_some().then_some(Self { carriers, sure, never })
    }

    /// Some actions in two: those whose requests can carry the key, and those whose surely never do.
    pub(crate) fn split(
        &self,
        universe: &Universe<'_>,
        ids: &[Range<u32>],
    ) -> (Vec<Range<u32>>, Vec<Range<u32>>) {
        let (mut can, mut never) = (Vec::new(), Vec::new());
        let mut place = 0;
        for range in ids {
            let mut from = range.start;
            while from < range.end {
                let behind = |(service, _): &(Range<u32>, _)| service.end <= from;
                let rest = universe.services().get(place..).unwrap_or_default();
                place += rest.partition_point(behind);
                let Some((service, _)) = universe.services().get(place) else { break };
                let end = range.end.min(service.end);
                let never_here = match &self.sure {
                    Some(sure) if sure != service => &[],
                    _ => self.never_of(place, service, universe.catalogue()),
                };
                for found in never_here {
                    let (start, stop) = (found.start.max(from), found.end.min(end));
                    if start < stop {
                        push(&mut can, from..start);
                        push(&mut never, start..stop);
                        from = stop;
                    }
                }
                push(&mut can, from..end);
                from = end;
            }
        }
        (can, never)
    }

    /// Whether requests for one action never carry it, as far as the catalogue knows.
    pub(crate) fn never_carries(&self, universe: &Universe<'_>, id: ActionId) -> bool {
        let services = universe.services();
        let place = services.partition_point(|(service, _)| service.end <= id.0);
        services.get(place).is_some_and(|(service, _)| {
            let never = self.never_of(place, service, universe.catalogue());
            never.iter().any(|range| range.contains(&id.0))
        })
    }

    /// The actions of one service whose requests never carry it.
    fn never_of(&self, place: usize, ids: &Range<u32>, catalogue: &Catalogue) -> &[Range<u32>] {
        let found = || {
            let mut never = Vec::new();
            for id in ids.clone() {
                if catalogue.never_carries(ActionId(id), &self.carriers) {
                    push(&mut never, id..id + 1);
                }
            }
            never
        };
        self.never.get(place).map_or(&[], |known| known.get_or_init(found))
    }
}
