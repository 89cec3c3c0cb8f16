use super::*;

fn shown(text: &str, syntax: Syntax) -> String {
    let pattern = Pattern::parse(text, syntax);
    let show = |part: &Part| match part {
        Part::Literal(text) => format!("'{text}'"),
        Part::One => "?".into(),
        Part::Run => "*".into(),
        Part::Variable(v) => format!("<{}|{}>", v.key, v.default.as_deref().unwrap_or("-")),
    };
    pattern.parts().iter().map(show).collect::<Vec<_>>().join(" ")
}

#[test]
fn parts_are_canonical() {
    assert_eq!(shown("a**?b*??c", Syntax::Glob), "'a' ? * 'b' ? ? * 'c'");
    assert_eq!(shown("a*${*}b", Syntax::GlobWithVariables), "'a' * '*b'");
    assert_eq!(shown("a*${aws:UserName}", Syntax::LiteralWithVariables), "'a*' <aws:username|->");
    assert_eq!(
        shown("${aws:PrincipalTag/Team, 'x y'}/*", Syntax::GlobWithVariables),
        "<aws:principaltag/team|x y> '/' *"
    );
    assert_eq!(shown("${open/*", Syntax::GlobWithVariables), "'${open/' *");
    assert_eq!(shown("${a}*?", Syntax::Literal), "'${a}*?'");
}

/// The definition, as directly as it can be said.
fn oracle(pattern: &[char], value: &[char]) -> bool {
    match pattern.split_first() {
        None => value.is_empty(),
        Some(('*', rest)) => (0..=value.len()).any(|n| oracle(rest, &value[n..])),
        Some(('?', rest)) => value.split_first().is_some_and(|(_, tail)| oracle(rest, tail)),
        Some((c, rest)) => {
            value.split_first().is_some_and(|(v, tail)| v == c && oracle(rest, tail))
        }
    }
}

fn words(alphabet: &[char], longest: usize) -> Vec<Vec<char>> {
    let mut all = vec![vec![]];
    let mut last = all.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|w| alphabet.iter().map(move |c| [w.clone(), vec![*c]].concat()))
            .collect();
        all.extend(last.clone());
    }
    all
}

#[test]
fn every_small_pattern_agrees_with_the_definition() {
    let values = words(&['a', 'b', 'é'], 5);
    for pattern in words(&['a', 'b', '*', '?'], 4) {
        let parsed = Pattern::glob(&pattern.iter().collect::<String>());
        for value in &values {
            let text: String = value.iter().collect();
            assert_eq!(parsed.matches(&text), oracle(&pattern, value), "{pattern:?} on {text:?}");
        }
    }
}

#[test]
fn bound_values_are_literal_text() {
    let pattern = Pattern::parse("home/${aws:username}/*", Syntax::GlobWithVariables);
    let bound = pattern.bind(|key| (key == "aws:username").then_some("a*")).unwrap();
    assert!(bound.matches("home/a*/x"));
    assert!(!bound.matches("home/abc/x"));
    assert_eq!(pattern.bind(|_| None), None);
    assert!(!pattern.matches("home/${aws:username}/x"));
    let default = Pattern::parse("${aws:PrincipalTag/t, 'all'}", Syntax::LiteralWithVariables);
    assert!(default.bind(|_| None).unwrap().matches("all"));
}

#[test]
fn escaped_text_means_itself() {
    for text in ["a*b", "$x?", "${aws:username}", "plain"] {
        assert_eq!(
            Pattern::parse(&escape(text), Syntax::GlobWithVariables).as_literal(),
            Some(text)
        );
    }
}

#[test]
fn arns_match_part_by_part() {
    let cases = [
        ("*", "anything", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y/z", true),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
        ("arn:aws:s3:::b*", "arn:aws:s3:::bucket/key", true),
        ("arn:*:s3:::b", "arn:aws-cn:s3:::b", true),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:1:q", false),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:q:name", true),
        ("arn:aws:sqs", "arn:aws:sqs:us-east-1:1:q", true),
        ("arn:aws:logs:*:log-group", "arn:aws:logs:eu:1:log-group", false),
        (
            "arn:aws:elasticloadbalancing:*:*:*/*",
            "arn:aws:elasticloadbalancing:r:1:loadbalancer/x",
            true,
        ),
        ("arn:aws:s3:::b", "b", false),
    ];
    for (pattern, value, expected) in cases {
        assert_eq!(
            ArnPattern::parse(pattern, true).unwrap().matches(value),
            expected,
            "{pattern} on {value}"
        );
    }
}

#[test]
fn the_other_reading_of_a_trailing_star_is_told_apart() {
    let pattern = ArnPattern::parse("arn:aws:logs:eu*:1:group", true).unwrap();
    assert!(pattern.spills_over("arn:aws:logs:eu-west-1:2:1:group"));
    // A short ARN is completed first, so its last part is the account.
    let short = ArnPattern::parse("arn:aws:logs:*:group", true).unwrap();
    assert!(!short.spills_over("arn:aws:logs:eu-west-1:1:x:group"));
    assert!(!ArnPattern::parse("arn:aws:s3:::b/*", true).unwrap().spills_over("arn:aws:s3:::c/x"));
}

#[test]
fn what_is_no_arn_is_refused() {
    for text in ["", "bucket", "b*", "s3:GetObject"] {
        assert_eq!(ArnPattern::parse(text, true), Err(ArnPatternError::NotAnArn), "{text}");
    }
    let variable = ArnPattern::parse("arn:aws:s3:${aws:username}::b", true);
    assert_eq!(variable, Err(ArnPatternError::VariableInHead));
}

#[test]
fn variables_may_stand_in_every_part() {
    let written = "arn:*:kms:*:${aws:PrincipalAccount}:key/${aws:username}*";
    let pattern =
        ArnPattern::of_pattern(&Pattern::parse(written, Syntax::GlobWithVariables)).unwrap();
    assert!(pattern.has_variables() && !pattern.matches("arn:aws:kms:r:1:key/a"));
    let value = |key: &str| match key {
        "aws:principalaccount" => Some("1"),
        "aws:username" => Some("a"),
        _ => None,
    };
    let bound = pattern.bind(value).unwrap();
    assert!(bound.matches("arn:aws:kms:r:1:key/abc"));
    assert!(!bound.matches("arn:aws:kms:r:2:key/abc"));
    assert_eq!(bound.text(), written);
    assert!(pattern.relaxed().matches("arn:aws:kms:r:2:key/x"));
    assert!(pattern.bind(|key| value(key).filter(|_| key != "aws:username")).is_none());
}
