use std::collections::BTreeSet;

use super::*;
use crate::catalogue::Catalogue;

/// The operations that AWS's SDKs know, written by `tools/operations/list.py`.
const OPERATIONS: &str = include_str!("../../../tests/fixtures/operations.txt");

fn actions(api: &str, options: &[CallOption]) -> Vec<String> {
    let call = ApiTable::embedded().get(api).unwrap_or_else(|| panic!("no row `{api}`"));
    let written = |need: &Evaluation| format!("{} on {:?}", need.action, need.on);
    call.needs(Dialect::Aws, options).map(written).collect()
}

#[test]
fn the_embedded_rows_name_existing_actions() {
    let table = ApiTable::parse(EMBEDDED).unwrap();
    assert_eq!(table.calls().len(), 237);
    assert_eq!(ApiTable::embedded().calls().len(), table.calls().len());
    let catalogue = Catalogue::embedded();
    for call in table.calls() {
        assert!(call.page.starts_with("https://docs.aws.amazon.com/"), "{}", call.api);
        assert_eq!(table.get(&call.api), Some(call));
        let needs = call.evaluations(Dialect::Aws);
        for need in needs {
            let id = catalogue.find(&need.action).unwrap_or_else(|| panic!("{}", need.action));
            assert_eq!(catalogue.name(id), need.action);
            // What knows no resource type is evaluated on `*`, and only that.
            let no_type = catalogue.resource_types(id).next().is_none();
            assert_eq!(no_type, need.on == Target::Any, "{}: {}", call.api, need.action);
        }
        let distinct: BTreeSet<_> =
            needs.iter().map(|need| (&need.action, need.on, need.with, need.unless)).collect();
        assert_eq!(distinct.len(), needs.len(), "{}", call.api);
    }
}

/// The target of an S3 action is a type that the catalogue knows for it.
#[test]
fn targets_agree_with_the_catalogue() {
    let catalogue = Catalogue::embedded();
    for call in ApiTable::embedded().calls() {
        for need in call.evaluations(Dialect::Aws) {
            let expected = match need.on {
                Target::Bucket => "bucket",
                Target::Key | Target::SourceKey => "object",
                Target::KmsKey | Target::SourceKmsKey => "key",
                Target::Role => "role",
                Target::Table => "table",
                Target::Resource | Target::Any => continue,
            };
            let id = catalogue.find(&need.action).unwrap();
            let mut types = catalogue.resource_types(id);
            assert!(types.any(|one| one.name() == expected), "{}: {}", call.api, need.action);
        }
    }
}

/// Whoever names an operation of these services gets to its action.
#[test]
fn each_operation_has_an_action_of_its_name_or_a_row() {
    // AWS says nowhere which action it needs.
    const UNDOCUMENTED: [&str; 1] = ["logs.GetLogObject"];
    let (table, catalogue) = (ApiTable::embedded(), Catalogue::embedded());
    let operations: BTreeSet<&str> =
        OPERATIONS.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(operations.len() > 1_000);
    for api in &operations {
        let (service, operation) = api.split_once('.').unwrap();
        let prefix = prefix_of(service).unwrap_or(service);
        let action = catalogue.find(&format!("{prefix}:{operation}")).is_some();
        let known = action || table.get(api).is_some();
        assert_eq!(known, !UNDOCUMENTED.contains(api), "{api}");
        if !action && known {
            assert!(table.misnomer(&format!("{prefix}:{operation}")).is_some(), "{api}");
        }
    }
    // The other way round, no row names an operation that there is not. A browser's form is none.
    let services: BTreeSet<_> = operations.iter().map(|api| api.split('.').next()).collect();
    for call in table.calls().filter(|call| services.contains(&Some(call.service()))) {
        assert!(operations.contains(&*call.api) || call.api == "s3.PostObject", "{}", call.api);
    }
}

