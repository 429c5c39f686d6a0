//! Tokenizers for JavaScript.

use crate::tokenizer::{
    merges_by_rank, train, AddedToken, CharacterPairs, DecodeStream, Kind, Model, PairOptions,
    Split, Tokenizer, TokenizerParts, TrainingOptions, Trie, Unigram, WordPiece,
};
use wasm_bindgen::prelude::*;

fn error(message: impl AsRef<str>) -> JsError {
    JsError::new(message.as_ref())
}

/// Cuts `bytes` into strings of the given lengths.
fn strings(bytes: &[u8], lengths: &[u32]) -> Result<Vec<Vec<u8>>, JsError> {
    let mut rest = bytes;
    let mut out = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let (head, tail) = rest
            .split_at_checked(length as usize)
            .ok_or_else(|| error("lengths reach past the bytes"))?;
        out.push(head.to_vec());
        rest = tail;
    }
    Ok(out)
}

fn added(
    bytes: &[u8],
    lengths: &[u32],
    ids: &[u32],
    special: &[u8],
) -> Result<Vec<AddedToken>, JsError> {
    if ids.len() != lengths.len() || special.len() != lengths.len() {
        return Err(error("added tokens, ids and marks differ in number"));
    }
    let tokens = strings(bytes, lengths)?.into_iter().zip(ids).zip(special);
    Ok(tokens
        .map(|((bytes, &id), &special)| AddedToken {
            id,
            bytes,
            special: special != 0,
        })
        .collect())
}

fn split(name: &str) -> Result<Split, JsError> {
    Ok(match name {
        "whole" => Split::Whole,
        "gpt2" => Split::Gpt2,
        "gpt2-digits" => Split::Gpt2Digits,
        "gpt2-numbers" => Split::Gpt2Numbers,
        "llama3" => Split::Llama3 { digits: 3 },
        "qwen2" => Split::Llama3 { digits: 1 },
        _ => return Err(error(format!("no such split: {name}"))),
    })
}

/// A byte-level byte-pair tokenizer.
#[wasm_bindgen]
pub struct BytePairTokenizer(Tokenizer);

#[wasm_bindgen]
impl BytePairTokenizer {
    /// Tokens as concatenated bytes, their lengths and ids; merges as (left, right, product) ids by rank.
    #[wasm_bindgen(constructor)]
    pub fn new(
        token_bytes: &[u8],
        token_lengths: &[u32],
        token_ids: &[u32],
        merges: &[u32],
        added_bytes: &[u8],
        added_lengths: &[u32],
        added_ids: &[u32],
        added_special: &[u8],
        split_name: &str,
        ignore_merges: bool,
    ) -> Result<BytePairTokenizer, JsError> {
        if token_ids.len() != token_lengths.len() || !merges.chunks_exact(3).remainder().is_empty()
        {
            return Err(error("tokens and ids, or merges, differ in number"));
        }
        let tokens = strings(token_bytes, token_lengths)?;
        Tokenizer::new(TokenizerParts {
            tokens: token_ids.iter().copied().zip(tokens).collect(),
            merges: merges.chunks_exact(3).map(|m| [m[0], m[1], m[2]]).collect(),
            added: added(added_bytes, added_lengths, added_ids, added_special)?,
            split: split(split_name)?,
            ignore_merges,
        })
        .map(Self)
        .map_err(error)
    }

    #[wasm_bindgen(getter)]
    pub fn size(&self) -> usize {
        self.0.size()
    }

    pub fn encode(&self, text: &str, parse_special: bool) -> Vec<u32> {
        self.0.encode(text, parse_special)
    }

    /// ids, then start and end of each in code points: [3 × ids].
    #[wasm_bindgen(js_name = encodeWithOffsets)]
    pub fn encode_with_offsets(&self, text: &str, parse_special: bool) -> Vec<u32> {
        let encoding = self.0.encode_with_offsets(text, parse_special);
        [encoding.ids, encoding.offsets].concat()
    }

