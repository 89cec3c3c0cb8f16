//! Statements: each element on its own, then the rules between them.

use super::{Json, JsonKey, JsonValue, Lowering, entry};
use crate::iam::{
    ActionError, ActionPattern, Clause, Comparison, Condition, ConditionOperator, ContextKey,
    Effect, Operand, OperandKind, OperandValue, PolicyKind, Presence, PrincipalPattern, Statement,
    Version,
};
use crate::pattern::{ArnPattern, ArnPatternError, Pattern, Syntax};
use crate::source::{Span, closest};
use std::borrow::Cow;

type Entries<'j, 't> = &'j [(JsonKey<'t>, Json<'t>)];

const NAMES: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Lowering {
    pub(super) fn statement(&mut self, json: &Json<'_>, version: Version) -> Option<Statement> {
        let JsonValue::Object(entries) = &json.value else {
            self.error(
                json.span,
                format!("a statement is an object, this is {}", json.value.kind()),
                None,
            );
            return None;
        };
        self.keys(entries, &NAMES, "a statement");
        let sid = entry(entries, "Sid").and_then(|json| self.sid(json));
        let effect = self.effect(entries, json.span);
        let principal = self.principal(entries, json.span);
        let action = self.clause(
            entries,
            "Action",
            "NotAction",
            json.span,
            Presence::Required,
            Self::action,
        );
        let variables = version.has_variables();
        let resource = self.clause(
            entries,
            "Resource",
            "NotResource",
            json.span,
            self.kind.resource(),
            |this, item| this.resource(item, variables),
        );
        let conditions = entry(entries, "Condition")
            .map(|json| self.conditions(json, variables))
            .unwrap_or_default();
        Some(Statement { sid, effect: effect?, principal, action: action?, resource, conditions })
    }

    fn sid(&mut self, json: &Json<'_>) -> Option<String> {
        let sid = self.string(json, "`Sid`")?;
        if self.kind.has_strict_sids() && !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
            self.error(
                json.span,
                format!("the Sid `{sid}` holds more than letters and digits"),
                Some("IAM takes A-Z, a-z and 0-9 only".into()),
            );
        }
        (!sid.is_empty()).then(|| sid.into_owned())
    }

    fn effect(&mut self, entries: Entries<'_, '_>, span: Span) -> Option<Effect> {
        let Some(json) = entry(entries, "Effect") else {
            self.error(
                span,
                "the statement has no `Effect`".into(),
                Some("add `\"Effect\": \"Allow\"` or `\"Deny\"`".into()),
            );
            return None;
        };
        let text = self.string(json, "`Effect`")?;
        match &*text {
            "Allow" => Some(Effect::Allow),
            "Deny" => Some(Effect::Deny),
            other => {
                let help = match closest(other, ["Allow", "Deny"]) {
                    Some(near) => format!("did you mean `{near}`? The case of letters counts"),
                    None => "write `Allow` or `Deny`; the case of letters counts".into(),
                };
                self.error(json.span, format!("unknown effect `{other}`"), Some(help));
                None
            }
        }
    }

    /// Reads an element or its negated twin, and holds the two against what the kind may have.
    fn clause<T>(
        &mut self,
        entries: Entries<'_, '_>,
        name: &'static str,
        negated: &'static str,
        span: Span,
        presence: Presence,
        read: impl Fn(&mut Self, &Json<'_>) -> Option<T>,
    ) -> Option<Clause<T>> {
        let positive = entry(entries, name);
        let negative = entry(entries, negated);
        let (json, is_negated) = match (positive, negative) {
            (Some(_), Some(json)) => {
                self.error(
                    json.span,
                    format!("a statement has `{name}` or `{negated}`, not both"),
                    None,
                );
                return None;
            }
            (Some(json), None) => (json, false),
            (None, Some(json)) => (json, true),
            (None, None) => {
                if presence == Presence::Required {
                    self.error(
                        span,
                        format!("the statement has neither `{name}` nor `{negated}`"),
                        None,
                    );
                }
                return None;
            }
        };
        if presence == Presence::Forbidden {
            let (written, kind) = (if is_negated { negated } else { name }, self.kind);
            self.error(
                json.span,
                format!("`{written}` may not stand in this {kind}"),
                Some("remove it, unless this is another kind of policy".into()),
            );
            return None;
        }
        let items = json.one_or_many();
        if items.is_empty() {
            self.warning(
                json.span,
                format!("`{name}` is an empty list; AWS refuses the document"),
                None,
            );
            self.of_rule("empty-list");
        }
        let values = items.iter().filter_map(|item| read(self, item)).collect();
        Some(if is_negated { Clause::Not(values) } else { Clause::Is(values) })
    }

    fn action(&mut self, json: &Json<'_>) -> Option<ActionPattern> {
        let text = self.string(json, "an action")?;
        match ActionPattern::parse(&text) {
            Ok(action) => Some(action),
            Err(error) => {
                let help = match error {
                    ActionError::NoColon => {
                        "write the service's prefix, a colon and the name, as in `s3:GetObject`"
                    }
                    ActionError::Service => {
                        "wildcards are for the name: `s3:Get*`, or `*` for every action"
                    }
                    ActionError::Name => {
                        "check for white space and for characters that no action has"
                    }
                };
                self.error(json.span, format!("`{text}` is no action: {error}"), Some(help.into()));
                None
            }
        }
    }

    fn resource(&mut self, json: &Json<'_>, variables: bool) -> Option<ArnPattern> {
        let text = self.string(json, "a resource")?;
        let read = match ArnPattern::parse(&self.full_arn(&text), variables) {
            Err(ArnPatternError::VariableInHead) => self.variable_in_head(json.span, &text),
            other => other,
        };
        match read {
            Ok(pattern) => {
                if matches!(&pattern, ArnPattern::Arn(parts) if parts.padded) {
                    self.short_arn(json.span, &text);
                }
                Some(pattern)
            }
            Err(error) => {
                let help = "a bucket is `arn:aws:s3:::NAME`, its objects are `arn:aws:s3:::NAME/*`";
                self.error(
                    json.span,
                    format!("`{text}` is no resource: {error}"),
                    Some(help.into()),
                );
                None
            }
        }
    }

    /// AWS: in the policy of an API, `execute-api:/STAGE/METHOD/PATH` stands for the API's own ARN:
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html>
    fn full_arn<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match text.strip_prefix("execute-api:/") {
            Some(rest) if self.kind == PolicyKind::Resource => {
                format!("arn:*:execute-api:*:*:*/{rest}").into()
            }
            _ => text.into(),
        }
    }

    /// AWS allows variables only after the fifth colon, and uses one before it in a policy of its
    /// own, `AmazonTimestreamInfluxDBServiceRolePolicy`:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    fn variable_in_head(&mut self, span: Span, text: &str) -> Result<ArnPattern, ArnPatternError> {
        self.warning(
            span,
            format!("`{text}` has a policy variable before the fifth colon"),
            Some("AWS's guide allows them only after it; write `*`, or the value".into()),
        );
        self.of_rule("variable-in-arn-head");
        let pattern = Pattern::parse(text, Syntax::GlobWithVariables);
        ArnPattern::of_pattern(&pattern).ok_or(ArnPatternError::NotAnArn)
    }

    /// AWS: identity policies complete a short ARN with `*`; STS refuses it in a session policy:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    fn short_arn(&mut self, span: Span, text: &str) {
        let help =
            Some("write all six parts: `arn:partition:service:region:account:resource`".to_owned());
        if self.kind == PolicyKind::Session {
            self.error(span, format!("`{text}` has fewer than six parts; STS refuses it"), help);
        } else {
            self.warning(
                span,
                format!("`{text}` has fewer than six parts; the missing ones are read as `*`"),
                help,
            );
        }
        self.of_rule("short-arn");
    }

    fn principal(
        &mut self,
        entries: Entries<'_, '_>,
        span: Span,
    ) -> Option<Clause<PrincipalPattern>> {
        if let Some(json) = entry(entries, "NotPrincipal")
            && self.kind.principal() != Presence::Forbidden
            && !self.kind.allows_not_principal()
        {
            let kind = self.kind;
            self.error(
                json.span,
                format!("`NotPrincipal` may not stand in this {kind}"),
                Some("name the principals with `Principal`".into()),
            );
            return None;
        }
        let presence = self.kind.principal();
        // The entries of all kinds of principal lie in one object, so it is read as one item.
        let nested =
            self.clause(entries, "Principal", "NotPrincipal", span, presence, |this, item| {
                Some(this.principals(item))
            })?;
        Some(match nested {
            Clause::Is(lists) => Clause::Is(lists.concat()),
            Clause::Not(lists) => Clause::Not(lists.concat()),
        })
    }

    /// AWS: a wildcard is no part of a principal's name, and only `AWS` takes `*` for everyone:
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-wildcard-in-principal>
    fn principals(&mut self, json: &Json<'_>) -> Vec<PrincipalPattern> {
        const KINDS: [&str; 4] = ["AWS", "Federated", "Service", "CanonicalUser"];
        let entries = match &json.value {
            JsonValue::String(text) if text == "*" => return vec![PrincipalPattern::Anyone],
            JsonValue::Object(entries) => entries,
            _ => {
                self.error(
                    json.span,
                    "a principal is `\"*\"` or an object".into(),
                    Some("write `{\"AWS\": \"arn:aws:iam::ACCOUNT:role/NAME\"}`".into()),
                );
                return vec![];
            }
        };
        self.keys(entries, &KINDS, "a principal");
        let mut all = Vec::new();
        for (key, list) in entries {
            for item in list.one_or_many() {
                let Some(text) = self.string(item, "a principal") else { continue };
                let read = match &*key.name {
                    "AWS" => PrincipalPattern::parse_aws(&text),
                    "Federated" | "Service" if text.contains(['*', '?']) => {
                        Err("a provider or service is named without wildcards")
                    }
                    "Federated" => Ok(PrincipalPattern::Federated((*text).into())),
                    "Service" => Ok(PrincipalPattern::Service((*text).into())),
                    "CanonicalUser" => Ok(PrincipalPattern::CanonicalUser((*text).into())),
                    _ => continue,
                };
                match read {
                    Ok(principal) => {
                        if let PrincipalPattern::Deleted(id) = &principal {
                            self.warning(
                                item.span,
                                format!("`{id}` is the id of a user or role that was deleted; it matches nobody"),
                                Some("remove it, or name the principal's ARN again".into()),
                            );
                            self.of_rule("dead-principal");
                        }
                        all.push(principal);
                    }
                    Err(why) => self.error(item.span, format!("`{text}`: {why}"), None),
                }
            }
        }
        // Written and read again, the kinds stand in the order of their names.
        all.sort_by_key(|p| p.kind().unwrap_or("AWS"));
        all
    }

    fn conditions(&mut self, json: &Json<'_>, variables: bool) -> Vec<Condition> {
        let JsonValue::Object(operators) = &json.value else {
            self.error(
                json.span,
                format!("`Condition` is an object, this is {}", json.value.kind()),
                None,
            );
            return vec![];
        };
        let mut all = Vec::new();
        let mut seen = Vec::new();
        for (name, keys) in operators {
            let operator = match ConditionOperator::parse(&name.name) {
                Ok(operator) => operator,
                Err(near) => {
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    self.error(
                        name.span,
                        format!("`{}`: unknown condition operator", name.name),
                        help,
                    );
                    continue;
                }
            };
            if !operator.is_written(&name.name) {
                self.warning(name.span, format!("`{}` is written `{operator}`", name.name), None);
            }
            if seen.contains(&operator) {
                self.error(
                    name.span,
                    format!("`{operator}` stands here twice"),
                    Some("merge the two".into()),
                );
            }
            seen.push(operator);
            let JsonValue::Object(keys) = &keys.value else {
                self.error(
                    keys.span,
                    format!("`{operator}` holds an object of keys and values"),
                    None,
                );
                continue;
            };
            for (at, (key, values)) in keys.iter().enumerate() {
                if keys
                    .iter()
                    .take(at)
                    .any(|(before, _)| before.name.eq_ignore_ascii_case(&key.name))
                {
                    let help =
                        "a key's values are a list, and the case of its letters does not count";
                    self.error(
                        key.span,
                        format!("`{}` stands here twice", key.name),
                        Some(help.into()),
                    );
                }
                all.push(self.condition(operator, key, values, variables));
            }
        }
        all
    }

    fn condition(
        &mut self,
        operator: ConditionOperator,
        key: &JsonKey<'_>,
        values: &Json<'_>,
        variables: bool,
    ) -> Condition {
        if key.name.is_empty() {
            self.error(key.span, "a condition key is empty".into(), None);
        }
        let items = values.one_or_many();
        if items.is_empty() {
            self.warning(values.span, format!("`{}` has an empty list of values", key.name), None);
            self.of_rule("empty-list");
        }
        let operands = items.iter().filter_map(|item| {
            let (text, kind) = match &item.value {
                JsonValue::String(text) => {
                    self.characters(text, item.span);
                    (&**text, OperandKind::String)
                }
                JsonValue::Number(text) => (*text, OperandKind::Number),
                JsonValue::Bool(true) => ("true", OperandKind::Bool),
                JsonValue::Bool(false) => ("false", OperandKind::Bool),
                other => {
                    let found = other.kind();
                    self.error(item.span, format!("a condition's value is a string, a number or a boolean, this is {found}"), None);
                    return None;
                }
            };
            let operand = Operand::parse(operator.comparison, text, kind, variables);
            if operand.value == OperandValue::Unreadable {
                self.unreadable(item.span, operator.comparison, text);
            }
            Some(operand)
        });
        let operands = operands.collect();
        Condition { operator, key: ContextKey::new(&key.name), operands }
    }

    /// IAM stores such an operand and then nothing equals it, so it is a warning; `Null` is told
    /// apart, since its value decides the meaning.
    fn unreadable(&mut self, span: Span, comparison: Comparison, text: &str) {
        let (wants, rule) = match comparison {
            Comparison::Bool | Comparison::Null => ("`true` or `false`", "bool-unparsable"),
            Comparison::BinaryEquals => ("base64", "binary-unparsable"),
            Comparison::IpAddress | Comparison::NotIpAddress => {
                ("an address or a block such as `10.0.0.0/8`", "ip-unparsable")
            }
            Comparison::ArnEquals
            | Comparison::ArnLike
            | Comparison::ArnNotEquals
            | Comparison::ArnNotLike => ("an ARN", "arn-unparsable"),
            c if c.name().starts_with("Date") => {
                ("an ISO 8601 date or seconds since 1970", "date-unparsable")
            }
            _ => ("a number", "numeric-unparsable"),
        };
        let message =
            format!("`{text}` is not what `{}` compares with: {wants}", comparison.name());
        if comparison == Comparison::Null {
            self.error(span, message, None);
        } else {
            self.warning(span, message, Some("no value equals it".into()));
        }
        self.of_rule(rule);
    }
}
