//! Byte-level byte-pair encoding: training, encoding, decoding; no regular expressions.

mod added;
mod bpe;
mod pairs;
mod split;
mod stream;
mod train;
mod unicode;
mod vocabulary;
mod words;

pub use added::AddedToken;
pub use split::Split;
pub use stream::DecodeStream;
pub use train::{train, Trained, TrainingOptions};
pub use vocabulary::{Encoding, Tokenizer, TokenizerParts};
