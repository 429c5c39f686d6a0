//! Mirrors what `rl` has for values of actions: their errors, their targets, soft values, expectiles.

use super::optim::same_length;
use super::rl::{ids_below, same_length_or_empty, weights, width};
use crate::rl;
use wasm_bindgen::prelude::*;

/// See `rl::action_value_loss`: fills `errors` and `d_q`; returns the fields of `ActionValueLoss` in their order.
/// `scales` may be empty.
#[wasm_bindgen(js_name = actionValueLoss)]
pub fn action_value_loss(
    q: &[f32],
    taken: &[u32],
    targets: &[f32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    error_coefficient: f64,
    conservative_coefficient: f64,
    temperature: f64,
    errors: &mut [f32],
    d_q: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("taken", n, taken.len())?;
    same_length("targets", n, targets.len())?;
    same_length_or_empty("scales", n, scales.len())?;
    same_length("errors", n, errors.len())?;
    same_length("dQ", q.len(), d_q.len())?;
    ids_below("taken", taken, width(q.len(), n)?, Some(mask))?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let options = rl::ActionValueOptions {
        error_coefficient,
        conservative_coefficient,
        temperature,
    };
    let seen = rl::action_value_loss(
        q, taken, targets, scales, &weights, mask, &options, errors, d_q,
    );
    Ok(vec![
        seen.loss,
        seen.half_square,
        seen.conservative,
        seen.non_finite,
    ])
}

/// See `rl::next_action_values`. `selector` and `probabilities` may be empty.
#[wasm_bindgen(js_name = nextActionValues)]
pub fn next_action_values(
    q: &[f32],
    selector: &[f32],
    probabilities: &[f32],
    rows: usize,
) -> Result<Vec<f32>, JsError> {
    let actions = width(q.len(), rows)?;
    same_length_or_empty("selector", q.len(), selector.len())?;
    same_length_or_empty("probabilities", q.len(), probabilities.len())?;
    if actions == 0 && rows > 0 {
        return same_length("q", rows, 0).map(|()| Vec::new());
    }
    let mut out = vec![0.0; rows];
    rl::next_action_values(q, selector, probabilities, &mut out);
    Ok(out)
}

/// See `rl::soft_values`: fills `values`, `entropies` and `d_logits`.
#[wasm_bindgen(js_name = softValues)]
pub fn soft_values(
    logits: &[f32],
    q: &[f32],
    alpha: f64,
    values: &mut [f32],
    entropies: &mut [f32],
    d_logits: &mut [f32],
) -> Result<(), JsError> {
    width(logits.len(), values.len())?;
    let critics = q.len().checked_div(logits.len()).unwrap_or(0);
    same_length("q", critics.max(1) * logits.len(), q.len())?;
    same_length("entropies", values.len(), entropies.len())?;
    same_length("dLogits", logits.len(), d_logits.len())?;
    rl::soft_values(logits, q, alpha, values, entropies, d_logits);
    Ok(())
}

/// See `rl::expectile_loss`: fills `d_values`; returns the loss and the number of non-finite tokens. `scales` may be empty.
#[wasm_bindgen(js_name = expectileLoss)]
pub fn expectile_loss(
    values: &[f32],
    targets: &[f32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    expectile: f64,
    d_values: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("values", n, values.len())?;
    same_length("targets", n, targets.len())?;
    same_length_or_empty("scales", n, scales.len())?;
    same_length("dValues", n, d_values.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let (loss, bad) =
        rl::expectile_loss(values, targets, scales, &weights, mask, expectile, d_values);
    Ok(vec![loss, bad])
}
