//! Sentences of findings.

/// `a`, `b` and `c`, each in backticks; of many the rest is counted.
pub(crate) fn quoted<T: AsRef<str>>(names: &[T]) -> String {
    const WRITTEN: usize = 5;
    let mut words: Vec<String> =
        names.iter().take(WRITTEN).map(|name| format!("`{}`", name.as_ref())).collect();
    if names.len() > WRITTEN {
        words.push(format!("{} more", names.len() - WRITTEN));
    }
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => words.concat(),
    }
}
