//! The policies that the documentation of the consumers recommends.

use super::account::{Dump, assert_fixes, estate, file};
use leastwise::audit::Audit;
use leastwise::catalogue::Catalogue;
use leastwise::compare::CatalogueStamp;
use leastwise::report::{write_fixes_json, write_fixes_markdown};
use std::path::Path;

pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/fix"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_documented_policies_are_mended() {
    let estate = estate(file("tests/golden/leastwise.yaml"));
    let audit = Audit::of(&estate);
    let dump = Dump::read("tests/golden/account.json");
    let fixes = assert_fixes(&dump, &audit);
    assert_eq!(fixes.len(), 11);

    let catalogue = CatalogueStamp::of(Catalogue::embedded());
    let (mut markdown, mut json) = (Vec::new(), Vec::new());
    write_fixes_markdown(&fixes, &catalogue, &mut markdown).unwrap();
    snapshot("documented.md", &String::from_utf8(markdown).unwrap());
    write_fixes_json(&fixes[..2], &catalogue, &mut json).unwrap();
    snapshot("documented.json", &String::from_utf8(json).unwrap());
    let files = fixes.iter().filter(|fix| fix.arn.ends_with("/kfp-team-1")).flat_map(|f| &f.files);
    let shown: String = files.map(|file| format!("--- {}\n{}", file.name, file.text)).collect();
    snapshot("kfp-team-1.files", &shown);
    assert_eq!(dump.fixes(&audit), fixes);
}
