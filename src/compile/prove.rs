//! The proof that a policy allows all that is needed, and nothing that no call makes.
//!
//! Both bounds are written out call by call, without the merging that made the policy: what is
//! proved does not rest on the code that is to be checked.

use crate::consumer::{Fixed, RequiredCall, Requirement};
use crate::exact::{self, Budget, Counterexample, RequestBox, RequestSet, Universe};
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey, Effect, Layer,
    Operand, OperandKind, PolicyDocument, Quantifier, Request, Statement, Version,
};
use std::fmt;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproved {
    /// This is needed and not allowed.
    Missing(String),
    /// This is allowed and no call makes it.
    Excess(String),
    /// The comparison could not be finished.
    Undecided(String),
}

impl fmt::Display for Unproved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(request) => write!(f, "it needs {request}, which is not allowed"),
            Self::Excess(request) => write!(f, "it allows {request}, which no call makes"),
            Self::Undecided(why) => write!(f, "the comparison could not be finished: {why}"),
        }
    }
}

/// Proves `needs ⊆ policy ⊆ granted`. What is granted is part of what any feature may call, so that
/// `policy ⊆ may` follows; but a tolerated call that nobody asked for lifts nothing here.
pub(super) fn prove(requirement: &Requirement, policy: &PolicyDocument) -> Result<(), Unproved> {
    let needs: Vec<RequestBox> = requirement.needs().map(RequiredCall::requests).collect();
    let granted = document(requirement.granted().map(|call| statement(call, call.bounds())));
    let set = |name, document| {
        RequestSet::of_document(Universe::embedded(), Layer::Identity, name, document)
    };
    let (policy, granted) = (set("policy", policy), set("granted", &granted));
    let text = |request: &Request| format!("{} on {}", request.action, request.resource);
    match exact::prove(&needs, &policy, &granted, Budget::default()) {
        Ok(_) => Ok(()),
        Err(Counterexample::Gap(gap)) => Err(Unproved::Missing(text(&gap.witness))),
        Err(Counterexample::Excess(leaf)) => Err(Unproved::Excess(text(&leaf.witness))),
        Err(Counterexample::Undecided(limits)) => {
            let limits: Vec<String> = limits.iter().map(ToString::to_string).collect();
            Err(Unproved::Undecided(limits.join("; ")))
        }
    }
}

/// The policy that allows every call of every enabled feature, call by call: what a role can do
/// beyond it is excess.
#[must_use]
pub fn may(requirement: &Requirement) -> PolicyDocument {
    document(requirement.may().map(|call| statement(call, call.bounds())))
}

fn document(statements: impl Iterator<Item = Statement>) -> PolicyDocument {
    let mut each: Vec<Statement> = Vec::new();
    for statement in statements {
        if !each.contains(&statement) {
            each.push(statement);
        }
    }
    PolicyDocument { version: Version::V2012, id: None, statements: each }
}

/// One call as a statement: its action on its resource, in the context that is `fixed`.
fn statement<'c>(
    call: &RequiredCall,
    fixed: impl Iterator<Item = &'c (ContextKey, Fixed)>,
) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: Clause::Is(ActionPattern::parse(call.action.text()).into_iter().collect()),
        resource: Some(Clause::Is(vec![call.resource.clone()])),
        conditions: fixed.map(|(key, fixed)| condition(key, fixed)).collect(),
    }
}

fn condition(key: &ContextKey, fixed: &Fixed) -> Condition {
    let (comparison, text) = match fixed {
        Fixed::Absent => (Comparison::Null, "true"),
        Fixed::Like(pattern) => (Comparison::StringLike, pattern.text()),
        Fixed::Equals(value) => return Condition::equals(key.clone(), [value]),
    };
    Condition {
        operator: ConditionOperator { quantifier: Quantifier::One, comparison, if_exists: false },
        key: key.clone(),
        operands: vec![Operand::parse(comparison, text, OperandKind::String, true)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{Quota, compile};
    use crate::consumer::{Consumers, Estate, Settings};

    fn requirement(bucket: &str) -> Requirement {
        let mut settings = Settings::default();
        for (name, value) in [("consumer", "kratix"), ("bucket", bucket), ("path", "a")] {
            settings.set(name, value);
        }
        Estate::from_settings(&settings, Consumers::embedded()).unwrap().requirements().remove(0)
    }

    /// The proof can fail: a policy that is too small, too large, or for another bucket is refused.
    #[test]
    fn wrong_policies_are_not_proved() {
        let requirement = requirement("acme-kratix");
        let policy = compile(&requirement, Quota::Managed).unwrap().policy.unwrap();
        assert_eq!(prove(&requirement, &policy), Ok(()));

        for at in 0..policy.statements.len() {
            let mut small = policy.clone();
            small.statements.remove(at);
            assert!(matches!(prove(&requirement, &small), Err(Unproved::Missing(_))), "{at}");

            let mut large = policy.clone();
            large.statements[at].conditions.clear();
            large.statements[at].resource = Some(Clause::Is(vec![crate::pattern::ArnPattern::Any]));
            assert!(matches!(prove(&requirement, &large), Err(Unproved::Excess(_))), "{at}");
        }
        let other =
            compile(&self::requirement("acme-other"), Quota::Managed).unwrap().policy.unwrap();
        assert!(prove(&requirement, &other).is_err());
    }

    /// What looks like a policy variable in a value is none, in the policy as in its proof.
    #[test]
    fn values_are_literal() {
        let mut requirement = requirement("acme-kratix");
        let service = Fixed::Equals("${aws:username}$".to_owned());
        for call in &mut requirement.calls {
            call.fixed = vec![(ContextKey::new("kms:ViaService"), service.clone())];
        }
        let policy = compile(&requirement, Quota::Managed).unwrap().policy.unwrap();
        for statement in &policy.statements {
            let operands: Vec<&str> =
                statement.conditions.iter().flat_map(|c| &c.operands).map(|o| &*o.text).collect();
            assert_eq!(operands, ["${$}{aws:username}${$}"]);
        }
    }

    #[test]
    fn an_unconditioned_list_is_excess_where_a_prefix_is_enough() {
        let requirement = requirement("acme-kratix");
        let mut policy = compile(&requirement, Quota::Managed).unwrap().policy.unwrap();
        policy.statements.iter_mut().for_each(|s| s.conditions.clear());
        let Err(Unproved::Excess(request)) = prove(&requirement, &policy) else {
            panic!("it was proved")
        };
        assert_eq!(request, "s3:ListBucket on arn:aws:s3:::acme-kratix");
    }
}
