//! What a set of matching statements means to one of two sets of requests.

use super::bits::Bits;
use super::set::Rule;

/// The statements of one set, by layer.
#[derive(Debug, Default)]
pub(crate) struct Side {
    layers: Vec<SideLayer>,
}

#[derive(Debug, Default)]
struct SideLayer {
    allow: Bits,
    deny: Bits,
}

impl Side {
    /// Takes in a layer: its statements with their numbers.
    pub(crate) fn add_layer<'r, 'a: 'r>(
        &mut self,
        rules: impl Iterator<Item = (usize, &'r Rule<'a>)>,
    ) {
        let mut layer = SideLayer::default();
        for (number, rule) in rules {
            let mask = if rule.allows() { &mut layer.allow } else { &mut layer.deny };
            mask.insert(number);
        }
        self.layers.push(layer);
    }

    /// Whether requests that exactly these statements match are allowed.
    pub(crate) fn allows(&self, matching: &Bits) -> bool {
        self.layers.iter().all(|l| matching.intersects(&l.allow) && !matching.intersects(&l.deny))
    }

    /// Whether they may be allowed after some more statements drop out.
    pub(crate) fn may_allow(&self, matching: &Bits) -> bool {
        self.layers.iter().all(|layer| matching.intersects(&layer.allow))
    }

    /// Whether these statements, which surely match, deny.
    pub(crate) fn denies(&self, certain: &Bits) -> bool {
        self.layers.iter().any(|layer| certain.intersects(&layer.deny))
    }

    /// Whether `certain` statements allow, and no `possible` one denies.
    pub(crate) fn surely_allows(&self, possible: &Bits, certain: &Bits) -> bool {
        self.layers
            .iter()
            .all(|layer| certain.intersects(&layer.allow) && !possible.intersects(&layer.deny))
    }

    /// The layers that stop requests that exactly these statements match.
    pub(crate) fn blocking<'s>(&'s self, matching: &'s Bits) -> impl Iterator<Item = usize> + 's {
        let stops = |l: &SideLayer| !matching.intersects(&l.allow) || matching.intersects(&l.deny);
        self.layers.iter().enumerate().filter(move |(_, l)| stops(l)).map(|(at, _)| at)
    }

    /// The statements of one layer that deny.
    pub(crate) fn denying(&self, layer: usize) -> Bits {
        self.layers.get(layer).map_or_else(Bits::default, |layer| layer.deny.clone())
    }

    /// The statements of one layer that allow.
    pub(crate) fn allowing(&self, layer: usize) -> Bits {
        self.layers.get(layer).map_or_else(Bits::default, |layer| layer.allow.clone())
    }

    /// All statements that allow, of every layer.
    pub(crate) fn all_allowing(&self) -> Bits {
        self.layers.iter().fold(Bits::default(), |all, layer| all.union(&layer.allow))
    }

    /// All statements that deny, of every layer.
    pub(crate) fn all_denying(&self) -> Bits {
        self.layers.iter().fold(Bits::default(), |all, layer| all.union(&layer.deny))
    }
}
