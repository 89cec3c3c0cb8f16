use proptest::prelude::*;

use super::*;

const SMALL: &str = "leastwise-catalogue\t1\ndate\t2026-09-26\nsource\ttest\nservices\t2\n\
    kms\ns3\trcp\ntypes\t2\ns3:bucket\tarn:${P}:s3:::${B}\ns3:object\tarn:${P}:s3:::${B}/${O}\n\
    actions\t3\nkms:ListKeys\tlist\ns3:GetObject\tread\tobject\ns3:ListBucket\tlist\tbucket*\nend\n";

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
            damaged("catalogue\t1", "catalogue\t2"),
            damaged("date\t2026-09-26", "date\tyesterday"),
            damaged("services\t2", "services\ttwo"),
            damaged("services\t2", "services\t3"),
            damaged("actions\t3", "actions\t4294967295"),
            damaged("actions\t3", "actions\t2"),
            damaged("s3\trcp", "s3\tscp"),
            damaged("kms\ns3\trcp", "s3\trcp\nkms"),
            damaged("kms:ListKeys", "sqs:ListKeys"),
            damaged("kms:ListKeys", "ListKeys"),
            damaged("\tread", "\tRead"),
            damaged("\tobject\n", "\tobjects\n"),
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
                for resource_type in catalogue.resource_types(id) {
                    let _ = catalogue.format_languages(resource_type);
                }
            }
            let _ = catalogue.expand_text("s3:*e?");
        }
    }
}
