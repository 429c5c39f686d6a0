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

pub(super) fn rows_cover(row_lengths: &[u32], tokens: usize) -> Result<(), JsError> {
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
    log_ratios: &[f32],
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
    log_ratio_low: f32,
    log_ratio_high: f32,
    kl_coefficient: f32,
    kl_times_ratio: bool,
    d_log_probs: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length_or_empty("behaviorLogProbs", n, behavior.len())?;
    same_length_or_empty("logRatios", n, log_ratios.len())?;
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
        log_ratios,
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
        log_ratio_low,
        log_ratio_high,
        kl_coefficient,
        kl_times_ratio,
    };
    let seen = rl::policy_loss(&columns, &options, d_log_probs);
    Ok(vec![
        seen.loss,
        seen.policy_loss,
        seen.tokens,
        seen.clip_fraction,
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
    scales: &[f32],
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
    let seen = rl::value_loss(
        values, old_values, returns, scales, &weights, mask, clip_range, d_values,
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

/// See `rl::discounted_returns`. `terminated` and `bootstrap` may be empty.
#[wasm_bindgen(js_name = discountedReturns)]
pub fn discounted_returns(
    rewards: &[f32],
    mask: &[u8],
    terminated: &[u8],
    bootstrap: &[f32],
    row_lengths: &[u32],
    gamma: f64,
) -> Result<Vec<f32>, JsError> {
    let n = rewards.len();
    same_length("mask", n, mask.len())?;
    same_length_or_empty("terminated", n, terminated.len())?;
    same_length_or_empty("bootstrap", row_lengths.len(), bootstrap.len())?;
    rows_cover(row_lengths, n)?;
    let mut returns = vec![0.0; n];
    rl::discounted_returns(
        rewards,
        mask,
        terminated,
        bootstrap,
        row_lengths,
        gamma,
        &mut returns,
    );
    Ok(returns)
}

/// See `rl::n_step_returns`.
#[wasm_bindgen(js_name = nStepReturns)]
pub fn n_step_returns(
    rewards: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    truncated: &[u8],
    row_lengths: &[u32],
    n: u32,
) -> Result<Vec<f32>, JsError> {
    let steps = rewards.len();
    same_length("nextValues", steps, next_values.len())?;
    same_length("discounts", steps, discounts.len())?;
    same_length("truncated", steps, truncated.len())?;
    rows_cover(row_lengths, steps)?;
    let mut returns = vec![0.0; steps];
    rl::n_step_returns(
        rewards,
        next_values,
        discounts,
        truncated,
        row_lengths,
        n,
        &mut returns,
    );
    Ok(returns)
}

/// See `rl::lambda_returns`.
#[wasm_bindgen(js_name = lambdaReturns)]
pub fn lambda_returns(
    rewards: &[f32],
    next_values: &[f32],
    terminated: &[u8],
    truncated: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
) -> Result<Vec<f32>, JsError> {
    let n = rewards.len();
    same_length("nextValues", n, next_values.len())?;
    same_length("terminated", n, terminated.len())?;
    same_length("truncated", n, truncated.len())?;
    rows_cover(row_lengths, n)?;
    let mut returns = vec![0.0; n];
    rl::lambda_returns(
        rewards,
        next_values,
        terminated,
        truncated,
        row_lengths,
        gamma,
        lambda,
        &mut returns,
    );
    Ok(returns)
}

/// See `rl::masked_gae`: fills `advantages` and `returns`.
#[wasm_bindgen(js_name = maskedGae)]
pub fn masked_gae(
    rewards: &[f32],
    values: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    gamma: f64,
    lambda: f64,
    advantages: &mut [f32],
    returns: &mut [f32],
) -> Result<(), JsError> {
    let n = rewards.len();
    same_length("values", n, values.len())?;
    same_length("mask", n, mask.len())?;
    same_length("advantages", n, advantages.len())?;
    same_length("returns", n, returns.len())?;
    rows_cover(row_lengths, n)?;
    rl::masked_gae(
        rewards,
        values,
        mask,
        row_lengths,
        gamma,
        lambda,
        advantages,
        returns,
    );
    Ok(())
}

/// See `rl::vtrace`: fills `errors`, `q` and `advantages`.
#[wasm_bindgen]
pub fn vtrace(
    log_probs: &[f32],
    behavior: &[f32],
    rewards: &[f32],
    values: &[f32],
    next_values: &[f32],
    discounts: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    lambda: f64,
    rho_bar: f64,
    policy_rho_bar: f64,
    errors: &mut [f32],
    q: &mut [f32],
    advantages: &mut [f32],
) -> Result<(), JsError> {
    let n = rewards.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("behaviorLogProbs", n, behavior.len())?;
    same_length("values", n, values.len())?;
    same_length("nextValues", n, next_values.len())?;
    same_length("discounts", n, discounts.len())?;
    same_length("mask", n, mask.len())?;
    same_length("errors", n, errors.len())?;
    same_length("q", n, q.len())?;
    same_length("advantages", n, advantages.len())?;
    rows_cover(row_lengths, n)?;
    rl::vtrace(
        log_probs,
        behavior,
        rewards,
        values,
        next_values,
        discounts,
        mask,
        row_lengths,
        lambda,
        rho_bar,
        policy_rho_bar,
        &mut rl::Vtrace {
            errors,
            q,
            advantages,
        },
    );
    Ok(())
}

/// See `rl::group_advantages`. `lengths` may be empty (all 1).
#[wasm_bindgen(js_name = groupAdvantages)]
pub fn group_advantages(
    rewards: &[f32],
    groups: &[u32],
    lengths: &[f32],
    baseline: u32,
    scale: u32,
    epsilon: f64,
    singleton_raw: bool,
) -> Result<Vec<f32>, JsError> {
    let n = rewards.len();
    same_length("groups", n, groups.len())?;
    same_length_or_empty("lengths", n, lengths.len())?;
    let baseline =
        rl::Baseline::from_code(baseline).ok_or_else(|| unknown("baseline", baseline))?;
    let scale = rl::GroupScale::from_code(scale).ok_or_else(|| unknown("scale", scale))?;
    let ones = vec![1.0; if lengths.is_empty() { n } else { 0 }];
    let lengths = if lengths.is_empty() { &ones } else { lengths };
    let mut advantages = vec![0.0; n];
    rl::group_advantages(
        rewards,
        groups,
        lengths,
        baseline,
        scale,
        epsilon,
        singleton_raw,
        &mut advantages,
    );
    Ok(advantages)
}

/// See `rl::whiten`: changes `values` in place.
#[wasm_bindgen]
pub fn whiten(values: &mut [f32], mask: &[u8], epsilon: f64) -> Result<(), JsError> {
    same_length("mask", values.len(), mask.len())?;
    rl::whiten(values, mask, epsilon);
    Ok(())
}

/// See `rl::kl_estimate`: fills `values` and `d_log_probs`.
#[wasm_bindgen(js_name = klEstimate)]
pub fn kl_estimate(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    estimator: u32,
    values: &mut [f32],
    d_log_probs: &mut [f32],
) -> Result<(), JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("referenceLogProbs", n, reference.len())?;
    same_length("values", n, values.len())?;
    same_length("dLogProbs", n, d_log_probs.len())?;
    let estimator =
        rl::KlEstimator::from_code(estimator).ok_or_else(|| unknown("estimator", estimator))?;
    rl::kl_estimate(log_probs, reference, mask, estimator, values, d_log_probs);
    Ok(())
}

/// See `rl::entropy_bonus`: fills `d_entropies`; returns loss, aggregated entropy and the number of non-finite tokens.
#[wasm_bindgen(js_name = entropyBonus)]
pub fn entropy_bonus(
    entropies: &[f32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    coefficient: f64,
    d_entropies: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("entropies", n, entropies.len())?;
    same_length_or_empty("scales", n, scales.len())?;
    same_length("dEntropies", n, d_entropies.len())?;
    let weights = weights(
        aggregation,
        norm,
        global_tokens,
        global_rows,
        mask,
        row_lengths,
    )?;
    let (loss, entropy, bad) =
        rl::entropy_bonus(entropies, scales, &weights, mask, coefficient, d_entropies);
    Ok(vec![loss, entropy, bad])
}

/// See `rl::top_entropy_mask`.
#[wasm_bindgen(js_name = topEntropyMask)]
pub fn top_entropy_mask(entropies: &[f32], mask: &[u8], share: f64) -> Result<Vec<u8>, JsError> {
    same_length("entropies", mask.len(), entropies.len())?;
    let mut out = vec![0; mask.len()];
    rl::top_entropy_mask(entropies, mask, share, &mut out);
    Ok(out)
}

/// See `rl::sequence_log_ratios`.
#[wasm_bindgen(js_name = sequenceLogRatios)]
pub fn sequence_log_ratios(
    log_probs: &[f32],
    behavior: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    mean: bool,
) -> Result<Vec<f32>, JsError> {
    let n = mask.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("behaviorLogProbs", n, behavior.len())?;
    rows_cover(row_lengths, n)?;
    let mut out = vec![0.0; n];
    rl::sequence_log_ratios(log_probs, behavior, mask, row_lengths, mean, &mut out);
    Ok(out)
}

/// One id per row, each below the width.
pub(super) fn ids_below(
    name: &str,
    ids: &[u32],
    width: usize,
    mask: Option<&[u8]>,
) -> Result<(), JsError> {
    let matters = |i: usize| mask.is_none_or(|mask| mask[i] != 0);
    match ids
        .iter()
        .enumerate()
        .find(|&(i, &id)| matters(i) && id as usize >= width)
    {
        None => Ok(()),
        Some((_, id)) => Err(JsError::new(&format!(
            "Cannot use '{name}': expected ids below {width}, got {id}"
        ))),
    }
}

/// Width of `rows` rows in `logits`.
pub(super) fn width(logits: usize, rows: usize) -> Result<usize, JsError> {
    let width = logits.checked_div(rows).unwrap_or(0);
    same_length("logits", width * rows, logits)?;
    Ok(width)
}

/// See `rl::cross_entropy`: fills `d_logits`; returns the loss and the z-loss in it. `scales` may be empty.
#[wasm_bindgen(js_name = crossEntropy)]
pub fn cross_entropy(
    logits: &[f32],
    targets: &[u32],
    scales: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    aggregation: u32,
    norm: f64,
    global_tokens: f64,
    global_rows: f64,
    label_smoothing: f32,
    z_coefficient: f32,
    d_logits: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let n = mask.len();
    same_length("targets", n, targets.len())?;
    same_length_or_empty("scales", n, scales.len())?;
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
    let options = rl::CrossEntropyOptions {
        label_smoothing,
        z_coefficient,
    };
    let (loss, z_loss) =
        rl::cross_entropy(logits, targets, scales, &weights, mask, &options, d_logits);
    Ok(vec![loss, z_loss])
}

/// See `rl::categorical`: fills `log_probs` and `entropies`.
#[wasm_bindgen]
pub fn categorical(
    logits: &[f32],
    taken: &[u32],
    log_probs: &mut [f32],
    entropies: &mut [f32],
) -> Result<(), JsError> {
    let n = taken.len();
    same_length("logProbs", n, log_probs.len())?;
    same_length("entropies", n, entropies.len())?;
    ids_below("taken", taken, width(logits.len(), n)?, None)?;
    rl::categorical(logits, taken, log_probs, entropies);
    Ok(())
}

/// See `rl::categorical_backward`.
#[wasm_bindgen(js_name = categoricalBackward)]
pub fn categorical_backward(
    logits: &[f32],
    taken: &[u32],
    d_log_probs: &[f32],
    d_entropies: &[f32],
) -> Result<Vec<f32>, JsError> {
    let n = taken.len();
    same_length("dLogProbs", n, d_log_probs.len())?;
    same_length("dEntropies", n, d_entropies.len())?;
    ids_below("taken", taken, width(logits.len(), n)?, None)?;
    let mut d_logits = vec![0.0; logits.len()];
    rl::categorical_backward(logits, taken, d_log_probs, d_entropies, &mut d_logits);
    Ok(d_logits)
}
