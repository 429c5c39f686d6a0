//! Dense linear algebra in f32.
//!
//! Every element of a product is one chain of multiply-adds over `k` in ascending order, starting at 0 (or at the old
//! value when accumulating), whatever the shape, the tile or the blocking: row `i` of a product does not depend on
//! which other rows were computed with it, nor on whether B was packed before.

mod gemm;
mod packed;
mod panels;
mod scratch;
pub mod softmax;

pub use gemm::{gemm_nn, gemm_nt, gemm_tn};
pub use packed::{gemm_packed, gemm_packed_wanted, pack_nn, pack_nt, PackedB};
pub(crate) use panels::multiply as multiply_panels;
