//! What a terminal would obey and not show.

use std::borrow::Cow;
use std::io::{self, Write};

/// The text with signs in place of the characters that move the cursor, colour what follows or turn
/// its direction: a policy may hold any, and a report on it shows them. Line breaks stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| sign(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(sign).collect())
}

/// Passes on what `write` writes, made visible.
pub(super) fn write_visible(
    out: &mut impl Write,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = Vec::new();
    write(&mut text)?;
    out.write_all(visible(&String::from_utf8_lossy(&text)).as_bytes())
}

fn sign(c: char) -> char {
    /// The signs for the first 32 characters, in their order: `␀`.
    const SIGNS: u32 = 0x2400;
    match c {
        '\n' | '\t' => c,
        '\0'..='\x1f' => char::from_u32(SIGNS + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        assert_eq!(visible("a\u{1b}[31mb\nc\td\r"), "a␛[31mb\nc\td␍");
        assert_eq!(visible("\u{7f}\u{9b}2J\u{202e}x"), "␡\u{fffd}2J\u{fffd}x");
        assert!(matches!(visible("plain é 😀\n"), std::borrow::Cow::Borrowed(_)));
    }
}
