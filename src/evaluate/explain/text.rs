//! An explanation as an indented tree.

use super::{Explanation, LayerExplanation};
use std::fmt;

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))?;
        self.layers.iter().try_for_each(|layer| layer.fmt(f))
    }
}

impl fmt::Display for LayerExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.layer)?;
        if let Some(level) = self.level {
            write!(f, " level {level}")?;
        }
        match self.silent {
            Some(why) => return writeln!(f, ": has no say, {why}"),
            None if self.policies.is_empty() => {
                return writeln!(f, ": no policy, so nothing is allowed");
            }
            None => writeln!(f)?,
        }
        for (at, policy) in self.policies.iter().enumerate() {
            for (index, statement) in policy.statements.iter().enumerate() {
                let mark = mark(statement.result);
                write!(f, "  {mark} policy {at} statement {index} {}", statement.effect)?;
                match &statement.sid {
                    Some(sid) => writeln!(f, " `{sid}`")?,
                    None => writeln!(f)?,
                }
                for element in &statement.elements {
                    let mark = self::mark(element.result);
                    writeln!(f, "      {mark} {}: {}", element.element, element.because)?;
                }
            }
        }
        Ok(())
    }
}

fn mark(result: &str) -> &'static str {
    match result {
        "matched" => "[x]",
        "unknown" => "[?]",
        _ => "[ ]",
    }
}
