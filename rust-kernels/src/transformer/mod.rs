//! A causal language model of the Llama shape with a value head, forward and backward, in f32.
//!
//! ```text
//! x₀ = E[token]
//! x  = x + Wo · attention(rope(Wq·n), rope(Wk·n), Wv·n),  n = rmsNorm(x)        per layer
//! x  = x + Wdown · (silu(Wgate·n) ∘ Wup·n),               n = rmsNorm(x)
//! s  = rmsNorm(x);  logits = H·s;  value = w·s + b         H = E when tied
//! ```
//!
//! One routine (`layer.rs`) runs a layer over packed rows, whoever asks: acting appends rows to the caches of several
//! episodes, learning runs whole sequences and keeps what the backward pass needs. A row goes through the same
//! operations in the same order in both, so log-probabilities recorded when acting equal the learner's, bit for bit.

mod acting;
mod attention;
mod attention_backward;
mod cache;
mod chunk;
mod embedding;
mod error;
mod head;
mod layer;
mod learning;
mod linear;
mod model;
mod packs;
mod parameters;
mod rms_norm;
mod rope;
mod shape;
mod swiglu;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

pub use acting::Drawn;
pub use error::TransformerError;
pub use model::{AdamW, Transformer};
pub use shape::Shape;
