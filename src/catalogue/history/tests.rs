use super::*;

fn gained(pattern: &str, since: &str) -> Option<Vec<&'static str>> {
    let catalogue = Catalogue::embedded();
    let gained = catalogue.gained(&ActionPattern::parse(pattern).unwrap(), since)?;
    Some(gained.into_iter().map(|id| catalogue.name(id)).collect())
}

#[test]
fn snapshots_are_dates_in_order() {
    let catalogue = Catalogue::embedded();
    let dates: Vec<&str> = catalogue.snapshots().collect();
    assert_eq!(dates.len(), 15);
    assert!(dates.is_sorted_by(|a, b| a < b));
    assert_eq!((dates[0], dates[14]), ("2022-02-04", catalogue.date()));
    assert_eq!(catalogue.snapshot_at("2022-02-03"), None);
    assert_eq!(catalogue.snapshot_at("2022-02-04"), Some("2022-02-04"));
    assert_eq!(catalogue.snapshot_at("2026-09-25"), Some("2026-08-25"));
    assert_eq!(catalogue.snapshot_at("2030-01-01"), Some("2026-09-26"));
    assert!(catalogue.sources().all(|(_, source)| source.contains("\tsha256:")));
}

/// When AWS announced them.
#[test]
fn since_when_an_action_is_known() {
    let catalogue = Catalogue::embedded();
    let since = |action| catalogue.since(catalogue.find(action).unwrap());
    for (action, not_after) in [
        ("s3:GetObject", "2022-02-04"),
        // 2022-04-06
        ("lambda:CreateFunctionUrlConfig", "2022-07-19"),
        // 2023-11-26
        ("eks-auth:AssumeRoleForPodIdentity", "2024-04-06"),
        // 2023-11-28
        ("s3express:CreateSession", "2024-04-06"),
        ("s3:ListObjectAnnotations", "2026-08-25"),
    ] {
        assert_eq!(since(action), not_after, "{action}");
    }
    assert_eq!(catalogue.since(ActionId(u32::MAX)), "");
}

#[test]
fn what_a_pattern_gained() {
    let annotations = ["s3:ListObjectAnnotations", "s3:ListObjectVersionAnnotations"];
    assert_eq!(gained("s3:ListObject*", "2026-04-14").unwrap(), annotations);
    assert_eq!(gained("s3:ListObject*", "2026-09-01").unwrap(), [""; 0]);
    assert_eq!(gained("s3:GetObject", "2022-02-04").unwrap(), [""; 0]);
    assert_eq!(gained("s3:*", "2021-01-01"), None);
    let (early, late) =
        (gained("s3:*", "2023-01-01").unwrap(), gained("s3:*", "2026-01-01").unwrap());
    assert!(early.len() > late.len() && late.iter().all(|action| early.contains(action)));
}

#[test]
fn what_is_gone() {
    let catalogue = Catalogue::embedded();
    let old = catalogue.retired("DEEPRACER:clonereinforcementlearningmodel").unwrap();
    assert_eq!(old.name, "deepracer:CloneReinforcementLearningModel");
    assert_eq!(old.last_seen, "2025-12-06");
    assert_eq!(catalogue.retired("s3:GetObject"), None);
    assert_eq!(catalogue.retired("s3:Nothing"), None);
    let dates: Vec<&str> = catalogue.snapshots().collect();
    assert_eq!(catalogue.retired_actions().len(), 558);
    for retired in catalogue.retired_actions() {
        assert_eq!(catalogue.find(retired.name), None, "{}", retired.name);
        assert!(dates.contains(&retired.last_seen) && retired.last_seen < catalogue.date());
    }
}
