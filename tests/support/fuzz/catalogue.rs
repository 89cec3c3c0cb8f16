//! A few services of the catalogue: actions of all are thousands, and each run would walk them.

use leastwise::catalogue::Catalogue;
use leastwise::exact::Universe;
use std::sync::OnceLock;

const WHOLE: &str = include_str!("../../../src/catalogue/data/catalogue.txt");
const SERVICES: [&str; 5] = ["iam", "kms", "s3", "sqs", "sts"];

/// What these services do.
pub fn universe() -> &'static Universe<'static> {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    static UNIVERSE: OnceLock<Universe<'static>> = OnceLock::new();
    UNIVERSE.get_or_init(|| {
        let text = || few(WHOLE);
        Universe::new(CATALOGUE.get_or_init(|| Catalogue::parse(text()).unwrap()))
    })
}

/// The text without the lines of other services, its sections counted anew.
fn few(whole: &str) -> String {
    let ours = |name: &str| SERVICES.contains(&name.split(':').next().unwrap_or_default());
    let mut text = String::new();
    let mut lines = whole.lines();
    while let Some(line) = lines.next() {
        let (section, count) = line.split_once('\t').unwrap_or((line, ""));
        let Some(count) = count.parse().ok().filter(|_| section != "leastwise-catalogue") else {
            text.push_str(&format!("{line}\n"));
            continue;
        };
        let kept: Vec<String> = lines
            .by_ref()
            .take(count)
            .filter(|line| {
                let key = line.split('\t').next().unwrap_or_default();
                matches!(section, "snapshots" | "keys" | "sets") || ours(key)
            })
            .map(|line| {
                // The last field of an action names others.
                let mut fields: Vec<&str> = line.split('\t').collect();
                let others = if section == "actions" { fields.get(5).copied() } else { None };
                let others: Vec<&str> =
                    others.unwrap_or_default().split(',').filter(|name| ours(name)).collect();
                let others = others.join(",");
                fields.iter_mut().skip(5).for_each(|last| *last = &others);
                if section == "actions" { fields.join("\t") } else { line.to_owned() }
            })
            .collect();
        text.push_str(&format!("{section}\t{}\n", kept.len()));
        kept.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    }
    text
}
