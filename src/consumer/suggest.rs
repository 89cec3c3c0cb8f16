//! "Did you mean": the nearest known name to what somebody wrote.

/// The known name that `written` most likely stands for, if one is near enough to be a slip of
/// the hand. Case, `_` and `-` count as equal.
#[must_use]
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = fold(written);
    known
        .into_iter()
        .map(|name| (distance(&wanted, &fold(name)), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A help text: the nearest name where there is one, else all of them.
#[must_use]
pub fn help<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    match nearest(written, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "none is known here".to_owned(),
        None => format!("known: {}", known.join(", ")),
    }
}

fn fold(name: &str) -> Vec<char> {
    name.chars().map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// Edits between two names, where swapping two neighbours is one edit.
fn distance(a: &[char], b: &[char]) -> usize {
    // Names are short; what is longer cannot be a slip of one of them.
    if a.len().abs_diff(b.len()) > 8 || a.len() > 80 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let known = ["garbage-collection", "region-discovery", "kms"];
        assert_eq!(nearest("garbage_colection", known), Some("garbage-collection"));
        assert_eq!(nearest("regoin-discovery", known), Some("region-discovery"));
        assert_eq!(nearest("KSM", known), Some("kms"));
        assert_eq!(nearest("frobnicate", known), None);
        assert_eq!(help("frobnicate", known), "known: garbage-collection, kms, region-discovery");
    }
}
