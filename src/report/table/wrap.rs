//! Lines that fit a column.

/// Breaks each line of `text` so that none is longer than `width` characters: at spaces, in words
/// too long for a line (ARNs) after `/`, `:`, `-` or `,`, and where there is none of these anywhere.
pub(in crate::report) fn wrap(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let mut current = String::new();
        for piece in line.split(' ').flat_map(|word| pieces(word, width)) {
            let (glue, piece) = match piece {
                Piece::Word(word) if current.is_empty() => ("", word),
                Piece::Word(word) => (" ", word),
                Piece::Rest(rest) => ("", rest),
            };
            let room = width.saturating_sub(length(&current) + glue.len());
            if !current.is_empty() && length(&piece) > room {
                lines.push(std::mem::take(&mut current));
                current.push_str(&piece);
            } else {
                current.push_str(glue);
                current.push_str(&piece);
            }
        }
        lines.push(current);
    }
    lines.join("\n")
}

/// A word, or what may go on without a space after the piece before it.
enum Piece {
    Word(String),
    Rest(String),
}

/// A word whole, or cut where it may be broken if it is longer than a line.
fn pieces(word: &str, width: usize) -> Vec<Piece> {
    if length(word) <= width {
        return vec![Piece::Word(word.to_owned())];
    }
    let mut cut: Vec<String> = Vec::new();
    for part in word.split_inclusive(['/', ':', '-', ',']) {
        let characters: Vec<char> = part.chars().collect();
        cut.extend(characters.chunks(width.max(1)).map(|chunk| chunk.iter().collect::<String>()));
    }
    let mut cut = cut.into_iter();
    let first = cut.next().map(Piece::Word);
    first.into_iter().chain(cut.map(Piece::Rest)).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_at_spaces_then_inside_arns_then_anywhere() {
        assert_eq!(wrap("one two three", 7), "one two\nthree");
        assert_eq!(wrap("a\nb c", 9), "a\nb c");
        assert_eq!(wrap("on arn:aws:s3:::acme/key", 12), "on arn:aws:\ns3:::acme/\nkey");
        assert_eq!(wrap("abcdefgh", 3), "abc\ndef\ngh");
        assert_eq!(wrap("", 5), "");
        assert_eq!(wrap("é è", 1), "é\nè");
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_long() {
        let text =
            "s3:GetObject on arn:aws:s3:::a-bucket/some/long/key/without-any-space when it is";
        for width in 1..40 {
            let wrapped = wrap(text, width);
            assert!(wrapped.lines().all(|line| line.chars().count() <= width), "{wrapped}");
            let kept = |t: &str| t.replace([' ', '\n'], "");
            assert_eq!(kept(&wrapped), kept(text));
        }
    }
}
