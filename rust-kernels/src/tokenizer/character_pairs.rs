//! Byte-pair encoding whose first symbols are characters, as SentencePiece has it.

use super::bpe::{merge, Symbol};
use super::model::{Fallback, Span};
use super::pairs::Pairs;
use super::trie::Trie;
use super::words::Words;
use std::cell::RefCell;

/// What stands for a space in such vocabularies.
const SPACE: char = '▁';

/// Settings beside tokens and merges.
#[derive(Default)]
pub struct PairOptions {
    /// Stands before the symbols of a piece that are not its first.
    pub prefix: String,
    /// Stands after the last symbol of a piece.
    pub suffix: String,
    pub unknown: Option<u32>,
    /// Neighbouring unknown characters are one token.
    pub fuse_unknown: bool,
    /// Characters without a token are the tokens of their bytes.
    pub byte_fallback: bool,
    /// A piece that is a token as a whole needs no merges.
    pub ignore_merges: bool,
}

/// A token's id and the bytes it stands for.
#[derive(Clone, Copy)]
struct Part {
    id: u32,
    length: u32,
}

impl Symbol for Part {
    fn id(self) -> u32 {
        self.id
    }

    fn joined(self, right: Self, product: u32) -> Self {
        Self {
            id: product,
            length: self.length + right.length,
        }
    }
}

pub struct CharacterPairs {
    trie: Trie,
    /// Ids of the ASCII characters, for speed.
    ascii: [Option<u32>; 128],
    pairs: Pairs,
    fallback: Option<Fallback>,
    options: PairOptions,
    /// No merge crosses the place before a space: words can be merged, and remembered, one by one.
    cuts_words: bool,
    words: RefCell<Words<Part>>,
}

impl CharacterPairs {
    /// `ranks` of the merges; by their order where there are none.
    pub fn new(
        tokens: &[(u32, Vec<u8>)],
        merges: &[[u32; 3]],
        ranks: Option<Vec<u32>>,
        options: PairOptions,
    ) -> Self {
        let mut products: Vec<u32> = merges.iter().map(|merge| merge[2]).collect();
        products.sort_unstable();
        let is_product = |token: &&(u32, Vec<u8>)| products.binary_search(&token.0).is_ok();
        let trie = Trie::new(tokens);
        let mut space = [0; 4];
        let space = SPACE.encode_utf8(&mut space).as_bytes();
        let crosses = |product: &(u32, Vec<u8>)| {
            let text = std::str::from_utf8(&product.1).unwrap_or("");
            let mut before = SPACE;
            text.chars().any(|c| {
                let crossed = c == SPACE && before != SPACE;
                before = c;
                crossed
            })
        };
        let affixes = options.prefix.is_empty() && options.suffix.is_empty();
        Self {
            cuts_words: affixes
                && trie.get(space).is_some()
                && !tokens.iter().filter(is_product).any(crosses),
            ascii: std::array::from_fn(|c| trie.get(&[c as u8])),
            fallback: options
                .byte_fallback
                .then(|| Fallback::new(|token| trie.get(token))),
            trie,
            pairs: match ranks {
                Some(ranks) => Pairs::with_ranks(merges, ranks),
                None => Pairs::new(merges),
            },
            options,
            words: RefCell::new(Words::new()),
        }
    }

    /// Adds the tokens of one piece.
    pub fn encode(&self, piece: &str, spans: &mut Vec<Span>) {
        if self.options.ignore_merges {
            if let Some(id) = self.trie.get(piece.as_bytes()) {
                return spans.push(Span::new(id, 0, piece.len()));
            }
        }
        if !self.cuts_words {
            self.word(piece, 0, spans);
            return;
        }
        let (mut start, mut told) = (0, 0);
        while start < piece.len() {
            let rest = &piece[start..];
            let word = rest.find(|c| c != SPACE).unwrap_or(rest.len());
            let length = rest[word..].find(SPACE).map_or(rest.len(), |at| word + at);
            told = self.word(&rest[..length], told, spans);
            start += length;
        }
    }

    /// Adds the tokens of a word whose first stands at byte `at`; gives the end of the last. What is left out has no
    /// length, so that all after it stands too far left: the reference counts like that.
    fn word(&self, word: &str, mut at: u32, spans: &mut Vec<Span>) -> u32 {
        let mut push = |parts: &[Part]| {
            for part in parts {
                spans.push(Span {
                    id: part.id,
                    start: at,
                    end: at + part.length,
                });
                at += part.length;
            }
            at
        };
        if let Some(known) = self.words.borrow().get(word.as_bytes()) {
            return push(known);
        }
        let mut parts = self.symbols(word);
        merge(&mut parts, &self.pairs);
        self.words.borrow_mut().set(word.as_bytes(), &parts);
        push(&parts)
    }

