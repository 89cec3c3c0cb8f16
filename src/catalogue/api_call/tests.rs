use std::collections::BTreeSet;

use super::*;

fn actions(api: &str, options: &[CallOption]) -> Vec<String> {
    let call = ApiTable::embedded().get(api).unwrap_or_else(|| panic!("no row `{api}`"));
    let written = |need: &Evaluation| format!("{} on {:?}", need.action, need.on);
    call.needs(Dialect::Aws, options).map(written).collect()
}

#[test]
fn the_embedded_rows_name_existing_actions() {
    let table = ApiTable::parse(EMBEDDED).unwrap();
    assert_eq!(table.calls().len(), 123);
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

#[test]
fn calls_and_their_actions() {
    use CallOption::{Acl, Checksum, ObjectLock, SessionTags, SourceTags, Tagging, VersionId};
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
    // An action may have the name of a call.
    assert_eq!(misnomer("s3:GetObject"), None);
    assert_eq!(misnomer("s3:Nothing"), None);
}

#[test]
fn a_wrong_table_is_refused() {
    let row = |api: &str, more: &str| format!("- api: {api}\n  aws: []\n  page: p\n{more}");
    assert_eq!(ApiTable::parse(&row("s3.A", "")).unwrap().calls().len(), 1);
    for text in [
        row("s3.A", "  colour: red\n"),
        row("s3.B", &row("s3.A", "")),
        row("s3.A", &row("s3.A", "")),
        "- api: s3.A\n  page: p\n".to_owned(),
        "- api: s3.A\n  aws: [s3:A on moon]\n  page: p\n".to_owned(),
        "- api: s3.A\n  aws: [s3:A on key with luck]\n  page: p\n".to_owned(),
        "- api: s3.A\n  aws: [s3:A with acl]\n  page: p\n".to_owned(),
        "- api: s3.A\n  aws: [s3:A on key with acl unless tagging]\n  page: p\n".to_owned(),
        "api: s3.A".to_owned(),
    ] {
        assert!(ApiTable::parse(&text).is_err(), "{text}");
    }
}
