//! `list-bucket-without-prefix`

use super::Seen;
use crate::catalogue::ActionId;
use crate::iam::{
    ActionPattern, Clause, Comparison, Condition, Effect, Operand, OperandValue, Quantifier,
    Statement,
};
use crate::lint::policy::Subject;
use crate::lint::s3::S3Resource;
use crate::lint::words::json_values;
use crate::lint::{Rule, quoted};
use crate::pattern::{ArnPattern, Pattern};
use crate::syntax::Element;

/// What lists keys. The uploads in progress show keys too; S3 knows no condition on their prefix.
///
/// AWS: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
const LISTINGS: [&str; 2] = ["s3:ListBucket", "s3:ListBucketVersions"];

pub(super) fn look(subject: &Subject<'_>, _: &Rule) -> Vec<Seen> {
    let listings: Vec<u32> =
        LISTINGS.iter().filter_map(|name| subject.id(name)).map(|id| id.0).collect();
    let lists =
        |(number, _): (usize, &Statement)| listings.iter().any(|id| subject.names(number, *id));
    if !subject.grants().any(lists) {
        return Vec::new();
    }
    let objects = granted_objects(subject);
    let mut seen = Vec::new();
    for (number, statement) in subject.grants() {
        let Clause::Is(actions) = &statement.action else { continue };
        let listed = parts_of_listed(statement, &objects);
        if listed.keys.is_empty() {
            continue;
        }
        let open = openness(statement, &listed.keys);
        if matches!(open, Openness::Narrowed) || is_denied_elsewhere(subject, &listings, &listed) {
            continue;
        }
        for (at, action) in actions.iter().enumerate() {
            // A wildcard over all of the service is what `wildcard-action` is about.
            let lists = subject
                .expansion(number, at)
                .iter()
                .any(|range| listings.iter().any(|id| range.contains(id)));
            if !lists || action.name().is_any() {
                continue;
            }
            let (message, help) = (listed.message(action, &open), listed.help(&open));
            let found = Seen::new(Element::Action(number, at), message).help(help);
            seen.push(match &open {
                Openness::Condition(at, why) => {
                    found.also(Element::Condition(number, *at), why.to_string())
                }
                _ => found,
            });
        }
    }
    seen
}

/// Objects that some statement grants.
struct Granted<'a> {
    resource: S3Resource<'a>,
    /// The ARN of the bucket.
    bucket: &'a str,
}

impl<'a> Granted<'a> {
    /// The objects that a resource is, if it is any.
    fn of(arn: &'a ArnPattern) -> Option<Self> {
        let resource = match arn {
            ArnPattern::Any => return Some(EVERYTHING),
            arn => S3Resource::of(arn)?,
        };
        let rest = resource.keys.map_or(0, |keys| keys.len() + 1);
        let bucket = arn.text().get(..arn.text().len().checked_sub(rest)?)?;
        (resource.keys.is_some() || resource.is_every_key()).then_some(Self { resource, bucket })
    }
}

/// The objects that the document grants, all of a bucket's or a part of them. What is granted on
/// `*` is on every key.
fn granted_objects<'a>(subject: &Subject<'a>) -> Vec<Granted<'a>> {
    let catalogue = subject.catalogue();
    let s3 = catalogue.service_range("s3");
    let on_object =
        |id: u32| catalogue.resource_types(ActionId(id)).any(|one| one.name() == "object");
    let on_objects = |number: usize, statement: &Statement| {
        statement.action.is_negated()
            || (0..statement.action.entries().len())
                .flat_map(|at| subject.expansion(number, at))
                .any(|range| (range.start.max(s3.start)..range.end.min(s3.end)).any(on_object))
    };
    let mut granted = Vec::new();
    for (_, statement) in subject.grants().filter(|(number, of)| on_objects(*number, of)) {
        match &statement.resource {
            Some(Clause::Is(entries)) => granted.extend(entries.iter().filter_map(Granted::of)),
            _ => granted.push(EVERYTHING),
        }
    }
    granted
}

const EVERYTHING: Granted<'static> =
    Granted { resource: S3Resource { bucket: "*", keys: Some("*") }, bucket: "*" };

/// The buckets that a statement lists and of which parts alone are granted, and those parts.
struct Listed<'a> {
    buckets: Vec<&'a str>,
    granted: Vec<&'a str>,
    /// The ARNs of the buckets of which parts are granted.
    arns: Vec<&'a str>,
    keys: Vec<&'a str>,
}

