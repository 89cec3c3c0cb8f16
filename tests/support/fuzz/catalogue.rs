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
    let mut sections: Vec<(&str, Vec<&str>)> = vec![("", Vec::new())];
    for line in whole.lines() {
        match line.split_once('\t') {
            Some((name @ ("services" | "types" | "actions"), _)) => {
                sections.push((name, Vec::new()));
            }
            _ if sections.len() == 1 || line == "end" => {
                sections.last_mut().unwrap().1.push(line);
            }
            _ => {
                let service = line.split([':', '\t']).next().unwrap_or_default();
                if SERVICES.contains(&service) {
                    sections.last_mut().unwrap().1.push(line);
                }
            }
        }
    }
    let mut text = String::new();
    for (name, lines) in sections {
        if !name.is_empty() {
            let count = lines.iter().filter(|line| **line != "end").count();
            text.push_str(&format!("{name}\t{count}\n"));
        }
        lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    }
    text
}
