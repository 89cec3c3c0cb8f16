//! Findings as people and machines read them: pure functions to a writer.

mod json;
mod table;

pub use json::write_json;
pub use table::write_table;

#[cfg(test)]
mod tests;
