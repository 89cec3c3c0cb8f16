//! Requests that belong together: one action, a pattern of resources, and what is known of the
//! context.

use super::context::Fixed;
use super::set::RequestSet;
use super::universe::Universe;
use crate::iam::{
    AccountId, Action, ActionPattern, Caller, Clause, Comparison, Condition, ConditionOperator,
    ContextKey, Effect, Layer, Operand, OperandKind, OperandValue, Quantifier, Statement,
};
use crate::pattern::{ArnPattern, Pattern};

/// All requests for one action on some resources that carry what is fixed here. Every other
/// condition key is open: a request may carry any value for it, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestBox {
    /// The action.
    pub action: Action,
    /// The resources.
    pub resource: ArnPattern,
    /// The account that owns them, where it is known.
    pub resource_account: Option<AccountId>,
    /// Who asks, where it is known.
    pub caller: Option<Caller>,
    /// What is known of the context.
    pub fixed: Vec<(ContextKey, Fixed)>,
}

impl RequestBox {
    /// All requests for `action` on `resource`.
    #[must_use]
    pub const fn new(action: Action, resource: ArnPattern) -> Self {
        Self { action, resource, resource_account: None, caller: None, fixed: Vec::new() }
    }

    pub(crate) fn fixed(&self, key: &ContextKey) -> Option<&Fixed> {
        self.fixed.iter().find(|(known, _)| known == key).map(|(_, fixed)| fixed)
    }

    /// The statement that allows these requests, whoever asks.
    fn statement(&self) -> Option<Statement> {
        Some(Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Clause::Is(vec![ActionPattern::parse(self.action.text()).ok()?]),
            resource: Some(Clause::Is(vec![self.resource.clone()])),
            conditions: self.fixed.iter().flat_map(|(key, fixed)| conditions(key, fixed)).collect(),
        })
    }
}

impl<'a> RequestSet<'a> {
    /// The union of `boxes`, whoever asks; reports call it `name`.
    #[must_use]
    pub fn of_boxes(universe: &'a Universe<'a>, name: &'a str, boxes: &[RequestBox]) -> Self {
        let statements = boxes.iter().filter_map(RequestBox::statement).collect();
        Self::of_statements(universe, Layer::Identity, name, statements)
    }
}

/// The conditions that hold together for just the fixed values.
fn conditions(key: &ContextKey, fixed: &Fixed) -> Vec<Condition> {
    let condition = |comparison, text: &str, value| Condition {
        operator: ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false },
        key: key.clone(),
        operands: vec![Operand { text: text.to_owned(), kind: OperandKind::String, value }],
    };
    let literal = |text: &str| OperandValue::Text(Pattern::literal(text));
    match fixed {
        // `Null` holds for an empty value too.
        Fixed::Absent => vec![
            condition(Comparison::Null, "true", OperandValue::Bool(true)),
            condition(Comparison::StringNotEquals, "", literal("")),
        ],
        Fixed::Like(pattern) => {
            let value = OperandValue::Text(pattern.clone());
            vec![condition(Comparison::StringLike, pattern.text(), value)]
        }
        Fixed::Equals(text) => vec![condition(Comparison::StringEquals, text, literal(text))],
    }
}
