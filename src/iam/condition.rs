//! Conditions: an operator, a key and the operands it is compared with.
//!
//! Operands are read once, under their operator, into values that cannot be misread later.
//! AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use super::{Cidr, ContextKey, Decimal, Instant};
use crate::pattern::{ArnPattern, ArnPatternError, Pattern, Syntax};
use base64::Engine as _;
use std::fmt;

/// How an operator treats a set of request values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantifier {
    /// No set operator: the key has one value.
    One,
    /// `ForAllValues:`: every value, also of no values.
    ForAllValues,
    /// `ForAnyValue:`: at least one value.
    ForAnyValue,
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What an operator compares, and how.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Comparison { $($(#[$doc])* $name),+ }

        impl Comparison {
            /// All comparisons.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The operator's name, without set prefix and `IfExists`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

comparisons! {
    /// Equal, letter by letter; `*` is no wildcard.
    StringEquals,
    /// Not `StringEquals`.
    StringNotEquals,
    /// Equal but for the case of letters.
    StringEqualsIgnoreCase,
    /// Not `StringEqualsIgnoreCase`.
    StringNotEqualsIgnoreCase,
    /// Matches a pattern of `*` and `?`.
    StringLike,
    /// Not `StringLike`.
    StringNotLike,
    /// Equal numbers.
    NumericEquals,
    /// Not `NumericEquals`.
    NumericNotEquals,
    /// The request's number is less than the operand.
    NumericLessThan,
    /// Less or equal.
    NumericLessThanEquals,
    /// Greater.
    NumericGreaterThan,
    /// Greater or equal.
    NumericGreaterThanEquals,
    /// The same instant.
    DateEquals,
    /// Not `DateEquals`.
    DateNotEquals,
    /// The request's instant is before the operand.
    DateLessThan,
    /// Before or equal.
    DateLessThanEquals,
    /// After.
    DateGreaterThan,
    /// After or equal.
    DateGreaterThanEquals,
    /// The same truth value.
    Bool,
    /// The same bytes; the operand is their base64.
    BinaryEquals,
    /// Inside an address block.
    IpAddress,
    /// Not `IpAddress`.
    NotIpAddress,
    /// Matches an ARN pattern, part by part; the same as `ArnLike`.
    ArnEquals,
    /// Not `ArnEquals`.
    ArnNotEquals,
    /// Matches an ARN pattern, part by part.
    ArnLike,
    /// Not `ArnLike`.
    ArnNotLike,
    /// `true`: the key is absent; `false`: it is there.
    Null,
}

impl Comparison {
    /// Whether it holds where the positive comparison does not, and where the key is absent.
    #[must_use]
    pub const fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }

    /// Whether operands may hold policy variables: strings and ARNs only.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-conditionelement>
    #[must_use]
    pub const fn allows_variables(self) -> bool {
        matches!(
            self,
            Self::StringEquals
                | Self::StringNotEquals
                | Self::StringEqualsIgnoreCase
                | Self::StringNotEqualsIgnoreCase
                | Self::StringLike
                | Self::StringNotLike
                | Self::ArnEquals
                | Self::ArnNotEquals
                | Self::ArnLike
                | Self::ArnNotLike
        )
    }
}

/// A whole operator: `ForAnyValue:StringLikeIfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConditionOperator {
    /// The set prefix.
    pub quantifier: Quantifier,
    /// The comparison.
    pub comparison: Comparison,
    /// Whether the condition holds where the key is absent.
    pub if_exists: bool,
}

impl ConditionOperator {
    /// Reads an operator's name, whatever the case of its letters.
    ///
    /// # Errors
    /// The name that was likely meant, if any.
    pub fn parse(text: &str) -> Result<Self, Option<String>> {
        let lower = text.to_ascii_lowercase();
        let (quantifier, rest) = if let Some(rest) = lower.strip_prefix("forallvalues:") {
            (Quantifier::ForAllValues, rest)
        } else if let Some(rest) = lower.strip_prefix("foranyvalue:") {
            (Quantifier::ForAnyValue, rest)
        } else {
            (Quantifier::One, lower.as_str())
        };
        let (base, if_exists) =
            rest.strip_suffix("ifexists").map_or((rest, false), |base| (base, true));
        let found = Comparison::ALL.iter().copied().find(|c| c.name().eq_ignore_ascii_case(base));
        match found {
            // AWS: Null takes neither IfExists nor a set prefix (the operators' page).
            Some(Comparison::Null) if if_exists || quantifier != Quantifier::One => {
                Err(Some("Null".into()))
            }
            Some(comparison) => Ok(Self { quantifier, comparison, if_exists }),
            None => {
                let names = Comparison::ALL.iter().map(|c| c.name());
                let near = crate::source::closest(base, names).and_then(|name| {
                    let comparison = Comparison::ALL.iter().copied().find(|c| c.name() == name)?;
                    Some(Self { quantifier, comparison, if_exists }.to_string())
                });
                Err(near)
            }
        }
    }
}

impl ConditionOperator {
    /// Whether `text` is its name with the letters in AWS's case.
    #[must_use]
    pub fn is_written(&self, text: &str) -> bool {
        let prefix = match self.quantifier {
            Quantifier::One => "",
            Quantifier::ForAllValues => "ForAllValues:",
            Quantifier::ForAnyValue => "ForAnyValue:",
        };
        let rest =
            text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(self.comparison.name()));
        rest == Some(if self.if_exists { "IfExists" } else { "" })
    }
}

impl fmt::Display for ConditionOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Quantifier::One => "",
            Quantifier::ForAllValues => "ForAllValues:",
            Quantifier::ForAnyValue => "ForAnyValue:",
        })?;
        f.write_str(self.comparison.name())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

