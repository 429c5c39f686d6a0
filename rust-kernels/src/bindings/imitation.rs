//! Mirrors what `rl` has for learning from others: importance weights, unlikelihood, distillation, advantage weights.

use super::optim::same_length;
use super::rl::{ids_below, rows_cover, same_length_or_empty, unknown, weights, width};
use crate::rl;
use wasm_bindgen::prelude::*;

/// See `rl::importance_weights`: fills `out`; returns the share outside the bounds and that of the effective sample size.
#[wasm_bindgen(js_name = importanceWeights)]
pub fn importance_weights(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    level: u32,
    lowest: f64,
    highest: f64,
    drop_outside: bool,
    normalize: bool,
    log_ratio_clamp: f64,
    out: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("behaviorLogProbs", n, behavior.len())?;
    same_length("weights", n, out.len())?;
    rows_cover(row_lengths, n)?;
    let options = rl::WeightOptions {
        level: rl::RatioLevel::from_code(level).ok_or_else(|| unknown("level", level))?,
        lowest,
        highest,
        drop_outside,
        normalize,
        log_ratio_clamp,
    };
    let (outside, effective) =
        rl::importance_weights(log_probs, behavior, mask, row_lengths, &options, out);
    Ok(vec![outside, effective])
}

/// See `rl::rejection_mask`.
#[wasm_bindgen(js_name = rejectionMask)]
pub fn rejection_mask(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    unit: u32,
    order: u32,
    lowest: f64,
    highest: f64,
    log_ratio_clamp: f64,
) -> Result<Vec<u8>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("behaviorLogProbs", n, behavior.len())?;
    rows_cover(row_lengths, n)?;
    let unit = rl::RejectionUnit::from_code(unit).ok_or_else(|| unknown("unit", unit))?;
    let mut out = vec![0; n];
    rl::rejection_mask(
        log_probs,
        behavior,
        mask,
        row_lengths,
        unit,
        order,
        (lowest, highest),
        log_ratio_clamp,
        &mut out,
    );
    Ok(out)
}

/// See `rl::unlikelihood`: fills `d_logits`; returns the loss, its unlikelihood and the number of non-finite tokens.
/// `unwanted` may be empty.
#[wasm_bindgen]
pub fn unlikelihood(
    logits: &[f32],
    targets: &[u32],
    unwanted: &[u8],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    alpha: f64,
    floor: f64,
    d_logits: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("targets", n, targets.len())?;
    same_length_or_empty("unwanted", n, unwanted.len())?;
    same_length("dLogits", logits.len(), d_logits.len())?;
    ids_below("targets", targets, width(logits.len(), n)?, Some(mask))?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let options = rl::UnlikelihoodOptions { alpha, floor };
    let (loss, pushed, bad) = rl::unlikelihood(
        logits,
        targets,
        unwanted,
        &weights,
        mask,
        row_lengths,
        &options,
        d_logits,
    );
    Ok(vec![loss, pushed, bad])
}

/// See `rl::distillation`: fills `d_logits`; returns the loss and the number of non-finite tokens.
#[wasm_bindgen]
pub fn distillation(
    logits: &[f32],
    teacher: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    temperature: f32,
    beta: f64,
    d_logits: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    width(logits.len(), mask.len())?;
    same_length("teacherLogits", logits.len(), teacher.len())?;
    same_length("dLogits", logits.len(), d_logits.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let (loss, bad) =
        rl::distillation(logits, teacher, &weights, mask, temperature, beta, d_logits);
    Ok(vec![loss, bad])
}

/// See `rl::advantage_weights`.
#[wasm_bindgen(js_name = advantageWeights)]
pub fn advantage_weights(
    advantages: &[f32],
    mask: &[u8],
    form: u32,
    temperature: f64,
    cap: f64,
) -> Result<Vec<f32>, JsError> {
    same_length("mask", advantages.len(), mask.len())?;
    let form = rl::AdvantageWeight::from_code(form).ok_or_else(|| unknown("form", form))?;
    let mut out = vec![0.0; advantages.len()];
    rl::advantage_weights(advantages, mask, form, temperature, cap, &mut out);
    Ok(out)
}
