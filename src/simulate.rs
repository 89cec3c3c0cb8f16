//! Many requests, one JSON object a line, each answered by one line in the same order.
//!
//! The shapes of both lines are a contract: `docs/simulate.md`.

mod answer;
mod batch;
mod cache;
mod question;

pub use answer::Answer;
pub use batch::{BatchSummary, LONGEST_LINE, run_batch};
pub use cache::PolicyCache;
pub use question::{Question, QuestionError};