/// How an operand stood in the JSON; it is written back in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperandKind {
    /// In quotes.
    String,
    /// A bare number; its source text is kept (`1.0` is not `1`).
    Number,
    /// A bare `true` or `false`.
    Bool,
}

/// What an operand means under its operator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OperandValue {
    /// For the String comparisons; lower case for those that ignore case.
    Text(Pattern),
    /// For the Arn comparisons.
    Arn(ArnPattern),
    /// For the Arn comparisons, with a variable before the fifth colon: which parts the ARN has is
    /// known when the variables have values.
    ArnText(Pattern),
    /// For the Numeric comparisons.
    Number(Decimal),
    /// For the Date comparisons.
    Date(Instant),
    /// For Bool and Null.
    Bool(bool),
    /// For BinaryEquals.
    Binary(Vec<u8>),
    /// For the IP comparisons.
    Block(Cidr),
    /// The text is none of what the operator takes: no value equals it.
    Unreadable,
}

/// One value of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Operand {
    /// As written, without quotes.
    pub text: String,
    /// In which form.
    pub kind: OperandKind,
    /// What it means.
    pub value: OperandValue,
}

impl Operand {
    /// Reads `text` as an operand of `comparison`; `variables` tells whether the policy's version
    /// has variables. A text that the comparison cannot take becomes `Unreadable`.
    #[must_use]
    pub fn parse(comparison: Comparison, text: &str, kind: OperandKind, variables: bool) -> Self {
        use Comparison as C;
        let (literal, glob) = if variables {
            (Syntax::LiteralWithVariables, Syntax::GlobWithVariables)
        } else {
            (Syntax::Literal, Syntax::Glob)
        };
        let value = match comparison {
            C::StringEquals | C::StringNotEquals => {
                Some(OperandValue::Text(Pattern::parse(text, literal)))
            }
            C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => {
                Some(OperandValue::Text(Pattern::parse(text, literal).to_lowercase()))
            }
            C::StringLike | C::StringNotLike => {
                Some(OperandValue::Text(Pattern::parse(text, glob)))
            }
            C::ArnEquals | C::ArnNotEquals | C::ArnLike | C::ArnNotLike => {
                parse_arn(text, variables)
            }
            C::NumericEquals
            | C::NumericNotEquals
            | C::NumericLessThan
            | C::NumericLessThanEquals
            | C::NumericGreaterThan
            | C::NumericGreaterThanEquals => Decimal::parse(text).map(OperandValue::Number),
            C::DateEquals
            | C::DateNotEquals
            | C::DateLessThan
            | C::DateLessThanEquals
            | C::DateGreaterThan
            | C::DateGreaterThanEquals => Instant::parse(text).map(OperandValue::Date),
            C::Bool | C::Null => parse_bool(text).map(OperandValue::Bool),
            C::BinaryEquals => base64::engine::general_purpose::STANDARD
                .decode(text)
                .ok()
                .map(OperandValue::Binary),
            C::IpAddress | C::NotIpAddress => Cidr::parse(text).map(OperandValue::Block),
        };
        Self { text: text.to_owned(), kind, value: value.unwrap_or(OperandValue::Unreadable) }
    }
}

