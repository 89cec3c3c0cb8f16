use super::{Json, JsonValue, read_yaml_file};

/// Each value as its place in the text, with the text of a scalar where that differs.
fn shown(text: &str, json: &Json<'_>, out: &mut Vec<String>) {
    let written = &text[json.span.start..json.span.end];
    match &json.value {
        JsonValue::Array(items) => {
            out.push(format!("[{written}]"));
            items.iter().for_each(|item| shown(text, item, out));
        }
        JsonValue::Object(entries) => {
            out.push(format!("{{{written}}}"));
            for (key, value) in entries {
                out.push(format!("{}={}", key.name, &text[key.span.start..key.span.end]));
                shown(text, value, out);
            }
        }
        JsonValue::String(value) => out.push(format!("{value:?}={written}")),
        other => out.push(format!("{}={written}", other.kind())),
    }
}

fn read(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for document in read_yaml_file(text).unwrap() {
        shown(text, &document, &mut out);
    }
    out
}

#[test]
fn a_block_ends_with_its_text() {
    let text = "- a: >-\n    one\n    two\n\n  # remark\n  b: |+\n    x\n\n- c\n";
    let shown = read(text);
    assert!(shown.contains(&"\"one two\"=one\n    two".to_owned()), "{shown:#?}");
    assert!(shown.contains(&"\"x\\n\\n\"=x".to_owned()), "{shown:#?}");
}

#[test]
fn values_know_their_places() {
    let text = "a: !Sub 'x ''y'''\n# remark\nb:\n  - 2012-10-17\n  - 011122223333\n  - 12\n  - yes\n  - true\n  -\nc: {d: \"e\\n\", f: [~]}\n";
    assert_eq!(
        read(text),
        [
            &format!("{{{}}}", text.trim_end()),
            "a=a",
            "{!Sub 'x ''y'''}",
            "!Sub=!Sub",
            "\"x 'y'\"='x ''y'''",
            "b=b",
            "[- 2012-10-17\n  - 011122223333\n  - 12\n  - yes\n  - true\n  -]",
            "\"2012-10-17\"=2012-10-17",
            "\"011122223333\"=011122223333",
            "a number=12",
            "\"yes\"=yes",
            "a boolean=true",
            "null=",
            "c=c",
            "{{d: \"e\\n\", f: [~]}}",
            "d=d",
            "\"e\\n\"=\"e\\n\"",
            "f=f",
            "[[~]]",
            "null=~",
        ]
    );
    let text = "a: |\n  one\n  two\nb: >-\n  folded\n  text\n\nc: plain\n  goes on\nd: !Ref\n  x\n";
    let shown = read(text);
    assert_eq!(shown[2], "\"one\\ntwo\\n\"=one\n  two");
    assert_eq!(shown[4], "\"folded text\"=folded\n  text");
    assert_eq!(shown[6], "\"plain goes on\"=plain\n  goes on");
    assert_eq!(shown[8], "{!Ref\n  x}");
}

#[test]
fn aliases_stand_for_their_anchors_and_not_without_end() {
    assert_eq!(read("a: &x [1]\nb: *x").last().unwrap(), "a number=1");
    assert_eq!(read("--- 1\n--- 2\n").len(), 2);
    assert!(read_yaml_file("a: &x [*x]").is_err());
    assert!(read_yaml_file("a: *x").is_err());
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{list}]\n");
    }
    assert!(read_yaml_file(&bomb).unwrap_err().message.contains("more than 1000000 values"));
}

#[test]
fn what_is_no_yaml_has_a_place() {
    for (text, start) in [("a: [1", 3), ("a: 'x", 3), ("? [a]\n: b", 2), ("é: }", 4)] {
        let problem = read_yaml_file(text).unwrap_err();
        assert_eq!(problem.span.start, start, "{problem:?}");
    }
    for deep in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(200)] {
        assert!(read_yaml_file(&deep).is_err());
    }
    assert_eq!(read_yaml_file("\u{feff}a: 1").unwrap()[0].entries()[0].0.span.start, 3);
    assert!(read_yaml_file("").unwrap().len() <= 1);
}