#[test]
fn names_of_services_lead_to_prefixes() {
    let catalogue = Catalogue::embedded();
    for call in ApiTable::embedded().calls() {
        let prefix = prefix_of(call.service()).unwrap_or(call.service());
        // The data plane of jobs is split over two prefixes.
        let known = !catalogue.service_range(prefix).is_empty();
        assert!(known || call.service() == "iot-jobs-data", "{}", call.api);
    }
    for (service, prefix) in [
        ("stepfunctions", "states"),
        ("efs", "elasticfilesystem"),
        ("opensearch", "es"),
        ("sesv2", "ses"),
        ("bedrock-runtime", "bedrock"),
        ("apigatewaymanagementapi", "execute-api"),
        ("deploy", "codedeploy"),
        ("s3api", "s3"),
    ] {
        assert_eq!(prefix_of(service), Some(prefix));
        assert!(!catalogue.service_range(prefix).is_empty(), "{prefix}");
    }
    assert_eq!(prefix_of("s3"), None);
    let all: BTreeMap<String, String> =
        serde_json::from_str(built!("rules/service-names.json")).unwrap();
    assert!(all.len() > 100);
    for (service, prefix) in &all {
        assert!(!catalogue.service_range(prefix).is_empty(), "{service}: {prefix}");
        assert_eq!(prefix_of(service), Some(&**prefix));
    }
}

#[test]
fn calls_and_their_actions() {
    use CallOption::{
        Acl, Checksum, Delete, ObjectLock, Select, SessionTags, SourceTags, Tagging, VersionId,
    };
    assert_eq!(actions("s3.HeadBucket", &[]), ["s3:ListBucket on Bucket"]);
    assert_eq!(actions("s3.ListObjectsV2", &[]), ["s3:ListBucket on Bucket"]);
    assert_eq!(actions("s3.HeadObject", &[]), ["s3:GetObject on Key"]);
    assert_eq!(
        actions("s3.HeadObject", &[Checksum]),
        ["s3:GetObject on Key", "kms:Decrypt on KmsKey"]
    );
    assert_eq!(actions("s3.GetObject", &[]), ["s3:GetObject on Key", "kms:Decrypt on KmsKey"]);
    assert_eq!(
        actions("s3.GetObject", &[VersionId]),
        ["s3:GetObjectVersion on Key", "kms:Decrypt on KmsKey"]
    );
    assert_eq!(
        actions("s3.PutObject", &[]),
        ["s3:PutObject on Key", "kms:GenerateDataKey on KmsKey"]
    );
    assert_eq!(
        actions("s3.PutObject", &[Acl, Tagging]),
        [
            "s3:PutObject on Key",
            "s3:PutObjectAcl on Key",
            "s3:PutObjectTagging on Key",
            "kms:GenerateDataKey on KmsKey"
        ]
    );
    assert_eq!(
        actions("s3.UploadPart", &[Acl, Tagging]),
        ["s3:PutObject on Key", "kms:Decrypt on KmsKey", "kms:GenerateDataKey on KmsKey"]
    );
    assert_eq!(
        actions("s3.CopyObject", &[SourceTags]),
        [
            "s3:GetObject on SourceKey",
            "s3:GetObjectTagging on SourceKey",
            "s3:PutObject on Key",
            "s3:PutObjectTagging on Key",
            "kms:Decrypt on SourceKmsKey",
            "kms:GenerateDataKey on KmsKey"
        ]
    );
    assert_eq!(
        actions("s3.CreateBucket", &[ObjectLock]),
        [
            "s3:CreateBucket on Bucket",
            "s3:PutBucketObjectLockConfiguration on Bucket",
            "s3:PutBucketVersioning on Bucket"
        ]
    );
    assert_eq!(actions("s3.AbortMultipartUpload", &[]), ["s3:AbortMultipartUpload on Key"]);
    assert_eq!(
        actions("s3.ListMultipartUploads", &[]),
        ["s3:ListBucketMultipartUploads on Bucket"]
    );
    assert_eq!(actions("s3.ListBuckets", &[]), ["s3:ListAllMyBuckets on Any"]);
    assert_eq!(actions("sts.AssumeRole", &[]), ["sts:AssumeRole on Role"]);
    assert_eq!(
        actions("sts.AssumeRole", &[SessionTags]),
        ["sts:AssumeRole on Role", "sts:TagSession on Role"]
    );
    assert_eq!(actions("sts.GetCallerIdentity", &[]), [""; 0]);
    assert_eq!(actions("dynamodb.PutItem", &[]), ["dynamodb:PutItem on Table"]);
    assert_eq!(actions("dynamodb.ExecuteStatement", &[]), [""; 0]);
    assert_eq!(
        actions("dynamodb.ExecuteStatement", &[Select]),
        ["dynamodb:PartiQLSelect on Table"]
    );
    assert_eq!(actions("dynamodb.TransactWriteItems", &[Delete]), ["dynamodb:DeleteItem on Table"]);
    assert_eq!(actions("sns.PublishBatch", &[]), ["sns:Publish on Resource"]);
    assert_eq!(
        actions("s3.WriteGetObjectResponse", &[]),
        ["s3-object-lambda:WriteGetObjectResponse on Resource"]
    );
}

