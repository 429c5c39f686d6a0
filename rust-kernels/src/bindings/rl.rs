use super::optim::same_length;
use crate::rl;
use wasm_bindgen::prelude::*;

/// An absent column is an empty slice.
fn same_length_or_empty(name: &str, expected: usize, actual: usize) -> Result<(), JsError> {
    if actual == 0 {
        return Ok(());
    }
    same_length(name, expected, actual)
}

fn rows_cover(row_lengths: &[u32], tokens: usize) -> Result<(), JsError> {
    let sum: u64 = row_lengths.iter().map(|&length| length as u64).sum();
    if sum == tokens as u64 {
        return Ok(());
    }
    Err(JsError::new(&format!(
        "Cannot use 'rowLengths': expected a sum of {tokens}, got {sum}"
    )))
}

fn unknown(name: &str, code: u32) -> JsError {
    JsError::new(&format!("Cannot use '{name}': no such number {code}"))
}

/// Weights of `rl::token_weights`, checked.
fn weights(
    mode: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    mask: &[u8],
    row_lengths: &[u32],
) -> Result<Vec<f32>, JsError> {
    rows_cover(row_lengths, mask.len())?;
    let mode = rl::AggregationMode::from_code(mode).ok_or_else(|| unknown("aggregation", mode))?;
    let aggregation = rl::Aggregation {
        mode,
        norm,
        global_tokens,
        global_rows,
    };
    let mut out = vec![0.0; mask.len()];
    rl::token_weights(&aggregation, mask, row_lengths, &mut out);
    Ok(out)
}

/// See `rl::token_weights`.
#[wasm_bindgen(js_name = tokenWeights)]
pub fn token_weights(
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    mask: &[u8],
    row_lengths: &[u32],
) -> Result<Vec<f32>, JsError> {
    weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )
}

/// See `rl::policy_loss`: fills `d_log_probs`; returns the fields of `PolicyLoss` in their order. Empty columns are absent.
#[wasm_bindgen(js_name = policyLoss)]
pub fn policy_loss(
    log_probs: &[f32],
    behavior: &[f32],
    advantages: &[f32],
    reference: &[f32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    surrogate: u32,
    clip_low: f32,
    clip_high: f32,
    dual_clip: f32,
    ratio_cap: f32,
    log_ratio_clamp: f32,
    kl_coefficient: f32,
    kl_times_ratio: bool,
    d_log_probs: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length_or_empty("behaviorLogProbs", n, behavior.len())?;
    same_length("advantages", n, advantages.len())?;
    same_length_or_empty("referenceLogProbs", n, reference.len())?;
    same_length_or_empty("scales", n, scales.len())?;
    same_length("dLogProbs", n, d_log_probs.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let surrogate =
        rl::Surrogate::from_code(surrogate).ok_or_else(|| unknown("surrogate", surrogate))?;
    let columns = rl::PolicyColumns {
        log_probs,
        behavior,
        advantages,
        reference,
        scales,
        weights: &weights,
        mask,
    };
    let options = rl::PolicyOptions {
        surrogate,
        clip_low,
        clip_high,
        dual_clip,
        ratio_cap,
        log_ratio_clamp,
        kl_coefficient,
        kl_times_ratio,
    };
    let seen = rl::policy_loss(&columns, &options, d_log_probs);
    Ok(vec![
        seen.loss,
        seen.policy_loss,
        seen.tokens,
        seen.clip_fraction_low,
        seen.clip_fraction_high,
        seen.clip_fraction_dual,
        seen.kl1,
        seen.kl2,
        seen.kl3,
        seen.ratio_mean,
        seen.ratio_max,
        seen.effective_sample_share,
        seen.reference_kl,
        seen.surprise,
        seen.non_finite,
    ])
}

/// See `rl::value_loss`: fills `d_values`; returns the fields of `ValueLoss` in their order. `old_values` may be empty.
#[wasm_bindgen(js_name = valueLoss)]
pub fn value_loss(
    values: &[f32],
    old_values: &[f32],
    returns: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    clip_range: f32,
    d_values: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("values", n, values.len())?;
    same_length_or_empty("oldValues", n, old_values.len())?;
    same_length("returns", n, returns.len())?;
    same_length("dValues", n, d_values.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let seen = rl::value_loss(
        values, old_values, returns, &weights, mask, clip_range, d_values,
    );
    Ok(vec![
        seen.loss,
        seen.tokens,
        seen.clip_fraction,
        seen.explained_variance,
        seen.non_finite,
    ])
}

/// See `rl::nll`: fills `d_log_probs`; returns loss and the number of non-finite tokens. `scales` may be empty.
#[wasm_bindgen(js_name = nll)]
pub fn nll(
    log_probs: &[f32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    d_log_probs: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length_or_empty("scales", n, scales.len())?;
    same_length("dLogProbs", n, d_log_probs.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let (loss, bad) = rl::nll(log_probs, scales, &weights, mask, d_log_probs);
    Ok(vec![loss, bad])
}

/// See `rl::gae`: fills `advantages` and `returns`.
#[wasm_bindgen(js_name = gae)]
pub fn gae(
    rewards: &[f32],
    values: &[f32],
    next_values: &[f32],
    terminated: &[u8],
    truncated: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
    advantages: &mut [f32],
    returns: &mut [f32],
) -> Result<(), JsError> {
    let n = rewards.len();
    same_length("values", n, values.len())?;
    same_length("nextValues", n, next_values.len())?;
    same_length("terminated", n, terminated.len())?;
    same_length("truncated", n, truncated.len())?;
    same_length("advantages", n, advantages.len())?;
    same_length("returns", n, returns.len())?;
    rows_cover(row_lengths, n)?;
    rl::gae(
        rewards,
        values,
        next_values,
        terminated,
        truncated,
        row_lengths,
        gamma,
        lambda,
        advantages,
        returns,
    );
    Ok(())
}
