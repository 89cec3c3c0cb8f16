//! `private-source-ip`

use super::Seen;
use crate::iam::{Cidr, Comparison, Condition, Effect, OperandValue};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::words::json_values;
use crate::source::Severity;
use crate::syntax::Element;

/// Blocks that no request from the internet comes from.
const PRIVATE: [&str; 9] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let private: Vec<Cidr> = PRIVATE.iter().filter_map(|text| Cidr::parse(text)).collect();
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let is_block = matches!(
                condition.operator.comparison,
                Comparison::IpAddress | Comparison::NotIpAddress
            );
            if condition.key.folded() == "aws:sourceip" && is_block {
                let place = |value| Element::Operand(number, at, value);
                seen.extend(about(condition, statement.effect, &private, place));
            }
        }
    }
    seen
}

fn about(
    condition: &Condition,
    effect: Effect,
    private: &[Cidr],
    place: impl Fn(usize) -> Element,
) -> Option<Seen> {
    let is_private = |value: &OperandValue| match value {
        OperandValue::Block(block) => {
            let (first, bits) = block.parts();
            private.iter().any(|one| one.parts().1 <= bits && one.contains(first))
        }
        _ => false,
    };
    let values = || condition.operands.iter().enumerate();
    let found: Vec<&str> = values()
        .filter(|(_, operand)| is_private(&operand.value))
        .map(|(_, operand)| &*operand.text)
        .collect();
    let first = values().position(|(_, operand)| is_private(&operand.value))?;
    let block = found.first()?;
    let all = found.len() == condition.operands.len();
    let negated = condition.operator.comparison.is_negated();
    let so = match (effect, negated) {
        _ if !all => "no request comes from it",
        (Effect::Allow, false) => "no request comes from it, and the statement grants nothing",
        (Effect::Allow, true) => "no request comes from it, and nobody is held back",
        (Effect::Deny, false) => "no request comes from it, and nothing is denied",
        (Effect::Deny, true) => "no request comes from it, and everyone is denied",
    };
    let key = &condition.key;
    let message = format!("`{block}` is private, and `{key}` is a public address: {so}");
    let help = format!(
        "addresses inside a VPC are in another key, for requests through an endpoint: \
         `\"{}\": {{\"aws:VpcSourceIp\": {}}}`, with the VPC in `aws:SourceVpc`",
        condition.operator,
        json_values(&found)
    );
    let seen = Seen::new(place(first), message).help(help);
    Some(if all { seen } else { seen.severity(Severity::Note) })
}
