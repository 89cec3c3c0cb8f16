//! Findings as people and machines read them: pure functions to a writer.

mod check;
mod diff;
mod fixes;
mod grants;
mod json;
mod lint;
mod rules;
mod table;
mod visible;

pub use check::write_check;
pub use diff::write_diff;
pub use fixes::{counts, write_fixes_json, write_fixes_markdown};
pub use json::write_json;
pub use lint::{
    LintReport, LintSummary, Unread, write_lint_github, write_lint_json, write_lint_sarif,
    write_lint_text,
};
pub use rules::{
    ListedRule, LookedForBy, write_rule, write_rules_json, write_rules_markdown, write_rules_table,
};
pub use table::write_table;
pub use visible::visible;

#[cfg(test)]
mod tests;
