use super::*;

const SMALL: &str = include_str!("../../../fuzz/seeds/catalogue/small.txt");

#[test]
fn every_kind_of_change_is_told() {
    let old = Catalogue::parse(SMALL.to_owned()).unwrap();
    let text = SMALL
        .replace("kms:ListKeys\tlist\n", "kms:ListKeys\tread\n")
        .replace("s3:GetObject\tread\tobject\t\t1", "s3:GetObject\tread\tbucket\ta1b\t1")
        .replace("retired\t1\ns3:Old\t2026-08-25", "retired\t0")
        .replace("actions\t3", "actions\t4")
        .replace("scenarios\t1", "s3:Old\tlist\nscenarios\t1");
    let new = Catalogue::parse(text).unwrap();
    let changes = Changes::between(Edition::whole(&old), Edition::whole(&new));
    assert_eq!((changes.added, changes.removed), (vec!["s3:Old"], Vec::new()));
    let [list, get] = changes.changed.as_slice() else { panic!("{:?}", changes.changed) };
    assert_eq!(list.level, Some((AccessLevel::List, AccessLevel::Read)));
    assert_eq!(get.level, None);
    assert_eq!(
        (&*get.types_added, &*get.types_removed),
        (&["bucket"] as &[_], &["object"] as &[_])
    );
    assert_eq!(get.keys_added, ["aws:ResourceTag/${TagKey}", "s3:prefix"]);
    assert!(get.keys_removed.is_empty());

    let back = Changes::between(Edition::whole(&new), Edition::whole(&old));
    assert_eq!((back.added, back.removed), (Vec::new(), vec!["s3:Old"]));
    assert!(Changes::between(Edition::whole(&old), Edition::whole(&old)).is_empty());
}

#[test]
fn an_earlier_day_has_names_alone() {
    let catalogue = Catalogue::parse(SMALL.to_owned()).unwrap();
    assert!(Edition::at(&catalogue, "2026-08-24").is_none());
    let august = Edition::at(&catalogue, "2026-09-01").unwrap();
    assert_eq!(august.date(), "2026-08-25");
    let names: Vec<&str> = august.actions().into_values().collect();
    assert_eq!(names, ["kms:ListKeys", "s3:ListBucket", "s3:Old"]);
    let changes = Changes::between(august, Edition::whole(&catalogue));
    assert_eq!((changes.added, changes.removed), (vec!["s3:GetObject"], vec!["s3:Old"]));
    assert!(changes.changed.is_empty());
}

#[test]
fn the_history_of_the_catalogue() {
    let catalogue = Catalogue::embedded();
    let mut counts = Vec::new();
    for date in ["2022-02-04", "2024-11-20", "2026-08-25", "2026-09-26"] {
        counts.push(Edition::at(catalogue, date).unwrap().actions().len());
    }
    // What the sources of these days had; the last is the catalogue.
    assert_eq!(counts[3], 22_091);
    assert!(counts.is_sorted() && counts[0] > 11_800 && counts[1] > 17_500, "{counts:?}");
}
