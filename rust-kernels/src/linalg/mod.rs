//! Dense linear algebra in f32.
//!
//! Every element of a product is one chain of multiply-adds over `k` in ascending order, starting at 0 (or at the old
//! value when accumulating), whatever the shape, the tile or the blocking: row `i` of a product does not depend on
//! which other rows were computed with it.

mod gemm;
pub mod softmax;

pub use gemm::{gemm_nn, gemm_nt, gemm_tn};
