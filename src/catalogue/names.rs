//! The lines of actions by name, for who asks often.

use super::sorted_lines::SortedLines;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A bisection reads some fifteen names all over the text. That is nothing to a run that asks for a few
/// actions, and much to an audit of many roles; the table takes as long to make as some thousand of them.
#[derive(Debug, Default)]
pub(super) struct Names {
    asked: AtomicU32,
    /// By the hash of the name in lower case, the last line that has it.
    table: OnceLock<FxHashMap<u64, u32>>,
}

/// After so many questions the table is made.
const OFTEN: u32 = 2_000;

impl Names {
    /// The line with this key, whatever its case.
    pub(super) fn find(&self, lines: SortedLines<'_>, name: &str) -> Option<u32> {
        if let Some(table) = self.table.get() {
            let line = *table.get(&hash(name))?;
            // Two names may share a hash.
            let is_it = lines.key(line).eq_ignore_ascii_case(name);
            return if is_it { Some(line) } else { lines.find(name) };
        }
        if self.asked.fetch_add(1, Ordering::Relaxed) == OFTEN {
            let by_hash = |line| (hash(lines.key(line)), line);
            self.table.get_or_init(|| (0..lines.len()).map(by_hash).collect());
        }
        lines.find(name)
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    name.bytes().for_each(|byte| hasher.write_u8(byte.to_ascii_lowercase()));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{ActionId, Catalogue};

    #[test]
    fn a_table_knows_what_a_bisection_finds() {
        let text = Catalogue::embedded().text.to_string();
        let catalogue = Catalogue::parse(text).unwrap();
        let unknown = ["", "s3", "s3:", "s3:getobjec", "s3:getobjectx", "x:y"];
        for _ in 0..2 {
            for id in catalogue.actions() {
                let name = catalogue.name(id).to_owned();
                assert_eq!(catalogue.find(&name), Some(id));
                assert_eq!(catalogue.find(&name.to_uppercase()), Some(id));
            }
            assert!(unknown.iter().all(|name| catalogue.find(name).is_none()));
        }
        assert!(
            catalogue
                .names
                .table
                .get()
                .is_some_and(|table| table.len() == catalogue.actions().len())
        );
        assert_eq!(catalogue.find("a2c:x").map(|ActionId(id)| id), None);
    }
}
