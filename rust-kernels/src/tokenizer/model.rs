//! Models that turn the pieces of a text into tokens.

use super::character_pairs::CharacterPairs;
use super::trie::Trie;
use super::unigram::Unigram;
use super::word_piece::WordPiece;
use super::words::Words;
use std::cell::RefCell;

/// A token and the bytes of its piece that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub id: u32,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(id: u32, start: usize, end: usize) -> Self {
        Self {
            id,
            start: start as u32,
            end: end as u32,
        }
    }
}

/// Tokens of single bytes, `<0x00>` to `<0xFF>`, for characters without a token.
pub struct Fallback([Option<u32>; 256]);

impl Fallback {
    /// Takes the byte tokens that `id` knows by their text.
    pub fn new(id: impl Fn(&[u8]) -> Option<u32>) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        Self(std::array::from_fn(|byte| {
            let (high, low) = (DIGITS[byte >> 4], DIGITS[byte & 15]);
            id(&[b'<', b'0', b'x', high, low, b'>'])
        }))
    }

    /// Ids of the bytes; nothing when one of them has no token.
    pub fn ids<'a>(&'a self, bytes: &'a [u8]) -> Option<impl DoubleEndedIterator<Item = u32> + 'a> {
        let known = bytes.iter().all(|&byte| self.0[byte as usize].is_some());
        known.then(|| bytes.iter().filter_map(|&byte| self.0[byte as usize]))
    }
}

/// How pieces become tokens, with a memory of short ones.
pub struct Model {
    kind: Kind,
    known: RefCell<Words<Span>>,
}

/// What a model is.
pub enum Kind {
    Pairs(Box<CharacterPairs>),
    Unigram(Box<Unigram>),
    WordPiece(WordPiece),
    /// Every piece is a token, or the unknown one.
    Words(Trie, Option<u32>),
}

impl Model {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            known: RefCell::new(Words::new()),
        }
    }

    /// Adds the tokens of one piece.
    ///
    /// # Errors
    /// When something has no token and there is no token for the unknown.
    pub fn encode(&self, piece: &str, spans: &mut Vec<Span>) -> Result<(), String> {
        if let Some(known) = self.known.borrow().get(piece.as_bytes()) {
            spans.extend_from_slice(known);
            return Ok(());
        }
        let first = spans.len();
        match &self.kind {
            Kind::Pairs(pairs) => pairs.encode(piece, spans),
            Kind::Unigram(unigram) => unigram.encode(piece, spans)?,
            Kind::WordPiece(words) => words.encode(piece, spans)?,
            Kind::Words(words, unknown) => {
                let id = words.get(piece.as_bytes()).or(*unknown);
                let id = id.ok_or("a word has no token, and there is no unknown token")?;
                spans.push(Span::new(id, 0, piece.len()));
            }
        }
        self.known
            .borrow_mut()
            .set(piece.as_bytes(), &spans[first..]);
        Ok(())
    }

    /// Tokens of the pieces of `text`. `bounds` are start and end of each piece, in order, in UTF-16 units; so are the
    /// spans that `each` gets: from the first unit of the character in which a token begins to the last one's end.
    ///
    /// # Errors
    /// As [`Model::encode`]; also when bounds are out of order or inside a character.
    pub fn encode_pieces(
        &self,
        text: &str,
        bounds: &[u32],
        mut each: impl FnMut(Span),
    ) -> Result<(), String> {
        let mut spans = Vec::new();
        let mut cursor = Cursor {
            text,
            byte: 0,
            unit: 0,
        };
        for bound in bounds.chunks_exact(2) {
            cursor.seek(bound[0])?;
            let mut inner = Cursor { ..cursor };
            cursor.seek(bound[1])?;
            let from = inner.byte;
            spans.clear();
            self.encode(&text[from..cursor.byte], &mut spans)?;
            let mut ceil = (from, inner.unit); // many spans may share one end
            for span in &spans {
                let start = inner.floor(from + span.start as usize);
                let end = from + span.end as usize;
                if ceil.0 != end {
                    ceil = (end, inner.ceil(end));
                }
                each(Span {
                    id: span.id,
                    start,
                    end: ceil.1,
                });
            }
        }
        Ok(())
    }
}

/// A place in a text, in bytes and in UTF-16 units.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    text: &'t str,
    byte: usize,
    unit: u32,
}

impl Cursor<'_> {
    fn seek(&mut self, unit: u32) -> Result<(), String> {
        for c in self.text[self.byte..].chars() {
            if self.unit >= unit {
                break;
            }
            self.byte += c.len_utf8();
            self.unit += c.len_utf16() as u32;
        }
        if self.unit == unit {
            Ok(())
        } else {
            Err(format!("unit {unit} is not between two characters"))
        }
    }

    /// Unit of the character that has `byte`; `byte` never goes back over a character.
    fn floor(&mut self, byte: usize) -> u32 {
        for c in self.text[self.byte..].chars() {
            if self.byte + c.len_utf8() > byte {
                break;
            }
            self.byte += c.len_utf8();
            self.unit += c.len_utf16() as u32;
        }
        self.unit
    }

    /// Unit after the character whose last byte is before `byte`, or that has it inside.
    fn ceil(&self, byte: usize) -> u32 {
        let mut ahead = *self;
        for c in self.text[self.byte..].chars() {
            if ahead.byte >= byte {
                break;
            }
            ahead.byte += c.len_utf8();
            ahead.unit += c.len_utf16() as u32;
        }
        ahead.unit
    }
}
