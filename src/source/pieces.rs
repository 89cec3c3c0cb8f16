//! Which part of a file each part of a text was made from.

use super::Span;

/// A text made of a file's parts: copied, unescaped, or put in place of something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// In the order of the text, without gaps.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: Span,
    file: Span,
    /// Byte for byte the same.
    copied: bool,
}

impl Pieces {
    /// Adds the next part of the text: a copy of the file's `file`.
    pub fn copy(&mut self, file: Span) {
        let text = self.next(file.end.saturating_sub(file.start));
        match self.pieces.last_mut() {
            Some(last) if last.copied && last.file.end == file.start => {
                last.text.end = text.end;
                last.file.end = file.end;
            }
            _ if text.start < text.end => self.pieces.push(Piece { text, file, copied: true }),
            _ => {}
        }
    }

    /// Adds the next part of the text: `length` bytes that stand for the file's `file` as a whole.
    pub fn stand_for(&mut self, length: usize, file: Span) {
        let text = self.next(length);
        match self.pieces.last_mut() {
            Some(last) if !last.copied && last.file == file => last.text.end = text.end,
            _ if length > 0 => self.pieces.push(Piece { text, file, copied: false }),
            _ => {}
        }
    }

    /// Adds a part of another text, made of the same file.
    pub fn take(&mut self, other: &Self, part: Span) {
        let first = other.pieces.partition_point(|piece| piece.text.end <= part.start);
        for piece in other.pieces.iter().skip(first) {
            let (start, end) = (piece.text.start.max(part.start), piece.text.end.min(part.end));
            if start >= end {
                break;
            }
            if piece.copied {
                let from = piece.file.start + (start - piece.text.start);
                self.copy(Span::new(from, from + (end - start)));
            } else {
                self.stand_for(end - start, piece.file);
            }
        }
    }

    /// The same, of a file in which everything stands `by` bytes further on.
    #[must_use]
    pub fn shifted(mut self, by: usize) -> Self {
        for piece in &mut self.pieces {
            piece.file = piece.file.shifted(by);
        }
        self
    }

    fn next(&self, length: usize) -> Span {
        let start = self.len();
        Span::new(start, start + length)
    }

    /// The length of the text so far, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| last.text.end)
    }

    /// Whether the text is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The smallest part of the file that a part of the text was made from.
    #[must_use]
    pub fn in_file(&self, part: Span) -> Span {
        let at = |offset: usize| {
            let after = self.pieces.partition_point(|piece| piece.text.start <= offset);
            self.pieces.get(after.saturating_sub(1))
        };
        let (Some(first), Some(last)) = (at(part.start), at(part.end.saturating_sub(1))) else {
            return Span::default();
        };
        let into = |piece: &Piece, offset: usize| {
            (piece.file.start + offset.saturating_sub(piece.text.start)).min(piece.file.end)
        };
        let start = if first.copied { into(first, part.start) } else { first.file.start };
        let end = match (part.end <= part.start, last.copied) {
            // Nothing is nowhere but at its start.
            (true, _) => start,
            (false, true) => into(last, part.end),
            (false, false) => last.file.end,
        };
        // A list whose parts lie apart may end before it starts, where YAML repeats an anchor.
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_the_text_are_found_in_the_file() {
        // file: a\nb%20c, text: a, line break, b, space, c
        let mut pieces = Pieces::default();
        pieces.copy(Span::new(10, 11));
        pieces.stand_for(1, Span::new(11, 13));
        pieces.copy(Span::new(13, 14));
        pieces.stand_for(1, Span::new(14, 17));
        pieces.copy(Span::new(17, 18));
        let found = |start, end| {
            let span = pieces.in_file(Span::new(start, end));
            (span.start, span.end)
        };
        assert_eq!(pieces.len(), 5);
        assert_eq!(found(0, 1), (10, 11));
        assert_eq!(found(1, 2), (11, 13));
        assert_eq!(found(1, 3), (11, 14));
        assert_eq!(found(0, 5), (10, 18));
        assert_eq!(found(3, 3), (14, 14));
        assert_eq!(found(4, 99), (17, 18));
        assert_eq!(Pieces::default().in_file(Span::new(3, 4)), Span::default());
    }
}
