//! Eddy's kernels.
//!
//! The inner modules are safe Rust over slices and know nothing of JavaScript; `bindings` is the only door.
//! `simd` holds the only intrinsics. Every product and reduction has one fixed order of operations per output
//! element, whatever the batch: acting and learning give the same bits.

// For `simd::wasm::opaque`; build.sh sets RUSTC_BOOTSTRAP anyway, to build the standard library.
#![cfg_attr(target_arch = "wasm32", feature(asm_experimental_arch))]

pub mod linalg;
pub mod linear;
pub mod optim;
pub mod packed;
pub mod quant;
pub mod random;
pub mod reward_model;
pub mod rl;
pub mod sampling;
pub mod simd;
pub mod tokenizer;
pub mod transformer;

mod bindings;
