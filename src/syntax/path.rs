//! Where in a document a place is, in words: `Statement[0].Condition.StringLike`.

use super::json::{Json, JsonValue, read_json};
use crate::source::Span;

/// The path to the value or key that starts at `span`, or else to the smallest value around it;
/// `None` where the text is no JSON or the place is the whole document.
#[must_use]
pub fn path_at(text: &str, span: Span) -> Option<String> {
    let json = read_json(text).ok()?;
    let mut path = String::new();
    descend(&json, span, &mut path);
    (!path.is_empty()).then_some(path)
}

fn descend(json: &Json<'_>, span: Span, path: &mut String) {
    let around = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    match &json.value {
        JsonValue::Array(items) => {
            if let Some((at, item)) = items.iter().enumerate().find(|(_, i)| around(i.span)) {
                path.push_str(&format!("[{at}]"));
                descend(item, span, path);
            }
        }
        JsonValue::Object(entries) => {
            let found = entries
                .iter()
                .find(|(key, value)| around(Span::new(key.span.start, value.span.end)));
            if let Some((key, value)) = found {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&key.name);
                if !around(key.span) {
                    descend(value, span, path);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_paths() {
        let text = r#"{"Statement": [{"Condition": {"StringLik": {"s3:prefix": ["a", 1]}}}]}"#;
        let path = |part: &str| {
            let start = text.find(part).unwrap();
            path_at(text, Span::new(start, start + part.len()))
        };
        assert_eq!(path("\"StringLik\"").as_deref(), Some("Statement[0].Condition.StringLik"));
        assert_eq!(path("1").as_deref(), Some("Statement[0].Condition.StringLik.s3:prefix[1]"));
        assert_eq!(path("{\"Cond").as_deref(), Some("Statement[0]"));
        assert_eq!(path_at(text, Span::new(0, text.len())), None);
        assert_eq!(path_at("{", Span::new(0, 1)), None);
    }
}
