//! Matrices of four or eight bits a weight, for inference: 32 weights of a row share a scale.
//!
//! | File | Holds |
//! | --- | --- |
//! | `format` | E4, E7 and Q8 |
//! | `block` | 32 numbers to a scale and integers |
//! | `blocks` | rows as blocks, for other memories |
//! | `stored_words` | blocks of a file, as a matrix stores them |
//! | `matrix` | rows in tiles, as the inner loop reads them |
//! | `activations` | rows of numbers in eight bits a block |
//! | `product` | one times the other |
//! | `unpack` | tiles as plain numbers |
//!
//! Integer parts of a product are exact and equal on every build; an output row depends on its own row of activations
//! alone, bit for bit, however many rows there are.

mod activations;
mod block;
mod blocks;
mod format;
mod matrix;
mod product;
mod stored_words;
mod unpack;

pub use activations::Activations;
pub use block::largest_error;
pub use blocks::blocks_of_rows;
pub use format::Format;
pub use matrix::{PackedMatrix, Unstorable};
pub use product::{multiply, multiply_wanted};

#[cfg(test)]
mod tests;
