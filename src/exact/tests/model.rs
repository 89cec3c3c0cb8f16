//! A second reading of statements, as plain as possible and sharing no code with the first.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) allow: bool,
    pub(super) not_action: bool,
    pub(super) actions: Vec<String>,
    pub(super) not_resource: bool,
    pub(super) resources: Vec<String>,
    pub(super) conditions: Vec<(String, String, Vec<String>)>,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) context: Vec<(String, Value)>,
}

impl Statement {
    pub(super) fn json(&self) -> String {
        let list = |items: &[String]| format!("[\"{}\"]", items.join("\",\""));
        // JSON keys are unique: one operator with its keys, then the next.
        let mut operators: Vec<(&str, Vec<String>)> = Vec::new();
        for (operator, key, values) in &self.conditions {
            let entry = format!("\"{key}\":{}", list(values));
            match operators.iter_mut().find(|(known, _)| known == operator) {
                Some((_, entries)) => entries.push(entry),
                None => operators.push((operator, vec![entry])),
            }
        }
        let conditions: Vec<String> = operators
            .iter()
            .map(|(o, entries)| format!("\"{o}\":{{{}}}", entries.join(",")))
            .collect();
        format!(
            r#"{{"Effect":"{}","{}":{},"{}":{},"Condition":{{{}}}}}"#,
            if self.allow { "Allow" } else { "Deny" },
            if self.not_action { "NotAction" } else { "Action" },
            list(&self.actions),
            if self.not_resource { "NotResource" } else { "Resource" },
            list(&self.resources),
            conditions.join(","),
        )
    }

    pub(super) fn matches(&self, request: &Request) -> bool {
        let action = request.action.to_lowercase();
        let named = self.actions.iter().any(|p| glob(&p.to_lowercase(), &action));
        // The one exception: the list of buckets may be denied, and not allowed, by their ARN.
        let lists = |p: &str| {
            self.allow == self.not_resource
                && action == "s3:listallmybuckets"
                && request.resource == "*"
                && p == "arn:aws:s3:::*"
        };
        let reached = self.resources.iter().any(|p| arn(p, &request.resource) || lists(p));
        named != self.not_action
            && reached != self.not_resource
            && self.conditions.iter().all(|(operator, key, values)| {
                let value = request.context.iter().find(|(k, _)| k == key);
                holds(operator, values, value.map_or(&Value::Absent, |(_, v)| v))
            })
    }
}

/// Whether the layers, each a list of statements, allow a request.
pub(super) fn allows(layers: &[Vec<Statement>], request: &Request) -> bool {
    layers.iter().all(|layer| {
        let any = |allow| layer.iter().any(|s| s.allow == allow && s.matches(request));
        any(true) && !any(false)
    })
}

fn glob(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.chars();
    match pattern.next() {
        None => text.is_empty(),
        Some('*') => (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .any(|at| glob(pattern.as_str(), &text[at..])),
        Some(wanted) => {
            let mut text = text.chars();
            text.next().is_some_and(|c| wanted == '?' || wanted == c)
                && glob(pattern.as_str(), text.as_str())
        }
    }
}

fn arn(pattern: &str, text: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (pattern, text): (Vec<&str>, Vec<&str>) =
        (pattern.splitn(6, ':').collect(), text.splitn(6, ':').collect());
    pattern.len() == 6
        && text.len() == 6
        && pattern.iter().zip(&text).all(|(pattern, text)| glob(pattern, text))
}

fn holds(operator: &str, values: &[String], value: &Value) -> bool {
    if operator == "Null" {
        let absent = match value {
            Value::Absent => true,
            Value::One(v) => v.is_empty(),
            Value::Many(all) => all.iter().all(String::is_empty),
        };
        return values.iter().any(|v| v == if absent { "true" } else { "false" });
    }
    let if_exists = operator.ends_with("IfExists");
    let base = operator.trim_end_matches("IfExists");
    let (set, base) = match base.split_once(':') {
        Some((set, base)) => (set, base),
        None => ("", base),
    };
    let one = |v: &String| one_holds(base, values, v);
    match (value, set) {
        (Value::Absent, "ForAllValues") => true,
        (Value::Absent, "ForAnyValue") => false,
        (Value::Absent, _) => if_exists || base.contains("Not"),
        (Value::One(v), _) => one(v),
        (Value::Many(all), "ForAllValues") => all.iter().all(one),
        (Value::Many(all), "ForAnyValue") => all.iter().any(one),
        (Value::Many(_), _) => false,
    }
}

fn one_holds(base: &str, values: &[String], value: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    let compare = |test: &dyn Fn(f64, f64) -> bool| {
        values
            .iter()
            .any(|v| matches!((number(value), number(v)), (Some(a), Some(b)) if test(a, b)))
    };
    match base {
        "StringEquals" => values.iter().any(|v| v == value),
        "StringNotEquals" => values.iter().all(|v| v != value),
        "StringLike" => values.iter().any(|v| glob(v, value)),
        "StringNotLike" => !values.iter().any(|v| glob(v, value)),
        "StringEqualsIgnoreCase" => values.iter().any(|v| v.eq_ignore_ascii_case(value)),
        "ArnLike" => values.iter().any(|v| value.matches(':').count() >= 5 && arn(v, value)),
        "ArnNotEquals" => !values.iter().any(|v| value.matches(':').count() >= 5 && arn(v, value)),
        "Bool" => values.iter().any(|v| v.eq_ignore_ascii_case(value)),
        "NumericEquals" => compare(&|a, b| a == b),
        "NumericNotEquals" => !compare(&|a, b| a == b),
        "NumericLessThan" => compare(&|a, b| a < b),
        "NumericGreaterThanEquals" => compare(&|a, b| a >= b),
        other => panic!("no reading of {other}"),
    }
}

fn pick<T: Clone + std::fmt::Debug + 'static>(items: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(items.to_vec())
}

