use super::*;

/// Languages as text: a placeholder lists what it excludes, `?` says that it may be empty.
fn languages(service: &str, name: &str) -> Vec<String> {
    let catalogue = Catalogue::embedded();
    let resource_type = catalogue.resource_type(service, name).unwrap();
    let written = |token: &FormatToken| match token {
        FormatToken::Literal(text) => text.clone(),
        FormatToken::Placeholder { name, excludes_colon, excludes_slash, may_be_empty } => {
            let sign = |on: bool, sign| if on { sign } else { "" };
            let excludes = [sign(*excludes_colon, ":"), sign(*excludes_slash, "/")].concat();
            format!(
                "<{name}{}{}>",
                sign(!excludes.is_empty(), " no ").to_owned() + &excludes,
                sign(*may_be_empty, "?")
            )
        }
    };
    let all = catalogue.format_languages(resource_type);
    all.iter().map(|language| language.iter().map(written).collect()).collect()
}

#[test]
fn a_placeholder_excludes_what_can_follow_it() {
    let regional = |service: &str, rest: &str| {
        format!("arn:<Partition no :>:{service}:<Region no :?>:<Account no :?>:{rest}")
    };
    for (service, name, expected) in [
        ("s3", "bucket", "arn:<Partition no :>:s3:::<BucketName no />".to_owned()),
        ("s3", "object", "arn:<Partition no :>:s3:::<BucketName no />/<ObjectName>".to_owned()),
        ("s3", "accesspoint", regional("s3", "accesspoint/<AccessPointName no />")),
        (
            "iam",
            "role",
            "arn:<Partition no :>:iam::<Account no :?>:role/<RoleNameWithPath>".to_owned(),
        ),
        ("dynamodb", "table", regional("dynamodb", "table/<TableName no />")),
        (
            "logs",
            "log-stream",
            regional("logs", "log-group:<LogGroupName no :>:log-stream:<LogStreamName>"),
        ),
        ("dms", "replicationtask", regional("dms", "task:<*?>")),
        (
            "proton",
            "environment-template-version",
            regional(
                "proton",
                "environment-template/<TemplateName no :>:<MajorVersion>.<MinorVersion>",
            ),
        ),
    ] {
        assert_eq!(languages(service, name), [expected], "{service}:{name}");
    }
}

#[test]
fn a_log_group_is_written_in_two_ways() {
    let group =
        "arn:<Partition no :>:logs:<Region no :?>:<Account no :?>:log-group:<LogGroupName no :>";
    assert_eq!(languages("logs", "log-group"), [group.to_owned(), format!("{group}:*")]);
}

/// Every language of every type starts with `arn:`, names something, and joins to its format.
#[test]
fn every_format_has_a_language() {
    let catalogue = Catalogue::embedded();
    let all = catalogue.services().flat_map(|service| catalogue.resource_types_of(service));
    let mut count = 0;
    for resource_type in all {
        for format in resource_type.arn_formats() {
            let written = tokens(format, SiblingExtensions::default())
                .iter()
                .map(|token| match token {
                    FormatToken::Literal(text) => text.clone(),
                    FormatToken::Placeholder { name, .. } if name == "*" => name.clone(),
                    FormatToken::Placeholder { name, .. } => format!("${{{name}}}"),
                })
                .collect::<String>();
            assert_eq!(written, format);
            assert!(!format.contains([' ', ',']), "{format}");
        }
        count += catalogue.format_languages(resource_type).len();
    }
    assert_eq!(count, 2_348);
}
