use super::*;
use crate::catalogue::service_list;

/// The documented shape, with fields that nobody knows and without lists that may be absent.
const S3: &str = include_str!("../../../fuzz/seeds/service_reference/s3.json");

fn small() -> Catalogue {
    Catalogue::parse(include_str!("../../../fuzz/seeds/catalogue/small.txt").to_owned()).unwrap()
}

fn update(catalogue: &Catalogue, files: &[ServiceReference], all: Option<&[String]>) -> Updated {
    let update =
        Update { date: "2026-11-20", source: "AWS\tservice reference", services: files, all };
    catalogue.updated(&update).unwrap()
}

#[test]
fn what_aws_says_comes_in() {
    let file = ServiceReference::parse("s3", S3).unwrap();
    let Updated { catalogue, text, remarks } = update(&small(), &[file], None);
    insta::with_settings!({ snapshot_path => "../../../snapshots/catalogue", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("updated", format!("{text}\n{}", remarks.join("\n")));
    });
    let id = |name: &str| catalogue.find(name).unwrap();
    assert_eq!((catalogue.date(), catalogue.origin()), ("2026-11-20", Origin::Cache));
    assert_eq!(catalogue.since(id("s3:GetObject")), "2026-09-26");
    assert_eq!(catalogue.since(id("s3:PutObject")), "2026-11-20");
    assert_eq!(catalogue.access_level(id("s3:TagBucket")), AccessLevel::Tagging);
    // Without a word on its level the gravest is safe.
    assert_eq!(catalogue.access_level(id("s3:Old")), AccessLevel::Permissions);
    // It is back; another is gone, and other services are as they were.
    assert_eq!(catalogue.retired("s3:Old"), None);
    assert_eq!(catalogue.retired("s3:ListBucket").unwrap().last_seen, "2026-09-26");
    assert!(catalogue.find("kms:ListKeys").is_some());
    assert_eq!(catalogue.is_multivalued("s3:x-new"), Some(true));
    let source_ip = catalogue.condition_key("aws:SourceIp").unwrap();
    assert_eq!(source_ip.types().collect::<Vec<_>>(), [ValueType::IpAddress]);
    let object = catalogue.resource_type("s3", "object").unwrap();
    assert_eq!(object.arn_formats().count(), 2);
}

#[test]
fn the_same_again_changes_nothing() {
    let file = || ServiceReference::parse("s3", S3).unwrap();
    let first = update(&small(), &[file()], None);
    let again = update(&first.catalogue, &[file()], None);
    assert_eq!(first.text, again.text);
}

#[test]
fn services_that_are_not_listed_are_gone() {
    let all = ["s3".to_owned()];
    let updated = update(&small(), &[], Some(&all));
    assert_eq!(updated.catalogue.services().collect::<Vec<_>>(), ["s3"]);
    assert!(updated.catalogue.retired("kms:ListKeys").is_some());
    // What depended on it does no longer.
    let get = updated.catalogue.find("s3:GetObject").unwrap();
    assert_eq!(updated.catalogue.dependents(get).count(), 0);
    let none = Update { date: "2026-11-20", source: "x", services: &[], all: Some(&[]) };
    assert!(matches!(small().updated(&none), Err(UpdateError::TooFew { now: 0, before: 2 })));
}

#[test]
fn a_service_without_actions_is_left_alone() {
    let file = ServiceReference::parse("s3", r#"{"Name":"s3","Actions":null}"#).unwrap();
    let updated = update(&small(), &[file], None);
    assert_eq!(updated.catalogue.len(), 3);
    assert_eq!(updated.remarks, ["`s3` lists no actions: left as it was"]);
}

#[test]
fn the_past_does_not_come_back() {
    let update = Update { date: "2026-09-25", source: "x", services: &[], all: None };
    let error = small().updated(&update).unwrap_err();
    assert_eq!(error.to_string(), "the catalogue is of 2026-09-26, which is later");
}

#[test]
fn what_is_not_of_the_documented_shape_is_refused() {
    for text in ["", "{", "[]", r#"{"Actions":[]}"#, r#"{"Name":"s3","Actions":{}}"#] {
        assert!(ServiceReference::parse("s3", text).is_err(), "{text}");
    }
    let error = ServiceReference::parse("kms", S3).unwrap_err();
    assert_eq!(error.to_string(), "the file is of the service `s3`");
    for text in ["", "{}", "[]", r#"[{"service":"s3"}]"#] {
        assert!(service_list(text).is_err(), "{text}");
    }
    let list = service_list(r#"[{"service":"s3","url":"https://x/v1/s3/s3.json","more":1}]"#);
    assert_eq!(list.unwrap()[0].service, "s3");
}

#[test]
fn the_whole_catalogue_can_be_updated() {
    let file = ServiceReference::parse("s3", S3).unwrap();
    let all: Vec<String> = Catalogue::embedded().services().map(str::to_owned).collect();
    let updated = update(Catalogue::embedded(), &[file], Some(&all));
    // A file that lost most actions is not believed to be whole.
    let known = Catalogue::embedded().service_range("s3").len();
    assert_eq!(updated.catalogue.service_range("s3").len(), known + 2);
    let before = Catalogue::embedded().retired_actions().len();
    assert_eq!(updated.catalogue.retired_actions().len(), before);
    assert!(updated.remarks.iter().any(|one| one.contains("all are kept")), "{updated:?}");
    // What AWS does not say is kept.
    let get = updated.catalogue.find("s3:GetObject").unwrap();
    assert_eq!(updated.catalogue.since(get), "2022-02-04");
    assert!(updated.catalogue.rcp_supported("s3"));
}