impl Listed<'_> {
    fn message(&self, action: &ActionPattern, open: &Openness) -> String {
        let whose = if self.buckets.contains(&"*") {
            "every bucket".to_owned()
        } else {
            quoted(&self.buckets)
        };
        let however = match open {
            Openness::Condition(_, why) => format!(": {why}"),
            _ => String::new(),
        };
        let keys = if self.is_of_one() { quoted(&self.keys) } else { quoted(&self.parts()) };
        let is = if self.keys.len() == 1 { "is" } else { "are" };
        match open {
            Openness::Condition(_, Why::Wider(..)) => {
                format!("`{action}` shows more of {whose} than {keys}, which {is} granted{however}")
            }
            _ => {
                format!(
                    "`{action}` shows every key of {whose}, of which only {keys} {is} granted{however}"
                )
            }
        }
    }

    fn help(&self, open: &Openness) -> String {
        let keys = json_values(&self.keys);
        let condition = format!("`\"Condition\": {{\"StringLike\": {{\"s3:prefix\": {keys}}}}}`");
        if matches!(open, Openness::Condition(_, Why::Empty)) {
            return format!(
                "say {condition} here, and give who walks down to it from the top of the bucket a \
                 statement of its own, for one level at a time: `\"Condition\": {{\"StringEquals\": \
                 {{\"s3:prefix\": \"\", \"s3:delimiter\": \"/\"}}}}`"
            );
        }
        if self.is_of_one() {
            return format!("put a condition on the statement: {condition}");
        }
        let arns = json_values(&self.arns);
        format!(
            "name the bucket, `\"Resource\": {arns}`, and put a condition on the statement: {condition}"
        )
    }

    /// Whether the buckets that are listed are no more than those of which parts are granted.
    fn is_of_one(&self) -> bool {
        let is_pattern = |bucket: &&str| bucket.contains(['*', '?']);
        !self.buckets.iter().any(is_pattern) || self.granted.iter().any(is_pattern)
    }

    fn parts(&self) -> Vec<String> {
        let of_bucket = |bucket: &&str| {
            let bucket = (*bucket).to_owned();
            self.keys.iter().map(move |keys| format!("{bucket}/{keys}")).collect::<Vec<_>>()
        };
        match self.granted.as_slice() {
            [bucket] => of_bucket(bucket),
            _ => self.keys.iter().map(|&keys| keys.to_owned()).collect(),
        }
    }
}

fn parts_of_listed<'a>(statement: &'a Statement, granted: &[Granted<'a>]) -> Listed<'a> {
    let mut listed =
        Listed { buckets: Vec::new(), granted: Vec::new(), arns: Vec::new(), keys: Vec::new() };
    let buckets: Vec<&str> = match &statement.resource {
        Some(Clause::Is(resources)) => resources.iter().filter_map(listed_bucket).collect(),
        _ => vec!["*"],
    };
    for bucket in buckets {
        let of_it = || granted.iter().filter(|one| meet(one.resource.bucket, bucket));
        if of_it().any(|one| one.resource.is_every_key()) {
            continue;
        }
        let keys: Vec<&str> = of_it().filter_map(|one| one.resource.keys).collect();
        if !keys.is_empty() {
            listed.buckets.push(bucket);
            listed.granted.extend(of_it().map(|one| one.resource.bucket));
            listed.arns.extend(of_it().map(|one| one.bucket));
            listed.keys.extend(keys);
        }
    }
    let Listed { buckets, granted, arns, keys } = &mut listed;
    for list in [buckets, granted, arns, keys] {
        list.sort_unstable();
        list.dedup();
    }
    listed
}

/// The bucket, or pattern of buckets, that a resource of a listing is; of objects nothing is listed.
fn listed_bucket(arn: &ArnPattern) -> Option<&str> {
    match arn {
        ArnPattern::Any => Some("*"),
        arn => S3Resource::of(arn).filter(|one| one.keys.is_none()).map(|one| one.bucket),
    }
}

/// Whether two patterns of bucket names surely have a name in common.
fn meet(a: &str, b: &str) -> bool {
    a == b || Pattern::glob(a).matches(b) || Pattern::glob(b).matches(a)
}

/// Whether a statement lets a listing show every key.
enum Openness {
    /// It names the prefixes.
    Narrowed,
    /// It says nothing of them.
    Wide,
    /// It says something that does not hold back.
    Condition(usize, Why),
}

/// Why a condition on the prefix does not hold listings to what is granted.
enum Why {
    Null,
    NullUnasked,
    Negated,
    IfExists,
    ForAllValues,
    Any,
    Empty,
    /// A prefix, and what is granted below it.
    Wider(String, String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "a listing without a prefix is one of everything",
            Self::NullUnasked => "`Null` says nothing of which prefix",
            Self::Negated => "a negated operator also holds without a prefix",
            Self::IfExists => "`IfExists` also holds without a prefix",
            Self::ForAllValues => "`ForAllValues` also holds without a prefix",
            Self::Any => "`*` is every prefix",
            Self::Empty => "the empty prefix lists everything where no delimiter is asked for",
            Self::Wider(prefix, keys) => {
                return write!(f, "`{prefix}` also lists what lies beside `{keys}`");
            }
        })
    }
}

