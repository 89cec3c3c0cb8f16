//! Work that all cores share.

use rayon::prelude::*;

/// What `work` makes of each item, in the order of the items. Where there are no more than `few`, no
/// thread is worth its start. A panic of the work is one here: what is lost in silence would look like a
/// clean document, or a role that passed.
pub(crate) fn each<T: Sync, R: Send>(
    items: &[T],
    few: usize,
    work: impl Fn(&T) -> R + Sync + Send,
) -> Vec<R> {
    if items.len() <= few {
        return items.iter().map(work).collect();
    }
    // Shares of no more than that: some items take longer than others.
    items.par_iter().with_max_len(few.max(1)).map(work).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn results_are_in_order() {
        let items: Vec<usize> = (0..1_000).collect();
        let doubled: Vec<usize> = items.iter().map(|n| n * 2).collect();
        for few in [0, 1, 7, 999, 1_000, 5_000] {
            assert_eq!(each(&items, few, |n| n * 2), doubled, "{few}");
        }
        assert!(each(&[] as &[usize], 0, |n| *n).is_empty());
    }

    #[test]
    #[should_panic(expected = "one of many")]
    fn a_panic_is_not_lost() {
        let items: Vec<usize> = (0..100).collect();
        each(&items, 3, |n| assert!(*n != 57, "one of many"));
    }
}