fn owned(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn condition() -> impl Strategy<Value = (String, String, Vec<String>)> {
    let of = |key: &'static str, operators: &[&str], value: &'static str| {
        (pick(&owned(operators)), prop::collection::vec(value, 1..3))
            .prop_map(move |(operator, values)| (operator, key.to_owned(), values))
    };
    prop_oneof![
        3 => of(
            "t:text",
            &["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringEqualsIfExists"],
            "[abA]{0,2}",
        ),
        3 => of("t:text", &["StringLike", "StringNotLike", "StringNotLikeIfExists"], "[ab*?]{0,3}"),
        1 => of("t:arn", &["ArnLike", "ArnNotEquals", "ArnLikeIfExists"], "arn:aws:[*st]{1,2}:::[ab*]{1,2}"),
        2 => of("t:flag", &["Bool", "BoolIfExists"], "(true|false)"),
        1 => (pick(&owned(&["t:text", "t:flag", "t:set"])), "(true|false)")
            .prop_map(|(key, value)| ("Null".to_owned(), key, vec![value])),
        1 => of(
            "t:number",
            &["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEqualsIfExists"],
            "[0-3](\\.5)?",
        ),
        2 => of(
            "t:set",
            &["ForAllValues:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:StringNotEquals",
              "ForAllValues:StringNotLike"],
            "[ab]{1,2}",
        ),
    ]
}

pub(super) fn statement() -> impl Strategy<Value = Statement> {
    let actions = owned(&[
        "s3:GetObject",
        "s3:Get*",
        "s3:PutObject",
        "s3:*",
        "s3:ListBucket",
        "S3:listallmybuckets",
        "*",
        "s3:Future",
    ]);
    let resource = prop_oneof![
        1 => Just("*".to_owned()),
        6 => "arn:aws:s3:::[ab*]{1,2}(/[ab*?]{1,2})?",
        1 => "arn:\\*:s3:\\*::[ab*]{1,2}",
    ];
    (
        prop::bool::weighted(0.75),
        prop::bool::weighted(0.12),
        prop::collection::vec(pick(&actions), 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(resource, 1..3),
        prop_oneof![2 => Just(0..1), 3 => Just(1..2), 1 => Just(2..4)]
            .prop_flat_map(|n| prop::collection::vec(condition(), n)),
    )
        .prop_map(|(allow, not_action, actions, not_resource, resources, mut conditions)| {
            // An operator holds each key once.
            let mut seen = std::collections::BTreeSet::new();
            conditions.retain(|(operator, key, _)| seen.insert((operator.clone(), key.clone())));
            Statement { allow, not_action, actions, not_resource, resources, conditions }
        })
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    let objects =
        ("(s3:GetObject|s3:PutObject|s3:GetObjectAcl)", "arn:aws:s3:::[abx]{1,2}/[abx]{1,2}");
    let buckets = ("(s3:ListBucket|s3:GetBucketAcl)", "arn:aws:s3:::[abx]{1,2}");
    let none = ("s3:ListAllMyBuckets", "\\*");
    let future = ("s3:Future", "arn:aws:s3:::[abx]{1,2}(/[abx]{1,2})?");
    let on = prop_oneof![5 => objects, 3 => buckets, 1 => none, 1 => future];
    let one = |values: &'static str| {
        prop_oneof![
            1 => Just(Value::Absent),
            3 => values.prop_map(Value::One),
        ]
    };
    let set = prop_oneof![
        1 => Just(Value::Absent),
        3 => prop::collection::vec("[abx]{0,2}", 1..4).prop_map(Value::Many),
    ];
    (
        on,
        one("[abAx]{0,3}"),
        one("arn:aws:[stx]{1,2}:::[abx]{1,2}|a"),
        one("(true|false|TRUE|x)?"),
        one("-1|[0-4](\\.[257])?|x"),
        set,
    )
        .prop_map(|((action, resource), text, arn, flag, number, set)| Request {
            action,
            resource,
            context: vec![
                ("t:text".to_owned(), text),
                ("t:arn".to_owned(), arn),
                ("t:flag".to_owned(), flag),
                ("t:number".to_owned(), number),
                ("t:set".to_owned(), set),
            ],
        })
}
