//! A causal language model with a value head, forward and backward, in f32.
//!
//! ```text
//! x₀ = e·E[token] + P[position]
//! x  = x + post(Wo · attention(rope(norm(Wq·n)), rope(norm(Wk·n)), Wv·n)),  n = norm(x)        per layer
//! x  = x + post(Wdown · (f(Wgate·n) ∘ Wup·n)),                              n = norm(x)
//! s  = norm(x);  logits = H·s;  value = w·s + b                             H = E when tied
//! ```
//!
//! Without e, P, post, the norms of queries and keys, and biases, with f = silu, this is Llama. What else there is
//! stands in `blocks.rs`; a layer chooses once, before it runs over its rows.
//!
//! One routine (`layer.rs`) runs a layer over packed rows, whoever asks: acting appends rows to the caches of several
//! episodes, learning runs whole sequences and keeps what the backward pass needs. A row goes through the same
//! operations in the same order in both, so log-probabilities recorded when acting equal the learner's, bit for bit.

mod acting;
mod activation;
mod adapter;
mod adapters;
mod attention;
mod attention_backward;
mod blocks;
mod cache;
mod chunk;
mod draw;
mod embedding;
mod error;
mod gate;
mod gradients;
mod head;
mod head_norms;
mod layer;
mod layer_norm;
mod learning;
mod linear;
mod logit_rows;
mod model;
mod norm;
mod packed;
mod packs;
mod parameters;
mod product;
mod rms_norm;
mod rope;
mod scoring;
mod shape;
mod value;

#[cfg(test)]
mod adapter_tests;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

pub use adapter::{Part, Target};
pub use blocks::{Activation, Blocks, Norm};
pub use draw::Drawn;
pub use error::TransformerError;
pub use head::Scored;
pub use logit_rows::LogitRows;
pub use model::{AdamW, Transformer};
pub use packed::{CacheFormat, PackedFormats, PackedTransformer};
pub use shape::Shape;