#[test]
fn calls_with_special_context() {
    let names = |test: fn(&ApiCall) -> bool| -> Vec<&str> {
        ApiTable::embedded().calls().filter(|call| test(call)).map(|call| &*call.api).collect()
    };
    assert_eq!(
        names(|call| call.list_keys),
        ["s3.ListObjectVersions", "s3.ListObjects", "s3.ListObjectsV2"]
    );
    assert_eq!(
        names(|call| call.missing_key),
        ["s3.GetObject", "s3.GetObjectAttributes", "s3.HeadObject"]
    );
    assert_eq!(
        names(|call| call.anonymous),
        ["sts.AssumeRoleWithSAML", "sts.AssumeRoleWithWebIdentity"]
    );
}

#[test]
fn names_of_calls_written_as_actions() {
    let table = ApiTable::embedded();
    let misnomer = |name: &str| table.misnomer(name).map(|call| call.api.clone());
    assert_eq!(misnomer("s3:HeadBucket"), Some("s3.HeadBucket".to_owned()));
    assert_eq!(misnomer("S3:headbucket"), Some("s3.HeadBucket".to_owned()));
    // The documentation of some system recommends each of these.
    for name in [
        "HeadObject",
        "ListObjects",
        "ListObjectsV2",
        "UploadPart",
        "ListParts",
        "CreateMultipartUpload",
        "CompleteMultipartUpload",
        "DeleteObjects",
        "CopyObject",
        "GetBucketEncryption",
        "PutBucketEncryption",
        "ListBuckets",
        "ListMultipartUploads",
    ] {
        assert!(misnomer(&format!("s3:{name}")).is_some(), "{name}");
    }
    // By the prefix of the actions, not the SDK's name of the service.
    assert_eq!(misnomer("bedrock:Converse"), Some("bedrock-runtime.Converse".to_owned()));
    // An action may have the name of a call.
    assert_eq!(misnomer("s3:GetObject"), None);
    assert_eq!(misnomer("s3:Nothing"), None);
}

