//! A tokenizer: its tokens, and text to ids and back.

use super::added::{AddedToken, AddedTokens};
use super::bpe::merge;
use super::pairs::Pairs;
use super::split::Split;
use super::words::Words;
use std::cell::RefCell;
use std::collections::HashMap;

/// What a tokenizer is made of.
pub struct TokenizerParts {
    /// (id, bytes) of every token that is not added.
    pub tokens: Vec<(u32, Vec<u8>)>,
    /// (left, right, product) by rank.
    pub merges: Vec<[u32; 3]>,
    pub added: Vec<AddedToken>,
    pub split: Split,
    /// A piece that is a token as a whole needs no merges.
    pub ignore_merges: bool,
}

/// Ids with the code points they stand for.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub ids: Vec<u32>,
    /// start0, end0, start1, end1, ... in Unicode code points of the text, end exclusive.
    pub offsets: Vec<u32>,
}

/// Byte-level byte-pair encoding with added tokens.
pub struct Tokenizer {
    bytes: Vec<Vec<u8>>,
    byte_ids: [u32; 256],
    whole: HashMap<Vec<u8>, u32>,
    pairs: Pairs,
    added: AddedTokens,
    split: Split,
    special: Vec<bool>,
    words: RefCell<Words<u32>>,
}

/// No file of reasonable size has more: larger ids are mistakes that would cost memory.
const LARGEST_ID: u32 = 1 << 24;

impl Tokenizer {
    /// # Errors
    /// A sentence when a byte has no token, an id is out of range or used by a merge without being a token.
    pub fn new(parts: TokenizerParts) -> Result<Self, String> {
        let ids = parts.tokens.iter().map(|t| t.0);
        let largest = ids.chain(parts.added.iter().map(|a| a.id)).max();
        let size = largest.map_or(0, |id| id as usize + 1);
        if size > LARGEST_ID as usize {
            return Err(format!("id {} is too large", size - 1));
        }
        let mut bytes = vec![Vec::new(); size];
        let mut special = vec![false; size];
        let mut byte_ids = [u32::MAX; 256];
        let mut whole = HashMap::new();
        for (id, token) in parts.tokens {
            if token.len() == 1 {
                byte_ids[token[0] as usize] = id;
            }
            if parts.ignore_merges {
                whole.insert(token.clone(), id);
            }
            if token.is_empty() {
                return Err(format!("token {id} is empty"));
            }
            bytes[id as usize] = token;
        }
        for token in &parts.added {
            bytes[token.id as usize] = token.bytes.clone();
            special[token.id as usize] = token.special;
        }
        if let Some(empty) = parts.added.iter().find(|a| a.bytes.is_empty()) {
            return Err(format!("added token {} is empty", empty.id));
        }
        if let Some(byte) = byte_ids.iter().position(|&id| id == u32::MAX) {
            return Err(format!("byte {byte} has no token"));
        }
        if let Some(bad) = parts
            .merges
            .iter()
            .flatten()
            .find(|&&id| id as usize >= size)
        {
            return Err(format!("a merge uses id {bad}, which no token has"));
        }
        for &[left, right, product] in &parts.merges {
            let [l, r, p] = [left, right, product].map(|id| &bytes[id as usize]);
            if l.is_empty() || r.is_empty() || !(p.starts_with(l) && p[l.len()..] == r[..]) {
                return Err(format!(
                    "merging {left} and {right} does not give {product}"
                ));
            }
        }
        Ok(Self {
            bytes,
            byte_ids,
            whole,
            pairs: Pairs::new(&parts.merges),
            added: AddedTokens::new(parts.added),
            split: parts.split,
            special,
            words: RefCell::new(Words::new()),
        })
    }

