//! Logits of a device, drawn from and scored with the bits of the models here.

use wasm_bindgen::prelude::*;

use super::transformer::{draw_uniforms, thrown, Samples, Scores};
use crate::sampling::SamplingOptions;
use crate::transformer::LogitRows;

/// Draws one token from each row of `logits [rows, vocabulary]`; as `Transformer.sampleLast`.
#[wasm_bindgen(js_name = sampleRows)]
pub fn sample_rows(
    logits: &[f32],
    vocabulary: usize,
    #[wasm_bindgen(js_name = maskIndex)] mask_index: &[u32],
    masks: &[u32],
    temperature: f32,
    #[wasm_bindgen(js_name = topK)] top_k: u32,
    #[wasm_bindgen(js_name = topP)] top_p: f32,
    #[wasm_bindgen(js_name = minP)] min_p: f32,
    seeds: &[u64],
    streams: &[u32],
    counters: &[u32],
    raw: Option<bool>,
) -> Result<Samples, JsError> {
    let rows = LogitRows::new(vocabulary, logits).map_err(thrown)?;
    let uniforms = draw_uniforms(rows.count(), seeds, streams, counters)?;
    let options = SamplingOptions {
        temperature,
        top_k,
        top_p,
        min_p,
        raw: raw.unwrap_or(true),
        ..Default::default()
    };
    let drawn = rows
        .draw(mask_index, masks, &options, &uniforms)
        .map_err(thrown)?;
    Ok(Samples::new(drawn))
}

/// Log-probabilities of targets[i] in row i of `logits [rows, vocabulary]`, and entropies; as `Transformer.score`.
#[wasm_bindgen(js_name = scoreRows)]
pub fn score_rows(
    logits: &[f32],
    vocabulary: usize,
    targets: &[u32],
    #[wasm_bindgen(js_name = maskIndex)] mask_index: &[u32],
    masks: &[u32],
    temperature: f32,
) -> Result<Scores, JsError> {
    let rows = LogitRows::new(vocabulary, logits).map_err(thrown)?;
    let scored = rows
        .score(targets, mask_index, masks, temperature)
        .map_err(thrown)?;
    Ok(Scores::new(&scored))
}