fn openness(statement: &Statement, granted: &[&str]) -> Openness {
    let of_prefix = || {
        let all = statement.conditions.iter().enumerate();
        all.filter(|(_, condition)| condition.key.folded() == "s3:prefix")
    };
    let delimited = statement.conditions.iter().any(|condition| {
        condition.key.folded() == "s3:delimiter" && why_not(condition, true, &[]).is_none()
    });
    let why_not = |condition| why_not(condition, delimited, granted);
    if of_prefix().any(|(_, condition)| why_not(condition).is_none()) {
        return Openness::Narrowed;
    }
    let first = of_prefix().find_map(|(at, one)| Some((at, why_not(one)?)));
    first.map_or(Openness::Wide, |(at, why)| Openness::Condition(at, why))
}

/// Why a condition on the prefix lets a listing of more than is granted through; `None` where it does
/// not.
fn why_not(condition: &Condition, delimited: bool, granted: &[&str]) -> Option<Why> {
    let operator = condition.operator;
    if operator.comparison == Comparison::Null {
        let absent = |one: &Operand| one.value == OperandValue::Bool(true);
        let is_asked = condition.operands.iter().any(absent);
        return Some(if is_asked { Why::Null } else { Why::NullUnasked });
    }
    if operator.comparison.is_negated() {
        return Some(Why::Negated);
    }
    if operator.if_exists {
        return Some(Why::IfExists);
    }
    if operator.quantifier == Quantifier::ForAllValues {
        return Some(Why::ForAllValues);
    }
    let value = |one: &Operand| match &one.value {
        OperandValue::Text(pattern) if pattern.is_any() => Some(Why::Any),
        // AWS: a listing with a delimiter shows one level of keys:
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
        OperandValue::Text(pattern) if pattern.as_literal().is_some() && delimited => None,
        OperandValue::Text(pattern) if pattern.as_literal() == Some("") => Some(Why::Empty),
        OperandValue::Text(_) => wider(&one.text, granted),
        _ => None,
    };
    condition.operands.iter().find_map(value)
}

/// Whether a prefix ends at a folder above all that is granted in it.
fn wider(prefix: &str, granted: &[&str]) -> Option<Why> {
    let above = head(prefix);
    if !(above.is_empty() || above.ends_with('/'))
        || granted.iter().any(|keys| above.starts_with(head(keys)))
    {
        return None;
    }
    let is_below = |keys: &&&str| {
        let below = head(keys);
        below.starts_with(above) && below.trim_end_matches('/').len() > above.len()
    };
    let below = granted.iter().find(is_below)?;
    Some(Why::Wider(prefix.to_owned(), (*below).to_owned()))
}

/// What stands before the first wildcard.
fn head(text: &str) -> &str {
    text.split(['*', '?']).next().unwrap_or_default()
}

/// Whether a Deny holds listings of these buckets to some prefixes: it forbids those without one.
fn is_denied_elsewhere(subject: &Subject<'_>, listings: &[u32], listed: &Listed<'_>) -> bool {
    let forbids = |condition: &Condition| {
        let operator = condition.operator;
        condition.key.folded() == "s3:prefix"
            && (operator.comparison.is_negated()
                || operator.if_exists
                || operator.comparison == Comparison::Null
                || condition.operands.iter().any(|one| matches!(&*one.text, "" | "*")))
    };
    let is_about = |statement: &Statement| match &statement.resource {
        Some(Clause::Is(entries)) => listed.buckets.iter().all(|bucket| {
            entries.iter().filter_map(listed_bucket).any(|denied| meet(denied, bucket))
        }),
        _ => true,
    };
    subject.statements().any(|(number, statement)| {
        statement.effect == Effect::Deny
            && statement.conditions.iter().any(forbids)
            && is_about(statement)
            && listings.iter().any(|id| subject.names(number, *id))
    })
}