#[test]
fn calls_in_the_spellings_that_people_use() {
    let named = |text: &str| ApiTable::embedded().named(text).map(|call| &*call.api);
    for text in [
        "s3.HeadBucket",
        "s3:HeadBucket",
        "S3.headbucket",
        "s3.head_bucket",
        "s3:head-bucket",
        "s3api head-bucket",
        "aws s3api head-bucket",
        "HeadBucket",
        "head_bucket",
    ] {
        assert_eq!(named(text), Some("s3.HeadBucket"), "{text}");
    }
    assert_eq!(named("s3.list_objects_v2"), Some("s3.ListObjectsV2"));
    assert_eq!(named("aws dynamodb transact-get-items"), Some("dynamodb.TransactGetItems"));
    assert_eq!(named("Converse"), Some("bedrock-runtime.Converse"));
    assert_eq!(named("bedrock.converse"), Some("bedrock-runtime.Converse"));
    assert_eq!(named("s3.GetObject"), Some("s3.GetObject"));
    assert_eq!(named("s3control.GetBucketPolicy"), Some("s3control.GetBucketPolicy"));
    assert_eq!(named("GetBucketPolicy"), Some("s3.GetBucketPolicy"));
    for text in ["", ":", ".", "s3:", "s3.Nothing", "nowhere.HeadBucket", "aws", "s3:*"] {
        assert_eq!(named(text), None, "{text}");
    }
}

#[test]
fn most_operations_have_the_name_of_their_action() {
    let catalogue = Catalogue::embedded();
    let same = |text: &str| ApiTable::same_name(text).map(|id| catalogue.name(id));
    assert_eq!(same("stepfunctions.StartExecution"), Some("states:StartExecution"));
    assert_eq!(same("aws iam get-role"), Some("iam:GetRole"));
    assert_eq!(same("dynamodb.update_time_to_live"), Some("dynamodb:UpdateTimeToLive"));
    assert_eq!(same("s3.HeadBucket"), None);
    assert_eq!(same("GetRole"), None);
}

#[test]
fn what_calls_need_in_words() {
    let words = |api: &str| ApiTable::embedded().get(api).unwrap().needs_in_words(Dialect::Aws);
    assert_eq!(words("s3.HeadBucket"), "HeadBucket needs `s3:ListBucket` on the bucket");
    assert_eq!(
        words("s3.CopyObject"),
        "CopyObject needs `s3:GetObject` on the object that is copied and `s3:PutObject` on the object"
    );
    assert_eq!(
        words("kms.ReEncrypt"),
        "ReEncrypt needs `kms:ReEncryptFrom` on the KMS key of the source and `kms:ReEncryptTo` on the KMS key"
    );
    assert_eq!(words("s3.ListBuckets"), "ListBuckets needs `s3:ListAllMyBuckets` on `*`");
    assert_eq!(words("sts.GetCallerIdentity"), "GetCallerIdentity needs no permission");
    assert_eq!(
        words("dynamodb.ExecuteStatement"),
        "ExecuteStatement needs `dynamodb:PartiQLDelete` on the table with delete, \
         `dynamodb:PartiQLInsert` on the table with insert, `dynamodb:PartiQLSelect` on the table \
         with select and `dynamodb:PartiQLUpdate` on the table with update"
    );
}

#[test]
fn a_wrong_table_is_refused() {
    let row = |api: &str, aws: &str| format!(r#"{{"api":"{api}","aws":[{aws}],"page":"p"}}"#);
    let good = format!("[{}]", row("s3.A", r#""s3:A on key with acl""#));
    assert_eq!(ApiTable::parse(&good).unwrap().calls().len(), 1);
    for (from, to) in [
        (r#""page""#, r#""colour":"red","page""#),
        (r#","page":"p""#, ""),
        (r#""aws":["s3:A on key with acl"],"#, ""),
        ("on key", "on moon"),
        ("with acl", "with luck"),
        (" on key", ""),
        ("with acl", "with acl unless tagging"),
        ("[{", "{"),
    ] {
        let text = good.replacen(from, to, 1);
        assert!(text != good && ApiTable::parse(&text).is_err(), "{text}");
    }
    for rows in [["s3.B", "s3.A"], ["s3.A", "s3.A"]] {
        let text = format!("[{}]", rows.map(|api| row(api, "")).join(","));
        assert!(ApiTable::parse(&text).is_err(), "{text}");
    }
}
