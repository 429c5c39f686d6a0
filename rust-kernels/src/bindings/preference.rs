//! Mirrors the losses of `rl` whose unit is a row: preferred pairs, judged rows.

use super::optim::same_length;
use super::rl::{ids_below, rows_cover, same_length_or_empty, unknown};
use crate::rl;
use wasm_bindgen::prelude::*;

/// See `rl::preference_loss`: fills `d_log_probs`; returns the fields of `PreferenceLoss` in their order. `reference`,
/// `margins` and `weights` may be empty.
#[wasm_bindgen(js_name = preferenceLoss)]
pub fn preference_loss(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    chosen: &[u32],
    rejected: &[u32],
    margins: &[f32],
    weights: &[f32],
    pair_loss: u32,
    form: u32,
    alpha: f64,
    mean: bool,
    sorted: bool,
    beta: f64,
    margin: f64,
    label_smoothing: f64,
    temperature: f64,
    center: f64,
    coefficient: f64,
    nll_coefficient: f64,
    nll_by_token: bool,
    global_pairs: f64,
    d_log_probs: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let (n, pairs) = (mask.len(), chosen.len());
    same_length("logProbs", n, log_probs.len())?;
    same_length_or_empty("referenceLogProbs", n, reference.len())?;
    same_length("dLogProbs", n, d_log_probs.len())?;
    same_length("rejected", pairs, rejected.len())?;
    same_length_or_empty("margins", pairs, margins.len())?;
    same_length_or_empty("weights", pairs, weights.len())?;
    rows_cover(row_lengths, n)?;
    ids_below("chosen", chosen, row_lengths.len(), None)?;
    ids_below("rejected", rejected, row_lengths.len(), None)?;
    let columns = rl::PreferenceColumns {
        log_probs,
        reference,
        mask,
        row_lengths,
        chosen,
        rejected,
        margins,
        weights,
    };
    let options = rl::PreferenceOptions {
        pair_loss: rl::PairLoss::from_code(pair_loss)
            .ok_or_else(|| unknown("pairLoss", pair_loss))?,
        form: rl::ScoreForm::from_code(form).ok_or_else(|| unknown("form", form))?,
        alpha,
        mean,
        sorted,
        beta,
        margin,
        label_smoothing,
        temperature,
        center,
        coefficient,
        nll_coefficient,
        nll_by_token,
        global_pairs,
    };
    let seen = rl::preference_loss(&columns, &options, d_log_probs);
    Ok(vec![
        seen.loss,
        seen.preference,
        seen.nll,
        seen.chosen_reward,
        seen.rejected_reward,
        seen.accuracy,
        seen.non_finite,
    ])
}

/// See `rl::judged_loss`: fills `d_log_probs`; returns the fields of `JudgedLoss` in their order. `reference` and
/// `weights` may be empty.
#[wasm_bindgen(js_name = judgedLoss)]
pub fn judged_loss(
    log_probs: &[f32],
    reference: &[f32],
    mask: &[u8],
    row_lengths: &[u32],
    labels: &[f32],
    weights: &[f32],
    cross_entropy: bool,
    mean: bool,
    beta: f64,
    baseline: f64,
    weight_good: f64,
    weight_bad: f64,
    global_rows: f64,
    d_log_probs: &mut [f32],
) -> Result<Vec<f64>, JsError> {
    let (n, rows) = (mask.len(), row_lengths.len());
    same_length("logProbs", n, log_probs.len())?;
    same_length_or_empty("referenceLogProbs", n, reference.len())?;
    same_length("dLogProbs", n, d_log_probs.len())?;
    same_length("labels", rows, labels.len())?;
    same_length_or_empty("weights", rows, weights.len())?;
    rows_cover(row_lengths, n)?;
    let options = rl::JudgedOptions {
        cross_entropy,
        mean,
        beta,
        baseline,
        weight_good,
        weight_bad,
        global_rows,
    };
    let seen = rl::judged_loss(
        log_probs,
        reference,
        mask,
        row_lengths,
        labels,
        weights,
        &options,
        d_log_probs,
    );
    Ok(vec![
        seen.loss,
        seen.good_reward,
        seen.bad_reward,
        seen.accuracy,
        seen.non_finite,
    ])
}
