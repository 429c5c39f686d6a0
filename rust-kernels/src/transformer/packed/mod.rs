//! A transformer whose matrices are packed to four or eight bits: it acts, and an adapter
//! beside it learns.
//!
//! | File | Holds |
//! | --- | --- |
//! | `matrices` | embedding, head and the products of the layers, and which tensor is which of their rows |
//! | `model` | the model and how its weights come in |
//! | `layer` | one layer over packed rows |
//! | `page`, `slots` | keys and values of 32 positions; the pages of an episode, shared until one writes |
//! | `attention` | queries over pages, with a running softmax |
//! | `acting` | tokens in, logits and draws out |
//! | `learning` | whole sequences, scores, and gradients of an adapter |
//! | `snapshot` | a slot as bytes, and back |
//!
//! What a row computes depends on its own tokens alone, bit for bit: not on chunks, batches, or who computed its prefix.

mod acting;
mod attention;
mod layer;
mod learning;
mod matrices;
mod model;
mod page;
mod slots;
mod snapshot;

#[cfg(test)]
mod tests;

pub use matrices::{LayerMatrices, Matrices};
pub use model::{PackedFormats, PackedTransformer};
pub use page::CacheFormat;