    /// The symbols before any merge: characters with tokens, bytes, or the unknown token. A character without any of
    /// them is left out, as the reference does.
    fn symbols(&self, word: &str) -> Vec<Part> {
        let mut parts = Vec::with_capacity(word.len());
        let mut unknown: Option<Part> = None;
        for (at, character) in word.char_indices() {
            let length = character.len_utf8();
            let mut text = [0; 4];
            let plain = character.encode_utf8(&mut text).as_bytes();
            let affixed = self.affixed(plain, at == 0, at + length == word.len());
            let symbol = affixed.as_deref().unwrap_or(plain);
            let known = match symbol {
                [byte @ 0..=127] => self.ascii[*byte as usize],
                _ => self.trie.get(symbol),
            };
            if let Some(id) = known {
                parts.extend(unknown.take());
                parts.push(Part {
                    id,
                    length: length as u32,
                });
            } else if let Some(ids) = self
                .fallback
                .as_ref()
                .and_then(|fallback| fallback.ids(symbol))
            {
                parts.extend(ids.map(|id| Part { id, length: 1 }));
            } else if let Some(id) = self.options.unknown {
                match &mut unknown {
                    Some(before) if self.options.fuse_unknown => before.length += length as u32,
                    _ => parts.extend(unknown.replace(Part {
                        id,
                        length: length as u32,
                    })),
                }
            }
        }
        parts.extend(unknown);
        parts
    }

    /// The symbol with the affixes of its place, where there are any.
    fn affixed(&self, plain: &[u8], first: bool, last: bool) -> Option<Vec<u8>> {
        let prefix = if first {
            ""
        } else {
            self.options.prefix.as_str()
        };
        let suffix = if last {
            self.options.suffix.as_str()
        } else {
            ""
        };
        let needed = !prefix.is_empty() || !suffix.is_empty();
        needed.then(|| [prefix.as_bytes(), plain, suffix.as_bytes()].concat())
    }
}

/// The merges that ranks of tokens imply: every pair of tokens whose texts together are a token. Equal ranks stay equal,
/// so that the leftmost of them comes first.
pub fn merges_by_rank(
    tokens: &[(u32, Vec<u8>)],
    trie: &Trie,
    token_ranks: &[u32],
) -> (Vec<[u32; 3]>, Vec<u32>) {
    let (mut merges, mut ranks) = (Vec::new(), Vec::new());
    for ((id, bytes), &rank) in tokens.iter().zip(token_ranks) {
        for (length, left) in trie.prefixes(Trie::ROOT, bytes) {
            if length == bytes.len() {
                continue;
            }
            if let Some(right) = trie.get(&bytes[length..]) {
                merges.push([left, right, *id]);
                ranks.push(rank);
            }
        }
    }
    (merges, ranks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(texts: &[&str]) -> Vec<(u32, Vec<u8>)> {
        (0u32..)
            .zip(texts.iter().map(|t| t.as_bytes().to_vec()))
            .collect()
    }

    fn model(cut: bool, options: PairOptions) -> CharacterPairs {
        let tokens = tokens(&["?", "▁", "a", "b", "▁a", "ab", "▁▁", "<0xC3>", "<0xA9>"]);
        let merges = [[1, 2, 4], [2, 3, 5], [1, 1, 6]];
        let mut made = CharacterPairs::new(&tokens, &merges, None, options);
        made.cuts_words &= cut;
        made
    }

    fn encode(model: &CharacterPairs, piece: &str) -> Vec<(u32, u32, u32)> {
        let mut spans = Vec::new();
        model.encode(piece, &mut spans);
        spans.iter().map(|s| (s.id, s.start, s.end)).collect()
    }

    fn unknown(fuse_unknown: bool, byte_fallback: bool) -> PairOptions {
        PairOptions {
            unknown: Some(0),
            fuse_unknown,
            byte_fallback,
            ..PairOptions::default()
        }
    }

    #[test]
    fn encode_falls_back_to_bytes_then_to_unknown() {
        assert_eq!(
            encode(&model(true, unknown(true, true)), "ab▁aéüü"),
            [(5, 0, 2), (4, 2, 6), (7, 6, 7), (8, 7, 8), (0, 8, 12),]
        );
        assert_eq!(
            encode(&model(true, unknown(false, false)), "éü"),
            [(0, 0, 2), (0, 2, 4)]
        );
        assert_eq!(
            encode(&model(true, PairOptions::default()), "éa"),
            [(2, 0, 1)]
        );
    }

    #[test]
    fn encode_puts_affixes_around_symbols() {
        let tokens = tokens(&["a", "#b", "#c</w>", "#bc</w>"]);
        let options = PairOptions {
            prefix: "#".into(),
            suffix: "</w>".into(),
            ..PairOptions::default()
        };
        let model = CharacterPairs::new(&tokens, &[[1, 2, 3]], None, options);
        assert_eq!(encode(&model, "abc"), [(0, 0, 1), (3, 1, 3)]);
    }

    #[test]
    fn merges_by_rank_gives_every_pair_that_is_a_token() {
        let tokens = tokens(&["a", "b", "ab", "aab", "aa"]);
        let trie = Trie::new(&tokens);
        let (merges, ranks) = merges_by_rank(&tokens, &trie, &[0, 0, 1, 2, 1]);
        assert_eq!(merges, [[0, 1, 2], [0, 2, 3], [4, 1, 3], [0, 0, 4]]);
        assert_eq!(ranks, [1, 2, 2, 1]);
    }

    proptest! {
        #[test]
        fn encode_gives_the_same_word_by_word(text in "[▁abéx]{0,60}") {
            for (fuse, bytes) in [(true, true), (true, false), (false, false)] {
                let (cut, whole) = (model(true, unknown(fuse, bytes)), model(false, unknown(fuse, bytes)));
                assert!(cut.cuts_words);
                prop_assert_eq!(encode(&cut, &text), encode(&whole, &text));
            }
        }
    }
}
