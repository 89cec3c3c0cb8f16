//! The nouns of IAM, valid by construction: what a policy document says and what a request is.
//!
//! Nothing here decides anything; `evaluate` does that for one request and `exact` for all.
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod action;
mod condition;
mod context;
mod document;
mod folded;
mod kind;
mod principal;
mod request;
mod value;

pub use action::{Action, ActionError, ActionPattern};
pub use condition::{
    Comparison, Condition, ConditionOperator, Operand, OperandKind, OperandValue, Quantifier,
};
pub use context::{ContextKey, ContextValue, RequestContext};
pub use document::{Clause, Effect, PolicyDocument, Statement, Version};
pub use kind::{Layer, PolicyKind, Presence};
pub use principal::{AccountId, AccountIdError, Caller, PrincipalPattern};
pub use request::{Request, Resource};
pub use value::{Cidr, Decimal, Instant};
