//! `kms-context-trap`

use super::{Seen, set_operator};
use crate::iam::{Comparison, Condition, Effect, Quantifier};
use crate::lint::Rule;
use crate::lint::policy::Subject;
use crate::lint::s3::slash;
use crate::lint::words::json_values;
use crate::pattern::Pattern;
use crate::source::Severity;
use crate::syntax::Element;

/// What S3 sends as the context of an object.
const CONTEXT_OF_S3: &str = "kms:encryptioncontext:aws:s3:arn";

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (number, statement) in subject.statements() {
        for (at, condition) in statement.conditions.iter().enumerate() {
            let key = condition.key.folded();
            if key == set_operator::OF_KMS && condition.operator.quantifier == Quantifier::One {
                let place = Element::Condition(number, at);
                seen.extend(set_operator::missing(condition, statement.effect, place));
            } else if key == CONTEXT_OF_S3 {
                seen.extend(of_bucket_keys(number, at, condition, statement.effect));
            } else if key == "kms:viaservice" {
                seen.extend(of_services(number, at, condition, statement.effect));
            }
        }
    }
    seen
}

/// AWS: with an S3 Bucket Key the context is the ARN of the bucket, not of the object:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html>
fn of_bucket_keys(number: usize, at: usize, condition: &Condition, effect: Effect) -> Option<Seen> {
    if effect == Effect::Deny || condition.operator.comparison.is_negated() {
        return None;
    }
    let values: Vec<&str> = condition.operands.iter().map(|one| one.text.as_str()).collect();
    let bucket = |text: &str| {
        let name = text.split_once(":::")?.1;
        Some(name[..slash(name)?].to_owned())
    };
    // A value that also takes in the bucket's own ARN is right in both cases.
    let alone = values.iter().find(|text| {
        bucket(text).is_some_and(|name| {
            let arn = format!("arn:aws:s3:::{name}");
            !values.iter().any(|other| Pattern::glob(other).matches(&arn))
        })
    })?;
    let name = bucket(alone)?;
    let message = format!(
        "`{alone}` is the context of objects; where the bucket has an S3 Bucket Key the context is its own ARN, \
         and the condition does not hold"
    );
    let both = json_values(&[(*alone).to_owned(), format!("arn:aws:s3:::{name}")]);
    let operator = condition.operator;
    let help = format!("name both: `\"{operator}\": {{\"{}\": {both}}}`", condition.key);
    Some(Seen::new(Element::Condition(number, at), message).help(help).severity(Severity::Note))
}

/// AWS: the value is `SERVICE.REGION.amazonaws.com`:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
fn of_services(number: usize, at: usize, condition: &Condition, effect: Effect) -> Vec<Seen> {
    let comparison = condition.operator.comparison;
    if !matches!(
        comparison,
        Comparison::StringEquals
            | Comparison::StringLike
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringNotEquals
            | Comparison::StringNotLike
            | Comparison::StringNotEqualsIgnoreCase
    ) {
        return Vec::new();
    }
    let so = match (comparison.is_negated(), effect) {
        (false, Effect::Allow) => "nothing is granted by it",
        (false, Effect::Deny) => "nothing is denied by it",
        (true, Effect::Allow) => "it holds nothing back",
        (true, Effect::Deny) => "it exempts nothing",
    };
    let about = |(value, operand): (usize, &crate::iam::Operand)| {
        let text = operand.text.as_str();
        let service = region_is_missing(text)?;
        let message =
            format!("`{text}` is no value of `{}`, which names a Region: {so}", condition.key);
        let help = format!(
            "write `{service}.REGION.amazonaws.com`, or with `StringLike` `{service}.*.amazonaws.com`"
        );
        Some(Seen::new(Element::Operand(number, at, value), message).help(help))
    };
    condition.operands.iter().enumerate().filter_map(about).collect()
}

/// The service of a value that names no Region, such as `s3` or `s3.amazonaws.com`.
fn region_is_missing(text: &str) -> Option<&str> {
    if text.contains(['*', '?', '$']) {
        return None;
    }
    let host = text.strip_suffix(".cn").unwrap_or(text);
    let name = host.strip_suffix(".amazonaws.com").unwrap_or(host);
    (!name.contains('.')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::region_is_missing;

    #[test]
    fn a_value_of_via_service_names_a_region() {
        assert_eq!(region_is_missing("s3.amazonaws.com"), Some("s3"));
        assert_eq!(region_is_missing("s3"), Some("s3"));
        for text in ["s3.eu-west-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn", "s3.*", "*"] {
            assert_eq!(region_is_missing(text), None, "{text}");
        }
    }
}
