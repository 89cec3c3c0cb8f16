use proptest::prelude::*;

use super::*;

const SMALL: &str = include_str!("../../../fuzz/seeds/catalogue/small.txt");

fn error(text: &str) -> String {
    Catalogue::parse(text.to_owned()).unwrap_err().to_string()
}

#[test]
fn a_whole_text_is_read() {
    let catalogue = Catalogue::parse(SMALL.to_owned()).unwrap();
    assert_eq!(catalogue.len(), 3);
    assert_eq!(catalogue.service_range("s3"), 1..3);
    assert!(catalogue.rcp_supported("s3") && !catalogue.rcp_supported("kms"));
}

#[test]
fn the_lines_found_at_build_time_are_those_of_the_text() {
    assert_eq!(line_starts(EMBEDDED).unwrap(), EMBEDDED_STARTS);
}

#[test]
fn a_text_cut_off_anywhere_is_refused() {
    for end in 0..SMALL.len() {
        assert!(Catalogue::parse(SMALL[..end].to_owned()).is_err(), "{end}");
    }
    for end in (0..EMBEDDED.len()).step_by(99_991) {
        assert!(Catalogue::parse(EMBEDDED[..end].to_owned()).is_err(), "{end}");
    }
}

#[test]
fn each_kind_of_damage_is_named() {
    let damaged = |from: &str, to: &str| {
        assert!(SMALL.contains(from), "{from}");
        error(&SMALL.replacen(from, to, 1))
    };
    insta::with_settings!({ snapshot_path => "../../../snapshots/catalogue", prepend_module_to_snapshot => false }, {
        let lines = [
            error(""),
            error("{}"),
            damaged("catalogue\t2", "catalogue\t1"),
            damaged("date\t2026-09-26", "date\tyesterday"),
            damaged("date\t2026-09-26", "date\t2026-09-27"),
            damaged("2026-08-25\ttest", "2026_08-25\ttest"),
            damaged("2026-08-25\ttest", "2026-12-25\ttest"),
            damaged("services\t2", "services\ttwo"),
            damaged("services\t2", "services\t3"),
            damaged("actions\t3", "actions\t4294967295"),
            damaged("actions\t3", "actions\t2"),
            damaged("s3\trcp", "s3\tscp"),
            damaged("kms\ns3\trcp", "s3\trcp\nkms"),
            damaged("kms:ListKeys", "sqs:ListKeys"),
            damaged("kms:ListKeys", "ListKeys"),
            damaged("\tIPAddress", "\tAddress"),
            damaged("s3:prefix\tString", "prefix\tString"),
            damaged("a1b\ts3:prefix", "a1b\ts3:prefixes"),
            damaged("a1b\ts3:prefix", "a1b"),
            damaged("s3:bucket\tc2d", "s3:bucket\tc2e"),
            damaged("\tread", "\tRead"),
            damaged("\tobject\t", "\tobjects\t"),
            damaged("a1b,c2d", "a1b,c2d,a1b"),
            damaged("a1b,c2d", "a1c"),
            damaged("\t\t1\t", "\t\t2\t"),
            damaged("kms:ListKeys\ns3", "kms:ListKey\ns3"),
            damaged("GetObject/Plain", "GetObjects/Plain"),
            damaged("Plain\tobject*", "Plain\tobjects"),
            damaged("s3:Old", "s3:GetObject"),
            damaged("s3:Old\t2026-08-25", "s3:Old"),
            damaged("s3:GetObject", "s3:ListBucket"),
            damaged("arn:${P}:s3:::${B}\n", "bucket\n"),
        ];
        insta::assert_snapshot!("damage", lines.join("\n"));
    });
}

proptest! {
    /// Whatever a file holds, reading it ends with a catalogue or an error, and what was read
    /// can be asked anything.
    #[test]
    fn damage_never_panics(at in 0..SMALL.len(), drop in 0usize..40, insert in "[\\ta-z0-9:*\n${}é]{0,8}") {
        let end = (at + drop).min(SMALL.len());
        let text = format!("{}{insert}{}", &SMALL[..at], &SMALL[end..]);
        if let Ok(catalogue) = Catalogue::index(text.clone().into(), line_starts(&text).unwrap().into()) {
            let _ = catalogue.check();
            for id in catalogue.actions() {
                let _ = (catalogue.access_level(id), catalogue.find(catalogue.name(id)));
                let _ = (catalogue.keys(id), catalogue.key_applies(id, "s3:prefix"), catalogue.since(id));
                let _ = (catalogue.keys_on(id, "object"), catalogue.dependents(id).count());
                let _ = catalogue.scenarios(id).map(|one| one.resource_types().count()).sum::<usize>();
                for resource_type in catalogue.resource_types(id) {
                    let _ = catalogue.format_languages(resource_type);
                }
            }
            let _ = catalogue.expand_text("s3:*e?");
            let _ = (catalogue.condition_key("aws:ResourceTag/a"), catalogue.retired("s3:Old"));
            let _ = (catalogue.global_keys().count(), catalogue.sources().count());
            let _ = crate::iam::ActionPattern::parse("*").map(|all| catalogue.gained(&all, "2026-09-01"));
        }
    }
}
