//! Policy documents made of any bytes: built of the words that policies are built of, so that most
//! of them are well-formed and many overlap.

use arbitrary::{Result, Unstructured};
use leastwise::iam::PolicyKind;
use serde_json::{Map, Value, json};

const ACTIONS: [&str; 18] = [
    "s3:GetObject",
    "s3:Get*",
    "s3:PutObject",
    "s3:*",
    "*",
    "s3:ListBucket",
    "s3:?etObject",
    "S3:LISTALLMYBUCKETS",
    "s3:List*",
    "s3:Future",
    "s3:*Tagging",
    "kms:Decrypt",
    "kms:*",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "iam:PassRole",
    "nosuch:*",
    "sqs:Send*",
];

const RESOURCES: [&str; 8] = [
    "*",
    "arn:aws:s3:::*",
    "arn:*:s3:*:*:a*",
    "arn:aws:kms:eu-west-1:111122223333:key/*",
    "arn:aws:sqs:*:*:a?b",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::a/${aws:PrincipalTag/team,'b'}/*",
];

const PIECES: [&str; 12] =
    ["a", "b", "ab", "/", "*", "?", "**", "a/", "/*", "${*}", "${aws:username}", "é"];

const OPERATORS: [&str; 26] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
    "Null",
];

const KEYS: [&str; 18] = [
    "s3:prefix",
    "s3:max-keys",
    "aws:SecureTransport",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ResourceTag/team",
    "aws:RequestTag/team",
    "aws:TagKeys",
    "aws:PrincipalArn",
    "aws:PrincipalTag/team",
    "aws:username",
    "aws:SourceVpce",
    "s3:x-amz-acl",
    "kms:ViaService",
    "oidc.example.org:sub",
    "AWS:PRINCIPALARN",
];

const TEXTS: [&str; 14] = [
    "a",
    "b",
    "ab",
    "A",
    "",
    "a*",
    "*b",
    "a?",
    "${aws:username}",
    "x/${s3:prefix,'d'}/*",
    "true",
    "é",
    "ß",
    "K",
];
const NUMBERS: [&str; 8] = ["0", "1", "-1", "1.5", "10", "1e3", "x", "9999999999999999999"];
const DATES: [&str; 6] =
    ["2026-01-01", "2026-01-01T00:00:00Z", "1767225600", "2026", "0", "2026-01-01T00:00:00.5Z"];
const ADDRESSES: [&str; 8] = [
    "10.0.0.0/8",
    "10.1.0.0/16",
    "10.0.0.1",
    "0.0.0.0/0",
    "2001:db8::/32",
    "::/0",
    "::ffff:10.0.0.0/104",
    "255.255.255.255",
];
const ARNS: [&str; 8] = [
    "*",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::1?:*",
    "arn:aws:sts::111122223333:assumed-role/a/*",
    "a",
    "arn:aws:iam::111122223333:user/${aws:username}",
    "arn:${a,'aws'}:iam::1:root",
];
const PRINCIPALS: [&str; 9] = [
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::111122223333:role/b",
    "arn:aws:sts::111122223333:assumed-role/a/s",
    "arn:aws:iam::999999999999:user/u",
    "AIDAEXAMPLEEXAMPLE",
    "444455556666",
];

/// The kind of two documents, and both as text. The second is often much like the first.
pub fn pair(u: &mut Unstructured<'_>) -> Result<(PolicyKind, String, String)> {
    let kind = *u.choose(&[
        PolicyKind::Identity,
        PolicyKind::Identity,
        PolicyKind::Identity,
        PolicyKind::Resource,
        PolicyKind::Trust,
    ])?;
    let first = statements(u, kind)?;
    let mut second = if u.ratio(2, 3)? { first.clone() } else { Vec::new() };
    for statement in statements(u, kind)? {
        let at = u.choose_index(second.len() + 1)?;
        if at < second.len() && u.arbitrary()? {
            second.remove(at);
        }
        second.insert(at.min(second.len()), statement);
    }
    let text = |statements: Vec<Value>| {
        json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
    };
    Ok((kind, text(first), text(second)))
}

fn statements(u: &mut Unstructured<'_>, kind: PolicyKind) -> Result<Vec<Value>> {
    let count = u.int_in_range(0..=4)?;
    (0..count).map(|_| statement(u, kind)).collect()
}

fn statement(u: &mut Unstructured<'_>, kind: PolicyKind) -> Result<Value> {
    let mut statement = Map::new();
    let effect = if u.ratio(3, 4)? { "Allow" } else { "Deny" };
    statement.insert("Effect".into(), effect.into());
    let not = |u: &mut Unstructured<'_>, name: &str| -> Result<String> {
        Ok(if u.ratio(1, 7)? { format!("Not{name}") } else { name.to_owned() })
    };
    let name = not(u, "Action")?;
    statement.insert(name, some(u, 3, |u| word(u, &ACTIONS))?);
    if kind != PolicyKind::Trust {
        let name = not(u, "Resource")?;
        statement.insert(name, some(u, 3, resource)?);
    }
    if matches!(kind, PolicyKind::Trust | PolicyKind::Resource) {
        let name = not(u, "Principal")?;
        let principal = match u.int_in_range(0..=5)? {
            0 => json!("*"),
            1 => json!({ "Service": "ec2.amazonaws.com" }),
            2 => json!({ "Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.example.org" }),
            _ => json!({ "AWS": some(u, 2, |u| word(u, &PRINCIPALS))? }),
        };
        statement.insert(name, principal);
    }
    let mut conditions = Map::new();
    for _ in 0..*u.choose(&[0, 0, 1, 1, 2, 3])? {
        let (operator, values) = operator(u)?;
        let key = word(u, &KEYS)?;
        let of_operator = conditions.entry(operator).or_insert_with(|| json!({}));
        of_operator[key] = values;
    }
    if !conditions.is_empty() {
        statement.insert("Condition".into(), conditions.into());
    }
    Ok(statement.into())
}

/// An operator with values of its kind, or now and then of another.
fn operator(u: &mut Unstructured<'_>) -> Result<(String, Value)> {
    let base = word(u, &OPERATORS)?;
    if base == "Null" {
        return Ok((base, some(u, 1, |u| word(u, &["true", "false"]))?));
    }
    let words: &[&str] = match &*base {
        _ if u.ratio(1, 24)? => &TEXTS,
        numeric if numeric.starts_with("Numeric") => &NUMBERS,
        date if date.starts_with("Date") => &DATES,
        arn if arn.starts_with("Arn") => &ARNS,
        "Bool" => &["true", "false"],
        "BinaryEquals" => &["QQ==", "QUI="],
        "IpAddress" | "NotIpAddress" => &ADDRESSES,
        _ => &TEXTS,
    };
    let values = some(u, 2, |u| word(u, words))?;
    let quantifier = *u.choose(&["", "", "", "ForAllValues:", "ForAnyValue:"])?;
    let if_exists = if u.ratio(1, 5)? { "IfExists" } else { "" };
    Ok((format!("{quantifier}{base}{if_exists}"), values))
}

fn resource(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 3)? {
        return word(u, &RESOURCES);
    }
    let mut text = "arn:aws:s3:::".to_owned();
    for _ in 0..u.int_in_range(1..=4)? {
        text.push_str(&word(u, &PIECES)?);
    }
    Ok(text)
}

fn word(u: &mut Unstructured<'_>, words: &[&str]) -> Result<String> {
    Ok((*u.choose(words)?).to_owned())
}

/// One text or a list of up to `most`.
fn some(
    u: &mut Unstructured<'_>,
    most: usize,
    one: impl Fn(&mut Unstructured<'_>) -> Result<String>,
) -> Result<Value> {
    let count = u.int_in_range(1..=most)?;
    let mut all: Vec<String> = (0..count).map(|_| one(u)).collect::<Result<_>>()?;
    Ok(if all.len() == 1 { all.remove(0).into() } else { all.into() })
}