/// An ARN; a variable may stand anywhere in it, as in the operands of String comparisons.
///
/// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse>
fn parse_arn(text: &str, variables: bool) -> Option<OperandValue> {
    match ArnPattern::parse(text, variables) {
        Ok(arn) => return Some(OperandValue::Arn(arn)),
        Err(ArnPatternError::NotAnArn) if !text.starts_with("${") => return None,
        Err(_) => {}
    }
    let pattern = Pattern::parse(text, Syntax::GlobWithVariables);
    if variables && pattern.has_variables() {
        return Some(OperandValue::ArnText(pattern));
    }
    ArnPattern::of_pattern(&pattern).map(OperandValue::Arn)
}

/// `true` or `false`, whatever the case of the letters.
fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// One condition: the operands are alternatives (for a negated operator, none may match).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The operator.
    pub operator: ConditionOperator,
    /// The key it looks at.
    pub key: ContextKey,
    /// What it compares with; may be empty.
    pub operands: Vec<Operand>,
}

impl Condition {
    /// A `StringEquals` of a policy of 2012: the key has one of these values, letter by letter. `$` is
    /// written `${$}`, so that no part of a value is a policy variable; `*` is no wildcard here.
    ///
    /// AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>
    #[must_use]
    pub fn equals<V: AsRef<str>>(key: ContextKey, values: impl IntoIterator<Item = V>) -> Self {
        let comparison = Comparison::StringEquals;
        let operand = |value: V| {
            let text = value.as_ref().replace('$', "${$}");
            Operand::parse(comparison, &text, OperandKind::String, true)
        };
        Self {
            operator: ConditionOperator {
                quantifier: Quantifier::One,
                comparison,
                if_exists: false,
            },
            key,
            operands: values.into_iter().map(operand).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_print_as_they_parse() {
        for text in [
            "StringLike",
            "ForAllValues:StringNotEqualsIfExists",
            "Null",
            "ArnEquals",
            "BoolIfExists",
        ] {
            assert_eq!(ConditionOperator::parse(text).unwrap().to_string(), text);
            assert_eq!(ConditionOperator::parse(&text.to_uppercase()).unwrap().to_string(), text);
            assert!(ConditionOperator::parse(text).unwrap().is_written(text));
            assert!(!ConditionOperator::parse(text).unwrap().is_written(&text.to_uppercase()));
        }
        assert_eq!(ConditionOperator::parse("StringEqualss"), Err(Some("StringEquals".into())));
        assert_eq!(
            ConditionOperator::parse("ForAnyValue:StringLikes"),
            Err(Some("ForAnyValue:StringLike".into()))
        );
        assert_eq!(ConditionOperator::parse("NullIfExists"), Err(Some("Null".into())));
        assert_eq!(ConditionOperator::parse("Regex"), Err(None));
    }

    #[test]
    fn operands_are_read_under_their_operator() {
        let read = |c, text| Operand::parse(c, text, OperandKind::String, true).value;
        assert_eq!(read(Comparison::Bool, "TRUE"), OperandValue::Bool(true));
        assert_eq!(read(Comparison::Bool, "yes"), OperandValue::Unreadable);
        assert_eq!(read(Comparison::BinaryEquals, "QUI="), OperandValue::Binary(b"AB".to_vec()));
        let OperandValue::Text(text) = read(Comparison::StringEquals, "a*") else { panic!() };
        assert_eq!(text.as_literal(), Some("a*"));
    }

    #[test]
    fn a_value_stays_what_it_is() {
        let values = ["${aws:username}", "${x}", "a$b", "$", "*?", "${*}", "plain", ""];
        let condition = Condition::equals(ContextKey::new("s3:prefix"), values);
        assert_eq!(condition.operator.to_string(), "StringEquals");
        let literal = |operand: &Operand| match &operand.value {
            OperandValue::Text(text) => text.as_literal().map(str::to_owned),
            _ => None,
        };
        let read: Vec<_> = condition.operands.iter().filter_map(literal).collect();
        assert_eq!(read, values);
        assert_eq!(condition.operands[0].text, "${$}{aws:username}");
    }
}
