//! The only place that knows JavaScript. Each file mirrors one inner module: it checks lengths and ids, turns a wrong
//! one into a thrown `Error`, and calls the safe function inside.

mod linalg;
mod linear;
mod optim;
mod rl;
mod sampling;
mod tokenizer;
mod transformer;

use wasm_bindgen::prelude::*;

/// Name of the instruction set that this build was compiled for: `relaxed`, `simd128` or `scalar`.
#[wasm_bindgen(js_name = instructionSet)]
pub fn instruction_set() -> String {
    if cfg!(target_feature = "relaxed-simd") {
        "relaxed"
    } else if cfg!(target_feature = "simd128") {
        "simd128"
    } else {
        "scalar"
    }
    .to_string()
}

/// Uniform in [0, 1): a pure function of its arguments (Philox 4x32-10).
#[wasm_bindgen]
pub fn uniform(seed: u32, stream: u32, counter: u32) -> f32 {
    crate::random::uniform(seed as u64, stream, counter)
}
