//! How much too much, in numbers.

use super::principal::indented;
use super::words::listed;
use super::{Rows, write_rows};
use crate::audit::{Exactness, LevelMeasure, Measure};
use std::io::{self, Write};

pub(super) fn write(measure: &Measure, out: &mut impl Write) -> io::Result<()> {
    let at_least = if measure.exactness == Exactness::Exact { "" } else { ", not exact" };
    indented(&format!("score {:.2}{at_least}", measure.score), out)?;
    for limit in &measure.limits {
        indented(&format!("limit of the score: {limit}"), out)?;
    }
    let mut rows = Rows::new([("beyond need", 11), ("actions", 52), ("bits, all together", 23)]);
    for level in &measure.levels {
        let mut what = kinds(level);
        let farthest = measure.actions.iter().find(|one| one.access_level == level.access_level);
        if let Some(farthest) = farthest {
            let actions = listed(&farthest.actions);
            what.push_str(&format!("\nthe farthest, {:.1} bits: {actions}", farthest.bits));
        }
        rows.push([level.access_level.to_string(), what, format!("{:.1}", level.bits)]);
    }
    write_rows(&rows, out)
}

fn kinds(level: &LevelMeasure) -> String {
    let LevelMeasure { not_needed, wider_resource, missing_condition, .. } = level;
    let kinds = [
        (*not_needed, "not needed"),
        (*wider_resource, "on more resources than needed"),
        (*missing_condition, "without a condition"),
    ];
    let some = kinds.iter().filter(|(number, _)| *number > 0);
    let kinds: Vec<String> = some.map(|(number, kind)| format!("{number} {kind}")).collect();
    kinds.join(", ")
}