    /// One more than the largest id.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of a token; empty when no token has the id.
    pub fn token(&self, id: u32) -> &[u8] {
        self.bytes.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// True when the id is an added token that marks the format.
    pub fn is_special(&self, id: u32) -> bool {
        self.special.get(id as usize).is_some_and(|&s| s)
    }

    /// Text to ids. Special tokens in the text are plain text unless `parse_special`.
    pub fn encode(&self, text: &str, parse_special: bool) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 3 + 1);
        self.sections(text, parse_special, |section| match section {
            Section::Added(token) => ids.push(token.id),
            Section::Plain(plain) => self.split.each(plain, |piece| self.piece(piece, &mut ids)),
        });
        ids
    }

    /// [`Tokenizer::encode`] with the code points each id covers. Ids of one character share it.
    pub fn encode_with_offsets(&self, text: &str, parse_special: bool) -> Encoding {
        let ids = self.encode(text, parse_special);
        // code point of every byte
        let mut points = Vec::with_capacity(text.len() + 1);
        for (point, c) in text.chars().enumerate() {
            points.resize(points.len() + c.len_utf8(), point as u32);
        }
        let mut offsets = Vec::with_capacity(ids.len() * 2);
        let mut at = 0;
        for &id in &ids {
            let end = at + self.token(id).len();
            offsets.push(points[at]);
            offsets.push(points[end - 1] + 1);
            at = end;
        }
        Encoding { ids, offsets }
    }

    fn sections<'t>(
        &'t self,
        text: &'t str,
        parse_special: bool,
        mut each: impl FnMut(Section<'t>),
    ) {
        let (mut plain, mut from) = (0, 0);
        while let Some((start, token)) = self.added.find(text.as_bytes(), from) {
            from = start + token.bytes.len();
            if token.special && !parse_special {
                continue; // stays in the plain text around it
            }
            if plain < start {
                each(Section::Plain(&text[plain..start]));
            }
            each(Section::Added(token));
            plain = from;
        }
        if plain < text.len() {
            each(Section::Plain(&text[plain..]));
        }
    }

    fn piece(&self, piece: &str, ids: &mut Vec<u32>) {
        let bytes = piece.as_bytes();
        if let [byte] = bytes {
            return ids.push(self.byte_ids[*byte as usize]);
        }
        if let Some(&id) = self.whole.get(bytes) {
            return ids.push(id);
        }
        if let Some(known) = self.words.borrow().get(bytes) {
            return ids.extend_from_slice(known);
        }
        let mut symbols: Vec<u32> = bytes.iter().map(|&b| self.byte_ids[b as usize]).collect();
        merge(&mut symbols, &self.pairs);
        ids.extend_from_slice(&symbols);
        self.words.borrow_mut().set(bytes, &symbols);
    }

    /// Ids to text; bytes that are no character become U+FFFD. Unknown ids give nothing.
    pub fn decode(&self, ids: &[u32], skip_special: bool) -> String {
        let mut bytes = Vec::with_capacity(ids.len() * 4);
        for &id in ids {
            if !(skip_special && self.is_special(id)) {
                bytes.extend_from_slice(self.token(id));
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

enum Section<'t> {
    Plain(&'t str),
    Added(&'t AddedToken),
}

#[cfg(test)]
mod tests {
    use super::super::train::byte_order;
    use super::*;
    use proptest::prelude::*;

    fn small() -> Tokenizer {
        let mut tokens: Vec<(u32, Vec<u8>)> = byte_order()
            .enumerate()
            .map(|(i, b)| (i as u32, vec![b]))
            .collect();
        let id = |tokens: &[(u32, Vec<u8>)], text: &str| {
            tokens
                .iter()
                .find(|t| t.1 == text.as_bytes())
                .map_or(0, |t| t.0)
        };
        let mut merges = Vec::new();
        for (left, right) in [("l", "o"), ("lo", "w"), (" ", "low")] {
            let product = tokens.len() as u32;
            merges.push([id(&tokens, left), id(&tokens, right), product]);
            tokens.push((product, [left.as_bytes(), right.as_bytes()].concat()));
        }
        let added = |id, text: &str, special| AddedToken {
            id,
            bytes: text.into(),
            special,
        };
        let added = vec![added(259, "<e>", true), added(260, "{\"", false)];
        Tokenizer::new(TokenizerParts {
            tokens,
            merges,
            added,
            split: Split::Gpt2,
            ignore_merges: false,
        })
        .unwrap()
    }

    #[test]
    fn encode_reads_special_tokens_only_when_asked() {
        let t = small();
        assert_eq!(t.encode(" low{\"<e>", true), [258, 260, 259]);
        assert_eq!(t.encode(" low{\"<e>", false).len(), 5);
    }

    #[test]
    fn new_refuses_a_merge_that_gives_something_else() {
        let tokens: Vec<_> = (0..=255u8).map(|b| (b as u32, vec![b])).collect();
        let parts = TokenizerParts {
            tokens,
            merges: vec![[0, 1, 2]],
            added: vec![],
            split: Split::Gpt2,
            ignore_merges: false,
        };
        assert_eq!(
            Tokenizer::new(parts).err().as_deref(),
            Some("merging 0 and 1 does not give 2")
        );
    }

    #[test]
    fn encode_with_offsets_counts_code_points() {
        let encoding = small().encode_with_offsets("é low", true);
        assert_eq!(encoding.offsets, [0, 1, 0, 1, 1, 5]);
    }

    proptest! {
        #[test]
        fn decode_gives_back_what_encode_read(text in "(<e>|\\{\"| low|\\PC|[ \n\t])*") {
            let t = small();
            prop_assert_eq!(t.decode(&t.encode(&text, true), false), text.clone());
            prop_assert_eq!(t.decode(&t.encode(&text, false), false), text);
        }
    }
}
