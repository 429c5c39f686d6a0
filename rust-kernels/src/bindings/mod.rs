//! The only place that knows JavaScript. Each file mirrors one inner module: it checks lengths and ids, turns a wrong
//! one into a thrown `Error`, and calls the safe function inside.

mod action_values;
mod adapters;
mod checksum;
mod credit;
mod imitation;
mod linalg;
mod linear;
mod logit_rows;
mod optim;
mod optim_matrix;
mod packed_transformer;
mod preference;
mod quant;
mod reward_model;
mod rl;
mod sampler_chain;
mod sampling;
mod tokenizer;
mod transformer;

use wasm_bindgen::prelude::*;

/// `length` zeros, or an error where an allocator that fails would end the whole instance.
fn zeros(length: usize) -> Result<Vec<f32>, JsError> {
    let mut out = Vec::new();
    if out.try_reserve_exact(length).is_err() {
        return Err(JsError::new(&format!(
            "Cannot allocate: no memory for {length} numbers"
        )));
    }
    out.resize(length, 0.0);
    Ok(out)
}

/// A copy for JavaScript, or an error where there is no memory for it.
fn copied(values: &[f32]) -> Result<Vec<f32>, JsError> {
    let mut out = zeros(values.len())?;
    out.copy_from_slice(values);
    Ok(out)
}

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
