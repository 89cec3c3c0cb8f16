//! Findings as people and machines read them: pure functions to a writer.

mod fixes;
mod json;
mod table;

pub use fixes::{counts, write_fixes_json, write_fixes_markdown};
pub use json::write_json;
pub use table::write_table;

#[cfg(test)]
mod tests;
