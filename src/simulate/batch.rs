//! From lines to lines.

use super::answer::{Answer, Refusal};
use super::cache::PolicyCache;
use super::question::{Line, QuestionError};
use crate::evaluate::decide;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::io::{self, BufRead, BufReader, Read, Write};

/// The longest line that is read, in bytes; a longer one is an error of its own.
pub const LONGEST_LINE: usize = 16 << 20;

/// How a batch went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// Lines answered, with a decision or with an error.
    pub lines: u64,
    /// Those of them that were answered with an error.
    pub errors: u64,
}

/// What ends a batch early.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The questions cannot be read.
    #[error("cannot read the batch: {0}")]
    Input(io::Error),
    /// The answers cannot be written.
    #[error("cannot write the answers: {0}")]
    Output(io::Error),
}

/// Answers every line of `input` with a line of `output`, in order. Blank lines are passed over.
/// Memory does not grow with the number of lines. Answers are flushed before `input` is waited for,
/// so that whoever asks line by line is answered line by line.
///
/// # Errors
/// Where `input` or `output` fails. A bad line is no error: it is answered with one.
pub fn run_batch(input: impl Read, mut output: impl Write) -> Result<BatchSummary, BatchError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut cache = PolicyCache::default();
    let mut summary = BatchSummary::default();
    let mut bytes = Vec::new();
    let mut answer = Vec::new();
    let mut number = 0;
    loop {
        if input.buffer().is_empty() {
            output.flush().map_err(BatchError::Output)?;
        }
        if !read_line(&mut input, &mut bytes).map_err(BatchError::Input)? {
            return Ok(summary);
        }
        number += 1;
        // Some editors mark a file as UTF-8.
        if number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        summary.lines += 1;
        answer.clear();
        if let Err((id, error)) = answer_line(&bytes, &mut cache, &mut answer) {
            summary.errors += 1;
            let (error, policy) = (&*error.message, error.policy.as_deref());
            answer.clear();
            serde_json::to_writer(&mut answer, &Refusal { id, error, policy, line: number })
                .map_err(|error| BatchError::Output(error.into()))?;
        }
        answer.push(b'\n');
        output.write_all(&answer).map_err(BatchError::Output)?;
    }
}

type Refused<'l> = (Option<&'l RawValue>, QuestionError);

fn answer_line<'l>(
    bytes: &'l [u8],
    cache: &mut PolicyCache,
    answer: &mut Vec<u8>,
) -> Result<(), Refused<'l>> {
    let error = |message: String| QuestionError { message, policy: None };
    if bytes.len() > LONGEST_LINE {
        let message = format!("the line has more than {LONGEST_LINE} bytes");
        return Err((None, error(message)));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|e| (None, error(format!("not UTF-8 after byte {}", e.valid_up_to()))))?;
    let line = Line::parse(text).map_err(|e| (id_of(text), e))?;
    let question = line.read(cache).map_err(|e| (line.id, e))?;
    let decision = decide(&question.request, &question.policies);
    serde_json::to_writer(answer, &Answer::new(line.id, &decision))
        .map_err(|e| (line.id, error(e.to_string())))
}

/// The `id` of a line that is JSON but not of the contract's shape.
fn id_of(text: &str) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Id<'l> {
        #[serde(borrow)]
        id: Option<&'l RawValue>,
    }
    // A list is no question, and what stands first in it is no id.
    text.trim_start().strip_prefix('{')?;
    serde_json::from_str::<Id<'_>>(text).ok()?.id
}

/// Reads a line into `bytes`, without its end; of one that is too long only the first bytes.
/// False at the end of the input.
fn read_line(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<bool> {
    bytes.clear();
    let longest = LONGEST_LINE as u64 + 1;
    let read = input.by_ref().take(longest).read_until(b'\n', bytes)?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if read as u64 == longest {
        skip_line(input)?;
    }
    Ok(read > 0)
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (length, end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(length);
        if end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests;
