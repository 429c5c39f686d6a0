//! Byte-level byte-pair encoding: training, encoding, decoding; and the models of other families over pieces that the
//! caller cut. No regular expressions.

mod added;
mod bpe;
mod character_pairs;
mod model;
mod pairs;
mod split;
mod stream;
mod train;
mod trie;
mod unicode;
mod unigram;
mod vocabulary;
mod word_piece;
mod words;

pub use added::AddedToken;
pub use character_pairs::{merges_by_rank, CharacterPairs, PairOptions};
pub use model::{Kind, Model};
pub use split::Split;
pub use stream::DecodeStream;
pub use train::{train, Trained, TrainingOptions};
pub use trie::Trie;
pub use unigram::Unigram;
pub use vocabulary::{Encoding, Tokenizer, TokenizerParts};
pub use word_piece::WordPiece;