    pub fn decode(&self, ids: &[u32], skip_special: bool) -> String {
        self.0.decode(ids, skip_special)
    }

    /// Bytes of one token; empty when there is none.
    #[wasm_bindgen(js_name = tokenBytes)]
    pub fn token_bytes(&self, id: u32) -> Vec<u8> {
        self.0.token(id).to_vec()
    }
}

/// Tokens as (id, bytes).
fn tokens(bytes: &[u8], lengths: &[u32], ids: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, JsError> {
    if ids.len() != lengths.len() {
        return Err(error("tokens and ids differ in number"));
    }
    let tokens = strings(bytes, lengths)?;
    Ok(ids.iter().copied().zip(tokens).collect())
}

/// A model over pieces of text that the caller cut.
#[wasm_bindgen]
pub struct PieceModel(Model);

#[wasm_bindgen]
impl PieceModel {
    /// Byte pairs over characters; merges as (left, right, product) ids by rank.
    pub fn pairs(
        token_bytes: &[u8],
        token_lengths: &[u32],
        token_ids: &[u32],
        merges: &[u32],
        prefix: String,
        suffix: String,
        unknown: Option<u32>,
        fuse_unknown: bool,
        byte_fallback: bool,
        ignore_merges: bool,
    ) -> Result<PieceModel, JsError> {
        let tokens = tokens(token_bytes, token_lengths, token_ids)?;
        let merges: Vec<_> = merges.chunks_exact(3).map(|m| [m[0], m[1], m[2]]).collect();
        let options = PairOptions {
            prefix,
            suffix,
            unknown,
            fuse_unknown,
            byte_fallback,
            ignore_merges,
        };
        let pairs = CharacterPairs::new(&tokens, &merges, None, options);
        Ok(Self(Model::new(Kind::Pairs(Box::new(pairs)))))
    }

    /// Byte pairs over characters, the pair of the lowest rank of its token first; what has no token becomes bytes.
    #[wasm_bindgen(js_name = rankedPairs)]
    pub fn ranked_pairs(
        token_bytes: &[u8],
        token_lengths: &[u32],
        token_ids: &[u32],
        token_ranks: &[u32],
        unknown: Option<u32>,
    ) -> Result<PieceModel, JsError> {
        let tokens = tokens(token_bytes, token_lengths, token_ids)?;
        let (merges, ranks) = merges_by_rank(&tokens, &Trie::new(&tokens), token_ranks);
        let options = PairOptions {
            unknown,
            fuse_unknown: true,
            byte_fallback: true,
            ..PairOptions::default()
        };
        let pairs = CharacterPairs::new(&tokens, &merges, Some(ranks), options);
        Ok(Self(Model::new(Kind::Pairs(Box::new(pairs)))))
    }

    /// Tokens with log-probabilities; ids are places.
    pub fn unigram(
        token_bytes: &[u8],
        token_lengths: &[u32],
        scores: Vec<f64>,
        unknown: Option<u32>,
        byte_fallback: bool,
    ) -> Result<PieceModel, JsError> {
        let ids: Vec<u32> = (0..scores.len() as u32).collect();
        let tokens = tokens(token_bytes, token_lengths, &ids)?;
        let unigram = Unigram::new(&tokens, scores, unknown, byte_fallback);
        Ok(Self(Model::new(Kind::Unigram(Box::new(unigram)))))
    }

    /// Longest tokens from the left; those inside a word have the prefix.
    #[wasm_bindgen(js_name = wordPiece)]
    pub fn word_piece(
        token_bytes: &[u8],
        token_lengths: &[u32],
        token_ids: &[u32],
        prefix: &str,
        unknown: Option<u32>,
        most_characters: u32,
    ) -> Result<PieceModel, JsError> {
        let tokens = tokens(token_bytes, token_lengths, token_ids)?;
        let most = most_characters as usize;
        let words = WordPiece::new(&tokens, prefix.as_bytes(), unknown, most);
        Ok(Self(Model::new(Kind::WordPiece(words))))
    }

    /// Every piece is one token.
    pub fn words(
        token_bytes: &[u8],
        token_lengths: &[u32],
        token_ids: &[u32],
        unknown: Option<u32>,
    ) -> Result<PieceModel, JsError> {
        let tokens = tokens(token_bytes, token_lengths, token_ids)?;
        Ok(Self(Model::new(Kind::Words(Trie::new(&tokens), unknown))))
    }

    /// Ids of the pieces; `bounds` are their starts and ends in UTF-16 units.
    pub fn encode(&self, text: &str, bounds: &[u32]) -> Result<Vec<u32>, JsError> {
        let mut ids = Vec::with_capacity(text.len() / 3 + 1);
        let each = self.0.encode_pieces(text, bounds, |span| ids.push(span.id));
        each.map(|()| ids).map_err(error)
    }

    /// (id, start, end) of every token, in UTF-16 units of `text`: [3 × tokens].
    #[wasm_bindgen(js_name = encodeWithSpans)]
    pub fn encode_with_spans(&self, text: &str, bounds: &[u32]) -> Result<Vec<u32>, JsError> {
        let mut out = Vec::with_capacity(text.len() + 3);
        let each = self.0.encode_pieces(text, bounds, |span| {
            out.extend([span.id, span.start, span.end])
        });
        each.map(|()| out).map_err(error)
    }
}

/// Bytes in, whole characters out.
#[wasm_bindgen]
#[derive(Default)]
pub struct CharacterStream(DecodeStream);

#[wasm_bindgen]
impl CharacterStream {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a token; gives the text that became whole, or undefined.
    pub fn push(&mut self, tokenizer: &BytePairTokenizer, id: u32) -> Option<String> {
        self.0.push(tokenizer.0.token(id))
    }

    /// What is held back, with U+FFFD for broken characters.
    pub fn finish(&mut self) -> String {
        self.0.finish()
    }
}

/// What training found.
#[wasm_bindgen]
pub struct TrainedBytePairs {
    token_bytes: Vec<u8>,
    token_lengths: Vec<u32>,
    merges: Vec<u32>,
}

#[wasm_bindgen]
impl TrainedBytePairs {
    #[wasm_bindgen(getter, js_name = tokenBytes)]
    pub fn token_bytes(&self) -> Vec<u8> {
        self.token_bytes.clone()
    }

    #[wasm_bindgen(getter, js_name = tokenLengths)]
    pub fn token_lengths(&self) -> Vec<u32> {
        self.token_lengths.clone()
    }

    /// (left, right) ids by rank.
    #[wasm_bindgen(getter)]
    pub fn merges(&self) -> Vec<u32> {
        self.merges.clone()
    }
}

/// Learns merges; the first `added` ids are those of the added tokens, then come the 256 bytes, then the products.
#[wasm_bindgen(js_name = trainBytePairs)]
pub fn train_byte_pairs(
    texts: Vec<String>,
    vocabulary_size: u32,
    minimum_count: u32,
    added_bytes: &[u8],
    added_lengths: &[u32],
    split_name: &str,
) -> Result<TrainedBytePairs, JsError> {
    let reserved = added_lengths.len() as u32;
    let ids: Vec<u32> = (0..reserved).collect();
    let options = TrainingOptions {
        reserved,
        vocabulary_size,
        minimum_count: minimum_count as u64,
        split: split(split_name)?,
        added: added(added_bytes, added_lengths, &ids, &vec![0; ids.len()])?,
    };
    let trained = train(texts.iter().map(String::as_str), options);
    Ok(TrainedBytePairs {
        token_lengths: trained.tokens.iter().map(|t| t.len() as u32).collect(),
        token_bytes: trained.tokens.concat(),
        merges: trained.merges.concat(),
    })
}
