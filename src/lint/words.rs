//! Sentences of findings.

/// `a`, `b` and `c`, each in backticks; of many the rest is counted.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    const WRITTEN: usize = 5;
    let mut words: Vec<String> =
        names.iter().take(WRITTEN).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > WRITTEN {
        words.push(format!("{} more", names.len() - WRITTEN));
    }
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => words.concat(),
    }
}

/// `one` or `many`, as the number wants it.
pub(super) const fn plural<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// A value of a policy document: one text bare, several as a list.
pub(super) fn json_values<T: AsRef<str>>(values: &[T]) -> String {
    let text = |value: &T| serde_json::Value::from(value.as_ref()).to_string();
    match values {
        [one] => text(one),
        many => format!("[{}]", many.iter().map(text).collect::<Vec<_>>().join(", ")),
    }
}

/// An ARN format as people write an example: `arn:aws:s3:::BUCKETNAME/OBJECTNAME`.
pub(super) fn arn_shape(format: &str) -> String {
    let mut shape = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        shape.push_str(before);
        match name {
            "Partition" => shape.push_str("aws"),
            _ => shape.push_str(&name.to_uppercase()),
        }
        rest = after;
    }
    shape + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_shapes_can_be_copied() {
        assert_eq!(json_values(&["a\"b"]), "\"a\\\"b\"");
        assert_eq!(json_values(&["a", "b"]), "[\"a\", \"b\"]");
        assert_eq!(
            arn_shape("arn:${Partition}:s3:::${BucketName}/${ObjectName}"),
            "arn:aws:s3:::BUCKETNAME/OBJECTNAME"
        );
        assert_eq!(arn_shape("*"), "*");
    }
}
