//! The reader itself: RFC 8259 in one pass over the bytes.
//!
//! It is our own because what is needed is given by no library at once: the place of every value
//! and every key, duplicates, numbers as written, and a bound for the depth.
//!
//! RFC: <https://www.rfc-editor.org/rfc/rfc8259>

use super::{Json, JsonKey, JsonValue};
use crate::source::{Problem, Span};
use std::borrow::Cow;

/// What is wrong with a text, and where.
#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The text ends inside this.
    End(&'static str),
    /// In `serde_json`'s words, where it has some.
    Not(&'static str),
    TooDeep(usize),
}

impl Fault {
    pub(super) fn problem(&self, text: &str) -> Problem {
        // An error at the end is shown at the last character.
        let at = self.at.min(text.len().saturating_sub(1));
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (at + 1..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(at);
        let span = Span::new(at, end);
        match self.what {
            What::End(inside) => {
                Problem::error(span, format!("not valid JSON: EOF while parsing {inside}"))
                    .help("the text ends too early: was the file cut off?")
            }
            What::Not(why) => Problem::error(span, format!("not valid JSON: {why}")),
            What::TooDeep(deepest) => {
                Problem::error(span, format!("values are nested more than {deepest} deep"))
            }
        }
    }
}

/// A text and how far it is read.
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    deepest: usize,
}

impl<'t> Reader<'t> {
    /// A reader at the start of a text; a byte order mark is passed over.
    pub(super) fn new(text: &'t str, deepest: usize) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, deepest }
    }

    /// The next value; `None` where only white space is left.
    pub(super) fn next_value(&mut self) -> Result<Option<Json<'t>>, Fault> {
        match self.peek() {
            Some(_) => self.value(0).map(Some),
            None => Ok(None),
        }
    }

    /// One value and nothing else.
    pub(super) fn only_value(&mut self) -> Result<Json<'t>, Fault> {
        let value = self.value(0)?;
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.not("trailing characters")),
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space, not taken.
    fn peek(&mut self) -> Option<u8> {
        match self.byte() {
            Some(b' ' | b'\n' | b'\r' | b'\t') => {}
            other => return other,
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        // Most of it is indentation: spaces, eight at once.
        let (words, _) = rest.as_chunks::<8>();
        let words = words.iter().take_while(|word| **word == *b"        ").count();
        let tail = rest.get(8 * words..).unwrap_or_default();
        let more = tail.iter().position(|byte| !is_space(byte));
        self.at += 8 * words + more.unwrap_or(tail.len());
        self.byte()
    }

    const fn not(&self, why: &'static str) -> Fault {
        Fault { at: self.at, what: What::Not(why) }
    }

    const fn end(&self, inside: &'static str) -> Fault {
        Fault { at: self.at, what: What::End(inside) }
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, Fault> {
        let first = self.peek();
        let start = self.at;
        if depth > self.deepest {
            return Err(Fault { at: start, what: What::TooDeep(self.deepest) });
        }
        let value = match first {
            Some(b'"') => JsonValue::String(self.string()?),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'-' | b'0'..=b'9') => JsonValue::Number(self.number()?),
            Some(b't') => self.word("true", JsonValue::Bool(true))?,
            Some(b'f') => self.word("false", JsonValue::Bool(false))?,
            Some(b'n') => self.word("null", JsonValue::Null)?,
            Some(_) => return Err(self.not("expected value")),
            None => return Err(self.end("a value")),
        };
        Ok(Json { span: Span::new(start, self.at), value })
    }

    fn word(&mut self, word: &'static str, value: JsonValue<'t>) -> Result<JsonValue<'t>, Fault> {
        for expected in word.bytes() {
            match self.byte() {
                Some(found) if found == expected => self.at += 1,
                Some(_) => return Err(self.not("expected ident")),
                None => return Err(self.end("a value")),
            }
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<JsonValue<'t>, Fault> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(JsonValue::Array(items));
        }
        loop {
            match self.peek() {
                None => return Err(self.end("a list")),
                Some(b']') => return Err(self.not("trailing comma")),
                Some(_) => items.push(self.value(depth + 1)?),
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                Some(_) => return Err(self.not("expected `,` or `]`")),
                None => return Err(self.end("a list")),
            }
        }
        self.at += 1;
        Ok(JsonValue::Array(items))
    }

    fn object(&mut self, depth: usize) -> Result<JsonValue<'t>, Fault> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(JsonValue::Object(entries));
        }
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(b'}') => return Err(self.not("trailing comma")),
                Some(_) => return Err(self.not("key must be a string")),
                None => return Err(self.end("an object")),
            }
            let start = self.at;
            let name = self.string()?;
            let span = Span::new(start, self.at);
            match self.peek() {
                Some(b':') => self.at += 1,
                Some(_) => return Err(self.not("expected `:`")),
                None => return Err(self.end("an object")),
            }
            entries.push((JsonKey { name, span }, self.value(depth + 1)?));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                Some(_) => return Err(self.not("expected `,` or `}`")),
                None => return Err(self.end("an object")),
            }
        }
        self.at += 1;
        Ok(JsonValue::Object(entries))
    }

    fn number(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => {
                self.at += 1;
                if matches!(self.byte(), Some(b'0'..=b'9')) {
                    return Err(self.not("invalid number"));
                }
            }
            _ => self.digits()?,
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.slice(start, self.at))
    }

    /// One digit at least.
    fn digits(&mut self) -> Result<(), Fault> {
        match self.byte() {
            Some(b'0'..=b'9') => {}
            Some(_) => return Err(self.not("invalid number")),
            None => return Err(self.end("a value")),
        }
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        Ok(())
    }

    /// A string, which borrows where it holds no escape.
    fn string(&mut self) -> Result<Cow<'t, str>, Fault> {
        self.at += 1;
        let start = self.at;
        self.run();
        if self.byte() == Some(b'"') {
            let text = self.slice(start, self.at);
            self.at += 1;
            return Ok(Cow::Borrowed(text));
        }
        let mut unescaped = self.slice(start, self.at).to_owned();
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => unescaped.push(self.escape()?),
                Some(_) => {
                    let why = "control character (\\u0000-\\u001F) found while parsing a string";
                    return Err(self.not(why));
                }
                None => return Err(self.end("a string")),
            }
            let start = self.at;
            self.run();
            unescaped.push_str(self.slice(start, self.at));
        }
        self.at += 1;
        Ok(Cow::Owned(unescaped))
    }

    /// Up to the next quote, backslash or control character.
    fn run(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (words, _) = rest.as_chunks::<8>();
        let words = words.iter().take_while(|word| is_ordinary(u64::from_le_bytes(**word))).count();
        let tail = rest.get(8 * words..).unwrap_or_default();
        let ordinary = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        self.at += 8 * words + tail.iter().take_while(ordinary).count();
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.byte() else { return Err(self.end("a string")) };
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unit(start),
            _ => return Err(Fault { at: start, what: What::Not("invalid escape") }),
        })
    }

    /// A character in UTF-16: one unit, or two that belong together.
    fn unit(&mut self, start: usize) -> Result<char, Fault> {
        let lone = Fault { at: start, what: What::Not("lone surrogate in hex escape") };
        let first = self.hex()?;
        if let Some(found) = char::from_u32(first) {
            return Ok(found);
        }
        if !self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(b"\\u")) {
            return Err(lone);
        }
        self.at += 2;
        let second = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(lone)
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(byte) = self.byte() else { return Err(self.end("a string")) };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(self.not("invalid escape"));
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }

    /// A part of the text between two of its ASCII characters.
    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Whether none of eight bytes ends a run. For each byte, subtracting sets its high bit where it was
/// smaller: below a space, or nothing once a quote or a backslash is taken out of it. A borrow may set one
/// too many beside one that is right, never one too few.
const fn is_ordinary(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    (control | quote | backslash) & HIGH == 0
}
