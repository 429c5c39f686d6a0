//! Quantised blocks.

use wasm_bindgen::prelude::*;

use super::zeros;
use crate::quant::{self, BlockType};

/// The numbers of whole blocks; `kind` is the number of a `ggml_type`.
///
/// # Errors
/// If the type is not one that can be read, the bytes are no whole blocks, or there is no memory for the numbers.
#[wasm_bindgen]
pub fn dequantize(kind: u32, bytes: &[u8]) -> Result<Vec<f32>, JsError> {
    let Some(kind) = BlockType::of(kind) else {
        return Err(JsError::new(&format!(
            "Cannot dequantize: there is no reader for type {kind}"
        )));
    };
    let (numbers, size) = kind.block();
    if !bytes.len().is_multiple_of(size) {
        return Err(JsError::new(&format!(
            "Cannot dequantize: {} bytes are no whole blocks of {size}",
            bytes.len()
        )));
    }
    let mut out = zeros(bytes.len() / size * numbers)?;
    quant::dequantize(kind, bytes, &mut out);
    Ok(out)
}
