use super::*;
use crate::catalogue::load::EMBEDDED;

#[test]
fn what_is_taken_apart_is_written_the_same() {
    let small = include_str!("../../../fuzz/seeds/catalogue/small.txt");
    let catalogue = Catalogue::parse(small.to_owned()).unwrap();
    assert_eq!(Rows::of(&catalogue).text(), small);
    let whole = Rows::of(Catalogue::embedded()).text();
    for (ours, theirs) in whole.lines().zip(EMBEDDED.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(whole.len(), EMBEDDED.len());
}

#[test]
fn sets_have_names_of_their_own() {
    let mut taken = BTreeSet::new();
    for at in 0..200 {
        let name = new_name(&format!("s3:key{}", at % 100), &taken);
        assert!(name.len() >= 3 && taken.insert(name));
    }
}
